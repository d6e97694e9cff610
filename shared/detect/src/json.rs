//! A strict JSON reader (RFC 8259) that borrows from its input and builds nothing.
//!
//! Hand-written for three reasons: numbers are looked at by their digits, whatever their size;
//! nesting is bounded by the walk and not by the stack; and a string is only borrowed, eight bytes
//! at a time, so that a leaf nobody wants to look at costs next to nothing.

/// Where a document stops being JSON: a byte offset, never content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
}

/// A string, or a key, as it stands between its quotes.
#[derive(Clone, Copy)]
pub(crate) struct RawString<'j> {
    pub(crate) raw: &'j str,
    pub(crate) written: Written,
}

/// How a string is written. As wide as its neighbours: what is written a byte at a time and then
/// copied a word at a time makes the processor wait, at every string of every document.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Written {
    Plain,
    Escaped,
}

impl<'j> RawString<'j> {
    /// A string that stands for itself.
    pub(crate) const fn plain(raw: &'j str) -> Self {
        Self {
            raw,
            written: Written::Plain,
        }
    }

    pub(crate) fn is_escaped(self) -> bool {
        self.written == Written::Escaped
    }
}

/// A string or a number, as it is written.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'j> {
    pub(crate) string: RawString<'j>,
    pub(crate) is_number: bool,
}

impl<'j> Leaf<'j> {
    /// A string that stands for itself.
    pub(crate) const fn text(text: &'j str) -> Self {
        Self {
            string: RawString::plain(text),
            is_number: false,
        }
    }
}

/// What is read past the bracket that opens it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    Object,
    Array,
}

/// What is read at the place of a value: all of it, or the bracket that opens it.
#[derive(Clone, Copy)]
pub(crate) enum Value<'j> {
    Leaf(Leaf<'j>),
    /// `true`, `false` or `null`.
    Literal,
    Opens(Opens),
}

pub(crate) struct Reader<'j> {
    text: &'j str,
    at: usize,
}

type Read<T> = Result<T, Malformed>;

impl<'j> Reader<'j> {
    pub(crate) const fn new(text: &'j str) -> Self {
        Self { text, at: 0 }
    }

    /// What is here is no JSON.
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

    /// Nothing but space may follow a document.
    pub(crate) fn end(&mut self) -> Read<()> {
        self.skip_space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            self.malformed()
        }
    }

    /// Reads the next value, or what opens it.
    #[expect(
        clippy::inline_always,
        reason = "else each value of a document goes to its reader through memory"
    )]
    #[inline(always)]
    pub(crate) fn value(&mut self) -> Read<Value<'j>> {
        self.skip_space();
        // Strings first: most values are.
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

    /// Whether an object has another key: just past its opening quote then, else past its end.
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

    /// The colon after a key.
    #[inline]
    pub(crate) fn colon(&mut self) -> Read<()> {
        self.skip_space();
        if self.peek() != Some(b':') {
            return self.malformed();
        }
        self.at += 1;
        Ok(())
    }

    /// The next bytes, if there are so many.
    #[inline]
    pub(crate) fn ahead<const N: usize>(&self) -> Option<&'j [u8; N]> {
        self.text.as_bytes().get(self.at..)?.first_chunk()
    }

    /// The string of `length` bytes, known to be plain, whose opening quote has just been read.
    #[inline]
    pub(crate) fn take_string(&mut self, length: usize) -> &'j str {
        let string = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length + 1;
        string
    }

    /// Whether an array has another item; past its end when not.
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
        // One bit a level: 10,000 levels take 1,250 bytes.
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

    /// The number that starts here, as it is written.
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

    /// The string whose opening quote has just been read.
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

    /// The string from `start` that is plain for so many bytes.
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

