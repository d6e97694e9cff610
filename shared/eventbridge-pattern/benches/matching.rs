//! Events a second, for buses of 1, 30 and 300 rules.
//!
//! The events are EventBridge envelopes of about 1 KB from a small shop and from AWS services; the
//! rules are what such a bus has: one team each, by source, type, state, amount, name or address.
//!
//! - `parse_and_match/N`: from the bytes of an event to the keys of the rules that match it. This
//!   is what a tracer pays and what the target (200,000 a second at 300 rules) is about.
//! - `match/N`: the same with the event already parsed, as when several rule sets look at it.
//! - `parse`: reading alone.
//! - `one_by_one/300`: the same 300 patterns without the machine, for comparison.
//! - `wildcard/N`: one wildcard with five asterisks that almost matches, over values of N bytes; the
//!   throughput in bytes stays level where the time is linear.
//!
//! ```sh
//! cargo bench -p eventbridge-pattern
//! ```

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot make its own input has nothing to measure"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use eventbridge_pattern::{Event, Pattern, RuleSet};
use serde_json::Value;

const REGIONS: [&str; 3] = ["eu-west-1", "eu-central-1", "us-east-1"];
const SOURCES: [&str; 10] = [
    "shop.orders",
    "shop.payments",
    "shop.accounts",
    "shop.shipping",
    "shop.helpdesk",
    "shop.marketing",
    "shop.catalogue",
    "aws.s3",
    "aws.ec2",
    "aws.health",
];
const STATES: [&str; 6] = ["created", "paid", "packed", "shipped", "returned", "closed"];

/// An envelope of about 1 KB, without white space, as AWS delivers it.
fn event(number: usize) -> String {
    let spaced: Value = serde_json::from_str(&spaced_event(number)).expect("the event is JSON");
    spaced.to_string()
}

fn spaced_event(number: usize) -> String {
    let source = SOURCES[number % SOURCES.len()];
    let state = STATES[number % STATES.len()];
    let region = REGIONS[number % REGIONS.len()];
    let total = number % 500;
    format!(
        r#"{{
  "version": "0",
  "id": "6a7e8feb-b491-4cf7-a9f1-{number:012}",
  "detail-type": "{source} {state}",
  "source": "{source}",
  "account": "111122223333",
  "time": "2026-11-21T10:{:02}:00Z",
  "region": "{region}",
  "resources": ["arn:aws:{source}:{region}:111122223333:thing/{number}"],
  "detail": {{
    "order": {{"id": "o-{number}", "state": "{state}", "total": {total}.50, "currency": "EUR", "gift": false}},
    "customer": {{
      "id": "c-{number}",
      "name": "Customer Number {number}",
      "email": "customer{number}@example.com",
      "segments": ["newsletter", "loyal", "segment-{}"],
      "address": {{"street": "Some Street {number}", "city": "Dublin", "postal-code": "D02 AF30", "country": "IE"}}
    }},
    "bucket": {{"name": "invoices-{region}"}},
    "object": {{"key": "2026/11/21/invoice-{number}.pdf", "size": {}, "etag": "d41d8cd98f00b204e9800998ecf8427e"}},
    "sourceIPAddress": "10.{}.{}.7",
    "note": "left with the neighbour, said \"thanks\"",
    "trace": {{"root": "1-67891233-abcdef012345678912345678", "sampled": true, "parent": null}}
  }}
}}"#,
        number % 60,
        number % 40,
        number * 37,
        number % 200,
        number % 250,
    )
}

