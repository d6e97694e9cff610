//! Cuts a label and its value out of a text. Each cut reads a bounded number of bytes around its
//! mark.

use super::{LONGEST_LABEL, LONGEST_VALUE, Labelled, may_be_credential};

/// Returns the label and the value on both sides of the `=` or `:` at `at`. Without quotes, only a
/// credential's label counts.
pub(super) fn beside(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    // `==` compares, `::` separates names, `://` starts an address. `=>` is written for `=`.
    let mut after = at + 1;
    match (bytes[at], bytes.get(after)) {
        (b'=', Some(b'=')) | (b':', Some(b':' | b'/')) => return None,
        (b'=', Some(b'>')) | (b':', Some(b'=')) => after += 1,
        _ => {}
    }
    while matches!(bytes.get(after), Some(b' ' | b'\t')) && after - at < 4 {
        after += 1;
    }
    // Base64 ends with this sign, and nothing follows it.
    if bytes.get(after).is_none_or(u8::is_ascii_whitespace) {
        return None;
    }
    let (label, is_label_quoted) = label_before(text, at)?;
    let label = without_link(text, label);
    let is_value_quoted = matches!(
        bytes[after..],
        [b'"' | b'\'', ..] | [b'\\', b'"' | b'\'', ..]
    );
    // `{"a": 1}` and `'a': 1` also label a value without quotes.
    let is_quoted = is_label_quoted || is_value_quoted;
    if !is_quoted && !may_be_credential(text.get(label.0..label.1)?) {
        return None;
    }
    Some(Labelled {
        label,
        value: value_at(text, after)?,
        is_quoted,
    })
}

/// Returns the label that ends before `at`, and true if it is quoted.
fn label_before(text: &str, at: usize) -> Option<((usize, usize), bool)> {
    let bytes = text.as_bytes();
    let mut end = at;
    while end > 0 && bytes[end - 1] == b' ' && at - end < 2 {
        end -= 1;
    }
    // `settings['password'] = …`, `[password] => …`
    let is_index = bytes[..end].ends_with(b"]");
    if is_index {
        end -= 1;
    }
    let quote = bytes[..end]
        .last()
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\''));
    if let Some(quote) = quote {
        end -= 1;
        // `\"a\": …`: an object in a string in a text.
        if bytes[..end].ends_with(b"\\") {
            end -= 1;
        }
        let from = end.saturating_sub(LONGEST_LABEL);
        let open = from + bytes[from..end].iter().rposition(|byte| *byte == quote)?;
        return (open + 1 < end).then_some(((open + 1, end), true));
    }
    let start = word_before(bytes, end);
    let has_letter = bytes[start..end]
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    // A word after another colon is a part of a name with colons (`arn:aws:…:secret:…`).
    let is_part = matches!(bytes[..start], [.., name, b':'] if name.is_ascii_alphanumeric());
    let is_open = is_index && !bytes[..start].ends_with(b"[");
    if start == end || end - start > LONGEST_LABEL || !has_letter || is_part || is_open {
        return None;
    }
    Some(((text.ceil_char_boundary(start), end), false))
}

/// Returns the word before a label that only links it to its value (`password is: …`).
fn without_link(text: &str, label: (usize, usize)) -> (usize, usize) {
    let word = text.get(label.0..label.1).unwrap_or_default();
    let end = label.0.saturating_sub(1);
    if !is_link(word) || text.as_bytes().get(end) != Some(&b' ') {
        return label;
    }
    let start = text.ceil_char_boundary(word_before(text.as_bytes(), end));
    if start < end { (start, end) } else { label }
}

/// Returns true for the words between a label and its value in a sentence.
pub(super) fn is_link(word: &str) -> bool {
    const LINKS: [&str; 17] = [
        "is", "was", "ist", "lautet", "est", "es", "to", "jest", "é", "è", "är", "er", "on", "je",
        "sera", "será", "now",
    ];
    LINKS.iter().any(|link| link.eq_ignore_ascii_case(word))
}

