//! All that a rule set asks of one field, as one index: a value goes in, the satisfied clauses come
//! out, in a time that hardly depends on how many there are.
//!
//! Exact values are hashed, and so are beginnings and ends, length by length. Ranges lie in segment
//! trees. A wildcard has its longest piece in an Aho–Corasick automaton, which is run over the value
//! once; only wildcards whose piece was found are looked at. `anything-but` is indexed by what it
//! excludes and holds unless that is found.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxBuildHasher;

use crate::condition::{Condition, Excluded, Leaf};
use crate::intervals::Intervals;
use crate::ip::{Address, AddressRange};
use crate::json::Literal;
use crate::number::Number;
use crate::text::{Key, Text};

/// A clause: one field's alternatives. Clauses are numbered over the whole rule set.
pub(crate) type ClauseId = u32;

/// What a found condition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hit {
    /// The clause is satisfied.
    Satisfies(ClauseId),
    /// An `anything-but` does not hold.
    Denies(u32),
}

type Map<K> = HashMap<K, Vec<Hit>, FxBuildHasher>;

#[derive(Debug, Default)]
pub(crate) struct FieldIndex {
    /// Satisfied by every value.
    any: Vec<ClauseId>,
    strings: Map<Box<str>>,
    begins: Parts,
    ends: Parts,
    /// As `strings`, `begins` and `ends`, of values in lower case.
    lower_strings: Map<Box<str>>,
    lower_begins: Parts,
    lower_ends: Parts,
    numbers: Map<Number>,
    /// Numbers that cannot be compared, as spelled.
    spelled: Map<Box<str>>,
    literals: Vec<(Literal, ClauseId)>,
    ranges: Option<Intervals<Number, Hit>>,
    v4: Option<Intervals<u32, Hit>>,
    v6: Option<Intervals<u128, Hit>>,
    /// Address ranges that numbers can fall into by their digits.
    digits: Vec<(AddressRange, bool, ClauseId)>,
    /// What is looked at one by one, where its needle is found.
    texts: Vec<(Text, Hit)>,
    needles: Needles,
    lower_needles: Needles,
    /// Texts without a needle.
    unindexed: Vec<u32>,
    /// The clause of each `anything-but`.
    nots: Vec<ClauseId>,
}

/// Beginnings or ends of values, hashed.
#[derive(Debug, Default)]
struct Parts {
    /// In ascending order.
    lengths: Vec<usize>,
    hits: Map<Box<[u8]>>,
}

impl Parts {
    fn add(&mut self, part: &str, hit: Hit) {
        if let Err(place) = self.lengths.binary_search(&part.len()) {
            self.lengths.insert(place, part.len());
        }
        insert(&mut self.hits, part.as_bytes().into(), hit);
    }

