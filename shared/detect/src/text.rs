//! One pass over a leaf's text that cuts out what the detectors asked for.
//!
//! Linear: each byte belongs to one word or one run of digits, a run offers at most
//! [`MOST_GROUPS`]² windows, and every detector looks at a bounded neighbourhood.

use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::{Detector, Digits, Find, Hit};
use crate::eight;

/// A longer run of grouped digits is looked at in parts.
const MOST_GROUPS: usize = 8;
/// No number of the catalogue has more digits.
const MOST_DIGITS: usize = 24;
const LONGEST_WORD: usize = 64;
/// Letters before the first group of digits of a code.
const LONGEST_LEAD: usize = 4;

/// A detector that asks for places of a byte.
#[derive(Clone, Copy)]
struct ByByte {
    /// How far on the byte must stand again; zero where once is enough.
    again: usize,
    id: DetectorId,
    look: fn(&str, usize) -> Option<Hit>,
}

/// A detector that asks for runs of digits.
#[derive(Clone, Copy)]
struct ByDigits {
    id: DetectorId,
    /// Whether a candidate that is all of a leaf is nothing without its field's name.
    needs_name: bool,
    look: fn(&Digits<'_>) -> Option<Hit>,
}

/// A detector that asks for words.
#[derive(Clone, Copy)]
struct ByWord {
    id: DetectorId,
    needs_name: bool,
    starts: Starts,
    look: fn(&str, usize, usize) -> Option<Hit>,
}

/// Which of a word's first four bytes are letters (low bits) and digits (high bits): most words are
/// told from a code by them, without a call.
#[derive(Clone, Copy, Default)]
struct Starts(u8);

impl Starts {
    /// Of a pattern of [`Find::Code`].
    fn asked(pattern: &str) -> Self {
        let bits = pattern.bytes().zip(0_u8..4).map(|(asked, at)| match asked {
            b'A' => 1 << at,
            b'9' => 1 << (at + 4),
            _ => 0,
        });
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Of the marks of a word.
    #[inline]
    fn of(letters: u64, digits: u64) -> Self {
        // Brings the marks of four bytes together.
        const GATHER: u64 = 1 << 17 | 1 << 10 | 1 << 3 | 1 << 24;
        let four = |marks: u64| ((marks >> 7 & 0x0101_0101) * GATHER).to_le_bytes()[3] & 0xf;
        Self(four(letters) | four(digits) << 4)
    }

    #[inline]
    const fn are_in(self, word: Self) -> bool {
        self.0 & !word.0 == 0
    }
}

/// Letters and digits in one piece.
struct Word {
    start: usize,
    end: usize,
    has_digit: bool,
    has_small: bool,
    starts: Starts,
}

impl Word {
    /// The word that starts at `start`.
    #[inline]
    fn read(text: &[u8], start: usize) -> Self {
        let (mut end, mut has_digits, mut has_smalls) = (start, 0, 0);
        let mut starts = None;
        loop {
            let eight = eight::bytes_at(text, end);
            let (letters, digits) = (eight::letters(eight), eight::digits(eight));
            let others = !(letters | digits) & eight::MARKS;
            let inside = eight::all_before(others);
            let (letters, digits) = (letters & inside, digits & inside);
            has_digits |= digits;
            has_smalls |= letters & eight::small(eight);
            starts.get_or_insert_with(|| Starts::of(letters, digits));
            end += eight::before(others);
            if others != 0 {
                break;
            }
        }
        Self {
            start,
            end,
            has_digit: has_digits != 0,
            has_small: has_smalls != 0,
            starts: starts.unwrap_or_default(),
        }
    }
}

/// A prefix that a detector asks for.
#[derive(Clone)]
struct ByPrefix {
    prefix: &'static str,
    /// Its first eight bytes, and which of a word's bytes they are compared with.
    first: u64,
    mask: u64,
    id: DetectorId,
    look: fn(&str, usize) -> Option<Hit>,
}

/// The byte belongs to a word.
const LETTER: u8 = 1;
/// The byte starts a run of digits, or belongs to a word.
const DIGIT: u8 = 1 << 1;
/// Some detector asks for places of the byte.
const PLACE: u8 = 1 << 2;
/// Some prefix starts with the byte.
const PREFIX: u8 = 1 << 3;

/// The detectors by what they asked for; each with its id.
pub(crate) struct Dispatch {
    /// What is to be done at a byte: the constants above.
    turns: [u8; 256],
    bytes: Vec<Vec<ByByte>>,
    digits: Vec<Vec<ByDigits>>,
    /// Those of [`Self::digits`] to which digits in one piece, which are all of a leaf, can be
    /// something without its field's name.
    bare: Vec<Vec<ByDigits>>,
    groups: Vec<Vec<ByDigits>>,
    words: Vec<Vec<ByWord>>,
    /// Words without a digit, which few ask for.
    letters: Vec<Vec<ByWord>>,
    /// A bit for each length of [`Self::letters`] that is asked for.
    letter_lengths: u64,
    prefixes: Vec<Vec<ByPrefix>>,
    /// A bit for each pair of bytes that a prefix starts with.
    prefix_starts: Vec<u64>,
}

impl Dispatch {
    /// What is less sure than `threshold` is nothing.
    pub(crate) fn new(detectors: &[&'static Detector], threshold: u8) -> Self {
        let mut dispatch = Self {
            turns: [0; 256],
            bytes: vec![Vec::new(); 128],
            digits: vec![Vec::new(); MOST_DIGITS + 1],
            bare: vec![Vec::new(); MOST_DIGITS + 1],
            groups: vec![Vec::new(); MOST_GROUPS + 1],
            words: vec![Vec::new(); LONGEST_WORD + 1],
            letters: vec![Vec::new(); LONGEST_WORD + 1],
            letter_lengths: 0,
            prefixes: vec![Vec::new(); 128],
            prefix_starts: vec![0; 256],
        };
        for (byte, turn) in (0..=u8::MAX).zip(&mut dispatch.turns) {
            *turn = match byte {
                b'0'..=b'9' => DIGIT,
                b'A'..=b'Z' | b'a'..=b'z' => LETTER,
                _ => 0,
            };
        }
        for (id, detector) in DetectorId::all().zip(detectors) {
            for find in detector.finds {
                let sure = u8::MAX;
                dispatch.add(id, find, (sure, sure), threshold);
            }
        }
        dispatch
    }

    /// Adds what a detector asks for, which is at most so sure, in one piece and grouped, where it
    /// is all of a leaf without a name.
    fn add(&mut self, id: DetectorId, find: &Find, (bare, grouped): (u8, u8), threshold: u8) {
        let needs_name = grouped < threshold;
        let lengths = |least: u8, most: u8| usize::from(least)..=usize::from(most);
        match *find {
            Find::Byte(bytes, look) => self.add_places(bytes, 0, id, look),
            Find::Repeated(bytes, again, look) => self.add_places(bytes, again, id, look),
            Find::Digits(least, most, look) => {
                let asked = ByDigits {
                    id,
                    needs_name,
                    look,
                };
                for length in lengths(least, most) {
                    self.digits[length].push(asked);
                    if bare >= threshold {
                        self.bare[length].push(asked);
                    }
                }
            }
            Find::Groups(count, look) => self.groups[usize::from(count)].push(ByDigits {
                id,
                needs_name,
                look,
            }),
            Find::Word(least, most, look) | Find::Code(_, least, most, look) => {
                let starts = match find {
                    Find::Code(pattern, ..) => Starts::asked(pattern),
                    _ => Starts::default(),
                };
                for list in &mut self.words[lengths(least, most)] {
                    list.push(ByWord {
                        id,
                        needs_name,
                        starts,
                        look,
                    });
                }
            }
            Find::Letters(length, look) => {
                self.letter_lengths |= 1 << (length & 63);
                self.letters[usize::from(length)].push(ByWord {
                    id,
                    needs_name,
                    starts: Starts::default(),
                    look,
                });
            }
            Find::Bare(bare, find) => self.add(id, find, (bare, grouped), threshold),
            Find::Announced(find) => self.add(id, find, (0, 0), threshold),
            Find::Prefix(prefixes, look) => {
                for &prefix in prefixes {
                    let [first, second, ..] = *prefix.as_bytes() else {
                        continue;
                    };
                    self.turns[usize::from(first & 127)] |= PREFIX;
                    let length = u32::try_from(prefix.len()).unwrap_or(u32::MAX);
                    self.prefixes[usize::from(first & 127)].push(ByPrefix {
                        prefix,
                        first: eight::bytes_at(prefix.as_bytes(), 0),
                        mask: u64::MAX
                            .unbounded_shr(64_u32.saturating_sub(length.saturating_mul(8))),
                        id,
                        look,
                    });
                    let (word, bit) = pair_bit(first, second);
                    self.prefix_starts[word] |= bit;
                }
            }
        }
    }

    fn add_places(
        &mut self,
        bytes: &[u8],
        again: usize,
        id: DetectorId,
        look: fn(&str, usize) -> Option<Hit>,
    ) {
        for &byte in bytes {
            self.turns[usize::from(byte & 127)] |= PLACE;
            self.bytes[usize::from(byte & 127)].push(ByByte { again, id, look });
        }
    }

    /// Calls `found` with every hit in `text` and the id of its detector. `named` are the detectors
    /// that the field's name enables.
    pub(crate) fn scan(
        &self,
        text: &str,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let turn = self.turns[usize::from(byte)];
            if turn & LETTER != 0 {
                at = self.word(text, at, turn, named, found);
                continue;
            }
            if turn & DIGIT != 0 {
                let length = digits_at(bytes, at);
                at = if continues_word(&bytes[at..], length) {
                    self.word(text, at, turn, named, found)
                } else {
                    self.run(text, at, length, named, found)
                };
                continue;
            }
            if turn & PLACE != 0 {
                self.place(byte, text, at, found);
            }
            if turn & PREFIX != 0 {
                self.prefix(text, at, found);
            }
            at += 1;
        }
    }

