//! Tells from the first bytes of a text, and from the name of its field, whether its content can be
//! read.
//!
//! Most encrypted, compressed and binary formats begin with a fixed mark; the table below names the
//! source of each. At most the first 64 characters are decoded. Without a mark, only the size
//! decides: bytes that are not text count if they are the bulk of the document, so that a signature or a
//! hash beside the data does not make the document one that was not read.

use memchr::memmem;

use super::Unread;
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

/// What bytes begin as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A mark that hardly any other bytes begin with.
    Marked(Unread),
    /// A short mark, or a file that often travels beside the data: a picture.
    Weakly(Unread),
}

impl Kind {
    pub(crate) const fn reason(self) -> Unread {
        match self {
            Self::Marked(reason) | Self::Weakly(reason) => reason,
        }
    }
}

/// Marks of several bytes, and what begins with them.
const MARKS: &[(&[u8], Unread)] = &[
    // AWS KMS does not document its ciphertexts; all begin so.
    (&[0x01, 0x01, 0x02, 0x00, 0x78], Unread::Encrypted),
    (&[0x01, 0x02, 0x02, 0x00, 0x78], Unread::Encrypted),
    (&[0x01, 0x02, 0x03, 0x00, 0x78], Unread::Encrypted),
    // AWS Encryption SDK, message format reference: version 2, and its two algorithm suites.
    (&[0x02, 0x04, 0x78], Unread::Encrypted),
    (&[0x02, 0x05, 0x78], Unread::Encrypted),
    // `openssl enc` with a salt; https://age-encryption.org/v1; Fernet's version and time.
    (b"Salted__", Unread::Encrypted),
    (b"age-encryption.org/", Unread::Encrypted),
    (&[0x80, 0x00, 0x00, 0x00, 0x00], Unread::Encrypted),
    // OpenPGP (RFC 9580): a session key encrypted with a password.
    (&[0x8c, 0x0d, 0x04], Unread::Encrypted),
    (&[0xc3, 0x0d, 0x04], Unread::Encrypted),
    // Zstandard (RFC 8878), LZ4 frames, framed Snappy and that of Java, bzip2, xz, lzip, 7z, zip.
    (&[0x28, 0xb5, 0x2f, 0xfd], Unread::Compressed),
    (&[0x04, 0x22, 0x4d, 0x18], Unread::Compressed),
    (&[0x02, 0x21, 0x4c, 0x18], Unread::Compressed),
    (b"\xff\x06\x00\x00sNaPpY", Unread::Compressed),
    (b"\x82SNAPPY\x00", Unread::Compressed),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0x00], Unread::Compressed),
    (b"LZIP\x01", Unread::Compressed),
    (&[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], Unread::Compressed),
    (b"PK\x03\x04", Unread::Compressed),
    // Avro's object container files, Parquet, ORC.
    (b"Obj\x01", Unread::Binary),
    (b"PAR1", Unread::Binary),
];

/// Marks that other bytes may begin with too, and files that travel beside data.
const WEAK_MARKS: &[(&[u8], Unread)] = &[
    // Glue schema registry: its version, and whether the record is packed.
    (&[0x03, 0x05], Unread::Compressed),
    (&[0x03, 0x00], Unread::Binary),
    // Avro's single-object encoding; the wire format of Confluent's schema registry.
    (&[0xc3, 0x01], Unread::Binary),
    (&[0x00, 0x00], Unread::Binary),
    (b"ORC", Unread::Binary),
    (b"\x89PNG", Unread::Binary),
    (&[0xff, 0xd8, 0xff], Unread::Binary),
    (b"GIF8", Unread::Binary),
    (b"%PDF-", Unread::Binary),
    (b"RIFF", Unread::Binary),
];

/// What bytes begin as; `None` for what has no mark.
pub(crate) fn kind_of(bytes: &[u8]) -> Option<Kind> {
    let begins_with = |(mark, _): &&(&[u8], Unread)| bytes.starts_with(mark);
    if let Some((_, reason)) = MARKS.iter().find(begins_with) {
        return Some(Kind::Marked(*reason));
    }
    if is_encryption_sdk_1(bytes) || is_pgp_session_key(bytes) || is_cms_enveloped(bytes) {
        return Some(Kind::Marked(Unread::Encrypted));
    }
    if is_bzip2(bytes) {
        return Some(Kind::Marked(Unread::Compressed));
    }
    if is_zlib(bytes) {
        return Some(Kind::Weakly(Unread::Compressed));
    }
    let weak = WEAK_MARKS.iter().find(begins_with);
    weak.map(|(_, reason)| Kind::Weakly(*reason))
}

/// A message of the AWS Encryption SDK in its first format: version, type, and an algorithm suite.
/// <https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html>
fn is_encryption_sdk_1(bytes: &[u8]) -> bool {
    matches!(*bytes, [0x01, 0x80, 0x00..=0x03, 0x14 | 0x46 | 0x78, ..])
}

/// A session key encrypted with a public key (RFC 9580, section 5.1): a packet of the old or the new
/// format with the tag 1, and version 3.
fn is_pgp_session_key(bytes: &[u8]) -> bool {
    matches!(
        *bytes,
        [0x84, _, 0x03, ..] | [0x85, 0x01..=0x04, _, 0x03, ..] | [0xc1, 0xc0..=0xc4, _, 0x03, ..]
    )
}

/// Enveloped data of CMS (RFC 5652, section 6) in DER or BER: its object identifier follows the length.
fn is_cms_enveloped(bytes: &[u8]) -> bool {
    const ENVELOPED_DATA: &[u8] = &[
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03,
    ];
    const LONGEST_LENGTH: usize = 5;
    bytes.first() == Some(&0x30)
        && (1..=1 + LONGEST_LENGTH)
            .filter_map(|start| bytes.get(start..))
            .any(|rest| rest.starts_with(ENVELOPED_DATA))
}

/// bzip2: the size of its blocks, and the start of the first or of the end.
fn is_bzip2(bytes: &[u8]) -> bool {
    matches!(
        *bytes,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..]
    )
}

/// zlib (RFC 1950) with the window that every program uses.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(*bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
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
