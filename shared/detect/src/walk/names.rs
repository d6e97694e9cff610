//! The names of fields during a walk, with a cache of their meanings and of their form in a path.
//!
//! This is one file, because the cache and the reading of a name share small types on the hot path.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::key_order::KeyOrder;
use super::{Scratch, Walk};
use crate::class::DataClass;
use crate::detectors::Hit;
use crate::eight;
use crate::field_name::{FieldName, Roles, Signals, Slot};
use crate::json::{self, Malformed, RawString, Reader};
use crate::path::{self, Node, Step};
use crate::shape::{self, Shape};
use crate::unread::hints::NameHints;

/// The form of a key in paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    #[default]
    AsIs,
    /// As it is, and short, so that the shorthand of RFC 9535 allows it.
    Short,
    /// Masked, because ids, dates and hashes in it become `*`.
    Masked,
    /// Masked, because it holds personal data. It is a finding itself.
    Personal,
    /// Written like a person's name. It is one if its object is about people.
    PerhapsPerson,
    /// A person's name. It is a finding itself.
    Person,
}

impl Shown {
    /// Returns the step for `key` in a path.
    pub(super) const fn step(self, key: RawString<'_>) -> Step<'_> {
        self.step_kept(key, None)
    }

    /// Returns the same step, which masks the key once and keeps the result.
    pub(super) const fn step_kept<'p>(
        self,
        key: RawString<'p>,
        kept: Option<&'p OnceCell<String>>,
    ) -> Step<'p> {
        match self {
            Self::AsIs | Self::PerhapsPerson => Step::Key(key),
            Self::Person => Step::PersonKey(key),
            Self::Short => Step::ShortKey(key.raw),
            Self::Masked | Self::Personal => Step::MaskedKey(key, kept),
        }
    }
}

/// The most names in the cache.
const MOST_NAMES: usize = 1 << 12;
/// The size of the index. It is twice the number of names, so that a key is found in few steps.
const INDEX: usize = 1 << 13;
/// The bits of an entry of the index that hold a position.
const POSITION: u32 = (1 << 13) - 1;
/// The most entries in which a key is looked up, whatever keys a hostile document contains.
const MOST_STEPS: usize = 8;
/// The number of words of eight bytes that hold a cached key and its closing quote.
const WORDS: usize = 7;
const LONGEST_REMEMBERED: usize = WORDS * 8 - 1;

/// The bytes from an offset on, in a document or in the cached keys.
type Ahead = [u8; LONGEST_REMEMBERED + 1];

