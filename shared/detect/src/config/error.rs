//! The reasons why a configuration cannot be used.
//!
//! An error names the line and says how to correct it. It quotes at most a word that looks like a
//! key or a class, because the file may not be a configuration at all.

/// The reason why a configuration cannot be used, with its place and how to correct it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is not YAML, or its form is not the documented one: an unknown key, or a list
    /// instead of a number.
    #[error("line {line} of the configuration does not have the form it should: {what}")]
    Format {
        /// The line, from 1. 0 if the reader does not say.
        line: u64,
        /// The problem.
        what: String,
    },
    /// A value is not valid.
    #[error("line {line} of the configuration: {what}")]
    Invalid {
        /// The line, from 1.
        line: u64,
        /// The problem and how to correct it.
        what: String,
    },
}

impl ConfigError {
    /// Creates the error for a file of another form. The message of the YAML reader is dropped,
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

/// Returns a word of the file if it looks like a key or a class. A misspelled one does, an address
/// or a number does not.
pub(super) fn shown(word: &str) -> &str {
    let is_shown = word.len() <= 40
        && word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_shown { word } else { "the value" }
}
