//! Opens base64 that stands in a text, such as the payload after the prefix of a log line.
//!
//! Only base64 that begins like an object or like gzip is tried: words and ids do not.

use memchr::memchr2_iter;

use super::open_base64::value_of;
use crate::path::Node;
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};

/// The beginnings of `{"` and of gzip in base64.
const BEGINNINGS: [&str; 2] = ["eyJ", "H4sI"];
/// The shortest base64 in bytes that is opened.
const SHORTEST: usize = 24;

/// Returns true if a text may have base64 of a document among other words.
#[inline]
pub(in crate::walk) fn may_have_parts(text: &str, shape: Shape) -> bool {
    text.len() > SHORTEST
        && shape.digits > 0
        && shape.has(shape::UPPER)
        && shape.has(shape::SPACE | shape::QUOTE | shape::COLON | shape::EQUALS)
        && has_beginning(text)
}

#[inline(never)]
fn has_beginning(text: &str) -> bool {
    beginnings(text.as_bytes()).next().is_some()
}

/// Returns the offsets of the beginnings in a text. Their last letters are rare.
fn beginnings(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr2_iter(b'J', b'I', bytes).filter_map(|last| {
        BEGINNINGS
            .iter()
            .find(|beginning| bytes[..=last].ends_with(beginning.as_bytes()))
            .map(|beginning| last + 1 - beginning.len())
    })
}

impl Walk<'_> {
    /// Searches the documents in base64 in `text`. Returns the text with spaces in their place, or
    /// `None` if there are none.
    #[inline(never)]
    pub(in crate::walk) fn open_parts(
        &mut self,
        text: &str,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> Option<String> {
        let mut left: Option<String> = None;
        let (mut at, mut copied) = (0, 0);
        while let Some((start, end)) = next_part(text, at) {
            at = end;
            let part = &text[start..end];
            let shape = Shape::of(part);
            if !super::is_base64(shape) || !self.open_base64(part, shape, field, node, depth) {
                continue;
            }
            let left = left.get_or_insert_with(|| String::with_capacity(text.len()));
            left.push_str(&text[copied..start]);
            left.extend(std::iter::repeat_n(' ', end - start));
            copied = end;
        }
        left.map(|left| left + &text[copied..])
    }
}

/// Returns the next run of base64, from `from` on, that begins like a document. A JSON web token is
/// none.
fn next_part(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = at + beginnings(bytes.get(at..)?).next()?;
        let is_of_base64 = |byte: &&u8| value_of(**byte).is_some() || **byte == b'=';
        let length = bytes[start..].iter().take_while(is_of_base64).count();
        let end = start + length;
        let is_start = start == 0 || value_of(bytes[start - 1]).is_none();
        let is_token = bytes.get(end) == Some(&b'.');
        if is_start && !is_token && length >= SHORTEST {
            return Some((start, end));
        }
        at = end;
    }
}
