//! `MAC_ADDRESS`: hardware addresses of network interfaces.
//!
//! Why it matters: it identifies one device for its lifetime, and the device identifies its owner.
//!
//! The rule: IEEE 802 (EUI-48): six octets with colons or hyphens, or three pairs with dots; not
//! all zeros and not the broadcast address.

use super::{Detector, Find, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::MacAddress,
    names: &[Names::new(
        "mac|mac address|macaddress|mac addr|hardware address|ethernet address|physical address|bssid|device mac|\
         wifi mac|bluetooth address|mac adresse|adresse mac|direccion mac|indirizzo mac|endereco mac|mac adres|\
         adres mac|mac adress|macアドレス",
    )],
    keywords: "",
    finds: &[
        Find::Repeated(b":-", 3, find),
        Find::Repeated(b".", 5, find),
    ],
    field: Some(fits),
    positive: &[
        r#"{"x": "8c:d6:9a:53:6a:4b"}"#,
        r#"{"x": "A1-62-71-DA-5F-7A"}"#,
        r#"{"x": "seen a162.71da.5f7a on port 3"}"#,
        r#"{"x": "28-65-6f-5a-11-69"}"#,
        r#"{"device mac": "38 84 a8 3c 36 c9"}"#,
    ],
    negative: &[
        r#"{"x": "00:00:00:00:00:00"}"#,
        r#"{"x": "ff:ff:ff:ff:ff:ff"}"#,
        r#"{"x": "8c:d6:9a:53:6a:4b:11"}"#,
        r#"{"x": "12:30:45"}"#,
        r#"{"x": "11-22-33-44-55-66-77"}"#,
    ],
};

/// Accepts an address with spaces or without separators, because the name announces it.
fn fits(value: &Value<'_>) -> Option<Hit> {
    let mut digits = 0;
    let is_hex = value.text.bytes().all(|byte| {
        digits += u32::from(byte.is_ascii_hexdigit());
        byte.is_ascii_hexdigit() || byte == b' '
    });
    let is_null = value.text.bytes().all(|b| matches!(b, b'0' | b' '));
    let is_address = is_hex && digits == 12 && matches!(value.text.len(), 12 | 17) && !is_null;
    if is_address { value.whole(90) } else { None }
}

fn find(text: &str, at: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let separator = bytes[at];
    let width = if separator == b'.' { 4 } else { 2 };
    let groups = 12 / width;
    let start = at.checked_sub(width)?;
    let end = start + 12 + groups - 1;
    let candidate = bytes.get(start..end)?;
    // A date or a time of day has two of these separators.
    if separator != b'.' && candidate[8] != separator {
        return None;
    }
    let is_address = candidate.iter().enumerate().all(|(place, byte)| {
        if place % (width + 1) == width {
            *byte == separator
        } else {
            byte.is_ascii_hexdigit()
        }
    });
    let touches = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == separator || *byte == b'_';
    let is_held = start > 0 && touches(&bytes[start - 1]) || bytes.get(end).is_some_and(touches);
    if !is_address || is_held {
        return None;
    }
    let mut octets = candidate.iter().filter(|b| **b != separator);
    let is_null =
        octets.clone().all(|b| *b == b'0') || octets.all(|b| b.eq_ignore_ascii_case(&b'f'));
    (!is_null).then(|| Hit::new(start, end, 92, 98))
}
