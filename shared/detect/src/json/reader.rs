//! Reads a document value by value, without recursion and without a tree.

use super::levels::Levels;
use super::special::until_special;
use super::{Leaf, Malformed, Opens, RawString, Value, Written};

pub(crate) struct Reader<'j> {
    text: &'j str,
    at: usize,
}

type Read<T> = Result<T, Malformed>;

impl<'j> Reader<'j> {
    pub(crate) const fn new(text: &'j str) -> Self {
        Self { text, at: 0 }
    }

    /// Creates a reader of `text` that starts at `at`.
    pub(crate) const fn starting(text: &'j str, at: usize) -> Self {
        Self { text, at }
    }

    /// Continues at `at`.
    pub(crate) const fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Returns true if a number may come next.
    #[inline]
    pub(crate) fn is_at_number(&self) -> bool {
        matches!(self.peek(), Some(b'0'..=b'9' | b'-'))
    }

    /// Returns true if the key `"0"` comes next.
    #[inline]
    pub(crate) fn is_at_first_index(&self) -> bool {
        self.rest().starts_with(b"\"0\"")
    }

    /// Returns the offset up to which the text was read.
    pub(crate) const fn offset(&self) -> usize {
        self.at
    }

    /// Returns the error that the text at the current offset is not JSON.
    pub(crate) fn malformed<T>(&self) -> Read<T> {
        Err(Malformed { at: self.at })
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Checks that only space follows the document.
    pub(crate) fn end(&mut self) -> Read<()> {
        self.skip_space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            self.malformed()
        }
    }

