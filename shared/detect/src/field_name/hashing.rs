//! The hash of a phrase, built word by word, and maps with such hashes as keys.
//!
//! The lexicon looks up every run of words in a name. A hash can be continued with the next word,
//! so no phrase is ever joined into a string.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The start of an FNV-1a hash. The hash of a phrase is continued from word to word.
pub(super) const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

pub(super) fn hash_on(mut hash: u64, bytes: &[u8]) -> u64 {
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low bits of FNV mix well and its high bits do not, but the tables use both.
    hash
}

pub(super) fn key(hash: u64) -> u64 {
    hash ^ hash.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Returns keys as they are, because they are hashes already.
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
