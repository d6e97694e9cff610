//! JSON as AWS's engine sees it, under patterns and events.
//!
//! The engine sees what most JSON libraries hide: how a number is spelled (`3.0e2` and a 30-digit
//! integer are compared as text when they cannot be compared as numbers), every one of several
//! equal keys, and where in the text a value stands (an input transformer copies it). So text is
//! read here: `scan` knows how strings, numbers and words are spelled, `reader` gives a pattern
//! token by token. An event is read in one go (`event/read.rs`), with the same `scan`.

mod reader;
pub(crate) mod scan;

pub(crate) use self::reader::{Reader, Token};

/// Nesting that is still read; one level more is an error. The engine's own reader stops here too.
pub(crate) const MAX_DEPTH: usize = 1000;

/// Why a text is not JSON, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) fault: JsonFault,
}

/// What is wrong with a text. The words never quote the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonFault {
    Utf8,
    End,
    Unexpected,
    Trailing,
    Escape,
    Control,
    Number,
    Depth,
}

impl JsonFault {
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Utf8 => "the text is not UTF-8",
            Self::End => "the text ends too early",
            Self::Unexpected => "a character stands where JSON allows none",
            Self::Trailing => "text follows the value",
            Self::Escape => "a string has an escape that JSON does not know",
            Self::Control => "a string has a control character that must be escaped",
            Self::Number => "a number is not spelled as JSON spells numbers",
            Self::Depth => "values are nested deeper than 1000 levels",
        }
    }
}

/// The words that are values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    True,
    False,
    Null,
}
