//! The corpora, with the way to read each and the rule for when a label is found.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use piitrail_detect::{DataClass, Engine, Finding};
use serde_json::Value;

use crate::board::Board;

/// The labels of the corpora, with the classes that match them. A label that is not listed is not
/// personal data of the catalogue (`airport_iata`, `state`, `url`), and a finding on it is false.
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

/// Labels that cover several classes, or whose match is debatable. They are never counted as
/// missed, and a finding on them is not false. `DATE_TIME` contains birth dates and all others, and
/// `year` may be a year of birth. `PERSON` and `ADDRESS` in prose are not searched for.
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

/// Scores one line of a corpus.
type ScoreLine = fn(&Engine, &Value, &mut Board);

/// Lines of JSON, with the function that scores them.
pub(crate) struct Corpus {
    pub(crate) title: String,
    files: Vec<PathBuf>,
    score_line: ScoreLine,
}

impl Corpus {
    fn new(title: &str, file: PathBuf, score_line: ScoreLine) -> Self {
        Self {
            title: title.to_owned(),
            files: vec![file],
            score_line,
        }
    }

    pub(crate) fn labelled_json(file: PathBuf) -> Self {
        Self::new("labelled JSON", file, score_labelled_json)
    }

    pub(crate) fn free_text(file: PathBuf) -> Self {
        Self::new("free text", file, score_text)
    }

    pub(crate) fn events(file: PathBuf) -> Self {
        let title = format!("events of {}", name_of(&file));
        Self::new(&title, file, score_event)
    }

    pub(crate) fn webhooks(file: PathBuf) -> Self {
        let title = format!("false hits in {}", name_of(&file));
        Self::new(&title, file, count_hits)
    }

    /// Creates a corpus of every file of `folder`. The payloads are unlabelled, with an e-mail
    /// address here and a caller's address there.
    pub(crate) fn real_payloads(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        if files.is_empty() {
            files.push(folder.to_owned());
        }
        Self {
            title: "real payloads".to_owned(),
            files,
            score_line: |engine, line, board| count_hits(engine, &line["event"], board),
        }
    }

    /// Scores every line of every file.
    ///
    /// # Errors
    ///
    /// If a file cannot be read. The error names the file and what to do about it.
    pub(crate) fn score(&self, engine: &Engine, board: &mut Board) -> Result<(), String> {
        for file in &self.files {
            let lines = std::fs::read_to_string(file).map_err(|error| {
                format!(
                    "{} cannot be read ({error}): put it there to have it scored",
                    file.display()
                )
            })?;
            for line in lines
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
            {
                (self.score_line)(engine, &line, board);
            }
        }
        Ok(())
    }
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().display().to_string()
}

struct Label {
    kind: String,
    classes: &'static [DataClass],
    start: usize,
    end: usize,
    /// The path of the leaf that holds it, in JSON.
    path: Option<String>,
}

/// Compares the findings of one document with its labels.
fn compare(
    findings: &[Finding],
    labels: &[Label],
    fits: impl Fn(&Finding, &Label) -> bool,
    board: &mut Board,
) {
    for label in labels.iter().filter(|label| !label.classes.is_empty()) {
        let class = label.classes[0];
        let is_met = findings
            .iter()
            .any(|f| label.classes.contains(&f.class) && fits(f, label));
        if is_met {
            board.hit(class);
        } else {
            let path = label.path.as_deref().unwrap_or_default();
            board.missed(class, &format!("{path} (label {})", label.kind));
        }
    }
    for finding in findings {
        let touched = || labels.iter().filter(|label| fits(finding, label));
        let is_right = touched().any(|label| label.classes.contains(&finding.class));
        let is_neutral = touched().any(|label| NEUTRAL.contains(&label.kind.as_str()));
        if !is_right && !is_neutral {
            let label = touched().next().map_or("nothing", |label| &label.kind);
            let path = finding.path.folded();
            board.wrong(finding.class, &format!("{path} (label {label})"));
        }
    }
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

/// Returns the path of every leaf of `document` with the position of its text, by reading keys and
/// values in the order in which they appear.
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

fn score_labelled_json(engine: &Engine, line: &Value, board: &mut Board) {
    let text = line["text"].as_str().unwrap_or_default();
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let mut places = Vec::new();
    leaves(&document, "$", &mut places);
    let mut labels = labels_of(line);
    let values = line["spans"].as_array().map_or(&[][..], Vec::as_slice);
    // A label belongs to the first leaf with its value that no other label has taken.
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
    let fits =
        |finding: &Finding, label: &Label| label.path.as_deref() == Some(finding.path.as_str());
    compare(&scan.findings, &labels, fits, board);
}

fn score_text(engine: &Engine, line: &Value, board: &mut Board) {
    let scan = engine.scan_text(line["text"].as_str().unwrap_or_default());
    let fits = |finding: &Finding, label: &Label| {
        (finding.start as usize) < label.end && label.start < finding.end as usize
    };
    compare(&scan.findings, &labels_of(line), fits, board);
}

/// Scores an event by the set of (path, class).
fn score_event(engine: &Engine, line: &Value, board: &mut Board) {
    let personal = line["personal"].as_array().map_or(&[][..], Vec::as_slice);
    let expected: BTreeSet<(String, DataClass)> = personal
        .iter()
        .filter_map(|pair| {
            let class = pair[1].as_str()?.parse().ok()?;
            Some((pair[0].as_str()?.to_owned(), class))
        })
        .collect();
    let Ok(scan) = engine.scan_json(line["event"].to_string().as_bytes()) else {
        return;
    };
    let found: BTreeSet<(String, DataClass)> = scan
        .findings
        .iter()
        .map(|finding| (finding.path.to_string(), finding.class))
        .collect();
    for (_, class) in expected.intersection(&found) {
        board.hit(*class);
    }
    for (path, class) in expected.difference(&found) {
        board.missed(*class, path);
    }
    for (path, class) in found.difference(&expected) {
        board.wrong(*class, path);
    }
}

fn count_hits(engine: &Engine, document: &Value, board: &mut Board) {
    let bytes = document.to_string();
    board.searched(bytes.len());
    let Ok(scan) = engine.scan_json(bytes.as_bytes()) else {
        return;
    };
    for finding in scan.findings {
        board.wrong(finding.class, finding.path.folded().as_str());
    }
}
