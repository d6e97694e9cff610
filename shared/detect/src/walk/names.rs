//! The names of fields during a walk: what each says, remembered, and how each shows in a path.

use super::Walk;
use crate::field_name::FieldName;
use crate::json::{self, RawString};
use crate::path::{self, Node, RawKey, Step};
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
}

impl Shown {
    /// The step that `key` is in a path.
    pub(super) const fn step(self, key: RawKey<'_>) -> Step<'_> {
        match self {
            Self::AsIs => Step::Key(key),
            Self::Short => Step::ShortKey(key.raw),
            Self::Masked | Self::Personal => Step::MaskedKey(key),
        }
    }
}

const SLOTS: usize = 1 << 12;
const LONGEST_REMEMBERED: usize = 40;

/// What a key was found to say.
#[derive(Clone, Copy)]
struct Remembered {
    hash: u64,
    length: u8,
    bytes: [u8; LONGEST_REMEMBERED],
    name: FieldName,
    shown: Shown,
}

/// A cache with two places for a key: at most two comparisons, and a bounded cost for keys that are
/// never the same, whatever they are chosen to be.
#[derive(Default)]
pub(super) struct NameCache {
    slots: Vec<Option<Remembered>>,
}

/// Eight bytes at a time, and the rest; the cache compares the bytes themselves, so this need not be strong.
#[inline]
fn hash(bytes: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk
            .first_chunk()
            .map_or(0, |word| u64::from_le_bytes(*word));
        hash = (hash.rotate_left(5) ^ word).wrapping_mul(MULTIPLIER);
    }
    let rest = chunks
        .remainder()
        .iter()
        .fold(0, |word, &byte| word << 8 | u64::from(byte));
    hash = (hash.rotate_left(5) ^ rest).wrapping_mul(MULTIPLIER);
    hash ^ hash >> 32
}

impl NameCache {
    /// The two places where a key can be.
    #[inline]
    fn places(hash: u64) -> [usize; 2] {
        let place = |bits: u64| usize::try_from(bits % SLOTS as u64).unwrap_or_default();
        [place(hash), place(hash >> 20)]
    }

    #[inline]
    fn get(&self, hash: u64, bytes: &[u8]) -> Option<(FieldName, Shown)> {
        for place in Self::places(hash) {
            if let Some(Some(known)) = self.slots.get(place)
                && known.hash == hash
                && &known.bytes[..usize::from(known.length)] == bytes
            {
                return Some((known.name, known.shown));
            }
        }
        None
    }

    fn put(&mut self, known: Remembered) {
        if self.slots.is_empty() {
            self.slots = vec![None; SLOTS];
        }
        let [first, second] = Self::places(known.hash);
        let is_free = |place: usize| self.slots[place].is_none();
        let place = if !is_free(first) && is_free(second) {
            second
        } else {
            first
        };
        self.slots[place] = Some(known);
    }
}

impl Walk<'_> {
    /// What `key` says, and how it shows.
    #[inline]
    pub(super) fn name_of(&mut self, key: RawString<'_>) -> (FieldName, Shown) {
        let bytes = key.raw.as_bytes();
        // The same bytes stand for another key where they are not escaped (in a form).
        if key.escaped || bytes.len() > LONGEST_REMEMBERED {
            return self.read_name(key);
        }
        let hash = hash(bytes);
        if let Some(known) = self.scratch.names.get(hash, bytes) {
            return known;
        }
        let (name, shown) = self.read_name(key);
        let mut known = Remembered {
            hash,
            length: u8::try_from(bytes.len()).unwrap_or_default(),
            bytes: [0; LONGEST_REMEMBERED],
            name,
            shown,
        };
        known.bytes[..bytes.len()].copy_from_slice(bytes);
        self.scratch.names.put(known);
        (name, shown)
    }

    fn read_name(&mut self, key: RawString<'_>) -> (FieldName, Shown) {
        if !key.escaped {
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
        let shown = if !may_hide(key) {
            Shown::AsIs
        } else if !self.engine.personal_in(key).is_empty() {
            Shown::Personal
        } else if self.engine.mask(key).is_some() {
            Shown::Masked
        } else {
            Shown::AsIs
        };
        (self.engine.lexicon().read(key), shown)
    }

    /// Reports the personal data in a key, at the key's own masked path.
    #[cold]
    pub(super) fn find_in_key(&mut self, key: RawKey<'_>, node: &Node<'_>) {
        let mut text = self.scratch.take_string();
        if key.escaped {
            json::unescape(key.raw, &mut text);
        } else {
            text.push_str(key.raw);
        }
        for (class, hit, confidence) in self.engine.personal_in(&text) {
            self.report(class, &text, &hit, confidence, node);
        }
        self.scratch.put_string(text);
    }
}

/// Whether a key can hold personal data or an id at all.
fn may_hide(key: &str) -> bool {
    let shape = Shape::of(key);
    shape.digits >= 3 || shape.has(shape::AT | shape::NON_ASCII) || key.len() >= 20
}
