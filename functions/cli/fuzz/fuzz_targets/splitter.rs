//! Checks for any bytes that splitting a file ends, that documents come in the order of the file,
//! and that each document is a part of the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The splitter, with the modules and items that it uses of the command line's `input` module.
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

    /// Returns the offset of each piece, with its bytes if it is a document.
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
