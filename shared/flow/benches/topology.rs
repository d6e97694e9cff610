//! Measures the cost of a large topology: loading it at the start of a tracer, and routing an
//! event.
//!
//! `cargo bench -p piitrail-flow --bench topology` prints the time to read a stored topology of
//! 3,000 rules on 20 buses in 3 accounts and to make a router of it (the goal is at most 50 ms),
//! and the microseconds to route an event over it and over one of 30 rules (the goal is at most 10
//! more). Each figure is the lowest of several rounds, because other load on the machine only makes
//! a round slower.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench prints what it measured, and says so if it cannot go on"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use piitrail_detect::Engine;
use piitrail_flow::delivery::Delivery;
use piitrail_flow::envelope::{self, Opened};
use piitrail_flow::routes::Router;
use piitrail_flow::topology::Topology;
use serde_json::json;

const ROUNDS: usize = 9;
const EVENTS: usize = 2_000;

/// Returns the file of a topology with `rules` rules on `buses` buses in three accounts. A rule
/// accepts the events of one service and type, with one of the operators. Every tenth has a
/// transformer.
fn topology(buses: usize, rules: usize) -> String {
    let mut yaml = "version: 1\ntaps:\n".to_owned();
    for bus in 0..buses {
        let _ = writeln!(yaml, "  - {{queue: tap-{bus}, bus: bus-{bus}}}");
    }
    yaml.push_str("buses:\n");
    for bus in 0..buses {
        let account = 111_111_111_111_u64 * (1 + bus as u64 % 3);
        let _ = writeln!(
            yaml,
            "  bus-{bus}:\n    account: '{account}'\n    region: eu-west-1\n    rules:"
        );
        for rule in 0..rules / buses {
            let n = rule * buses + bus;
            let detail = match rule % 5 {
                0 => "total: [{numeric: ['>', 10]}]".to_owned(),
                1 => "country: [{anything-but: [xx]}]".to_owned(),
                2 => format!("sku: [{{prefix: s-{}}}]", n % 7),
                3 => "mail: [{exists: true}]".to_owned(),
                _ => "note: [{wildcard: '*gift*'}]".to_owned(),
            };
            let input = if rule % 10 == 0 {
                ", input_path: $.detail.customer"
            } else {
                ""
            };
            let _ = writeln!(
                yaml,
                "      - {{name: rule-{n}, pattern: {{source: [shop.service-{}], detail-type: [Type{}], detail: {{{detail}}}}}, targets: [{{queue: queue-{n}{input}}}]}}",
                n % 97,
                n % 13
            );
        }
    }
    yaml.push_str("queues:\n");
    for n in 0..rules {
        let _ = writeln!(
            yaml,
            "  queue-{n}: {{consumers: [{{function: function-{n}}}]}}"
        );
    }
    yaml
}

fn deliveries_of(payload: &str) -> Vec<Delivery> {
    let mut list = Vec::new();
    envelope::open(payload.as_bytes(), "invocation:bench", &mut |opened| {
        if let Opened::Delivery(delivery) = opened {
            list.push(delivery);
        }
    });
    list
}

fn least(mut round: impl FnMut() -> Duration) -> Duration {
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

fn main() {
    let engine = Arc::new(Engine::new());
    let stored = |buses, rules| {
        let topology = Topology::parse(&topology(buses, rules)).expect("the bench's file is valid");
        serde_json::to_string(&topology).expect("a topology is written")
    };
    let (few, many) = (stored(1, 30), stored(20, 3_000));
    let load = |text: &str| {
        let topology: Topology = serde_json::from_str(text).expect("it reads back");
        Router::new(&topology, &engine)
    };
    let loading = least(|| {
        let start = Instant::now();
        black_box(load(&many));
        start.elapsed()
    });
    println!(
        "load: 3,000 rules on 20 buses, {} KB: {:.1} ms",
        many.len() / 1024,
        loading.as_secs_f64() * 1e3
    );

    let deliveries: Vec<_> = (0..EVENTS)
        .flat_map(|n| {
            let event = json!({
                "id": format!("e-{n}"), "source": format!("shop.service-{}", n % 97),
                "detail-type": format!("Type{}", n % 13), "time": "2026-11-20T10:00:00Z",
                "account": "111111111111", "region": "eu-west-1",
                "detail": {
                    "total": n % 40, "country": "de", "sku": format!("s-{}-1", n % 7),
                    "note": "as a gift, please", "customer": { "mail": "jane@example.com", "name": "Jane" },
                },
            });
            let message = json!({ "Records": [{
                "messageId": format!("m-{n}"), "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:111111111111:tap-0",
                "body": event.to_string(), "attributes": {},
            }] });
            deliveries_of(&message.to_string())
        })
        .collect();
    let routing = |router: &Router| {
        least(|| {
            let start = Instant::now();
            for delivery in &deliveries {
                black_box(router.route(delivery));
            }
            start.elapsed() / u32::try_from(deliveries.len()).unwrap_or(1)
        })
    };
    let (of_few, of_many) = (routing(&load(&few)), routing(&load(&many)));
    println!(
        "route over 30 rules:    {:.2} us an event",
        of_few.as_secs_f64() * 1e6
    );
    println!(
        "route over 3,000 rules: {:.2} us an event",
        of_many.as_secs_f64() * 1e6
    );
    println!(
        "difference: {:.2} us an event",
        of_many.saturating_sub(of_few).as_secs_f64() * 1e6
    );
}
