//! The keys that still exist, and the document in which they are kept.
//!
//! `{"epochs":[{"epoch":"2026-10.5b0e77","key":"base64…"},{"epoch":"2026-11.3fa9c2","key":"base64…"}]}`
//! has the newest key last. It has the same form in a file on one machine and in a secret of AWS
//! Secrets Manager. An epoch that was written without the check value of its key gets it when it is
//! read. No error contains anything of the document, because all of it is secret.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use piitrail_detect::{Subject, SubjectKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Epoch, EpochKey, NotAnEpoch, SubjectId};

/// The keys that still exist, oldest first. Never empty.
#[derive(Debug)]
pub struct KeyRing {
    older: Vec<EpochKey>,
    newest: EpochKey,
}

/// The reason a document is not a key ring, or a change to one is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// The document does not have the form of a key ring.
    #[error(
        "the subject keys cannot be read near line {line}, column {column}; `piitrail subject key new` makes a valid file"
    )]
    NotAKeyRing {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The document has no key.
    #[error("there are no subject keys; `piitrail subject key rotate` adds one")]
    Empty,
    /// There are more keys than [`KeyRing::KEYS_MAX`].
    #[error(
        "there are more than {} subject keys; shred those that are no longer needed",
        KeyRing::KEYS_MAX
    )]
    TooMany,
    /// The name of an epoch is not valid.
    #[error("the name of subject key {number} cannot be used")]
    Epoch {
        /// The number of the epoch, from 1.
        number: usize,
        /// The rule for names.
        #[source]
        source: NotAnEpoch,
    },
    /// The key of an epoch is not valid.
    #[error("the subject key of epoch {0} is not 32 bytes in base64")]
    Key(Epoch),
    /// The key is all zeros, which everybody can guess.
    #[error(
        "the subject key of epoch {0} is all zeros, which everybody can guess; make a key with `piitrail subject key new`"
    )]
    AllZeros(Epoch),
    /// Two keys have the same name.
    #[error("two subject keys have the epoch {0}; give each key its own epoch")]
    Twice(Epoch),
    /// The check value in the epoch belongs to another key.
    #[error(
        "the subject key of epoch {0} does not fit the check value in that name; write the epoch as {name} to start a new epoch with this key", name = .0.name()
    )]
    OtherKey(Epoch),
    /// Another key has the name already.
    #[error("epoch {0} has a subject key already; name another epoch for the new key with --epoch")]
    Taken(Epoch),
    /// The name ends like a check value.
    #[error(
        "an epoch cannot have a name that ends in a dot and six hexadecimal digits: these are the check value of a key, which piitrail adds itself"
    )]
    NamedWithCheck(Epoch),
    /// There is no key of this epoch.
    #[error("there is no subject key of this epoch; `piitrail subject key list` lists the epochs")]
    NoSuchEpoch(Epoch),
    /// The key is the newest and in use.
    #[error(
        "tracers use the key of epoch {0}; run `piitrail subject key rotate` first, then shred it"
    )]
    Newest(Epoch),
}

/// The serialised form of a key ring.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRingDocument {
    epochs: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    epoch: Zeroizing<String>,
    key: Zeroizing<String>,
}

impl KeyRing {
    /// The most keys in one ring.
    pub const KEYS_MAX: usize = 120;

    /// Creates a ring with one key.
    pub fn new(name: &Epoch, key: SubjectKey) -> Result<Self, KeyRingError> {
        Ok(Self {
            older: Vec::new(),
            newest: named(name, key)?,
        })
    }

    /// Reads a key ring from its document.
    pub fn parse(document: &str) -> Result<Self, KeyRingError> {
        let document: KeyRingDocument =
            serde_json::from_str(document).map_err(|error| KeyRingError::NotAKeyRing {
                line: error.line(),
                column: error.column(),
            })?;
        if document.epochs.len() > Self::KEYS_MAX {
            return Err(KeyRingError::TooMany);
        }
        let mut known = BTreeSet::new();
        let mut keys = Vec::with_capacity(document.epochs.len());
        for (number, entry) in (1..).zip(&document.epochs) {
            let epoch: Epoch = entry
                .epoch
                .parse()
                .map_err(|source| KeyRingError::Epoch { number, source })?;
            if !known.insert(epoch.name().to_owned()) {
                return Err(KeyRingError::Twice(epoch));
            }
            let Some(key) = decode(&entry.key) else {
                return Err(KeyRingError::Key(epoch));
            };
            if key.secret().iter().all(|byte| *byte == 0) {
                return Err(KeyRingError::AllZeros(epoch));
            }
            let key = EpochKey::new(&epoch, key);
            if epoch.check().is_some() && key.epoch != epoch {
                return Err(KeyRingError::OtherKey(epoch));
            }
            keys.push(key);
        }
        let newest = keys.pop().ok_or(KeyRingError::Empty)?;
        Ok(Self {
            older: keys,
            newest,
        })
    }