    /// Reads the next leaf or literal, or the bracket that opens a container.
    #[expect(
        clippy::inline_always,
        reason = "else each value of a document goes to its reader through memory"
    )]
    #[inline(always)]
    pub(crate) fn value(&mut self) -> Read<Value<'j>> {
        self.skip_space();
        // Strings come first because most values are strings.
        let Some(first) = self.peek() else {
            return self.malformed();
        };
        if first == b'"' {
            self.at += 1;
            return Ok(Value::Leaf(Leaf {
                string: self.string()?,
                is_number: false,
            }));
        }
        match first {
            b'{' | b'[' => {
                self.at += 1;
                Ok(Value::Opens(if first == b'{' {
                    Opens::Object
                } else {
                    Opens::Array
                }))
            }
            b'-' | b'0'..=b'9' => Ok(Value::Leaf(Leaf {
                string: RawString::plain(self.number()?),
                is_number: true,
            })),
            b't' | b'f' | b'n' => {
                self.literal()?;
                Ok(Value::Literal)
            }
            _ => self.malformed(),
        }
    }

    /// Returns true if an object has another key. The reader is then just past the key's opening
    /// quote, and otherwise past the object's end.
    #[inline]
    pub(crate) fn opens_key(&mut self, is_first: bool) -> Read<bool> {
        self.skip_space();
        match self.peek() {
            Some(b'}') => {
                self.at += 1;
                return Ok(false);
            }
            Some(b',') if !is_first => {
                self.at += 1;
                self.skip_space();
            }
            _ if is_first => {}
            _ => return self.malformed(),
        }
        if self.peek() != Some(b'"') {
            return self.malformed();
        }
        self.at += 1;
        Ok(true)
    }

    /// Reads the colon after a key.
    #[inline]
    pub(crate) fn colon(&mut self) -> Read<()> {
        self.skip_space();
        if self.peek() != Some(b':') {
            return self.malformed();
        }
        self.at += 1;
        Ok(())
    }

    /// Returns the next `N` bytes, if there are that many.
    #[inline]
    pub(crate) fn ahead<const N: usize>(&self) -> Option<&'j [u8; N]> {
        self.text.as_bytes().get(self.at..)?.first_chunk()
    }

    /// Returns all bytes that were not read yet.
    pub(crate) fn rest(&self) -> &'j [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Reads a plain string of `length` bytes whose opening quote has just been read.
    #[inline]
    pub(crate) fn take_string(&mut self, length: usize) -> &'j str {
        let string = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length + 1;
        string
    }

    /// Returns true if an array has another item. If not, the reader is past the array's end.
    #[inline]
    pub(crate) fn item(&mut self, is_first: bool) -> Read<bool> {
        self.skip_space();
        match self.peek() {
            // A comma must be followed by a value, so `[1,]` fails at the bracket.
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !is_first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if is_first => Ok(true),
            _ => self.malformed(),
        }
    }

    /// Reads past the rest of a container that has just been opened, without recursion.
    pub(crate) fn skip_container(&mut self, opens: Opens) -> Read<()> {
        // One bit for each level: 10,000 levels take 1,250 bytes.
        let mut levels = Levels::default();
        levels.push(opens == Opens::Object);
        let mut is_first = true;
        while let Some(in_object) = levels.last() {
            let has_more = if in_object {
                let has_key = self.opens_key(is_first)?;
                if has_key {
                    self.string()?;
                    self.colon()?;
                }
                has_key
            } else {
                self.item(is_first)?
            };
            is_first = false;
            if !has_more {
                levels.pop();
                continue;
            }
            if let Value::Opens(opens) = self.value()? {
                levels.push(opens == Opens::Object);
                is_first = true;
            }
        }
        Ok(())
    }

    /// Reads past the literal that starts here.
    pub(crate) fn literal(&mut self) -> Read<()> {
        let rest = &self.text.as_bytes()[self.at..];
        let words = [&b"true"[..], b"false", b"null"];
        let Some(word) = words.into_iter().find(|word| rest.starts_with(word)) else {
            return self.malformed();
        };
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> Read<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            self.malformed()
        } else {
            Ok(())
        }
    }

    /// Reads the number that starts here and returns it as it is written.
    pub(crate) fn number(&mut self) -> Read<&'j str> {
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
        Ok(&self.text[start..self.at])
    }

    /// Reads the string whose opening quote has just been read.
    #[expect(
        clippy::inline_always,
        reason = "else each string of a document goes to its reader through memory"
    )]
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Read<RawString<'j>> {
        let start = self.at;
        let bytes = &self.text.as_bytes()[start..];
        let plain = until_special(bytes);
        if bytes.get(plain) != Some(&b'"') {
            return self.escaped_string(start, plain);
        }
        self.at = start + plain + 1;
        Ok(RawString::plain(&self.text[start..start + plain]))
    }

    /// Reads the rest of a string from `start` whose first `plain` bytes have no escape.
    #[inline(never)]
    fn escaped_string(&mut self, start: usize, plain: usize) -> Read<RawString<'j>> {
        self.at += plain;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(RawString {
                        raw,
                        written: Written::Escaped,
                    });
                }
                Some(b'\\') => self.escape()?,
                _ => return self.malformed(),
            }
            self.at += until_special(&self.text.as_bytes()[self.at..]);
        }
    }

    fn escape(&mut self) -> Read<()> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.peek().is_some_and(|b| b.is_ascii_hexdigit()) {
                        return self.malformed();
                    }
                }
                self.at += 1;
                Ok(())
            }
            _ => self.malformed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        let mut reader = Reader::new(text);
        let read = match reader.value() {
            Ok(Value::Opens(opens)) => reader.skip_container(opens),
            other => other.map(drop),
        };
        read.and_then(|()| reader.end()).is_ok()
    }

    #[test]
    fn it_accepts_what_serde_json_accepts_and_nothing_else() {
        let texts = [
            "{}",
            "[]",
            " [1 , 2]\n",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "01",
            "-0",
            "-",
            "1.",
            "1.5e+3",
            "1e",
            "1e999",
            ".5",
            "+1",
            "tru",
            "true",
            "null ",
            "nul",
            "\"a\\u00e9\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "\"",
            "\"\\",
            "[[]]",
            "[[}",
            "{\"a\":{}}",
            "{\"a\":[{}]}",
            "{\"a\":[{]}",
            "1 1",
            "",
            " ",
            "[",
            "{\"a\":",
            "\u{feff}{}",
            "{,\"a\":1}",
        ];
        for text in texts {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            assert_eq!(accepts(text), expected, "{text:?}");
        }
    }

    #[test]
    fn ten_thousand_levels_are_read_without_recursion() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert!(accepts(&deep));
        assert!(!accepts(&deep[1..]));
        assert!(accepts(
            &("{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000))
        ));
    }
}
