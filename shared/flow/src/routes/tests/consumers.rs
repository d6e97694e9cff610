//! Claims about the producer and the consumers of a delivery.

use super::*;
use crate::party::PartyKind;

#[test]
fn a_rule_sends_to_a_queue_and_its_function_receives() {
    let yaml = "
version: 1
services: {orders: {sources: [com.shop.orders]}, billing: {functions: [bill]}}
taps: [{queue: ears, bus: shop}]
buses:
  shop:
    rules:
      - {name: ears, pattern: {source: [{prefix: ''}]}, targets: [{queue: ears}]}
      - {name: paid, pattern: {detail-type: [OrderPlaced]}, targets: [{queue: jobs}, {log_group: /all}]}
      - {name: off, disabled: true, pattern: {detail-type: [OrderPlaced]}, targets: [{function: never}]}
      - {name: other, pattern: {detail-type: [OrderLost]}, targets: [{function: never}]}
    archives: [{name: everything}]
queues: {jobs: {consumers: [{function: bill}, {function: unclaimed}]}}
";
    let routed = router(yaml).route(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))));
    assert_eq!(routed.producer.to_string(), "orders");
    assert_eq!(
        told(&routed),
        [
            "archive/everything < bus/shop (matched)",
            "billing < bus/shop > queue/jobs (matched)",
            "function/unclaimed < bus/shop > queue/jobs (matched)",
            "log-group/all < bus/shop (matched)",
        ]
    );
    assert!(routed.limits.is_empty());
}

#[test]
fn an_event_no_rule_takes_goes_to_no_consumer_and_is_still_on_the_map() {
    let yaml = "{version: 1, taps: [{queue: ears, bus: shop}], buses: {shop: {rules: [{name: r, pattern: {source: [x]}, targets: [{function: f}]}]}}}";
    assert_eq!(
        over(yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        ["no-consumer < bus/shop (observed)"]
    );
}

#[test]
fn where_nobody_is_known_the_consumer_is_unattributed() {
    let yaml = "{version: 1}";
    let unattributed = |way: &str| vec![format!("unattributed < {way} (observed)")];
    assert_eq!(
        over(yaml, &["queue/jobs"], &json!({})),
        unattributed("queue/jobs")
    );
    assert_eq!(
        over(yaml, &["topic/news"], &json!({})),
        unattributed("topic/news")
    );
    assert_eq!(
        over(yaml, &["stream/clicks"], &json!({})),
        unattributed("stream/clicks")
    );
    assert_eq!(
        over(yaml, &["bus/?"], &event(&json!({}))),
        unattributed("bus/unknown")
    );
    assert_eq!(over(yaml, &[], &json!({})), ["unattributed <  (observed)"]);
    let routed = router(yaml).route(&delivery(&["queue/jobs"], &json!({})));
    assert_eq!(routed.producer, Party::UNATTRIBUTED);
}

#[test]
fn an_aws_service_is_drawn_as_what_it_is_unless_a_service_owns_it() {
    let yaml = "
version: 1
services: {mailwing: {owns: [{api_destination: mail}]}}
taps: [{queue: ears, bus: shop}]
buses:
  shop:
    rules:
      - name: r
        pattern: {source: [{prefix: ''}]}
        targets: [{state_machine: checkout}, {firehose: lake}, {api_destination: mail}, {api_destination: crm}, {bedrock: summary}, {other: codepipeline/release}]
";
    assert_eq!(
        over(yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        [
            "api-destination/crm < bus/shop (matched)",
            "bedrock/summary < bus/shop (matched)",
            "firehose/lake < bus/shop (matched)",
            "mailwing < bus/shop (matched)",
            "resource/codepipeline/release < bus/shop (matched)",
            "state-machine/checkout < bus/shop (matched)"
        ]
    );
}

#[test]
fn a_pipe_goes_on_to_its_target() {
    let yaml = "
version: 1
streams: {customers: {producers: [accounts], consumers: [{function: index}]}}
pipes: {enrich: {stream: customers, target: {bus: shop}}}
buses: {shop: {rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{function: f}]}]}}
";
    let routed = router(yaml).route(&delivery(&["stream/customers"], &json!({ "Keys": {} })));
    assert_eq!(routed.producer.to_string(), "accounts");
    let lines = told(&routed);
    assert!(
        lines.contains(&"function/index < stream/customers (observed)".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("stream/customers > pipe/enrich > bus/shop")),
        "{lines:?}"
    );
}

#[test]
fn a_dead_letter_queue_holds_and_who_reads_it_receives_too() {
    let yaml = "{version: 1, queues: {dead: {dead_letter: true}, read: {dead_letter: true, consumers: [{function: redrive}]}}}";
    assert_eq!(
        over(yaml, &["queue/dead"], &json!({})),
        ["dead-letter-queue/dead <  (observed)"]
    );
    assert_eq!(
        over(yaml, &["queue/read"], &json!({})),
        [
            "dead-letter-queue/read <  (observed)",
            "function/redrive < queue/read (observed)"
        ]
    );
}

#[test]
fn a_log_group_comes_before_the_stream_its_events_were_seen_on() {
    let mut seen = delivery(&["stream/logs"], &json!({}));
    seen.arrival.holder = Some(crate::delivery::Holder {
        kind: PartyKind::LogGroup,
        name: "/aws/lambda/checkout".to_owned(),
        home: crate::home::Home::UNKNOWN,
    });
    seen.arrival.sender = Some(Sender::Function("checkout".to_owned()));
    let routed =
        router("{version: 1, streams: {logs: {consumers: [{function: search}]}}}").route(&seen);
    assert_eq!(routed.producer.to_string(), "function/checkout");
    assert_eq!(
        told(&routed),
        [
            "function/search < stream/logs (observed)",
            "log-group/aws/lambda/checkout <  (observed)"
        ]
    );
}

