//! Claims about AWS's own rules of delivery: events that reach no consumer although a route accepts
//! them, and text on a channel that no program sent.

use super::*;

#[test]
fn the_keys_of_json_come_in_one_order() {
    let yaml = "
version: 1
topics: {news: {subscriptions: [{queue: jobs}]}}
pipes:
  whole: {queue: jobs, target: {function: whole}}
  parts: {queue: jobs, target: {function: parts, input_template: '{\"all\": <$>, \"body\": <$.body>}'}}
  event: {queue: jobs, target: {bus: shop}}
buses:
  shop: {rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{function: event, input_transformer: {paths: {all: $}, template: '{\"all\": <all>}'}}]}]}
";
    let received = |document: &str, attributes: &str| {
        let mut seen = delivery(&["topic/news"], &json!({}));
        seen.document = Document::Json(document.to_owned());
        seen.arrival.attributes = Some(Arc::new(serde_json::from_str(attributes).unwrap()));
        let routed = router(yaml).route(&seen);
        let mut texts: Vec<String> = routed
            .consumptions
            .iter()
            .filter_map(|one| match &one.received {
                Received::Changed(Document::Json(text)) => Some(text.clone()),
                _ => None,
            })
            .collect();
        texts.sort();
        texts
    };
    let one = received(
        r#"{"a":1,"z":2}"#,
        r#"{"b":{"Type":"String","Value":"1"},"y":{"Type":"String","Value":"2"}}"#,
    );
    let other = received(
        r#"{"a":1,"z":2}"#,
        r#"{"y":{"Value":"2","Type":"String"},"b":{"Value":"1","Type":"String"}}"#,
    );
    assert_eq!(one.len(), 2, "{one:?}");
    assert_eq!(one, other);
    for text in one {
        let as_sent: Value = serde_json::from_str(&text).unwrap();
        let mut sorted = as_sent.clone();
        sorted.sort_all_objects();
        assert_eq!(as_sent.to_string(), sorted.to_string());
    }
}

#[test]
fn a_bus_does_not_send_on_to_a_third_bus() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: a}}]
buses:
  a: {{rules: [{{name: to-b, pattern: {ALL}, targets: [{{bus: b}}]}}]}}
  b: {{rules: [{{name: to-c, pattern: {ALL}, targets: [{{bus: c}}, {{function: at-b}}]}}]}}
  c: {{rules: [{{name: out, pattern: {ALL}, targets: [{{service: vendor}}]}}]}}
"
    );
    assert_eq!(
        over(&yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        ["function/at-b < bus/a > bus/b (matched)"]
    );
}

#[test]
fn what_a_third_bus_is_not_sent_is_in_the_dead_letters_of_the_target() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: a}}]
buses:
  a: {{rules: [{{name: to-b, pattern: {ALL}, targets: [{{bus: b}}]}}]}}
  b: {{rules: [{{name: to-c, pattern: {ALL}, targets: [{{bus: c, dlq: undelivered}}]}}]}}
  c: {{rules: [{{name: out, pattern: {ALL}, targets: [{{service: vendor}}]}}]}}
"
    );
    assert_eq!(
        over(&yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        ["dead-letter-queue/undelivered < bus/a > bus/b (matched)"]
    );
}

#[test]
fn who_reads_the_dead_letters_of_a_third_bus_received_the_event() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: a}}]
buses:
  a: {{rules: [{{name: to-b, pattern: {ALL}, targets: [{{bus: b}}]}}]}}
  b: {{rules: [{{name: to-c, pattern: {ALL}, targets: [{{bus: c, dlq: undelivered}}]}}]}}
  c: {{rules: [{{name: out, pattern: {ALL}, targets: [{{service: vendor}}]}}]}}
queues: {{undelivered: {{dead_letter: true, consumers: [{{function: repair}}]}}}}
"
    );
    assert_eq!(
        over(&yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        [
            "dead-letter-queue/undelivered < bus/a > bus/b (matched)",
            "function/repair < bus/a > bus/b > queue/undelivered (matched)",
        ]
    );
}

#[test]
fn a_function_that_transforms_the_records_of_firehose_receives_them() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: a}}]
buses: {{a: {{rules: [{{name: r, pattern: {ALL}, targets: [{{firehose: hose}}]}}]}}}}
routes:
- {{kind: delivery, from: {{firehose: hose}}, to: {{function: clean}}}}
- {{kind: delivery, from: {{firehose: hose}}, to: {{bucket: lake}}}}
"
    );
    assert_eq!(
        over(&yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        [
            "firehose/hose < bus/a (matched)",
            "function/clean < bus/a (matched)"
        ]
    );
}

