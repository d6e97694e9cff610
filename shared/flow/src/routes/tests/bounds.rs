//! Claims about loops and bounds.

use super::*;
use crate::limit::Limit;

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
    assert!(
        routed.limits.contains(&Limit::RouteVisits) || routed.limits.contains(&Limit::RouteHops)
    );
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
    assert_eq!(routed.limits, [Limit::RouteHops]);
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
    assert_eq!(routed.limits, [Limit::RouteConsumers; 3]);
}