    /// `part_of` gives the part of a value of a length.
    #[inline]
    fn find<'v>(
        &self,
        value: &'v [u8],
        part_of: impl Fn(&'v [u8], usize) -> &'v [u8],
        mut take: impl FnMut(Hit),
    ) {
        for &length in self
            .lengths
            .iter()
            .take_while(|&&length| length <= value.len())
        {
            if let Some(hits) = self.hits.get(part_of(value, length)) {
                hits.iter().copied().for_each(&mut take);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }
}

fn beginning(value: &[u8], length: usize) -> &[u8] {
    &value[..length]
}

fn end(value: &[u8], length: usize) -> &[u8] {
    &value[value.len() - length..]
}

/// One automaton, and the texts that each needle stands for.
#[derive(Debug, Default)]
struct Needles {
    automaton: Option<AhoCorasick>,
    texts: Vec<Vec<u32>>,
}

/// Collects a field's conditions before they are indexed.
#[derive(Default)]
pub(crate) struct FieldIndexBuilder {
    index: FieldIndex,
    ranges: Vec<(Number, Number, Hit)>,
    v4: Vec<(u32, u32, Hit)>,
    v6: Vec<(u128, u128, Hit)>,
}

impl FieldIndexBuilder {
    pub(crate) fn add(&mut self, clause: ClauseId, conditions: &[Condition]) {
        for condition in conditions {
            self.add_condition(clause, condition);
        }
    }

    fn add_condition(&mut self, clause: ClauseId, condition: &Condition) {
        let hit = Hit::Satisfies(clause);
        let index = &mut self.index;
        match condition {
            Condition::Exact(text) => insert(&mut index.strings, text.clone(), hit),
            Condition::Address { range, digits } => {
                self.v4
                    .extend(range.of_v4().map(|(low, high)| (low, high, hit)));
                let (low, high) = range.of_v6();
                self.v6.push((low, high, hit));
                index.digits.push((*range, *digits, clause));
            }
            Condition::Number {
                comparable: Some(number),
                ..
            } => insert(&mut index.numbers, *number, hit),
            Condition::Number {
                comparable: None,
                spelled,
            } => insert(&mut index.spelled, spelled.clone(), hit),
            Condition::Literal(word) => index.literals.push((*word, clause)),
            Condition::Between(low, high) => self.ranges.push((*low, *high, hit)),
            Condition::Text(text) => self.add_text(text, hit),
            Condition::Not(excluded) => self.add_not(clause, excluded),
            Condition::Exists => index.any.push(clause),
            // Absence is no property of a value.
            Condition::Absent => {}
        }
    }

    fn add_not(&mut self, clause: ClauseId, excluded: &Excluded) {
        let denies = Hit::Denies(number_of(self.index.nots.len()));
        self.index.nots.push(clause);
        match excluded {
            Excluded::Strings(strings) => {
                for text in strings {
                    insert(&mut self.index.strings, text.clone(), denies);
                }
            }
            Excluded::Numbers(numbers) => {
                for number in numbers {
                    insert(&mut self.index.numbers, *number, denies);
                }
            }
            Excluded::Texts(texts) => {
                for text in texts {
                    self.add_text(text, denies);
                }
            }
        }
    }

    fn add_text(&mut self, text: &Text, hit: Hit) {
        let index = &mut self.index;
        let parts = match text.key() {
            Key::Lower(lower) => return insert(&mut index.lower_strings, lower.into(), hit),
            Key::Begins { text, lower: false } => (&mut index.begins, text),
            Key::Begins { text, lower: true } => (&mut index.lower_begins, text),
            Key::Ends { text, lower: false } => (&mut index.ends, text),
            Key::Ends { text, lower: true } => (&mut index.lower_ends, text),
            Key::Needle { .. } | Key::Anything => return index.texts.push((text.clone(), hit)),
        };
        parts.0.add(parts.1, hit);
    }

    pub(crate) fn build(self) -> FieldIndex {
        let mut index = self.index;
        index.ranges = intervals(&self.ranges);
        index.v4 = intervals(&self.v4);
        index.v6 = intervals(&self.v6);
        let mut sensitive: HashMap<String, Vec<u32>> = HashMap::new();
        let mut insensitive: HashMap<String, Vec<u32>> = HashMap::new();
        for (place, (text, _)) in index.texts.iter().enumerate() {
            let place = number_of(place);
            match text.key() {
                Key::Needle { text, lower: false } => {
                    sensitive.entry(text).or_default().push(place);
                }
                Key::Needle { text, lower: true } => {
                    insensitive.entry(text).or_default().push(place);
                }
                _ => index.unindexed.push(place),
            }
        }
        index.needles = Needles::new(sensitive, false, &mut index.unindexed);
        index.lower_needles = Needles::new(insensitive, true, &mut index.unindexed);
        index
    }
}

fn insert<K: Eq + std::hash::Hash>(map: &mut Map<K>, key: K, hit: Hit) {
    let hits = map.entry(key).or_default();
    if !hits.contains(&hit) {
        hits.push(hit);
    }
}

fn intervals<T: Ord + Copy>(all: &[(T, T, Hit)]) -> Option<Intervals<T, Hit>> {
    (!all.is_empty()).then(|| Intervals::new(all))
}

impl Needles {
    fn new(
        by_needle: HashMap<String, Vec<u32>>,
        insensitive: bool,
        unindexed: &mut Vec<u32>,
    ) -> Self {
        if by_needle.is_empty() {
            return Self::default();
        }
        let (needles, texts): (Vec<String>, Vec<Vec<u32>>) = by_needle.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(insensitive)
            .build(needles);
        if let Ok(automaton) = automaton {
            return Self {
                automaton: Some(automaton),
                texts,
            };
        }
        // More text than an automaton can number: look at each instead.
        unindexed.extend(texts.into_iter().flatten());
        Self::default()
    }

    fn find(&self, quoted: &str, mut found: impl FnMut(u32)) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        for needle in automaton.find_overlapping_iter(quoted) {
            for &text in &self.texts[needle.pattern().as_usize()] {
                found(text);
            }
        }
    }
}

/// The clauses of a rule set, each satisfied or not.
#[derive(Debug)]
pub(crate) struct Clauses(Vec<u64>);

impl Clauses {
    pub(crate) fn none_of(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    #[inline]
    pub(crate) fn satisfy(&mut self, clause: ClauseId) {
        self.0[clause as usize / 64] |= 1 << (clause % 64);
    }

    #[inline]
    pub(crate) fn has(&self, clause: ClauseId) -> bool {
        self.0[clause as usize / 64] & 1 << (clause % 64) != 0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = ClauseId> + '_ {
        self.0.iter().enumerate().flat_map(|(place, &word)| {
            let first = number_of(place * 64);
            std::iter::successors((word != 0).then_some(word), |&rest| {
                let rest = rest & (rest - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |rest| first + rest.trailing_zeros())
        })
    }
}

/// What one value found so far. Kept between values to be allocated once.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The `anything-but`s that do not hold.
    denied: Vec<u32>,
    /// The texts that were looked at.
    looked_at: Vec<u64>,
    lower: String,
}

impl FieldIndex {
    /// Adds the clauses that the value satisfies.
    pub(crate) fn satisfied_by(
        &self,
        leaf: Leaf<'_>,
        clauses: &mut Clauses,
        scratch: &mut Scratch,
    ) {
        scratch.denied.clear();
        for &clause in &self.any {
            clauses.satisfy(clause);
        }
        match leaf {
            Leaf::Quoted(quoted) => self.string(quoted, clauses, scratch),
            Leaf::Number(spelled) => self.number(spelled, clauses, scratch),
            Leaf::Literal(word) => {
                for (literal, clause) in &self.literals {
                    if *literal == word {
                        clauses.satisfy(*clause);
                    }
                }
            }
        }
        if scratch.denied.is_empty() {
            for &clause in &self.nots {
                clauses.satisfy(clause);
            }
            return;
        }
        scratch.denied.sort_unstable();
        for (not, &clause) in self.nots.iter().enumerate() {
            if scratch.denied.binary_search(&number_of(not)).is_err() {
                clauses.satisfy(clause);
            }
        }
    }

    fn has_lower(&self) -> bool {
        !(self.lower_strings.is_empty()
            && self.lower_begins.is_empty()
            && self.lower_ends.is_empty())
    }

    fn string(&self, quoted: &str, clauses: &mut Clauses, scratch: &mut Scratch) {
        let text = &quoted[1..quoted.len() - 1];
        let Scratch {
            denied,
            looked_at,
            lower,
        } = scratch;
        let mut take = |hit: Hit| match hit {
            Hit::Satisfies(clause) => clauses.satisfy(clause),
            Hit::Denies(not) => denied.push(not),
        };
        if let Some(hits) = self.strings.get(text) {
            hits.iter().copied().for_each(&mut take);
        }
        let from_first = &quoted.as_bytes()[1..];
        let to_last = &quoted.as_bytes()[..quoted.len() - 1];
        self.begins.find(from_first, beginning, &mut take);
        self.ends.find(to_last, end, &mut take);
        if self.has_lower() {
            lower.clear();
            lower.push_str(quoted);
            lower.make_ascii_lowercase();
            if let Some(hits) = self.lower_strings.get(&lower[1..lower.len() - 1]) {
                hits.iter().copied().for_each(&mut take);
            }
            let from_first = &lower.as_bytes()[1..];
            let to_last = &lower.as_bytes()[..lower.len() - 1];
            self.lower_begins.find(from_first, beginning, &mut take);
            self.lower_ends.find(to_last, end, &mut take);
        }
        if self.v6.is_some() {
            match Address::parse(text) {
                Some(Address::V4(bits)) => {
                    if let Some(ranges) = &self.v4 {
                        ranges.holding(bits).for_each(&mut take);
                    }
                }
                Some(Address::V6(bits)) => {
                    if let Some(ranges) = &self.v6 {
                        ranges.holding(bits).for_each(&mut take);
                    }
                }
                None => {}
            }
        }
        if self.texts.is_empty() {
            return;
        }
        looked_at.clear();
        looked_at.resize(self.texts.len().div_ceil(64), 0);
        let mut look = |place: u32| {
            let seen = &mut looked_at[place as usize / 64];
            let bit = 1 << (place % 64);
            // A needle may be found many times in one value; its texts are looked at once.
            if *seen & bit == 0 {
                *seen |= bit;
                let (text, hit) = &self.texts[place as usize];
                if text.accepts(quoted) {
                    take(*hit);
                }
            }
        };
        self.needles.find(quoted, &mut look);
        self.lower_needles.find(quoted, &mut look);
        self.unindexed.iter().copied().for_each(look);
    }

    fn number(&self, spelled: &str, clauses: &mut Clauses, scratch: &mut Scratch) {
        let number = Number::parse(spelled);
        let mut take = |hit: Hit| match hit {
            Hit::Satisfies(clause) => clauses.satisfy(clause),
            Hit::Denies(not) => scratch.denied.push(not),
        };
        match number {
            Some(number) => {
                if let Some(hits) = self.numbers.get(&number) {
                    hits.iter().copied().for_each(&mut take);
                }
                if let Some(ranges) = &self.ranges {
                    ranges.holding(number).for_each(&mut take);
                }
            }
            None => {
                if let Some(hits) = self.spelled.get(spelled) {
                    hits.iter().copied().for_each(&mut take);
                }
            }
        }
        for (range, digits, clause) in &self.digits {
            if (*digits || number.is_none()) && range.contains_digits(spelled) {
                clauses.satisfy(*clause);
            }
        }
    }
}

/// Counts stand for parts of patterns in memory, of which there are fewer than 2³².
#[expect(
    clippy::cast_possible_truncation,
    reason = "each stands for a part of a pattern's text"
)]
pub(crate) fn number_of(count: usize) -> u32 {
    count as u32
}
