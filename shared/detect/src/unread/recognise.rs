//! Recognises content that cannot be read, from the first bytes of a text and the name of its
//! field.
//!
//! Most encrypted, compressed and binary formats begin with a fixed mark. The table in `marks`
//! names the source of each. At most the first 64 characters are decoded. Without a mark, only the
//! size decides: bytes that are not text count if they are the bulk of the document. So a signature
//! or a hash beside the data does not make the document unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::{memchr2, memmem};

use super::Unread;
use super::hints::NameHints;
use super::marks::{self, Kind, is_zlib, kind_of};
use crate::aggregate;
use crate::eight;
use crate::walk::{hex, in_data_url, unicode, value_of, value_of_digit};

/// The shortest text that is examined. An encrypted or packed text has a key id, a nonce or a
/// header and is longer. A UUID and a time are shorter.
const SHORTEST: usize = 40;

/// The shortest text that counts as binary data without a mark. A hash, a signature key or a token
/// is shorter.
const SHORTEST_UNMARKED: usize = 128;

/// The number of characters of base64 that are decoded, and the most bytes they can give.
const LOOKED_AT: usize = 64;
const DECODED: usize = LOOKED_AT / 4 * 3;

/// The number of bytes that an envelope adds to a payload. They are left out when the bulk of a
/// document is measured.
const ENVELOPE: usize = 512;

/// The result for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Content that cannot be read.
    Sure(Unread),
    /// Content that cannot be read, if it is the bulk of the document.
    IfBulk(Unread),
    /// A reference. It replaces the content if it is the bulk of the document.
    Reference,
}

/// Returns true if a leaf may be anything that [`sign_of`] recognises. Most leaves are too short.
#[inline]
pub(crate) fn may_be_unread(text: &str) -> bool {
    text.len() >= SHORTEST || text.as_bytes().starts_with(b"s3://")
}

/// Returns the sign that a text cannot be read, in a field with these hints.
pub(crate) fn sign_of(text: &str, name: NameHints) -> Option<Sign> {
    let text = text.trim_ascii();
    if may_begin(text.as_bytes(), name) {
        sign_begun(text, name)
    } else {
        None
    }
}

/// The same of a text that begins as something that is recognised.
#[inline(never)]
fn sign_begun(text: &str, name: NameHints) -> Option<Sign> {
    match text.as_bytes().first()? {
        b'-' => return is_armoured(text).then_some(Sign::Sure(Unread::Encrypted)),
        b'$' => {
            let is_vault = text.starts_with("$ANSIBLE_VAULT;");
            return is_vault.then_some(Sign::Sure(Unread::Encrypted));
        }
        b's' | b'g' | b'h' if let Some(sign) = reference(text, name) => return Some(sign),
        // Vault's transit engine, and SOPS.
        b'v' if text.starts_with("vault:v") => return Some(Sign::Sure(Unread::Encrypted)),
        b'E' if text.starts_with("ENC[AES") => return Some(Sign::Sure(Unread::Encrypted)),
        b'e' if is_jwe(text) => {
            // A session token that a browser keeps is a credential and not a body.
            return (!name.has(NameHints::TOKEN)).then_some(Sign::Sure(Unread::Encrypted));
        }
        _ => {}
    }
    encoded(text, name)
}

/// Returns true if a text begins like anything that is recognised. Most texts do not. All beginnings are
/// compared at once, because the processor cannot predict where they differ.
#[inline]
fn may_begin(text: &[u8], name: NameHints) -> bool {
    let eight = eight::bytes_at(text, 0);
    let is = |start: &[u8]| {
        let unread = 64_usize.saturating_sub(start.len() * 8);
        let differs = eight ^ eight::bytes_at(start, 0);
        differs << unread == 0
    };
    // Only the name makes a reference of an address.
    let is_named = name.is_reference();
    is(b"-----BEG")
        | is(b"$ANSIBLE")
        | is(b"s3://")
        | is(b"gs://")
        | is(b"https://") & is_named
        | is(b"vault:v")
        | is(b"ENC[AES")
        | is(b"eyJ")
        | is(b"data:")
        | digits_of(text).is_some()
}

/// Returns true for the first line of an armoured message. A key is not a message.
fn is_armoured(text: &str) -> bool {
    const LINES: [&str; 5] = [
        // RFC 9580, section 6.2; RFC 7468, section 9; S/MIME's older name for it; age.
        "-----BEGIN PGP MESSAGE-----",
        "-----BEGIN CMS-----",
        "-----BEGIN PKCS7-----",
        "-----BEGIN AGE ENCRYPTED FILE-----",
        "-----BEGIN ENCRYPTED MESSAGE-----",
    ];
    LINES.iter().any(|line| text.starts_with(line))
}

