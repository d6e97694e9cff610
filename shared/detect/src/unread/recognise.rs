//! Tells from the first bytes of a text, and from the name of its field, whether its content can be
//! read.
//!
//! Most encrypted, compressed and binary formats begin with a fixed mark; the table below names the
//! source of each. At most the first 64 characters are decoded. Without a mark, only the size
//! decides: bytes that are not text count if they are the bulk of the document, so that a signature or a
//! hash beside the data does not make the document one that was not read.

use memchr::memmem;

use super::Unread;
use super::marks::{Kind, is_zlib, kind_of};
use crate::walk::{hex, unicode, value_of};

/// The shortest text that is looked at. An encrypted or packed text has a key id, a nonce or a header
/// and is longer; a UUID and a time are shorter.
const SHORTEST: usize = 40;

/// The shortest text that counts as binary data without a mark. A hash, a signature key or a token is
/// shorter.
const SHORTEST_UNMARKED: usize = 128;

/// How many characters of base64 are decoded.
const LOOKED_AT: usize = 64;

/// What the bulk of a document is measured without: the fields that an envelope adds to a payload.
const ENVELOPE: usize = 512;

/// What a text is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Content that cannot be read.
    Sure(Unread),
    /// Content that cannot be read, if it is the bulk of the document.
    IfBulk(Unread),
    /// A reference, which replaces the content if it is the bulk of the document.
    Reference,
}

/// Whether a leaf may be anything of what [`sign_of`] knows. Most leaves are too short.
#[inline]
pub(crate) fn is_worth_a_look(text: &str) -> bool {
    text.len() >= SHORTEST || text.starts_with("s3://")
}

/// What a text in a field of this name is taken for.
pub(crate) fn sign_of(text: &str, key: Option<&str>) -> Option<Sign> {
    let text = text.trim_ascii();
    match text.as_bytes().first()? {
        b'-' => return is_armoured(text).then_some(Sign::Sure(Unread::Encrypted)),
        b'$' => {
            let is_vault = text.starts_with("$ANSIBLE_VAULT;");
            return is_vault.then_some(Sign::Sure(Unread::Encrypted));
        }
        b's' | b'g' | b'h' if let Some(sign) = reference(text, key) => return Some(sign),
        // Vault's transit engine, and SOPS.
        b'v' if text.starts_with("vault:v") => return Some(Sign::Sure(Unread::Encrypted)),
        b'E' if text.starts_with("ENC[AES") => return Some(Sign::Sure(Unread::Encrypted)),
        b'e' if is_jwe(text) => {
            // A session that a browser keeps is a credential and no body.
            let is_token = key.is_some_and(|key| has_word(key, TOKENS));
            return (!is_token).then_some(Sign::Sure(Unread::Encrypted));
        }
        _ => {}
    }
    encoded(text, key)
}

/// The first line of an armoured message. A key is not a message.
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

/// A JWE in compact form (RFC 7516, section 7.1): five parts in base64url, of which the first is a
/// header that names how the content is encrypted.
fn is_jwe(text: &str) -> bool {
    const LONGEST_HEADER: usize = 4 << 10;
    if !text.starts_with("eyJ") {
        return false;
    }
    let Some((header, rest)) = text.split_once('.') else {
        return false;
    };
    let is_jwe = header.len() <= LONGEST_HEADER
        && rest.bytes().filter(|byte| *byte == b'.').count() == 3
        && rest
            .bytes()
            .all(|byte| byte == b'.' || value_of(byte).is_some());
    is_jwe
        && decoded(header, LONGEST_HEADER)
            .is_some_and(|header| memmem::find(&header, b"\"enc\"").is_some())
}

/// A URI of an object store.
fn reference(text: &str, key: Option<&str>) -> Option<Sign> {
    const LONGEST: usize = 2 << 10;
    if text.len() > LONGEST || text.contains([' ', '\n']) {
        return None;
    }
    let is_s3 = text.starts_with("s3://");
    let is_of_a_store = is_s3
        || text.starts_with("gs://")
        || text.strip_prefix("https://").is_some_and(|rest| {
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            (host.contains(".s3") || host.starts_with("s3")) && host.contains(".amazonaws.com")
                || host.ends_with(".blob.core.windows.net")
        });
    if is_of_a_store && key.is_some_and(is_named_as_reference) {
        return Some(Sign::Sure(Unread::StoredElsewhere));
    }
    is_s3.then_some(Sign::Reference)
}

/// `claimCheck`, `payloadLocation`, `bodyS3Uri`, and `dataref` of the `CloudEvents` extension.
fn is_named_as_reference(key: &str) -> bool {
    const OF_CONTENT: &[&str] = &["payload", "body", "message", "content", "data", "event"];
    const TO_IT: &[&str] = &["location", "pointer", "ref", "uri", "url", "s3", "link"];
    has_word(key, &["claimcheck"]) || has_word(key, OF_CONTENT) && has_word(key, TO_IT)
}