    #[inline]
    fn place(&self, byte: u8, text: &str, at: usize, found: &mut dyn FnMut(DetectorId, Hit)) {
        for asked in &self.bytes[usize::from(byte & 127)] {
            if text.as_bytes().get(at + asked.again) == Some(&byte)
                && let Some(hit) = (asked.look)(text, at)
            {
                found(asked.id, hit);
            }
        }
    }

    #[inline]
    fn prefix(&self, text: &str, at: usize, found: &mut dyn FnMut(DetectorId, Hit)) {
        let [first, second, ..] = text.as_bytes()[at..] else {
            return;
        };
        let (word, bit) = pair_bit(first, second);
        if self.prefix_starts[word] & bit != 0 {
            self.prefix_at(text, at, found);
        }
    }

    fn prefix_at(&self, text: &str, at: usize, found: &mut dyn FnMut(DetectorId, Hit)) {
        let bytes = &text.as_bytes()[at..];
        let eight = eight::bytes_at(text.as_bytes(), at);
        for asked in &self.prefixes[usize::from(bytes[0] & 127)] {
            if (eight ^ asked.first) & asked.mask == 0
                && bytes.starts_with(asked.prefix.as_bytes())
                && let Some(hit) = (asked.look)(text, at)
            {
                found(asked.id, hit);
            }
        }
    }

