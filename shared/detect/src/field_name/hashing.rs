//! The hash of a phrase, built word by word, and maps that use it as their key.
//!
//! The lexicon looks every run of words of a name up. Because the hash continues where the previous
//! word stopped, no phrase is ever joined into a string.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// FNV-1a, which goes on where it stopped: the hash of a phrase from those of its words.
pub(super) const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

pub(super) fn hash_on(mut hash: u64, bytes: &[u8]) -> u64 {
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // FNV's low bits mix well, its high bits do not, and the tables use both.
    hash
}

pub(super) fn key(hash: u64) -> u64 {
    hash ^ hash.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Keys are already hashes.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

pub(super) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Identity>>;

pub(super) type Hashes = HashSet<u64, BuildHasherDefault<Identity>>;