/// The rule of one team.
fn rule(number: usize) -> String {
    // Not the same stride as the kinds of rules below: every kind meets every source.
    let source = SOURCES[(number / 7) % SOURCES.len()];
    let state = STATES[(number / 10) % STATES.len()];
    let team = number / 10;
    match number % 10 {
        0 => format!(r#"{{"source": ["{source}"], "detail-type": ["{source} {state}"]}}"#),
        1 => format!(
            r#"{{"source": ["{source}"], "detail": {{"order": {{"total": [{{"numeric": [">", {}, "<=", {}]}}]}}}}}}"#,
            team * 10,
            team * 10 + 100
        ),
        2 => format!(
            r#"{{"source": ["{source}"], "detail": {{"customer": {{"segments": ["segment-{team}"]}}}}}}"#
        ),
        3 => format!(
            r#"{{"detail": {{"object": {{"key": [{{"wildcard": "2026/*/invoice-{team}*.pdf"}}]}}}}}}"#
        ),
        4 => format!(
            r#"{{"source": ["{source}"], "detail": {{"order": {{"state": [{{"anything-but": ["{state}", "closed"]}}]}}}}}}"#
        ),
        5 => format!(
            r#"{{"source": [{{"prefix": "shop."}}], "detail": {{"customer": {{"email": [{{"suffix": "{team}@example.com"}}]}}}}}}"#
        ),
        6 => format!(r#"{{"detail": {{"sourceIPAddress": [{{"cidr": "10.{team}.0.0/16"}}]}}}}"#),
        7 => format!(
            r#"{{"source": ["{source}"], "$or": [{{"region": ["eu-west-1"]}}, {{"detail": {{"customer": {{"name": [{{"equals-ignore-case": "CUSTOMER NUMBER {team}"}}]}}}}}}]}}"#
        ),
        8 => format!(
            r#"{{"source": ["{source}"], "detail": {{"refund": [{{"exists": false}}], "order": {{"state": ["{state}"], "gift": [false]}}}}}}"#
        ),
        _ => format!(
            r#"{{"resources": [{{"prefix": "arn:aws:{source}:eu-west-1:111122223333:thing/{team}"}}]}}"#
        ),
    }
}

fn patterns(count: usize) -> Vec<Pattern> {
    (0..count)
        .map(|number| Pattern::parse(&rule(number)).expect("the rule is a pattern"))
        .collect()
}

fn buses(criterion: &mut Criterion) {
    let texts: Vec<String> = (0..200).map(event).collect();
    let events: Vec<Event<'_>> = texts
        .iter()
        .map(|text| Event::parse(text.as_bytes()).expect("the event is JSON"))
        .collect();
    let mut group = criterion.benchmark_group("bus");
    group.throughput(Throughput::Elements(events.len() as u64));
    for count in [1, 30, 300] {
        let rules: RuleSet<usize> = patterns(count).into_iter().enumerate().collect();
        group.bench_function(BenchmarkId::new("parse_and_match", count), |bencher| {
            bencher.iter(|| {
                texts
                    .iter()
                    .map(|text| {
                        let event =
                            Event::parse(black_box(text.as_bytes())).expect("the event is JSON");
                        rules.matches(&event).matched.len()
                    })
                    .sum::<usize>()
            });
        });
        group.bench_function(BenchmarkId::new("match", count), |bencher| {
            bencher.iter(|| {
                events
                    .iter()
                    .map(|event| rules.matches(black_box(event)).matched.len())
                    .sum::<usize>()
            });
        });
    }
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(Event::parse(black_box(text.as_bytes())).expect("the event is JSON"));
            }
        });
    });
    let alone = patterns(300);
    group.bench_function(BenchmarkId::new("one_by_one", 300), |bencher| {
        bencher.iter(|| {
            events
                .iter()
                .map(|event| {
                    alone
                        .iter()
                        .filter(|pattern| pattern.matches(black_box(event)) == Ok(true))
                        .count()
                })
                .sum::<usize>()
        });
    });
    group.finish();
}

fn wildcards(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wildcard");
    let pattern =
        Pattern::parse(r#"{"v": [{"wildcard": "*ab*ab*ab*ab*abc"}]}"#).expect("a pattern");
    let rules: RuleSet<()> = [((), pattern)].into_iter().collect();
    for bytes in [1_000usize, 10_000, 100_000] {
        let text = format!(r#"{{"v": "{}"}}"#, "ab".repeat(bytes / 2));
        let event = Event::parse(text.as_bytes()).expect("the event is JSON");
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::from_parameter(bytes), |bencher| {
            bencher.iter(|| rules.matches(black_box(&event)).matched.len());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .measurement_time(std::time::Duration::from_secs(3))
        .warm_up_time(std::time::Duration::from_secs(1));
    targets = buses, wildcards
}
criterion_main!(benches);
