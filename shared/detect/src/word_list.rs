//! Lists of words in which values are looked up.
//!
//! A word is a number, and a list is a sorted table of them. A look-up compares a few numbers. A
//! `match` on as many words would be code that pushes other code out of the processor's cache.

const LONGEST: usize = 16;

/// Words in small ASCII letters, of at most sixteen bytes.
pub(crate) struct WordList<const N: usize> {
    words: [u128; N],
    /// One bit for each [`trait_of`] a word: most other texts have none of them.
    traits: [u64; TRAITS / 64],
}

const TRAITS: usize = 1024;

impl<const N: usize> WordList<N> {
    /// Creates a list of `words`.
    ///
    /// # Panics
    ///
    /// At compile time, if a word is longer than sixteen bytes.
    pub(crate) const fn new(words: [&str; N]) -> Self {
        let mut sorted = [0; N];
        let mut traits = [0; TRAITS / 64];
        let mut count = 0;
        while count < N {
            let number = number_of(words[count].as_bytes());
            let mut at = count;
            while at > 0 && sorted[at - 1] > number {
                sorted[at] = sorted[at - 1];
                at -= 1;
            }
            sorted[at] = number;
            let bit = trait_of(words[count].as_bytes());
            traits[bit / 64] |= 1 << (bit % 64);
            count += 1;
        }
        Self {
            words: sorted,
            traits,
        }
    }

    /// Returns true if `word`, in letters of either case, is in the list.
    #[inline]
    pub(crate) fn has(&self, word: &str) -> bool {
        let bit = trait_of(word.as_bytes());
        self.traits[bit / 64] >> (bit % 64) & 1 == 1 && self.is_listed(word)
    }

    #[inline(never)]
    fn is_listed(&self, word: &str) -> bool {
        let mut room = [0; LONGEST];
        let Some(small) = room.get_mut(..word.len()) else {
            return false;
        };
        small.copy_from_slice(word.as_bytes());
        room.make_ascii_lowercase();
        self.words.binary_search(&u128::from_le_bytes(room)).is_ok()
    }
}

/// A number of a word's length, first and last letter, whatever their case.
#[inline]
const fn trait_of(word: &[u8]) -> usize {
    let (Some(first), Some(last)) = (word.first(), word.last()) else {
        return 0;
    };
    let letters = (*first as usize & 0x1f) << 5 | (*last as usize & 0x1f);
    (letters ^ (word.len() * 67)) % TRAITS
}

const fn number_of(word: &[u8]) -> u128 {
    let mut room = [0; LONGEST];
    let mut at = 0;
    while at < word.len() {
        room[at] = word[at];
        at += 1;
    }
    u128::from_le_bytes(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_letters_of_either_case_and_no_other_is() {
        static WORDS: WordList<4> = WordList::new(["team", "a", "sixteen-letters!", "app"]);
        for word in ["team", "TEAM", "a", "Sixteen-Letters!", "App"] {
            assert!(WORDS.has(word), "{word}");
        }
        for word in ["", "tea", "teams", "b", "sixteen-letters!!", "äpp"] {
            assert!(!WORDS.has(word), "{word}");
        }
    }
}
