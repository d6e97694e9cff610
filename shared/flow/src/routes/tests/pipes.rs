//! Claims about pipes: the event that they put around a record, and what their targets receive.

use super::*;

#[test]
fn the_fields_of_a_pipes_event_may_come_from_the_record_or_be_unknown() {
    let at = |target: &str| {
        let yaml = format!(
            "
version: 1
buses: {{shop: {{rules: [
  {{name: by-type, pattern: {{detail-type: [Order]}}, targets: [{{function: orders}}]}},
  {{name: by-detail, pattern: {{detail: {{eventSource: ['aws:sqs']}}}}, targets: [{{function: by-detail}}]}},
  {{name: never, pattern: {{detail: {{eventSource: [other]}}}}, targets: [{{function: never}}]}},
  {{name: by-other, pattern: {{detail-type: [Other, $.body.kind]}}, targets: [{{function: others}}]}}]}}}}
pipes: {{to-shop: {{queue: jobs, target: {{bus: shop, {target}}}}}}}
"
        );
        over(&yaml, &["queue/jobs"], &json!({"kind": "Order"}))
    };
    assert_eq!(
        at("event_detail_type: $.body.kind"),
        [
            "function/by-detail < queue/jobs > pipe/to-shop > bus/shop (matched)",
            "function/orders < queue/jobs > pipe/to-shop > bus/shop (matched)"
        ]
    );
    // A rule on the detail accepts it certainly, and one on the source or the type perhaps.
    for unknown in ["event_detail_type: $.body.missing", "event_unknown: true"] {
        assert_eq!(
            at(unknown),
            [
                "function/by-detail < queue/jobs > pipe/to-shop > bus/shop (matched)",
                "function/orders < queue/jobs > pipe/to-shop > bus/shop (configured)",
                "function/others < queue/jobs > pipe/to-shop > bus/shop (configured)",
            ],
            "{unknown}"
        );
    }
}

#[test]
fn an_event_that_a_pipe_puts_back_on_its_bus_is_another_event() {
    let yaml = "
version: 1
taps: [{queue: ears, bus: a}]
buses: {a: {rules: [
  {name: raw, pattern: {source: [com.shop.orders]}, targets: [{queue: jobs}]},
  {name: clean, pattern: {source: [shop.clean]}, targets: [{function: f}]}]}}
pipes: {p: {queue: jobs, target: {bus: a, event_source: shop.clean, input_template: '{\"id\": <$.body.id>}'}}}
";
    assert_eq!(
        over(yaml, &["bus/?", "queue/ears"], &event(&json!({}))),
        ["function/f < bus/a > queue/jobs > pipe/p > bus/a (matched)"]
    );
}

#[test]
fn a_pipe_wraps_its_record_in_an_event_of_its_own() {
    let yaml = |target: &str| {
        format!(
            "
version: 1
queues: {{jobs: {{}}}}
pipes: {{to-shop: {{queue: jobs, target: {{bus: shop, {target}}}}}}}
buses:
  shop:
    rules:
      - {{name: own, pattern: {{source: [Pipe to-shop], detail-type: [Event from aws:sqs]}}, targets: [{{function: by-default}}]}}
      - {{name: named, pattern: {{source: [shop.jobs], detail-type: [Job]}}, targets: [{{function: by-name}}]}}
      - {{name: body, pattern: {{detail: {{body: [{{prefix: '{{'}}]}}}}, targets: [{{function: by-body}}]}}
      - {{name: made, pattern: {{detail: {{tier: [gold]}}}}, targets: [{{function: by-detail, input_path: $.detail}}]}}
"
        )
    };
    let message = json!({ "tier": "gold", "email": "jane@example.com" });
    assert_eq!(
        over(&yaml(""), &["queue/jobs"], &message),
        [
            "function/by-body < queue/jobs > pipe/to-shop > bus/shop (matched)",
            "function/by-default < queue/jobs > pipe/to-shop > bus/shop (matched)"
        ]
    );
    let made = yaml(
        "input_template: '{\"tier\": <$.body.tier>}', event_source: shop.jobs, event_detail_type: Job",
    );
    let routed = router(&made).route(&delivery(&["queue/jobs"], &message));
    assert_eq!(
        told(&routed),
        [
            "function/by-detail < queue/jobs > pipe/to-shop > bus/shop (matched)",
            "function/by-name < queue/jobs > pipe/to-shop > bus/shop (matched)"
        ]
    );
    let received: Vec<String> = routed.consumptions.iter().map(received).collect();
    assert!(
        received
            .iter()
            .all(|text| text.contains("gold") && !text.contains("jane")),
        "{received:?}"
    );
}

#[test]
fn what_a_pipe_makes_of_a_replayed_event_is_a_new_event_that_archives_keep() {
    let yaml = format!(
        "
version: 1
taps: [{{queue: ears, bus: shop}}]
buses:
  shop: {{rules: [{{name: r, pattern: {ALL}, targets: [{{queue: jobs}}]}}], archives: [{{name: of-shop}}]}}
  audit: {{archives: [{{name: of-audit}}]}}
queues: {{jobs: {{}}}}
pipes: {{over: {{queue: jobs, target: {{bus: audit}}}}}}
"
    );
    let mut seen = delivery(&["bus/?", "queue/ears"], &event(&json!({})));
    seen.arrival.replay = true;
    assert_eq!(
        told(&router(&yaml).route(&seen)),
        ["archive/of-audit < bus/shop > queue/jobs > pipe/over > bus/audit (matched)"]
    );
}

#[test]
fn the_record_of_a_pipe_says_where_it_is_from() {
    let yaml = "
version: 1
queues: {jobs: {account: '111111111111', region: eu-west-1}}
pipes: {over: {queue: jobs, target: {bus: audit}}}
buses:
  audit:
    rules:
      - {name: region, pattern: {detail: {awsRegion: [eu-west-1]}}, targets: [{function: by-region}]}
      - {name: arn, pattern: {detail: {eventSourceARN: ['arn:aws:sqs:eu-west-1:111111111111:jobs']}}, targets: [{function: by-arn}]}
";
    assert_eq!(
        over(yaml, &["queue/jobs"], &json!({})),
        [
            "function/by-arn < queue/jobs > pipe/over > bus/audit (matched)",
            "function/by-region < queue/jobs > pipe/over > bus/audit (matched)"
        ]
    );
}

#[test]
fn a_pipe_gives_its_target_what_the_template_leaves_and_its_enrichment_what_the_filter_takes() {
    let yaml = "
version: 1
queues: {jobs: {}}
pipes:
  made: {queue: jobs, target: {function: f, input_template: '{\"tier\": <$.body.tier>}'}}
  enriched: {queue: jobs, filters: [{body: {tier: [gold]}}], enrichment: {function: look-up}, target: {service: vendor}}
";
    let message = json!({ "tier": "gold", "email": "jane@example.com" });
    let routed = router(yaml).route(&delivery(&["queue/jobs"], &message));
    let mut lines: Vec<String> = routed
        .consumptions
        .iter()
        .map(|one| format!("{} gets {}", one.consumer, received(one)))
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "function/f gets {\"tier\":\"gold\"}",
            "function/look-up gets the whole",
            "vendor gets what nobody sees"
        ]
    );
}

fn received(consumption: &Consumption) -> String {
    match &consumption.received {
        Received::Whole => "the whole".to_owned(),
        Received::Changed(Document::Json(text) | Document::Text(text)) => text.clone(),
        Received::Changed(Document::Opaque(_)) => "what nobody sees".to_owned(),
    }
}
