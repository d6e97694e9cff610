//! Parses JSON as AWS's engine sees it, for patterns and events.
//!
//! The engine sees what most JSON libraries hide: the spelling of a number (`3.0e2` and a 30-digit
//! integer are compared as text if they cannot be compared as numbers), each of several equal keys,
//! and the position of a value in the text (an input transformer copies it). So this crate parses
//! text itself: `scan` knows the spelling of strings, numbers and words, and `reader` reads a
//! pattern token by token. An event is parsed in one pass (`event/read.rs`), with the same `scan`.

mod reader;
pub(crate) mod scan;

pub(crate) use self::reader::{Reader, Token};

/// The maximum nesting depth. The engine's own parser has the same limit.
pub(crate) const MAX_DEPTH: usize = 1000;

/// The reason a text is not JSON, with the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) fault: JsonFault,
}

/// The problem of a text. The words never quote the text.
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
