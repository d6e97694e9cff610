//! Writes characters that cannot be seen so that they can be seen: `\u{200b}`.
//!
//! Names, paths and file names come from other people. A character that controls a terminal, changes
//! the direction of writing or is drawn as nothing can make one name look like another. This module
//! has the only list of such characters, for everything that is stored, rendered or printed.

use std::borrow::Cow;

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Returns true for a character that is not seen as itself, by its Unicode properties:
///
/// - `Default_Ignorable_Code_Point`: fillers, tags, variation selectors, joiners.
/// - The general categories of control and format characters, of line, paragraph and space
///   separators except the space of ASCII, and of characters that are private or not assigned, for
///   which there is no agreed picture.
/// - Two symbols that are drawn as an empty cell (U+2800 and U+1D159).
///
/// <https://www.unicode.org/reports/tr44/>
pub fn is_hidden(c: char) -> bool {
    const DRAWN_EMPTY: [char; 2] = ['\u{2800}', '\u{1d159}'];
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    DRAWN_EMPTY.contains(&c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::SpaceSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
}

/// Writes each hidden character of a name as an escape: `\u{200b}`. A space is hidden too where
/// another space or nothing is beside it, because tables, pictures and pages trim and join spaces.
///
/// Two names that differ in hidden characters differ in what is returned. Text that is escaped
/// already is returned unchanged.
pub fn escaped(name: &str) -> Cow<'_, str> {
    let is_plain = |name: &str| {
        let spaces = name.starts_with(' ') || name.ends_with(' ') || name.contains("  ");
        !spaces && !name.contains(is_hidden)
    };
    if is_plain(name) {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len() + 16);
    let mut signs = name.chars().peekable();
    let mut is_after_space = true;
    while let Some(c) = signs.next() {
        let is_hidden_space = c == ' ' && (is_after_space || signs.peek().is_none());
        if is_hidden_space || is_hidden(c) {
            text.extend(c.escape_unicode());
        } else {
            text.push(c);
        }
        is_after_space = c == ' ';
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_character_that_cannot_be_seen_is_hidden() {
        for hidden in [
            '\u{1b}',
            '\u{7}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180b}',
            '\u{180e}',
            '\u{2003}',
            '\u{200b}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202e}',
            '\u{202f}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3000}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1d159}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{10ffff}',
        ] {
            assert!(is_hidden(hidden), "{}", hidden.escape_unicode());
        }
    }

    #[test]
    fn what_the_standard_library_calls_white_space_is_hidden_except_the_space() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_whitespace() || c.is_control()) {
            assert_eq!(is_hidden(c), c != ' ', "{}", c.escape_unicode());
        }
    }

    #[test]
    fn what_is_seen_stays_as_it_is() {
        for name in [
            "",
            "OrderPlaced",
            "Zoë нет 注文 👍 e\u{301} שלום ـ ➜ ？",
            "a b",
            "…",
        ] {
            assert_eq!(escaped(name), name);
        }
    }

    #[test]
    fn spaces_that_a_table_or_a_page_would_lose_are_written() {
        assert_eq!(escaped(" a  b "), "\\u{20}a \\u{20}b\\u{20}");
        assert_eq!(escaped(" "), "\\u{20}");
    }

    #[test]
    fn names_that_differ_in_one_hidden_character_are_written_differently_and_once() {
        let mut seen = HashMap::new();
        for c in ('\0'..=char::MAX).filter(|c| is_hidden(*c)) {
            let written = escaped(&format!("a{c}b")).into_owned();
            assert!(!written.contains(is_hidden));
            assert_eq!(escaped(&written), written);
            assert_eq!(seen.insert(written, c), None);
        }
    }
}
