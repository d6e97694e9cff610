//! Opens base64 of either alphabet.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::path::{Node, Opener, Step};
use crate::shape::{self, Shape};
use crate::unread::marks::is_zlib;
use crate::walk::decode::open_bytes::{is_opened_from, is_packed};
use crate::walk::unread::Began;
use crate::walk::{Field, Walk};

/// The shortest base64 in bytes. A shorter string counts as an id or a word.
pub(super) const SHORTEST_BASE64: usize = 16;
/// The number of characters that are decoded first. Their twelve bytes show if it is text.
const PROBE: usize = 16;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

impl Walk<'_> {
    /// Opens base64 of either alphabet, if it is text or holds text.
    #[inline(never)]
    pub(super) fn open_base64(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let alphabet = if shape.has(shape::DASH | shape::UNDERSCORE) {
            &URL_SAFE
        } else {
            &STANDARD
        };
        let mut probe = [0; PROBE];
        let Some(head) = text.as_bytes().get(..PROBE) else {
            return false;
        };
        let Ok(length) = alphabet.decode_slice(head, &mut probe) else {
            return false;
        };
        if !is_opened_from(&probe[..length]) || !self.may_open() || !self.afford(text.len() / 4 * 3)
        {
            return false;
        }
        let Ok(bytes) = alphabet.decode(text) else {
            return false;
        };
        let inside = node.child(Step::Opened(Opener::Base64));
        self.opened += 1;
        let is_packed = is_packed(&bytes);
        let is_opened = self.open_bytes(bytes, field, &inside, depth);
        if !is_opened {
            let began_as = if is_packed {
                Began::Packed
            } else {
                Began::Text
            };
            self.note_unopened(began_as, text.len());
        }
        self.opened -= 1;
        is_opened
    }
}

/// Returns true if the text consists of base64 characters of more than one kind, so that hashes and
/// words are not decoded.
pub(in crate::walk) fn is_base64(shape: Shape) -> bool {
    const STANDARD: u32 = shape::PLUS | shape::SLASH;
    const URL_SAFE: u32 = shape::DASH | shape::UNDERSCORE;
    shape.is_only(shape::UPPER | shape::LOWER | shape::DIGIT | shape::EQUALS | STANDARD | URL_SAFE)
        && shape.has(shape::UPPER)
        && shape.has(shape::LOWER | shape::DIGIT)
        && !(shape.has(STANDARD) && shape.has(URL_SAFE))
}

/// The base64 behind the head of a `data:` URL (RFC 2397).
pub(crate) fn in_data_url(text: &str) -> Option<&str> {
    let (head, encoded) = text.strip_prefix("data:")?.split_once(',')?;
    head.ends_with(";base64").then_some(encoded)
}

/// Returns the six bits of a base64 character in either alphabet (RFC 4648).
pub(crate) const fn value_of(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// The same of a character that is known to be base64, from a table.
#[inline]
pub(crate) fn value_of_digit(byte: u8) -> u8 {
    VALUES[usize::from(byte)]
}

const VALUES: [u8; 256] = {
    let mut values = [63; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        if let Some(value) = value_of(byte) {
            values[byte as usize] = value;
        }
        byte += 1;
    }
    values
};

/// Returns true if base64 that starts like this can hold text or gzip. The first three bytes rule
/// out nearly all random data without a decoder.
#[inline]
pub(super) fn may_open_text(base64: &[u8]) -> bool {
    const MARKS: [u8; 3] = [0x1f, 0x8b, 8];
    let Some(four) = base64.first_chunk::<4>() else {
        return false;
    };
    let [first, second, third, fourth] = four.map(value_of_digit);
    let bytes = [
        first << 2 | second >> 4,
        second << 4 | third >> 2,
        third << 6 | fourth,
    ];
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // The first byte must not be the second byte of a character either.
    bytes == MARKS
        || is_zlib(&bytes)
        || matches!(bytes, [0xff, 0xfe, _] | [0xfe, 0xff, _] | [0, 0, 0xfe])
        || !matches!(bytes[0], 0x7f..=0xc1 | 0xf5..)
            && !bytes.iter().any(|&byte| is_control(byte) || byte == 0x7f)
}
