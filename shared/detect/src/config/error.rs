//! Why a configuration cannot be used.
//!
//! An error names the line and says what would be right. It shows of the file at most a word that looks
//! like a key or a class: what was named as a configuration by mistake may be anything.

/// Why a configuration cannot be used. Says where, what, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is not YAML of the form that the documentation shows: an unknown key, a list where a
    /// number belongs.
    #[error("line {line} of the configuration does not have the form it should: {what}")]
    Format {
        /// Counted from one; 0 where the reader does not say.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// Something in it cannot be.
    #[error("line {line} of the configuration: {what}")]
    Invalid {
        /// Counted from one.
        line: u64,
        /// What is wrong, and what to write instead.
        what: String,
    },
}

impl ConfigError {
    /// The error of a file that is not of the form. The message of the YAML reader is not kept,
    /// because it quotes the file.
    pub(super) fn form(error: &serde_saphyr::Error) -> Self {
        use serde_saphyr::Error;
        let line = error.location().map_or(0, |location| location.line());
        let what = match error.without_snippet() {
            Error::SerdeUnknownField {
                field, expected, ..
            } => format!(
                "{} is not a key here; the keys are {}",
                shown(field),
                expected.join(", ")
            ),
            Error::SerdeMissingField { field, .. } => format!("the key {field} is missing"),
            Error::DuplicateMappingKey { .. } => "a key is given twice".to_owned(),
            Error::Unexpected { expected, .. } => format!("the value must be a {expected}"),
            Error::SerdeInvalidType { expected, .. }
            | Error::SerdeInvalidValue { expected, .. }
            | Error::SerdeInvalidLength { expected, .. } => format!("the value must be {expected}"),
            Error::InvalidScalar { ty, .. } => format!("the value must be a {ty}"),
            _ => "this is not valid YAML".to_owned(),
        };
        Self::Format { line, what }
    }
}

/// A word of the file, where it looks like a key or a class: a misspelling does, and an address or a
/// number does not.
pub(super) fn shown(word: &str) -> &str {
    let is_shown = word.len() <= 40
        && word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_shown { word } else { "the value" }
}
