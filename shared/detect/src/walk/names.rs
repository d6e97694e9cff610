//! The names of fields during a walk: what each says, remembered, and how each shows in a path.

use std::collections::HashMap;

use super::Walk;
use crate::class::DataClass;
use crate::detectors::Hit;
use crate::eight;
use crate::field_name::{FieldName, Roles};
use crate::json::{self, Malformed, RawString, Reader};
use crate::path::{self, Node, Step};
use crate::shape::{self, Shape};

/// How a key shows in paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    #[default]
    AsIs,
    /// As it is, and short: the shorthand of RFC 9535 allows it.
    Short,
    /// Ids, dates and hashes in it fold to `*`.
    Masked,
    /// It holds personal data, and is a finding itself.
    Personal,
    /// It is written as people's names are, and is one where its object is about people.
    PerhapsPerson,
    /// It is a person's name, and is a finding itself.
    Person,
}

impl Shown {
    /// The step that `key` is in a path.
    pub(super) const fn step(self, key: RawString<'_>) -> Step<'_> {
        match self {
            Self::AsIs | Self::PerhapsPerson => Step::Key(key),
            Self::Person => Step::PersonKey(key),
            Self::Short => Step::ShortKey(key.raw),
            Self::Masked | Self::Personal => Step::MaskedKey(key),
        }
    }
}

/// Names that are remembered at a time.
const MOST_NAMES: usize = 1 << 12;
/// Twice as many, so that a key is found in few steps.
const INDEX: usize = 1 << 13;
/// The bits of an entry of the index that are a place.
const PLACE: u32 = (1 << 13) - 1;
/// A key is looked for in so many entries, whatever other keys were chosen to be.
const MOST_STEPS: usize = 8;
/// How many places among other keys are told apart.
const CONTEXTS: usize = 1 << 14;
/// How many keys are expected in such a place: kinds of documents part ways somewhere.
const WAYS: usize = 2;
/// Words of eight bytes that hold a remembered key and its closing quote.
const WORDS: usize = 7;
const LONGEST_REMEMBERED: usize = WORDS * 8 - 1;

/// A key as it is written, with the quote that closes it: enough to know it again where it starts
/// in a document, without looking for its end first. Zeros follow.
#[derive(Clone, Copy)]
struct Spelling {
    bytes: [u8; WORDS * 8],
    length: u8,
}

impl Spelling {
    fn of(key: &[u8]) -> Self {
        let mut bytes = [0; WORDS * 8];
        for (room, byte) in bytes.iter_mut().zip(key.iter().chain(b"\"")) {
            *room = *byte;
        }
        Self {
            bytes,
            length: u8::try_from(key.len()).unwrap_or(u8::MAX),
        }
    }

    /// Whether `ahead` starts with the key and its quote.
    #[inline]
    fn starts(&self, ahead: &[u8; WORDS * 8]) -> bool {
        let (own, _) = self.bytes.as_chunks::<8>();
        let (words, _) = ahead.as_chunks::<8>();
        let differs = |at: usize| u64::from_le_bytes(own[at]) ^ u64::from_le_bytes(words[at]);
        // Most keys are in two words, and both are compared in any case: how long a key is would
        // be one more surprise.
        let bits = (u32::from(self.length) + 1) * 8;
        let first = differs(0) & !u64::MAX.unbounded_shl(bits);
        let second = differs(1) & !u64::MAX.unbounded_shl(bits.saturating_sub(64));
        if first | second != 0 {
            return false;
        }
        (2..WORDS).all(|at| {
            let seen = u32::try_from(at * 64).unwrap_or(u32::MAX);
            bits <= seen || differs(at) & !u64::MAX.unbounded_shl(bits - seen) == 0
        })
    }

    /// Whether it is that of `key`.
    #[inline]
    fn is_of(&self, key: &[u8]) -> bool {
        self.bytes.get(..usize::from(self.length)) == Some(key)
    }
}

/// Of a key's length, its first bytes and its last: no more is looked at of a long one, and keys
/// that are alike in all of that are told apart by their [`Spelling`].
#[inline]
fn hash_of(key: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let (first, last) = if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        (
            u64::from(u32::from_le_bytes(*first)),
            u64::from(u32::from_le_bytes(*last)),
        )
    } else {
        (eight::bytes_at(key, 0), 0)
    };
    let mixed = (first ^ key.len() as u64)
        .wrapping_mul(MULTIPLIER)
        .rotate_left(29)
        ^ last;
    let hash = mixed.wrapping_mul(MULTIPLIER);
    hash ^ hash >> 32
}

/// What a key was found to say. One line of the processor's cache: most of the time it takes to
/// know a key again is waiting for it.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Remembered {
    spelling: Spelling,
    shown: Shown,
    /// The place in [`NameCache::meanings`].
    name: u16,
}

