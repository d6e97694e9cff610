//! Scores the engine on labelled corpora: precision, recall and F1 for each class, beside the best
//! peer's figure where one is known. `cargo run --release -p piitrail-detect --example accuracy`
//!
//! Two corpora, read from `../shared/data/labelled` (skipped where absent):
//! - `privy_json.jsonl`: JSON payloads whose values are labelled. A label is met when the leaf has
//!   a finding of its class.
//! - `presidio_free_text.jsonl`: sentences with labelled spans. A label is met when a finding of
//!   its class overlaps the span.
//!
//! A finding where nothing that maps to its class is labelled is false. With `--misses` the field
//! names (and not the values) of what was missed and of what was wrongly found are listed.

#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use std::collections::BTreeMap;
use std::path::Path;

use piitrail_detect::{DataClass, Engine, Finding};
use serde_json::Value;

/// Labels of the corpora and the classes that meet them. A label that is not here is no personal
/// data of the catalogue (`airport_iata`, `state`, `url`), and a finding on it is false.
const LABELS: &[(&str, &[DataClass])] = &[
    ("person", &[DataClass::PersonName]),
    ("name_male", &[DataClass::PersonName]),
    ("name_female", &[DataClass::PersonName]),
    ("first_name", &[DataClass::PersonName]),
    ("first_name_male", &[DataClass::PersonName]),
    ("first_name_female", &[DataClass::PersonName]),
    ("first_name_nonbinary", &[DataClass::PersonName]),
    ("last_name", &[DataClass::PersonName]),
    ("last_name_male", &[DataClass::PersonName]),
    ("last_name_female", &[DataClass::PersonName]),
    ("password", &[DataClass::Password]),
    ("imei", &[DataClass::Imei]),
    ("mac_address", &[DataClass::MacAddress]),
    ("ip_address", &[DataClass::IpAddress]),
    ("IP_ADDRESS", &[DataClass::IpAddress]),
    ("job", &[DataClass::JobTitle]),
    ("gender", &[DataClass::Gender]),
    ("phone_number", &[DataClass::PhoneNumber]),
    ("PHONE_NUMBER", &[DataClass::PhoneNumber]),
    ("email", &[DataClass::EmailAddress]),
    ("EMAIL_ADDRESS", &[DataClass::EmailAddress]),
    ("itin", &[DataClass::UsItin]),
    ("license_plate", &[DataClass::LicensePlate]),
    ("passport", &[DataClass::UsPassport, DataClass::Passport]),
    ("ssn", &[DataClass::UsSsn]),
    ("US_SSN", &[DataClass::UsSsn]),
    ("driver_license", &[DataClass::DriverLicense]),
    ("US_DRIVER_LICENSE", &[DataClass::DriverLicense]),
    ("longitude", &[DataClass::GeoCoordinates]),
    ("latitude", &[DataClass::GeoCoordinates]),
    ("coordinate", &[DataClass::GeoCoordinates]),
    ("nationality", &[DataClass::Nationality]),
    ("nation_woman", &[DataClass::Nationality]),
    ("nation_man", &[DataClass::Nationality]),
    ("nation_plural", &[DataClass::Nationality]),
    ("date_of_birth", &[DataClass::DateOfBirth]),
    ("age", &[DataClass::Age]),
    ("religion", &[DataClass::Religion]),
    ("swift", &[DataClass::SwiftCode]),
    ("credit_card_expire", &[DataClass::CreditCardExpiration]),
    ("credit_card_number", &[DataClass::CreditCard]),
    ("CREDIT_CARD", &[DataClass::CreditCard]),
    ("address", &[DataClass::StreetAddress]),
    ("secondary_address", &[DataClass::StreetAddress]),
    ("street_address", &[DataClass::StreetAddress]),
    ("street_name", &[DataClass::StreetAddress]),
    ("building_number", &[DataClass::StreetAddress]),
    ("iban", &[DataClass::IbanCode]),
    ("IBAN_CODE", &[DataClass::IbanCode]),
    ("bban", &[DataClass::UsBankNumber, DataClass::UkBankAccount]),
    ("aba", &[DataClass::AbaRoutingNumber]),
    ("city", &[DataClass::City]),
    ("zipcode", &[DataClass::PostalCode]),
];

