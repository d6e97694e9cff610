//! Claims about the topology file: the accepted forms, the refused forms, and the text of errors.
//!
//! This file has over 400 lines, because each list of wrong files stands together with its errors.

use std::error::Error;

use super::*;
use crate::home::Located;

/// A topology with every key, as the store has kept it since version 1. Do not change it: it stands
/// for the topologies in stores.
const STORED: &str = include_str!("stored_1.json");

/// Returns the error and its causes, as a person reads them.
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
    let targets = &topology.buses()[&Located::from("shop")].rules[0].targets;
    let partner = End::named(ResourceKind::Bus, "partner").unwrap();
    assert_eq!(targets[0].to, partner);
    assert_eq!(
        *targets[1].input.form(),
        InputForm::Path("$.detail".to_owned())
    );
    assert_eq!(
        topology.pipes()[&Located::from("from-stream")].from,
        End::named(ResourceKind::Stream, "clicks").unwrap()
    );
}

/// A topology with every key that was added since, each once.
const EVERY_NEW_KEY: &str = include_str!("every_new_key.json");

#[test]
fn every_key_is_written_as_it_is_read() {
    let topology = Topology::parse(EVERY_NEW_KEY).unwrap();
    assert_eq!(
        serde_json::to_string(&topology).unwrap(),
        EVERY_NEW_KEY.trim_end()
    );
    assert_eq!(topology, topology.clone().into_draft().finish().unwrap());
}

#[test]
fn a_list_of_routes_names_every_route_with_what_holds_its_failures() {
    let topology = Topology::parse(EVERY_NEW_KEY).unwrap();
    let routes = topology.routes().into_iter().map(|route| {
        format!(
            "{} {} -> {} via {}{}",
            route.kind.as_str(),
            topology.id_of(&route.from),
            topology.id_of(&route.to),
            route.via,
            if route.disabled { " (disabled)" } else { "" }
        )
    });
    let routes: Vec<String> = routes.collect();
    assert_eq!(
        routes,
        [
            "rule shop -> checkout via OrdersRule",
            "on-failure shop -> undelivered via OrdersRule",
            "archive shop -> all via all",
            "archive shop -> some via some",
            "subscriber v2 -> JobsQueue via LargeOrders (disabled)",
            "on-failure v2 -> undelivered via LargeOrders (disabled)",
            "subscriber v2 -> worker via whole",
            "subscriber v2 -> aws-sdk:dynamodb:putItem via table",
            "subscription news -> JobsQueue via NewsToJobs",
            "on-failure news -> undelivered via NewsToJobs",
            "event-source-mapping JobsQueue -> worker via WorkerJobs (disabled)",
            "on-failure JobsQueue -> undelivered via WorkerJobs (disabled)",
            "event-source-mapping customers -> worker via worker",
            "pipe customers -> enrich via to-shop",
            "pipe customers -> shop via to-shop",
            "on-failure customers -> undelivered via to-shop",
            "redrive JobsQueue -> undelivered via JobsQueue",
            "bucket-notification uploads -> JobsQueue via uploads",
        ]
    );
}

/// Returns a topology with the same object wherever a file has JSON of AWS.
fn with_everywhere(object: &str) -> Topology {
    let text = format!(
        r#"{{"version":1,
"buses":{{
  "shop":{{"rules":[{{"name":"r","pattern":{object},"targets":[{{"queue":"jobs","input":{object}}}]}}],
    "archives":[{{"name":"kept","pattern":{object}}}]}},
  "v2":{{"subscribers":[{{"name":"s","function":"f","filters":{{"data":{object},"metadata":{object},"system_metadata":{object}}}}}]}}}},
"queues":{{"jobs":{{"consumers":[{{"function":"f","filters":[{{"body":{object}}}]}}]}}}},
"topics":{{"news":{{"subscriptions":[{{"queue":"jobs","filter_policy":{object}}}]}}}},
"streams":{{"clicks":{{"consumers":[{{"function":"f","filters":[{{"data":{object}}}]}}]}}}},
"pipes":{{"p":{{"queue":"jobs","filters":[{{"body":{object}}}],"target":{{"function":"f"}}}}}},
"routes":[{{"kind":"bucket-notification","from":{{"bucket":"in"}},"to":{{"queue":"jobs"}},"filter":{object},"input":{object}}}]}}"#
    );
    Topology::parse(&text).unwrap()
}

