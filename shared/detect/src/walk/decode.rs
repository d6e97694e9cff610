//! Strings that hold documents: JSON in a string, base64, gzip inside it, URLs and forms.
//!
//! Each opener looks at a few bytes before it does any work, and is bounded in depth and in the
//! bytes it may make: a gzip bomb costs what the bound allows and is counted.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Field, Walk};
use crate::json::{Leaf, RawString};
use crate::limits::Limit;
use crate::path::{Node, Opener, Step};
use crate::shape::{self, Shape};

/// Shorter strings are ids and words.
const SHORTEST_BASE64: usize = 16;
/// Decoded and looked at before the rest: twelve bytes say whether it is text.
const PROBE: usize = 16;
/// Compressed text of events shrinks tenfold; what grows more than this is not looked at whole.
const MOST_EXPANSION: usize = 256;
/// Fields of a form or query beyond this are not told apart.
const MOST_FIELDS: usize = 1024;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

impl Walk<'_> {
    /// Searches what the string at `node` holds, if it holds a document. Returns how many bytes of
    /// the string are still to be searched as text: none of a document's, of a URL what comes
    /// before its query.
    #[inline]
    pub(super) fn open(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> usize {
        if shape.has(shape::OTHER) && looks_like_json(text) {
            return self.open_json(text, field, node, depth);
        }
        if shape.has(shape::EQUALS | shape::PERCENT)
            && let Some(rest) = self.open_url(text, shape, field, node, depth)
        {
            return rest;
        }
        if text.len() >= SHORTEST_BASE64
            && is_base64(shape)
            && may_open_text(text.as_bytes())
            && self.open_base64(text, shape, field, node, depth)
        {
            return 0;
        }
        text.len()
    }

    /// Whether another string may be opened here.
    fn may_open(&mut self) -> bool {
        let may = self.opened < Limit::DecodeDepth.bound();
        if !may {
            self.limits.reached(Limit::DecodeDepth);
        }
        may
    }

    /// Takes `bytes` from what may still be decoded.
    fn afford(&mut self, bytes: usize) -> bool {
        let is_affordable = self.decoded.saturating_add(bytes) <= Limit::DecodedBytes.bound();
        if is_affordable {
            self.decoded += bytes;
        } else {
            self.limits.reached(Limit::DecodedBytes);
        }
        is_affordable
    }

    #[inline(never)]
    fn open_json(&mut self, text: &str, field: &Field, node: &Node<'_>, depth: usize) -> usize {
        let is_opened = self.may_open() && self.opened_json(text, node, field, depth);
        if is_opened { 0 } else { text.len() }
    }

    /// Base64 of either alphabet, of text or of gzip.
    #[inline(never)]
    fn open_base64(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let alphabet = if shape.has(shape::DASH | shape::UNDERSCORE) {
            &URL_SAFE
        } else {
            &STANDARD
        };
        let mut probe = [0; PROBE];
        let Some(head) = text.as_bytes().get(..PROBE) else {
            return false;
        };
        let Ok(length) = alphabet.decode_slice(head, &mut probe) else {
            return false;
        };
        let is_gzip = probe.starts_with(&[0x1f, 0x8b, 8]);
        if !is_gzip && !is_text_start(&probe[..length])
            || !self.may_open()
            || !self.afford(text.len() / 4 * 3)
        {
            return false;
        }
        let Ok(bytes) = alphabet.decode(text) else {
            return false;
        };
        let inside = node.child(Step::Opened(Opener::Base64));
        self.opened += 1;
        let is_opened = if is_gzip {
            self.open_gzip(&bytes, field, &inside, depth)
        } else {
            self.opened_text(bytes, field, &inside, depth)
        };
        self.opened -= 1;
        is_opened
    }

    fn open_gzip(&mut self, bytes: &[u8], field: &Field, node: &Node<'_>, depth: usize) -> bool {
        if !self.may_open() {
            return false;
        }
        let left = Limit::DecodedBytes.bound().saturating_sub(self.decoded);
        let most = left.min(bytes.len().saturating_mul(MOST_EXPANSION));
        let mut unpacked = Vec::new();
        // One byte more than may be shows that there was more. What was unpacked before an error is
        // worth a look as well.
        self.scratch.inflater.gunzip(bytes, most + 1, &mut unpacked);
        self.decoded += unpacked.len().min(most);
        if unpacked.len() > most {
            self.limits.reached(Limit::DecodedBytes);
            unpacked.truncate(most);
            while std::str::from_utf8(&unpacked).is_err_and(|error| error.error_len().is_none()) {
                unpacked.pop();
            }
        }
        if unpacked.is_empty() {
            return false;
        }
        let inside = node.child(Step::Opened(Opener::Gzip));
        self.opened += 1;
        let is_opened = self.opened_text(unpacked, field, &inside, depth);
        self.opened -= 1;
        is_opened
    }

    /// Searches decoded bytes as text, if they are text.
    fn opened_text(
        &mut self,
        bytes: Vec<u8>,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let Ok(text) = String::from_utf8(bytes) else {
            return false;
        };
        if !is_legible(&text) {
            return false;
        }
        self.leaf(Leaf::text(&text), field, node, &mut None, depth);
        true
    }

    /// A form or a URL's query as fields, and what is percent-encoded before it or without one (a
    /// path, the key of an S3 object) as text. `None` when there is nothing of the kind; else how
    /// many bytes come before what was opened.
    #[inline(never)]
    fn open_url(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> Option<usize> {
        let is_one_piece = !shape.has(shape::SPACE | shape::NON_ASCII);
        let (start, query) = is_one_piece
            .then(|| query_of(text))
            .flatten()
            .unwrap_or((text.len(), ""));
        // A lone `a=b` is as often a padded id.
        let is_form = query.contains('=') && (start > 0 || has_form_mark(query));
        let (head, query) = if is_form {
            (&text[..start], query)
        } else {
            (text, "")
        };
        let mut decoded = self.scratch.take_string();
        let is_encoded = shape.has(shape::PERCENT) && is_text_encoded(head, &mut decoded);
        let is_opened = (is_form || is_encoded) && self.may_open() && {
            let opened = query.len() + if is_encoded { head.len() } else { 0 };
            self.afford(opened)
        };
        if is_opened {
            let inside = node.child(Step::Opened(Opener::Url));
            self.opened += 1;
            if is_encoded {
                self.leaf(Leaf::text(&decoded), field, &inside, &mut None, depth);
            }
            if is_form {
                self.open_fields(query, field, &inside, depth);
            }
            self.opened -= 1;
        }
        self.scratch.put_string(decoded);
        is_opened.then_some(if is_encoded { 0 } else { head.len() })
    }

    fn open_fields(&mut self, query: &str, field: &Field, node: &Node<'_>, depth: usize) {
        let mut name = self.scratch.take_string();
        let mut value = self.scratch.take_string();
        for pair in query.split(['&', ';']).take(MOST_FIELDS) {
            let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
            percent_decode(raw_name, &mut name);
            percent_decode(raw_value, &mut value);
            self.opened_field(RawString::plain(&name), &value, field, node, depth);
        }
        self.scratch.put_string(name);
        self.scratch.put_string(value);
    }
}

fn looks_like_json(text: &str) -> bool {
    let bytes = text.trim_ascii().as_bytes();
    matches!(
        (bytes.first(), bytes.last()),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    )
}

/// Only characters of base64, and more than one kind of them: hashes and words are not decoded.
pub(super) fn is_base64(shape: Shape) -> bool {
    const STANDARD: u16 = shape::PLUS | shape::SLASH;
    const URL_SAFE: u16 = shape::DASH | shape::UNDERSCORE;
    shape.is_only(shape::UPPER | shape::LOWER | shape::DIGIT | shape::EQUALS | STANDARD | URL_SAFE)
        && shape.has(shape::UPPER)
        && shape.has(shape::LOWER | shape::DIGIT)
        && !(shape.has(STANDARD) && shape.has(URL_SAFE))
}

/// Whether what base64 starts so can be a text or gzip, by its first three bytes: what is random is
/// nearly always told by them, without a decoder.
#[inline]
fn may_open_text(base64: &[u8]) -> bool {
    const MARKS: [u8; 3] = [0x1f, 0x8b, 8];
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let Some(four) = base64.first_chunk::<4>() else {
        return false;
    };
    let [first, second, third, fourth] = four.map(value);
    let bytes = [
        first << 2 | second >> 4,
        second << 4 | third >> 2,
        third << 6 | fourth,
    ];
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // The first is not the second byte of a character either.
    bytes == MARKS
        || !matches!(bytes[0], 0x7f..=0xc1 | 0xf5..)
            && !bytes.iter().any(|&byte| is_control(byte) || byte == 0x7f)
}

/// Whether bytes can be the start of a text: no controls, and UTF-8 as far as it goes.
fn is_text_start(bytes: &[u8]) -> bool {
    let is_utf8 =
        std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8
        && bytes
            .iter()
            .all(|&b| b >= b' ' && b != 0x7f || matches!(b, b'\n' | b'\r' | b'\t'))
}

fn is_legible(text: &str) -> bool {
    let controls = text
        .bytes()
        .filter(|b| *b < b' ' && !matches!(b, b'\n' | b'\r' | b'\t'))
        .count();
    controls * 50 <= text.len()
}

/// Where the query of a URL starts, or all of a form body, with what it says.
fn query_of(text: &str) -> Option<(usize, &str)> {
    const LONGEST_SCHEME: usize = 12;
    const LONGEST_NAME: usize = 64;
    let bytes = text.as_bytes();
    let head = &bytes[..bytes.len().min(LONGEST_SCHEME + 2)];
    if let Some(scheme) = head
        .windows(3)
        .position(|three| three == b"://")
        .or_else(|| text.starts_with('/').then_some(0))
    {
        let mark = scheme + text[scheme..].find('?')? + 1;
        return Some((mark, &text[mark..]));
    }
    // A form's first name is short and made of what names are made of.
    let name = bytes
        .iter()
        .take(LONGEST_NAME + 1)
        .position(|byte| matches!(byte, b'=' | b'&' | b'%'))?;
    let is_name = bytes[..name]
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']' | b'+'));
    is_name.then_some((0, text))
}