/// Recognises a JWE in compact form (RFC 7516, section 7.1): five parts in base64url, of which the
/// first is a header with the encryption of the content.
fn is_jwe(text: &str) -> bool {
    if !text.starts_with("eyJ") {
        return false;
    }
    let Some((header, rest)) = text.split_once('.') else {
        return false;
    };
    let is_jwe = rest.bytes().filter(|byte| *byte == b'.').count() == 3
        && rest
            .bytes()
            .all(|byte| byte == b'.' || value_of(byte).is_some());
    is_jwe
        && URL_SAFE_NO_PAD
            .decode(header)
            .is_ok_and(|header| memmem::find(&header, b"\"enc\"").is_some())
}

/// Recognises a URI of an object store.
fn reference(text: &str, name: NameHints) -> Option<Sign> {
    let is_s3 = text.starts_with("s3://");
    let is_of_a_store = is_s3
        || text.starts_with("gs://")
        || text.strip_prefix("https://").is_some_and(is_at_store);
    let is_uri = is_of_a_store && memchr2(b' ', b'\n', text.as_bytes()).is_none();
    if is_uri && name.is_reference() {
        return Some(Sign::Sure(Unread::StoredElsewhere));
    }
    (is_uri && is_s3).then_some(Sign::Reference)
}

/// Returns true if the text after the scheme of an address starts with the host of an object store.
fn is_at_store(rest: &str) -> bool {
    let end = memchr2(b'/', b'?', rest.as_bytes()).unwrap_or(rest.len());
    let host = &rest[..end];
    let is_s3 = || host.starts_with("s3") || host.contains(".s3");
    host.contains(".amazonaws.com") && is_s3() || host.ends_with(".blob.core.windows.net")
}

/// Recognises base64 of either alphabet, whole, in lines or after the head of a `data:` URL (RFC
/// 2397), and hexadecimal digits.
fn encoded(text: &str, name: NameHints) -> Option<Sign> {
    let text = in_data_url(text).unwrap_or(text);
    let digits = digits_of(text.as_bytes())?;
    let is_ciphertext = name.has(NameHints::CIPHERTEXT);
    let is_of_a_key = name.has(NameHints::KEY);
    // Without a mark, only a long text or the name of its field makes a difference.
    if !is_long(text) && !may_be_marked(digits) && !is_ciphertext {
        return None;
    }
    let start = Start::of(first_digits(digits)?);
    let bytes = start.bytes();
    // The walk opens these, and notes those that it could not open.
    if bytes.starts_with(&[0x1f, 0x8b])
        || is_zlib(bytes)
        || unicode::is_marked(bytes)
        || aggregate::begins(bytes)
    {
        return None;
    }
    match kind_of(bytes) {
        // The data key of an envelope hides no content.
        Some(Kind::Marked(Unread::Encrypted)) if is_of_a_key => return None,
        Some(Kind::Marked(reason)) => return Some(Sign::Sure(reason)),
        Some(Kind::Weakly(reason)) if is_long(text) => return Some(Sign::IfBulk(reason)),
        Some(Kind::Weakly(_)) | None => {}
    }
    if is_text(bytes) {
        return None;
    }
    if is_ciphertext {
        return (!is_of_a_key).then_some(Sign::Sure(Unread::Encrypted));
    }
    let is_beside = name.has(NameHints::BESIDE_DATA);
    let is_encoded = || {
        text.bytes()
            .all(|byte| IN_BASE64[usize::from(byte)] != InBase64::Nothing)
    };
    (is_long(text) && !is_beside && is_encoded()).then_some(Sign::IfBulk(Unread::Binary))
}

fn is_long(text: &str) -> bool {
    text.len() >= SHORTEST_UNMARKED
}

/// The kind of a byte in base64 (RFC 4648). The later kinds in this list end the digits. Each has a bit of
/// its own, so that the kinds of several bytes are one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum InBase64 {
    Digit = 0,
    LineEnd = 1,
    Padding = 2,
    Nothing = 4,
}

const IN_BASE64: [InBase64; 256] = {
    let mut kinds = [InBase64::Nothing; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'=' => InBase64::Padding,
            b'\r' | b'\n' => InBase64::LineEnd,
            _ if value_of(byte).is_some() => InBase64::Digit,
            _ => InBase64::Nothing,
        };
        byte += 1;
    }
    kinds
};