/// Words in the names of fields that hold tokens.
const TOKENS: &[&str] = &[
    "token",
    "authorization",
    "cookie",
    "session",
    "jwt",
    "credential",
];
/// Words in the names of fields that hold ciphertext.
const CIPHERTEXTS: &[&str] = &["ciphertext", "encrypted", "encdata"];
/// Words in the names of fields that hold bytes beside the data.
const BESIDE_DATA: &[&str] = &[
    "sign",
    "sig",
    "hash",
    "digest",
    "sha",
    "md5",
    "key",
    "cert",
    "token",
    "nonce",
    "hmac",
    "cursor",
    "cookie",
    "authorization",
    "session",
    "etag",
    "chain",
    "receipthandle",
    "fingerprint",
    "x5c",
];

/// Whether a name contains one of these words, written in any of the usual ways.
fn has_word(name: &str, words: &[&str]) -> bool {
    const LONGEST_NAME: usize = 64;
    let name: String = name
        .chars()
        .take(LONGEST_NAME)
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    words.iter().any(|word| name.contains(word))
}

/// Base64 of either alphabet, whole, in lines or behind the head of a `data:` URL (RFC 2397), and
/// hexadecimal digits.
fn encoded(text: &str, key: Option<&str>) -> Option<Sign> {
    const LONGEST_HEAD: usize = 128;
    let head = text.get(..text.floor_char_boundary(LONGEST_HEAD))?;
    let text = match head.find(";base64,") {
        Some(at) if head.starts_with("data:") => &text[at + 8..],
        _ => text,
    };
    let bytes = decoded(text, LOOKED_AT)?;
    // The walk opens these, and notes what it could not open.
    if bytes.starts_with(&[0x1f, 0x8b]) || is_zlib(&bytes) || unicode::is_marked(&bytes) {
        return None;
    }
    let is_of_a_key = || key.is_some_and(|key| has_word(key, &["key"]));
    match kind_of(&bytes) {
        // The data key of an envelope hides no content.
        Some(Kind::Marked(Unread::Encrypted)) if is_of_a_key() => return None,
        Some(Kind::Marked(reason)) => return Some(Sign::Sure(reason)),
        Some(Kind::Weakly(reason)) if is_long(text) => return Some(Sign::IfBulk(reason)),
        Some(Kind::Weakly(_)) | None => {}
    }
    if is_text(&bytes) {
        return None;
    }
    if key.is_some_and(|key| has_word(key, CIPHERTEXTS)) {
        return (!is_of_a_key()).then_some(Sign::Sure(Unread::Encrypted));
    }
    let is_beside = || key.is_some_and(|key| has_word(key, BESIDE_DATA));
    let is_encoded = || {
        text.bytes()
            .all(|byte| value_of(byte).is_some() || matches!(byte, b'=' | b'\r' | b'\n'))
    };
    (is_long(text) && !is_beside() && is_encoded()).then_some(Sign::IfBulk(Unread::Binary))
}

fn is_long(text: &str) -> bool {
    text.len() >= SHORTEST_UNMARKED
}

/// The bytes of the first characters of base64, or of hexadecimal digits; `None` where it is neither.
fn decoded(text: &str, most: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x").unwrap_or(text);
    let mut sixes = Vec::with_capacity(digits.len().min(most));
    let mut is_hexadecimal = true;
    for byte in digits.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        if sixes.len() == most || byte == b'=' {
            break;
        }
        is_hexadecimal &= byte.is_ascii_hexdigit();
        sixes.push((byte, value_of(byte)?));
    }
    if is_hexadecimal {
        let pairs = sixes.chunks_exact(2);
        return Some(
            pairs
                .map(|pair| hex(pair[0].0) << 4 | hex(pair[1].0))
                .collect(),
        );
    }
    let mut bytes = Vec::with_capacity(sixes.len() / 4 * 3);
    for four in sixes.chunks(4) {
        let bits = four
            .iter()
            .fold(0_u32, |bits, (_, six)| bits << 6 | u32::from(*six));
        let bits = bits << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len().max(1)]);
    }
    Some(bytes)
}

/// Whether bytes can be the start of a text.
fn is_text(bytes: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && !bytes.iter().any(|byte| is_control(*byte))
}

/// Whether control characters show that a text is binary data that happens to be valid UTF-8, such as a
/// record of Avro or Protobuf with short strings.
pub(crate) fn is_binary(text: &str) -> bool {
    const ONE_IN: usize = 50;
    let controls = text.bytes().filter(|byte| is_control(*byte)).count();
    controls * ONE_IN > text.len()
}

/// A control character. Not those of lines, and not the one that starts the colours of a log line.
const fn is_control(byte: u8) -> bool {
    const ESCAPE: u8 = 0x1b;
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | ESCAPE) || byte == 0x7f
}

/// Whether this number of bytes is the bulk of a document without its envelope.
pub(crate) const fn is_bulk(bytes: usize, of_document: usize) -> bool {
    bytes > 0 && bytes.saturating_mul(2) >= of_document.saturating_sub(ENVELOPE)
}

/// Whether references of this length are the bulk of a document, which then has no other content.
pub(crate) const fn are_bulk_references(bytes: usize, of_document: usize) -> bool {
    bytes > 0 && bytes.saturating_mul(2) >= of_document
}

#[cfg(test)]
mod tests;