#[test]
fn the_bus_of_an_event_is_the_one_that_sends_to_where_it_was_seen() {
    let yaml = "
version: 1
buses:
  shop: {rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{queue: jobs}]}]}
  audit: {rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{queue: log}]}]}
queues: {jobs: {consumers: [{function: worker}]}}
";
    assert_eq!(
        over(yaml, &["bus/?", "queue/jobs"], &event(&json!({}))),
        ["function/worker < bus/shop > queue/jobs (observed)"]
    );
    assert_eq!(
        over(yaml, &["bus/?", "queue/elsewhere"], &event(&json!({}))),
        ["unattributed < bus/unknown > queue/elsewhere (observed)"]
    );
}

#[test]
fn a_tap_is_no_channel_of_what_came_through_it_and_may_be_told_from_outside() {
    let tapped = router("{version: 1, buses: {shop: {}}}").with_tap("ears", "shop");
    let routed = tapped.route(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))));
    assert_eq!(told(&routed), ["no-consumer < bus/shop (observed)"]);
    let channels = tapped.channels(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))).arrival);
    assert_eq!(channels.len(), 1);
}

#[test]
fn a_role_session_names_a_function_only_if_there_is_one() {
    let router = router("{version: 1, services: {checkout: {functions: [checkout-fn]}}}");
    for (session, producer) in [("checkout-fn", "checkout"), ("jane.doe", "unattributed")] {
        let mut sent = delivery(&["queue/jobs"], &json!({}));
        sent.arrival.sender = Some(Sender::Session(session.to_owned()));
        assert_eq!(router.route(&sent).producer.to_string(), producer);
    }
}

proptest! {
    #[test]
    fn every_delivery_reaches_at_least_one_consumer(
        way in prop::collection::vec(prop::sample::select(vec![
            "bus/?", "bus/shop", "queue/ears", "queue/jobs", "queue/dead", "topic/news", "stream/clicks", "pipe/p",
        ]), 0..4),
        text in prop_oneof![Just(event(&json!({"tier": "gold"}))), Just(json!(7)), Just(json!({})), Just(json!("x"))],
    ) {
        let yaml = "
version: 1
taps: [{queue: ears, bus: shop}]
buses:
  shop: {rules: [{name: r, pattern: {detail: {tier: [gold]}}, targets: [{bus: shop}, {topic: news}, {queue: dead}, {queue: ears}]}]}
topics: {news: {subscriptions: [{queue: jobs, filter_policy: {a: [b]}}]}}
queues:
  jobs: {consumers: [{function: f, filters: [{body: {tier: [gold]}}]}]}
  dead: {dead_letter: true}
streams: {clicks: {}}
pipes: {p: {queue: jobs, target: {bus: shop}}}
";
        let routed = router(yaml).route(&delivery(&way, &text));
        prop_assert!(!routed.consumptions.is_empty());
    }
}

#[test]
fn firehose_reads_a_stream_and_a_stream_takes_the_changes_of_a_table() {
    let yaml = "
version: 1
streams: {clicks: {consumers: [{function: count}]}}
routes:
  - {kind: delivery, from: {stream: clicks}, to: {firehose: lake}}
  - {kind: delivery, from: {stream: views}, to: {firehose: lake}}
  - {kind: delivery, from: {stream: clicks}, to: {firehose: off}, disabled: true}
";
    assert_eq!(
        over(yaml, &["stream/clicks"], &json!({})),
        [
            "firehose/lake < stream/clicks (observed)",
            "function/count < stream/clicks (observed)",
        ]
    );
    // Only a route names this stream.
    assert_eq!(
        over(yaml, &["stream/views"], &json!({})),
        ["firehose/lake < stream/views (observed)"]
    );
}

#[test]
fn a_pipe_is_followed_from_a_queue_that_is_described_nowhere_else() {
    let yaml = "{version: 1, pipes: {p: {queue: jobs, target: {function: work}}}}";
    assert_eq!(
        over(yaml, &["queue/jobs"], &json!({})),
        ["function/work < queue/jobs > pipe/p (observed)"]
    );
}

#[test]
fn a_queue_with_a_generated_name_is_the_one_that_the_template_calls_by_its_id() {
    let yaml = "
version: 1
services: {orders: {functions: [PlaceOrder]}}
queues: {Jobs: {consumers: [{function: work}]}}
resources:
  - {queue: Jobs, generated_name: true}
  - {function: PlaceOrder, generated_name: true}
";
    assert_eq!(
        over(yaml, &["queue/shop-Jobs-1A2B3C4D5E6F"], &json!({})),
        ["function/work < queue/Jobs (observed)"]
    );
    assert_eq!(
        over(yaml, &["queue/shop-Other-1A2B3C4D5E6F"], &json!({})),
        ["unattributed < queue/shop-Other-* (observed)"]
    );
    let mut sent = delivery(&["queue/shop-Jobs-1A2B3C4D5E6F"], &json!({}));
    sent.arrival.sender = Some(Sender::Session("shop-PlaceOrder-1A2B3C4D5E6F".to_owned()));
    assert_eq!(router(yaml).route(&sent).producer.to_string(), "orders");
}
