//! Indexes all conditions of a rule set on one field. For a value it returns the satisfied clauses,
//! in a time that hardly depends on their number.
//!
//! Exact values are hashed. Prefixes and suffixes are sorted (`parts.rs`), and ranges are in
//! segment trees (`intervals.rs`). A wildcard is compared only if its longest piece was found in
//! the value (`needles.rs`). `anything-but` is indexed by what it excludes, and is satisfied unless
//! one of that is found.

mod build;
mod needles;
mod parts;

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

pub(crate) use self::build::FieldIndexBuilder;
use self::needles::Needles;
use self::parts::Parts;
use crate::bits::{self, Buffer};
use crate::condition::Leaf;
use crate::intervals::Intervals;
use crate::ip::{Address, AddressRange};
use crate::json::Literal;
use crate::number::Number;

/// The number of a clause: one field's alternatives. Clauses are numbered over the whole rule set.
pub(crate) type ClauseId = u32;

/// The effect of a condition that the value satisfies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hit {
    /// The clause is satisfied.
    Satisfies(ClauseId),
    /// This `anything-but` is not satisfied.
    Denies(u32),
}

type Map<K> = HashMap<K, Vec<Hit>, FxBuildHasher>;

#[derive(Debug, Default)]
pub(crate) struct FieldIndex {
    /// Clauses that every value satisfies.
    any: Vec<ClauseId>,
    strings: Map<Box<[u8]>>,
    begins: Parts,
    ends: Parts,
    /// Like `strings`, `begins` and `ends`, for values in lower case.
    lower_strings: Map<Box<[u8]>>,
    lower_begins: Parts,
    lower_ends: Parts,
    needles: Needles,
    numbers: Map<Number>,
    /// Numbers that cannot be compared, by their spelling.
    spelled: Map<Box<str>>,
    ranges: Option<Intervals<Number, Hit>>,
    literals: Vec<(Literal, ClauseId)>,
    v4: Option<Intervals<u32, Hit>>,
    v6: Option<Intervals<u128, Hit>>,
    /// Address ranges that may contain a number by its digits.
    digits: Vec<(AddressRange, bool, ClauseId)>,
    /// The clause of each `anything-but`.
    nots: Vec<ClauseId>,
}

/// Buffers for the lookup of a value, which are reused.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The `anything-but`s that are not satisfied.
    denied: Buffer<4>,
    /// The needles that were found.
    found: Buffer<4>,
    lower: Vec<u8>,
    backwards: Vec<u8>,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self {
            denied: Buffer::new(),
            found: Buffer::new(),
            lower: Vec::new(),
            backwards: Vec::new(),
        }
    }
}

impl FieldIndex {
    /// Adds the clauses that the value satisfies.
    pub(crate) fn satisfied_by(
        &self,
        leaf: Leaf<'_>,
        satisfied: &mut [u64],
        scratch: &mut Scratch,
    ) {
        for &clause in &self.any {
            bits::insert(satisfied, clause);
        }
        let denied = scratch.denied.zeros(bits::words(self.nots.len()));
        let mut take = |hit: Hit| match hit {
            Hit::Satisfies(clause) => bits::insert(satisfied, clause),
            Hit::Denies(not) => bits::insert(denied, not),
        };
        match leaf {
            Leaf::Quoted(quoted) => {
                let buffers = (
                    &mut scratch.found,
                    &mut scratch.lower,
                    &mut scratch.backwards,
                );
                self.string(quoted, buffers, &mut take);
            }
            Leaf::Number(spelled) => self.number(spelled, &mut take),
            Leaf::Literal(word) => {
                for (literal, clause) in &self.literals {
                    if *literal == word {
                        take(Hit::Satisfies(*clause));
                    }
                }
            }
        }
        for (not, &clause) in (0..).zip(&self.nots) {
            if !bits::contains(denied, not) {
                bits::insert(satisfied, clause);
            }
        }
    }

    fn has_lower(&self) -> bool {
        !(self.lower_strings.is_empty()
            && self.lower_begins.is_empty()
            && self.lower_ends.is_empty())
    }

    #[inline]
    fn string(
        &self,
        quoted: &[u8],
        (found, lower, backwards): (&mut Buffer<4>, &mut Vec<u8>, &mut Vec<u8>),
        take: &mut impl FnMut(Hit),
    ) {
        let text = &quoted[1..quoted.len() - 1];
        let from_first = &quoted[1..];
        let to_last = &quoted[..quoted.len() - 1];
        take_all(&self.strings, text, take);
        self.begins.beginning(from_first, take);
        self.ends.ending(to_last, backwards, take);
        if self.has_lower() {
            lower.clear();
            lower.extend_from_slice(quoted);
            lower.make_ascii_lowercase();
            let from_first = &lower[1..];
            let to_last = &lower[..lower.len() - 1];
            take_all(&self.lower_strings, &lower[1..lower.len() - 1], take);
            self.lower_begins.beginning(from_first, take);
            self.lower_ends.ending(to_last, backwards, take);
        }
        if self.v6.is_some() {
            self.address(text, take);
        }
        self.needles.accepting(quoted, found, take);
    }

    fn address(&self, text: &[u8], take: &mut impl FnMut(Hit)) {
        match (Address::parse(text), &self.v4, &self.v6) {
            (Some(Address::V4(bits)), Some(ranges), _) => ranges.holding(bits).for_each(take),
            (Some(Address::V6(bits)), _, Some(ranges)) => ranges.holding(bits).for_each(take),
            _ => {}
        }
    }

    #[inline]
    fn number(&self, spelled: &str, take: &mut impl FnMut(Hit)) {
        let number = Number::parse(spelled);
        match number {
            Some(number) => {
                take_all(&self.numbers, &number, take);
                if let Some(ranges) = &self.ranges {
                    ranges.holding(number).for_each(&mut *take);
                }
            }
            None => take_all(&self.spelled, spelled, take),
        }
        for (range, digits, clause) in &self.digits {
            if (*digits || number.is_none()) && range.contains_digits(spelled) {
                take(Hit::Satisfies(*clause));
            }
        }
    }
}

#[inline]
fn take_all<K, Q>(hits: &Map<K>, of: &Q, take: &mut impl FnMut(Hit))
where
    K: std::borrow::Borrow<Q> + Eq + std::hash::Hash,
    Q: Eq + std::hash::Hash + ?Sized,
{
    if let Some(hits) = hits.get(of) {
        hits.iter().copied().for_each(take);
    }
}

/// The count is of parts of patterns in memory, so it is less than 2³².
#[expect(
    clippy::cast_possible_truncation,
    reason = "each stands for a part of a pattern's text"
)]
pub(crate) fn number_of(count: usize) -> u32 {
    count as u32
}
