//! Measures the speed of the engine, with every class on, and compares it with building a
//! `serde_json::Value` and with only validating (`IgnoredAny`), over the same bytes, on one thread:
//! `cargo bench -p piitrail-detect --bench throughput`
//!
//! The corpora are 20 MB of generated events and the real payloads of `../shared/data/events`. If
//! they are absent, the output says so. The engine is built once, and its findings are collected.
//!
//! A corpus is measured in short pieces. The three ways take turns on each piece, in another order
//! every round, and the shortest round of each piece counts. Other load on the machine then
//! disturbs the three alike. A ratio is the time of the engine divided by the time of the other
//! way.
//!
//! The last lines are a table for programs: a name, what it was measured on, and a number.

#![expect(clippy::print_stdout, reason = "a benchmark that prints a table")]

mod generated;
mod hostile;

use std::hint::black_box;
use std::time::{Duration, Instant};

use piitrail_detect::Engine;
use serde::de::IgnoredAny;

struct Corpus {
    name: &'static str,
    documents: Vec<String>,
    rounds: usize,
}

impl Corpus {
    fn bytes(&self) -> usize {
        self.documents.iter().map(String::len).sum()
    }
}

fn corpora() -> Vec<Corpus> {
    let mut corpora = vec![Corpus {
        name: "generated",
        documents: generated::events(20 << 20),
        rounds: 9,
    }];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/events");
    let mut documents = Vec::new();
    let mut files = std::fs::read_dir(folder)
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path())
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    files.sort();
    for file in files {
        let lines = std::fs::read_to_string(file).unwrap_or_default();
        documents.extend(lines.lines().map(str::to_owned));
    }
    if documents.is_empty() {
        println!(
            "SKIPPED: there are no real payloads in ../shared/data/events; no `real` lines follow"
        );
    } else {
        corpora.push(Corpus {
            name: "real",
            documents,
            rounds: 99,
        });
    }
    corpora
}

fn scan(engine: &Engine, document: &str) {
    let _ = black_box(engine.scan_json(black_box(document.as_bytes())));
}

fn build(document: &str) {
    let _ = black_box(serde_json::from_slice::<serde_json::Value>(black_box(
        document.as_bytes(),
    )));
}

fn validate(document: &str) {
    let _ = black_box(serde_json::from_slice::<IgnoredAny>(black_box(
        document.as_bytes(),
    )));
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// Returns the times of the engine, of building and of validating, over the whole corpus.
fn times(corpus: &Corpus, engine: &Engine) -> [Duration; 3] {
    const PIECE: usize = 32;
    let ways: [&dyn Fn(&str); 3] = [&|document| scan(engine, document), &build, &validate];
    let pieces = corpus.documents.chunks(PIECE).collect::<Vec<_>>();
    let mut shortest = vec![[Duration::MAX; 3]; pieces.len()];
    for round in 0..corpus.rounds {
        for (piece, best) in pieces.iter().zip(&mut shortest) {
            for turn in 0..ways.len() {
                let way = (turn + round) % ways.len();
                let time = timed(|| piece.iter().for_each(|document| ways[way](document)));
                best[way] = best[way].min(time);
            }
        }
    }
    [0, 1, 2].map(|way| shortest.iter().map(|best| best[way]).sum())
}

fn percentile_99(corpus: &Corpus, engine: &Engine) -> Duration {
    let mut times = corpus
        .documents
        .iter()
        .map(|document| timed(|| scan(engine, document)))
        .collect::<Vec<_>>();
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// Returns the peak memory of the process during a scan, and the part that the scan itself took, in
/// megabytes. Returns `None` on systems other than Linux.
fn memory(corpus: &Corpus) -> Option<(f64, f64)> {
    let megabytes = |field: &str| {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        let kilobytes = line.split_ascii_whitespace().next()?.parse::<f64>().ok()?;
        Some(kilobytes * 1024.0 / 1e6)
    };
    // Resets the peak to the memory that the process holds now.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = megabytes("VmRSS:")?;
    let engine = Engine::new();
    for document in &corpus.documents {
        scan(&engine, document);
    }
    let peak = megabytes("VmHWM:")?;
    Some((peak, peak - before))
}

/// Returns the time to build the engine: the first time in the process, as at a cold start, and the
/// median of many times.
fn build_times() -> (Duration, Duration) {
    let build = || timed(|| drop(black_box(Engine::new())));
    let first = build();
    let mut times = (0..25).map(|_| build()).collect::<Vec<_>>();
    times.sort_unstable();
    (first, times[times.len() / 2])
}

/// Prints the time for a byte of documents that are made to be slow, at a quarter of a megabyte and
/// at one megabyte.
fn hostile_table(engine: &Engine, of: &str, kinds: &[hostile::Kind]) {
    const SMALL: usize = 256 << 10;
    println!(
        "\n{of} made to be slow: nanoseconds a byte at 256 KiB and at 1 MiB, and how that grew"
    );
    for (name, make) in kinds {
        let per_byte = |bytes: usize| {
            let document = make(bytes);
            let best = (0..5)
                .map(|_| timed(|| scan(engine, &document)))
                .min()
                .unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "a megabyte has few digits")]
            let length = document.len() as f64;
            best.as_secs_f64() * 1e9 / length
        };
        let (small, large) = (per_byte(SMALL), per_byte(SMALL * 4));
        println!(
            "  {name:15} {small:8.2} {large:8.2}   x{:.2}",
            large / small
        );
    }
}

fn main() {
    // This comes first, before anything else has warmed the machine up.
    let (first_build, median_build) = build_times();
    let engine = Engine::new();
    hostile_table(&engine, "documents", &hostile::KINDS);
    hostile_table(&engine, "keys", &hostile::KEYS);
    let mut table = Vec::new();
    println!();
    for corpus in corpora() {
        let name = corpus.name;
        let [engine_time, value_time, ignored_time] =
            times(&corpus, &engine).map(|time| time.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
        let (megabytes, events) = (corpus.bytes() as f64 / 1e6, corpus.documents.len() as f64);
        let p99 = percentile_99(&corpus, &engine).as_secs_f64() * 1e6;
        println!(
            "{name}: {megabytes:.1} MB, {events} events: engine {:.0} MB/s, value {:.0}, ignored {:.0}",
            megabytes / engine_time,
            megabytes / value_time,
            megabytes / ignored_time,
        );
        let ratios = [("value", value_time), ("ignored", ignored_time)];
        for (other, time) in ratios {
            table.push(format!(
                "ratio {name} engine/{other} {:.2}",
                engine_time / time
            ));
        }
        table.push(format!(
            "events_per_second {name} {:.0}",
            events / engine_time
        ));
        table.push(format!("p99_us {name} {p99:.1}"));
        if let Some((peak, own)) = memory(&corpus) {
            table.push(format!("peak_rss_mb {name} {peak:.1}"));
            table.push(format!("scan_memory_mb {name} {own:.1}"));
        } else {
            println!("SKIPPED: peak memory is read from /proc, which is not here");
        }
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    table.push(format!(
        "engine_build_ms first {:.2}",
        milliseconds(first_build)
    ));
    table.push(format!(
        "engine_build_ms median {:.2}",
        milliseconds(median_build)
    ));
    println!(
        "\nratio: the time of the engine with all classes on by the time of the other, over the same bytes;"
    );
    println!(
        "scan_memory_mb: the growth of resident memory by engine, buffers and findings; peak_rss_mb: with the corpus\n"
    );
    println!("{}", table.join("\n"));
}
