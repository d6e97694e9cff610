//! The plain form of a leaf: different forms of the same characters become one.
//!
//! `４１１１`, `٤١١١` and `jane&#64;shop.dev` look like a card's digits and an address to a person.
//! These are replaced before a leaf is searched: full-width and other compatibility forms (NFKC of
//! each character), the digits of every script, the many spaces and hyphens, characters without
//! width, the entities of HTML, and letters with accents whose UTF-8 was read as another encoding
//! (`JosÃ©`). A finding is reported at its place in the leaf itself. This step is between the
//! openers and the detectors, and only runs on leaves that can contain such forms.

use unicode_normalization::char::{compose, decompose_canonical, decompose_compatible};

/// Some characters of a leaf and their replacement, where it is not one character for one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replaced {
    /// The start and end in characters of the plain text.
    plain: (u32, u32),
    /// The start and end in characters of the leaf.
    leaf: (u32, u32),
}

/// Returns true if [`write()`] may change a text that has an ampersand or a character beyond ASCII.
pub(crate) fn may_change(text: &str) -> bool {
    has_form(text.as_bytes()) || has_entity(text)
}

/// The kinds of replaced characters that each byte may start. Most letters with accents, and most kana
/// and kanji, start with other bytes.
const STARTS: [u8; 256] = {
    let mut starts = [0; 256];
    let mut byte = 0x80;
    while byte < starts.len() {
        starts[byte] = match byte {
            0xc2 | 0xd9 | 0xdb | 0xdf..=0xe2 | 0xea | 0xef | 0xf0 => STARTS_FORM,
            0xc3 => MAY_BE_MISREAD,
            0xe3 => MAY_START_FORM,
            _ => 0,
        };
        byte += 1;
    }
    starts
};
const STARTS_FORM: u8 = 1;
const MAY_BE_MISREAD: u8 = 1 << 1;
const MAY_START_FORM: u8 = 1 << 2;

/// Returns true if `bytes` contains a byte that starts one of the replaced characters.
pub(crate) fn has_form(bytes: &[u8]) -> bool {
    // Ideographic spaces, the long vowel that stands for a hyphen, enclosed forms.
    let pairs = [[0xe3, 0x80], [0xe3, 0x83], [0xe3, 0x88], [0xe3, 0x8d]];
    let starts = bytes
        .iter()
        .fold(0, |starts, byte| starts | STARTS[usize::from(*byte)]);
    starts & STARTS_FORM != 0
        || starts & MAY_BE_MISREAD != 0 && bytes.windows(3).any(is_misread_pair)
        || starts & MAY_START_FORM != 0
            && bytes
                .windows(2)
                .any(|two| pairs.iter().any(|pair| pair == two))
}

/// Returns true if the first byte of a Latin letter in UTF-8 was misread as a letter, before a
/// letter of Windows-1252 that stands for a second byte. If a sign stands for the second byte,
/// [`has_form`] finds its first byte.
fn is_misread_pair(three: &[u8]) -> bool {
    matches!(three, [0xc3, 0x83..=0x85, 0xc5 | 0xc6 | 0xcb])
}

/// Returns true if `text` contains an entity of HTML.
pub(crate) fn has_entity(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes()).any(|at| entity(&text[at..]).is_some())
}

/// Writes the plain form of `text` to `out`. Writes the replacements that are not one character for
/// one to `replaced`, in order.
pub(crate) fn write(text: &str, out: &mut String, replaced: &mut Vec<Replaced>) {
    let (mut written, mut read) = (0_u32, 0_u32);
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let (length, before) = (out.len(), read);
        if let Some((meant, entity_length)) = entity(&text[at..]) {
            write_character(meant, out);
            at += entity_length;
            read += count(entity_length);
        } else if let Some((meant, length)) = misread(&text[at..]) {
            out.push(meant);
            at += length;
            read += 2;
        } else {
            at += character.len_utf8();
            read += 1;
            if is_hyphen_between_digits(character, out, &text[at..]) {
                out.push('-');
            } else {
                write_character(character, out);
            }
        }
        let new = count(out[length..].chars().count());
        if new != 1 || read - before != 1 {
            replaced.push(Replaced {
                plain: (written, written + new),
                leaf: (before, read),
            });
        }
        written += new;
    }
}

