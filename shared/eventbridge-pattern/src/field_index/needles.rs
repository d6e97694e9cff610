//! Indexes texts that must be compared one by one, each only if a piece of it is found in the
//! value.
//!
//! The pieces are needles of one automaton, which runs over a value once. The needle of a wildcard
//! is its longest piece.

use std::collections::HashMap;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::nfa::contiguous::NFA;

use super::Hit;
use crate::bits::{self, Buffer};
use crate::text::{Key, Text};

#[derive(Debug, Default)]
pub(super) struct Needles {
    texts: Vec<(Text, Hit)>,
    sensitive: Indexed,
    insensitive: Indexed,
    /// Texts without a needle.
    unindexed: Vec<u32>,
}

/// An automaton, with the texts of each needle.
#[derive(Debug, Default)]
struct Indexed {
    search: Option<Search>,
    texts: Vec<Vec<u32>>,
}

#[derive(Debug)]
enum Search {
    /// Needs a few instructions per byte.
    Fast(DFA),
    /// For a very large number of needles.
    Small(NFA),
}

impl Needles {
    pub(super) fn new(texts: Vec<(Text, Hit)>) -> Self {
        let mut sensitive: HashMap<String, Vec<u32>> = HashMap::new();
        let mut insensitive: HashMap<String, Vec<u32>> = HashMap::new();
        let mut unindexed = Vec::new();
        for (place, (text, _)) in (0..).zip(&texts) {
            match text.key() {
                Key::Needle { text, lower: false } => {
                    sensitive.entry(text).or_default().push(place);
                }
                Key::Needle { text, lower: true } => {
                    insensitive.entry(text).or_default().push(place);
                }
                _ => unindexed.push(place),
            }
        }
        Self {
            sensitive: Indexed::new(sensitive, false, &mut unindexed),
            insensitive: Indexed::new(insensitive, true, &mut unindexed),
            texts,
            unindexed,
        }
    }

    /// Calls `take` with the hits of the texts that accept the quoted value.
    #[inline]
    pub(super) fn accepting(
        &self,
        quoted: &[u8],
        found: &mut Buffer<4>,
        take: &mut impl FnMut(Hit),
    ) {
        if self.texts.is_empty() {
            return;
        }
        let mut look = |place: u32| {
            let (text, hit) = &self.texts[place as usize];
            if text.accepts(quoted) {
                take(*hit);
            }
        };
        for automaton in [&self.sensitive, &self.insensitive] {
            automaton.find(quoted, found, &mut look);
        }
        self.unindexed.iter().copied().for_each(look);
    }
}

impl Indexed {
    fn new(
        by_needle: HashMap<String, Vec<u32>>,
        insensitive: bool,
        unindexed: &mut Vec<u32>,
    ) -> Self {
        if by_needle.is_empty() {
            return Self::default();
        }
        let (needles, texts): (Vec<String>, Vec<Vec<u32>>) = by_needle.into_iter().unzip();
        if let Some(search) = Search::new(&needles, insensitive) {
            return Self {
                search: Some(search),
                texts,
            };
        }
        // The automaton cannot number this many bytes, so each text is compared.
        unindexed.extend(texts.into_iter().flatten());
        Self::default()
    }

    fn find(&self, quoted: &[u8], found: &mut Buffer<4>, look: &mut impl FnMut(u32)) {
        let Some(search) = &self.search else {
            return;
        };
        let found = found.zeros(bits::words(self.texts.len()));
        let mut take = |needle: u32| {
            // A needle may be found several times in one value; its texts are compared once.
            if bits::insert_new(found, needle) {
                self.texts[needle as usize]
                    .iter()
                    .copied()
                    .for_each(&mut *look);
            }
        };
        match search {
            Search::Fast(automaton) => run(automaton, quoted, &mut take),
            Search::Small(automaton) => run(automaton, quoted, &mut take),
        }
    }
}

/// The number of bytes of needles from which the fast automaton would need a table of several
/// megabytes.
const FAST_BYTES: usize = 4096;

impl Search {
    fn new(needles: &[String], insensitive: bool) -> Option<Self> {
        let bytes: usize = needles.iter().map(String::len).sum();
        if bytes <= FAST_BYTES {
            let mut builder = DFA::builder();
            builder.ascii_case_insensitive(insensitive);
            return builder.build(needles).ok().map(Self::Fast);
        }
        let mut builder = NFA::builder();
        builder.ascii_case_insensitive(insensitive);
        builder.build(needles).ok().map(Self::Small)
    }
}

/// Calls `take` with every needle at each position where it is found.
fn run(automaton: &impl Automaton, quoted: &[u8], take: &mut impl FnMut(u32)) {
    let Ok(mut state) = automaton.start_state(Anchored::No) else {
        return;
    };
    for &byte in quoted {
        state = automaton.next_state(Anchored::No, state, byte);
        if automaton.is_special(state) && automaton.is_match(state) {
            for place in 0..automaton.match_len(state) {
                take(automaton.match_pattern(state, place).as_u32());
            }
        }
    }
}
