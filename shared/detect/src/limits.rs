//! All bounds of a scan, and the counters of those that were reached.
//!
//! A bound that was reached is never silent (invariant 4): the walk counts it here, and the
//! counters reach the coverage together with the findings.

crate::listed! {
    /// A bound of a scan.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    #[repr(u8)]
    pub enum Limit {
        /// Objects and arrays nested deeper than [`Limit::bound`] were checked as JSON but not
        /// searched.
        Depth,
        /// Findings past the bound were dropped.
        Findings,
        /// A document inside strings that are nested too deeply was searched as plain text, or so was
        /// the rest of a text with several beginnings that turned out not to be documents.
        DecodeDepth,
        /// The documents opened from strings (base64, gzip, …) reached the bound on their bytes or on
        /// their expansion, or a text has too many tokens. The rest was not opened.
        DecodedBytes,
        /// A key longer than this number of characters is shown truncated in paths.
        KeyLength,
        /// A path longer than this many bytes is shown without its end.
        PathLength,
        /// Too many fields of one object wait for a sibling that explains them, a table has too many
        /// columns, or too many bytes are read again. The rest was not explained.
        Siblings,
        /// Mentions of people past the bound made no subject.
        Subjects,
        /// Fields of a form or a query past the bound were not searched.
        FormFields,
    }
}

impl Limit {
    /// Returns the bound's name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Findings => "findings",
            Self::DecodeDepth => "decode_depth",
            Self::DecodedBytes => "decoded_bytes",
            Self::KeyLength => "key_length",
            Self::PathLength => "path_length",
            Self::Siblings => "siblings",
            Self::Subjects => "subjects",
            Self::FormFields => "form_fields",
        }
    }

    /// Returns what it means for the findings that the bound was reached.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Depth => "what is nested deeper was not searched",
            Self::Findings => "further findings of the document are not shown",
            Self::DecodeDepth => "the document inside was searched as plain text",
            Self::DecodedBytes => {
                "further documents inside strings were not opened and not searched"
            }
            Self::KeyLength => "the key is shown truncated in paths",
            Self::PathLength => "the path is shown without its end",
            Self::Siblings => "further fields of the object were not explained by their neighbours",
            Self::Subjects => "further people in the document are not counted",
            Self::FormFields => "further fields of a form or a query were not searched",
        }
    }

    /// Returns true if a part of the document was not read because the bound was reached.
    pub const fn leaves_unread(self) -> bool {
        matches!(
            self,
            Self::Depth | Self::DecodeDepth | Self::DecodedBytes | Self::FormFields
        )
    }

    /// Returns the bound for one document, in the unit that its variant names.
    pub const fn bound(self) -> usize {
        match self {
            Self::Depth => 128,
            Self::Findings | Self::Subjects => 10_000,
            Self::DecodeDepth => 6,
            Self::DecodedBytes => 8 << 20,
            Self::PathLength | Self::FormFields => 1024,
            Self::KeyLength | Self::Siblings => 64,
        }
    }
}

/// The number of times each bound was reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LimitsReached {
    counts: [u32; Limit::ALL.len()],
}

impl LimitsReached {
    /// Returns the number of times that `limit` was reached.
    pub const fn get(&self, limit: Limit) -> u32 {
        self.counts[limit as usize]
    }

    /// Returns the bounds that were reached, with the number of times.
    pub fn iter(&self) -> impl Iterator<Item = (Limit, u32)> {
        Limit::ALL
            .into_iter()
            .zip(self.counts)
            .filter(|(_, count)| *count > 0)
    }

    /// Returns true if no bound was reached.
    pub fn is_empty(&self) -> bool {
        self.counts == [0; Limit::ALL.len()]
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(more);
        }
    }

    /// Forgets how often `limit` was reached since `before`.
    pub(crate) const fn forget(&mut self, limit: Limit, before: &Self) {
        self.counts[limit as usize] = before.counts[limit as usize];
    }

    pub(crate) fn reached(&mut self, limit: Limit) {
        let count = &mut self.counts[limit as usize];
        *count = count.saturating_add(1);
    }
}

impl serde::Serialize for LimitsReached {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(limit, count)| (limit.name(), count)))
    }
}
