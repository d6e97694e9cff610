//! The scores of a corpus: one row for each class, and the total.

use std::collections::BTreeMap;

use piitrail_detect::{DataClass, Evidence};

/// The best F1, or recall (`r`), of Presidio and dd-sensitive-data-scanner on the same corpora, as
/// the issue on detection states them.
const PEERS: &[(&str, DataClass, &str)] = &[
    ("free text", DataClass::PhoneNumber, "F1 0.69"),
    ("free text", DataClass::CreditCard, "F1 0.92"),
    ("free text", DataClass::UsSsn, "F1 0.94"),
    ("labelled JSON", DataClass::PhoneNumber, "r 0.63"),
    ("labelled JSON", DataClass::MacAddress, "r 0.68"),
    ("labelled JSON", DataClass::AbaRoutingNumber, "r 0.00"),
    ("labelled JSON", DataClass::Imei, "r 0.00"),
    ("labelled JSON", DataClass::UsSsn, "r 1.00"),
    ("real payloads", DataClass::PhoneNumber, "92 a MB"),
    ("real payloads", DataClass::Passport, "52 a MB"),
    ("real payloads", DataClass::UsBankNumber, "50 a MB"),
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

/// The scores of a corpus.
pub(crate) struct Board {
    title: String,
    scores: BTreeMap<DataClass, Score>,
    notes: BTreeMap<String, u32>,
    /// The number of bytes searched in a corpus in which every finding is false.
    searched_bytes: usize,
}

impl Board {
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            scores: BTreeMap::new(),
            notes: BTreeMap::new(),
            searched_bytes: 0,
        }
    }

    pub(crate) fn hit(&mut self, class: DataClass) {
        self.scores.entry(class).or_default().hit += 1;
    }

    /// Counts a missed label. `place` is a path or a label, and not a value.
    pub(crate) fn missed(&mut self, class: DataClass, place: &str) {
        self.scores.entry(class).or_default().missed += 1;
        self.note(format!("missed {class} at {place}"));
    }

    pub(crate) fn wrong(&mut self, class: DataClass, place: &str) {
        self.scores.entry(class).or_default().wrong += 1;
        self.note(format!("wrong {class} at {place}"));
    }

    pub(crate) fn searched(&mut self, bytes: usize) {
        self.searched_bytes += bytes;
    }

    fn note(&mut self, note: String) {
        *self.notes.entry(note).or_default() += 1;
    }

    pub(crate) fn print(&self, lists_misses: bool) {
        println!("\n{}", self.title);
        if self.searched_bytes > 0 {
            self.print_hits_per_mb();
        } else {
            self.print_scores();
        }
        if lists_misses {
            for (note, count) in &self.notes {
                println!("{count:>5} {note}");
            }
        }
    }

    fn peer(&self, class: DataClass) -> &'static str {
        PEERS
            .iter()
            .find(|(corpus, of, _)| *corpus == self.title && *of == class)
            .map_or("", |(_, _, figure)| figure)
    }

    fn print_scores(&self) {
        println!(
            "{:<30}{:>7}{:>8}{:>7}{:>11}{:>8}{:>7}   best peer",
            "class", "hit", "missed", "wrong", "precision", "recall", "F1"
        );
        let mut all = Score::default();
        for (class, score) in &self.scores {
            print_row(class.name(), *score, self.peer(*class));
            all.hit += score.hit;
            all.missed += score.missed;
            all.wrong += score.wrong;
        }
        println!("{}", "─".repeat(90));
        print_row("all (micro)", all, "");
    }

    fn print_hits_per_mb(&self) {
        #[expect(clippy::cast_precision_loss, reason = "a size for people")]
        let megabytes = self.searched_bytes as f64 / 1e6;
        println!(
            "{:<30}{:>7}{:>12}   {:<12}best peer",
            "class", "hits", "hits a MB", "evidence"
        );
        let mut proved = 0;
        for (class, score) in &self.scores {
            let per_mb = f64::from(score.wrong) / megabytes;
            let evidence = class.evidence().name();
            if matches!(class.evidence(), Evidence::Check | Evidence::CheckAndField) {
                proved += score.wrong;
            }
            println!(
                "{:<30}{:>7}{per_mb:>12.2}   {evidence:<12}{}",
                class.name(),
                score.wrong,
                self.peer(*class)
            );
        }
        println!("{}", "─".repeat(90));
        println!(
            "{:<30}{proved:>7}{:>12.2}   in {megabytes:.2} MB",
            "proved by a check",
            f64::from(proved) / megabytes
        );
    }
}

fn print_row(name: &str, score: Score, peer: &str) {
    println!(
        "{name:<30}{:>7}{:>8}{:>7}{:>11.3}{:>8.3}{:>7.3}   {peer}",
        score.hit,
        score.missed,
        score.wrong,
        score.precision(),
        score.recall(),
        score.f1()
    );
}
