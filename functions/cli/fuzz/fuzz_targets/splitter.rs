//! Whatever bytes a file holds, taking it apart ends, documents come in the order in which they stand, and
//! each is a part of the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The splitter with what it needs of the command line's module of the same name.
#[path = "../../src/input"]
#[allow(dead_code)]
mod input {
    mod grammar;
    mod splitter;

    pub(crate) const DOCUMENT_MAX: usize = 1 << 12;

    pub(crate) enum Input {
        Document(Vec<u8>),
        TooLarge,
        Damaged { bytes: u64 },
    }

    /// Where each piece begins, with its bytes if it is a document.
    pub(crate) fn pieces(file: &[u8]) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut splitter = splitter::Splitter::new(std::io::Cursor::new(file));
        let mut pieces = Vec::new();
        while let Some(piece) = splitter.next().expect("memory can be read") {
            let document = match piece.input {
                Input::Document(bytes) => Some(bytes),
                Input::TooLarge | Input::Damaged { .. } => None,
            };
            pieces.push((piece.offset, document));
            assert!(pieces.len() <= file.len(), "the splitter does not end");
        }
        pieces
    }
}

fuzz_target!(|file: &[u8]| {
    let pieces = input::pieces(file);
    assert!(pieces.is_sorted_by_key(|(offset, _)| *offset));
    for (offset, document) in &pieces {
        assert!(*offset <= file.len() as u64);
        if let Some(document) = document {
            assert!(file.windows(document.len().max(1)).any(|part| part == document));
        }
    }
});
