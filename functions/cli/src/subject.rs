//! `piitrail subject`, and the identifiers of a person. This is the only module in which a person
//! is named.
//!
//! Identifiers become fingerprints here, with every key that was not destroyed. They are never
//! passed to the store, a request, an error or the output.

use std::fmt;
use std::io::Write as _;

use jiff::Timestamp;
use piitrail_detect::{Subject, SubjectKey};
use piitrail_flow::plural::counted;
use piitrail_flow::subject::{Epoch, KeyRing, SubjectId};
use piitrail_flow::time::day_of;
use zeroize::Zeroizing;

use crate::args::{self, KeyCommand, SubjectCommand};
use crate::failure::{Ending, Failure};
use crate::input::bounded;
use crate::output::{self, Style};
use crate::store::{self, Use};

pub(crate) mod key_file;

/// An identifier of a person as the user gave it. Its `Debug` form does not show it.
#[derive(Clone)]
pub(crate) struct Identifier(Zeroizing<String>);

impl From<String> for Identifier {
    fn from(given: String) -> Self {
        Self(Zeroizing::new(given))
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Identifier {
    /// Returns the identifier. For `-` it is the next line of standard input.
    fn text(&self) -> Result<Zeroizing<String>, Failure> {
        if self.0.as_str() != "-" {
            return Ok(self.0.clone());
        }
        bounded::read_line(&mut std::io::stdin().lock()).map_err(Failure::StandardInput)
    }
}

/// A function that turns one kind of identifier into a subject.
type MakeSubject = fn(&SubjectKey, &str) -> Option<Subject>;

/// Returns the ids under which the store may know a person.
pub(crate) fn ids(person: &args::Person) -> Result<Vec<SubjectId>, Failure> {
    let Some(path) = &person.subject_key else {
        return Err(Failure::NoSubjectKey);
    };
    let ring = key_file::read(path)?;
    let kinds: [(_, MakeSubject, _); 3] = [
        (
            &person.email,
            Subject::of_email,
            "--email is not an e-mail address",
        ),
        (
            &person.phone,
            Subject::of_phone,
            "--phone is not a telephone number that belongs to one person",
        ),
        (
            &person.customer_id,
            Subject::of_customer_id,
            "--customer-id is not a customer id",
        ),
    ];
    let mut ids = Vec::new();
    for (given, make, complaint) in kinds {
        for identifier in given {
            let text = identifier.text()?;
            let made = ring.ids(|key| make(key, &text));
            if made.is_empty() {
                return Err(Failure::NotAnIdentifier(complaint));
            }
            ids.extend(made);
        }
    }
    if ids.is_empty() {
        return Err(Failure::NobodyNamed);
    }
    Ok(ids)
}

/// Carries out a command about a person or the keys.
pub(crate) async fn run(asked: args::Subject, now: Timestamp) -> Result<Ending, Failure> {
    let mut out = output::stdout(Style::Text);
    match asked.command {
        SubjectCommand::Id { person } => {
            for id in ids(&person)? {
                writeln!(out, "{id}")?;
            }
        }
        SubjectCommand::Erase { person, store } => {
            let ids = ids(&person)?;
            let opened = store::open(&store.store, Use::Change).await?;
            let erased = opened.erase_subject(&ids).await?;
            writeln!(
                out,
                "{} erased from {}; counts did not change",
                counted(erased, "sighting"),
                store.store
            )?;
        }
        SubjectCommand::Key { command } => keys(&command, now, &mut out)?,
    }
    out.flush()?;
    Ok(Ending::Fine)
}

fn keys(
    command: &KeyCommand,
    now: Timestamp,
    out: &mut impl std::io::Write,
) -> Result<(), Failure> {
    match command {
        KeyCommand::New { epoch, file } => {
            let epoch = epoch.clone().map_or_else(|| month(now), Ok)?;
            let ring = KeyRing::new(&epoch, key_file::random()?)
                .map_err(|source| key_file::refused(&file.subject_key, source))?;
            key_file::create(&file.subject_key, &ring)?;
            list(&ring, out)
        }
        KeyCommand::Rotate { epoch, file } => {
            let path = &file.subject_key;
            let ring = key_file::change(path, |ring| {
                let epoch = match epoch {
                    Some(epoch) => epoch.clone(),
                    None => unused(ring, now)?,
                };
                ring.rotate(&epoch, key_file::random()?)
                    .map_err(|source| key_file::refused(path, source))
            })?;
            list(&ring, out)
        }
        KeyCommand::Shred { epoch, file } => {
            let path = &file.subject_key;
            let ring = key_file::change(path, |ring| {
                ring.shred(epoch)
                    .map_err(|source| key_file::refused(path, source))
            })?;
            list(&ring, out)
        }
        KeyCommand::List { file } => list(&key_file::read(&file.subject_key)?, out),
    }
}

fn list(ring: &KeyRing, out: &mut impl std::io::Write) -> Result<(), Failure> {
    for key in ring.keys() {
        let newest = key.epoch == ring.newest().epoch;
        writeln!(out, "{}{}", key.epoch, if newest { "  in use" } else { "" })?;
    }
    Ok(())
}

/// Returns the current month as an epoch: `2026-11`.
fn month(now: Timestamp) -> Result<Epoch, Failure> {
    named(&day_of(now).strftime("%Y-%m").to_string())
}

/// Returns the current month as an epoch, or the current day if the month has a key already.
fn unused(ring: &KeyRing, now: Timestamp) -> Result<Epoch, Failure> {
    let month = month(now)?;
    if ring.has(&month) {
        named(&day_of(now).to_string())
    } else {
        Ok(month)
    }
}

fn named(name: &str) -> Result<Epoch, Failure> {
    name.parse().map_err(Failure::Epoch)
}
