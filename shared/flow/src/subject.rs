//! Subjects: the people in the traffic, each known only by keyed fingerprints.
//!
//! The detector makes the fingerprints ([`piitrail_detect::Subject`]). This module has the key of
//! an epoch and the ring of all keys that still exist. A tracer uses the newest key, and a question
//! tries every key. Once a key is destroyed, nothing that was made with it leads back to a person.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use piitrail_detect::{CustomerIdNames, Fingerprint, Subject, SubjectKey, SubjectKind, Subjects};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

mod key_ring;
mod sighting;

pub use key_ring::{KeyRing, KeyRingError};
pub use sighting::{Sighting, Sightings};

/// The time in which a key is used, as a name that its owner chose and the check value of the key:
/// `2026-11.3fa9c2`. Two keys with the same name belong to two epochs, so their people are not
/// added up as if they were of one epoch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Epoch(Arc<str>);

impl Epoch {
    /// The longest name, in characters.
    pub const NAME_MAX: usize = 32;

    /// Returns the name and the check value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns only the name: `2026-11`.
    pub fn name(&self) -> &str {
        split_check(&self.0).0
    }

    /// Returns the check value, if the epoch has one: `3fa9c2`.
    pub fn check(&self) -> Option<&str> {
        split_check(&self.0).1
    }

    /// Returns true if both may be one. An epoch of an earlier version has no check value.
    pub fn fits(&self, other: &Self) -> bool {
        let (one, other) = (split_check(&self.0), split_check(&other.0));
        one.0 == other.0 && (one.1.is_none() || other.1.is_none() || one.1 == other.1)
    }

    /// Returns the epoch with this name and no check value, as it was written before epochs had
    /// check values.
    #[must_use]
    pub fn without_check(&self) -> Self {
        Self(self.name().into())
    }

    /// Returns the epoch with this name and the check value of this key.
    #[must_use]
    pub fn of(&self, key: &SubjectKey) -> Self {
        let [a, b, c] = key.check_value();
        Self(format!("{}.{a:02x}{b:02x}{c:02x}", self.name()).into())
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the name of an epoch. The message does not repeat it, because it may be a key in
/// the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of an epoch has 1 to {} letters, digits, dots and dashes, as in 2026-11",
    Epoch::NAME_MAX
)]
pub struct NotAnEpoch;

/// Splits a name from the check value behind it: three bytes in lower-case hexadecimal digits.
fn split_check(epoch: &str) -> (&str, Option<&str>) {
    let is_check = |check: &str| {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        check.len() == 6 && check.bytes().all(is_digit)
    };
    match epoch.rsplit_once('.') {
        Some((name, check)) if is_check(check) => (name, Some(check)),
        _ => (epoch, None),
    }
}

impl FromStr for Epoch {
    type Err = NotAnEpoch;

    fn from_str(text: &str) -> Result<Self, NotAnEpoch> {
        let (name, _) = split_check(text);
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if (1..=Self::NAME_MAX).contains(&name.len()) && name.bytes().all(is_plain) {
            Ok(Self(text.into()))
        } else {
            Err(NotAnEpoch)
        }
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

/// A subject in the store: a fingerprint and the epoch of its key. Written
/// `2026-11.3fa9c2:email:0bd93fd741c8d045778f56b9be168475`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId {
    /// The epoch of the key that made the fingerprint.
    pub epoch: Epoch,
    /// The fingerprint and its kind.
    pub subject: Subject,
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Subject { kind, fingerprint } = self.subject;
        write!(f, "{}:{kind}:{fingerprint}", self.epoch)
    }
}

/// The text is not the id of a subject. The message does not repeat it, because it may be an
/// identifier of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a subject id has the form EPOCH:KIND:FINGERPRINT, as `piitrail subject id` prints it; do not send an address, a number or a customer id instead"
)]
pub struct NotASubject;

impl FromStr for SubjectId {
    type Err = NotASubject;

    fn from_str(text: &str) -> Result<Self, NotASubject> {
        let mut parts = text.split(':');
        let (Some(epoch), Some(kind), Some(fingerprint), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotASubject);
        };
        let kind: SubjectKind = kind.parse().map_err(|_| NotASubject)?;
        let fingerprint: Fingerprint = fingerprint.parse().map_err(|_| NotASubject)?;
        Ok(Self {
            epoch: epoch.parse().map_err(|_| NotASubject)?,
            subject: Subject { kind, fingerprint },
        })
    }
}

impl Serialize for SubjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SubjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SubjectIdVisitor;

        impl de::Visitor<'_> for SubjectIdVisitor {
            type Value = SubjectId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a subject as EPOCH:KIND:FINGERPRINT")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SubjectId, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(SubjectIdVisitor)
    }
}

/// A key with its epoch.
#[derive(Debug)]
pub struct EpochKey {
    /// The epoch, with the key's check value.
    pub epoch: Epoch,
    /// The secret key.
    pub key: SubjectKey,
}

impl EpochKey {
    /// Creates the key of the epoch with this name.
    pub fn new(name: &Epoch, key: SubjectKey) -> Self {
        Self {
            epoch: name.of(&key),
            key,
        }
    }
}

/// The key and the settings with which a tracer makes fingerprints.
#[derive(Clone, Copy, Debug)]
pub struct Fingerprinting<'t> {
    /// The newest key.
    pub key: &'t EpochKey,
    /// The fields that hold customer ids.
    pub customer_ids: &'t CustomerIdNames,
    /// True if a subject index is kept.
    pub index: bool,
}

impl<'t> Fingerprinting<'t> {
    /// Returns the part that a scan needs.
    pub fn subjects(&self) -> Subjects<'t> {
        Subjects {
            key: &self.key.key,
            customer_ids: self.customer_ids,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_read_as_it_is_written() {
        let text = "2026-11:email:0bd93fd741c8d045778f56b9be168475";
        let id: SubjectId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(
            serde_json::from_str::<SubjectId>(&format!("\"{text}\"")).unwrap(),
            id
        );
    }

    #[test]
    fn what_is_no_subject_is_refused_and_not_repeated() {
        for text in [
            "",
            "jane@shop.dev",
            "2026-11:email:jane@shop.dev",
            "2026-11:mail:0bd93fd741c8d045778f56b9be168475",
            ":email:0bd93fd741c8d045778f56b9be168475",
            "2026-11:email:0bd93fd741c8d045778f56b9be168475:",
            "jane@shop.dev:email:0bd93fd741c8d045778f56b9be168475",
            "2026-11:email:0bd93fd741c8d045778f56b9be16847",
        ] {
            let error = serde_json::from_str::<SubjectId>(&serde_json::to_string(text).unwrap());
            let told = error.unwrap_err().to_string();
            assert!(!told.contains("jane"), "{told}");
        }
    }
}
