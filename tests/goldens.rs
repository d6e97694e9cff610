//! Goldens: the results for every sample payload in events/, kept as text and reviewed like code.
//!
//! Sample files are discovered, not listed. A new sample gets its goldens on the first run with
//! `INSTA_UPDATE=always cargo test -p piitrail-tests goldens`. A change of findings, routes or
//! formats shows as their diff. In addition, [`claims`] tests statements that follow from the
//! sample shop's topology, so that nobody can accept a golden that contradicts them.
//!
//! The tests call the library directly for tracing and for reports, without AWS and without another
//! process.

mod claims;
mod reader;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{Engine, Subject};
use piitrail_flow::pipeline::{Outcome, Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{MemoryStore, Retention, TopologyHistory as _};
use piitrail_flow::subject::{Fingerprinting, KeyRing};
use piitrail_flow::topology::Topology;
use piitrail_flow::vocabulary::Vocabulary;
use piitrail_report::render;
use piitrail_report::{self as report, Request};
use serde_json::{Value, json};

use crate::machine_room::repository;

/// The time of every run: the day after the last sample.
const NOW: &str = "2026-11-21T00:00:00Z";

/// A subject key for tests, which needs no secrecy.
const KEYS: &str =
    r#"{"epochs": [{"epoch": "2026-11", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}"#;

/// The width of the text table, in columns.
const TABLE_WIDTH: u16 = 120;

#[test]
fn what_is_found_in_every_sample_is_known() {
    let engine = Engine::new();
    for_every_sample("scan", |sample| {
        let mut text = String::new();
        for (number, document) in sample.documents().iter().enumerate() {
            let scan = engine.scan_json(document.text.as_bytes()).unwrap();
            assert!(
                scan.limits.is_empty(),
                "a sample reaches a bound of the engine"
            );
            // The line of `piitrail scan --format jsonl`, with each finding on a line of its own.
            let _ = write!(
                text,
                r#"{{"doc":{number},"src":"{}:{}","findings":["#,
                sample.name, document.line
            );
            for (index, finding) in scan.findings.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let _ = write!(
                    text,
                    "{comma}\n  {}",
                    serde_json::to_string(finding).unwrap()
                );
            }
            text.push_str(if scan.findings.is_empty() {
                "]}\n"
            } else {
                "\n]}\n"
            });
        }
        text
    });
}

#[test]
fn what_every_sample_adds_to_the_map_is_known() {
    let shop = Shop::open();
    for_every_sample("trace", |sample| {
        let traced = shop.trace(std::slice::from_ref(sample));
        let outcome = &traced.outcome;
        let mut told = json!({
            "records": outcome.deliveries,
            "counted_before": outcome.again,
            "failed_items": outcome.failed_items(),
            "limits": outcome.limits,
            "map": traced.map(),
        });
        told.sort_all_objects();
        serde_json::to_string_pretty(&told).unwrap()
    });
}

#[test]
fn the_map_of_the_whole_shop_is_known_in_every_format() {
    let traced = Shop::open().trace(&samples());
    let mut changed = Vec::new();
    for format in render::names() {
        let answer = traced.report(format);
        // A golden has line feeds only. The unit tests of CSV check its carriage returns.
        if !holds("map", format, &answer.replace("\r\n", "\n")) {
            changed.push(format);
        }
    }
    assert!(
        changed.is_empty(),
        "goldens that no longer hold: {changed:?}"
    );
}

/// A customer of the sample shop.
const CUSTOMER: &str = "ludovica.spadavecchia@piccionviaggiatore.it";

#[test]
fn where_a_customers_data_went_is_known_in_every_format() {
    let shop = Shop::open();
    let traced = shop.trace(&samples());
    let subjects = shop.keys.ids(|key| Subject::of_email(key, CUSTOMER));
    let mut changed = Vec::new();
    for format in render::names() {
        let answer = traced.answer(json!({
            "report": "subject",
            "format": format,
            "subjects": subjects,
            "width": (format == "table").then_some(TABLE_WIDTH),
        }));
        assert!(!answer.contains(CUSTOMER));
        if !holds("subject", format, &answer.replace("\r\n", "\n")) {
            changed.push(format);
        }
    }
    assert!(
        changed.is_empty(),
        "goldens that no longer hold: {changed:?}"
    );
}

#[test]
fn the_picture_in_the_readme_is_the_shops_own_map() {
    let restricted = json!({ "tier": "restricted" });
    let picture = Shop::open()
        .trace(&samples())
        .report_of("mermaid", &restricted);
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    assert!(
        readme.contains(&format!("```mermaid\n{picture}```")),
        "README.md shows another map than this one; put it there:\n{picture}"
    );
}

#[test]
fn every_golden_belongs_to_a_sample() {
    let known: BTreeSet<PathBuf> = samples()
        .iter()
        .flat_map(|sample| {
            ["scan", "trace"].map(|kind| goldens().join(kind).join(format!("{}.snap", sample.name)))
        })
        .chain(render::names().iter().flat_map(|format| {
            ["map", "subject"].map(|report| goldens().join(format!("{report}/{format}.snap")))
        }))
        .collect();
    let mut there = Vec::new();
    files_below(&goldens(), "snap", &mut there);
    let strays: Vec<&PathBuf> = there.iter().filter(|path| !known.contains(*path)).collect();
    assert!(
        strays.is_empty(),
        "delete these goldens, their samples are gone: {strays:#?}"
    );
}