    /// Returns the document. It must be kept where secrets are kept.
    pub fn to_document(&self) -> Zeroizing<String> {
        let entry = |key: &EpochKey| Entry {
            epoch: Zeroizing::new(key.epoch.to_string()),
            key: Zeroizing::new(STANDARD.encode(key.key.secret())),
        };
        let document = KeyRingDocument {
            epochs: self.keys().map(entry).collect(),
        };
        // The document is text and lists of text, so it always serialises.
        Zeroizing::new(serde_json::to_string_pretty(&document).unwrap_or_default() + "\n")
    }

    /// Returns the key that is in use.
    pub fn newest(&self) -> &EpochKey {
        &self.newest
    }

    /// Returns every key, oldest first.
    pub fn keys(&self) -> impl Iterator<Item = &EpochKey> {
        self.older.iter().chain([&self.newest])
    }

    /// Puts a new key into use. The others are kept for questions.
    pub fn rotate(&mut self, name: &Epoch, key: SubjectKey) -> Result<(), KeyRingError> {
        let newest = named(name, key)?;
        if self.has(name) {
            return Err(KeyRingError::Taken(name.clone()));
        }
        if self.older.len() + 1 >= Self::KEYS_MAX {
            return Err(KeyRingError::TooMany);
        }
        let before = std::mem::replace(&mut self.newest, newest);
        self.older.push(before);
        Ok(())
    }

    /// Returns true if there is a key with this name.
    pub fn has(&self, name: &Epoch) -> bool {
        self.keys().any(|key| key.epoch.name() == name.name())
    }

    /// Destroys the key of an epoch, which is given with its check value or only by name. From then
    /// on nothing that was made with the key leads back to a person. Counts stay.
    pub fn shred(&mut self, epoch: &Epoch) -> Result<(), KeyRingError> {
        let is_it = |key: &EpochKey| match epoch.check() {
            Some(_) => key.epoch == *epoch,
            None => key.epoch.name() == epoch.name(),
        };
        if is_it(&self.newest) {
            return Err(KeyRingError::Newest(epoch.clone()));
        }
        let before = self.older.len();
        self.older.retain(|key| !is_it(key));
        if self.older.len() == before {
            return Err(KeyRingError::NoSuchEpoch(epoch.clone()));
        }
        Ok(())
    }

    /// Returns the ids under which a person can be in the store. For each key there are two: one
    /// with the full epoch and one with only its name, as it was written before epochs had check
    /// values. `of` makes a subject with a key.
    pub fn ids(&self, of: impl Fn(&SubjectKey) -> Option<Subject>) -> Vec<SubjectId> {
        let with_key = |key: &EpochKey| {
            let subject = of(&key.key)?;
            let epochs = [key.epoch.clone(), key.epoch.without_check()];
            Some(epochs.map(|epoch| SubjectId { epoch, subject }))
        };
        self.keys().filter_map(with_key).flatten().collect()
    }
}

/// Creates a key for an epoch name that its owner chose.
fn named(name: &Epoch, key: SubjectKey) -> Result<EpochKey, KeyRingError> {
    if name.check().is_some() {
        return Err(KeyRingError::NamedWithCheck(name.clone()));
    }
    Ok(EpochKey::new(name, key))
}

