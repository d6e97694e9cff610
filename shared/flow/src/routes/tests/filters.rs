//! Claims about filters, policies and inputs.

use std::error::Error as _;

use super::*;

#[test]
fn a_subscriber_receives_what_its_filter_policy_lets_through() {
    let yaml = "
version: 1
topics:
  news:
    producers: [shipping]
    subscriptions:
      - {function: all}
      - {function: eu, filter_policy: {region: [eu]}}
      - {function: us, filter_policy: {region: [us]}}
      - {service: big, filter_policy: {total: [{numeric: ['>', 10]}]}, filter_policy_scope: MessageBody}
      - {service: small, filter_policy: {total: [{numeric: ['<', 10]}]}, filter_policy_scope: MessageBody}
";
    let mut sent = delivery(&["topic/news"], &json!({ "total": 12 }));
    sent.arrival.attributes = Some(Arc::new(
        json!({ "region": { "Type": "String", "Value": "eu" } }),
    ));
    let routed = router(yaml).route(&sent);
    assert_eq!(routed.producer.to_string(), "shipping");
    assert_eq!(
        told(&routed),
        [
            "big < topic/news (matched)",
            "function/all < topic/news (observed)",
            "function/eu < topic/news (matched)",
        ]
    );
}

#[test]
fn a_policy_on_attributes_nobody_saw_is_only_configured() {
    let yaml = "{version: 1, topics: {news: {subscriptions: [{function: eu, filter_policy: {region: [eu]}}]}}}";
    assert_eq!(
        over(yaml, &["topic/news"], &json!({})),
        ["function/eu < topic/news (configured)"]
    );
}

#[test]
fn a_mapping_takes_what_one_of_its_filters_accepts() {
    let yaml = "
version: 1
queues:
  jobs:
    consumers:
      - {function: gold, filters: [{body: {tier: [gold]}}]}
      - {function: any, filters: [{body: {tier: [tin]}}, {body: {tier: [{exists: true}]}}]}
      - {function: tin, filters: [{body: {tier: [tin]}}]}
";
    assert_eq!(
        over(yaml, &["queue/jobs"], &json!({ "tier": "gold" })),
        [
            "function/any < queue/jobs (matched)",
            "function/gold < queue/jobs (matched)"
        ]
    );
    assert_eq!(
        over(yaml, &["queue/jobs"], &json!({})),
        ["no-consumer < queue/jobs (observed)"]
    );
}