    /// The word that starts at `at`; returns its end.
    #[inline]
    fn word(
        &self,
        text: &str,
        at: usize,
        turn: u8,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) -> usize {
        let bytes = text.as_bytes();
        let word = Word::read(bytes, at);
        let (end, length) = (word.end, word.end - at);
        if turn & PREFIX != 0 {
            self.prefix(text, at, found);
        }
        // The letters that a grouped code starts with (`AB 12 34 56 C`) have a digit after them.
        let leads_code =
            || length <= LONGEST_LEAD && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if word.has_digit || leads_code() {
            ask_for_word(self.words.get(length), text, &word, named, found);
        } else if self
            .letter_lengths
            .unbounded_shr(u32::try_from(length).unwrap_or(64))
            & 1
            == 1
            && (!word.has_small || length == text.len())
        {
            ask_for_word(self.letters.get(length), text, &word, named, found);
        }
        end
    }

    /// The run of digit groups that starts at `at` with a group of `length`; returns its end.
    #[inline]
    fn run(
        &self,
        text: &str,
        at: usize,
        length: usize,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) -> usize {
        if separator_at(text.as_bytes(), at + length).is_some() {
            return self.groups(text, at, named, found);
        }
        // Most runs are one group.
        let end = at + length;
        if let Some(list) = self.in_one_piece(named.is_empty() && length == text.len(), length)
            && !list.is_empty()
        {
            let (left, right) = (left_of(text, at), right_of(text.as_bytes(), end));
            let candidate = Digits {
                text,
                start: at,
                end,
                digits: &text.as_bytes()[at..end],
                groups: &[u8::try_from(length).unwrap_or(u8::MAX)],
                separators: &[],
                is_glued: left.0 || right.0,
                is_linked: left.1 || right.1,
            };
            ask(list, &candidate, &DetectorSet::ALL, found);
        }
        end
    }

