//! The reasons why a document was not read whole: an encrypted, compressed or binary part, a
//! reference to content stored elsewhere, or a limit that was reached.
//!
//! Only a document that was read whole may be said to carry no personal data (invariant 3). The
//! walk notes a reason here for each part that it could not read, and the reasons are returned with
//! the findings. `recognise` uses the first bytes of a text and the name of its field. A reason
//! says nothing about the content but its kind.

use std::fmt;

use crate::limits::Limit;

pub(crate) mod hints;
pub(crate) mod marks;
pub(crate) mod recognise;

crate::listed! {
    /// The reason why a part of a document was not read.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Unread {
        /// Encrypted: an AWS KMS ciphertext, a message of the AWS Encryption SDK, PGP, CMS, age, a
        /// JWE, or a field whose name says so.
        Encrypted,
        /// Compressed in a format that is not unpacked (zstd, LZ4, Snappy, bzip2, xz, zip), or gzip
        /// that does not unpack to text.
        Compressed,
        /// A reference to content that is stored elsewhere, in place of the content.
        StoredElsewhere,
        /// Bytes that are not text: Avro, Parquet, Protobuf, a picture, or a format without a mark
        /// (brotli, raw Snappy, raw ciphertext).
        Binary,
        /// Made on the way to the consumer: by a pipe's enrichment, or by a transformer that is not
        /// known or not evaluated. The walk never reports this reason.
        MadeOnTheWay,
        /// A bound of the search that [leaves something unread](Limit::leaves_unread).
        Limit(Limit),
    }
}

impl Unread {
    /// Returns every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::every().filter(|reason| match reason {
            Self::Limit(limit) => limit.leaves_unread(),
            _ => true,
        })
    }

    /// Returns the reason why these bytes, which are not text, were not read.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        marks::kind_of(bytes).map_or(Self::Binary, marks::Kind::reason)
    }

    /// Returns the reason's name in reports, metrics and stores.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Compressed => "compressed",
            Self::StoredElsewhere => "stored_elsewhere",
            Self::Binary => "binary",
            Self::MadeOnTheWay => "made_on_the_way",
            Self::Limit(limit) => limit.name(),
        }
    }

    /// Returns what it means for the answer.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Encrypted => "the content is encrypted, and its data classes are unknown",
            Self::Compressed => {
                "the content is compressed in a format that is not unpacked, and its data classes are \
                 unknown"
            }
            Self::StoredElsewhere => {
                "the event refers to content that is stored elsewhere and was not read"
            }
            Self::Binary => "the content is not text, and its data classes are unknown",
            Self::MadeOnTheWay => {
                "an enrichment or a transformer on the way made the content, and its data classes are unknown"
            }
            Self::Limit(limit) => limit.consequence(),
        }
    }

    /// Returns what the user can do so that it is read.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Encrypted => {
                "trace the events where they are decrypted, with `piitrail trace` on a sample"
            }
            Self::Compressed => "send the content in gzip, or trace a sample that is unpacked",
            Self::StoredElsewhere => "trace a sample of the stored objects with `piitrail trace`",
            Self::Binary => "trace a sample of the content as JSON",
            Self::MadeOnTheWay => {
                "trace the consumer's own channel, or a sample of what the consumer receives"
            }
            Self::Limit(_) => "trace a sample of the document in smaller parts",
        }
    }

    /// Returns the bit of the reason in an [`UnreadSet`].
    const fn bit(self) -> u16 {
        match self {
            Self::Encrypted => 1,
            Self::Compressed => 1 << 1,
            Self::StoredElsewhere => 1 << 2,
            Self::Binary => 1 << 3,
            Self::MadeOnTheWay => 1 << 4,
            Self::Limit(limit) => 1 << (5 + limit as u16),
        }
    }
}

// Each reason has its own bit.
const _: () = assert!(5 + Limit::ALL.len() <= u16::BITS as usize);

/// The reasons why parts of one document were not read. Empty if it was read whole.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct UnreadSet(u16);

impl UnreadSet {
    /// Returns the set of one reason.
    pub const fn of(reason: Unread) -> Self {
        Self(reason.bit())
    }

    /// Returns true if everything was read.
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Returns true if the set contains a reason.
    pub const fn contains(self, reason: Unread) -> bool {
        self.0 & reason.bit() != 0
    }

    /// Returns true if a part is unread because of its content, and not only because of a limit.
    pub fn is_of_content(self) -> bool {
        self.iter()
            .any(|reason| !matches!(reason, Unread::Limit(_)))
    }

    /// Returns the reasons of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the reasons, in order.
    pub fn iter(self) -> impl Iterator<Item = Unread> {
        Unread::all().filter(move |reason| self.contains(*reason))
    }

    pub(crate) fn add(&mut self, reason: Unread) {
        self.0 |= reason.bit();
    }
}

impl fmt::Debug for UnreadSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Serialises as a list of names: `["encrypted"]`.
impl serde::Serialize for UnreadSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Unread::name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_a_name_and_a_consequence_of_its_own() {
        let names: BTreeSet<&str> = Unread::all().map(Unread::name).collect();
        let consequences: BTreeSet<&str> = Unread::all().map(Unread::consequence).collect();
        assert_eq!(names.len(), Unread::all().count());
        assert_eq!(consequences.len(), Unread::all().count());
        assert!(Unread::all().all(|reason| !reason.remedy().is_empty()));
    }

    #[test]
    fn every_reason_is_documented() {
        for (name, text) in [
            ("REPORT.md", include_str!("../../../docs/REPORT.md")),
            ("DETECTION.md", include_str!("../../../docs/DETECTION.md")),
        ] {
            let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
            for reason in Unread::all() {
                let named = format!("`{}`", reason.name());
                assert!(
                    rows.iter().any(|row| row.contains(&named)),
                    "no table of docs/{name} has {named}"
                );
            }
        }
    }

    #[test]
    fn a_set_holds_what_was_added_and_nothing_else() {
        let mut set = UnreadSet::default();
        assert!(set.is_empty());
        for reason in Unread::all() {
            assert!(!set.contains(reason));
            set.add(reason);
            assert!(set.contains(reason));
        }
        assert!(set.iter().eq(Unread::all()));
        let limit = UnreadSet::of(Unread::Limit(Limit::Depth));
        assert!(!limit.is_of_content() && set.is_of_content());
    }
}
