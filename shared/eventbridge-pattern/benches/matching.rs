//! Measures events per second, for buses of 1, 30 and 300 rules (the default quota of a bus).
//!
//! `bus` generates the events and the rules. Groups:
//!
//! - `parse_and_match/N`: from the bytes of an event to the keys of the rules that match it. This
//!   is the cost of a tracer and the subject of the target: 200,000 a second on one core at 300
//!   rules, and no less than half the speed at 1 rule.
//! - `match/N`: the same with the event already parsed, as when several rule sets match it.
//! - `parse`: parsing alone.
//! - `one_by_one/300`: the same 300 patterns without the machine, for comparison.
//! - `wildcard/N`: one wildcard with five asterisks that almost matches, over values of N bytes.
//!   The throughput in bytes is constant if the time is linear.
//!
//! The last lines compare the target with a measurement of their own: the three buses take turns
//! for three seconds, and the fastest tenth of each counts, because other work on the machine only
//! ever adds time.
//!
//! ```sh
//! cargo bench -p eventbridge-pattern
//! ```

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot make its own input has nothing to measure"
)]
#![expect(
    clippy::print_stdout,
    reason = "a benchmark's answer is for whoever runs it"
)]

mod bus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bus::{event, patterns};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use eventbridge_pattern::{Event, Pattern, RuleSet};

const EVENTS: u32 = 400;
const RULES: [usize; 3] = [1, 30, 300];

fn rules(count: usize) -> RuleSet<usize> {
    patterns(count).into_iter().enumerate().collect()
}

/// Parses every event and returns the number of rules that match.
fn parse_and_match(texts: &[String], rules: &RuleSet<usize>) -> u32 {
    let mut matched = 0;
    for text in texts {
        let event = Event::parse(black_box(text.as_bytes())).expect("the event is JSON");
        matched += rules.matches(&event).matched.iter().map(|_| 1).sum::<u32>();
    }
    matched
}

fn buses(criterion: &mut Criterion) {
    let texts: Vec<String> = (0..EVENTS).map(|number| event(number as usize)).collect();
    let events: Vec<Event<'_>> = texts
        .iter()
        .map(|text| Event::parse(text.as_bytes()).expect("the event is JSON"))
        .collect();
    let mut group = criterion.benchmark_group("bus");
    group.throughput(Throughput::Elements(events.len() as u64));
    for count in RULES {
        let rules = rules(count);
        group.bench_function(BenchmarkId::new("parse_and_match", count), |bencher| {
            bencher.iter(|| parse_and_match(&texts, &rules));
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

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    // Skipped when cargo only tests that the benchmark runs.
    if std::env::args().any(|argument| argument == "--bench") {
        answer();
    }
}

/// Prints how far the targets are met.
fn answer() {
    let texts: Vec<String> = (0..EVENTS).map(|number| event(number as usize)).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let sets = RULES.map(rules);
    let matched = f64::from(parse_and_match(&texts, &sets[2]));
    let mut rounds: [Vec<Duration>; 3] = Default::default();
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        for (set, times) in sets.iter().zip(&mut rounds) {
            let start = Instant::now();
            black_box(parse_and_match(&texts, set));
            times.push(start.elapsed());
        }
    }
    let events = f64::from(EVENTS);
    let [one, thirty, all] = rounds.map(|mut times| {
        times.sort_unstable();
        events / times[times.len() / 10].as_secs_f64()
    });
    println!(
        "\n{EVENTS} events of {} bytes; {:.1} of 300 rules match each",
        bytes / texts.len(),
        matched / events,
    );
    println!(
        "events/s at 1 / 30 / 300 rules: {one:.0} / {thirty:.0} / {all:.0} (target at 300: 200000)"
    );
    println!("300 rules against 1: {:.2} (target: 0.50)", all / one);
}