    /// Whether so many digits, which are all of a leaf, can be something without its field's name.
    #[inline]
    pub(crate) fn proves_bare(&self, length: usize) -> bool {
        self.bare.get(length).is_some_and(|asked| !asked.is_empty())
    }

    /// Who asks for so many digits in one piece, with no name to speak for them where they are all
    /// of a leaf.
    #[inline]
    fn in_one_piece(&self, is_nameless: bool, length: usize) -> Option<&Vec<ByDigits>> {
        let lists = if is_nameless {
            &self.bare
        } else {
            &self.digits
        };
        lists.get(length)
    }

    /// A run of several groups.
    fn groups(
        &self,
        text: &str,
        at: usize,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) -> usize {
        let run = Run::read(text, at);
        for first in 0..run.count {
            let mut digits = 0;
            for last in first..run.count {
                digits += usize::from(run.groups[last]);
                let Some(by_digits) = self.digits.get(digits) else {
                    break;
                };
                let by_groups = &self.groups[last - first + 1];
                if !by_digits.is_empty() || !by_groups.is_empty() {
                    let mut room = [0; MOST_DIGITS];
                    let candidate = run.window(text, first, last, &mut room[..digits]);
                    ask(by_digits, &candidate, named, found);
                    ask(by_groups, &candidate, named, found);
                }
            }
        }
        // The bytes between the groups are places as well: `28-65-6f-5a-11-69` starts as a run.
        for group in 0..run.count.saturating_sub(1) {
            let between = run.starts[group] + usize::from(run.groups[group]);
            self.place(run.separators[group], text, between, found);
        }
        run.end
    }