/// How many bytes come before the first quote, backslash or control character, which end the plain
/// part of a string. Eight at a time: a byte of the word is zero where it equals what is looked
/// for, and subtracting one from a zero borrows (the lowest of the marks is always a true one).
///
/// Not inlined: its answer is one word, and what is small around it is.
#[inline(never)]
fn until_special(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    const SLASHES: u64 = ONES * b'\\' as u64;
    const CONTROLS: u64 = ONES * (b' ' + 1) as u64;
    // Exchanges each quote for a space, and so puts it next to the controls.
    const QUOTES: u64 = ONES * (b'"' ^ b' ') as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, chunk) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let controls = word ^ QUOTES;
        let slashes = word ^ SLASHES;
        let marks =
            (controls.wrapping_sub(CONTROLS) & !controls) | (slashes.wrapping_sub(ONES) & !slashes);
        if marks & HIGHS != 0 {
            return place * 8 + ((marks & HIGHS).trailing_zeros() / 8) as usize;
        }
    }
    let is_special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
    let at = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len() - rest.len() + at
}

/// A stack of bits.
#[derive(Default)]
struct Levels {
    words: Vec<u64>,
    depth: usize,
}

impl Levels {
    fn push(&mut self, bit: bool) {
        let (word, shift) = (self.depth / 64, self.depth % 64);
        if word == self.words.len() {
            self.words.push(0);
        }
        self.words[word] = self.words[word] & !(1 << shift) | u64::from(bit) << shift;
        self.depth += 1;
    }

    fn last(&self) -> Option<bool> {
        let at = self.depth.checked_sub(1)?;
        Some(self.words[at / 64] >> (at % 64) & 1 == 1)
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// Writes the string that `raw`, the well-formed inside of a JSON string, stands for. A lone
/// surrogate (RFC 8259, section 8.2) becomes U+FFFD: the rest of the string is still worth a look.
pub(crate) fn unescape(raw: &str, out: &mut String) {
    out.reserve(raw.len());
    let mut rest = raw;
    // Escapes stand close to each other: a search that sets out anew for each is no faster.
    while let Some(at) = rest.bytes().position(|byte| byte == b'\\') {
        out.push_str(&rest[..at]);
        let code = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or_default();
        out.push(match code {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => unescape_unicode(&mut rest),
            other => char::from(other),
        });
    }
    out.push_str(rest);
}

/// The character of the four digits that `rest` starts with, and of the pair's second half.
fn unescape_unicode(rest: &mut &str) -> char {
    let Some(first) = take_unit(rest) else {
        return char::REPLACEMENT_CHARACTER;
    };
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    let mut after = *rest;
    let second = after
        .strip_prefix("\\u")
        .and_then(|digits| {
            after = digits;
            take_unit(&mut after)
        })
        .filter(|unit| (0xdc00..0xe000).contains(unit));
    match second {
        Some(second) => {
            *rest = after;
            char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
                .unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        None => char::REPLACEMENT_CHARACTER,
    }
}

fn take_unit(rest: &mut &str) -> Option<u32> {
    let digits = rest.get(..4)?;
    let unit = u32::from_str_radix(digits, 16).ok()?;
    *rest = &rest[4..];
    Some(unit)
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
    fn a_string_ends_at_its_first_special_byte_wherever_it_stands() {
        for special in [b'"', b'\\', b'\n', 0, 0x1f] {
            for length in 0..20 {
                let mut text = "xé~!\u{7f} [] 12".repeat(3).into_bytes();
                text[length] = special;
                text[length + 1..].fill(b'"');
                assert_eq!(until_special(&text), length);
            }
        }
        assert_eq!(until_special("é\u{80}ÿ\u{7f}".as_bytes()), 7);
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

    #[test]
    fn escapes_stand_for_what_serde_json_says() {
        for raw in [
            "plain",
            "\\u0041\\n\\t\\/\\\\\\\"",
            "\\ud83d\\ude00!",
            "é\\u00e9",
        ] {
            let mut ours = String::new();
            unescape(raw, &mut ours);
            assert_eq!(
                serde_json::from_str::<String>(&format!("\"{raw}\"")).unwrap(),
                ours
            );
        }
        let mut lone = String::new();
        unescape("a\\ud83dz\\ud83d\\u0041", &mut lone);
        assert_eq!(lone, "a\u{fffd}z\u{fffd}A");
    }
}