/// Whether a query without a URL is a form: more than one field, or a value that is encoded.
fn has_form_mark(query: &str) -> bool {
    query.contains('&') || has_escape(query.as_bytes())
}

/// Whether `text` is percent-encoded and stands for another text, which is written to `decoded`.
/// `100%` and `%zz` are no encoding, and bytes that are no text are none either.
fn is_text_encoded(text: &str, decoded: &mut String) -> bool {
    if !has_escape(text.as_bytes()) {
        return false;
    }
    percent_decode(text, decoded);
    !decoded.contains(char::REPLACEMENT_CHARACTER) && is_legible(decoded)
}

/// Writes what a form's `text` stands for; what is not UTF-8 becomes U+FFFD.
fn percent_decode(text: &str, out: &mut String) {
    out.clear();
    if !text.contains(['%', '+']) {
        out.push_str(text);
        return;
    }
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                bytes.push(hex(*high) << 4 | hex(*low));
                rest = after;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    out.push_str(&String::from_utf8_lossy(&bytes));
}

/// Whether a byte is percent-encoded in it.
fn has_escape(text: &[u8]) -> bool {
    text.windows(3).any(|three| {
        three[0] == b'%' && three[1].is_ascii_hexdigit() && three[2].is_ascii_hexdigit()
    })
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::engine::general_purpose::STANDARD;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::{DataClass, Engine, Scan};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn scan(value: &str) -> Scan {
        let document = serde_json::json!({ "body": value }).to_string();
        Engine::new().scan_json(document.as_bytes()).unwrap()
    }

    fn paths(scan: &Scan) -> Vec<&str> {
        scan.findings
            .iter()
            .map(|finding| finding.path.as_str())
            .collect()
    }

    const DOCUMENT: &str = r#"{"customer": {"email": "jane@shop.dev"}}"#;

    #[test]
    fn a_document_is_found_through_every_wrapping() {
        assert_eq!(paths(&scan(DOCUMENT)), ["$.body(json).customer.email"]);
        let encoded = STANDARD.encode(DOCUMENT);
        assert_eq!(
            paths(&scan(&encoded)),
            ["$.body(base64)(json).customer.email"]
        );
        let zipped = STANDARD.encode(gzip(DOCUMENT.as_bytes()));
        assert_eq!(
            paths(&scan(&zipped)),
            ["$.body(base64)(gzip)(json).customer.email"]
        );
        assert_eq!(
            paths(&scan("a=1&email=jane%40shop.dev")),
            ["$.body(url).email"]
        );
        assert_eq!(
            paths(&scan("https://shop.dev/reset?email=jane%40shop.dev")),
            ["$.body(url).email"]
        );
        assert_eq!(paths(&scan("jane%40shop.dev")), ["$.body(url)"]);
        assert_eq!(
            paths(&scan(&STANDARD.encode("write to jane@shop.dev"))),
            ["$.body(base64)"]
        );
    }

    #[test]
    fn what_is_percent_encoded_is_opened_wherever_it_stands() {
        for value in [
            "returns/z.krzeminska%40poczta-polna.pl/photo-1.jpg",
            "https://shop.dev/users/jane%40shop.dev",
            "https://shop.dev/users/jane%40shop.dev?page=2",
            "GET /users/jane%40shop.dev HTTP/1.1",
            "straße/jane%40shop.dev",
        ] {
            assert_eq!(paths(&scan(value)), ["$.body(url)"], "{value}");
        }
        assert_eq!(paths(&scan("jane@shop.dev got 100% of it")), ["$.body"]);
        assert_eq!(paths(&scan("jane@shop.dev %ff%fe")), ["$.body"]);
        // An encoding of an encoding, to the bound.
        assert_eq!(paths(&scan("a/jane%2540shop.dev")), ["$.body(url)(url)"]);
        assert!(
            scan("a%25252525252525252540b")
                .limits
                .get(Limit::DecodeDepth)
                > 0
        );
    }

    #[test]
    fn what_only_looks_like_a_document_is_searched_as_text() {
        assert_eq!(paths(&scan("{jane@shop.dev}")), ["$.body"]);
        assert_eq!(paths(&scan("[info] jane@shop.dev logged in]")), ["$.body"]);
        assert!(
            scan("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo")
                .limits
                .is_empty()
        );
    }

    #[test]
    fn a_bomb_costs_what_the_bound_allows_and_is_counted() {
        let bomb = STANDARD.encode(gzip(&vec![b'a'; 64 << 20]));
        let scan = scan(&bomb);
        assert!(scan.findings.is_empty());
        assert_eq!(scan.limits.get(Limit::DecodedBytes), 1);
    }

    #[test]
    fn documents_in_documents_are_opened_to_a_bounded_depth() {
        let mut text = DOCUMENT.to_owned();
        for _ in 0..Limit::DecodeDepth.bound() + 2 {
            text = serde_json::json!({ "a": text }).to_string();
        }
        assert!(scan(&text).limits.get(Limit::DecodeDepth) > 0);
    }

    #[test]
    fn a_jwt_is_a_token_and_not_a_document() {
        let token =
            "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImphbmVAc2hvcC5kZXYifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
        let scan = scan(token);
        assert_eq!(scan.findings[0].class, DataClass::Jwt);
        assert_eq!(paths(&scan), ["$.body"]);
    }
}
