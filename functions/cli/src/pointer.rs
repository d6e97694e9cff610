//! Finds the payload of `--at POINTER` inside a document (RFC 6901) and returns its bytes
//! unchanged.

use std::collections::BTreeMap;

use piitrail_flow::envelope::Reason;
use serde_json::value::RawValue;

/// A JSON Pointer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pointer {
    tokens: Vec<String>,
}

/// The reason a document has no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The document is not JSON.
    NotJson,
    /// The pointer leads to nothing.
    Nothing,
}

impl Missing {
    /// Returns the reason's name in the output for programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotJson => Reason::NotJson.name(),
            Self::Nothing => "nothing_at_pointer",
        }
    }

    /// Returns the reason in words.
    pub(crate) fn explanation(self) -> &'static str {
        match self {
            Self::NotJson => Reason::NotJson.explanation(),
            Self::Nothing => "the document has nothing at the place that --at names",
        }
    }
}

impl Pointer {
    /// A description of accepted pointers.
    pub(crate) const EXPECTED: &'static str =
        "a JSON Pointer (RFC 6901), which begins with /, as in /event";

    /// Parses a pointer. An empty one leads to the whole document.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let path = text.strip_prefix('/').ok_or(Self::EXPECTED)?;
        let tokens = path
            .split('/')
            .map(|token| token.replace("~1", "/").replace("~0", "~"));
        Ok(Self {
            tokens: tokens.collect(),
        })
    }

    /// Returns the bytes that the pointer leads to, unchanged.
    pub(crate) fn pick<'d>(&self, document: &'d [u8]) -> Result<&'d [u8], Missing> {
        if self.tokens.is_empty() {
            return Ok(document);
        }
        let mut value: &RawValue =
            serde_json::from_slice(document).map_err(|_| Missing::NotJson)?;
        for token in &self.tokens {
            value = child(value, token).ok_or(Missing::Nothing)?;
        }
        Ok(value.get().as_bytes())
    }
}

fn child<'d>(value: &'d RawValue, token: &str) -> Option<&'d RawValue> {
    if value.get().starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        return items.get(token.parse::<usize>().ok()?).copied();
    }
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
    fields.get(token).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(pointer: &str, document: &str) -> Result<String, Missing> {
        let pointer = Pointer::parse(pointer).unwrap();
        pointer
            .pick(document.as_bytes())
            .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn it_picks_what_it_points_to_byte_for_byte() {
        assert_eq!(
            pick("/event", r#"{"src":"x","event":{"n":1.50}}"#).unwrap(),
            r#"{"n":1.50}"#
        );
        assert_eq!(pick("/a/1", r#"{"a":[1,"two"]}"#).unwrap(), r#""two""#);
        assert_eq!(pick("/a~1b/~0", r#"{"a/b":{"~":3}}"#).unwrap(), "3");
    }

    #[test]
    fn where_there_is_nothing_it_says_so() {
        assert_eq!(pick("/event", r#"{"src":"x"}"#), Err(Missing::Nothing));
        assert_eq!(pick("/event", "not json"), Err(Missing::NotJson));
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        assert!(Pointer::parse("event").is_err());
    }
}