    /// A number leaf or other bare digits: one candidate.
    pub(crate) fn digits(
        &self,
        text: &str,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) {
        let Some(list) = self.in_one_piece(named.is_empty(), text.len()) else {
            return;
        };
        if list.is_empty() {
            return;
        }
        let candidate = Digits {
            text,
            start: 0,
            end: text.len(),
            digits: text.as_bytes(),
            groups: &[u8::try_from(text.len()).unwrap_or(u8::MAX)],
            separators: &[],
            is_glued: false,
            is_linked: false,
        };
        ask(list, &candidate, &DetectorSet::ALL, found);
    }
}

fn ask_for_word(
    list: Option<&Vec<ByWord>>,
    text: &str,
    word: &Word,
    named: &DetectorSet,
    found: &mut dyn FnMut(DetectorId, Hit),
) {
    let is_whole = word.end - word.start == text.len();
    for asked in list.into_iter().flatten() {
        let is_asked = asked.starts.are_in(word.starts)
            && !(asked.needs_name && is_whole && !named.has(asked.id));
        if is_asked && let Some(hit) = (asked.look)(text, word.start, word.end) {
            found(asked.id, hit);
        }
    }
}

#[inline]
fn ask(
    list: &[ByDigits],
    candidate: &Digits<'_>,
    named: &DetectorSet,
    found: &mut dyn FnMut(DetectorId, Hit),
) {
    let is_whole = candidate.is_whole();
    for asked in list {
        let is_asked = !(asked.needs_name && is_whole && !named.has(asked.id));
        if is_asked && let Some(hit) = (asked.look)(candidate) {
            found(asked.id, hit);
        }
    }
}

/// How many digits stand at `at`.
#[inline]
fn digits_at(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        let others = !eight::digits(eight::bytes_at(bytes, end)) & eight::MARKS;
        end += eight::before(others);
        if others != 0 {
            return end - at;
        }
    }
}

/// Where the bit of a pair of bytes is.
fn pair_bit(first: u8, second: u8) -> (usize, u64) {
    let pair = usize::from(first & 127) << 7 | usize::from(second & 127);
    (pair / 64, 1 << (pair % 64))
}

/// Whether the `length` digits that `rest` starts with run into a letter: then they are a word, not
/// a number. The `x` of an extension (`555-0100x12`) is no such letter.
#[inline]
fn continues_word(rest: &[u8], length: usize) -> bool {
    match rest.get(length) {
        Some(b'x') => length < 3 || !rest.get(length + 1).is_some_and(u8::is_ascii_digit),
        Some(after) => after.is_ascii_alphabetic(),
        None => false,
    }
}

/// Groups of digits with short separators between them.
struct Run {
    groups: [u8; MOST_GROUPS],
    starts: [usize; MOST_GROUPS],
    separators: [u8; MOST_GROUPS],
    count: usize,
    end: usize,
}

impl Run {
    fn read(text: &str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let mut run = Self {
            groups: [0; MOST_GROUPS],
            starts: [0; MOST_GROUPS],
            separators: [0; MOST_GROUPS],
            count: 0,
            end: at,
        };
        let mut start = at;
        while run.count < MOST_GROUPS {
            let length = digits_at(bytes, start);
            if run.count > 0 && continues_word(&bytes[start..], length) {
                break;
            }
            // A group too long to be any number makes every window with it too long.
            run.groups[run.count] = u8::try_from(length.min(MOST_DIGITS + 1)).unwrap_or(u8::MAX);
            run.starts[run.count] = start;
            run.count += 1;
            run.end = start + length;
            let Some((separator, next)) = separator_at(bytes, run.end) else {
                break;
            };
            run.separators[run.count - 1] = separator;
            start = next;
        }
        run
    }

    /// The groups from `first` to `last`, whose digits, as many as there is `room` for, are written
    /// there.
    #[inline]
    fn window<'r>(
        &'r self,
        text: &'r str,
        first: usize,
        last: usize,
        room: &'r mut [u8],
    ) -> Digits<'r> {
        let bytes = text.as_bytes();
        let (start, end) = (
            self.starts[first],
            self.starts[last] + usize::from(self.groups[last]),
        );
        let digits = bytes[start..end]
            .iter()
            .filter(|byte| byte.is_ascii_digit());
        for (place, digit) in room.iter_mut().zip(digits) {
            *place = *digit;
        }
        let (glued_left, linked_left) = left_of(text, start);
        let (glued_right, linked_right) = right_of(bytes, end);
        Digits {
            text,
            start,
            end,
            digits: room,
            groups: &self.groups[first..=last],
            separators: &self.separators[first..last],
            is_glued: glued_left || glued_right,
            is_linked: linked_left || linked_right,
        }
    }
}

