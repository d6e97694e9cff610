//! Reads JSON token by token, without recursion, and without allocating unless a string has
//! escapes.

use std::borrow::Cow;

use super::{JsonError, JsonFault, Literal, MAX_DEPTH, scan};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Key(Cow<'a, str>),
    String(Cow<'a, str>),
    /// A number in its spelling.
    Number(&'a str),
    Literal(Literal),
}

/// The tokens that the grammar allows next.
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
    /// For each open container, true if it is an object.
    open: Vec<bool>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            expect: Expect::Value,
            open: Vec::new(),
        }
    }

    fn skip_whitespace(&mut self) {
        self.at = scan::whitespace(self.text.as_bytes(), self.at);
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn unexpected<T>(&self) -> Result<T, JsonError> {
        Err(scan::unexpected(self.text.as_bytes(), self.at))
    }

    fn fail<T>(&self, fault: JsonFault) -> Result<T, JsonError> {
        Err(JsonError {
            offset: self.at,
            fault,
        })
    }

    /// Returns the next token, or `None` after the value.
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
                Some(b'}') if in_object => return Ok(Some(self.close(Token::ObjectEnd))),
                Some(b']') if !in_object => return Ok(Some(self.close(Token::ArrayEnd))),
                _ => return self.unexpected(),
            }
        }
        match (self.expect, self.peek()) {
            (Expect::Nothing, None) => Ok(None),
            (Expect::Nothing, Some(_)) => self.fail(JsonFault::Trailing),
            (Expect::KeyOrObjectEnd, Some(b'}')) => Ok(Some(self.close(Token::ObjectEnd))),
            (Expect::KeyOrObjectEnd | Expect::Key, Some(b'"')) => self.key().map(Some),
            (Expect::KeyOrObjectEnd | Expect::Key, _) => self.unexpected(),
            (Expect::ValueOrArrayEnd, Some(b']')) => Ok(Some(self.close(Token::ArrayEnd))),
            (_, first) => self.value(first).map(Some),
        }
    }

    fn key(&mut self) -> Result<Token<'a>, JsonError> {
        let key = self.string()?;
        self.skip_whitespace();
        self.at = scan::expect(self.text.as_bytes(), self.at, b':')?;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn value(&mut self, first: Option<u8>) -> Result<Token<'a>, JsonError> {
        let token = match first {
            Some(b'{') => {
                self.open(true)?;
                return Ok(Token::ObjectStart);
            }
            Some(b'[') => {
                self.open(false)?;
                return Ok(Token::ArrayStart);
            }
            Some(b'"') => Token::String(self.string()?),
            Some(b't') => self.literal(Literal::True)?,
            Some(b'f') => self.literal(Literal::False)?,
            Some(b'n') => self.literal(Literal::Null)?,
            Some(b'-' | b'0'..=b'9') => {
                let start = self.at;
                self.at = scan::number(self.text.as_bytes(), start)?;
                Token::Number(&self.text[start..self.at])
            }
            _ => return self.unexpected(),
        };
        self.after_value();
        Ok(token)
    }

    fn literal(&mut self, literal: Literal) -> Result<Token<'a>, JsonError> {
        self.at = scan::literal(self.text.as_bytes(), self.at, literal)?;
        Ok(Token::Literal(literal))
    }

    /// Reads a string, which is borrowed if it has no escapes.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let start = self.at;
        if let Some(end) = scan::plain_string(self.text.as_bytes(), start) {
            self.at = end;
            return Ok(Cow::Borrowed(&self.text[start + 1..end - 1]));
        }
        let mut undone = String::new();
        self.at = scan::undone_string(self.text, start, &mut undone)?;
        Ok(Cow::Owned(undone[1..undone.len() - 1].to_owned()))
    }

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

    fn close(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        self.open.pop();
        self.after_value();
        token
    }

    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() {
            Expect::Nothing
        } else {
            Expect::CommaOrEnd
        };
    }
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