impl Remembered {
    /// The key, which is what comes next in the document.
    #[inline]
    fn read<'j>(&self, reader: &mut Reader<'j>, meanings: &[FieldName]) -> Key<'j> {
        Key {
            raw: RawString::plain(reader.take_string(usize::from(self.spelling.length))),
            name: meanings[usize::from(self.name)],
            shown: self.shown,
        }
    }
}

/// The names seen so far, in the order they came in: those of a document lie next to each other.
/// Full, it starts anew, so that keys that are never the same have a bounded cost, whatever they
/// are chosen to be.
#[derive(Default)]
pub(super) struct NameCache {
    known: Vec<Remembered>,
    /// By a key's hash: its place among the known plus one, below some bits of the hash.
    index: Vec<u32>,
    /// By the keys before it, the places of the keys that came after them the last times, the last
    /// first: documents of one kind have their keys in one order.
    next: Vec<[u16; WAYS]>,
    /// The last three keys, as a place in [`Self::next`].
    context: usize,
    /// What names say, each once: most say nothing, and many the same.
    meanings: Vec<FieldName>,
    places: HashMap<FieldName, u16>,
}

impl NameCache {
    /// The keys that are expected next, the likeliest first.
    #[inline]
    fn expected(&self) -> [u16; WAYS] {
        self.next.get(self.context).copied().unwrap_or_default()
    }

    /// The key at `place`, if it and its closing quote are what `ahead` starts with.
    #[inline]
    fn known_at(&self, place: u16, ahead: &[u8; WORDS * 8]) -> Option<&Remembered> {
        let known = self.known.get(usize::from(place))?;
        known.spelling.starts(ahead).then_some(known)
    }

    /// Notes that the key at `place` has come.
    #[inline]
    fn came(&mut self, place: u16) {
        // Of the keys before the last three, everything is shifted out.
        const SHIFT: usize = 5;
        const MULTIPLIER: usize = 29;
        self.context = (self.context << SHIFT ^ usize::from(place) * MULTIPLIER) % CONTEXTS;
    }

    /// Notes that the key at `place` has come, which was not the likeliest.
    #[inline]
    fn came_unexpected(&mut self, place: u16) {
        if let Some(next) = self.next.get_mut(self.context) {
            *next = [place, next[0]];
        }
        self.came(place);
    }

    /// What is kept of a hash beside a place, and where in the index it is looked for first.
    #[inline]
    const fn tag_and_start(hash: u64) -> (u32, usize) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "some of its bits are wanted"
        )]
        let (tag, start) = ((hash >> 32) as u32 & !PLACE, hash as usize % INDEX);
        (tag, start)
    }

    #[inline]
    fn get(&mut self, hash: u64, key: &[u8]) -> Option<(FieldName, Shown)> {
        let (tag, start) = Self::tag_and_start(hash);
        for step in 0..MOST_STEPS {
            let entry = *self.index.get((start + step) % INDEX)?;
            if entry == 0 {
                return None;
            }
            if entry & !PLACE != tag {
                continue;
            }
            let place = (entry & PLACE) - 1;
            let known = self.known.get(place as usize)?;
            if known.spelling.is_of(key) {
                let found = (self.meanings[usize::from(known.name)], known.shown);
                self.came_unexpected(u16::try_from(place).unwrap_or_default());
                return Some(found);
            }
        }
        None
    }

    fn put(&mut self, hash: u64, spelling: Spelling, name: FieldName, shown: Shown) {
        if self.index.is_empty() || self.known.len() == MOST_NAMES {
            self.index = vec![0; INDEX];
            self.next = vec![[0; WAYS]; CONTEXTS];
            self.known.clear();
            self.meanings.clear();
            self.places.clear();
            self.context = 0;
        }
        let meaning = u16::try_from(self.meanings.len()).unwrap_or_default();
        let name = *self.places.entry(name).or_insert_with(|| {
            self.meanings.push(name);
            meaning
        });
        let place = u16::try_from(self.known.len()).unwrap_or_default();
        self.known.push(Remembered {
            spelling,
            shown,
            name,
        });
        let (tag, start) = Self::tag_and_start(hash);
        let free = (0..MOST_STEPS)
            .map(|step| (start + step) % INDEX)
            .find(|&at| self.index[at] == 0);
        self.index[free.unwrap_or(start)] = tag | (u32::from(place) + 1);
        self.came_unexpected(place);
    }
}

/// A key with what it says and how it shows.
pub(super) struct Key<'j> {
    pub(super) raw: RawString<'j>,
    pub(super) name: FieldName,
    pub(super) shown: Shown,
}

