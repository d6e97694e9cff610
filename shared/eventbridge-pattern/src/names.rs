//! Compares names of fields fast.
//!
//! A rule set looks up the name of every key of an event. Nearly always a hash that was computed
//! while the key was read gives the answer, without reading the name again.

/// The identity of a name: the name itself if it is short, else a hash of it.
///
/// The hash is fast, and does not resist names that were chosen to collide. It need not, because
/// names with equal hashes are compared, and the tables contain names of patterns, never of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameHash(u64);

/// The length of the longest name that fits into a word together with its length.
const SHORT: usize = 7;
/// The mark in place of the length.
const LONG: u64 = 0xff << 56;

impl NameHash {
    pub(crate) fn of(name: &[u8]) -> Self {
        let mut hasher = NameHasher::default();
        let (words, rest) = name.as_chunks();
        for word in words {
            hasher.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        hasher.finish(u64::from_le_bytes(last), rest.len())
    }

    #[inline]
    fn is_the_name(self) -> bool {
        self.0 < LONG
    }

    /// Returns bits that differ from name to name.
    #[inline]
    fn mixed(self) -> u32 {
        (self.0.wrapping_mul(MIX) >> 32) as u32
    }
}

/// Any odd number without a regular pattern would do; this is 2⁶⁴ divided by the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes a name in words of eight bytes, the first byte lowest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NameHasher {
    is_long: bool,
    hash: u64,
}

impl NameHasher {
    #[inline]
    pub(crate) fn add(&mut self, word: u64) {
        self.is_long = true;
        self.hash = (self.hash.rotate_left(29) ^ word).wrapping_mul(MIX);
    }

    /// Adds the rest of the name: at most seven bytes, with zeros after them.
    #[inline]
    pub(crate) fn finish(mut self, rest: u64, length: usize) -> NameHash {
        debug_assert!(length <= SHORT, "the rest is no whole word");
        if self.is_long {
            self.add(rest);
            return NameHash(self.hash | LONG);
        }
        NameHash(rest | (length as u64) << 56)
    }
}

/// A map from names to numbers.
#[derive(Debug, Clone)]
pub(crate) struct NameTable {
    /// The slots of the hash table. Their number is a power of two, and at most half of them are
    /// full. A name is in the first free slot from the position of its hash on.
    slots: Vec<Slot>,
    names: Vec<Box<[u8]>>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: NameHash,
    /// The index in `names`, or `NONE`.
    name: u32,
    number: u32,
}

const NONE: u32 = u32::MAX;

const FREE: Slot = Slot {
    hash: NameHash(0),
    name: NONE,
    number: 0,
};

impl Default for NameTable {
    fn default() -> Self {
        Self {
            slots: vec![FREE],
            names: Vec::new(),
        }
    }
}

impl NameTable {
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Returns the number of a name. `name` is only called if the hash is in the table.
    #[inline]
    pub(crate) fn get<'n>(&self, hash: NameHash, name: impl Fn() -> &'n [u8]) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut place = hash.mixed() as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot.name == NONE {
                return None;
            }
            let is_it = slot.hash == hash
                && (hash.is_the_name() || *self.names[slot.name as usize] == *name());
            if is_it {
                return Some(slot.number);
            }
            place = (place + 1) & mask;
        }
    }

    /// Adds a name that is not in the table.
    pub(crate) fn insert(&mut self, name: &[u8], number: u32) {
        let slot = Slot {
            hash: NameHash::of(name),
            name: place_of(self.names.len()),
            number,
        };
        self.names.push(name.into());
        if 2 * self.names.len() > self.slots.len() {
            let larger = vec![FREE; 2 * self.slots.len()];
            let slots = std::mem::replace(&mut self.slots, larger);
            let taken = slots.into_iter().filter(|slot| slot.name != NONE);
            taken.for_each(|slot| self.put(slot));
        }
        self.put(slot);
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut place = slot.hash.mixed() as usize & mask;
        while self.slots[place].name != NONE {
            place = (place + 1) & mask;
        }
        self.slots[place] = slot;
    }
}

/// Names of patterns are in memory, so there are fewer than 2³².
#[expect(clippy::cast_possible_truncation, reason = "see above")]
fn place_of(count: usize) -> u32 {
    count as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_number_and_no_other_has_one() {
        let mut table = NameTable::default();
        let names: Vec<String> = (0..1000).map(|n| format!("{n}-name")).collect();
        for (name, number) in names.iter().zip(0..) {
            table.insert(name.as_bytes(), number);
        }
        table.insert(b"", 1000);
        let get = |name: &str| table.get(NameHash::of(name.as_bytes()), || name.as_bytes());
        for (name, number) in names.iter().zip(0..) {
            assert_eq!(get(name), Some(number));
        }
        assert_eq!(get(""), Some(1000));
        for name in ["1000-name", "name", "\0", "0-name\0"] {
            assert_eq!(get(name), None);
        }
    }

    #[test]
    fn names_that_collide_are_compared() {
        let mut table = NameTable::default();
        // Zeros fill the last word, so these names have the same hash.
        table.insert(b"a long name", 1);
        table.insert(b"a long name\0", 2);
        let hash = NameHash::of(b"a long name");
        assert_eq!(hash, NameHash::of(b"a long name\0"));
        assert_eq!(table.get(hash, || b"a long name"), Some(1));
        assert_eq!(table.get(hash, || b"a long name\0"), Some(2));
        assert_eq!(table.get(hash, || b"a long name\0\0"), None);
    }

    #[test]
    fn short_names_are_their_own_hash() {
        let names: [&[u8]; 8] = [
            b"",
            b"\0",
            b"\0\0",
            b"a",
            b"a\0",
            b"\xff",
            b"1234567",
            b"12345678",
        ];
        for (place, name) in names.iter().enumerate() {
            let hash = NameHash::of(name);
            assert_eq!(hash.is_the_name(), name.len() <= SHORT);
            let same = names.iter().position(|other| NameHash::of(other) == hash);
            assert_eq!(same, Some(place));
        }
    }
}
