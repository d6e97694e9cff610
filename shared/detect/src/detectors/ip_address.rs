//! `IP_ADDRESS`: IPv4 and IPv6.
//!
//! Why it matters: an address in use is personal data (CJEU C-582/14), and shows where a person is.
//!
//! The rule: RFC 4291 and RFC 5952 for the text forms. Addresses of private and link-local ranges
//! (RFC 1918, 4193, 6890) and of documentation (RFC 5737, 3849) are marked and not dropped.
//! Versions, OIDs, networks (`10.0.0.0/8`), and loopback, unspecified, multicast and broadcast
//! addresses do not belong to a person.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Detector, Digits, Find, Hit};
use crate::class::DataClass;
use crate::field_name::Names;
use crate::finding::Marks;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::IpAddress,
    names: &[Names::new(
        "ip|ip address|ipaddress|ip addr|source ip|client ip|remote ip|remote addr|remote address|ipv 4|ipv 6|\
         ip v 4|ip v 6|user ip|x forwarded for|x real ip|true client ip|ip adresse|adresse ip|direccion ip|\
         indirizzo ip|endereco ip|ip adres|adres ip|ip adress|ip adoresu|ipアドレス",
    )],
    keywords: "",
    finds: &[Find::Groups(4, find_v4), Find::Byte(b":", find_v6)],
    field: None,
    positive: &[
        r#"{"x": "160.67.237.27"}"#,
        r#"{"x": "from 160.67.237.27:8080 today"}"#,
        r#"{"x": "http://160.67.237.27/path"}"#,
        r#"{"x": "client ip:160.67.237.27"}"#,
        r#"{"x": "the new version was loaded from 160.67.237.27"}"#,
        r#"{"x": "2528:1f3:a0b7:c819:8bde:d5c6:f673:db32"}"#,
        r#"{"x": "[2001:db8::1]:443"}"#,
        r#"{"x": "::ffff:160.67.237.27"}"#,
        r#"{"x": "fe80::1ff:fe23:4567:890a%eth0"}"#,
    ],
    negative: &[
        r#"{"x": "1.2.3"}"#,
        r#"{"x": "1.2.3.4.5"}"#,
        r#"{"x": "256.1.1.1"}"#,
        r#"{"x": "01.02.03.04"}"#,
        r#"{"x": "Chrome/120.0.0.0"}"#,
        r#"{"appVersion": "1.2.3.4"}"#,
        r#"{"x": "after the update to version 1.2.3.4 it fails"}"#,
        r#"{"x": "firmware v1.2.3.4"}"#,
        r#"{"x": "from release 1.2.3.4 to 1.2.4.0"}"#,
        r#"{"ip": "version 1.2.3.4"}"#,
        r#"{"x": "10.0.0.0/8"}"#,
        r#"{"x": "12:30:45"}"#,
        r#"{"x": "std::vec::Vec"}"#,
        r#"{"x": "0.0.0.0"}"#,
        r#"{"listen": "127.0.0.1"}"#,
        r#"{"url": "http://127.0.0.1:5500/test.html"}"#,
        r#"{"ip": "::1"}"#,
        r#"{"ip": "224.0.0.251"}"#,
        r#"{"ip": "ff02::fb"}"#,
        r#"{"browser": "Chrome 117.0.0.0"}"#,
        r#"{"image": "registry.shop.dev/team/web:1.18.3.2"}"#,
        r#"{"x": "pulled quay.io/app/web:2.14.7.1"}"#,
        r#"{"x": "Firefox 91.4.1.2"}"#,
        r#"{"Name": "urn:oid:2.5.4.42"}"#,
        r#"{"x": "arn:aws:iam::123456789012:role"}"#,
    ],
};

fn find_v4(candidate: &Digits<'_>) -> Option<Hit> {
    if candidate.is_glued || !candidate.is_separated_by(b'.') {
        return None;
    }
    let text = candidate.text.as_bytes();
    let before = &text[..candidate.start];
    // `Chrome/1.2.3.4` and `v1.2.3.4` are versions, `//1.2.3.4` is a host, and a fifth part makes
    // an OID.
    let is_version = match before {
        [.., b'/', b'/'] => false,
        [.., b'/' | b'.' | b'-'] => true,
        [name @ .., b':'] => is_image(name) || name.ends_with(b"oid") || name.ends_with(b"OID"),
        _ => false,
    };
    if is_version {
        return None;
    }
    let bytes = candidate.bytes();
    let address: Ipv4Addr = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    let after = &text[candidate.end..];
    let goes_on = matches!(after, [b'.' | b'-', next, ..] if next.is_ascii_alphanumeric());
    if goes_on || announces_version(before) || is_network(after, 32) || is_nobodys(address) {
        return None;
    }
    Some(candidate.hit(85, 97).marked(marks_v4(address)))
}

/// Returns true if the text ends with the name of a container image, which has a path, as in
/// `registry.shop.dev/web:1.18.3.2`. An address with a scheme has a host there.
fn is_image(before: &[u8]) -> bool {
    const REACH: usize = 255;
    let near = &before[before.len().saturating_sub(REACH)..];
    let ends_name =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'=' | b'(');
    let name = near.rsplit(ends_name).next().unwrap_or_default();
    let is_path = name.last().is_some_and(u8::is_ascii_alphanumeric) && name.contains(&b'/');
    is_path && !name.windows(2).any(|two| two == b"//")
}

