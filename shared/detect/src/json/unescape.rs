//! Decodes the escapes of a JSON string.

/// Writes the decoded form of `raw`, the well-formed inside of a JSON string. A lone surrogate (RFC
/// 8259, section 8.2) becomes U+FFFD, so that the rest of the string is still searched.
pub(crate) fn unescape(raw: &str, out: &mut String) {
    out.reserve(raw.len());
    let mut rest = raw;
    // Escapes come close together, so a faster search that restarts after each one gains nothing.
    while let Some(at) = rest.bytes().position(|byte| byte == b'\\') {
        out.push_str(&rest[..at]);
        let code = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or_default();
        out.push(match code {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => unescape_unicode(&mut rest),
            other => char::from(other),
        });
    }
    out.push_str(rest);
}

/// Decodes the four digits at the start of `rest`, and the second half of a surrogate pair.
fn unescape_unicode(rest: &mut &str) -> char {
    let Some(first) = take_unit(rest) else {
        return char::REPLACEMENT_CHARACTER;
    };
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    let mut after = *rest;
    let second = after
        .strip_prefix("\\u")
        .and_then(|digits| {
            after = digits;
            take_unit(&mut after)
        })
        .filter(|unit| (0xdc00..0xe000).contains(unit));
    match second {
        Some(second) => {
            *rest = after;
            char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
                .unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        None => char::REPLACEMENT_CHARACTER,
    }
}

fn take_unit(rest: &mut &str) -> Option<u32> {
    let digits = rest.get(..4)?;
    let unit = u32::from_str_radix(digits, 16).ok()?;
    *rest = &rest[4..];
    Some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_what_serde_json_says() {
        for raw in [
            "plain",
            "\\u0041\\n\\t\\/\\\\\\\"",
            "\\ud83d\\ude00!",
            "é\\u00e9",
        ] {
            let mut ours = String::new();
            unescape(raw, &mut ours);
            assert_eq!(
                serde_json::from_str::<String>(&format!("\"{raw}\"")).unwrap(),
                ours
            );
        }
        let mut lone = String::new();
        unescape("a\\ud83dz\\ud83d\\u0041", &mut lone);
        assert_eq!(lone, "a\u{fffd}z\u{fffd}A");
    }
}
