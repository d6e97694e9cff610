//! The results of a scan: a data class at a path, with its confidence and its marks.
//!
//! No type here has a field that could hold a value of the payload (invariant 1), so a leak would
//! be a compile error. The walk makes the findings, and the ledger counts them.

use std::fmt;

use crate::class::DataClass;
use crate::limits::LimitsReached;
use crate::path::Path;
use crate::subject::Subject;
use crate::unread::UnreadSet;

/// The confidence of a finding, from 0 to 100.
///
/// | from | meaning |
/// |---|---|
/// | 90 | proved: the value by itself, or a checksum under a field name that says so |
/// | 75 | a field name that says so and a value that fits |
/// | 60 | a strong check without a name, or a name that only its parents or siblings explain |
/// | 50 | the least that is reported by default ([`Confidence::REPORTED`]) |
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(from = "u8")]
pub struct Confidence(u8);

impl From<u8> for Confidence {
    fn from(percent: u8) -> Self {
        Self::new(percent)
    }
}

impl Confidence {
    /// The threshold from which findings are reported by default.
    pub const REPORTED: Self = Self(50);

    /// Creates a confidence of `percent`. A value above 100 counts as 100.
    pub const fn new(percent: u8) -> Self {
        if percent > 100 {
            Self(100)
        } else {
            Self(percent)
        }
    }

    /// Returns the confidence as a number from 0 to 100.
    pub const fn percent(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The remarkable properties of a value besides its class. A small set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// A value published for tests: card 4111…, the domain example.com, the line 555-01xx.
    pub const TEST_DATA: Self = Self(1);
    /// An address of a private, loopback or link-local range.
    pub const PRIVATE_RANGE: Self = Self(1 << 1);
    /// An address of a range reserved for documentation.
    pub const DOCUMENTATION_RANGE: Self = Self(1 << 2);

    const NAMES: [(Self, &'static str); 3] = [
        (Self::TEST_DATA, "test_data"),
        (Self::PRIVATE_RANGE, "private_range"),
        (Self::DOCUMENTATION_RANGE, "documentation_range"),
    ];

    /// Returns true if every mark of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the marks of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns true if no mark is set.
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Returns the names of the marks that are set: `test_data`, `private_range`,
    /// `documentation_range`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(mark, _)| self.contains(*mark))
            .map(|(_, name)| name)
    }
}

impl serde::Serialize for Marks {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

/// A data class at a path. The canonical order is by path, then offset, then class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Finding {
    /// The path of the leaf, or of the object key, that carries the value.
    pub path: Path,
    /// The offset at which the value starts in the decoded string leaf (or in the key), in
    /// characters.
    pub start: u32,
    /// The data class.
    pub class: DataClass,
    /// The offset at which the value ends, exclusive, in characters. For a number, its length.
    pub end: u32,
    /// The confidence.
    pub confidence: Confidence,
    /// The marks of the value.
    #[serde(skip_serializing_if = "Marks::is_empty")]
    pub marks: Marks,
}

/// The result for one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scan {
    /// Every finding at or above the threshold, in the canonical order. It does not depend on the
    /// order of the document's keys.
    pub findings: Vec<Finding>,
    /// The people in the document, in order. A person appears once for each identifier. Empty
    /// without a key.
    pub subjects: Vec<Subject>,
    /// The bounds that were reached, with the number of times.
    pub limits: LimitsReached,
    /// The reasons why parts of the document were not read. Empty if it was read whole. Only then
    /// does the absence of a finding mean anything.
    pub unread: UnreadSet,
}