/// Returns true if the text ends with words that announce a version: `firmware v`, `version: `,
/// `Version ist `, also before an earlier one (`from version 1.2.3.4 to `).
fn announces_version(before: &[u8]) -> bool {
    const VERSIONS: [&str; 41] = [
        "v",
        "ver",
        "vers",
        "version",
        "versions",
        "versie",
        "versión",
        "versione",
        "versão",
        "wersja",
        "wersji",
        "release",
        "rel",
        "rev",
        "revision",
        "build",
        "firmware",
        "fw",
        "patch",
        "hotfix",
        "update",
        "upgrade",
        "driver",
        "kernel",
        "sdk",
        "agent",
        "バージョン",
        "版",
        "ausgabe",
        "chrome",
        "chromium",
        "firefox",
        "safari",
        "edge",
        "opera",
        "android",
        "ios",
        "windows",
        "linux",
        "webkit",
        "browser",
    ];
    const LINKS: [&str; 16] = [
        "is", "was", "to", "from", "and", "or", "no", "nr", "number", "ist", "auf", "est", "es",
        "a", "à", "bis",
    ];
    // The distance is enough for a few words.
    const REACH: usize = 48;
    const MOST_WORDS: usize = 4;
    let near = &before[before.len().saturating_sub(REACH)..];
    near.rsplit(|byte| matches!(byte, b' ' | b':' | b'=' | b'#' | b'(' | b'"' | b'\''))
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .find_map(|word| {
            let is_one_of = |words: &[&str]| {
                words
                    .iter()
                    .any(|known| known.as_bytes().eq_ignore_ascii_case(word))
            };
            let is_dotted = word
                .iter()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b','));
            if is_one_of(&VERSIONS) {
                Some(true)
            } else if is_one_of(&LINKS) || is_dotted {
                None
            } else {
                Some(false)
            }
        })
        .unwrap_or_default()
}

/// Returns true if a prefix length follows that makes it a network and not a host.
fn is_network(after: &[u8], host_bits: u32) -> bool {
    let [b'/', digits @ ..] = after else {
        return false;
    };
    let length = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=3).contains(&length) {
        return false;
    }
    let bits = digits[..length]
        .iter()
        .fold(0, |bits, b| bits * 10 + u32::from(b - b'0'));
    bits < host_bits
}

/// Returns true for addresses that belong to nobody: loopback, this network (RFC 1122, 3.2.1.3),
/// multicast, broadcast, and those that end with two zeros like versions (`117.0.0.0`).
fn is_nobodys(address: Ipv4Addr) -> bool {
    address.is_loopback()
        || address.is_multicast()
        || address.is_broadcast()
        || address.octets()[0] == 0
        || address.octets()[2..] == [0, 0]
}

fn marks_v4(address: Ipv4Addr) -> Marks {
    // Carriers share 100.64/10 (RFC 6598).
    let is_shared = matches!(address.octets(), [100, 64..=127, ..]);
    if address.is_documentation() {
        Marks::DOCUMENTATION_RANGE
    } else if address.is_private() || address.is_link_local() || is_shared {
        Marks::PRIVATE_RANGE
    } else {
        Marks::NONE
    }
}

/// Searches only from the first colon of an address.
fn find_v6(text: &str, at: usize) -> Option<Hit> {
    const LONGEST: usize = 45;
    // The last two groups of eight may be written as an IPv4 address.
    const FEWEST_COLONS: usize = 6;
    let bytes = text.as_bytes();
    // The second colon is within a short distance of the first.
    let ahead = &bytes[at + 1..bytes.len().min(at + 6)];
    let next = ahead.iter().find(|byte| !byte.is_ascii_hexdigit());
    if next != Some(&b':') {
        return None;
    }
    let lead = bytes[..at]
        .iter()
        .rev()
        .take(5)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    let is_doubled = bytes.get(at + 1) == Some(&b':');
    if lead > 4 || (lead == 0 && !is_doubled) {
        return None;
    }
    let start = at - lead;
    let is_held = start > 0
        && (bytes[start - 1].is_ascii_alphanumeric()
            || matches!(bytes[start - 1], b':' | b'_' | b'-' | b'.'));
    if is_held {
        return None;
    }
    let length = bytes[start..]
        .iter()
        .take(LONGEST + 1)
        .take_while(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        .count();
    let run = text
        .get(start..start + length)?
        .trim_end_matches(['.', ':']);
    let run = if bytes[start..].starts_with(b"::") && run.is_empty() {
        return None;
    } else {
        run
    };
    // A time of day has colons too.
    let has_gap = run.as_bytes().windows(2).any(|pair| pair == b"::");
    if !has_gap && run.bytes().filter(|byte| *byte == b':').count() < FEWEST_COLONS {
        return None;
    }
    let address: Ipv6Addr = run.parse().ok()?;
    let end = start + run.len();
    let after = &bytes[end..];
    let goes_on = after
        .first()
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    // `a::b` is more often code than an address.
    let groups = run.split(':').filter(|group| !group.is_empty()).count();
    let has_digit = run.bytes().any(|b| b.is_ascii_digit());
    if goes_on
        || is_network(after, 128)
        || address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || groups < 2
        || !has_digit
    {
        return None;
    }
    let alone = if groups >= 3 || run.len() >= 8 {
        90
    } else {
        40
    };
    Some(Hit::new(start, end, alone, 97).marked(marks_v6(address)))
}

fn marks_v6(address: Ipv6Addr) -> Marks {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return marks_v4(mapped);
    }
    let segments = address.segments();
    let is_documentation =
        segments[0] == 0x2001 && segments[1] == 0xdb8 || segments[0] & 0xfff0 == 0x3ff0;
    if is_documentation {
        Marks::DOCUMENTATION_RANGE
    } else if segments[0] & 0xfe00 == 0xfc00 || segments[0] & 0xffc0 == 0xfe80 {
        Marks::PRIVATE_RANGE
    } else {
        Marks::NONE
    }
}
