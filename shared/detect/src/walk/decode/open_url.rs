//! Opens forms, the queries of URLs, and percent-encoded text.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::is_legible;
use crate::json::{Leaf, RawString};
use crate::limits::Limit;
use crate::path::{Node, Opener, Step};
use crate::shape::{self, Shape};
use crate::walk::siblings::{Inside, Siblings};
use crate::walk::{Field, Walk};

impl Walk<'_> {
    /// Searches a form or a URL's query field by field. Percent-encoded text before a query, or
    /// without one (a path, the key of an S3 object), is searched as text. Returns the number of
    /// bytes before the opened part, or `None` if there was nothing to open.
    #[inline(never)]
    pub(super) fn open_url(
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
        // A lone `a=b` is often a padded id and not a form.
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
                self.visit_leaf(Leaf::text(&decoded), field, &inside, &mut None, depth);
            }
            if is_form {
                if pairs(query).nth(Limit::FormFields.bound()).is_some() {
                    self.limits.reached(Limit::FormFields);
                }
                self.open_fields(query, field, &inside, depth);
            }
            self.opened -= 1;
        }
        self.scratch.put_string(decoded);
        is_opened.then_some(if is_encoded { 0 } else { head.len() })
    }

    fn open_fields(&mut self, query: &str, field: &Field, node: &Node<'_>, depth: usize) {
        let mut text = self.scratch.take_string();
        let mut decoded = self.scratch.take_string();
        let mut ends = Vec::new();
        for pair in pairs(query).take(Limit::FormFields.bound()) {
            let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
            percent_decode(raw_name, &mut decoded);
            text.push_str(&decoded);
            let end_of_name = text.len();
            percent_decode(raw_value, &mut decoded);
            text.push_str(&decoded);
            ends.push((end_of_name, text.len()));
        }
        // The fields of a form explain each other like those of an object.
        let inside = Inside {
            above: field.inside(),
            owner: self.enter(),
            depth,
        };
        let mut siblings = Siblings::default();
        let from = (self.scratch.pending.len(), self.findings.len());
        let mut start = 0;
        for (end_of_name, end) in ends {
            let name = RawString::plain(&text[start..end_of_name]);
            let pair = (name, &text[end_of_name..end]);
            let of_form = (&mut siblings, inside.owner);
            self.opened_field(pair, &text, field, of_form, node, depth);
            start = end;
        }
        self.resolve_siblings(&siblings, from, &text, node, &inside);
        self.scratch.put_string(text);
        self.scratch.put_string(decoded);
    }
}

/// The fields of a form, each with its name.
fn pairs(query: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(query);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr2(b'&', b';', text.as_bytes());
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// Returns the offset of a URL's query, or zero for a form body, and its text.
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
        let mark = scheme + memchr(b'?', &bytes[scheme..])? + 1;
        return Some((mark, &text[mark..]));
    }
    // The first name of a form is short and consists of name characters.
    let name = memchr3(
        b'=',
        b'&',
        b'%',
        &bytes[..bytes.len().min(LONGEST_NAME + 1)],
    )?;
    let is_name = bytes[..name]
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']' | b'+'));
    is_name.then_some((0, text))
}

/// Returns true if a query without a URL is a form: it has more than one field, or an encoded
/// value.
fn has_form_mark(query: &str) -> bool {
    query.contains('&') || has_escape(query.as_bytes())
}

/// Returns true if `text` is percent-encoded text, and writes the decoded text to `decoded`. `100%`
/// and `%zz` are not encoded, and bytes that are not UTF-8 are not text.
fn is_text_encoded(text: &str, decoded: &mut String) -> bool {
    if !has_escape(text.as_bytes()) {
        return false;
    }
    percent_decode(text, decoded);
    !decoded.contains(char::REPLACEMENT_CHARACTER) && is_legible(decoded)
}

/// Decodes the `text` of a form. Bytes that are not UTF-8 become U+FFFD.
fn percent_decode(text: &str, out: &mut String) {
    out.clear();
    if memchr2(b'%', b'+', text.as_bytes()).is_none() {
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

/// Returns true if the text contains a percent-encoded byte.
fn has_escape(text: &[u8]) -> bool {
    memchr_iter(b'%', text).any(|at| {
        let digits = text.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Returns the value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}