#[test]
fn a_target_or_a_delivery_that_may_not_exist_is_configured() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: a}}]
buses: {{a: {{rules: [{{name: r, pattern: {ALL}, targets: [{{function: f}}, {{function: g, approximate: true}}, {{stream: s}}]}}]}}}}
routes: [{{kind: delivery, from: {{stream: s}}, to: {{firehose: hose}}, approximate: true}}]
"
    );
    assert_eq!(
        over(&yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        [
            "firehose/hose < bus/a > stream/s (configured)",
            "function/f < bus/a (matched)",
            "function/g < bus/a (configured)",
        ]
    );
}

#[test]
fn a_queue_that_also_holds_dead_letters_keeps_what_is_sent_to_it() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: a}}]
buses: {{a: {{rules: [{{name: r, pattern: {ALL}, targets: [{{queue: kept}}, {{topic: news}}]}}]}}}}
topics: {{news: {{subscriptions: [{{queue: kept-too, raw: true}}]}}}}
queues: {{kept: {{dead_letter: true}}, kept-too: {{dead_letter: true}}}}
"
    );
    assert_eq!(
        over(&yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        [
            "dead-letter-queue/kept < bus/a (matched)",
            "dead-letter-queue/kept-too < bus/a > topic/news (matched)",
        ]
    );
}

#[test]
fn what_a_bucket_or_a_log_group_sends_without_a_channel_has_its_consumers() {
    let yaml = "
version: 1
queues: {work: {consumers: [{function: worker}]}}
routes:
- {kind: bucket-notification, from: {bucket: uploads}, to: {function: resize}}
- {kind: bucket-notification, from: {bucket: uploads}, to: {function: avatars}, filter: {S3Key: x}}
- {kind: bucket-notification, from: {bucket: uploads}, to: {queue: work}}
- {kind: bucket-notification, from: {bucket: uploads}, to: {bus: default}}
- {kind: logs, from: {log_group: app}, to: {function: search}}
";
    let mut sent = delivery(&[], &json!({}));
    sent.arrival.sender = Some(Sender::Bucket("uploads".to_owned()));
    assert_eq!(
        told(&router(yaml).route(&sent)),
        [
            "function/avatars <  (configured)",
            "function/resize <  (matched)",
            "function/worker < queue/work (matched)",
        ]
    );
    let mut logged = delivery(&[], &json!({}));
    logged.arrival.holder = Some(Holder {
        kind: PartyKind::LogGroup,
        name: "app".to_owned(),
        home: Home::UNKNOWN,
    });
    assert_eq!(
        told(&router(yaml).route(&logged)),
        [
            "function/search <  (matched)",
            "log-group/app <  (observed)"
        ]
    );
}

/// Buses in three accounts: orders -> shop -> audit.
const THREE_ACCOUNTS: &str = "
version: 1
taps: [{queue: ears, bus: shop@eu-west-1/222222222222}]
buses:
  orders: {account: '111111111111', region: eu-west-1, rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{bus: shop@eu-west-1/222222222222}]}]}
  shop: {account: '222222222222', region: eu-west-1, rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{bus: audit@eu-west-1/333333333333}]}]}
  audit: {account: '333333333333', region: eu-west-1, rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{function: keep}]}]}
";

#[test]
fn the_account_of_its_sender_says_whether_an_event_was_sent_on_before() {
    for (account, expected) in [
        // Published in the account of `orders`: it came from there, so it is not sent on.
        ("111111111111", "no-consumer < bus/shop (observed)"),
        // Published in the account of `shop`: it is sent on.
        (
            "222222222222",
            "function/keep < bus/shop > bus/audit (matched)",
        ),
        // Published in another account: both are possible.
        (
            "444444444444",
            "function/keep < bus/shop > bus/audit (configured)",
        ),
    ] {
        let mut seen = delivery(&["bus/?", "queue/ears"], &event(&json!({})));
        seen.arrival.sender_home = Home::of(account, "eu-west-1");
        assert_eq!(
            told(&router(THREE_ACCOUNTS).route(&seen)),
            [expected],
            "{account}"
        );
    }
}

#[test]
fn what_was_perhaps_sent_on_before_is_perhaps_in_the_dead_letters() {
    let yaml = THREE_ACCOUNTS.replace(
        "{bus: audit@eu-west-1/333333333333}",
        "{bus: audit@eu-west-1/333333333333, dlq: undelivered}",
    );
    let mut seen = delivery(&["bus/?", "queue/ears"], &event(&json!({})));
    seen.arrival.sender_home = Home::of("444444444444", "eu-west-1");
    assert_eq!(
        told(&router(&yaml).route(&seen)),
        [
            "dead-letter-queue/undelivered < bus/shop (configured)",
            "function/keep < bus/shop > bus/audit (configured)"
        ]
    );
}

#[test]
fn an_event_goes_to_a_tapped_bus_without_being_counted_twice() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears-a, bus: a}}, {{queue: ears-b, bus: b}}]
buses:
  a: {{rules: [{{name: to-b, pattern: {ALL}, targets: [{{bus: b}}, {{queue: ears-a}}]}}]}}
  b: {{rules: [{{name: r, pattern: {ALL}, targets: [{{function: at-b}}, {{queue: ears-b}}]}}]}}
