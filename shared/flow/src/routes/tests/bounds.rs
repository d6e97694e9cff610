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
            "function/at-b < bus/a > bus/b (configured)"
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
        ["no-consumer < bus/a > bus/b (configured)"]
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

/// Returns queues, by their numbers, and the pipes between them. Pipes are used because buses do
/// not send on to a third bus.
fn pipes(between: impl IntoIterator<Item = (usize, usize)>) -> String {
    let mut yaml = "version: 1\npipes:\n".to_owned();
    let mut queues = std::collections::BTreeSet::new();
    for (from, to) in between {
        queues.extend([from, to]);
        let _ = writeln!(
            yaml,
            "  p{from}-{to}: {{queue: q{from}, target: {{queue: q{to}}}}}"
        );
    }
    yaml.push_str("queues:\n");
    for queue in queues {
        let _ = writeln!(yaml, "  q{queue}: {{}}");
    }
    yaml
}

#[test]
fn queues_that_all_send_to_all_are_followed_within_bounds() {
    let all = (0..9).flat_map(|from| (0..9).map(move |to| (from, to)));
    let yaml = pipes(all.filter(|(from, to)| from != to));
    let routed = router(&yaml).route(&delivery(&["queue/q0"], &json!({})));
    assert!(
        routed.limits.contains(&Limit::RouteVisits) || routed.limits.contains(&Limit::RouteHops)
    );
    assert!(!routed.consumptions.is_empty() && routed.consumptions.len() <= CONSUMERS_MAX);
}

#[test]
fn a_way_longer_than_is_followed_ends_in_the_unknown_and_is_counted() {
    let yaml = pipes((0..HOPS_MAX + 2).map(|n| (n, n + 1)));
    let routed = router(&yaml).route(&delivery(&["queue/q0"], &json!({})));
    assert_eq!(routed.limits, [Limit::RouteHops]);
    assert_eq!(routed.consumptions[0].consumer, Party::UNATTRIBUTED);
}

#[test]
fn more_consumers_than_are_listed_are_counted() {
    let targets = (0..CONSUMERS_MAX + 3).map(|n| format!("{{function: f{n}}}"));
    let targets = targets.collect::<Vec<_>>().join(", ");
    let yaml = format!(
        "{{version: 1, taps: [{{queue: ears, bus: b}}], buses: {{b: {{rules: [{{name: r, pattern: {{source: [{{prefix: ''}}]}}, targets: [{targets}]}}]}}}}}}"
    );
    let routed = router(&yaml).route(&delivery(&["bus/?", "queue/ears"], &event(&json!({}))));
    assert_eq!(routed.consumptions.len(), CONSUMERS_MAX);
    assert_eq!(routed.limits, [Limit::RouteConsumers; 3]);
}
