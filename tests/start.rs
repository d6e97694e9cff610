//! Measures the time from the start of the tracer to its first request for an event: `make start`.
//!
//! Lambda bills this time, and on a cold start records wait for it. The stand-in of AWS answers at
//! once on loopback and without TLS, so the measured time is the tracer's own.

use std::time::Duration;

use serde_json::json;

use crate::machine_room::loopback::time_start;

/// The number of measured starts, after one that only loads the program into the page cache.
const STARTS: usize = 20;

#[test]
#[ignore = "needs a release build: `make start`"]
fn the_tracer_starts() {
    // …/target/debug/deps/all-HASH
    let this_test = std::env::current_exe().unwrap();
    let tracer = this_test.ancestors().nth(3).unwrap().join("release/tracer");
    let empty_table = json!({});
    time_start(&tracer, "tracer", &empty_table);
    let starts: Vec<_> = (0..STARTS)
        .map(|_| time_start(&tracer, "tracer", &empty_table))
        .collect();
    let total = starts.iter().map(|start| start.before_aws + start.after);
    println!("start total {:.1}", median(total));
    let before = starts.iter().map(|start| start.before_aws);
    println!("start before-first-call {:.1}", median(before));
    let after = starts.iter().map(|start| start.after);
    println!("start calls-to-first-poll {:.1}", median(after));
    let least = starts.iter().map(|start| start.before_aws + start.after);
    println!("start least {:.1}", in_milliseconds(least.min().unwrap()));
}

fn median(times: impl Iterator<Item = Duration>) -> f64 {
    let mut times: Vec<_> = times.collect();
    times.sort();
    let middle = times.len() / 2;
    in_milliseconds((times[middle - 1] + times[middle]) / 2)
}

fn in_milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
