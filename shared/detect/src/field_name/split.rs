//! Splits a field's name into words: camelCase, `PascalCase`, `snake_case`, kebab-case, UPPER, kana
//! and kanji, and lower-case compounds (`keystorepassword`), which need the vocabulary.
//!
//! Letters are folded on the way (`Straße`, `STRASSE` → strasse), so phrases are written once.

use super::hashing::{ByHash, HASH_SEED, hash_on, key};
use super::words::Word;

/// The bounds of a name. Words beyond them are ignored.
const MOST_BYTES: usize = 128;
const MOST_TOKENS: usize = 16;
pub(crate) const LONGEST_PHRASE: usize = 6;

#[derive(Clone, Copy, Default)]
pub(crate) struct Token {
    pub(crate) start: u8,
    pub(crate) end: u8,
}

impl Token {
    pub(crate) fn text(self, split: &Split) -> &[u8] {
        &split.bytes[usize::from(self.start)..usize::from(self.end)]
    }

    pub(crate) fn hash(self, split: &Split) -> u64 {
        hash_on(HASH_SEED, self.text(split))
    }
}

/// A name in folded words, on the stack.
pub(crate) struct Split {
    bytes: [u8; MOST_BYTES],
    length: usize,
    tokens: [Token; MOST_TOKENS],
    count: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Digit,
    /// Letters of scripts without case.
    Caseless,
    None,
}

fn kind_of(character: char) -> Kind {
    if character.is_numeric() {
        Kind::Digit
    } else if character.is_uppercase() {
        Kind::Upper
    } else if character.is_lowercase() {
        Kind::Lower
    } else if character.is_alphabetic() {
        Kind::Caseless
    } else {
        Kind::None
    }
}

impl Split {
    pub(crate) fn new(name: &str) -> Self {
        let mut split = Self {
            bytes: [0; MOST_BYTES],
            length: 0,
            tokens: [Token::default(); MOST_TOKENS],
            count: 0,
        };
        let mut before = Kind::None;
        let mut characters = name.chars().peekable();
        while let Some(character) = characters.next() {
            let kind = kind_of(character);
            if kind == Kind::None {
                // A combining mark belongs to the letter before it.
                if !('\u{300}'..='\u{36f}').contains(&character) {
                    before = Kind::None;
                }
                continue;
            }
            // `IPAddress` is ip and address: the capital before a small letter starts a word.
            let starts_word = match (before, kind) {
                (Kind::Upper, Kind::Upper) => characters.peek().is_some_and(|c| c.is_lowercase()),
                (Kind::Upper, Kind::Lower) => false,
                (before, kind) => before != kind,
            };
            if starts_word && !split.start_token() {
                break;
            }
            if !split.push(character) {
                break;
            }
            before = kind;
        }
        split
    }

    fn start_token(&mut self) -> bool {
        if self.count == MOST_TOKENS {
            return false;
        }
        let start = u8::try_from(self.length).unwrap_or(u8::MAX);
        self.tokens[self.count] = Token { start, end: start };
        self.count += 1;
        true
    }

    fn push(&mut self, character: char) -> bool {
        let mut room = [0; 8];
        let folded = unaccented(character, &mut room);
        let Some(room) = self.bytes.get_mut(self.length..self.length + folded.len()) else {
            return false;
        };
        room.copy_from_slice(folded);
        self.length += folded.len();
        if let Some(token) = self.tokens[..self.count].last_mut() {
            token.end = u8::try_from(self.length).unwrap_or(u8::MAX);
        }
        true
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = Token> + use<'_> {
        self.tokens[..self.count].iter().copied()
    }

    /// Replaces plurals by their singular, and splits compounds into known words.
    pub(crate) fn refine(&mut self, vocabulary: &ByHash<Word>) {
        let tokens = self.tokens;
        let count = self.count;
        self.count = 0;
        let mut rest = &tokens[..count];
        while let [token, after @ ..] = rest {
            rest = after;
            if let [to, after @ ..] = after
                && to.text(self) == b"to"
            {
                let joined = Token {
                    start: token.start,
                    end: to.end,
                };
                // `ship_to` and `shipTo` are one word. A `ship` is another thing.
                if vocabulary.contains_key(&key(joined.hash(self))) {
                    self.keep(joined);
                    rest = after;
                    continue;
                }
            }
            self.refine_token(*token, vocabulary);
        }
    }

