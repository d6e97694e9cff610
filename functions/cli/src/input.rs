//! Input on one machine: files, directories, standard input, gzip or plain, as a stream of documents.
//!
//! A file is JSON Lines where its first line is a document by itself; otherwise JSON values one
//! after the other, pretty printed or not. An array at the top of a file is taken apart, which is
//! how event archives are exported. Nothing is read whole: memory follows the largest document and
//! not the file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

/// The largest document read, in bytes. Lambda's largest payload is 6 MB; exports hold larger ones.
pub(crate) const DOCUMENT_MAX: usize = 64 << 20;

/// Where one document stands: `payloads.jsonl:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The file as it was named, or `-`.
    pub(crate) file: Arc<str>,
    /// The line it begins on, from 1.
    pub(crate) line: u64,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A document, or why there is none.
pub(crate) enum Input {
    /// The bytes of one document.
    Document(Vec<u8>),
    /// It is larger than [`DOCUMENT_MAX`].
    TooLarge,
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// It is not there, or not ours to read, or the disk fails.
    #[error("could not read {file}")]
    Read {
        /// The file as it was named.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// The files that paths name, in order: a directory stands for every `.json`, `.jsonl`, `.ndjson`
/// and `.gz` file below it.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" || !path.is_dir() {
            found.push(path.clone());
        } else {
            below(path, &mut found)?;
        }
    }
    Ok(found)
}

fn below(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), InputError> {
    let failed = |source| InputError::Read {
        file: directory.display().to_string(),
        source,
    };
    let mut entries = std::fs::read_dir(directory)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // `file_type` does not follow links, so a loop of them ends here.
        let kind = entry.file_type().map_err(failed)?;
        let is_input = path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| matches!(extension, "json" | "jsonl" | "ndjson" | "gz"));
        if kind.is_dir() {
            below(&path, found)?;
        } else if is_input && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// A file's documents, one by one.
pub(crate) struct Documents<'a> {
    file: Arc<str>,
    splitter: Splitter<Box<dyn BufRead + 'a>>,
}

impl<'a> Documents<'a> {
    /// Opens a file, or standard input for `-`. `advance` is told how many bytes of the file have
    /// been read, for a progress bar.
    pub(crate) fn open(path: &Path, advance: &'a dyn Fn(u64)) -> Result<Self, InputError> {
        let is_stdin = path.as_os_str() == "-";
        let file: Arc<str> = if is_stdin {
            "-".into()
        } else {
            path.display().to_string().into()
        };
        let open = || -> io::Result<Box<dyn BufRead + 'a>> {
            let inner: Box<dyn Read> = if is_stdin {
                Box::new(io::stdin().lock())
            } else {
                Box::new(File::open(path)?)
            };
            let mut counted = BufReader::with_capacity(1 << 16, Counted { inner, advance });
            if counted.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
                Ok(Box::new(BufReader::with_capacity(
                    1 << 16,
                    MultiGzDecoder::new(counted),
                )))
            } else {
                Ok(Box::new(counted))
            }
        };
        match open() {
            Ok(reader) => Ok(Self {
                file,
                splitter: Splitter::new(reader),
            }),
            Err(source) => Err(InputError::Read {
                file: file.to_string(),
                source,
            }),
        }
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<(Source, Input), InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.splitter.next() {
            Ok(document) => {
                let (line, input) = document?;
                Some(Ok((
                    Source {
                        file: Arc::clone(&self.file),
                        line,
                    },
                    input,
                )))
            }
            Err(source) => Some(Err(InputError::Read {
                file: self.file.to_string(),
                source,
            })),
        }
    }
}

/// Reports how much has been read.
struct Counted<'a> {
    inner: Box<dyn Read>,
    advance: &'a dyn Fn(u64),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        (self.advance)(count as u64);
        Ok(count)
    }
}

/// How a file holds its documents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not known before the first line has been read.
    Unknown,
    /// One a line.
    Lines,
    /// One after the other, over as many lines as they take.
    Values,
    /// As the elements of one array.
    Elements,
}

