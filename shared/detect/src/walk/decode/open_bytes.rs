//! Opens decoded bytes: text in UTF-8, UTF-16 or UTF-32, gzip or zlib of it, and aggregates of such.

use crate::aggregate;
use crate::limits::Limit;
use crate::path::{Node, Opener, Step};
use crate::unread::marks::is_zlib;
use crate::walk::decode::unicode;
use crate::walk::unread::Began;
use crate::walk::{Field, Walk};

/// The largest factor by which packed data may grow. The text of events compresses about tenfold.
/// Of data that grows more than this, only the start is searched.
const MOST_EXPANSION: usize = 256;
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

impl Walk<'_> {
    /// Searches decoded bytes, if they are text or hold text. `node` is their place.
    pub(super) fn open_bytes(
        &mut self,
        bytes: Vec<u8>,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        if is_packed(&bytes) {
            return self.open_packed(&bytes, Opener::Gzip, field, node, depth);
        }
        (aggregate::begins(&bytes) && self.open_aggregate(&bytes, field, node, depth))
            || (is_zlib(&bytes) && self.open_packed(&bytes, Opener::Zlib, field, node, depth))
            || self.opened_text(bytes, field, node, depth)
    }

    fn open_packed(
        &mut self,
        bytes: &[u8],
        opener: Opener,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        if !self.may_open() {
            return false;
        }
        let left = Limit::DecodedBytes.bound().saturating_sub(self.decoded);
        let most = left.min(bytes.len().saturating_mul(MOST_EXPANSION));
        let mut unpacked = Vec::new();
        // One byte more than allowed shows that there is more. The bytes before an error are
        // searched too.
        let inflater = &mut self.scratch.inflater;
        let is_whole = if opener == Opener::Gzip {
            inflater.gunzip(bytes, most + 1, &mut unpacked)
        } else {
            inflater.unzlib(bytes, most + 1, &mut unpacked)
        };
        let is_damaged = !is_whole && unpacked.len() <= most;
        self.decoded += unpacked.len().min(most);
        if unpacked.len() > most {
            self.limits.reached(Limit::DecodedBytes);
            unpacked.truncate(most);
            while std::str::from_utf8(&unpacked).is_err_and(|error| error.error_len().is_none()) {
                unpacked.pop();
            }
        }
        if unpacked.is_empty() {
            return false;
        }
        let inside = node.child(Step::Opened(opener));
        self.opened += 1;
        let is_opened = self.opened_text(unpacked, field, &inside, depth);
        self.opened -= 1;
        if is_opened && is_damaged {
            self.note_unopened(Began::Packed, bytes.len());
        }
        is_opened
    }
}

/// Returns true if bytes are gzip.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
}

/// Returns true if bytes can be the start of anything that [`Walk::open_bytes`] opens.
pub(super) fn is_opened_from(bytes: &[u8]) -> bool {
    is_packed(bytes)
        || is_zlib(bytes)
        || unicode::is_marked(bytes)
        || aggregate::begins(bytes)
        || is_text_start(bytes)
}

/// Returns true if bytes can be the start of a text: no control characters, and valid UTF-8 as far
/// as it goes.
fn is_text_start(bytes: &[u8]) -> bool {
    let is_utf8 =
        std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8
        && bytes
            .iter()
            .all(|&b| b >= b' ' && b != 0x7f || matches!(b, b'\n' | b'\r' | b'\t'))
}
