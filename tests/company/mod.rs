//! Tests that the map is true: it must equal the map that follows from a generated company, its
//! traffic, and the deliveries to each consumer.
//!
//! A company is made from a seed (`generate`), and so is the traffic of its services (`traffic`).
//! The `reference` says who receives which text according to AWS's documentation, and shares no
//! code with Piitrail. The tracer receives what its taps receive, and its map must be exactly the
//! one that follows from the deliveries: the edges, the data classes on each, and the counts.
//!
//! Edges that the traffic cannot tell are compared separately: an event on a bus does not tell
//! whether another bus sent it there, so the edges after the next bus are `configured`.

mod generate;
mod map;
mod ministack;
mod model;
mod payloads;
mod pulled;
mod reference;
mod template;
mod topology;
mod traffic;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::home::Home;
use piitrail_flow::pipeline::{Records, Tracer};
use piitrail_flow::routes::Router;
use piitrail_flow::store::{MemoryStore, Query, Retention, read_all};
use piitrail_flow::time::Span;
use piitrail_flow::topology::{Draft, Topology};
use piitrail_flow::vocabulary::Vocabulary;
use piitrail_template::{File, Settings};
use tempfile::TempDir;

use crate::machine_room::{REGION, functions};
use map::{Map, Score};
use model::Company;

const EVENTS: usize = 2_000;
const SEEDS: [u64; 3] = [1, 3, 1022];

/// A company and its traffic.
struct Case {
    company: model::Company,
    events: Vec<model::Event>,
}

impl Case {
    fn of(seed: u64) -> Self {
        let company = generate::company(seed);
        let events = traffic::traffic(&company, seed, EVENTS);
        Self { company, events }
    }

    /// Returns the payloads that tracers receive, and the map that must follow from them.
    fn payloads_and_map(&self) -> (Vec<String>, Map) {
        let seen = map::seen(&self.company, &self.events);
        let expected = map::expected(&self.company, &seen);
        (payloads::payloads(&self.company, &seen), expected)
    }
}

/// Traces payloads into the memory store. Returns the map and the limits that were reached.
async fn traced(topology: &Topology, payloads: &[String]) -> (Map, Vec<String>) {
    let engine = Arc::new(Engine::new());
    let store = MemoryStore::default();
    let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    let vocabulary = Vocabulary::default();
    let router = Router::new(topology, &engine);
    let tracer = Tracer {
        engine: &engine,
        router: &router,
        store: &store,
        fingerprinting: None,
        vocabulary: &vocabulary,
        keep: Retention::default(),
    };
    for (number, payload) in payloads.iter().enumerate() {
        let mut records = Records::default();
        records.open(payload.as_bytes(), &format!("invocation-{number}"), 0);
        let outcome = tracer.count(records, now).await;
        assert!(outcome.is_clean(), "{outcome:?}");
    }
    let read = read_all(&store, &Query::sum(Span::default(), now))
        .await
        .unwrap();
    let limits = read
        .ledger
        .coverage
        .values()
        .flat_map(|coverage| coverage.limits.keys().map(|limit| limit.name().to_owned()))
        .collect();
    (map::recorded(&read.ledger), limits)
}