/// Takes a file apart into documents.
struct Splitter<R> {
    reader: R,
    mode: Mode,
    /// The line the reader is on.
    line: u64,
    /// Bytes read from the reader and not handed out yet.
    ahead: Vec<u8>,
    /// How many of them have been used.
    used: usize,
}

impl<R: BufRead> Splitter<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            mode: Mode::Unknown,
            line: 1,
            ahead: Vec::new(),
            used: 0,
        }
    }

    /// The next document and the line it begins on.
    fn next(&mut self) -> io::Result<Option<(u64, Input)>> {
        if self.mode == Mode::Unknown {
            self.mode = self.find_mode()?;
        }
        match self.mode {
            Mode::Lines => self.next_line(),
            _ => self.next_value(),
        }
    }

    /// JSON Lines, if the first line that holds anything is a document by itself.
    fn find_mode(&mut self) -> io::Result<Mode> {
        self.skip_space(b"\xef\xbb\xbf")?;
        let Some(first) = self.peek()? else {
            return Ok(Mode::Lines);
        };
        let mut line = Vec::new();
        let mut limited = (&mut self.reader).take(DOCUMENT_MAX as u64);
        limited.read_until(b'\n', &mut line)?;
        let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(&line).is_ok();
        let is_prose = !matches!(first, b'{' | b'[');
        // An array that is all of the file and stands on one line is taken apart too.
        let is_only_line = is_whole && first == b'[' && self.reader.fill_buf()?.is_empty();
        self.ahead = line;
        if is_only_line && is_array_of_objects(&self.ahead) {
            self.used = 1;
            return Ok(Mode::Elements);
        }
        if is_whole || is_prose {
            return Ok(Mode::Lines);
        }
        if first == b'[' {
            self.used = 1;
            return Ok(Mode::Elements);
        }
        Ok(Mode::Values)
    }

    fn next_line(&mut self) -> io::Result<Option<(u64, Input)>> {
        loop {
            let begins = self.line;
            let mut document = self.ahead.split_off(self.used);
            self.ahead.clear();
            self.used = 0;
            if !document.ends_with(b"\n") {
                let room = (DOCUMENT_MAX + 1).saturating_sub(document.len()) as u64;
                (&mut self.reader)
                    .take(room)
                    .read_until(b'\n', &mut document)?;
            }
            if document.is_empty() {
                return Ok(None);
            }
            if document.len() > DOCUMENT_MAX && !document.ends_with(b"\n") {
                drop(document);
                self.skip_line()?;
                return Ok(Some((begins, Input::TooLarge)));
            }
            self.line += 1;
            let trimmed = document.trim_ascii();
            if !trimmed.is_empty() {
                return Ok(Some((begins, Input::Document(trimmed.to_vec()))));
            }
        }
    }

    fn next_value(&mut self) -> io::Result<Option<(u64, Input)>> {
        let between: &[u8] = if self.mode == Mode::Elements {
            b","
        } else {
            b""
        };
        self.skip_space(between)?;
        let begins = self.line;
        let mut document = Vec::new();
        let mut nesting = Nesting::default();
        let mut is_too_large = false;
        while let Some(byte) = self.peek()? {
            if document.is_empty() && !is_too_large && byte == b']' && self.mode == Mode::Elements {
                self.advance();
                self.mode = Mode::Values;
                return self.next_value();
            }
            if nesting.is_at_top() && matches!(byte, b',' | b']') && self.mode == Mode::Elements {
                break;
            }
            if nesting.is_at_top() && !document.is_empty() && byte.is_ascii_whitespace() {
                break;
            }
            self.advance();
            if document.len() < DOCUMENT_MAX {
                document.push(byte);
            } else {
                is_too_large = true;
            }
            if nesting.closes(byte) {
                break;
            }
        }
        if is_too_large {
            return Ok(Some((begins, Input::TooLarge)));
        }
        Ok((!document.is_empty()).then_some((begins, Input::Document(document))))
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if let Some(byte) = self.ahead.get(self.used) {
            return Ok(Some(*byte));
        }
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn advance(&mut self) {
        let byte = if let Some(byte) = self.ahead.get(self.used) {
            self.used += 1;
            Some(*byte)
        } else {
            // `peek` filled the buffer.
            let byte = self
                .reader
                .fill_buf()
                .ok()
                .and_then(|buffer| buffer.first().copied());
            self.reader.consume(1);
            byte
        };
        self.line += u64::from(byte == Some(b'\n'));
    }

    fn skip_space(&mut self, also: &[u8]) -> io::Result<()> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() && !also.contains(&byte) {
                break;
            }
            self.advance();
        }
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        self.reader.skip_until(b'\n')?;
        self.line += 1;
        Ok(())
    }
}

