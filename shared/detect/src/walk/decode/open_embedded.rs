//! Opens documents inside a text: JSON after the prefix of a log line, and several in one string.

use crate::json::Reader;
use crate::limits::Limit;
use crate::path::{Node, Opener, Step};
use crate::walk::{Field, Source, Walk};

/// The most beginnings of a document in one text that turn out not to be one. Each costs a look at
/// the rest of the text. After the last, the rest is searched as plain text.
const MOST_FAILURES: usize = 4;

impl Walk<'_> {
    /// Searches the objects and arrays in `text`. Returns the text with spaces in their place, one
    /// for each character, or `None` if there are none.
    #[inline(never)]
    pub(in crate::walk) fn open_embedded(
        &mut self,
        text: &str,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> Option<String> {
        let mut left: Option<String> = None;
        let (mut at, mut copied, mut failures) = (0, 0, 0);
        while let Some(start) = document_start(text, at) {
            if failures == MOST_FAILURES {
                self.limits.reached(Limit::DecodeDepth);
                break;
            }
            if !self.may_open() {
                break;
            }
            let Some(end) = self.embedded(text, start, field, node, depth) else {
                failures += 1;
                at = start + 1;
                continue;
            };
            let left = left.get_or_insert_with(|| String::with_capacity(text.len()));
            left.push_str(&text[copied..start]);
            left.extend(text[start..end].chars().map(|_| ' '));
            (at, copied) = (end, end);
        }
        left.map(|left| left + &text[copied..])
    }

    /// Searches the object or array that starts at `start`. If it is neither, nothing found in it
    /// is kept.
    fn embedded(
        &mut self,
        text: &str,
        start: usize,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> Option<usize> {
        let mark = self.mark();
        self.opened += 1;
        let child = node.child(Step::Opened(Opener::Json));
        let mut source = Source {
            reader: Reader::starting(text, start),
            text,
        };
        let own = field.of_document();
        let is_json = self
            .value(&mut source, &child, &own, &mut None, depth)
            .is_ok();
        self.opened -= 1;
        if !is_json {
            self.back_to(mark);
        }
        is_json.then(|| source.reader.offset())
    }
}

/// Returns the first offset, from `from` on, at which an object with a key, or an array of objects
/// or strings, may start.
fn document_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr2(b'{', b'[', bytes.get(at..)?)?;
        let next = bytes[at + 1..]
            .iter()
            .find(|byte| !byte.is_ascii_whitespace())?;
        match (bytes[at], next) {
            // `settings["password"]` is no list.
            (b'[', b'"') if is_index(&bytes[..at]) => at += 1,
            (b'{', b'"') | (b'[', b'{' | b'"') => return Some(at),
            _ => at += 1,
        }
    }
}

/// Returns true if a bracket after this text selects an item of something.
fn is_index(before: &[u8]) -> bool {
    before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b']'))
}
