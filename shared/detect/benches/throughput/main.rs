//! How fast the engine is beside building a `serde_json::Value` and beside only validating, over
//! the same bytes: `cargo bench -p piitrail-detect`
//!
//! Corpora: 20 MB of generated events, and the real payloads of `../shared/data/events` (skipped
//! where absent). The last lines are a table that a program can read.

#![expect(clippy::print_stdout, reason = "a benchmark that prints a table")]

mod generated;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use piitrail_detect::Engine;
use serde::de::IgnoredAny;

struct Corpus {
    name: &'static str,
    documents: Vec<String>,
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
        println!("skipped: there are no payloads in ../shared/data/events");
    } else {
        corpora.push(Corpus {
            name: "real",
            documents,
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

fn in_groups(criterion: &mut Criterion, engine: &Engine, corpora: &[Corpus]) {
    for corpus in corpora {
        // A slice of the corpus, so that a sample takes milliseconds.
        let part = &corpus.documents[..corpus.documents.len().min(1_000)];
        let mut group = criterion.benchmark_group(corpus.name);
        group.throughput(Throughput::Bytes(
            part.iter().map(String::len).sum::<usize>() as u64,
        ));
        group
            .sample_size(10)
            .measurement_time(Duration::from_secs(2));
        group.bench_function("engine", |b| {
            b.iter(|| {
                for d in part {
                    scan(engine, d);
                }
            });
        });
        group.bench_function("value", |b| {
            b.iter(|| {
                for d in part {
                    build(d);
                }
            });
        });
        group.bench_function("ignored", |b| {
            b.iter(|| {
                for d in part {
                    validate(d);
                }
            });
        });
        group.finish();
    }
}

/// The shortest of several passes over the corpus: what the machine can do when left alone.
fn shortest(corpus: &Corpus, run: impl Fn(&str)) -> Duration {
    const PASSES: usize = 7;
    (0..PASSES)
        .map(|_| {
            let start = Instant::now();
            corpus.documents.iter().for_each(|document| run(document));
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn percentile_99(corpus: &Corpus, engine: &Engine) -> Duration {
    let mut times = corpus
        .documents
        .iter()
        .map(|document| {
            let start = Instant::now();
            scan(engine, document);
            start.elapsed()
        })
        .collect::<Vec<_>>();
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

fn in_table(engine: &Engine, corpora: &[Corpus]) {
    let start = Instant::now();
    let _ = black_box(Engine::new());
    println!(
        "\nengine built in {:.2} ms",
        start.elapsed().as_secs_f64() * 1e3
    );
    let mut table = Vec::new();
    for corpus in corpora {
        let engine_time = shortest(corpus, |document| scan(engine, document));
        let value_time = shortest(corpus, build);
        let ignored_time = shortest(corpus, validate);
        let seconds = engine_time.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
        let (megabytes, events) = (corpus.bytes() as f64 / 1e6, corpus.documents.len() as f64);
        println!(
            "{}: {:.0} MB/s, {:.0} events/s, p99 {:.1} µs an event; value {:.0} MB/s, ignored {:.0} MB/s",
            corpus.name,
            megabytes / seconds,
            events / seconds,
            percentile_99(corpus, engine).as_secs_f64() * 1e6,
            megabytes / value_time.as_secs_f64(),
            megabytes / ignored_time.as_secs_f64(),
        );
        let ratio = |other: Duration| seconds / other.as_secs_f64();
        table.push(format!(
            "ratio {} engine/value {:.2}",
            corpus.name,
            ratio(value_time)
        ));
        table.push(format!(
            "ratio {} engine/ignored {:.2}",
            corpus.name,
            ratio(ignored_time)
        ));
    }
    println!("{}", table.join("\n"));
}

fn main() {
    let engine = Engine::new();
    let corpora = corpora();
    let is_quick = std::env::args().any(|argument| argument == "--quick-table");
    if !is_quick {
        let mut criterion = Criterion::default().configure_from_args();
        in_groups(&mut criterion, &engine, &corpora);
        criterion.final_summary();
    }
    in_table(&engine, &corpora);
}
