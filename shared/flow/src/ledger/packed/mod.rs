//! The packed form of a ledger, for a store that pays by the byte.
//!
//! Values of the same kind from all edges and days stand together in one column, as differences
//! from their usual value, and each name stands once. Equal values become runs, which compress to
//! nearly nothing. A month of an edge takes twelve bytes a day including its definition, most of
//! them for the two times to the millisecond, against 565 bytes as JSON (`cargo bench -p
//! piitrail-flow --bench scale`).
//!
//! Layout: one byte for the format, then gzip over three parts: the columns, the homes, and the
//! rows with events that were not read whole. Each part is in [postcard's wire
//! format](https://postcard.jamesmunns.com/wire-format). A reader refuses a format that it does not
//! know. Columns may be added only with a new format. The order of the variants of
//! [`PartyKind`](crate::party::PartyKind), [`ChannelKind`](crate::channel::ChannelKind) and
//! [`Basis`](crate::edge::Basis) is part of this format, and a test holds it.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::Ledger;

mod columns;
mod homes;
mod read;
mod unread;
mod write;

use columns::Columns;
use homes::Homes;
use unread::UnreadRows;

/// The format that this version writes: columns, homes, and events that were not read whole.
const FORMAT: u8 = 5;

/// The format before: the same parts, but only the kinds of parties up to `NoConsumer`.
const WITHOUT_AWS_CONSUMERS: u8 = 4;

/// The format before that: columns and homes, without the events that were not read whole.
const WITHOUT_UNREAD: u8 = 3;

/// The format before that: only columns, so every home is unknown. The first format was JSON in
/// gzip, without a byte for the format.
const WITHOUT_HOMES: u8 = 2;

/// The first byte of gzip, with which a ledger of the first format begins.
const GZIP: u8 = 0x1f;

/// The most bytes to which a ledger is unpacked. No ledger that this crate writes is larger.
const UNPACKED_MAX: u64 = 64 << 20;

/// The reason a ledger could not be packed or unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// A later version wrote the ledger.
    #[error(
        "the ledger has format {0}, but this version reads formats up to {FORMAT}; use a newer piitrail"
    )]
    Newer(u8),
    /// The bytes are not gzip, or are cut off.
    #[error("the ledger cannot be decompressed; it is damaged")]
    Gzip(#[source] std::io::Error),
    /// The unpacked bytes are not the parts of a ledger.
    #[error("the columns of the ledger cannot be read; it is damaged")]
    Columns(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PackError {
    fn damaged(what: &'static str) -> Self {
        Self::Columns(what.into())
    }
}

impl Ledger {
    /// Returns the ledger as bytes. The same ledger gives the same bytes.
    ///
    /// Times are kept to the millisecond, which is the precision of everything that records them.
    pub fn pack(&self) -> Result<Vec<u8>, PackError> {
        let columns = Columns::of(self);
        let homes = Homes::of(self);
        let unread = UnreadRows::of(self);
        let encoded = postcard::to_stdvec(&columns)
            .and_then(|encoded| postcard::to_extend(&homes, encoded))
            .and_then(|encoded| postcard::to_extend(&unread, encoded))
            .map_err(|e| PackError::Columns(Box::new(e)))?;
        let mut packed = GzEncoder::new(vec![FORMAT], Compression::best());
        packed
            .write_all(&encoded)
            .and_then(|()| packed.finish())
            .map_err(PackError::Gzip)
    }

    /// Reads a ledger from bytes of this format or an older one.
    pub fn unpack(packed: &[u8]) -> Result<Self, PackError> {
        let (format, rest) = packed
            .split_first()
            .ok_or(PackError::damaged("there is nothing in it"))?;
        match *format {
            GZIP => {
                serde_json::from_slice(&unzip(packed)?).map_err(|e| PackError::Columns(Box::new(e)))
            }
            format @ (WITHOUT_HOMES | WITHOUT_UNREAD | WITHOUT_AWS_CONSUMERS | FORMAT) => {
                let bytes = unzip(rest)?;
                let (columns, rest): (Columns, _) = part(&bytes)?;
                let (homes, rest): (Homes, _) = match format {
                    WITHOUT_HOMES => (Homes::default(), rest),
                    _ => part(rest)?,
                };
                let (unread, _): (UnreadRows, _) = match format {
                    WITHOUT_HOMES | WITHOUT_UNREAD => (UnreadRows::default(), rest),
                    _ => part(rest)?,
                };
                columns.into_ledger(&homes, &unread)
            }
            newer => Err(PackError::Newer(newer)),
        }
    }
}

/// Returns the next part of the format and the bytes after it.
fn part<'b, T: serde::Deserialize<'b>>(bytes: &'b [u8]) -> Result<(T, &'b [u8]), PackError> {
    postcard::take_from_bytes(bytes).map_err(|e| PackError::Columns(Box::new(e)))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn unzip(packed: &[u8]) -> Result<Vec<u8>, PackError> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed)
        .take(UNPACKED_MAX)
        .read_to_end(&mut bytes)
        .map_err(PackError::Gzip)?;
    Ok(bytes)
}