/// Returns true if the first `length` bytes of both, and the quote after them, are equal.
#[inline]
fn is_same_key(one: &Ahead, other: &Ahead, length: u8) -> bool {
    let ((one, _), (other, _)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let differs = |at: usize| u64::from_le_bytes(one[at]) ^ u64::from_le_bytes(other[at]);
    // Most keys fit in two words, and both are always compared, because the processor cannot
    // predict the length of a key.
    let bits = (u32::from(length) + 1) * 8;
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

/// Returns a hash of a key's length, its first bytes and its last bytes. The middle of a long key
/// is left out. Keys with the same hash are told apart by their spelling.
#[inline]
fn hash_of(key: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let (first, last) = (
        eight::bytes_at(key, 0),
        eight::bytes_at(key, key.len().saturating_sub(8)),
    );
    let mixed = (first ^ key.len() as u64)
        .wrapping_mul(MULTIPLIER)
        .rotate_left(29)
        ^ last;
    let hash = mixed.wrapping_mul(MULTIPLIER);
    hash ^ hash >> 32
}

/// The properties of a key that most leaves need. The whole name is stored elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) gives: Signals,
    /// The index in [`NameCache::meanings`].
    name: u16,
    pub(super) shown: Shown,
    pub(super) slot: Slot,
    pub(super) has_meaning: bool,
    needs: Roles,
    pub(super) hints: NameHints,
}

impl Known {
    fn new(name: FieldName, at: u16, shown: Shown, hints: NameHints) -> Self {
        Self {
            gives: name.gives,
            name: at,
            shown,
            slot: name.slot,
            has_meaning: name.has_meaning(),
            needs: name.needs,
            hints,
        }
    }

    /// Returns true if the name can have a meaning in an object with the roles `above`.
    #[inline]
    pub(super) const fn means_something_in(self, above: Roles) -> bool {
        self.has_meaning && (self.needs.is_none() || self.needs.has(above))
    }
}

/// A key in the cache.
#[derive(Clone, Copy)]
struct Remembered {
    /// The offset in [`NameCache::spellings`].
    start: u32,
    length: u8,
    known: Known,
}

/// The names seen so far, in the order in which they came, so that those of a document lie next to
/// each other. When it is full, it starts anew, so that keys that never repeat have a bounded cost.
#[derive(Default)]
pub(super) struct NameCache {
    known: Vec<Remembered>,
    /// The keys as they are written, each with its closing quote. This is enough to recognise a key
    /// in a document by its start, without searching for its end first. They lie close together,
    /// because most of the time is spent waiting for memory. Zeros follow the last.
    spellings: Vec<u8>,
    /// The position of a key plus one, below some bits of its hash, by the key's hash.
    index: Vec<u32>,
    order: KeyOrder,
    /// The meanings of names, each once. Most names have none, and many have the same.
    meanings: Vec<FieldName>,
    indices: HashMap<FieldName, u16>,
    /// The meaning of the last name that is not cached.
    passing: FieldName,
}

impl NameCache {
    /// Returns true if `ahead` starts with the spelling of `known` and its closing quote.
    #[inline]
    fn is_at(&self, known: Remembered, ahead: &Ahead) -> bool {
        self.spelling(known)
            .is_some_and(|spelling| is_same_key(spelling, ahead, known.length))
    }

    /// Returns the bytes that start with a cached key and its quote.
    #[inline]
    fn spelling(&self, known: Remembered) -> Option<&Ahead> {
        self.spellings.get(known.start as usize..)?.first_chunk()
    }

    /// Returns the key at the start of `ahead`, if it is the expected one.
    #[inline]
    fn expected_at(&mut self, ahead: &Ahead) -> Option<Remembered> {
        let position = self.order.expected()?;
        let known = *self.known.get(usize::from(position))?;
        self.is_at(known, ahead).then(|| {
            self.order.follow(position);
            known
        })
    }

    /// Returns the expected key near the end of a document, where fewer bytes follow.
    #[inline(never)]
    fn expected_before_end(&mut self, rest: &[u8]) -> Option<Remembered> {
        let position = self.order.expected()?;
        let known = *self.known.get(usize::from(position))?;
        let start = known.start as usize;
        let spelling = self
            .spellings
            .get(start..=start + usize::from(known.length))?;
        rest.starts_with(spelling).then(|| {
            self.order.follow(position);
            known
        })
    }

    /// Returns the part of a hash that is stored beside a position, and the first place to look in
    /// the index.
    #[inline]
    const fn tag_and_start(hash: u64) -> (u32, usize) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "some of its bits are wanted"
        )]
        let (tag, start) = ((hash >> 32) as u32 & !POSITION, hash as usize % INDEX);
        (tag, start)
    }

    #[expect(
        clippy::inline_always,
        reason = "keys and labels are looked up in one place each"
    )]
    #[inline(always)]
    fn get(&mut self, hash: u64, key: &[u8]) -> Option<Known> {
        let (tag, start) = Self::tag_and_start(hash);
        for step in 0..MOST_STEPS {
            let entry = *self.index.get((start + step) % INDEX)?;
            if entry == 0 {
                return None;
            }
            if entry & !POSITION != tag {
                continue;
            }
            let position = (entry & POSITION) - 1;
            let known = *self.known.get(position as usize)?;
            let spelling = self.spelling(known)?;
            if spelling.get(..usize::from(known.length)) == Some(key) {
                self.order
                    .go_on(u16::try_from(position).unwrap_or_default());
                return Some(known.known);
            }
        }
        None
    }

    /// Returns the whole name of a known key.
    #[inline]
    fn whole(&self, known: Known) -> FieldName {
        let whole = self.meanings.get(usize::from(known.name));
        whole.copied().unwrap_or(self.passing)
    }

    /// Keeps a name until the next one.
    fn pass(&mut self, name: FieldName, shown: Shown, hints: NameHints) -> Known {
        self.passing = name;
        Known::new(name, u16::MAX, shown, hints)
    }

    fn put(
        &mut self,
        (hash, key): (u64, &[u8]),
        name: FieldName,
        shown: Shown,
        hints: NameHints,
    ) -> Known {
        if self.index.is_empty() || self.known.len() == MOST_NAMES {
            self.index = vec![0; INDEX];
            self.order = KeyOrder::default();
            self.known.clear();
            self.spellings = vec![0; size_of::<Ahead>()];
            self.meanings.clear();
            self.indices.clear();
        }
        let meaning = u16::try_from(self.meanings.len()).unwrap_or_default();
        let at = *self.indices.entry(name).or_insert_with(|| {
            self.meanings.push(name);
            meaning
        });
        let known = Known::new(name, at, shown, hints);
        let position = u16::try_from(self.known.len()).unwrap_or_default();
        let start = self.spellings.len() - size_of::<Ahead>();
        self.spellings.truncate(start);
        self.spellings.extend_from_slice(key);
        self.spellings.push(b'"');
        self.spellings
            .resize(start + key.len() + 1 + size_of::<Ahead>(), 0);
        self.known.push(Remembered {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            length: u8::try_from(key.len()).unwrap_or(u8::MAX),
            known,
        });
        let (tag, start) = Self::tag_and_start(hash);
        let free = (0..MOST_STEPS)
            .map(|step| (start + step) % INDEX)
            .find(|&at| self.index[at] == 0);
        self.index[free.unwrap_or(start)] = tag | (u32::from(position) + 1);
        self.order.go_on(position);
        known
    }
}

