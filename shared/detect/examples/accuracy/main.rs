//! Scores the engine on labelled corpora: precision, recall and F1 for each class, beside the
//! peers' figures. `make accuracy`, or `cargo run --profile bench -p piitrail-detect --example
//! accuracy`.
//!
//! | corpus | read from | a label is met when |
//! |---|---|---|
//! | labelled JSON | `../shared/data/labelled/privy_json.jsonl` | its leaf has a finding of its class |
//! | free text | `../shared/data/labelled/presidio_free_text.jsonl` | a finding of its class overlaps its span |
//! | business events | `tests/data/business_events.jsonl` | its path has a finding of its class |
//! | events of widespread systems | `tests/data/system_events.jsonl` | its path has a finding of its class |
//! | real payloads | `../shared/data/events` | has no labels: hits per MB of what a check or the value alone proves |
//! | judged payloads | `../shared/data/field` | its leaf has a finding of its class; see `field` for the macro figures |
//!
//! A finding is false if no label that maps to its class is there. Absent corpora are reported, and
//! the rest is scored. Options:
//!
//! - `--misses`: lists the paths (and not the values) of missed labels and false findings;
//! - `--events FILE`: adds JSON Lines of `{"event": …, "personal": [[path, class], …]}`;
//! - `--webhooks FILE`: adds JSON Lines of documents without personal data, in which every finding
//!   is false.

#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod board;
mod corpora;
mod field;

use std::path::{Path, PathBuf};

use board::Board;
use corpora::Corpus;
use piitrail_detect::Engine;

/// The options of the command line.
#[derive(Default)]
struct Asked {
    lists_misses: bool,
    events: Vec<PathBuf>,
    webhooks: Vec<PathBuf>,
}

impl Asked {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--misses" => asked.lists_misses = true,
                option @ ("--events" | "--webhooks") => {
                    let file = arguments
                        .next()
                        .ok_or_else(|| format!("{option} needs a file"))?;
                    if option == "--events" {
                        asked.events.push(file.into());
                    } else {
                        asked.webhooks.push(file.into());
                    }
                }
                other => {
                    return Err(format!(
                        "{other} is not known: --misses, --events, --webhooks"
                    ));
                }
            }
        }
        Ok(asked)
    }

    /// Returns the corpora that are always scored, then those of the options.
    fn corpora(&self) -> Vec<Corpus> {
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let shared = crate_folder.join("../../../shared/data");
        let own = crate_folder.join("tests/data");
        let mut corpora = vec![
            Corpus::labelled_json(shared.join("labelled/privy_json.jsonl")),
            Corpus::free_text(shared.join("labelled/presidio_free_text.jsonl")),
            Corpus::events(own.join("business_events.jsonl")),
            Corpus::events(own.join("system_events.jsonl")),
        ];
        corpora.extend(self.events.iter().cloned().map(Corpus::events));
        corpora.push(Corpus::real_payloads(&shared.join("events")));
        corpora.extend(self.webhooks.iter().cloned().map(Corpus::webhooks));
        corpora
    }
}

fn main() -> Result<(), String> {
    let asked = Asked::read(std::env::args().skip(1))?;
    let engine = Engine::new();
    for corpus in asked.corpora() {
        let mut board = Board::new(&corpus.title);
        match corpus.score(&engine, &mut board) {
            Ok(()) => board.print(asked.lists_misses),
            Err(missing) => println!("\n{}: skipped, {missing}", corpus.title),
        }
    }
    let judged = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/field");
    if let Err(missing) = field::score(&judged, &engine, asked.lists_misses) {
        println!("\njudged payloads: skipped, {missing}");
    }
    Ok(())
}
