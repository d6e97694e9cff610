//! Finds personal data in JSON and text. Takes bytes and returns findings, never a value.
//!
//! ```
//! let engine = piitrail_detect::Engine::new();
//! let scan = engine.scan_json(br#"{"customer": {"email": "jane@shop.dev"}}"#)?;
//! let finding = &scan.findings[0];
//! assert_eq!(finding.class, piitrail_detect::DataClass::EmailAddress);
//! assert_eq!(finding.path.as_str(), "$.customer.email");
//! # Ok::<(), piitrail_detect::ScanError>(())
//! ```
//!
//! [`Engine::scan_json`] walks the bytes of a document once (`walk`), without building a tree. The
//! name of each field is read once (`field_name`) and tells which values to expect. The kinds of
//! bytes in a value (`shape`) show if it can prove anything by itself. If so, one pass (`text`)
//! cuts out the candidates that the `detectors` ask for. Strings that hold documents are opened and
//! searched.

mod aggregate;
mod checksum;
mod class;
mod config;
mod detector_id;
mod detectors;
mod eight;
mod engine;
mod field_name;
mod finding;
mod json;
mod limits;
mod listed;
mod name;
mod path;
mod plain;
mod shape;
mod subject;
mod text;
mod unread;
mod walk;
mod word_list;

/// Decodes the text in bytes: UTF-8, or UTF-16 or UTF-32 with a byte order mark. The mark is left
/// out. Returns `None` if the bytes are not text.
pub fn decode_text(bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
    if let Some(text) = walk::unicode::decode(bytes) {
        return Some(text.into());
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).into())
}

/// Internals that only the fuzz targets use.
#[cfg(fuzzing)]
pub mod fuzzing {
    /// Returns the number of checksums that accept `characters`.
    pub fn believers(characters: &[u8]) -> usize {
        let checks = crate::checksum::CHECKS.iter();
        checks.filter(|is_valid| is_valid(characters)).count()
    }

    /// Returns the number of records in an aggregate with this message.
    pub fn records_in_aggregate(message: &[u8]) -> usize {
        let bytes = crate::aggregate::around(message);
        crate::Aggregate::open(&bytes).map_or(0, |aggregate| aggregate.records().count())
    }

    /// Returns true if `text` keeps its order in its plain form and every offset of the plain text
    /// maps into `text`.
    pub fn is_read_in_order(text: &str) -> bool {
        let (mut plain, mut replaced) = (String::new(), Vec::new());
        crate::plain::write(text, &mut plain, &mut replaced);
        let length = text.chars().count();
        let offsets = (0..=plain.chars().count()).map(|offset| {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            crate::plain::offset_in_leaf(&replaced, offset, false)
        });
        let offsets: Vec<u32> = offsets.collect();
        offsets.is_sorted() && offsets.iter().all(|offset| *offset as usize <= length)
    }
}

pub use aggregate::Aggregate;
pub use class::{
    DataClass, Evidence, OwnClass, OwnClassError, Tier, UnknownDataClass, UnknownTier,
};
pub use config::{Config, ConfigError};
pub use engine::{Engine, ScanError, ScanOptions};
pub use finding::{Confidence, Finding, Marks, Scan};
pub use limits::{Limit, LimitsReached};
pub use path::Path;
pub use subject::{
    CustomerIdNames, Fingerprint, NotAFingerprint, Subject, SubjectKey, SubjectKind, Subjects,
    UnknownSubjectKind,
};
pub use unread::{Unread, UnreadSet};
