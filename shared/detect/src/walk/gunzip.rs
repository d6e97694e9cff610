//! Reads gzip (RFC 1952), as far as opening a string needs it: header, deflated data, the next
//! member.
//!
//! It is written by hand around the inflater under `flate2`, so that its state is made once for a
//! walk and not for every string, and no window is cleared before each, because events in gzip are
//! short. Checksums are not verified, because the data before an error is searched in any case.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::unread::marks::is_zlib;

/// An inflater that is reused for all strings.
#[derive(Default)]
pub(super) struct Inflater {
    state: Option<Box<DecompressorOxide>>,
}

const HEADER: usize = 10;
const TRAILER: usize = 8;
const HAS_HEADER_CHECKSUM: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;

impl Inflater {
    /// Appends the unpacked `bytes` to `out`, until they end, are not gzip, or `out` has `most`
    /// bytes. Returns
    /// whether each stream came to its end: one that is cut or damaged is unpacked in part.
    pub(super) fn gunzip(&mut self, bytes: &[u8], most: usize, out: &mut Vec<u8>) -> bool {
        let mut member = Some(bytes);
        let mut is_whole = true;
        while let Some(data) = member.and_then(past_header) {
            let read = self.inflate(data, most, out);
            is_whole = read.is_some();
            member = read.and_then(|read| data.get(read + TRAILER..));
        }
        is_whole
    }

    /// Appends the unpacked `bytes` in zlib's format (RFC 1950), like [`Self::gunzip`].
    pub(super) fn unzlib(&mut self, bytes: &[u8], most: usize, out: &mut Vec<u8>) -> bool {
        const HEADER: usize = 2;
        is_zlib(bytes) && self.inflate(&bytes[HEADER..], most, out).is_some()
    }

    /// Appends the unpacked `bytes`, which are one deflated stream without a header. Returns true if
    /// it took all of them.
    pub(super) fn inflate_all(&mut self, bytes: &[u8], most: usize, out: &mut Vec<u8>) -> bool {
        self.inflate(bytes, most, out) == Some(bytes.len())
    }

    /// Unpacks one deflated stream (RFC 1951). Returns the number of bytes that it took, if it
    /// ended.
    fn inflate(&mut self, data: &[u8], most: usize, out: &mut Vec<u8>) -> Option<usize> {
        const FIRST_STEP: usize = 1 << 10;
        const FLAGS: u32 = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_IGNORE_ADLER32;
        let state = self.state.get_or_insert_default();
        state.init();
        // What was unpacked of other streams is no part of this one.
        let from = out.len();
        let mut read = 0;
        loop {
            let unpacked = out.len();
            let room = most.checked_sub(unpacked).filter(|room| *room > 0)?;
            // The buffer grows like a `Vec`, but no further than needed.
            let step = unpacked.max(FIRST_STEP).min(room);
            out.reserve_exact(step);
            out.resize(unpacked + step, 0);
            let (rest, window) = (data.get(read..)?, &mut out[from..]);
            let (status, taken, written) = decompress(state, rest, window, unpacked - from, FLAGS);
            out.truncate(unpacked + written);
            read += taken;
            match status {
                TINFLStatus::Done => return Some(read),
                TINFLStatus::HasMoreOutput => {}
                _ => return None,
            }
        }
    }
}

/// Returns the bytes after the header of a member.
fn past_header(member: &[u8]) -> Option<&[u8]> {
    let &[0x1f, 0x8b, 8, flags, ..] = member else {
        return None;
    };
    let mut rest = member.get(HEADER..)?;
    if flags & HAS_EXTRA != 0 {
        let length = rest.first_chunk().map(|two| u16::from_le_bytes(*two))?;
        rest = rest.get(2 + usize::from(length)..)?;
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & HAS_HEADER_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, GzBuilder, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn gunzip(bytes: &[u8], most: usize) -> Vec<u8> {
        let (mut inflater, mut out) = (Inflater::default(), Vec::new());
        // The second time it starts with the state of the first.
        inflater.gunzip(&gzip(b"something else"), most, &mut out);
        out.clear();
        inflater.gunzip(bytes, most, &mut out);
        out
    }

    #[test]
    fn members_follow_each_other() {
        let text = b"write to jane@shop.dev ".repeat(1_000);
        let mut two = gzip(&text);
        two.extend(gzip(b"and on"));
        assert_eq!(gunzip(&two, 1 << 20), [&text[..], b"and on"].concat());
    }

    #[test]
    fn every_part_of_a_header_is_passed() {
        let mut encoder = GzBuilder::new()
            .filename("events.json")
            .comment("a day")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), Compression::fast());
        encoder.write_all(b"text").unwrap();
        assert_eq!(gunzip(&encoder.finish().unwrap(), 100), b"text");
    }

    #[test]
    fn what_is_wanted_bounds_what_is_unpacked() {
        let bomb = gzip(&vec![b'a'; 1 << 20]);
        assert_eq!(gunzip(&bomb, 1_000).len(), 1_000);
        let two = [bomb.clone(), bomb].concat();
        assert_eq!(gunzip(&two, (1 << 20) + 7).len(), (1 << 20) + 7);
    }

    #[test]
    fn what_was_unpacked_before_an_error_stays() {
        let mut cut = gzip(&(0..=255_u8).cycle().take(5_000).collect::<Vec<_>>());
        cut.truncate(cut.len() / 2);
        let unpacked = gunzip(&cut, 1 << 20);
        assert!(unpacked.len() > 50 && unpacked.starts_with(&[0, 1, 2]));
        for no_gzip in [
            &b""[..],
            &[0x1f, 0x8b, 8],
            &[0x1f, 0x8b, 8, 0xff],
            b"plain text",
        ] {
            assert_eq!(gunzip(no_gzip, 100), b"");
        }
    }
}