/// A file of events/.
#[derive(Clone)]
struct Sample {
    /// The path in events/: `sqs/text.json`.
    name: String,
    text: String,
}

/// One payload of a sample.
struct Document<'s> {
    /// The line on which it begins, from 1.
    line: usize,
    text: &'s str,
}

impl Sample {
    /// Returns the payloads: one in a `.json` file, and one for each line of a `.jsonl` file.
    fn documents(&self) -> Vec<Document<'_>> {
        if Path::new(&self.name)
            .extension()
            .is_none_or(|its| its != "jsonl")
        {
            return vec![Document {
                line: 1,
                text: &self.text,
            }];
        }
        let lines = self.text.lines().enumerate();
        lines
            .map(|(index, text)| Document {
                line: index + 1,
                text,
            })
            .collect()
    }

    /// Returns the payloads as values.
    fn values(&self) -> Vec<Value> {
        self.documents()
            .iter()
            .map(|document| serde_json::from_str(document.text).unwrap())
            .collect()
    }
}

/// Returns all samples, in order of their names.
fn samples() -> Vec<Sample> {
    let mut paths = Vec::new();
    files_below(&events(), "json", &mut paths);
    files_below(&events(), "jsonl", &mut paths);
    let mut samples: Vec<Sample> = paths
        .iter()
        .map(|path| Sample {
            name: path
                .strip_prefix(events())
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/"),
            text: fs::read_to_string(path).unwrap(),
        })
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!samples.is_empty(), "events/ holds no samples");
    samples
}

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens")
}

fn files_below(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, extension, found);
        } else if path.extension().is_some_and(|its| its == extension) {
            found.push(path);
        }
    }
}

/// Compares the text that `tell` returns for each sample with its golden. All samples are compared
/// before the test fails.
fn for_every_sample(kind: &str, tell: impl Fn(&Sample) -> String) {
    let changed: Vec<String> = samples()
        .into_iter()
        .filter(|sample| !holds(kind, &sample.name, &tell(sample)))
        .map(|sample| sample.name)
        .collect();
    assert!(
        changed.is_empty(),
        "goldens of {kind} that no longer hold: {changed:#?}"
    );
}

/// Returns true if the text equals the golden `goldens/KIND/NAME.snap`. Otherwise insta prints the
/// difference.
fn holds(kind: &str, name: &str, text: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new("goldens").join(kind).join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let compare = || settings.bind(|| insta::assert_snapshot!(file, text));
    catch_unwind(AssertUnwindSafe(compare)).is_ok()
}

/// The sample shop: its routes, and the detection engine.
struct Shop {
    engine: Arc<Engine>,
    topology: Topology,
    router: Router,
    keys: KeyRing,
    now: Timestamp,
}

/// The result of tracing samples.
struct Traced {
    store: MemoryStore,
    outcome: Outcome,
    now: Timestamp,
}

impl Shop {
    fn open() -> Self {
        let engine = Arc::new(Engine::new());
        let topology = fs::read_to_string(events().join("topology.yaml")).unwrap();
        let topology = Topology::parse(&topology).unwrap();
        let router = Router::new(&topology, &engine);
        Self {
            topology,
            engine,
            router,
            keys: KeyRing::parse(KEYS).unwrap(),
            now: NOW.parse().unwrap(),
        }
    }

    /// Traces samples into a new store, as `piitrail trace` does.
    fn trace(&self, samples: &[Sample]) -> Traced {
        let store = MemoryStore::default();
        let from = "2026-11-01".parse().unwrap();
        wait(store.put_topology(from, &self.topology)).unwrap();
        let mut records = Records::default();
        let documents: Vec<_> = samples.iter().map(Sample::documents).collect();
        for (number, sample) in samples.iter().enumerate() {
            for document in &documents[number] {
                let id = format!("document:{}:{}", sample.name, document.line);
                records.open(document.text.as_bytes(), &id, number as u64);
            }
        }
        let tracer = Tracer {
            engine: &self.engine,
            router: &self.router,
            store: &store,
            fingerprinting: Some(Fingerprinting {
                key: self.keys.newest(),
                customer_ids: &["customerId"].iter().collect(),
                index: true,
            }),
            vocabulary: &Vocabulary::default(),
            keep: Retention::default(),
        };
        let outcome = wait(tracer.count(records, self.now));
        assert!(
            outcome.store_errors.is_empty(),
            "{:?}",
            outcome.store_errors
        );
        Traced {
            store,
            outcome,
            now: self.now,
        }
    }
}

impl Traced {
    /// Returns the map in a format.
    fn report(&self, format: &str) -> String {
        self.report_of(format, &json!({}))
    }

    /// Returns the edges of the map that match the filters, in a format.
    fn report_of(&self, format: &str, filters: &Value) -> String {
        self.answer(json!({
            "report": "map",
            "format": format,
            "width": (format == "table").then_some(TABLE_WIDTH),
            "filters": filters,
        }))
    }

    fn answer(&self, request: Value) -> String {
        let request = Request::from_value(request).unwrap();
        let answer = wait(report::answer(&self.store, &request, self.now)).unwrap();
        String::from_utf8(answer.body.into_bytes().unwrap()).unwrap()
    }

    /// Returns the map as a value.
    fn map(&self) -> Value {
        serde_json::from_str(&self.report("json")).unwrap()
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}
