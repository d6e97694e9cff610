//! The look of a whole leaf, for detectors that believe a field's name only if the value fits.

use super::{Hit, Value};
use crate::field_name::unaccented;
use crate::shape;

impl Value<'_> {
    /// Returns a hit for the whole leaf, with the confidence that its name gives.
    #[expect(clippy::unnecessary_wraps, reason = "the last word of every `fits`")]
    pub(crate) const fn whole(&self, named: u8) -> Option<Hit> {
        Some(Hit::new(0, self.text.len(), 0, named))
    }

    /// Returns true for a placeholder: `null`, `n/a`, `unknown`, a yes or no, a dash.
    pub(crate) fn is_placeholder(&self) -> bool {
        // None of these words has a digit.
        if self.shape.digits > 0 {
            return false;
        }
        let mut room = [0; 14];
        let is_known = room.get_mut(..self.text.len()).is_some_and(|small| {
            small.copy_from_slice(self.text.as_bytes());
            small.make_ascii_lowercase();
            is_word_for_nothing(small)
        });
        is_known || !self.text.contains(char::is_alphanumeric)
    }

    /// Returns true if the value is masked: `****`, `••••1234`, `xxxx`.
    pub(crate) fn is_masked(&self) -> bool {
        let stars = if self.shape.has(shape::OTHER | shape::NON_ASCII) {
            let is_star = |c: &char| matches!(c, '*' | '•' | '●' | '·');
            self.text.chars().filter(is_star).count()
        } else {
            0
        };
        let is_one_character = self
            .text
            .chars()
            .next()
            .is_some_and(|first| self.text.len() > 2 && self.text.chars().all(|c| c == first));
        stars >= 3 && stars * 2 >= self.text.chars().count()
            || is_one_character
            || self.shape.has(shape::UPPER)
                && ["REDACTED", "FILTERED", "MASKED"]
                    .iter()
                    .any(|word| self.text.contains(word))
    }

    /// Returns true for a few words that state something, such as the message of a validation: `is
    /// too short`, `First name is required`.
    pub(crate) fn is_sentence(&self) -> bool {
        const WORDS: [&str; 36] = [
            "is", "are", "was", "be", "been", "has", "have", "must", "should", "can't", "cannot",
            "can", "the", "your", "at", "too", "not", "required", "invalid", "muss", "darf", "ist",
            "wird", "bitte", "doit", "est", "debe", "es", "deve", "moet", "musi", "jest", "with",
            "enter", "please", "for",
        ];
        self.text.contains(' ') && self.text.split(' ').any(|word| WORDS.contains(&word))
    }

    /// Returns true if it points to the value instead of being it: a link, an ARN, a template's
    /// placeholder.
    pub(crate) fn is_reference(&self) -> bool {
        let text = self.text;
        let is_link =
            || self.shape.has(shape::COLON) && (text.contains("://") || text.starts_with("arn:"));
        let is_hole = || {
            text.contains("{{")
                || text.contains("${")
                || text.starts_with('<') && text.ends_with('>')
        };
        self.shape.has(shape::COLON) && is_link()
            || self.shape.has(shape::SLASH) && text.starts_with("/aws/")
            || self.shape.has(shape::OTHER) && is_hole()
    }

    /// Returns true for a technical address: a link, a mailbox, a host, a wallet.
    pub(crate) fn is_technical(&self) -> bool {
        let is_one_word = !self.text.contains(char::is_whitespace);
        self.is_reference()
            || is_one_word && self.text.contains(['@', ':', '_', '\\'])
            || is_one_word && self.text.len() >= 20 && self.shape.digits >= 4
            || is_one_word
                && self.shape.digits > 0
                && self.text.contains('.')
                && self.text.is_ascii()
    }

    /// Returns true for a date or a time.
    pub(crate) fn is_dated(&self) -> bool {
        let bytes = self.text.as_bytes();
        bytes.len() >= 10
            && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    }

    /// Returns true for letters of any script with the separators between words, in at most `most`
    /// characters.
    pub(crate) fn is_wordy(&self, most: usize) -> bool {
        let mut letters = 0;
        let mut count = 0;
        for character in self.text.chars() {
            count += 1;
            if character.is_alphabetic() {
                letters += 1;
            } else if !matches!(
                character,
                ' ' | '-' | '\'' | '.' | ',' | '’' | '(' | ')' | '/' | '\u{300}'..='\u{36f}' | 'ー'
            ) {
                return false;
            }
        }
        letters > 0 && count <= most
    }

    /// Returns only the letters, in lower case and without accents. Returns `None` if there are
    /// more than `most`, or digits among them.
    pub(crate) fn unaccented_letters(&self, most: usize) -> Option<String> {
        let mut folded = Vec::with_capacity(self.text.len());
        let mut room = [0; 8];
        for character in self.text.chars() {
            if character.is_numeric() || folded.len() > most {
                return None;
            }
            if character.is_alphabetic() {
                folded.extend_from_slice(unaccented(character, &mut room));
            }
        }
        String::from_utf8(folded).ok()
    }
}

/// Returns true for the words that people and programs write for a missing value. `word` is in
/// small letters.
const fn is_word_for_nothing(word: &[u8]) -> bool {
    matches!(
        word,
        b"null"
            | b"none"
            | b"nil"
            | b"n/a"
            | b"na"
            | b"unknown"
            | b"undefined"
            | b"true"
            | b"false"
            | b"yes"
            | b"no"
            | b"empty"
            | b"string"
            | b"tbd"
            | b"todo"
            | b"test"
            | b"not provided"
            | b"not set"
            | b"not available"
            | b"not applicable"
            | b"anonymous"
            | b"redacted"
            | b"[redacted]"
            | b"<redacted>"
            | b"hidden"
            | b"removed"
            | b"deleted"
            | b"default"
            | b"unbekannt"
            | b"inconnu"
            | b"desconocido"
            | b"sconosciuto"
            | b"nan"
            | b"<null>"
    )
}