impl Walk<'_> {
    /// Reads the key whose opening quote has just been read.
    #[inline]
    pub(super) fn key<'j>(
        &mut self,
        reader: &mut Reader<'j>,
    ) -> Result<(RawString<'j>, Known), Malformed> {
        let names = &mut self.scratch.names;
        let expected = match reader.ahead() {
            Some(ahead) => names.expected_at(ahead),
            None => names.expected_before_end(reader.rest()),
        };
        if let Some(expected) = expected {
            let raw = reader.take_string(usize::from(expected.length));
            return Ok((RawString::plain(raw), expected.known));
        }
        let raw = reader.string()?;
        Ok((raw, self.look_up(raw)))
    }

    /// Returns the whole name of the key that was read last.
    #[inline]
    pub(super) fn whole_name(&self, known: Known) -> FieldName {
        self.scratch.names.whole(known)
    }

    /// Returns the meaning of `key` and its form in paths.
    pub(super) fn look_up(&mut self, key: RawString<'_>) -> Known {
        self.look_up_in(key, |scratch| &mut scratch.names)
    }

    /// Returns the meaning of a label in a text or a value. Labels have a cache of their own,
    /// because they would disturb the order of keys.
    pub(super) fn label_name(&mut self, label: RawString<'_>) -> FieldName {
        let known = self.look_up_in(label, |scratch| &mut scratch.labels);
        self.scratch.labels.whole(known)
    }

    #[inline]
    fn look_up_in(
        &mut self,
        key: RawString<'_>,
        names: impl Fn(&mut Scratch) -> &mut NameCache,
    ) -> Known {
        let bytes = key.raw.as_bytes();
        // Without escapes (in a form) the same bytes are another key.
        if key.is_escaped() || bytes.len() > LONGEST_REMEMBERED {
            let (name, shown) = self.read_name(key);
            return names(self.scratch).pass(name, shown, NameHints::of(key.raw));
        }
        let hash = hash_of(bytes);
        if let Some(known) = names(self.scratch).get(hash, bytes) {
            return known;
        }
        let (name, shown) = self.read_name(key);
        names(self.scratch).put((hash, bytes), name, shown, NameHints::of(key.raw))
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

    /// Returns the form of a key in an object with the roles `about`.
    #[inline]
    pub(super) fn shown_in(shown: Shown, about: Roles) -> Shown {
        match shown {
            Shown::PerhapsPerson if about.has(Roles::PERSON) => Shown::Person,
            other => other,
        }
    }

    /// Reports the personal data in a key, at the key's own masked path.
    #[cold]
    pub(super) fn find_in_key(&mut self, key: RawString<'_>, shown: Shown, node: &Node<'_>) {
        let child = node.child(shown.step(key));
        if shown == Shown::Person {
            self.find_name_in_key(key, &child);
        } else {
            self.find_data_in_key(key, &child);
        }
    }

    /// Reports a key that is a person's name.
    fn find_name_in_key(&mut self, key: RawString<'_>, node: &Node<'_>) {
        // The confidence of a name that only its parent explains.
        const BY_PARENT: u8 = 60;
        let mut text = self.scratch.take_string();
        json::unescape(key.raw, &mut text);
        let hit = Hit::new(0, text.len(), BY_PARENT, BY_PARENT);
        self.report_all(&text, &[(DataClass::PersonName, hit, BY_PARENT)], node);
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
        let personal = self.engine.personal_in(&text);
        self.report_all(&text, &personal, node);
        self.scratch.put_string(text);
    }
}

/// Recognises `Jane Doe`, `Ana María López`: two to four words with a capital, in letters only.
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

/// Returns true if a key can hold personal data or an id at all.
fn may_hide(key: &str) -> bool {
    let shape = Shape::of(key);
    shape.digits >= 3 || shape.has(shape::AT | shape::NON_ASCII) || key.len() >= 20
}
