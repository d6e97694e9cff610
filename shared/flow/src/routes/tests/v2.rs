//! Claims about V2 buses: who receives an event by which filters, and what of it.

use super::*;

/// A V2 bus with a tap and these subscribers.
fn over_v2(subscribers: &str, document: &Value) -> Routed {
    router(&v2(subscribers)).route(&delivery(&["bus/?", "queue/ears"], document))
}

fn v2(subscribers: &str) -> String {
    format!(
        "
version: 1
taps: [{{queue: ears, bus: v2}}]
buses:
  v2:
    subscribers:
{subscribers}
  classic: {{rules: [{{name: r, pattern: {{source: [{{prefix: ''}}]}}, targets: [{{bus: second}}, {{function: at-classic}}]}}]}}
  second: {{rules: [{{name: r, pattern: {{source: [{{prefix: ''}}]}}, targets: [{{function: at-second}}]}}]}}
  next:
    subscribers: [{{name: n, bus: last}}, {{name: back, bus: v2, dlq: undelivered}}]
  last:
    subscribers: [{{name: l, function: at-last}}]
"
    )
}

fn received<'r>(routed: &'r Routed, consumer: &str) -> &'r Document {
    let found = routed.consumptions.iter();
    let mut found = found.filter(|one| one.consumer.to_string() == consumer);
    match &found.next().unwrap().received {
        Received::Whole => panic!("the whole event"),
        Received::Changed(document) => document,
    }
}

#[test]
fn a_v2_bus_keeps_what_it_receives() {
    let routed = over_v2(
        "      - {name: a, filters: {data: {source: [other]}}, function: f}",
        &event(&json!({})),
    );
    assert_eq!(told(&routed), ["archive/v2 < bus/v2 (matched)"]);
}

#[test]
fn a_bus_with_a_retention_is_a_v2_bus() {
    let yaml = "
version: 1
buses: {v2: {}, classic: {}}
resources: [{bus: v2, retention: 7d}, {bus: classic, encryption: service-default}]
";
    let at = |bus| over(yaml, &[bus], &event(&json!({})));
    assert_eq!(at("bus/v2"), ["archive/v2 < bus/v2 (matched)"]);
    assert_eq!(at("bus/classic"), ["no-consumer < bus/classic (observed)"]);
}

#[test]
fn an_event_must_pass_the_filter_of_every_scope() {
    let subscribers = "
      - {name: all, function: all}
      - {name: data, function: data, filters: {data: {detail: {total: [{numeric: ['>', 500]}]}}}}
      - {name: both, function: both, filters: {data: {detail: {total: [600]}}, system_metadata: {aws:Source: [com.shop.orders]}}}
      - {name: other, function: other, filters: {data: {detail: {total: [600]}}, system_metadata: {aws:Source: [com.shop]}}}
      - {name: type, function: type, filters: {system_metadata: {ContentType: [application/eventbridge+json]}}}
      - {name: id, function: id, filters: {system_metadata: {aws:EventId: [e-2]}}}
      - {name: tenant, function: tenant, filters: {metadata: {tenant: [acme]}}}
      - {name: off, function: off, disabled: true}";
    let functions = |document: &Value| -> Vec<String> {
        let lines = told(&over_v2(subscribers, document)).into_iter();
        lines
            .filter(|line| line.starts_with("function/"))
            .map(|line| line.replace(" < bus/v2", ""))
            .collect()
    };
    // `PutEvents` takes no metadata, and the id that the bus gives is not in the event.
    assert_eq!(
        functions(&event(&json!({ "total": 600 }))),
        [
            "function/all (matched)",
            "function/both (matched)",
            "function/data (matched)",
            "function/id (configured)",
            "function/type (matched)",
        ]
    );
    // What was published with `PutRawEvents` has no source, and perhaps metadata that are not seen.
    assert_eq!(
        functions(&json!({ "detail": { "total": 600 } })),
        [
            "function/all (matched)",
            "function/data (matched)",
            "function/id (configured)",
            "function/tenant (configured)",
            "function/type (configured)",
        ]
    );
}

