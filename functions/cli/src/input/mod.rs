//! Reads the input of `trace` and `scan` as a stream of documents: files, directories and standard
//! input, gzip or plain.
//!
//! `files` lists the files that the paths name, `gzip` decompresses a file, `encoding` decodes
//! UTF-16 and UTF-32, `splitter` and `grammar` split its bytes into documents, `identity` gives ids
//! to documents, and `unread` records what could not be read. No file is read as a whole: memory
//! depends on the largest document, not on the file. `bounded` reads the small files that are
//! needed as a whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

pub(crate) mod bounded;
mod encoding;
mod files;
mod grammar;
mod gzip;
mod identity;
mod splitter;
mod unread;

use encoding::Decoded;
use gzip::Members;
use identity::Identity;
use splitter::Splitter;

pub(crate) use files::Listing;
pub(crate) use unread::{InputError, shown};

/// The maximum size of a document, in bytes. Lambda's largest payload is 6 MB; exports contain
/// larger documents.
pub(crate) const DOCUMENT_MAX: usize = 64 << 20;

/// The size of the buffers, in bytes.
const BUFFER: usize = 1 << 16;

/// The position of a document: `payloads.jsonl:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The file as the user named it, or `-`.
    pub(crate) file: Arc<str>,
    /// The line on which the document begins, from 1.
    pub(crate) line: u64,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A document, or the reason it could not be read.
#[derive(Debug)]
pub(crate) enum Input {
    /// The bytes of one document.
    Document(Vec<u8>),
    /// The document is larger than [`DOCUMENT_MAX`].
    TooLarge,
    /// Bytes that are not a document, because it is cut off or a bracket is missing. Reading
    /// continued after them.
    Damaged {
        /// The number of bytes that were skipped.
        bytes: u64,
    },
}

/// One document of a file, or the damage in its place.
pub(crate) struct Found {
    pub(crate) source: Source,
    /// The id of the document if it carries none: the same each time the same file is read, and
    /// independent of the content.
    pub(crate) id: String,
    /// True if versions up to 0.1.0 identified the document by its path, its line and a hash of its
    /// content. They did so for pipes too, where that id must not be used, because another run may
    /// read other data.
    pub(crate) was_known_by_path: bool,
    pub(crate) input: Input,
}

/// An iterator over the documents of a file.
pub(crate) struct Documents<'a> {
    file: Arc<str>,
    identity: Identity,
    splitter: Splitter<Box<dyn BufRead + 'a>>,
}

impl<'a> Documents<'a> {
    /// Opens a file, or standard input for `-`. `advance` is called with the number of bytes read,
    /// for a progress bar.
    fn open(path: &Path, advance: &'a dyn Fn(u64)) -> Result<Self, InputError> {
        Self::try_open(path, advance).map_err(|source| InputError::of(path, source))
    }

    /// Returns the documents of a file, or a single error if it cannot be opened.
    pub(crate) fn of(
        path: &Path,
        advance: &'a dyn Fn(u64),
    ) -> impl Iterator<Item = Result<Found, InputError>> {
        let (documents, error) = match Self::open(path, advance) {
            Ok(documents) => (Some(documents), None),
            Err(error) => (None, Some(Err(error))),
        };
        documents.into_iter().flatten().chain(error)
    }

    fn try_open(path: &Path, advance: &'a dyn Fn(u64)) -> io::Result<Self> {
        let (inner, identity): (Box<dyn Read>, Identity) = if path.as_os_str() == "-" {
            (Box::new(io::stdin().lock()), Identity::of_standard_input()?)
        } else {
            let file = File::open(path)?;
            let identity = Identity::of_file(&file, path)?;
            (Box::new(file), identity)
        };
        let mut counted = BufReader::with_capacity(BUFFER, Counted { inner, advance });
        let mut reader: Box<dyn BufRead> = if gzip::begins(counted.fill_buf()?) {
            Box::new(BufReader::with_capacity(BUFFER, Members::new(counted)))
        } else {
            Box::new(counted)
        };
        if let Some(mark) = encoding::mark_of(reader.fill_buf()?) {
            reader = Box::new(BufReader::with_capacity(BUFFER, Decoded::new(reader, mark)));
        }
        Ok(Self {
            file: path.display().to_string().into(),
            identity,
            splitter: Splitter::new(reader),
        })
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Found, InputError>;

    /// Returns the next document. An error is the last item, after everything that was read before
    /// it.
    fn next(&mut self) -> Option<Self::Item> {
        match self.splitter.next() {
            Ok(piece) => {
                let piece = piece?;
                Some(Ok(Found {
                    source: Source {
                        file: Arc::clone(&self.file),
                        line: piece.line,
                    },
                    was_known_by_path: &*self.file != "-",
                    id: self.identity.of_document(piece.offset),
                    input: match piece.input {
                        Input::Document(record) if piece.is_record => {
                            Input::Document([b"{\"Records\":[", &record[..], b"]}"].concat())
                        }
                        input => input,
                    },
                }))
            }
            Err(source) => Some(Err(InputError::of(Path::new(&*self.file), source))),
        }
    }
}

/// A reader that reports how many bytes have been read.
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