    fn refine_token(&mut self, token: Token, vocabulary: &ByHash<Word>) {
        let text = token.text(self);
        let knows = |word: &[u8]| vocabulary.contains_key(&key(hash_on(HASH_SEED, word)));
        if knows(text) || text.first().is_some_and(u8::is_ascii_digit) {
            self.keep(token);
            return;
        }
        for plural in [&b"s"[..], b"es", b"n", b"en"] {
            if let Some(stem) = text.strip_suffix(plural)
                && stem.len() > 2
                && knows(stem)
            {
                let end = token.end - u8::try_from(plural.len()).unwrap_or_default();
                self.keep(Token { end, ..token });
                return;
            }
        }
        let mut cuts = [0_u8; MOST_TOKENS];
        let parts = compound(text, vocabulary, &mut cuts);
        if parts < 2 {
            self.keep(token);
            return;
        }
        let mut start = token.start;
        for cut in &cuts[..parts] {
            let end = token.start + cut;
            self.keep(Token { start, end });
            start = end;
        }
    }

    fn keep(&mut self, token: Token) {
        if self.count < MOST_TOKENS {
            self.tokens[self.count] = token;
            self.count += 1;
        }
    }
}

/// Splits `text` completely into known words, with as few and as long first words as possible.
/// Writes the end of each to `cuts` and returns their number, or zero if it cannot be split. Short
/// words could split anything, so ASCII words must have three letters or more, except for the few
/// that name ids and join the words of a phrase.
fn compound(text: &[u8], vocabulary: &ByHash<Word>, cuts: &mut [u8; MOST_TOKENS]) -> usize {
    const UNREACHED: u8 = u8::MAX;
    const LONGEST: usize = 24;
    let length = text.len();
    if !(4..=64).contains(&length) {
        return 0;
    }
    // The fewest words that make up the text from each offset to its end, and the end of the first.
    let mut fewest = [UNREACHED; 65];
    let mut first_end = [0_u8; 65];
    fewest[length] = 0;
    for start in (0..length).rev() {
        let mut hash = HASH_SEED;
        for end in start + 1..=length.min(start + LONGEST) {
            hash = hash_on(hash, &text[end - 1..end]);
            let word = &text[start..end];
            let long_enough = word.len() > 2
                || !word.is_ascii()
                || matches!(word, b"id" | b"ip" | b"no" | b"nr" | b"de" | b"di" | b"of");
            if !long_enough || fewest[end] == UNREACHED || fewest[end] + 1 > fewest[start] {
                continue;
            }
            if vocabulary.contains_key(&key(hash)) {
                fewest[start] = fewest[end] + 1;
                first_end[start] = u8::try_from(end).unwrap_or(u8::MAX);
            }
        }
    }
    let parts = usize::from(fewest[0]);
    if fewest[0] == UNREACHED || parts > MOST_TOKENS {
        return 0;
    }
    let mut at = 0;
    for cut in &mut cuts[..parts] {
        *cut = first_end[at];
        at = usize::from(first_end[at]);
    }
    parts
}

/// Returns the folded form of a letter: lower case, without the accents of Latin letters.
pub(crate) fn unaccented(character: char, room: &mut [u8; 8]) -> &[u8] {
    if character.is_ascii() {
        room[0] = character.to_ascii_lowercase() as u8;
        return &room[..1];
    }
    let plain: &[u8] = match character {
        'à'..='å' | 'À'..='Å' | 'ā' | 'ă' | 'ą' | 'Ą' => b"a",
        'æ' | 'Æ' => b"ae",
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => b"c",
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ę' | 'Ę' | 'ě' | 'Ě' | 'ė' => b"e",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'ı' | 'İ' => b"i",
        'ď' | 'Ď' | 'đ' | 'Đ' => b"d",
        'ğ' | 'Ğ' => b"g",
        'ł' | 'Ł' | 'ľ' | 'Ľ' => b"l",
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' => b"n",
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ő' | 'ō' => b"o",
        'œ' | 'Œ' => b"oe",
        'ř' | 'Ř' => b"r",
        'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' => b"s",
        'ß' | 'ẞ' => b"ss",
        'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => b"t",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'ů' | 'ű' => b"u",
        'ý' | 'ÿ' | 'Ý' => b"y",
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => b"z",
        _ => {
            let lower = character.to_lowercase().next().unwrap_or(character);
            return lower.encode_utf8(&mut room[..4]).as_bytes();
        }
    };
    room[..plain.len()].copy_from_slice(plain);
    &room[..plain.len()]
}