#[test]
fn every_hop_of_a_v2_bus_is_a_new_event() {
    let routed = over_v2(
        "
      - {name: a, bus: classic}
      - {name: b, bus: next}",
        &event(&json!({})),
    );
    assert_eq!(
        told(&routed),
        [
            "archive/last < bus/v2 > bus/next > bus/last (matched)",
            "archive/next < bus/v2 > bus/next (matched)",
            "archive/v2 < bus/v2 (matched)",
            // It would have gone round in a circle.
            "dead-letter-queue/undelivered < bus/v2 > bus/next (matched)",
            "function/at-classic < bus/v2 > bus/classic (matched)",
            "function/at-last < bus/v2 > bus/next > bus/last (matched)",
            "function/at-second < bus/v2 > bus/classic > bus/second (matched)",
        ]
    );
    let Document::Json(record) = received(&routed, "dead-letter-queue/undelivered") else {
        panic!();
    };
    assert_eq!(record, r#"{"errorCode":"LOOP_DETECTED"}"#);
}

#[test]
fn a_subscriber_sends_the_data_alone_or_with_their_metadata() {
    let routed = over_v2(
        "
      - {name: a, function: plain}
      - {name: b, function: wrapped, with_metadata: true}",
        &event(&json!({ "mail": "jane@example.com" })),
    );
    let Document::Json(text) = received(&routed, "function/wrapped") else {
        panic!();
    };
    let wrapped: Value = serde_json::from_str(text).unwrap();
    assert_eq!(wrapped["Data"]["detail"]["mail"], "jane@example.com");
    assert_eq!(wrapped["SystemMetadata"]["aws:Source"], "com.shop.orders");
    let is_whole = |one: &Consumption| matches!(one.received, Received::Whole);
    let mut plain = routed.consumptions.iter();
    assert!(plain.any(|one| one.consumer.to_string() == "function/plain" && is_whole(one)));
}

#[test]
fn what_a_transformer_makes_that_is_not_known_is_said_to_be_unknown() {
    let routed = over_v2(
        "      - {name: a, other: 'aws-sdk:dynamodb:putItem', unknown_input: true}",
        &event(&json!({})),
    );
    assert_eq!(
        told(&routed)[1],
        "resource/aws-sdk:dynamodb:putItem < bus/v2 (configured)"
    );
    assert_eq!(routed.limits, [Limit::TransformerUndecided]);
    assert!(matches!(
        received(&routed, "resource/aws-sdk:dynamodb:putItem"),
        Document::Opaque(piitrail_detect::Unread::MadeOnTheWay)
    ));
}

#[test]
fn attributes_that_a_subscriber_sets_are_not_known() {
    let yaml = |attributes| {
        format!(
            "
version: 1
taps: [{{queue: ears, bus: v2}}]
buses:
  v2:
    subscribers:
      - {{name: a, topic: news, message_attributes: {attributes}}}
      - {{name: b, queue: jobs, message_attributes: {attributes}}}
topics: {{news: {{subscriptions: [{{function: late, filter_policy: {{status: [late]}}}}]}}}}
queues: {{jobs: {{consumers: [{{function: reader, filters: [{{messageAttributes: {{status: {{stringValue: [late]}}}}}}]}}]}}}}
"
        )
    };
    let functions = |attributes| {
        let mut lines = over(
            &yaml(attributes),
            &["bus/?", "queue/ears"],
            &event(&json!({})),
        );
        lines.retain(|line| line.starts_with("function/"));
        lines
    };
    assert_eq!(functions(false), Vec::<String>::new());
    assert_eq!(
        functions(true),
        [
            "function/late < bus/v2 > topic/news (configured)",
            "function/reader < bus/v2 > queue/jobs (configured)",
        ]
    );
}

#[test]
fn an_expression_leaves_a_part_or_nothing_of_an_event() {
    let routed = over_v2(
        "
      - {name: a, function: part, jsonata: '{% {\"to\": $events.Data.detail.mail} %}'}
      - {name: b, function: nobody, jsonata: '{% $events.Data.mail %}', dlq: failed}
      - {name: c, function: clock, jsonata: '{% $now() %}'}",
        &event(&json!({ "mail": "jane@example.com", "name": "Jane" })),
    );
    assert_eq!(
        told(&routed),
        [
            "archive/v2 < bus/v2 (matched)",
            "dead-letter-queue/failed < bus/v2 (matched)",
            "function/clock < bus/v2 (configured)",
            "function/part < bus/v2 (matched)",
        ]
    );
    assert_eq!(routed.limits, [Limit::TransformerUndecided]);
    let Document::Json(text) = received(&routed, "function/part") else {
        panic!();
    };
    assert_eq!(text, r#"{"to":"jane@example.com"}"#);
}