#[test]
fn the_keys_of_json_come_in_one_order() {
    let [one, other] =
        [r#"{"a":["1"],"z":["2"]}"#, r#"{"z":["2"],"a":["1"]}"#].map(with_everywhere);
    assert_eq!(one, other);
    let [text, other_text] =
        [&one, &other].map(|topology| serde_json::to_string(topology).unwrap());
    assert_eq!(text, other_text);
    assert_eq!(text.matches(r#""a":["1"],"z":["2"]"#).count(), 12, "{text}");
    // The routes are compared by their text too.
    let [routes, other_routes] = [&one, &other].map(|topology| format!("{:?}", topology.routes()));
    let without_places = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!(without_places(&routes), without_places(&other_routes));
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
         queue, topic, stream, function, service, log_group, state_machine, firehose, api_destination, \
         redshift, ecs_task, batch_job, api, graphql_api, bedrock, healthlake, other; queue and topic are given"
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
            "queue, stream, table; none is given",
        ),
        (
            "{version: 1, pipes: {p: {queue: q, target: {}}}}",
            "pipe p",
            "other; none is given",
        ),
        (
            "{version: 1, pipes: {p: {queue: q, target: {service: s, input_path: $.a}}}}",
            "pipe p",
            "none of the inputs of rules",
        ),
        (
            "{version: 1, buses: {b: {rules: [{name: r, pattern: {source: [a]}, targets: [{queue: q, input: 1, input_path: $.a}]}]}}}",
            "bus b, rule 1, target 1",
            "only one of input, input_path, input_transformer and input_template",
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
        "line 2, column 1: the file cannot be read: the key `queus` is unknown; \
         the keys here are version, services, taps, buses, queues, topics, streams, tables, pipes, resources, routes, changes"
    );
    let nested = refusal("version: 1\nqueues:\n  jobs:\n    consumers:\n      - fonction: f\n");
    assert!(nested.starts_with("line 5, column "), "{nested}");
    assert!(nested.contains("`fonction`"), "{nested}");
    assert!(
        nested.ends_with("function, service, id, disabled, filters, approximate, on_failure"),
        "{nested}"
    );
}

#[test]
fn an_entry_of_another_form_is_named_with_an_example_of_its_section() {
    for (yaml, part, written) in [
        (
            "{version: 1, buses: [{name: a}]}",
            "buses",
            "as in `buses: {shop: {rules: ",
        ),
        (
            "{version: 1, buses: {shop: {rules: [{name: r, pattern: {source: [a]}}]}}}",
            "buses, shop, rules, entry 1",
            "the key `targets` is missing, as in `buses: {shop: ",
        ),
        (
            "{version: 1, queues: {'a@b': 7}}",
            "queues, an entry",
            "as in `queues: {jobs: ",
        ),
        ("[1]", "the file", "a mapping of keys to values"),
    ] {
        let refusal = refusal(yaml);
        assert!(
            refusal.contains(&format!(": {part} cannot be read: ")),
            "{refusal}"
        );
        assert!(refusal.contains(written), "{refusal}");
    }
}

#[test]
fn the_examples_of_the_sections_make_up_a_topology() {
    let sections: Vec<&str> = error::WRITTEN.iter().map(|(_, written)| *written).collect();
    let topology = Topology::parse(&sections.join("\n")).unwrap();
    assert_eq!(topology.buses().len() + topology.plain_routes().len(), 2);
}

#[test]
fn a_file_of_a_newer_version_is_refused_for_its_version_whatever_its_form_is() {
    for yaml in [
        "version: 9",
        "version: 9\nbuses: [{name: a}]",
        "{version: 9, places: {}}",
    ] {
        let refusal = refusal(yaml);
        assert!(
            refusal.ends_with(
                "the file has version 9, but this program reads version 1; use a newer piitrail"
            ),
            "{refusal}"
        );
    }
    assert!(refusal("version: 0").ends_with("write `version: 1`"));
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
    assert!(mapping.contains(expected), "{mapping}");
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
        message.ends_with(
            "tap 1 is not valid: the bus of this tap is missing; add it under buses, even without rules"
        ),
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
        message.contains("version 2, but this program reads version 1; use a newer piitrail"),
        "{message}"
    );
    assert!(serde_json::from_str::<Topology>(r#"{"version":2}"#).is_err());
}

#[test]
fn one_resource_named_in_two_ways_is_one() {
    let names = |yaml: &str| {
        let topology = Topology::parse(yaml).unwrap();
        topology.queues().keys().cloned().collect::<Vec<_>>()
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
}

#[test]
fn an_account_and_a_region_are_said_to_be_what_they_must_be() {
    for (wrong, right) in [
        (
            "account: 12",
            "twelve digits in quotes, as in \"222222222222\"",
        ),
        (
            "account: jane",
            "twelve digits in quotes, as in \"222222222222\"",
        ),
        ("region: jane", "the name of a region, as in eu-west-1"),
    ] {
        let refusal = refusal(&format!("{{version: 1, queues: {{jobs: {{{wrong}}}}}}}"));
        assert!(!refusal.contains("jane"), "{refusal}");
        assert!(
            refusal.ends_with(&format!("the value must be {right}")),
            "{refusal}"
        );
    }
}

#[test]
fn what_contradicts_itself_is_refused_with_its_line_and_what_would_be_right() {
    for (yaml, problem) in [
        (
            "queues: {q@eu-west-1/12: {}}",
            "is not a home; write region/account",
        ),
        ("queues: {'': {}}", "a name is empty"),
        (
            "queues: {'arn:aws:sns:eu-west-1:222222222222:t': {}}",
            "the ARN of a topic, and a queue belongs here",
        ),
        (
            "taps: [{queue: 'arn:aws:sqs', bus: b}], buses: {b: {}}",
            "an ARN is not complete",
        ),
        (
            "queues: {q@eu-west-1/*: {region: us-east-1}}",
            "contradict each other",
        ),
        (
            "queues: {q@eu-west-1/222222222222: {}, 'arn:aws:sqs:eu-west-1:222222222222:q': {}}",
            "names the same resource",
        ),
        (
            "services: {unattributed: {}}",
            "a service must have a name, and not unattributed",
        ),
        (
            "services: {a: {sources: [s, s]}}",
            "its source 2 is listed twice",
        ),
        (
            "services: {a: {functions: [f]}, b: {functions: [f@eu-west-1/222222222222]}}",
            "function 1 belongs to service a too",
        ),
        ("services: {a: {functions: ['']}}", "a name is empty"),
        (
            "services: {a: {owns: [{queue: q}]}}",
            "exactly one of function, table, bucket",
        ),
        (
            "buses: {b: {rules: [{name: r, pattern: {source: [a]}, targets: []}, {name: r, pattern: {source: [b]}, targets: []}]}}",
            "rule 1 has the same name",
        ),
        (
            "buses: {b: {rules: [{name: r, pattern: {source: [a]}, targets: [{queue: q, input_template: x}]}]}}",
            "for the target of a pipe",
        ),
        (
            "buses: {b: {rules: [{name: r, pattern: {source: [a]}, targets: [{bus: c, event_source: x}]}]}}",
            "for the target of a pipe",
        ),
        (
            "pipes: {p: {queue: q, target: {service: s, dlq: d}}}",
            "on_failure beside its target",
        ),
        (
            "pipes: {p: {queue: q, target: {service: s, input_template: '<order>'}}}",
            "a path that begins with $",
        ),
        (
            "resources: [{queue: q, retention: long}]",
            "as in 14d, or forever",
        ),
        ("resources: [{queue: q, key: k}]", "give both or neither"),
        (
            "resources: [{queue: q}, {queue: q}]",
            "names the same resource",
        ),
        (
            "routes: [{kind: redrive, from: {queue: q}, to: {}}]",
            "none is given",
        ),
        (
            "buses: {b: {subscribers: [{name: s, queue: q, filters: {data: {a: [{wildcard: '*'}]}}}]}}",
            "a filter of a subscriber may not have a wildcard",
        ),
        (
            "buses: {b: {subscribers: [{name: s, queue: q, filters: {metadata: {a: [{prefix: x}]}}}]}}",
            "a filter on metadata lists exact values",
        ),
        (
            "buses: {b: {subscribers: [{name: s, queue: q, jsonata: $events.Data}]}}",
            "a JSONata expression stands in {% and %}",
        ),
        (
            "buses: {b: {subscribers: [{name: s, queue: q, jsonata: '{% 1 %}', with_metadata: true}]}}",
            "it may have only one of with_metadata, jsonata",
        ),
        (
            "buses: {b: {subscribers: [{name: s, queue: q}, {name: s, topic: t}]}}",
            "subscriber 1 has the same name",
        ),
        (
            "queues: {q: {producers: ['']}}",
            "a service must have a name",
        ),
    ] {
        let refusal = refusal(&format!("{{version: 1, {yaml}}}"));
        assert!(refusal.starts_with("line 1, column "), "{yaml}: {refusal}");
        assert!(refusal.contains(problem), "{yaml}: {refusal}");
    }
}

#[test]
fn a_draft_with_a_route_to_what_cannot_receive_is_refused() {
    let mut draft = Draft::default();
    draft.topics.insert(
        "news".into(),
        Topic {
            subscriptions: vec![Subscription {
                to: End::named(ResourceKind::Bus, "shop").unwrap(),
                id: None,
                filter_policy: None,
                is_raw: false,
                dead_letters: None,
                origin: Origin::default(),
            }],
            ..Topic::default()
        },
    );
    let error = draft.finish().unwrap_err();
    assert!(
        error.with_problem().contains("cannot stand here"),
        "{error}"
    );
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
