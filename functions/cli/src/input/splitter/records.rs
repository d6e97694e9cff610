//! Rescues the records of a damaged list: `{"Records":[…]}`, as SQS, SNS, S3, Kinesis and DynamoDB
//! send it. A missing comma or bracket, in the envelope or in one record, must not hide the others.
//!
//! A record is an object in the list with an `eventSource` of its own, so that no object inside a
//! damaged record is taken for one.

use std::collections::VecDeque;

use super::window::is_blank;
use super::{Mode, Piece, Splitter};
use crate::input::Input;

/// The number of bytes at the beginning of a document in which its list begins.
pub(super) const HEAD_MAX: usize = 256;

/// The name of the list.
pub(super) const NAME: &[u8] = b"Records";

/// Returns the offset at which the list begins, behind its bracket, if a document begins with a list
/// of records. Any of the signs around the list's name may be missing or doubled.
pub(super) fn begin_of_list(document: &[u8]) -> Option<usize> {
    let before = skip(skip(document, b'{'), b'"');
    let behind = before.strip_prefix(NAME)?;
    let list = skip(skip(skip(behind, b'"'), b':'), b'[');
    Some(document.len() - list.len())
}

fn skip(bytes: &[u8], sign: u8) -> &[u8] {
    let is_skipped = |byte: &&u8| is_blank(**byte) || **byte == sign;
    let count = bytes.iter().take_while(is_skipped).count();
    bytes.get(count..).unwrap_or_default()
}

/// Returns the whole records of a damaged list and the damage between them. `line` and `offset` are
/// those of the document. Returns nothing if the document is no such list or has no whole record.
pub(super) fn rescue(document: &[u8], line: u64, offset: u64) -> VecDeque<Piece> {
    let Some(begin) = begin_of_list(document) else {
        return VecDeque::new();
    };
    let mut pieces: VecDeque<Piece> = VecDeque::new();
    let mut records = Splitter::new(document);
    records.mode = Mode::Elements;
    records.is_in_records = true;
    for byte in document.iter().take(begin) {
        records.window.cursor.pass(*byte);
    }
    // Memory can always be read.
    while let Ok(Some(piece)) = records.next() {
        let bytes = match piece.input {
            Input::Document(element) if is_record(&element) => {
                pieces.push_back(Piece {
                    line: line + piece.line - 1,
                    offset: offset + piece.offset,
                    input: Input::Document(element),
                    is_record: true,
                });
                continue;
            }
            Input::Document(element) => element.len() as u64,
            Input::Damaged { bytes } => bytes,
            Input::TooLarge => continue,
        };
        if is_the_end(document, piece.offset, bytes) {
            continue;
        }
        pieces.push_back(Piece {
            line: line + piece.line - 1,
            offset: offset + piece.offset,
            input: Input::Damaged { bytes },
            is_record: false,
        });
    }
    if !pieces.iter().any(|piece| piece.is_record) {
        return VecDeque::new();
    }
    if pieces.iter().all(|piece| piece.is_record) {
        // Every record is whole, so the damage is in the envelope.
        pieces.push_front(Piece {
            line,
            offset,
            input: Input::Damaged {
                bytes: begin as u64,
            },
            is_record: false,
        });
    }
    pieces
}

/// Returns true if these bytes only close the list and its envelope.
fn is_the_end(document: &[u8], offset: u64, bytes: u64) -> bool {
    let part = usize::try_from(offset)
        .ok()
        .zip(usize::try_from(offset + bytes).ok())
        .and_then(|(begin, end)| document.get(begin..end))
        .unwrap_or_default();
    part.iter()
        .all(|byte| is_blank(*byte) || matches!(byte, b']' | b'}' | b','))
}

fn is_record(element: &[u8]) -> bool {
    let Ok(record) = serde_json::from_slice::<serde_json::Value>(element) else {
        return false;
    };
    let source = record.get("eventSource").or(record.get("EventSource"));
    source
        .and_then(serde_json::Value::as_str)
        .is_some_and(|source| source.starts_with("aws:"))
}