impl Walk<'_> {
    /// Reads the key whose opening quote has just been read.
    #[inline]
    pub(super) fn key<'j>(&mut self, reader: &mut Reader<'j>) -> Result<Key<'j>, Malformed> {
        if let Some(ahead) = reader.ahead() {
            let names = &mut self.scratch.names;
            let [likeliest, other] = names.expected();
            if let Some(known) = names.known_at(likeliest, ahead) {
                let key = known.read(reader, &names.meanings);
                names.came(likeliest);
                return Ok(key);
            }
            if let Some(known) = names.known_at(other, ahead) {
                let key = known.read(reader, &names.meanings);
                names.came_unexpected(other);
                return Ok(key);
            }
        }
        let raw = reader.string()?;
        let (name, shown) = self.name_of(raw);
        Ok(Key { raw, name, shown })
    }

    /// What `key` says, and how it shows.
    pub(super) fn name_of(&mut self, key: RawString<'_>) -> (FieldName, Shown) {
        let bytes = key.raw.as_bytes();
        // The same bytes stand for another key where they are not escaped (in a form).
        if key.is_escaped() || bytes.len() > LONGEST_REMEMBERED {
            return self.read_name(key);
        }
        let hash = hash_of(bytes);
        if let Some(known) = self.scratch.names.get(hash, bytes) {
            return known;
        }
        let (name, shown) = self.read_name(key);
        let spelling = Spelling::of(bytes);
        self.scratch.names.put(hash, spelling, name, shown);
        (name, shown)
    }

    fn read_name(&mut self, key: RawString<'_>) -> (FieldName, Shown) {
        if !key.is_escaped() {
            let (name, shown) = self.read_plain_name(key.raw);
            let is_short = shown == Shown::AsIs && path::is_short(key.raw);
            return (name, if is_short { Shown::Short } else { shown });
        }
        let mut text = self.scratch.take_string();
        json::unescape(key.raw, &mut text);
        let read = self.read_plain_name(&text);
        self.scratch.put_string(text);
        read
    }

    fn read_plain_name(&self, key: &str) -> (FieldName, Shown) {
        let lexicon = self.engine.lexicon();
        let is_own = self.engine.own().is_some_and(|own| own.matches(key));
        let shown = if !is_own && is_written_as_a_name(key) && !lexicon.knows_a_word_of(key) {
            Shown::PerhapsPerson
        } else if !is_own && !may_hide(key) {
            Shown::AsIs
        } else if !self.engine.personal_in(key).is_empty() {
            Shown::Personal
        } else if self.engine.mask(key).is_some() {
            Shown::Masked
        } else {
            Shown::AsIs
        };
        (lexicon.read(key), shown)
    }

    /// How a key shows in an object that is `about` someone or something.
    #[inline]
    pub(super) fn shown_in(shown: Shown, about: Roles) -> Shown {
        match shown {
            Shown::PerhapsPerson if about.has(Roles::PERSON) => Shown::Person,
            other => other,
        }
    }

    /// Reports what a key says of a person, at the key's own masked path.
    #[cold]
    pub(super) fn find_in_key(&mut self, key: RawString<'_>, shown: Shown, node: &Node<'_>) {
        let child = node.child(shown.step(key));
        if shown == Shown::Person {
            self.find_name_in_key(key, &child);
        } else {
            self.find_data_in_key(key, &child);
        }
    }

    /// Reports the person's name that a key is.
    fn find_name_in_key(&mut self, key: RawString<'_>, node: &Node<'_>) {
        // Where the name stands alone, only what it stands in speaks for it.
        const BY_PARENT: u8 = 60;
        let mut text = self.scratch.take_string();
        json::unescape(key.raw, &mut text);
        let hit = Hit::new(0, text.len(), BY_PARENT, BY_PARENT);
        self.report(DataClass::PersonName, &text, &hit, BY_PARENT, node);
        self.scratch.put_string(text);
    }

    /// Reports the personal data in a key.
    fn find_data_in_key(&mut self, key: RawString<'_>, node: &Node<'_>) {
        let mut text = self.scratch.take_string();
        if key.is_escaped() {
            json::unescape(key.raw, &mut text);
        } else {
            text.push_str(key.raw);
        }
        for (class, hit, confidence) in self.engine.personal_in(&text) {
            let value = text.get(hit.start..hit.end).unwrap_or_default();
            let hit = hit.marked(self.engine.marks_of(value, hit.marks));
            self.report(class, &text, &hit, confidence, node);
        }
        self.scratch.put_string(text);
    }
}

/// `Jane Doe`, `Ana María López`: two to four words with a capital, in letters only.
fn is_written_as_a_name(key: &str) -> bool {
    const MOST_BYTES: usize = 60;
    let mut words = 0;
    key.len() <= MOST_BYTES
        && key.contains(' ')
        && key.split(' ').all(|word| {
            words += 1;
            word.starts_with(char::is_uppercase)
                && word.chars().skip(1).any(char::is_lowercase)
                && word
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
        })
        && (2..=4).contains(&words)
}

/// Whether a key can hold personal data or an id at all.
fn may_hide(key: &str) -> bool {
    let shape = Shape::of(key);
    shape.digits >= 3 || shape.has(shape::AT | shape::NON_ASCII) || key.len() >= 20
}