fn is_array_of_objects(line: &[u8]) -> bool {
    line.get(1..)
        .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

/// How deep in a JSON value a scan is.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    fn is_at_top(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// Takes the next byte; whether it ends an object or array that stands at the top.
    fn closes(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(u64, String)> {
        let mut splitter = Splitter::new(text.as_bytes());
        let mut all = Vec::new();
        while let Some((line, input)) = splitter.next().unwrap() {
            let Input::Document(bytes) = input else {
                panic!("too large")
            };
            all.push((line, String::from_utf8(bytes).unwrap()));
        }
        all
    }

    fn documents(text: &str) -> Vec<String> {
        split(text)
            .into_iter()
            .map(|(_, document)| document)
            .collect()
    }

    #[test]
    fn json_lines_are_a_document_a_line() {
        assert_eq!(
            split("{\"a\":1}\n\n{\"b\":2}\n"),
            [(1, "{\"a\":1}".into()), (3, "{\"b\":2}".into())]
        );
    }

    #[test]
    fn a_broken_line_leaves_the_lines_around_it_alone() {
        assert_eq!(
            documents("{\"a\":1}\n{\"b\":\n{\"c\":3}"),
            ["{\"a\":1}", "{\"b\":", "{\"c\":3}"]
        );
    }

    #[test]
    fn one_pretty_printed_document_is_one() {
        let text = "{\n  \"a\": {\n    \"b\": \"}\"\n  }\n}\n";
        assert_eq!(documents(text), [text.trim()]);
    }

    #[test]
    fn pretty_printed_documents_may_follow_each_other() {
        assert_eq!(
            split("{\n \"a\": 1\n}\n{\n \"b\": 2\n}"),
            [(1, "{\n \"a\": 1\n}".into()), (4, "{\n \"b\": 2\n}".into())]
        );
    }

    #[test]
    fn an_array_is_taken_apart() {
        assert_eq!(
            split("[\n  {\"a\": [1, 2]},\n  {\"b\": \"],\"}\n]\n"),
            [(2, "{\"a\": [1, 2]}".into()), (3, "{\"b\": \"],\"}".into())]
        );
        assert_eq!(
            documents("[{\"a\":1},{\"b\":2}]"),
            ["{\"a\":1}", "{\"b\":2}"]
        );
    }

    #[test]
    fn prose_is_a_document_a_line() {
        assert_eq!(documents("call me\nback\n"), ["call me", "back"]);
    }

    #[test]
    fn a_truncated_file_is_a_document_that_is_cut_off() {
        assert_eq!(documents("{\n \"a\": 1"), ["{\n \"a\": 1"]);
        assert_eq!(
            documents("[\n {\"a\": 1},\n {\"b\""),
            ["{\"a\": 1}", "{\"b\""]
        );
    }

    #[test]
    fn an_empty_file_holds_nothing() {
        assert!(documents("").is_empty() && documents("\n \n").is_empty());
        assert!(documents("[\n]").is_empty());
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(
            documents("\u{feff}{\"a\":1}\n{\"b\":2}"),
            ["{\"a\":1}", "{\"b\":2}"]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_input_makes_it_fail_or_run_on(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..500)) {
            let mut splitter = Splitter::new(bytes.as_slice());
            let mut total = 0;
            while let Some((_, input)) = splitter.next().unwrap() {
                if let Input::Document(document) = input {
                    proptest::prop_assert!(!document.is_empty());
                    total += document.len();
                }
            }
            proptest::prop_assert!(total <= bytes.len());
        }
    }
}