/// What parts the group that ends at `at` from the next one: its first byte and where the next
/// group starts.
#[inline]
fn separator_at(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let first = *bytes.get(at)?;
    let second = bytes.get(at + 1).copied()?;
    if !matches!(first, b' ' | b'-' | b'.' | b'/' | b')' | b'(') {
        return None;
    }
    if second.is_ascii_digit() {
        return Some((first, at + 1));
    }
    let is_pair = matches!(
        (first, second),
        (b' ' | b'-', b'(') | (b')', b' ' | b'-' | b'/')
    );
    let third = bytes.get(at + 2).copied()?;
    (is_pair && third.is_ascii_digit()).then_some((first, at + 2))
}

/// Whether the text before `start` holds on to it: glued, linked.
fn left_of(text: &str, start: usize) -> (bool, bool) {
    let before = &text.as_bytes()[..start];
    match before {
        [.., b'_'] => (true, true),
        [.., last] if last.is_ascii_alphanumeric() => (true, true),
        [.., inner, b'-' | b'.' | b'/' | b'+' | b':'] if inner.is_ascii_alphanumeric() => (
            false,
            before[before.len() - 1] != b':' || inner.is_ascii_digit(),
        ),
        [.., b'/' | b'$' | b'\\' | b'%'] => (false, true),
        [.., last] if !last.is_ascii() => {
            let is_letter = text[..start]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphabetic() && !is_cjk(c));
            let is_currency = text[..start].ends_with(['€', '£', '¥']);
            (is_letter, is_letter || is_currency)
        }
        _ => (false, false),
    }
}

/// Scripts written without spaces: what stands before a number is a word of its own.
fn is_cjk(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn right_of(bytes: &[u8], end: usize) -> (bool, bool) {
    match &bytes[end..] {
        [b'_', ..] => (true, true),
        [b'x', ..] => (false, false),
        [next, ..] if next.is_ascii_alphanumeric() => (true, true),
        [b'-' | b'.' | b'/' | b':' | b'@', after, ..] => (false, after.is_ascii_alphanumeric()),
        [b'%', ..] => (false, true),
        _ => (false, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::REGISTRY;

    /// Numbers in one piece and in groups, and codes of letters and digits.
    fn written(seed: &mut u64) -> String {
        let mut next = |below: u64| {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((*seed >> 33) % below).unwrap()
        };
        let length = 5 + next(16);
        let separator = [b' ', b'-', b'.'][next(3)];
        let (from, group) = (next(6), [2, 3, 4, 40, 40][next(5)]);
        let alphabet: &[u8] = if next(4) == 0 {
            b"0123456789ABCDEFGHJKMNPRSTVXYZ"
        } else {
            b"0123456789"
        };
        let mut text = String::new();
        for at in 0..length {
            if at >= from && at > 0 && (at - from).is_multiple_of(group) {
                text.push(char::from(separator));
            }
            text.push(char::from(alphabet[next(alphabet.len() as u64)]));
        }
        text
    }

    #[test]
    fn what_is_not_asked_about_without_a_name_is_nothing_without_one() {
        let hits = |dispatch: &Dispatch, text: &str, threshold: u8| {
            let mut hits = Vec::new();
            dispatch.scan(text, &DetectorSet::EMPTY, &mut |id, hit| {
                if hit.alone >= threshold {
                    hits.push((id, hit));
                }
            });
            hits
        };
        let everyone = Dispatch::new(REGISTRY, 0);
        let mut seed = 42;
        for threshold in [1, 30, 31, 50] {
            let few = Dispatch::new(REGISTRY, threshold);
            for _ in 0..20_000 {
                let text = written(&mut seed);
                assert_eq!(
                    hits(&few, &text, threshold),
                    hits(&everyone, &text, threshold),
                    "{text}"
                );
            }
        }
    }
}
