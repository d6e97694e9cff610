//! Lists the files that the paths of a command line name.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use piitrail_detect::decode_text;
use walkdir::WalkDir;

use super::unread::{InputError, Unread};
use super::{encoding, gzip};
use crate::failure::Failure;

/// The number of bytes at the beginning of a file that decide whether it is input.
const LOOKED_AT: u64 = 4 << 10;

/// The files to read, in order, and the files that were left out.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) unread: Unread,
}

impl Listing {
    /// Lists the files that the paths name, or standard input if there is no path and something is
    /// piped in.
    ///
    /// For a directory it lists all files below it that are named `.json`, `.jsonl`, `.ndjson` or
    /// `.gz`, and those whose content begins as JSON does, compressed with gzip or not. Other files
    /// are kept as skipped.
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut listing = Self::default();
        if paths.is_empty() {
            if io::stdin().is_terminal() {
                return Err(Failure::NoInput);
            }
            listing.files.push(PathBuf::from("-"));
        }
        for path in paths {
            if path.as_os_str() != "-" && path.is_dir() {
                listing.add_directory(path);
            } else {
                listing.files.push(path.clone());
            }
        }
        Ok(listing)
    }

    fn add_directory(&mut self, directory: &Path) {
        // Links to directories are not followed, so a cycle of links cannot keep this running.
        for entry in WalkDir::new(directory).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() || !entry.path().is_file() => {}
                Ok(entry) if is_input(entry.path()) => self.files.push(entry.into_path()),
                Ok(entry) => self.unread.skipped.push(entry.into_path()),
                Err(error) => {
                    let path = error.path().unwrap_or(directory).to_owned();
                    self.unread
                        .failed
                        .push(InputError::of(&path, io::Error::from(error)));
                }
            }
        }
    }
}

fn is_input(path: &Path) -> bool {
    let is_named_so = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| matches!(extension, "json" | "jsonl" | "ndjson" | "gz"));
    // A file that cannot be opened is kept: reading it later fails and is reported.
    is_named_so || beginning(path).is_none_or(|bytes| begins_like_json(&bytes))
}

/// Returns the first bytes of a file, decompressed, or `None` if it cannot be read.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(LOOKED_AT)
        .read_to_end(&mut bytes)
        .ok()?;
    if !gzip::begins(&bytes) {
        return Some(bytes);
    }
    let mut unpacked = Vec::new();
    // Only the beginning was read, so an error about a missing end is expected.
    let _ = GzDecoder::new(bytes.as_slice())
        .take(LOOKED_AT)
        .read_to_end(&mut unpacked);
    Some(unpacked)
}

/// Returns true if the first line begins as an object or an array of events does. The second line
/// decides too, because the first may be the end of a line that was cut off.
fn begins_like_json(bytes: &[u8]) -> bool {
    // The last character may be cut off, so the bytes need not be valid UTF-8.
    let decoded = encoding::mark_of(bytes).and_then(|_| decode_text(bytes));
    let bytes = decoded.as_deref().map_or(bytes, str::as_bytes);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let second = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .and_then(|end| bytes.get(end..))
        .unwrap_or_default();
    [bytes, second].into_iter().any(|text| {
        let mut signs = text.iter().filter(|byte| !byte.is_ascii_whitespace());
        match signs.next() {
            Some(b'{') => matches!(signs.next(), Some(b'"' | b'}')),
            Some(b'[') => matches!(signs.next(), Some(b'{' | b'[' | b'"' | b']')),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_known_by_how_they_begin() {
        for input in [
            "{\"a\"",
            " \n{ \"a\"",
            "[\n{",
            "\u{feff}{}",
            "cut\"}\n{\"a\":1}",
        ] {
            assert!(begins_like_json(input.as_bytes()), "{input}");
        }
        for other in [
            "",
            "# Notes",
            "version: 1",
            "<svg>",
            "[core]\nx = 1",
            "{{ name }}",
            "PK\u{3}",
        ] {
            assert!(!begins_like_json(other.as_bytes()), "{other}");
        }
    }
}