/// Returns the Latin letter whose two bytes of UTF-8 were read as two characters of Latin-1 or
/// Windows-1252, and the length of these in bytes: `Ã©` is an `é`.
fn misread(text: &str) -> Option<(char, usize)> {
    let mut characters = text.chars();
    let first = characters.next().filter(|c| matches!(c, 'Ã'..='Å'))?;
    let second = characters.next()?;
    let low = match u32::from(second) {
        code @ 0x80..=0xbf => code,
        _ => 0x80 + u32::try_from(WINDOWS_1252.iter().position(|c| *c == second)?).ok()?,
    };
    let meant = char::from_u32((u32::from(first) & 0x1f) << 6 | low & 0x3f)?;
    // `Å` before a no-break space is a word of Nordic languages.
    let is_word = second == '\u{a0}' && first != 'Ã';
    (meant.is_alphabetic() && !is_word).then_some((meant, first.len_utf8() + second.len_utf8()))
}

/// The characters of the bytes 0x80 to 0x9f in Windows-1252 (WHATWG Encoding Standard). Five of
/// them stand for themselves.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Returns the offset in the leaf of the character at `offset` of the plain text. For an end, it is
/// the end of the characters that end there.
pub(crate) fn offset_in_leaf(replaced: &[Replaced], offset: u32, is_end: bool) -> u32 {
    let next = replaced.partition_point(|one| one.plain.0 <= offset);
    let Some(one) = next.checked_sub(1).and_then(|last| replaced.get(last)) else {
        return offset;
    };
    if is_end && offset == one.plain.0 {
        one.leaf.0
    } else if offset < one.plain.1 {
        if is_end { one.leaf.1 } else { one.leaf.0 }
    } else {
        offset - one.plain.1 + one.leaf.1
    }
}

fn count(characters: usize) -> u32 {
    u32::try_from(characters).unwrap_or(u32::MAX)
}

fn write_character(character: char, out: &mut String) {
    if character.is_ascii() || is_letter_of_names(character) {
        out.push(character);
        return;
    }
    let folded = ascii_form(character);
    if folded != character {
        out.push(folded);
    } else if !is_without_width(character) {
        write_compatible(character, out);
    }
}

/// Returns true for most characters beyond ASCII. None of them stands for another character.
fn is_letter_of_names(character: char) -> bool {
    matches!(character, 'À'..='ʯ' | 'Ά'..='ϭ' | 'Ѐ'..='ԯ' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿' | '가'..='힣')
        && !matches!(character, 'ĳ' | 'Ĳ' | 'ŀ' | 'Ŀ' | 'ŉ' | 'ſ' | 'Ǆ'..='ǌ' | 'Ǳ'..='ǳ' | 'ϐ'..='ϖ')
}

/// Writes the characters that a compatibility form stands for. Composed letters (`é`) stay as they
/// are, and so do accents that stand alone, which would decompose into a space.
fn write_compatible(character: char, out: &mut String) {
    let start = out.len();
    decompose_compatible(character, |part| out.push(ascii_form(part)));
    let mut is_canonical = true;
    let mut rest = out[start..].chars();
    decompose_canonical(character, |part| is_canonical &= rest.next() == Some(part));
    is_canonical &= rest.next().is_none();
    if is_canonical || out[start..].starts_with(' ') {
        out.truncate(start);
        out.push(character);
    }
}

fn is_without_width(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// Recognises `03ー1234ー5678`, as it is typed on a Japanese keyboard.
fn is_hyphen_between_digits(character: char, before: &str, after: &str) -> bool {
    let is_digit = |c: char| ascii_form(c).is_ascii_digit();
    matches!(character, 'ー' | 'ｰ' | '―' | '～')
        && before.ends_with(is_digit)
        && after.starts_with(is_digit)
}

/// Returns a character as ASCII if it is a digit of another script, a full-width form, or one of
/// the many spaces and hyphens. These are replaced one character for one.
pub(crate) fn ascii_form(character: char) -> char {
    let code = u32::from(character);
    match code {
        0..=0x7f => character,
        0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        0xa0 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => ' ',
        0x2010..=0x2015 | 0x2212 | 0xfe58 | 0xfe63 => '-',
        _ => digit(code).unwrap_or(character),
    }
}

/// The zeros of the scripts, each followed by its other nine digits: Unicode 16, general category
/// Nd, without the full-width ones.
const ZEROS: [u32; 70] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0,
];

fn digit(code: u32) -> Option<char> {
    let next = ZEROS.partition_point(|zero| *zero <= code);
    let zero = ZEROS.get(next.checked_sub(1)?)?;
    char::from_digit(code - zero, 10)
}

/// Returns the entity at the start of `text` and its length in bytes. It is given by number, or by
/// a name for a letter with an accent or for a sign that is used in addresses, numbers and tags.
fn entity(text: &str) -> Option<(char, usize)> {
    /// Longer entities, such as `&DoubleDot;`, do not matter here.
    const LONGEST: usize = 10;
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'&') {
        return None;
    }
    let length = bytes
        .iter()
        .skip(1)
        .take(LONGEST)
        .position(|byte| *byte == b';')?;
    let name = text.get(1..=length)?;
    let character = match name.strip_prefix('#') {
        Some(number) => numeric(number)?,
        None => sign(name).or_else(|| accented(name))?,
    };
    Some((character, length + 2))
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    code.ok()
        .and_then(char::from_u32)
        .filter(|character| !character.is_control())
}

