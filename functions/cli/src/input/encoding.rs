//! Decodes files in UTF-16 and UTF-32, which some programs write, while they are read. The encoding
//! is recognised by the byte order mark.

use std::io::{self, BufRead, Read};

/// Returns the byte order mark at the beginning of `bytes`, if it is one of UTF-16 or UTF-32.
pub(super) fn mark_of(bytes: &[u8]) -> Option<Mark> {
    // UTF-32 stands first in the list, because its little-endian mark begins with that of UTF-16.
    Mark::ALL
        .into_iter()
        .find(|mark| bytes.starts_with(mark.bytes))
}

/// A byte order mark (Unicode 16, section 23.8).
#[derive(Clone, Copy)]
pub(super) struct Mark {
    bytes: &'static [u8],
    /// The width of a code unit, in bytes.
    width: usize,
    /// The index of the most significant byte in a code unit.
    high: usize,
}

impl Mark {
    const ALL: [Self; 4] = [
        Self {
            bytes: &[0xff, 0xfe, 0, 0],
            width: 4,
            high: 3,
        },
        Self {
            bytes: &[0, 0, 0xfe, 0xff],
            width: 4,
            high: 0,
        },
        Self {
            bytes: &[0xff, 0xfe],
            width: 2,
            high: 1,
        },
        Self {
            bytes: &[0xfe, 0xff],
            width: 2,
            high: 0,
        },
    ];

    /// Returns the number of leading bytes that form whole characters.
    fn whole(self, bytes: &[u8]) -> usize {
        let units = bytes.len() / self.width * self.width;
        let last = units
            .checked_sub(self.width)
            .and_then(|at| bytes.get(at + self.high));
        // The first half of a surrogate pair needs the next unit.
        let is_half = self.width == 2 && matches!(last, Some(0xd8..=0xdb));
        if is_half { units - self.width } else { units }
    }
}

/// A reader that converts a file to UTF-8.
pub(super) struct Decoded<R> {
    inner: R,
    mark: Mark,
    /// Bytes that do not form a whole character yet.
    waiting: Vec<u8>,
    text: String,
    /// The number of bytes of `text` that were handed out.
    read: usize,
}

impl<R: BufRead> Decoded<R> {
    /// Creates a reader for a file that begins with this mark.
    pub(super) fn new(inner: R, mark: Mark) -> Self {
        Self {
            inner,
            mark,
            waiting: Vec::new(),
            text: String::new(),
            read: 0,
        }
    }

    /// Decodes the next bytes of the file. Returns false at the end of the file.
    fn decode_more(&mut self) -> io::Result<bool> {
        let ahead = self.inner.fill_buf()?;
        let count = ahead.len();
        self.waiting.extend_from_slice(ahead);
        self.inner.consume(count);
        if self.waiting.is_empty() {
            return Ok(false);
        }
        let whole = match count {
            0 => self.waiting.len(),
            _ => self.mark.whole(&self.waiting),
        };
        let mut marked = self.mark.bytes.to_vec();
        marked.extend(self.waiting.drain(..whole));
        self.text = piitrail_detect::decode_text(&marked)
            .unwrap_or_default()
            .into_owned();
        self.read = 0;
        Ok(true)
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() {
            if !self.decode_more()? {
                return Ok(0);
            }
        }
        let rest = self.text.as_bytes().get(self.read..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn text_is_the_same_in_every_encoding_wherever_it_is_cut() {
        let text = "{\"name\":\"Åsa 𝄞\"}\n".repeat(3);
        let units = || text.encode_utf16();
        let points = || text.chars().map(u32::from);
        let files: [Vec<u8>; 4] = [
            points().flat_map(u32::to_le_bytes).collect(),
            points().flat_map(u32::to_be_bytes).collect(),
            units().flat_map(u16::to_le_bytes).collect(),
            units().flat_map(u16::to_be_bytes).collect(),
        ];
        for (mark, file) in Mark::ALL.into_iter().zip(files) {
            let file = [mark.bytes, &file].concat();
            for size in [1, 2, 3, 5, 7, 64] {
                let reader = BufReader::with_capacity(size, file.as_slice());
                let found = mark_of(&file).unwrap();
                let mut decoded = String::new();
                Decoded::new(reader, found)
                    .read_to_string(&mut decoded)
                    .unwrap();
                assert_eq!(decoded.trim_start_matches('\u{feff}'), text);
            }
        }
        assert!(mark_of(text.as_bytes()).is_none());
    }

    #[test]
    fn a_character_that_is_cut_off_at_the_end_is_replaced() {
        let file = [0xff, 0xfe, b'a', 0, 0x34, 0xd8];
        let mut decoded = String::new();
        Decoded::new(file.as_slice(), mark_of(&file).unwrap())
            .read_to_string(&mut decoded)
            .unwrap();
        assert_eq!(decoded, "\u{feff}a\u{fffd}");
    }
}
