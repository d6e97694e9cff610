//! Claims about who receives what.

use std::fmt::Write as _;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

fn router(yaml: &str) -> Router {
    Router::new(&Topology::parse(yaml).unwrap(), &ENGINE).unwrap()
}

/// A delivery that came over channels, `queue/jobs`; a bus without a name is `bus/?`.
fn delivery(channels: &[&str], document: &Value) -> Delivery {
    let mut arrival = Arrival::unknown("d-1".to_owned());
    arrival.channels = channels
        .iter()
        .map(|channel| {
            let (kind, name) = channel.split_once('/').unwrap();
            let kind = match kind {
                "bus" => ChannelKind::Bus,
                "queue" => ChannelKind::Queue,
                "topic" => ChannelKind::Topic,
                "stream" => ChannelKind::Stream,
                _ => ChannelKind::Pipe,
            };
            RawChannel {
                kind,
                name: (name != "?").then(|| name.to_owned()),
            }
        })
        .collect();
    if let Some(source) = document.get("source").and_then(Value::as_str) {
        arrival.sender = Some(Sender::Source(source.to_owned()));
    }
    Delivery {
        arrival,
        document: Document::Json(document.to_string()),
        limit: None,
    }
}

fn event(detail: &Value) -> Value {
    json!({
        "id": "e-1", "source": "com.shop.orders", "detail-type": "OrderPlaced",
        "time": "2026-11-20T10:00:00Z", "detail": detail,
    })
}

/// `consumer < channel > channel (basis)`, sorted.
fn told(routed: &Routed) -> Vec<String> {
    let mut lines: Vec<String> = routed
        .consumptions
        .iter()
        .map(|consumption| {
            let way: Vec<String> = consumption
                .channels
                .iter()
                .map(ToString::to_string)
                .collect();
            format!(
                "{} < {} ({})",
                consumption.consumer,
                way.join(" > "),
                consumption.basis.as_str()
            )
        })
        .collect();
    lines.sort();
    lines
}

fn over(yaml: &str, channels: &[&str], document: &Value) -> Vec<String> {
    told(&router(yaml).route(&delivery(channels, document)))
}

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
fn a_loop_of_buses_ends_and_all_its_consumers_are_reached_once() {
    let yaml = "
version: 1
taps: [{queue: ears, bus: a}]
buses:
  a: {rules: [{name: to-b, pattern: {source: [{prefix: ''}]}, targets: [{bus: b}, {function: at-a}]}]}
  b: {rules: [{name: to-a, pattern: {source: [{prefix: ''}]}, targets: [{bus: a}, {function: at-b}]}]}
";
    assert_eq!(
        over(yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        [
            "function/at-a < bus/a (matched)",
            "function/at-b < bus/a > bus/b (matched)"
        ]
    );
}

#[test]
fn a_loop_nobody_listens_on_still_makes_an_edge() {
    let yaml = "
version: 1
taps: [{queue: ears, bus: a}]
buses:
  a: {rules: [{name: to-b, pattern: {source: [{prefix: ''}]}, targets: [{bus: b}]}]}
  b: {rules: [{name: to-a, pattern: {source: [{prefix: ''}]}, targets: [{bus: a}]}]}
";
    assert_eq!(
        over(yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        ["no-consumer < bus/a (observed)"]
    );
}

#[test]
fn channels_that_look_alike_when_masked_are_no_loop() {
    let yaml = "
version: 1
queues: {jobs-20241101: {}, jobs-20241102: {consumers: [{function: worker}]}}
pipes: {move: {queue: jobs-20241101, target: {queue: jobs-20241102}}}
";
    let routed = over(yaml, &["queue/jobs-20241101"], &json!({}));
    assert_eq!(
        routed,
        ["function/worker < queue/jobs-* > pipe/move > queue/jobs-* (observed)"]
    );
}

#[test]
fn buses_that_all_send_to_all_are_followed_within_bounds() {
    let mut yaml = "version: 1\ntaps: [{queue: ears, bus: b0}]\nbuses:\n".to_owned();
    for from in 0..9 {
        let targets: Vec<String> = (0..9)
            .filter(|to| *to != from)
            .map(|to| format!("{{bus: b{to}}}"))
            .collect();
        for (n, pair) in targets.chunks(5).enumerate() {
            if n == 0 {
                let _ = writeln!(yaml, "  b{from}:\n    rules:");
            }
            let _ = writeln!(
                yaml,
                "      - {{name: r{n}, pattern: {{source: [{{prefix: ''}}]}}, targets: [{}]}}",
                pair.join(", ")
            );
        }
    }
    let routed = router(&yaml).route(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))));
    assert!(routed.limits.contains(&VISITS_LIMIT) || routed.limits.contains(&HOPS_LIMIT));
    assert!(!routed.consumptions.is_empty() && routed.consumptions.len() <= CONSUMERS_MAX);
}

#[test]
fn a_way_longer_than_is_followed_ends_in_the_unknown_and_is_counted() {
    let mut yaml = "version: 1\ntaps: [{queue: ears, bus: b0}]\nbuses:\n".to_owned();
    for n in 0..HOPS_MAX + 2 {
        let _ = writeln!(
            yaml,
            "  b{n}: {{rules: [{{name: r, pattern: {{source: [{{prefix: ''}}]}}, targets: [{{bus: b{}}}]}}]}}",
            n + 1
        );
    }
    let routed = router(&yaml).route(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))));
    assert_eq!(routed.limits, [HOPS_LIMIT]);
    assert_eq!(routed.consumptions[0].consumer, Party::UNATTRIBUTED);
}

#[test]
fn more_consumers_than_are_listed_are_counted() {
    let targets = vec!["{function: f}"; CONSUMERS_MAX + 3].join(", ");
    let yaml = format!(
        "{{version: 1, taps: [{{queue: ears, bus: b}}], buses: {{b: {{rules: [{{name: r, pattern: {{source: [{{prefix: ''}}]}}, targets: [{targets}]}}]}}}}}}"
    );
    let routed = router(&yaml).route(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))));
    assert_eq!(routed.consumptions.len(), CONSUMERS_MAX);
    assert_eq!(routed.limits, [CONSUMERS_LIMIT; 3]);
}

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
    let yaml = "{version: 1, taps: [{queue: ears, bus: b}], buses: {b: {rules: [{name: r, pattern: {source: [{prefix: ''}]}, targets: [{topic: news}]}]}}, topics: {news: {subscriptions: [{function: eu, filter_policy: {region: [eu]}}]}}}";
    assert_eq!(
        over(yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        ["function/eu < bus/b > topic/news (configured)"]
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
            Received::Changed(Document::Opaque) => "opaque".to_owned(),
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
            "bus b, rule r",
        ),
        (
            "{version: 1, buses: {b: {archives: [{name: a, pattern: {source: x}}]}}}",
            "bus b, archive a",
        ),
        (
            "{version: 1, buses: {b: {rules: [{name: r, pattern: {source: [x]}, targets: [{function: f, input_path: 'nonsense['}]}]}}}",
            "bus b, rule r",
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
        let Err(error) = Router::new(&Topology::parse(yaml).unwrap(), &ENGINE) else {
            panic!("accepted: {yaml}");
        };
        assert!(error.to_string().starts_with(place), "{error}");
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