/// Labels that cover several classes, or whose fit is a matter of view: never counted as missed,
/// and a finding on them is not false. `DATE_TIME` holds birth dates and any other; `year` may be
/// one of birth; `PERSON` and `ADDRESS` in prose are another step.
const NEUTRAL: &[&str] = &[
    "DATE_TIME",
    "PERSON",
    "ADDRESS",
    "LOCATION",
    "ORGANIZATION",
    "TITLE",
    "PREFIX",
    "DOMAIN_NAME",
    "year",
    "prefix",
    "prefix_male",
    "prefix_female",
];

/// The best F1 (or recall, marked `r`) of Presidio and dd-sensitive-data-scanner on the same
/// corpora, as the issue on detection states them.
const PEERS: &[(&str, DataClass, &str)] = &[
    ("free text", DataClass::PhoneNumber, ".69"),
    ("free text", DataClass::CreditCard, ".92"),
    ("free text", DataClass::UsSsn, ".94"),
    ("json", DataClass::PhoneNumber, "r .63"),
    ("json", DataClass::MacAddress, "r .68"),
    ("json", DataClass::AbaRoutingNumber, "r .00"),
    ("json", DataClass::Imei, "r .00"),
    ("json", DataClass::UsSsn, "r 1.0"),
];

#[derive(Default, Clone, Copy)]
struct Score {
    hit: u32,
    missed: u32,
    wrong: u32,
}

impl Score {
    fn ratio(part: u32, whole: u32) -> f64 {
        if whole == 0 {
            1.0
        } else {
            f64::from(part) / f64::from(whole)
        }
    }

    fn precision(self) -> f64 {
        Self::ratio(self.hit, self.hit + self.wrong)
    }

    fn recall(self) -> f64 {
        Self::ratio(self.hit, self.hit + self.missed)
    }

    fn f1(self) -> f64 {
        Self::ratio(2 * self.hit, 2 * self.hit + self.wrong + self.missed)
    }
}

#[derive(Default)]
struct Board {
    scores: BTreeMap<DataClass, Score>,
    misses: BTreeMap<String, u32>,
}

struct Label {
    kind: String,
    classes: &'static [DataClass],
    start: usize,
    end: usize,
    /// The leaf it stands in, in JSON.
    path: Option<String>,
}

impl Board {
    /// Compares the findings of one document with its labels.
    fn score(
        &mut self,
        findings: &[Finding],
        labels: &[Label],
        fits: impl Fn(&Finding, &Label) -> bool,
    ) {
        for label in labels.iter().filter(|label| !label.classes.is_empty()) {
            let is_met = findings
                .iter()
                .any(|f| label.classes.contains(&f.class) && fits(f, label));
            let score = self.scores.entry(label.classes[0]).or_default();
            if is_met {
                score.hit += 1;
            } else {
                score.missed += 1;
                self.note(
                    "missed",
                    label.classes[0],
                    label.path.as_deref().unwrap_or_default(),
                    &label.kind,
                );
            }
        }
        for finding in findings {
            let touched = || labels.iter().filter(|label| fits(finding, label));
            let is_right = touched().any(|label| label.classes.contains(&finding.class));
            let is_neutral = touched().any(|label| NEUTRAL.contains(&label.kind.as_str()));
            if !is_right && !is_neutral {
                let touched = touched()
                    .map(|label| label.kind.as_str())
                    .next()
                    .unwrap_or("nothing");
                self.scores.entry(finding.class).or_default().wrong += 1;
                self.note(
                    "wrong",
                    finding.class,
                    finding.path.folded().as_str(),
                    touched,
                );
            }
        }
    }

    fn note(&mut self, what: &str, class: DataClass, path: &str, label: &str) {
        *self
            .misses
            .entry(format!("{what} {class} at {path} (label {label})"))
            .or_default() += 1;
    }