/// Returns the text after the mark of a database's bytes, if it starts like base64 or hexadecimal
/// digits. Most texts are ruled out within a few characters. These are tested together, because the
/// processor cannot predict the place of the first other character.
#[inline]
fn digits_of(text: &[u8]) -> Option<&[u8]> {
    const FIRST: usize = 16;
    let digits = text.strip_prefix(b"\\x").unwrap_or(text);
    let first = digits.first_chunk::<FIRST>()?;
    let kinds = first
        .iter()
        .fold(0, |kinds, byte| kinds | IN_BASE64[usize::from(*byte)] as u8);
    (kinds <= InBase64::LineEnd as u8).then_some(digits)
}

/// Returns the digits that are decoded, including line ends. Returns `None` if another character
/// comes first.
fn first_digits(digits: &[u8]) -> Option<&[u8]> {
    // As many characters as are decoded, and the ends of two lines.
    const MOST: usize = LOOKED_AT + 4;
    let digits = &digits[..digits.len().min(MOST)];
    let kind = |byte: &u8| IN_BASE64[usize::from(*byte)];
    let end = digits
        .iter()
        .position(|byte| kind(byte) >= InBase64::Padding);
    match end {
        Some(at) if kind(&digits[at]) == InBase64::Nothing => None,
        Some(at) => Some(&digits[..at]),
        None => Some(digits),
    }
}

/// Returns true if a mark begins with the first byte of these digits, read as base64 or as
/// hexadecimal.
fn may_be_marked(digits: &[u8]) -> bool {
    let Some(&[first, second]) = digits.first_chunk() else {
        return false;
    };
    let (Some(high), Some(low)) = (value_of(first), value_of(second)) else {
        return true;
    };
    let is_hexadecimal = first.is_ascii_hexdigit() && second.is_ascii_hexdigit();
    marks::may_begin(high << 2 | low >> 4)
        || is_hexadecimal && marks::may_begin(hex(first) << 4 | hex(second))
}

/// The bytes of the first characters of base64, or of hexadecimal digits.
struct Start {
    bytes: [u8; DECODED],
    length: usize,
}

impl Start {
    fn of(digits: &[u8]) -> Self {
        // `A` stands for zeros.
        let mut looked_at = [b'A'; LOOKED_AT];
        let mut count = 0;
        let is_digit = |byte: &&u8| IN_BASE64[usize::from(**byte)] == InBase64::Digit;
        for (room, byte) in looked_at.iter_mut().zip(digits.iter().filter(is_digit)) {
            *room = *byte;
            count += 1;
        }
        let mut bytes = [0; DECODED];
        if looked_at[..count].iter().all(u8::is_ascii_hexdigit) {
            let pairs = looked_at[..count].as_chunks().0;
            for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
                *byte = hex(*high) << 4 | hex(*low);
            }
            return Self {
                bytes,
                length: pairs.len(),
            };
        }
        let (threes, _) = bytes.as_chunks_mut::<3>();
        for (three, four) in threes.iter_mut().zip(looked_at.as_chunks::<4>().0) {
            let bits = four.iter().fold(0, |bits: u32, digit| {
                bits << 6 | u32::from(value_of_digit(*digit))
            });
            let [_, decoded @ ..] = bits.to_be_bytes();
            *three = decoded;
        }
        Self {
            bytes,
            length: count * 3 / 4,
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Returns true if bytes can be the start of a text.
fn is_text(bytes: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && !bytes.iter().any(|byte| is_control(*byte))
}

/// Returns true if control characters show that a text is binary data that happens to be valid
/// UTF-8, such as a record of Avro or Protobuf with short strings.
pub(crate) fn is_binary(text: &str) -> bool {
    const ONE_IN: usize = 50;
    let controls = text.bytes().filter(|byte| is_control(*byte)).count();
    controls * ONE_IN > text.len()
}

/// Returns true for a control character, except those of lines and the one that starts the colours
/// of a log line.
const fn is_control(byte: u8) -> bool {
    const ESCAPE: u8 = 0x1b;
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | ESCAPE) || byte == 0x7f
}

/// Returns true if this number of bytes is the bulk of a document without its envelope.
pub(crate) const fn is_bulk(bytes: usize, of_document: usize) -> bool {
    bytes > 0 && bytes.saturating_mul(2) >= of_document.saturating_sub(ENVELOPE)
}

/// Returns true if references of this length are the bulk of a document, which then has no other
/// content.
pub(crate) const fn are_bulk_references(bytes: usize, of_document: usize) -> bool {
    bytes > 0 && bytes.saturating_mul(2) >= of_document
}

#[cfg(test)]
mod tests;
