//! Finds personal data in JSON and text: bytes in, findings out, never a value.
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
//! The way of a document: [`Engine::scan_json`] walks its bytes once (`walk`), without a tree.
//! The name of each field is read once (`field_name`) and says what to expect of the value; the
//! value's kinds of bytes (`shape`) say whether it can prove anything by itself; if so, one pass
//! (`text`) cuts out what the `detectors` asked for. Strings that hold documents are entered.

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

/// The text that bytes hold: UTF-8, or UTF-16 or UTF-32 with a byte order mark. The mark is left out.
/// `None` where they hold none.
pub fn decode_text(bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
    if let Some(text) = walk::unicode::decode(bytes) {
        return Some(text.into());
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).into())
}

/// What a fuzzer reaches that is nobody else's business.
#[cfg(fuzzing)]
pub mod fuzzing {
    /// How many of the checksums believe `characters`.
    pub fn believers(characters: &[u8]) -> usize {
        let checks = crate::checksum::CHECKS.iter();
        checks.filter(|is_valid| is_valid(characters)).count()
    }

    /// Whether `text` keeps its order when it is read as a person reads it, and every offset of the
    /// plain text maps into `text`.
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