/// Reads the company from the templates of its accounts.
fn imported(company: &Company) -> Topology {
    let mut draft = Draft::default();
    for (account, text) in template::templates(company) {
        let settings = Settings {
            account: account.to_owned(),
            region: REGION.to_owned(),
            ..Settings::default()
        };
        let file = File {
            name: account,
            bytes: text.as_bytes(),
        };
        let reading = piitrail_template::read(&[file], &settings);
        let home = Home::of(account, REGION);
        let imported = piitrail_template::topology(&reading, &settings, home);
        let notes: Vec<String> = reading
            .notes
            .iter()
            .chain(&imported.notes)
            .map(ToString::to_string)
            .collect();
        assert_eq!(notes, Vec::<String>::new());
        draft.overlay(imported.draft);
    }
    draft.overlay(Draft::parse(&topology::overlay(company)).unwrap());
    draft.finish().unwrap()
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn say(company: &str, score: &Score) {
    println!("company {company} {}", score.line);
}

fn check(company: &str, score: &Score) {
    say(company, score);
    let all = score.disagreements.len();
    let some: Vec<&str> = score
        .disagreements
        .iter()
        .take(40)
        .map(String::as_str)
        .collect();
    assert!(
        all == 0,
        "company {company}: {all} disagreements\n{}",
        some.join("\n")
    );
}

async fn the_map_is_true(seed: u64) {
    let case = Case::of(seed);
    assert_eq!(case.company.services.len(), generate::SERVICES);
    assert_eq!(case.company.buses.len(), generate::BUSES);
    let (payloads, expected) = case.payloads_and_map();
    let written = Topology::parse(&topology::topology(&case.company)).unwrap();
    for (form, topology) in [("file", written), ("templates", imported(&case.company))] {
        let (found, limits) = traced(&topology, &payloads).await;
        check(
            &format!("{seed} by its {form}"),
            &map::compare(&found, &expected),
        );
        assert_eq!(limits, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_map_of_a_company_is_what_every_consumer_received() {
    for seed in SEEDS {
        the_map_is_true(seed).await;
    }
}

/// Run it with `cargo test --workspace --all-features --test all many_companies -- --ignored
/// --nocapture`.
#[tokio::test]
#[ignore = "the same as the test above, for forty other companies"]
async fn the_maps_of_many_companies_are_what_every_consumer_received() {
    for seed in 1_000..1_040 {
        the_map_is_true(seed).await;
    }
}

#[test]
fn the_command_line_draws_the_same_map_from_a_topology_file_and_from_templates() {
    let seed = SEEDS[0];
    let case = Case::of(seed);
    let (payloads, expected) = case.payloads_and_map();
    let folder = TempDir::with_prefix_in("company-", env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("topology.yaml"), topology::topology(&case.company)).unwrap();
    fs::write(path("overlay.yaml"), topology::overlay(&case.company)).unwrap();
    fs::write(path("payloads.jsonl"), payloads.join("\n")).unwrap();
    let mut templates = vec![path("overlay.yaml")];
    for (account, text) in template::templates(&case.company) {
        let name = path(&format!("{account}.json"));
        fs::write(&name, text).unwrap();
        templates.push(format!("{name}@{REGION}/{account}"));
    }
    for (form, files) in [
        ("file", vec![path("topology.yaml")]),
        ("templates", templates),
    ] {
        let found = map_of_files(folder.path(), form, &files);
        check(
            &format!("{seed} by the command line and its {form}"),
            &map::compare(&found, &expected),
        );
    }
}

/// Draws the map of `payloads.jsonl` in a folder with the command line.
fn map_of_files(folder: &Path, form: &str, files: &[String]) -> Map {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| {
        let output = Command::new(functions::program("piitrail"))
            .args(arguments)
            .env_clear()
            .env("HOME", folder)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}\n{errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let store = path(&format!("{form}.sqlite"));
    let payloads = path("payloads.jsonl");
    let mut arguments = vec!["trace", payloads.as_str(), "--store", store.as_str()];
    for file in files {
        arguments.extend(["--topology", file.as_str()]);
    }
    run(&arguments);
    let mut found = Map::default();
    let mut page = None::<String>;
    loop {
        let mut arguments = vec![
            "report", "map", "--store", &store, "--format", "json", "--limit", "4000",
        ];
        if let Some(page) = &page {
            arguments.extend(["--page", page]);
        }
        let answer: serde_json::Value = serde_json::from_str(&run(&arguments)).unwrap();
        let part = map::printed(&answer);
        found.certain.extend(part.certain);
        found.perhaps.extend(part.perhaps);
        match answer["next"].as_str() {
            Some(next) => page = Some(next.to_owned()),
            None => return found,
        }
    }
}