"
    );
    let at_a = over(&yaml, &["bus/?", "queue/ears-a"], &event(&json!({})));
    let at_b = over(&yaml, &["bus/?", "queue/ears-b"], &event(&json!({})));
    assert_eq!(at_a, Vec::<String>::new());
    assert_eq!(at_b, ["function/at-b < bus/b (matched)"]);
}

#[test]
fn behind_a_bus_a_message_has_no_attributes() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: shop}}]
buses: {{shop: {{rules: [{{name: r, pattern: {ALL}, targets: [{{topic: news}}]}}]}}}}
topics:
  news:
    subscriptions:
      - {{function: by-attribute, filter_policy: {{status: [late]}}}}
      - {{function: without-attribute, filter_policy: {{status: [{{exists: false}}]}}}}
      - {{function: by-body, filter_policy_scope: MessageBody, filter_policy: {{detail: {{status: [late]}}}}}}
"
    );
    assert_eq!(
        over(
            &yaml,
            &["bus/?", "queue/ears"],
            &event(&json!({ "status": "late" }))
        ),
        ["function/by-body < bus/shop > topic/news (matched)"]
    );
}

#[test]
fn a_filter_behind_a_topic_sees_the_message_only_with_raw_delivery() {
    let yaml = |raw: bool| {
        format!(
            "
version: 1
topics: {{news: {{subscriptions: [{{queue: jobs, raw: {raw}}}]}}}}
queues:
  jobs:
    consumers:
      - {{function: by-message, filters: [{{body: {{tier: [gold]}}}}]}}
      - {{function: by-notification, filters: [{{body: {{Type: [Notification]}}}}]}}
      - {{function: by-subject, filters: [{{body: {{Subject: [hello]}}}}]}}
"
        )
    };
    let message = json!({ "tier": "gold" });
    assert_eq!(
        over(&yaml(true), &["topic/news"], &message),
        ["function/by-message < topic/news > queue/jobs (matched)"]
    );
    let wrapped = [
        "function/by-notification < topic/news > queue/jobs (matched)",
        "function/by-subject < topic/news > queue/jobs (configured)",
    ];
    assert_eq!(over(&yaml(false), &["topic/news"], &message), wrapped);
    // A message that was taken from the queue and names the topic was in a notification.
    let taken = over(&yaml(false), &["topic/news", "queue/jobs"], &message);
    assert_eq!(taken, wrapped);
}

#[test]
fn an_archive_keeps_no_event_that_came_out_of_an_archive() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: shop}}]
buses: {{shop: {{rules: [{{name: r, pattern: {ALL}, targets: [{{function: f}}]}}], archives: [{{name: all}}, {{name: some, pattern: {ALL}}}]}}}}
"
    );
    let mut seen = delivery(&["bus/?", "queue/ears"], &event(&json!({})));
    let first = told(&router(&yaml).route(&seen));
    assert_eq!(
        first,
        [
            "archive/all < bus/shop (matched)",
            "archive/some < bus/shop (matched)",
            "function/f < bus/shop (matched)"
        ]
    );
    seen.arrival.replay = true;
    assert_eq!(
        told(&router(&yaml).route(&seen)),
        ["function/f < bus/shop (matched)"]
    );
}

/// Once, the only bus of a topology was taken for the configured one.
#[test]
fn the_configured_bus_is_the_bus_of_an_event_even_if_the_topology_has_only_another() {
    let yaml = format!(
        "
version: 1
buses: {{shop: {{rules: [{{name: r, pattern: {ALL}, targets: [{{queue: jobs}}, {{function: f}}]}}]}}}}
queues: {{jobs: {{consumers: [{{service: worker}}]}}}}
"
    );
    for channels in [&["bus/?"][..], &["bus/?", "queue/jobs"]] {
        let at = |bus: &str| {
            let router = router(&yaml).with_bus(bus.into());
            told(&router.route(&delivery(channels, &event(&json!({})))))
        };
        let found = over(&yaml, channels, &event(&json!({})));
        assert!(
            found.iter().all(|line| line.contains("bus/shop")),
            "{found:?}"
        );
        assert_eq!(at("shop"), found);
        let other = at("nobus");
        assert!(!other.is_empty(), "{channels:?}");
        assert!(
            other
                .iter()
                .all(|line| line.contains("bus/nobus") && !line.contains("function/f")),
            "{other:?}"
        );
    }
    assert_eq!(
        told(
            &router(&yaml)
                .with_bus("nobus".into())
                .route(&delivery(&["bus/?"], &event(&json!({}))))
        ),
        ["unattributed < bus/nobus (observed)"]
    );
}