    fn print(&self, corpus: &str, lists_misses: bool) {
        println!(
            "\n{corpus}\n{:<28}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}  best peer",
            "class", "hit", "missed", "wrong", "prec", "recall", "F1"
        );
        let mut all = Score::default();
        for (class, score) in &self.scores {
            let peer = PEERS
                .iter()
                .find(|(c, k, _)| *c == corpus && k == class)
                .map_or("", |(_, _, figure)| figure);
            print_row(class.name(), *score, peer);
            all.hit += score.hit;
            all.missed += score.missed;
            all.wrong += score.wrong;
        }
        print_row("all (micro)", all, "");
        if lists_misses {
            for (miss, count) in &self.misses {
                println!("{count:>5} {miss}");
            }
        }
    }
}

fn print_row(name: &str, score: Score, peer: &str) {
    println!(
        "{name:<28}{:>7}{:>7}{:>7}{:>7.2}{:>7.2}{:>7.2}  {peer}",
        score.hit,
        score.missed,
        score.wrong,
        score.precision(),
        score.recall(),
        score.f1()
    );
}

fn classes_of(kind: &str) -> &'static [DataClass] {
    LABELS
        .iter()
        .find(|(label, _)| *label == kind)
        .map_or(&[], |(_, classes)| classes)
}

fn labels_of(line: &Value) -> Vec<Label> {
    let spans = line["spans"].as_array().map_or(&[][..], Vec::as_slice);
    let place = |span: &Value, name: &str| {
        span[name]
            .as_u64()
            .and_then(|at| usize::try_from(at).ok())
            .unwrap_or_default()
    };
    spans
        .iter()
        .map(|span| {
            let kind = span["type"].as_str().unwrap_or_default().to_owned();
            Label {
                classes: classes_of(&kind),
                start: place(span, "start"),
                end: place(span, "end"),
                kind,
                path: None,
            }
        })
        .collect()
}

/// The path of every leaf of `document` with where its text stands, by reading keys and values in
/// their order of appearance.
fn leaves(value: &Value, path: &str, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let is_short = !key.is_empty()
                    && !key.starts_with(|c: char| c.is_ascii_digit())
                    && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let child = if is_short {
                    format!("{path}.{key}")
                } else {
                    format!("{path}['{key}']")
                };
                leaves(value, &child, out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{path}[{index}]"), out);
            }
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

fn score_json(engine: &Engine, line: &Value, board: &mut Board) {
    let text = line["text"].as_str().unwrap_or_default();
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let mut places = Vec::new();
    leaves(&document, "$", &mut places);
    let mut labels = labels_of(line);
    let values = line["spans"].as_array().map_or(&[][..], Vec::as_slice);
    // A label belongs to the leaf with its value that no other label has taken.
    let mut taken = vec![false; places.len()];
    for (label, span) in labels.iter_mut().zip(values) {
        let value = span["value"].as_str().unwrap_or_default();
        let place = (0..places.len()).find(|&at| !taken[at] && places[at].1.trim() == value.trim());
        if let Some(at) = place {
            taken[at] = true;
            label.path = Some(places[at].0.clone());
        }
    }
    labels.retain(|label| label.path.is_some());
    let Ok(scan) = engine.scan_json(text.as_bytes()) else {
        return;
    };
    board.score(&scan.findings, &labels, |finding, label| {
        label.path.as_deref() == Some(finding.path.as_str())
    });
}

fn score_text(engine: &Engine, line: &Value, board: &mut Board) {
    let scan = engine.scan_text(line["text"].as_str().unwrap_or_default());
    board.score(&scan.findings, &labels_of(line), |finding, label| {
        (finding.start as usize) < label.end && label.start < finding.end as usize
    });
}

/// How a corpus scores one of its lines.
type ScoreLine = fn(&Engine, &Value, &mut Board);

fn main() {
    let lists_misses = std::env::args().any(|argument| argument == "--misses");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/labelled");
    let engine = Engine::new();
    let corpora: [(&str, &str, ScoreLine); 2] = [
        ("json", "privy_json.jsonl", score_json),
        ("free text", "presidio_free_text.jsonl", score_text),
    ];
    for (name, file, score) in corpora {
        let Ok(lines) = std::fs::read_to_string(folder.join(file)) else {
            println!("skipped: {file} is not in ../shared/data/labelled");
            continue;
        };
        let mut board = Board::default();
        for line in lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
        {
            score(&engine, &line, &mut board);
        }
        board.print(name, lists_misses);
    }
}