fn decode(key: &str) -> Option<SubjectKey> {
    let bytes = Zeroizing::new(STANDARD.decode(key).ok()?);
    let mut secret = Zeroizing::new([0; SubjectKey::BYTES]);
    if bytes.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&bytes);
    Some(SubjectKey::new(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SubjectKey {
        SubjectKey::new(Zeroizing::new([byte; SubjectKey::BYTES]))
    }

    fn epoch(name: &str) -> Epoch {
        name.parse().unwrap()
    }

    fn names(ring: &KeyRing) -> Vec<&str> {
        ring.keys().map(|key| key.epoch.name()).collect()
    }

    #[test]
    fn a_ring_comes_back_from_its_document() {
        let mut ring = KeyRing::new(&epoch("2026-10"), key(1)).unwrap();
        ring.rotate(&epoch("2026-11"), key(2)).unwrap();
        let read = KeyRing::parse(&ring.to_document()).unwrap();
        assert_eq!(names(&read), ["2026-10", "2026-11"]);
        assert_eq!(read.newest().epoch, ring.newest().epoch);
        assert_eq!(read.newest().key.secret(), &[2; 32]);
    }

    #[test]
    fn a_key_of_zeros_is_refused() {
        let zeros = STANDARD.encode([0; SubjectKey::BYTES]);
        let document = format!("{{\"epochs\":[{{\"epoch\":\"a\",\"key\":\"{zeros}\"}}]}}");
        let refused = KeyRing::parse(&document).unwrap_err();
        assert!(matches!(refused, KeyRingError::AllZeros(_)), "{refused}");
    }

    #[test]
    fn asking_tries_every_key_that_is_alive_and_no_shredded_one() {
        let mut ring = KeyRing::new(&epoch("a"), key(1)).unwrap();
        ring.rotate(&epoch("b"), key(2)).unwrap();
        ring.rotate(&epoch("c"), key(3)).unwrap();
        ring.shred(&epoch("b")).unwrap();
        assert_eq!(names(&ring), ["a", "c"]);
        let ids = ring.ids(|key| Subject::of_email(key, "jane@shop.dev"));
        let epochs: Vec<&str> = ids.iter().map(|id| id.epoch.as_str()).collect();
        let [first, last] = [0, 1].map(|n| ring.keys().nth(n).unwrap().epoch.as_str());
        assert_eq!(epochs, [first, "a", last, "c"]);
        assert_eq!(ids[0].subject, ids[1].subject);
        assert_ne!(ids[0].subject.fingerprint, ids[2].subject.fingerprint);
        assert!(matches!(
            ring.shred(&epoch("b")),
            Err(KeyRingError::NoSuchEpoch(_))
        ));
        assert!(matches!(
            ring.shred(&epoch("c")),
            Err(KeyRingError::Newest(_))
        ));
        assert!(matches!(
            ring.rotate(&epoch("a"), key(4)),
            Err(KeyRingError::Taken(_))
        ));
    }

    #[test]
    fn a_name_that_looks_as_if_it_had_a_check_value_is_refused() {
        let name = epoch("2026.112233");
        assert!(matches!(
            KeyRing::new(&name, key(1)),
            Err(KeyRingError::NamedWithCheck(_))
        ));
        let mut ring = KeyRing::new(&epoch("2026.11223"), key(1)).unwrap();
        let refused = ring.rotate(&name, key(2)).unwrap_err();
        assert!(matches!(refused, KeyRingError::NamedWithCheck(_)));
        assert_eq!(names(&ring), ["2026.11223"]);
    }

    #[test]
    fn nothing_of_a_damaged_document_is_repeated() {
        let secret = STANDARD.encode([7; 32]);
        for document in [
            String::new(),
            secret.clone(),
            format!("\"{secret}\""),
            format!(r#"{{"epochs": "{secret}"}}"#),
            format!(r#"{{"{secret}": []}}"#),
            r#"{"epochs": []}"#.to_owned(),
            format!(r#"{{"epochs": [{{"epoch": "{secret}", "key": "2026-11"}}]}}"#),
            format!(
                r#"{{"epochs": [{{"epoch": "2026-11", "key": "{}"}}]}}"#,
                &secret[4..]
            ),
            format!(r#"{{"epochs": [{{"epoch": "2026-11", "key": "!{secret}"}}]}}"#),
        ] {
            let error = KeyRing::parse(&document).unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(!told.contains(&secret[4..]), "{told}");
        }
    }

    #[test]
    fn two_keys_of_one_name_are_of_two_epochs() {
        let one = KeyRing::new(&epoch("2026-11"), key(1)).unwrap();
        let other = KeyRing::new(&epoch("2026-11"), key(2)).unwrap();
        assert_ne!(one.newest().epoch, other.newest().epoch);
        assert_eq!(one.newest().epoch.name(), other.newest().epoch.name());
        // With or without the check value, the same key is the same epoch.
        let document = one.to_document();
        let plain = document.replace(one.newest().epoch.as_str(), "2026-11");
        assert_ne!(plain, *document);
        for document in [&*document, &plain] {
            let read = KeyRing::parse(document).unwrap();
            assert_eq!(read.newest().epoch, one.newest().epoch);
        }
        // Another key under the same name is another epoch.
        let replaced = other
            .to_document()
            .replace(other.newest().epoch.as_str(), one.newest().epoch.as_str());
        assert!(matches!(
            KeyRing::parse(&replaced),
            Err(KeyRingError::OtherKey(_))
        ));
    }

    #[test]
    fn a_key_is_shredded_by_its_epoch_or_the_name_of_it() {
        let mut ring = KeyRing::new(&epoch("a"), key(1)).unwrap();
        ring.rotate(&epoch("b"), key(2)).unwrap();
        ring.rotate(&epoch("c"), key(3)).unwrap();
        assert!(matches!(
            ring.shred(&epoch("a.000000")),
            Err(KeyRingError::NoSuchEpoch(_))
        ));
        let whole = ring.keys().next().unwrap().epoch.clone();
        ring.shred(&whole).unwrap();
        ring.shred(&epoch("b")).unwrap();
        assert_eq!(names(&ring), ["c"]);
    }

    #[test]
    fn a_ring_shows_no_key() {
        let ring = KeyRing::new(&epoch("2026-11"), key(7)).unwrap();
        assert!(!format!("{ring:?}").contains('7'), "{ring:?}");
    }
}
