//! Opens strings that hold documents: JSON in a string, base64, gzip inside it, URLs and forms.
//!
//! Each opener checks a few bytes before it does any work. It is bounded in depth and in the bytes
//! it may produce: a gzip bomb costs no more than the limit, and the limit is counted.
//!
//! Each opener is a file. More than half of this one is tests of several openers together.

mod open_aggregate;
mod open_base64;
mod open_bytes;
mod open_deflated;
mod open_embedded;
mod open_hex;
mod open_numbers;
mod open_parts;
mod open_url;
pub(crate) mod unicode;

use super::{Field, Walk};
use crate::json::Leaf;
use crate::limits::Limit;
use crate::path::Node;
use crate::shape::{self, Shape};
use open_base64::{SHORTEST_BASE64, may_open_text};
use open_deflated::may_be_deflated;

pub(super) use open_base64::is_base64;
pub(crate) use open_base64::{in_data_url, value_of, value_of_digit};
pub(super) use open_parts::may_have_parts;
pub(crate) use open_url::hex;

impl Walk<'_> {
    /// Searches the document in the string at `node`, if there is one. Returns the number of bytes
    /// of the string that are left to search as text: none if it was a document, or the part of a
    /// URL before its query.
    #[inline]
    pub(super) fn open(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> usize {
        if shape.has(shape::OPENING) && looks_like_json(text) {
            return self.open_json(text, field, node, depth);
        }
        if shape.has(shape::EQUALS | shape::PERCENT)
            && let Some(rest) = self.open_url(text, shape, field, node, depth)
        {
            return rest;
        }
        if text.len() >= SHORTEST_BASE64 && is_base64(shape) {
            let bytes = text.as_bytes();
            let is_opened = may_open_text(bytes)
                && self.open_base64(text, shape, field, node, depth)
                || may_be_deflated(bytes) && self.open_deflated(text, shape, field, node, depth);
            if is_opened {
                return 0;
            }
        }
        if self.open_encoded(text, shape, field, node, depth) {
            return 0;
        }
        text.len()
    }

    /// Opens rarer forms: base64 in lines or after the head of a `data:` URL (RFC 2397), and
    /// hexadecimal digits.
    #[inline]
    fn open_encoded(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        if text.len() < SHORTEST_BASE64 {
            return false;
        }
        match text.as_bytes()[0] {
            b'\\' | b'0' | b'5' | b'7' if let Some(digits) = open_hex::digits_of(text) => {
                return self.open_hex(digits, field, node, depth);
            }
            b'd' if let Some(encoded) = in_data_url(text) => {
                let shape = Shape::of(encoded);
                return is_base64(shape) && self.open_base64(encoded, shape, field, node, depth);
            }
            _ => {}
        }
        // Lines of 64 or 76 characters (RFC 7468, RFC 2045).
        let is_in_lines = shape.has(shape::SPACE)
            && is_base64(shape.without(shape::SPACE))
            && text
                .lines()
                .next()
                .is_some_and(|line| line.len() >= 60 && !line.contains(' '))
            && may_open_text(text.as_bytes());
        is_in_lines && {
            let joined: String = text.split_ascii_whitespace().collect();
            self.open_base64(&joined, Shape::of(&joined), field, node, depth)
        }
    }

    /// Returns true if another string may be opened at this depth.
    pub(super) fn may_open(&mut self) -> bool {
        let may = self.opened < Limit::DecodeDepth.bound();
        if !may {
            self.limits.reached(Limit::DecodeDepth);
        }
        may
    }

    /// Takes `bytes` from the number of bytes that may still be decoded. Returns true if there were
    /// enough.
    pub(super) fn afford(&mut self, bytes: usize) -> bool {
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

    /// Searches decoded bytes as text, if they are text.
    fn opened_text(
        &mut self,
        bytes: Vec<u8>,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let Some(text) = unicode::decode(&bytes).or_else(|| String::from_utf8(bytes).ok()) else {
            return false;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if !is_legible(text) {
            return false;
        }
        self.visit_leaf(Leaf::text(text), field, node, &mut None, depth);
        true
    }
}

fn looks_like_json(text: &str) -> bool {
    let bytes = text.trim_ascii().as_bytes();
    matches!(
        (bytes.first(), bytes.last()),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    ) || is_quoted_json(bytes)
}

/// Recognises the text of a string in JSON that holds a document: `"{\"a\": 1}"`, as encoding twice
/// makes it.
fn is_quoted_json(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\"")
        && matches!(
            bytes,
            [b'"', b'{' | b'[', _, ..] | [b'"', b'\\', b'"', b'{' | b'[' | b'\\', ..]
        )
}

fn is_legible(text: &str) -> bool {
    let controls = text
        .bytes()
        .filter(|b| *b < b' ' && !matches!(b, b'\n' | b'\r' | b'\t'))
        .count();
    controls * 50 <= text.len()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::Engine as _;
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
        // An encoding of an encoding, up to the bound.
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
    fn a_jwt_is_a_token_and_its_claims_are_a_document() {
        let token =
            "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImphbmVAc2hvcC5kZXYifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
        let scan = scan(token);
        assert_eq!(scan.findings[0].class, DataClass::Jwt);
        assert_eq!(paths(&scan), ["$.body", "$.body(jwt).email"]);
    }

    #[test]
    fn other_encodings_are_opened() {
        use flate2::write::ZlibEncoder;
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(DOCUMENT.as_bytes()).unwrap();
        let zlib = STANDARD.encode(encoder.finish().unwrap());
        assert_eq!(
            paths(&scan(&zlib)),
            ["$.body(base64)(zlib)(json).customer.email"]
        );
        let hex = DOCUMENT
            .bytes()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        for text in [format!("\\x{hex}"), format!("0x{hex}"), hex] {
            assert_eq!(paths(&scan(&text)), ["$.body(hex)(json).customer.email"]);
        }
        let long = DOCUMENT.replace("jane", &"j".repeat(60));
        let base64 = STANDARD.encode(long);
        let (first, second) = base64.split_at(76);
        assert_eq!(
            paths(&scan(&format!("{first}\r\n{second}\r\n"))),
            ["$.body(base64)(json).customer.email"]
        );
        assert_eq!(
            paths(&scan(&format!("data:application/json;base64,{base64}"))),
            ["$.body(base64)(json).customer.email"]
        );
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(DOCUMENT.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(
            paths(&scan(&STANDARD.encode(utf16))),
            ["$.body(base64)(json).customer.email"]
        );
        assert_eq!(
            paths(&scan(&STANDARD.encode(format!("\u{feff}{DOCUMENT}")))),
            ["$.body(base64)(json).customer.email"]
        );
        let bytes: Vec<i8> = DOCUMENT.bytes().map(u8::cast_signed).collect();
        let document = serde_json::json!({ "body": bytes }).to_string();
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        assert_eq!(paths(&scan), ["$.body(bytes)(json).customer.email"]);
        // A `Uint8Array` as JSON.
        let indexed: Vec<String> = DOCUMENT
            .bytes()
            .enumerate()
            .map(|(at, byte)| format!("\"{at}\": {byte}"))
            .collect();
        let document = format!(r#"{{"body": {{{}}}}}"#, indexed.join(", "));
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        assert_eq!(paths(&scan), ["$.body(bytes)(json).customer.email"]);
    }

    #[test]
    fn deflated_data_without_a_header_is_opened() {
        use flate2::write::DeflateEncoder;
        let deflate = |text: &str| {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(text.as_bytes()).unwrap();
            STANDARD.encode(encoder.finish().unwrap())
        };
        let document = format!("[{DOCUMENT}, \"and some more text that is not like it\"]");
        assert_eq!(
            paths(&scan(&deflate(&document))),
            ["$.body(base64)(deflate)(json)[0].customer.email"]
        );
        let request =
            "<samlp:AuthnRequest><saml:NameID>jane@shop.dev</saml:NameID></samlp:AuthnRequest>";
        assert_eq!(paths(&scan(&deflate(request))), ["$.body(base64)(deflate)"]);
        let url = format!(
            "https://idp.dev/sso?SAMLRequest={}",
            deflate(request).replace('+', "%2B")
        );
        assert_eq!(
            paths(&scan(&url)),
            ["$.body(url).SAMLRequest(base64)(deflate)"]
        );
        let cut = &deflate(&document)[..64];
        assert!(scan(cut).findings.is_empty());
    }

    #[test]
    fn a_document_that_was_encoded_twice_is_opened_twice() {
        let once = serde_json::json!(DOCUMENT).to_string();
        assert_eq!(paths(&scan(&once)), ["$.body(json)(json).customer.email"]);
        let twice = serde_json::json!(once).to_string();
        assert_eq!(
            paths(&scan(&twice)),
            ["$.body(json)(json)(json).customer.email"]
        );
        assert!(scan("\"{not a document}\"").findings.is_empty());
    }

    #[test]
    fn an_encoded_document_in_a_text_is_opened() {
        let encoded = STANDARD.encode(DOCUMENT);
        let zipped = STANDARD.encode(gzip(DOCUMENT.as_bytes()));
        let inner = "$.body(base64)(json).customer.email";
        for text in [
            format!("2026-11-27 INFO body={encoded} in 3 ms"),
            format!("payload: {encoded}"),
            format!("event='{encoded}'"),
            format!("{{data:{encoded}}}"),
        ] {
            assert_eq!(paths(&scan(&text)), [inner], "{text}");
        }
        assert_eq!(
            paths(&scan(&format!("payload: {zipped}"))),
            ["$.body(base64)(gzip)(json).customer.email"]
        );
        let both = format!("in {encoded} to joe@shop.dev");
        assert_eq!(paths(&scan(&both)), ["$.body", inner]);
        // A token is none, and a word that only begins like one is searched as text.
        assert!(scan("eyJhbGciOiJIUzI1NiJ9").findings.is_empty());
        assert_eq!(paths(&scan("eyJ jane@shop.dev")), ["$.body"]);
    }

    #[test]
    fn a_text_with_too_many_beginnings_of_documents_says_that_it_was_searched_as_text() {
        let broken = r#"{"a": got {"b": "#;
        assert!(scan(&broken.repeat(2)).limits.is_empty());
        let scan = scan(&format!("{}{DOCUMENT}", broken.repeat(3)));
        assert_eq!(paths(&scan), ["$.body"]);
        assert_eq!(scan.limits.get(Limit::DecodeDepth), 1);
        assert!(
            scan.unread
                .contains(crate::Unread::Limit(Limit::DecodeDepth))
        );
    }

    #[test]
    fn a_data_url_is_opened_however_long_its_head_is() {
        let head = "data:application/json;name=".to_owned() + &"a".repeat(200);
        let url = format!("{head};base64,{}", STANDARD.encode(DOCUMENT));
        assert_eq!(paths(&scan(&url)), ["$.body(base64)(json).customer.email"]);
    }

    #[test]
    fn tokens_whose_claims_are_not_opened_are_counted() {
        let token = |n: usize| {
            let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
                .encode(format!(r#"{{"email":"user{n}@shop.dev"}}"#));
            format!("eyJhbGciOiJIUzI1NiJ9.{claims}.c2lnbmF0dXJlLXNpZ25hdHVyZQ")
        };
        let of = |count: usize| {
            let tokens: Vec<String> = (0..count).map(token).collect();
            scan(&tokens.join(" "))
        };
        assert!(of(4).limits.is_empty() && of(4).unread.is_empty());
        assert_eq!(of(7).limits.get(Limit::DecodedBytes), 3);
    }

    #[test]
    fn documents_in_a_text_are_opened_and_the_rest_is_searched() {
        let found = scan(&format!("2026-11-27 INFO é {DOCUMENT} to joe@shop.dev"));
        assert_eq!(paths(&found), ["$.body", "$.body(json).customer.email"]);
        let rest = &found.findings[0];
        let start = u32::try_from(format!("2026-11-27 INFO é {DOCUMENT} to ").chars().count());
        assert_eq!(rest.start, start.unwrap());
        let lines = format!("{DOCUMENT}\n{{\"first_name\": \"Ada\"}}\n");
        assert_eq!(
            paths(&scan(&lines)),
            ["$.body(json).customer.email", "$.body(json).first_name"]
        );
        // A truncated document is searched as text.
        assert_eq!(
            paths(&scan(r#"got {"a": {"email": "jane@shop.dev", "b"#)),
            ["$.body"]
        );
    }
}
