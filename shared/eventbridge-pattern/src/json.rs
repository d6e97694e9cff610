//! The JSON reader under patterns and events.
//!
//! AWS's engine sees what most JSON libraries hide: how a number is spelled (`3.0e2` and a 30-digit
//! integer are compared as text when they cannot be compared as numbers), every one of several
//! equal keys, and where in the text a value stands (an input transformer copies it). So text is
//! read here, token by token, without recursion and without allocating unless a string has escapes.

use std::borrow::Cow;

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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Key(Cow<'a, str>),
    String(Cow<'a, str>),
    /// As spelled.
    Number(&'a str),
    Literal(Literal),
}

/// The words that are values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    True,
    False,
    Null,
}

/// What the grammar allows next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrArrayEnd,
    KeyOrObjectEnd,
    Key,
    CommaOrEnd,
    Nothing,
}

/// A pull reader over one JSON value.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    expect: Expect,
    /// Whether each open container is an object.
    open: Vec<bool>,
    /// Where the token last returned begins.
    token_start: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            expect: Expect::Value,
            open: Vec::with_capacity(16),
            token_start: 0,
        }
    }

    /// Where the token last returned begins; a string's opening quote.
    pub(crate) fn token_start(&self) -> usize {
        self.token_start
    }

    /// Where the token last returned ends: after a string's closing quote, after a key's colon.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    fn fail<T>(&self, fault: JsonFault) -> Result<T, JsonError> {
        Err(JsonError {
            offset: self.at,
            fault,
        })
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// The next token, or `None` after the value.
    #[inline]
    pub(crate) fn next_token(&mut self) -> Result<Option<Token<'a>>, JsonError> {
        self.skip_whitespace();
        if self.expect == Expect::CommaOrEnd {
            let in_object = self.open.last() == Some(&true);
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_whitespace();
                    self.expect = if in_object {
                        Expect::Key
                    } else {
                        Expect::Value
                    };
                }
                Some(b'}') if in_object => return self.close(Token::ObjectEnd),
                Some(b']') if !in_object => return self.close(Token::ArrayEnd),
                Some(_) => return self.fail(JsonFault::Unexpected),
                None => return self.fail(JsonFault::End),
            }
        }
        self.token_start = self.at;
        match (self.expect, self.peek()) {
            (Expect::Nothing, None) => Ok(None),
            (Expect::Nothing, Some(_)) => self.fail(JsonFault::Trailing),
            (_, None) => self.fail(JsonFault::End),
            (Expect::KeyOrObjectEnd, Some(b'}')) => self.close(Token::ObjectEnd),
            (Expect::KeyOrObjectEnd | Expect::Key, Some(b'"')) => self.key().map(Some),
            (Expect::KeyOrObjectEnd | Expect::Key, Some(_)) => self.fail(JsonFault::Unexpected),
            (Expect::ValueOrArrayEnd, Some(b']')) => self.close(Token::ArrayEnd),
            (_, Some(byte)) => self.value(byte).map(Some),
        }
    }

    #[inline]
    fn key(&mut self) -> Result<Token<'a>, JsonError> {
        let key = self.string()?;
        self.skip_whitespace();
        match self.peek() {
            Some(b':') => {}
            Some(_) => return self.fail(JsonFault::Unexpected),
            None => return self.fail(JsonFault::End),
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    #[inline]
    fn value(&mut self, first: u8) -> Result<Token<'a>, JsonError> {
        let token = match first {
            b'{' => {
                self.open(true)?;
                return Ok(Token::ObjectStart);
            }
            b'[' => {
                self.open(false)?;
                return Ok(Token::ArrayStart);
            }
            b'"' => Token::String(self.string()?),
            b't' => self.literal("true", Literal::True)?,
            b'f' => self.literal("false", Literal::False)?,
            b'n' => self.literal("null", Literal::Null)?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return self.fail(JsonFault::Unexpected),
        };
        self.after_value();
        Ok(token)
    }

    #[inline]
    fn open(&mut self, object: bool) -> Result<(), JsonError> {
        if self.open.len() >= MAX_DEPTH {
            return self.fail(JsonFault::Depth);
        }
        self.at += 1;
        self.open.push(object);
        self.expect = if object {
            Expect::KeyOrObjectEnd
        } else {
            Expect::ValueOrArrayEnd
        };
        Ok(())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "closing a container is one of next_token's ways out"
    )]
    fn close(&mut self, token: Token<'a>) -> Result<Option<Token<'a>>, JsonError> {
        self.token_start = self.at;
        self.at += 1;
        self.open.pop();
        self.after_value();
        Ok(Some(token))
    }

    #[inline]
    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() {
            Expect::Nothing
        } else {
            Expect::CommaOrEnd
        };
    }

    #[inline]
    fn literal(&mut self, word: &str, literal: Literal) -> Result<Token<'a>, JsonError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.fail(JsonFault::Unexpected);
        }
        self.at += word.len();
        Ok(Token::Literal(literal))
    }

    #[inline]
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return self.fail(JsonFault::Number);
        }
        Ok(())
    }

    #[inline]
    fn number(&mut self) -> Result<Token<'a>, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        if let Some(b'0'..=b'9' | b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'_') = self.peek() {
            return self.fail(JsonFault::Number);
        }
        Ok(Token::Number(&self.text[start..self.at]))
    }

    /// Reads a string from its opening quote; borrowed when it has no escapes.
    #[inline]
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        self.run()?;
        if self.peek() == Some(b'"') {
            let plain = &self.text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut unescaped = self.text[start..self.at].to_owned();
        loop {
            if self.peek() == Some(b'"') {
                self.at += 1;
                return Ok(Cow::Owned(unescaped));
            }
            unescaped.push(self.escape()?);
            let run = self.at;
            self.run()?;
            unescaped.push_str(&self.text[run..self.at]);
        }
    }

    /// Moves to the next quote or backslash.
    #[inline]
    fn run(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += plain_length(rest);
        match self.peek() {
            Some(b'"' | b'\\') => Ok(()),
            Some(_) => self.fail(JsonFault::Control),
            None => self.fail(JsonFault::End),
        }
    }

    /// Reads an escape from its backslash.
    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let Some(letter) = self.peek() else {
            return self.fail(JsonFault::End);
        };
        let plain = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return self.fail(JsonFault::Escape),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        let is_high = (0xD800..0xDC00).contains(&first);
        if is_high && self.text[self.at..].starts_with("\\u") {
            let after_first = self.at;
            self.at += 1;
            let second = self.hex4()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_first;
        }
        // Half a surrogate pair is no character. The engine turns it into a question mark when it
        // writes the value as UTF-8.
        Ok(char::from_u32(first).unwrap_or('?'))
    }

    /// Reads the `uXXXX` of an escape.
    fn hex4(&mut self) -> Result<u32, JsonError> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return self.fail(JsonFault::Escape);
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// How many bytes a string goes on for without a quotation mark, a backslash or a control
/// character; eight bytes at a time, for most of an event is strings.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is zero (and of no lower byte).
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut plain = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let special = zero_bytes(word ^ (ONES * u64::from(b'"')))
            | zero_bytes(word ^ (ONES * u64::from(b'\\')))
            | control;
        if special != 0 {
            return plain + special.trailing_zeros() as usize / 8;
        }
        plain += 8;
    }
    let is_special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20;
    plain + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, JsonError> {
        let mut reader = Reader::new(text);
        let mut tokens = Vec::new();
        while let Some(token) = reader.next_token()? {
            tokens.push(token);
        }
        Ok(tokens)
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let read = tokens(r"[3.0e2, -0, 123456789012345678901234567890, 1E+5]").unwrap();
        let spelled: Vec<_> = read
            .iter()
            .filter_map(|token| match token {
                Token::Number(text) => Some(*text),
                _ => None,
            })
            .collect();
        assert_eq!(
            spelled,
            ["3.0e2", "-0", "123456789012345678901234567890", "1E+5"]
        );
    }

    #[test]
    fn a_strings_end_is_found_wherever_it_stands() {
        for end in ['"', '\\', '\u{1f}', '\0'] {
            for length in 0..40 {
                let text = format!(
                    "{}{end}ÿ more",
                    "é ~".repeat(20).chars().take(length).collect::<String>()
                );
                let expected = text.find(end).unwrap();
                assert_eq!(plain_length(text.as_bytes()), expected, "{end:?} {length}");
            }
        }
        assert_eq!(plain_length("nothing \u{7f} special ÿ".as_bytes()), 20);
    }

    #[test]
    fn escapes_are_undone_and_half_surrogates_become_a_question_mark() {
        let read = tokens(r#"["a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83dx"]"#).unwrap();
        assert_eq!(read[1], Token::String("a\"\\/\u{8}\u{c}\n\r\té😀?x".into()));
    }

    #[test]
    fn equal_keys_are_all_read() {
        let read = tokens(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(read.len(), 6);
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for (text, offset, fault) in [
            ("", 0, JsonFault::End),
            ("{", 1, JsonFault::End),
            ("[1,]", 3, JsonFault::Unexpected),
            ("{\"a\":1,}", 7, JsonFault::Unexpected),
            ("{\"a\" 1}", 5, JsonFault::Unexpected),
            ("[1] 2", 4, JsonFault::Trailing),
            ("[01]", 2, JsonFault::Number),
            ("[1.]", 3, JsonFault::Number),
            ("[+1]", 1, JsonFault::Unexpected),
            ("[.5]", 1, JsonFault::Unexpected),
            ("[NaN]", 1, JsonFault::Unexpected),
            ("[\"\u{1}\"]", 2, JsonFault::Control),
            ("[\"\\x\"]", 3, JsonFault::Escape),
            ("[\"\\u12g4\"]", 6, JsonFault::Escape),
            ("[tru]", 1, JsonFault::Unexpected),
            ("[1}", 2, JsonFault::Unexpected),
        ] {
            assert_eq!(tokens(text), Err(JsonError { offset, fault }), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(tokens(&deep(MAX_DEPTH)).is_ok());
        let error = tokens(&deep(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(error.fault, JsonFault::Depth);
        assert!(tokens(&"[".repeat(1_000_000)).is_err());
    }
}
