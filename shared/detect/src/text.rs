//! One pass over a leaf's text that cuts out what the detectors asked for.
//!
//! Linear: each byte belongs to one word or one run of digits, a run offers at most
//! [`MOST_GROUPS`]² windows, and every detector looks at a bounded neighbourhood.

use crate::detectors::{Detector, Digits, Find, Hit};

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
    place: u8,
    look: fn(&str, usize) -> Option<Hit>,
}

type ByDigits = (u8, fn(&Digits<'_>) -> Option<Hit>);
type ByWord = (u8, fn(&str, usize, usize) -> Option<Hit>);

/// A prefix that a detector asks for.
#[derive(Clone)]
struct ByPrefix {
    prefix: &'static str,
    /// Its first eight bytes, and which of a word's bytes they are compared with.
    first: u64,
    mask: u64,
    place: u8,
    look: fn(&str, usize) -> Option<Hit>,
}

/// The byte belongs to a word.
const LETTER: u8 = 1;
/// And is a small letter.
const SMALL: u8 = 1 << 1;
/// The byte starts a run of digits, or belongs to a word.
const DIGIT: u8 = 1 << 2;
/// Some detector asks for places of the byte.
const PLACE: u8 = 1 << 3;
/// Some prefix starts with the byte.
const PREFIX: u8 = 1 << 4;

/// The detectors by what they asked for; each with its place in the registry.
pub(crate) struct Dispatch {
    /// What is to be done at a byte: the constants above.
    turns: [u8; 256],
    bytes: Vec<Vec<ByByte>>,
    digits: Vec<Vec<ByDigits>>,
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
    pub(crate) fn new(detectors: &[&'static Detector]) -> Self {
        let mut dispatch = Self {
            turns: [0; 256],
            bytes: vec![Vec::new(); 128],
            digits: vec![Vec::new(); MOST_DIGITS + 1],
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
                b'A'..=b'Z' => LETTER,
                b'a'..=b'z' => LETTER | SMALL,
                _ => 0,
            };
        }
        for (detector, place) in detectors.iter().zip(0_u8..) {
            for find in detector.finds {
                dispatch.add(place, find);
            }
        }
        dispatch
    }

    fn add(&mut self, place: u8, find: &Find) {
        let lengths = |least: u8, most: u8| usize::from(least)..=usize::from(most);
        match *find {
            Find::Byte(bytes, look) => self.add_places(bytes, 0, place, look),
            Find::Repeated(bytes, again, look) => self.add_places(bytes, again, place, look),
            Find::Digits(least, most, look) => {
                for list in &mut self.digits[lengths(least, most)] {
                    list.push((place, look));
                }
            }
            Find::Groups(count, look) => self.groups[usize::from(count)].push((place, look)),
            Find::Word(least, most, look) => {
                for list in &mut self.words[lengths(least, most)] {
                    list.push((place, look));
                }
            }
            Find::Letters(length, look) => {
                self.letter_lengths |= 1 << (length & 63);
                self.letters[usize::from(length)].push((place, look));
            }
            Find::Prefix(prefixes, look) => {
                for &prefix in prefixes {
                    let [first, second, ..] = *prefix.as_bytes() else {
                        continue;
                    };
                    self.turns[usize::from(first & 127)] |= PREFIX;
                    let length = u32::try_from(prefix.len()).unwrap_or(u32::MAX);
                    self.prefixes[usize::from(first & 127)].push(ByPrefix {
                        prefix,
                        first: eight_of(prefix.as_bytes()),
                        mask: u64::MAX
                            .unbounded_shr(64_u32.saturating_sub(length.saturating_mul(8))),
                        place,
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
        place: u8,
        look: fn(&str, usize) -> Option<Hit>,
    ) {
        for &byte in bytes {
            self.turns[usize::from(byte & 127)] |= PLACE;
            self.bytes[usize::from(byte & 127)].push(ByByte { again, place, look });
        }
    }

    /// Calls `found` with every hit in `text` and the place of its detector.
    pub(crate) fn scan(&self, text: &str, found: &mut impl FnMut(u8, Hit)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let turn = self.turns[usize::from(byte)];
            if turn & LETTER != 0 {
                at = self.word(text, at, turn, found);
                continue;
            }
            if turn & DIGIT != 0 {
                let length = digits_at(bytes, at);
                at = if continues_word(&bytes[at..], length) {
                    self.word(text, at, turn, found)
                } else {
                    self.run(text, at, length, found)
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
    fn place(&self, byte: u8, text: &str, at: usize, found: &mut impl FnMut(u8, Hit)) {
        for asked in &self.bytes[usize::from(byte & 127)] {
            if text.as_bytes().get(at + asked.again) == Some(&byte)
                && let Some(hit) = (asked.look)(text, at)
            {
                found(asked.place, hit);
            }
        }
    }

    #[inline]
    fn prefix(&self, text: &str, at: usize, found: &mut impl FnMut(u8, Hit)) {
        let [first, second, ..] = text.as_bytes()[at..] else {
            return;
        };
        let (word, bit) = pair_bit(first, second);
        if self.prefix_starts[word] & bit != 0 {
            self.prefix_at(text, at, found);
        }
    }

    fn prefix_at(&self, text: &str, at: usize, found: &mut impl FnMut(u8, Hit)) {
        let bytes = &text.as_bytes()[at..];
        let eight = eight_of(bytes);
        for asked in &self.prefixes[usize::from(bytes[0] & 127)] {
            if (eight ^ asked.first) & asked.mask == 0
                && bytes.starts_with(asked.prefix.as_bytes())
                && let Some(hit) = (asked.look)(text, at)
            {
                found(asked.place, hit);
            }
        }
    }

    /// The word that starts at `at`; returns its end.
    #[inline]
    fn word(&self, text: &str, at: usize, turn: u8, found: &mut impl FnMut(u8, Hit)) -> usize {
        let bytes = text.as_bytes();
        let mut turns = turn;
        let mut end = at + 1;
        while let Some(&byte) = bytes.get(end) {
            let next = self.turns[usize::from(byte)];
            if next & (LETTER | DIGIT) == 0 {
                break;
            }
            turns |= next;
            end += 1;
        }
        let length = end - at;
        if turn & PREFIX != 0 {
            self.prefix(text, at, found);
        }
        // The letters that a grouped code starts with (`AB 12 34 56 C`) have a digit after them.
        let leads_code =
            || length <= LONGEST_LEAD && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if turns & DIGIT != 0 || leads_code() {
            ask_for_word(self.words.get(length), text, at, end, found);
        } else if self
            .letter_lengths
            .unbounded_shr(u32::try_from(length).unwrap_or(64))
            & 1
            == 1
            && (turns & SMALL == 0 || length == text.len())
        {
            ask_for_word(self.letters.get(length), text, at, end, found);
        }
        end
    }

    /// The run of digit groups that starts at `at` with a group of `length`; returns its end.
    #[inline]
    fn run(&self, text: &str, at: usize, length: usize, found: &mut impl FnMut(u8, Hit)) -> usize {
        if separator_at(text.as_bytes(), at + length).is_some() {
            return self.groups(text, at, found);
        }
        // Most runs are one group.
        let end = at + length;
        if let Some(list) = self.digits.get(length)
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
            ask(list, &candidate, found);
        }
        end
    }

    /// A run of several groups.
    fn groups(&self, text: &str, at: usize, found: &mut impl FnMut(u8, Hit)) -> usize {
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
                    ask(by_digits, &candidate, found);
                    ask(by_groups, &candidate, found);
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
    pub(crate) fn digits(&self, text: &str, found: &mut impl FnMut(u8, Hit)) {
        let Some(list) = self.digits.get(text.len()) else {
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
        ask(list, &candidate, found);
    }
}

fn ask_for_word(
    list: Option<&Vec<ByWord>>,
    text: &str,
    at: usize,
    end: usize,
    found: &mut impl FnMut(u8, Hit),
) {
    for (place, look) in list.into_iter().flatten() {
        if let Some(hit) = look(text, at, end) {
            found(*place, hit);
        }
    }
}

#[inline]
fn ask(list: &[ByDigits], candidate: &Digits<'_>, found: &mut impl FnMut(u8, Hit)) {
    for (place, look) in list {
        if let Some(hit) = look(candidate) {
            found(*place, hit);
        }
    }
}

/// The first eight bytes, the first of them lowest, and zeros for those that are not there.
#[inline]
fn eight_of(bytes: &[u8]) -> u64 {
    if let Some(chunk) = bytes.first_chunk() {
        return u64::from_le_bytes(*chunk);
    }
    bytes
        .iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// How many digits stand at `at`.
#[inline]
fn digits_at(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
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
