//! Recognises and decodes text and bytes: JSON, gzip, base64.

use std::io::Read as _;

use base64::Engine as _;
use serde_json::value::RawValue;

use super::UNPACKED_MAX;
use super::unreadable::Reason;

/// Returns true if a text begins like JSON: with an object, or with an array of objects, arrays or
/// strings. A log line such as `[INFO] started` does not.
pub(super) fn claims_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{')
        || text
            .strip_prefix('[')
            .is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"']))
}

pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

pub(super) fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, Reason> {
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .take(UNPACKED_MAX + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| Reason::BadGzip)?;
    if unpacked.len() as u64 > UNPACKED_MAX {
        return Err(Reason::TooLarge);
    }
    Ok(unpacked)
}

pub(super) fn unbase64(text: &str) -> Result<Vec<u8>, Reason> {
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|_| Reason::BadBase64)
}