#[test]
fn a_consumer_receives_what_its_input_leaves() {
    let yaml = "
version: 1
taps: [{queue: ears, bus: shop}]
buses:
  shop:
    rules:
      - name: r
        pattern: {source: [{prefix: ''}]}
        targets:
          - {function: whole}
          - {function: part, input_path: $.detail.address}
          - {function: constant, input: {ping: true}}
          - {function: made, input_transformer: {paths: {city: $.detail.address.city}, template: 'goes to <city>'}}
          - {queue: jobs, input_path: $.detail.address}
queues: {jobs: {consumers: [{function: behind}]}}
";
    let detail = json!({ "address": { "city": "London" }, "email": "x" });
    let routed = router(yaml).route(&delivery(&["bus/?", "queue/ears"], &event(&detail)));
    let received = |name: &str| {
        let consumption = routed
            .consumptions
            .iter()
            .find(|consumption| consumption.consumer.to_string() == format!("function/{name}"))
            .unwrap();
        match &consumption.received {
            Received::Whole => "whole".to_owned(),
            Received::Changed(Document::Json(text)) => format!("json {text}"),
            Received::Changed(Document::Text(text)) => format!("text {text}"),
            Received::Changed(Document::Opaque(_)) => "opaque".to_owned(),
        }
    };
    assert_eq!(received("whole"), "whole");
    assert_eq!(received("part"), r#"json {"city":"London"}"#);
    assert_eq!(received("constant"), r#"json {"ping":true}"#);
    assert!(
        received("made").contains("goes to London"),
        "{}",
        received("made")
    );
    assert_eq!(received("behind"), r#"json {"city":"London"}"#);
}

#[test]
fn a_mistake_in_a_topology_is_named_with_its_place() {
    for (yaml, place) in [
        (
            "{version: 1, buses: {b: {rules: [{name: r, pattern: {source: x}, targets: [{function: f}]}]}}}",
            "bus b, rule 1",
        ),
        (
            "{version: 1, buses: {b: {archives: [{name: a, pattern: {source: x}}]}}}",
            "bus b, archive 1",
        ),
        (
            "{version: 1, buses: {b: {rules: [{name: r, pattern: {source: [x]}, targets: [{function: f, input_path: 'nonsense['}]}]}}}",
            "bus b, rule 1, target 1",
        ),
        (
            "{version: 1, queues: {q: {consumers: [{function: f, filters: [{body: x}]}]}}}",
            "queue q, consumer 1",
        ),
        (
            "{version: 1, topics: {t: {subscriptions: [{function: f, filter_policy: {a: {b: c}}}]}}}",
            "topic t, subscription 1",
        ),
    ] {
        let Err(error) = Topology::parse(yaml) else {
            panic!("accepted: {yaml}");
        };
        let message = error.to_string();
        assert!(message.starts_with("line 1, column "), "{message}");
        assert!(
            message.ends_with(&format!(": {place} is not valid")),
            "{message}"
        );
        assert!(error.source().is_some(), "{message}");
    }
}

#[test]
fn what_a_condition_accepts_of_which_a_value_is_not_known_is_configured() {
    let yaml = |approximate: bool| {
        // Of a policy of which nothing is known an empty map is left.
        let policy = if approximate { "{}" } else { "{tier: [gold]}" };
        format!(
            "
version: 1
taps: [{{queue: ears, bus: shop}}]
buses:
  shop:
    rules: [{{name: r, pattern: {{source: [{{exists: true}}]}}, approximate: {approximate}, targets: [{{function: at-rule}}, {{queue: jobs}}]}}]
    archives: [{{name: some, pattern: {{source: [{{exists: true}}]}}, approximate: {approximate}}}]
  v2: {{subscribers: [{{name: s, function: at-v2, approximate: {approximate}}}]}}
queues:
  jobs: {{consumers: [{{function: reader, approximate: {approximate}}}]}}
  lines: {{}}
topics: {{news: {{subscriptions: [{{function: at-topic, filter_policy: {policy}, approximate: {approximate}}}]}}}}
pipes: {{p: {{queue: lines, approximate: {approximate}, target: {{function: at-pipe}}}}}}
"
        )
    };
    let bases = |approximate: bool| -> Vec<String> {
        let routes = router(&yaml(approximate));
        let mut lines = Vec::new();
        for channels in [
            &["bus/?", "queue/ears"][..],
            &["bus/v2"],
            &["topic/news"],
            &["queue/lines"],
        ] {
            let mut seen = delivery(channels, &event(&json!({})));
            let tier = json!({ "tier": { "Type": "String", "Value": "gold" } });
            seen.arrival.attributes = Some(tier.into());
            let answer = routes.route(&seen);
            assert!(answer.limits.is_empty());
            lines.extend(told(&answer));
        }
        lines.retain(|line| !line.starts_with("archive/v2"));
        lines
            .iter()
            .map(|line| line.replace(" < ", "\0").replace(['(', ')'], "\0"))
            .map(|line| {
                let parts: Vec<&str> = line.split('\0').collect();
                format!("{} {}", parts[0], parts[2])
            })
            .collect()
    };
    assert_eq!(
        bases(true),
        [
            "archive/some configured",
            "function/at-rule configured",
            "function/reader configured",
            "function/at-v2 configured",
            "function/at-topic configured",
            "function/at-pipe configured",
        ]
    );
    assert!(!bases(false).iter().any(|line| line.ends_with("configured")));
}

#[test]
fn a_queue_behind_a_pipe_filters_what_the_pipe_made_of_a_change() {
    let yaml = "
version: 1
tables: {customers: {}}
pipes: {p: {table: customers, target: {queue: jobs, input_template: '{\"email\": <$.dynamodb.NewImage.email.S>}'}}}
queues: {jobs: {consumers: [{function: f, filters: [{body: {email: [{exists: true}]}}]}]}}
";
    let change = json!({
        "eventName": "INSERT",
        "dynamodb": { "NewImage": { "email": { "S": "runa@example.org" } } },
    });
    let mut seen = delivery(&["stream/customers"], &change);
    seen.arrival.change = Some(change.to_string());
    assert_eq!(
        told(&router(yaml).route(&seen)),
        ["function/f < stream/customers > pipe/p > queue/jobs (matched)"]
    );
}

#[test]
fn what_two_mappings_give_to_one_function_is_one_event_on_the_stronger_basis() {
    let yaml = "
version: 1
queues: {jobs: {consumers: [
  {function: f, filters: [{body: {kind: [a]}}]},
  {function: f},
  {function: f, approximate: true}]}}
";
    assert_eq!(
        over(yaml, &["queue/jobs"], &json!({ "kind": "a" })),
        ["function/f < queue/jobs (observed)"]
    );
}
