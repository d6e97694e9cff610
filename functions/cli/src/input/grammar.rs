//! Follows the grammar of JSON byte by byte, to find where a document ends and where it is damaged.
//!
//! It checks only what separates documents: brackets, commas, colons, keys, and that no string
//! continues past the end of a line. The JSON reader that reads the document later checks numbers
//! and words.

/// The maximum nesting depth, in levels. Far deeper than any JSON reader goes.
const DEPTH_MAX: usize = 1 << 16;

/// The maximum number of bytes that are remembered of a key.
const KEY_MAX: usize = 128;

/// The effect of a byte on a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The document continues.
    GoesOn,
    /// The byte is the last byte of the document.
    Ends,
    /// The document ended before this byte.
    EndedBefore,
    /// The byte is not allowed here, so the document is damaged.
    Breaks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Value,
    FirstElement,
    FirstKey,
    Key,
    Colon,
    AfterValue,
    String { is_key: bool, is_escaped: bool },
    Word,
}

/// The state of a parser that has followed a document up to some byte.
#[derive(Debug)]
pub(super) struct Grammar {
    inside: Vec<Container>,
    state: State,
    length: usize,
    /// The first two keys of the outermost object, as they are written.
    keys: [Vec<u8>; 2],
    /// The number of keys of the outermost object that have begun.
    key_count: usize,
    /// True if the first bracket of the outermost object is missing.
    is_headless: bool,
}

impl Grammar {
    pub(super) fn new() -> Self {
        Self {
            inside: Vec::new(),
            state: State::Value,
            length: 0,
            keys: [Vec::new(), Vec::new()],
            key_count: 0,
            is_headless: false,
        }
    }

    /// Takes the string that has just ended for the first key of an object whose first bracket is
    /// missing, and follows that object to its last bracket.
    pub(super) fn continue_headless(&mut self, first_key: &[u8]) {
        self.inside.push(Container::Object);
        self.state = State::Colon;
        self.is_headless = true;
        self.key_count = 1;
        for byte in first_key {
            self.remember(*byte);
        }
    }

    /// Returns true if the first bracket of the outermost object is missing.
    pub(super) fn is_headless(&self) -> bool {
        self.is_headless
    }

    /// Returns true if the document has ended with its last bracket or quote.
    pub(super) fn has_ended(&self) -> bool {
        self.inside.is_empty() && self.state == State::AfterValue
    }

    /// Returns the first two keys of the outermost object. A key that was not read yet is empty.
    pub(super) fn keys(&self) -> &[Vec<u8>; 2] {
        &self.keys
    }

    /// Returns true if no byte has been taken.
    pub(super) fn is_untouched(&self) -> bool {
        self.length == 0
    }

    /// Returns true if the document is complete if no byte follows.
    pub(super) fn may_end(&self) -> bool {
        self.inside.is_empty() && self.state == State::Word
    }

    /// Takes the next byte. After [`Effect::EndedBefore`] and [`Effect::Breaks`] the state is
    /// unchanged.
    pub(super) fn take(&mut self, byte: u8) -> Effect {
        let effect = self.step(byte);
        if matches!(effect, Effect::GoesOn | Effect::Ends) {
            self.length += 1;
        }
        effect
    }

    fn step(&mut self, byte: u8) -> Effect {
        if let State::String { is_key, is_escaped } = self.state {
            return self.step_in_string(byte, is_key, is_escaped);
        }
        if self.state == State::Word {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') {
                return Effect::GoesOn;
            }
            if self.inside.is_empty() {
                return Effect::EndedBefore;
            }
            self.state = State::AfterValue;
        }
        if byte.is_ascii_whitespace() {
            return Effect::GoesOn;
        }
        match (self.state, byte) {
            (State::Value | State::FirstElement, b'{') => self.open(Container::Object),
            (State::Value | State::FirstElement, b'[') => self.open(Container::Array),
            (State::Value | State::FirstElement, b'"') => self.begin_string(false),
            (State::Value | State::FirstElement, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.state = State::Word;
                Effect::GoesOn
            }
            (State::FirstKey | State::Key, b'"') => self.begin_string(true),
            (State::Colon, b':') => {
                self.state = State::Value;
                Effect::GoesOn
            }
            (State::AfterValue, b',') => {
                self.state = match self.inside.last() {
                    Some(Container::Object) => State::Key,
                    _ => State::Value,
                };
                Effect::GoesOn
            }
            (State::AfterValue | State::FirstKey, b'}') => self.close(Container::Object),
            (State::AfterValue | State::FirstElement, b']') => self.close(Container::Array),
            _ => Effect::Breaks,
        }
    }

    fn step_in_string(&mut self, byte: u8, is_key: bool, is_escaped: bool) -> Effect {
        if byte == b'\n' {
            return Effect::Breaks;
        }
        if self.is_outermost(is_key) && byte != b'"' {
            self.remember(byte);
        }
        if is_escaped || byte != b'"' {
            self.state = State::String {
                is_key,
                is_escaped: !is_escaped && byte == b'\\',
            };
            return Effect::GoesOn;
        }
        if is_key {
            self.state = State::Colon;
            return Effect::GoesOn;
        }
        self.end_value()
    }

    fn remember(&mut self, byte: u8) {
        let key = self
            .key_count
            .checked_sub(1)
            .and_then(|number| self.keys.get_mut(number));
        if let Some(key) = key
            && key.len() < KEY_MAX
        {
            key.push(byte);
        }
    }

    fn begin_string(&mut self, is_key: bool) -> Effect {
        self.state = State::String {
            is_key,
            is_escaped: false,
        };
        self.key_count += usize::from(self.is_outermost(is_key));
        Effect::GoesOn
    }

    /// Returns true if a string is a key of the outermost object.
    fn is_outermost(&self, is_key: bool) -> bool {
        is_key && self.inside.len() == 1
    }

    fn open(&mut self, container: Container) -> Effect {
        if self.inside.len() == DEPTH_MAX {
            return Effect::Breaks;
        }
        self.inside.push(container);
        self.state = match container {
            Container::Object => State::FirstKey,
            Container::Array => State::FirstElement,
        };
        Effect::GoesOn
    }

    fn close(&mut self, container: Container) -> Effect {
        if self.inside.last() != Some(&container) {
            return Effect::Breaks;
        }
        self.inside.pop();
        self.end_value()
    }

    fn end_value(&mut self) -> Effect {
        self.state = State::AfterValue;
        if self.inside.is_empty() {
            Effect::Ends
        } else {
            Effect::GoesOn
        }
    }
}

