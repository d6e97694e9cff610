//! Brings a candidate into the form that every checksum takes: ASCII, upper case, no separators.
//!
//! People group numbers as they please (`078-05-1120`, `51 824 753 556`, `12.ABC.345/01DE-35`), and
//! the grouping is never part of the check. It is removed here, so that the other files read like
//! their authority's definition. In two schemes a separator has a meaning (the century signs of
//! Finland and Sweden). They take the candidate as it was written.

use std::ops::Deref;

/// The longest candidate of any scheme here: a line of a passport's machine readable zone has 44
/// characters.
const CAPACITY: usize = 48;

/// The characters of a candidate, on the stack. It deliberately has no `Debug`, because it holds a
/// value.
pub(crate) struct Normalised {
    characters: [u8; CAPACITY],
    length: usize,
}

impl Deref for Normalised {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.characters[..self.length]
    }
}

/// Removes the separators of `text` and makes its letters capitals. Returns `None` if it contains a
/// character that no identifier has, or is longer than any identifier.
pub(crate) fn normalise(text: &str) -> Option<Normalised> {
    let mut normalised = Normalised {
        characters: [0; CAPACITY],
        length: 0,
    };
    for character in text.chars() {
        // Most characters are letters and digits.
        if !character.is_ascii_alphanumeric() {
            if is_separator(character) {
                continue;
            }
            if !character.is_ascii_graphic() {
                return None;
            }
        }
        let slot = normalised.characters.get_mut(normalised.length)?;
        // The character is ASCII, so it is a single byte.
        *slot = (character as u8).to_ascii_uppercase();
        normalised.length += 1;
    }
    Some(normalised)
}

/// Returns true for the characters that people put between the groups of a number, including the
/// typographic forms.
pub(crate) fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '-' | '.' | '/' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{2010}'
            ..='\u{2015}' | '\u{202f}' | '\u{2212}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn characters(text: &str) -> Option<Vec<u8>> {
        normalise(text).map(|normalised| normalised.to_vec())
    }

    #[test]
    fn separators_go_and_letters_rise() {
        assert_eq!(
            characters("12.abc.345/01de-35").as_deref(),
            Some(b"12ABC34501DE35".as_slice())
        );
        assert_eq!(
            characters("51\u{a0}824\u{202f}753\u{2011}556").as_deref(),
            Some(b"51824753556".as_slice())
        );
    }

    #[test]
    fn what_no_identifier_holds_is_refused() {
        assert!(characters("12\n34").is_none());
        assert!(characters("Ñ123").is_none());
        assert!(characters(&"1".repeat(CAPACITY + 1)).is_none());
        assert!(characters(&"1".repeat(CAPACITY)).is_some());
    }
}