/// The kinds of characters that form words in prose. Japanese has no spaces: its words end where
/// hiragana start or end (電話番号 は 03…). A Latin word that contains digits is an id and not a
/// keyword.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Space,
    Word,
    Hiragana,
    OtherKana,
}

fn script_of(character: char) -> Script {
    if character.is_ascii() {
        return if character.is_ascii_alphanumeric() {
            Script::Word
        } else {
            Script::Space
        };
    }
    match character {
        '\u{3041}'..='\u{309f}' => Script::Hiragana,
        '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => Script::OtherKana,
        _ if character.is_alphanumeric() => Script::Word,
        _ => Script::Space,
    }
}

/// The folded words of a text. A window of the length of a phrase moves over them word by word.
pub(crate) struct Window<'t> {
    text: &'t str,
    at: usize,
    /// The words of the window and those before it, one after the other.
    folded: Vec<u8>,
    words: std::collections::VecDeque<Spoken>,
}

/// A word of prose, with its place in the text and the place of its folded form.
struct Spoken {
    start: usize,
    end: usize,
    folded: std::ops::Range<usize>,
}

impl<'t> Window<'t> {
    /// Creates a window that starts at the word at `offset`.
    pub(crate) fn from(text: &'t str, offset: usize) -> Self {
        const FEW_WORDS: usize = 256;
        // An ASCII separator ends a word whatever stands around it.
        let ends_word = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        let before = text.as_bytes().get(..offset).unwrap_or_default();
        Self {
            text,
            at: before.iter().rposition(ends_word).map_or(0, |at| at + 1),
            folded: Vec::with_capacity(text.len().saturating_sub(offset).min(FEW_WORDS)),
            words: std::collections::VecDeque::with_capacity(LONGEST_PHRASE),
        }
    }

    /// Moves on by one word. Returns the start of the window's first word, or `None` at the end.
    pub(crate) fn advance(&mut self) -> Option<usize> {
        self.words.pop_front();
        while self.words.len() < LONGEST_PHRASE && self.read_word() {}
        self.words.front().map(|word| word.start)
    }

    /// Returns the window's words, each with its end.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&[u8], usize)> {
        self.words
            .iter()
            .map(|word| (&self.folded[word.folded.clone()], word.end))
    }

    fn read_word(&mut self) -> bool {
        /// A word longer than every word of the vocabulary is not a keyword.
        const LONGEST_WORD: usize = 64;
        let from = self.folded.len();
        let rest = &self.text.as_bytes()[self.at..];
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
        let gap = rest
            .iter()
            .position(|byte| is_word(byte) || !byte.is_ascii());
        self.at += gap.unwrap_or(rest.len());
        let mut start = None;
        let mut before = Script::Space;
        // Most words have no accents.
        let plain = &self.text.as_bytes()[self.at..];
        let plain = plain.iter().take_while(|byte| is_word(byte)).count();
        if plain > 0 {
            start = Some(self.at);
            before = Script::Word;
            let kept = &self.text.as_bytes()[self.at..][..plain.min(LONGEST_WORD)];
            self.folded.extend(kept.iter().map(u8::to_ascii_lowercase));
            self.at += plain;
        }
        let mut end = self.text.len();
        let mut room = [0; 8];
        for (at, character) in self.text[self.at..].char_indices() {
            let script = script_of(character);
            if start.is_some() && script != before {
                end = self.at + at;
                break;
            }
            if script != Script::Space {
                start.get_or_insert(self.at + at);
                if self.folded.len() - from < LONGEST_WORD {
                    self.folded
                        .extend_from_slice(unaccented(character, &mut room));
                }
            }
            before = script;
        }
        self.at = end;
        let Some(start) = start else {
            return false;
        };
        self.words.push_back(Spoken {
            start,
            end,
            folded: from..self.folded.len(),
        });
        true
    }
}
