//! Claims about the topology file: what is read, what is refused, and what an error says.

use std::error::Error;

use super::*;
use crate::home::Located;

/// A topology with every key, as the store has kept it since version 1. It is not to be changed: it
/// stands for the topologies in stores.
const STORED: &str = include_str!("stored_1.json");

/// The error and its causes, as a person reads them.
fn refusal(yaml: &str) -> String {
    let error = Topology::parse(yaml).unwrap_err();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_topology_that_a_store_keeps_is_read_and_written_as_it_was() {
    let topology: Topology = serde_json::from_str(STORED).unwrap();
    assert_eq!(serde_json::to_string(&topology).unwrap(), STORED.trim_end());
    assert_eq!(Topology::parse(STORED).unwrap(), topology);
    let targets = &topology.buses[&Located::from("shop")].rules[0].targets;
    assert_eq!(targets[0].to, Destination::Bus("partner".into()));
    assert_eq!(targets[1].input, Input::Path("$.detail".to_owned()));
    assert_eq!(
        topology.pipes[&Located::from("from-stream")].from,
        PipeSource::Stream("clicks".into())
    );
}

#[test]
fn yaml_and_json_are_read_alike() {
    let yaml = "version: 1\nqueues:\n  jobs:\n    consumers:\n      - function: worker\n";
    let json = r#"{"version":1,"queues":{"jobs":{"consumers":[{"function":"worker"}]}}}"#;
    assert_eq!(
        Topology::parse(yaml).unwrap(),
        Topology::parse(json).unwrap()
    );
}

#[test]
fn an_empty_topology_is_written_with_its_version() {
    let json = serde_json::to_string(&Topology::default()).unwrap();
    assert_eq!(json, r#"{"version":1}"#);
    assert_eq!(Topology::parse(&json).unwrap(), Topology::default());
}

#[test]
fn a_target_with_two_destinations_is_refused_with_its_line() {
    let yaml = "
version: 1
buses:
  shop:
    rules:
      - name: r
        pattern: {source: [a]}
        targets:
          - queue: q
          - {queue: q, topic: t}
";
    assert_eq!(
        refusal(yaml),
        "line 10, column 13: bus shop, rule 1, target 2 is not valid: it needs exactly one of bus, \
         queue, topic, stream, function, service, log_group; queue and topic are given"
    );
}

#[test]
fn every_choice_of_one_is_held_to_one() {
    for (yaml, place, given) in [
        (
            "{version: 1, queues: {q: {consumers: [{}]}}}",
            "queue q, consumer 1",
            "function, service; none is given",
        ),
        (
            "{version: 1, streams: {s: {consumers: [{function: f, service: s}]}}}",
            "stream s, consumer 1",
            "function and service are given",
        ),
        (
            "{version: 1, topics: {t: {subscriptions: [{service: s, queue: q}]}}}",
            "topic t, subscription 1",
            "queue and service are given",
        ),
        (
            "{version: 1, pipes: {p: {target: {service: s}}}}",
            "pipe p",
            "queue, stream; none is given",
        ),
        (
            "{version: 1, pipes: {p: {queue: q, target: {}}}}",
            "pipe p",
            "log_group; none is given",
        ),
        (
            "{version: 1, pipes: {p: {queue: q, target: {service: s, input_path: $.a}}}}",
            "pipe p",
            "shown with all of the record",
        ),
        (
            "{version: 1, buses: {b: {rules: [{name: r, pattern: {}, targets: [{queue: q, input: 1, input_path: $.a}]}]}}}",
            "bus b, rule 1, target 1",
            "only one of input, input_path and input_transformer",
        ),
    ] {
        let refusal = refusal(yaml);
        assert!(refusal.starts_with("line 1, column "), "{refusal}");
        assert!(
            refusal.contains(&format!(" {place} is not valid: ")),
            "{refusal}"
        );
        assert!(refusal.ends_with(given), "{refusal}");
    }
}

#[test]
fn a_misspelt_key_is_refused_and_named() {
    assert_eq!(
        refusal("version: 1\nqueus: {}\n"),
        "line 2, column 1: the file is not of the form of a topology: the key `queus` is unknown; the \
         keys here are version, services, taps, buses, queues, topics, streams, pipes"
    );
    let nested = refusal("version: 1\nqueues:\n  jobs:\n    consumers:\n      - fonction: f\n");
    assert!(nested.starts_with("line 5, column "), "{nested}");
    assert!(nested.contains("`fonction`"), "{nested}");
    assert!(nested.ends_with("function, service, filters"), "{nested}");
}

#[test]
fn an_error_quotes_no_value_of_the_file() {
    let value = "grace.hopper@navy-mail.org";
    for yaml in [
        format!("version: 1\nqueues: {value}\n"),
        format!("version: {value}\n"),
        format!("version: 1\n{value}: x\n"),
        format!("version: 1\nservices: {{a: {{sources: {value}}}}}\n"),
        format!("version: 1\ntaps: [{{queue: {value}, bus: {value}}}]\n"),
        format!("version: 1\nqueues: {{q: {{dead_letter: {value}}}}}\n"),
        format!("version: 1\nservices: {{a: {{sources: [{value}]}}, b: {{sources: [{value}]}}}}\n"),
        format!(
            "version: 1\ntopics: {{t: {{subscriptions: [{{queue: q, filter_policy_scope: {value}}}]}}}}\n"
        ),
        format!(
            "version: 1\nbuses: {{b: {{rules: [{{name: {value}, pattern: {{}}, targets: [{{}}]}}]}}}}\n"
        ),
        format!("version: 1\n{value}: x\n{value}: y\n"),
        format!("version: 1\nqueues: [{value}\n"),
        value.to_owned(),
        format!("\"{value}"),
        format!("{{\"email\": \"{value}\"}}"),
        format!("- {value}\n- *{value}\n"),
    ] {
        let refusal = refusal(&yaml);
        assert!(!refusal.contains("grace"), "{refusal}");
        assert!(refusal.starts_with("line "), "{yaml}: {refusal}");
        let debug = format!("{:?}", Topology::parse(&yaml).unwrap_err());
        assert!(!debug.contains("grace"), "{debug}");
    }
}

#[test]
fn a_missing_key_and_a_wrong_type_are_said() {
    let missing = refusal("version: 1\ntaps:\n  - queue: q\n");
    assert!(missing.contains("the key `bus` is missing"), "{missing}");
    let list = refusal("version: 1\nqueues: {q: {producers: a}}\n");
    assert!(list.ends_with("the value must be a list"), "{list}");
    let mapping = refusal("version: 1\nqueues: a\n");
    let expected = "the value must be a mapping of keys to values";
    assert!(mapping.ends_with(expected), "{mapping}");
    let scope = refusal(
        "version: 1\ntopics: {t: {subscriptions: [{queue: q, filter_policy_scope: Body}]}}\n",
    );
    let choices = "one of MessageAttributes, MessageBody";
    assert!(scope.ends_with(choices), "{scope}");
}

#[test]
fn a_tap_on_a_bus_nobody_described_is_refused() {
    let message = refusal("{version: 1, taps: [{queue: t, bus: shop}]}");
    assert!(
        message.ends_with("tap 1 is not valid: its bus is not under buses"),
        "{message}"
    );
}

#[test]
fn one_source_cannot_belong_to_two_services() {
    let message = refusal("{version: 1, services: {a: {sources: [s]}, b: {sources: [r, s]}}}");
    let expected = "service b is not valid: its source 2 belongs to service a too; a source belongs \
                    to one service";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn another_version_is_refused() {
    let message = refusal("version: 2");
    assert!(
        message.contains("version 2; this program reads version 1"),
        "{message}"
    );
    assert!(serde_json::from_str::<Topology>(r#"{"version":2}"#).is_err());
}

#[test]
fn one_resource_named_in_two_ways_is_one() {
    let names = |yaml: &str| {
        let topology = Topology::parse(yaml).unwrap();
        topology.queues.into_keys().collect::<Vec<_>>()
    };
    let forms = [
        "{version: 1, queues: {jobs@eu-west-1/222222222222: {}}}",
        "{version: 1, queues: {jobs: {account: '222222222222', region: eu-west-1}}}",
        "{version: 1, queues: {'arn:aws:sqs:eu-west-1:222222222222:jobs': {}}}",
        "{version: 1, queues: {jobs@eu-west-1/*: {account: '222222222222'}}}",
    ];
    for form in forms {
        assert_eq!(
            names(form),
            [Located::from("jobs@eu-west-1/222222222222")],
            "{form}"
        );
    }
    let twice = "{version: 1, queues: {jobs@eu-west-1/222222222222: {}, \
                 'arn:aws:sqs:eu-west-1:222222222222:jobs': {}}}";
    let error = Topology::parse(twice).unwrap_err();
    assert!(format!("{error:?}").contains("NamedTwice"), "{error:?}");
    let torn = "{version: 1, queues: {jobs@eu-west-1/*: {region: us-east-1}}}";
    let error = Topology::parse(torn).unwrap_err();
    assert!(format!("{error:?}").contains("TwoHomes"), "{error:?}");
    for wrong in ["account: 12", "account: jane", "region: jane"] {
        let form = format!("{{version: 1, queues: {{jobs: {{{wrong}}}}}}}");
        let error = Topology::parse(&form).unwrap_err();
        assert!(!error.to_string().contains("jane"), "{error}");
    }
}

#[test]
fn homes_are_written_so_that_they_read_back_the_same() {
    let topology = Topology::parse(
        "{version: 1, services: {a: {functions: [f@eu-west-1/222222222222]}}, \
         taps: [{queue: tap@eu-west-1/222222222222, bus: shop}], \
         buses: {shop: {rules: [{name: r, pattern: {source: [a]}, targets: [{queue: jobs@eu-west-1/222222222222}]}]}}, \
         queues: {jobs: {account: '222222222222', region: eu-west-1}, jobs@eu-west-1/333333333333: {}}}",
    )
    .unwrap();
    let json = serde_json::to_string(&topology).unwrap();
    assert_eq!(
        serde_json::to_string(&Topology::parse(&json).unwrap()).unwrap(),
        json
    );
    assert!(json.contains("jobs@eu-west-1/222222222222"), "{json}");
}