fn sign(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "rsquo" | "lsquo" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "commat" => '@',
        "period" => '.',
        "comma" => ',',
        "colon" => ':',
        "sol" => '/',
        "num" => '#',
        "plus" => '+',
        "equals" => '=',
        "lowbar" => '_',
        "percnt" => '%',
        "lpar" => '(',
        "rpar" => ')',
        "hyphen" | "dash" | "ndash" | "mdash" | "minus" => '-',
        "szlig" => 'ß',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        "oelig" => 'œ',
        "OElig" => 'Œ',
        "oslash" => 'ø',
        "Oslash" => 'Ø',
        "lstrok" => 'ł',
        "Lstrok" => 'Ł',
        _ => return None,
    })
}

/// Reads `eacute`: a letter and the name of its accent.
fn accented(name: &str) -> Option<char> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let mark = match &name[1..] {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "uml" => '\u{308}',
        "ring" => '\u{30a}',
        "caron" => '\u{30c}',
        "cedil" => '\u{327}',
        "ogon" => '\u{328}',
        _ => return None,
    };
    compose(letter, mark)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Engine;

    fn plain(text: &str) -> String {
        let mut out = String::new();
        write(text, &mut out, &mut Vec::new());
        out
    }

    #[test]
    fn what_reads_the_same_becomes_the_same() {
        for (text, read) in [
            ("４１１１　１１１１", "4111 1111"),
            ("٤١١١", "4111"),
            ("๐๑๒", "012"),
            ("𝟒𝟐", "42"),
            ("¹²³", "123"),
            ("ｊａｎｅ＠ｓｈｏｐ．ｄｅｖ", "jane@shop.dev"),
            ("o\u{fb03}ce", "office"),
            ("03ー1234ー5678", "03-1234-5678"),
            ("jane\u{200b}@shop.dev", "jane@shop.dev"),
            ("jane&#64;shop&period;dev", "jane@shop.dev"),
            ("jane&#x40;shop.dev", "jane@shop.dev"),
            ("M&uuml;ller &amp; S&oslash;n", "Müller & Søn"),
            ("+49&nbsp;30", "+49 30"),
            ("JosÃ© NÃºÃ±ez", "José Núñez"),
            ("BjÃ¶rn Ã…strÃ¶m", "Björn Åström"),
            ("HauptstraÃŸe", "Hauptstraße"),
            ("Å\u{81}ukasz KrÄ™pa", "Łukasz Krępa"),
        ] {
            assert!(may_change(text), "{text}");
            assert_eq!(plain(text), read);
        }
    }

    #[test]
    fn what_stands_for_itself_stays() {
        for text in [
            "José Núñez",
            "Åse Ärlig, São Paulo, MAÑANA",
            "e\u{301}",
            "サーバー",
            "O´Brien",
            "AT&T; R&D",
            "&#xd800; &#0; &; &unknown; &#64",
            "한국어",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn what_is_found_is_reported_where_it_stands_in_the_leaf() {
        for (leaf, start, end) in [
            ("ﬁle for jane&#64;shop.dev", 8, 25),
            ("<p>&lt;jane@shop.dev&gt;</p>", 7, 20),
            ("\u{200b}jane@shop.dev", 1, 14),
            ("㍿ ｊａｎｅ＠ｓｈｏｐ．ｄｅｖ", 2, 15),
        ] {
            let document = serde_json::json!({ "note": leaf }).to_string();
            let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
            let finding = &scan.findings[0];
            assert_eq!((finding.start, finding.end), (start, end), "{leaf}");
            assert_eq!(finding.path.as_str(), "$.note");
        }
    }

    proptest! {
        #[test]
        fn a_place_in_the_plain_text_is_one_in_the_leaf_in_the_same_order(
            text in "([a-z0-9@.]|&#64;|&amp;|ﬁ|㍿|\u{200b}|４|é|Ã|©|Ÿ){0,24}",
        ) {
            let (mut out, mut replaced) = (String::new(), Vec::new());
            write(&text, &mut out, &mut replaced);
            let (plain, leaf) = (count(out.chars().count()), count(text.chars().count()));
            let mut last = 0;
            for offset in 0..=plain {
                let start = offset_in_leaf(&replaced, offset, false);
                prop_assert!(last <= start && start <= leaf);
                prop_assert!(offset == plain || offset_in_leaf(&replaced, offset + 1, true) > start);
                last = start;
            }
        }
    }
}
