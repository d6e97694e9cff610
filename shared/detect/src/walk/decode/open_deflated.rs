//! Opens base64 of deflated data without a header (RFC 1951), as requests of SAML are sent.
//!
//! Such data has no mark. It is believed if it is one stream from its first byte to its last, and
//! unpacks to text. Random bytes hardly ever do.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::is_legible;
use super::open_base64::value_of_digit;
use crate::limits::Limit;
use crate::path::{Node, Opener, Step};
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};

/// The shortest base64 in bytes that is unpacked. Most signatures and keys are shorter.
const SHORTEST: usize = 56;
/// The length in bytes from which a stream may have several blocks.
const LONG: usize = 4 << 10;
/// The largest factor by which such data may grow.
const MOST_EXPANSION: usize = 64;

/// Returns true if base64 can be a deflated stream. Its first three bits are the mark of the last
/// block, which a short stream begins with, and the kind of the block.
#[inline]
pub(super) fn may_be_deflated(base64: &[u8]) -> bool {
    let Some(two) = base64
        .first_chunk::<2>()
        .filter(|_| base64.len() >= SHORTEST)
    else {
        return false;
    };
    let [first, second] = two.map(value_of_digit);
    let head = (first << 2 | second >> 4) & 0b111;
    matches!(head, 0b011 | 0b101) || matches!(head, 0b010 | 0b100) && base64.len() >= LONG
}

impl Walk<'_> {
    #[inline(never)]
    pub(super) fn open_deflated(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let alphabet = if shape.has(shape::DASH | shape::UNDERSCORE) {
            &URL_SAFE_NO_PAD
        } else if text.ends_with('=') {
            &STANDARD
        } else {
            &STANDARD_NO_PAD
        };
        let Ok(bytes) = alphabet.decode(text) else {
            return false;
        };
        let left = Limit::DecodedBytes.bound().saturating_sub(self.decoded);
        let most = left.min(bytes.len().saturating_mul(MOST_EXPANSION));
        let mut unpacked = Vec::new();
        let is_whole = self
            .scratch
            .inflater
            .inflate_all(&bytes, most, &mut unpacked);
        let is_text = is_whole && std::str::from_utf8(&unpacked).is_ok_and(is_legible);
        if !is_text || !self.may_open() || !self.afford(unpacked.len()) {
            return false;
        }
        let decoded = node.child(Step::Opened(Opener::Base64));
        let inside = decoded.child(Step::Opened(Opener::Deflate));
        self.opened += 1;
        let is_opened = self.opened_text(unpacked, field, &inside, depth);
        self.opened -= 1;
        is_opened
    }
}