/// Returns true if a line comes from inside a pretty-printed document: `"key": …`, or only
/// brackets.
pub(super) fn is_inside_a_document(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    if let Some(text) = line.strip_prefix(b"\"") {
        let mut grammar = Grammar::new();
        let end = line
            .iter()
            .position(|byte| grammar.take(*byte) == Effect::Ends)
            .unwrap_or(text.len());
        let behind = line.get(end + 1..).unwrap_or_default().trim_ascii_start();
        return behind.starts_with(b":");
    }
    let is_brackets = !line.is_empty() && line.iter().all(|byte| b"{}[], ".contains(byte));
    is_brackets && !is_json(line)
}

/// Returns true if the bytes are one JSON value.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// Returns true if a line breaks the grammar of JSON.
pub(super) fn breaks(line: &[u8]) -> bool {
    let mut grammar = Grammar::new();
    line.iter()
        .any(|byte| matches!(grammar.take(*byte), Effect::Breaks))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the index of the byte at which a text ends or breaks, and the effect there.
    fn follow(text: &str) -> (usize, Effect) {
        let mut grammar = Grammar::new();
        for (at, byte) in text.bytes().enumerate() {
            match grammar.take(byte) {
                Effect::GoesOn => {}
                effect => return (at, effect),
            }
        }
        (text.len(), Effect::GoesOn)
    }

    #[test]
    fn a_document_ends_with_its_last_bracket_or_quote() {
        assert_eq!(follow(r#"{"a":[1,{"b":"}\""}]}{"#), (20, Effect::Ends));
        assert_eq!(follow(r#""a\"b" "#), (5, Effect::Ends));
        assert_eq!(follow("-1.5e+3,"), (7, Effect::EndedBefore));
        assert_eq!(follow("[]"), (1, Effect::Ends));
    }

    #[test]
    fn it_breaks_at_the_first_byte_that_cannot_follow() {
        for (text, at) in [
            ("{\"a\":1 {", 7),
            ("{\"a\":1,{", 7),
            ("{\"a\":{\"b\":1],", 11),
            ("{\"a\":\"x\n", 7),
            ("{\"a\":\"b\":1}", 8),
            ("}", 0),
        ] {
            assert_eq!(follow(text), (at, Effect::Breaks), "{text}");
        }
    }

    #[test]
    fn an_object_without_its_first_bracket_is_followed_to_its_last() {
        let text = r#""id":{"x":1},"items":[{"y":2}]},{"z":3}"#;
        let mut grammar = Grammar::new();
        let ends = text.bytes().position(|byte| {
            let ends = grammar.take(byte) == Effect::Ends;
            if ends && byte == b'"' {
                grammar.continue_headless(b"id");
            }
            ends && byte != b'"'
        });
        assert_eq!(ends, text.find(",{\"z").map(|comma| comma - 1));
        assert!(grammar.is_headless() && grammar.has_ended());
        assert_eq!(grammar.keys(), &[b"id".to_vec(), b"items".to_vec()]);
    }

    #[test]
    fn the_keys_of_the_document_itself_are_remembered() {
        let mut grammar = Grammar::new();
        for byte in br#"{"id":{"x":1},"items":[{"y":2}],"z":3}"# {
            grammar.take(*byte);
        }
        assert_eq!(grammar.keys(), &[b"id".to_vec(), b"items".to_vec()]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_json_is_written_is_followed_to_its_end(
            numbers in proptest::collection::vec(proptest::num::i32::ANY, 0..4),
            texts in proptest::collection::hash_map(".{0,8}", ".{0,8}", 0..4),
            is_pretty in proptest::bool::ANY,
        ) {
            let value = serde_json::json!({ "n": numbers, "t": texts, "last": [{}, [], null, true] });
            let text = if is_pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            };
            proptest::prop_assert_eq!(follow(&text), (text.len() - 1, Effect::Ends));
        }
    }
}
