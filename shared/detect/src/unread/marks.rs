//! The marks with which encrypted, compressed and binary formats begin.

use super::Unread;

/// The format with which bytes begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A mark with which hardly any other bytes begin.
    Marked(Unread),
    /// A short mark, or a file that is often sent beside the data: a picture.
    Weakly(Unread),
}

impl Kind {
    pub(crate) const fn reason(self) -> Unread {
        match self {
            Self::Marked(reason) | Self::Weakly(reason) => reason,
        }
    }
}

/// Marks of several bytes, with the reason for each.
const MARKS: &[(&[u8], Unread)] = &[
    // AWS KMS does not document its ciphertexts, but all of them begin so.
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

/// Marks with which other bytes may begin too, and files that are sent beside data.
const WEAK_MARKS: &[(&[u8], Unread)] = &[
    // Glue schema registry: its version, and whether the record is compressed.
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

/// Returns true if a mark begins with this byte. For nearly all texts none does.
pub(crate) const fn may_begin(byte: u8) -> bool {
    FIRST_BYTES[byte as usize]
}

/// The first bytes of all marks that are not weak.
const FIRST_BYTES: [bool; 256] = {
    let mut first = [false; 256];
    let mut at = 0;
    while at < MARKS.len() {
        first[MARKS[at].0[0] as usize] = true;
        at += 1;
    }
    // The first bytes of the formats that `kind_of` recognises by more than fixed bytes.
    let others = [0x01, 0x84, 0x85, 0xc1, 0x30, b'B'];
    let mut at = 0;
    while at < others.len() {
        first[others[at] as usize] = true;
        at += 1;
    }
    first
};

/// Returns the format with which bytes begin, or `None` if they have no mark.
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

/// Recognises a message of the AWS Encryption SDK in its first format: version, type, and an
/// algorithm suite.
/// <https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html>
fn is_encryption_sdk_1(bytes: &[u8]) -> bool {
    matches!(*bytes, [0x01, 0x80, 0x00..=0x03, 0x14 | 0x46 | 0x78, ..])
}

/// Recognises a session key encrypted with a public key (RFC 9580, section 5.1): a packet of the
/// old or the new format with the tag 1, and version 3.
fn is_pgp_session_key(bytes: &[u8]) -> bool {
    matches!(
        *bytes,
        [0x84, _, 0x03, ..] | [0x85, 0x01..=0x04, _, 0x03, ..] | [0xc1, 0xc0..=0xc4, _, 0x03, ..]
    )
}

/// Recognises enveloped data of CMS (RFC 5652, section 6) in DER or BER: its object identifier
/// follows the length.
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

/// Recognises bzip2: the size of its blocks, and the start of the first block or of the end.
fn is_bzip2(bytes: &[u8]) -> bool {
    matches!(
        *bytes,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..]
    )
}

/// Returns true if bytes start like zlib's (RFC 1950, section 2.2): deflated, a window of 512 bytes
/// to 32 KB, no dictionary, and a header that is a multiple of 31. The format also allows a smaller
/// window, but no program writes it, and a field of Protobuf starts with the same byte.
pub(crate) fn is_zlib(bytes: &[u8]) -> bool {
    const HAS_DICTIONARY: u8 = 1 << 5;
    let [method, flags, ..] = *bytes else {
        return false;
    };
    method & 0xf == 8
        && matches!(method >> 4, 1..=7)
        && flags & HAS_DICTIONARY == 0
        && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    #[test]
    fn zlib_is_known_by_its_header_with_every_window_and_level() {
        for level in 0..=9 {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
            encoder.write_all(b"write to jane@shop.dev").unwrap();
            assert!(is_zlib(&encoder.finish().unwrap()), "level {level}");
        }
        assert!(is_zlib(&[0x18, 0x19]) && is_zlib(&[0x48, 0x89]));
        // A field of Protobuf, a preset dictionary, which is not supported, and a text.
        for other in [&[0x08, 0x1d][..], &[0x78, 0xbb], b"Hello", &[0x78]] {
            assert!(!is_zlib(other), "{other:?}");
        }
    }
}