/// Returns the start of the word that ends at `end`.
pub(super) fn word_before(bytes: &[u8], end: usize) -> usize {
    let is_of_label = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
    };
    let length = bytes[..end]
        .iter()
        .rev()
        .take(LONGEST_LABEL + 1)
        .take_while(is_of_label)
        .count();
    end - length
}

/// Returns the start of a label including the word before it.
pub(super) fn with_word_before(text: &str, (start, end): (usize, usize)) -> usize {
    let bytes = text.as_bytes();
    if !bytes[..start].ends_with(b" ") {
        return start;
    }
    let wider = text.ceil_char_boundary(word_before(bytes, start - 1));
    if end - wider <= LONGEST_LABEL {
        wider
    } else {
        start
    }
}

/// Returns the value that starts at `at`.
pub(super) fn value_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let (open, quote, is_escaped) = match bytes.get(at..)? {
        [b'\\', quote @ (b'"' | b'\''), ..] => (at + 2, *quote, true),
        [quote @ (b'"' | b'\''), ..] => (at + 1, *quote, false),
        _ => {
            let ends = |byte: &u8| {
                byte.is_ascii_whitespace()
                    || matches!(
                        byte,
                        b',' | b';' | b'&' | b')' | b'}' | b']' | b'"' | b'\'' | b'<' | b'>' | b'|'
                    )
            };
            let rest = &bytes[at..];
            let length = rest.iter().take(LONGEST_VALUE).position(ends);
            let end = at + length.unwrap_or(rest.len().min(LONGEST_VALUE));
            return (end > at).then_some((at, text.floor_char_boundary(end)));
        }
    };
    let rest = bytes.get(open..)?;
    let length = rest
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| *byte == quote)?;
    let end = open + length - usize::from(is_escaped && length > 0);
    Some((open, end))
}

/// Returns the text between the tag that ends at `at` and the next one, which closes it.
pub(super) fn between_tags(text: &str, at: usize) -> Option<Labelled> {
    let bytes = text.as_bytes();
    let from = at.saturating_sub(2 * LONGEST_LABEL);
    let open = from
        + bytes[from..at]
            .iter()
            .rposition(|byte| matches!(byte, b'<' | b'>'))?;
    if bytes[open] != b'<' {
        return None;
    }
    let start = open + 1;
    let length = bytes[start..at]
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(at - start);
    // A prefix names the vocabulary of the name.
    let prefix = bytes[start..start + length]
        .iter()
        .position(|byte| *byte == b':');
    let label_start = start + prefix.map_or(0, |colon| colon + 1);
    let first = bytes.get(label_start)?;
    let rest = bytes.get(at + 1..)?;
    let value = rest
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| *byte == b'<')?;
    let closes = rest.get(value + 1) == Some(&b'/');
    (closes && first.is_ascii_alphabetic()).then_some(Labelled {
        label: (label_start, start + length),
        value: (at + 1, at + 1 + value),
        is_quoted: true,
    })
}

/// Returns the name of a form's part, which stands at `name`, and the content after the empty line
/// that ends the part's headers.
pub(super) fn part_of_form(text: &str, name: (usize, usize)) -> Option<Labelled> {
    const REACH: usize = 256;
    let bytes = text.as_bytes();
    let before = &bytes[name.0.saturating_sub(LONGEST_LABEL)..name.0];
    if !before.windows(9).any(|nine| nine == b"form-data") {
        return None;
    }
    let head = bytes.get(name.1..)?;
    let head = &head[..head.len().min(REACH)];
    let crlf = head
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4);
    let start = name.1
        + crlf.or_else(|| {
            head.windows(2)
                .position(|two| two == b"\n\n")
                .map(|at| at + 2)
        })?;
    let rest = bytes.get(start..)?;
    let length = rest
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| matches!(byte, b'\r' | b'\n'))?;
    Some(Labelled {
        label: name,
        value: (start, start + length),
        is_quoted: true,
    })
}
