//! Opens arrays of numbers that are the bytes of a text: Node's `Buffer`, Java's signed bytes, the
//! headers of Kafka's records.

use crate::json::{Reader, Value};
use crate::path::{Node, Opener, Step};
use crate::walk::decode::is_legible;
use crate::walk::{Field, Source, Walk};

/// The fewest numbers. A shorter array is a list of numbers.
const FEWEST: usize = 8;

impl Walk<'_> {
    /// Searches the text whose bytes are the numbers of the array that has just been opened, and
    /// reads past the array. Returns false, without reading anything, if it is not such an array.
    #[inline(never)]
    pub(in crate::walk) fn open_numbers(
        &mut self,
        source: &mut Source<'_>,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let found = bytes_of(source.text, source.reader.offset());
        self.open_bytes_of(found, source, field, node, depth)
    }

    /// Searches the text whose bytes are the numbers under the keys `"0"`, `"1"`, … of the object
    /// that has just been opened, like [`Self::open_numbers`]. JavaScript writes its arrays of bytes
    /// in this way.
    #[inline(never)]
    pub(in crate::walk) fn open_indexed(
        &mut self,
        source: &mut Source<'_>,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let found = indexed_bytes_of(source.text, source.reader.offset());
        self.open_bytes_of(found, source, field, node, depth)
    }

    fn open_bytes_of(
        &mut self,
        found: Option<(Vec<u8>, usize)>,
        source: &mut Source<'_>,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let Some((bytes, end)) = found else {
            return false;
        };
        let is_text = std::str::from_utf8(&bytes).is_ok_and(is_legible);
        if !is_text || !self.may_open() || !self.afford(bytes.len()) {
            return false;
        }
        let inside = node.child(Step::Opened(Opener::Bytes));
        self.opened += 1;
        let is_opened = self.open_bytes(bytes, field, &inside, depth);
        self.opened -= 1;
        if is_opened {
            source.reader.skip_to(end);
        }
        is_opened
    }
}

/// Returns true if the array ends soon and has too few numbers, like most arrays.
fn is_short(rest: &[u8]) -> bool {
    const SOON: usize = FEWEST * 4;
    let end = memchr::memchr(b']', &rest[..rest.len().min(SOON)]);
    end.is_some_and(|end| memchr::memchr_iter(b',', &rest[..end]).count() + 1 < FEWEST)
}

/// Returns true if the bytes are UTF-8 as far as they go.
fn may_start_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Returns the numbers from `at` on as bytes, and the end of their array.
fn bytes_of(text: &str, at: usize) -> Option<(Vec<u8>, usize)> {
    let rest = text.as_bytes().get(at..)?;
    if is_short(rest) {
        return None;
    }
    let mut bytes = Vec::new();
    let mut number: Option<i32> = None;
    let mut is_negative = false;
    for (offset, byte) in rest.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let more = number.unwrap_or_default() * 10 + i32::from(byte - b'0');
                number = Some(more).filter(|more| *more <= 255);
                number?;
            }
            b'-' if number.is_none() && !is_negative => is_negative = true,
            b',' | b']' => {
                let unsigned = number.take()?;
                let signed = if is_negative { -unsigned } else { unsigned };
                is_negative = false;
                let byte_of = i8::try_from(signed).map(|small| small.to_ne_bytes()[0]);
                bytes.push(u8::try_from(signed).or(byte_of).ok()?);
                if bytes.len() == FEWEST && !may_start_text(&bytes) {
                    return None;
                }
                if *byte == b']' {
                    return (bytes.len() >= FEWEST).then_some((bytes, at + offset + 1));
                }
            }
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => return None,
        }
    }
    None
}

/// Returns the numbers under the keys `"0"`, `"1"`, … from `at` on as bytes, and the end of their
/// object.
fn indexed_bytes_of(text: &str, at: usize) -> Option<(Vec<u8>, usize)> {
    let mut reader = Reader::starting(text, at);
    let mut bytes = Vec::new();
    while reader.opens_key(bytes.is_empty()).ok()? {
        let key = reader.string().ok()?;
        if key.raw.parse() != Ok(bytes.len()) {
            return None;
        }
        reader.colon().ok()?;
        let Value::Leaf(leaf) = reader.value().ok()? else {
            return None;
        };
        bytes.push(leaf.string.raw.parse().ok().filter(|_| leaf.is_number)?);
        if bytes.len() == FEWEST && !may_start_text(&bytes) {
            return None;
        }
    }
    (bytes.len() >= FEWEST).then_some((bytes, reader.offset()))
}
