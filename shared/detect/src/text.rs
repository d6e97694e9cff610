//! One pass over a leaf's text that cuts out what the detectors asked for.
//!
//! Linear: each byte belongs to one word or one run of digits, a run offers at most
//! [`MOST_GROUPS`]² windows, and every detector looks at a bounded neighbourhood.

use crate::detectors::{Detector, Digits, Find, Hit};
use crate::shape;

/// A longer run of grouped digits is looked at in parts.
const MOST_GROUPS: usize = 8;
/// No number of the catalogue has more digits.
const MOST_DIGITS: usize = 24;
const LONGEST_WORD: usize = 64;
const ALPHANUMERIC: u16 = shape::DIGIT | shape::UPPER | shape::LOWER;
/// Letters before the first group of digits of a code.
const LONGEST_LEAD: usize = 4;

type ByByte = (u8, fn(&str, usize) -> Option<Hit>);
type ByDigits = (u8, fn(&Digits<'_>) -> Option<Hit>);
type ByWord = (u8, fn(&str, usize, usize) -> Option<Hit>);
type ByPrefix = (&'static str, u8, fn(&str, usize) -> Option<Hit>);

/// The detectors by what they asked for; each with its place in the registry.
pub(crate) struct Dispatch {
    bytes: Vec<Vec<ByByte>>,
    digits: Vec<Vec<ByDigits>>,
    words: Vec<Vec<ByWord>>,
    /// Words without a digit, which few ask for.
    letters: Vec<Vec<ByWord>>,
    prefixes: Vec<Vec<ByPrefix>>,
    /// A bit for each pair of bytes that a prefix starts with.
    prefix_starts: Vec<u64>,
}

impl Dispatch {
    pub(crate) fn new(detectors: &[&'static Detector]) -> Self {
        let mut dispatch = Self {
            bytes: vec![Vec::new(); 128],
            digits: vec![Vec::new(); MOST_DIGITS + 1],
            words: vec![Vec::new(); LONGEST_WORD + 1],
            letters: vec![Vec::new(); LONGEST_WORD + 1],
            prefixes: vec![Vec::new(); 128],
            prefix_starts: vec![0; 256],
        };
        for (detector, place) in detectors.iter().zip(0_u8..) {
            for find in detector.finds {
                match *find {
                    Find::Byte(bytes, look) => {
                        for &byte in bytes {
                            dispatch.bytes[usize::from(byte & 127)].push((place, look));
                        }
                    }
                    Find::Digits(least, most, look) => {
                        for list in &mut dispatch.digits[usize::from(least)..=usize::from(most)] {
                            list.push((place, look));
                        }
                    }
                    Find::Word(least, most, look) => {
                        for list in &mut dispatch.words[usize::from(least)..=usize::from(most)] {
                            list.push((place, look));
                        }
                    }
                    Find::Letters(length, look) => {
                        dispatch.letters[usize::from(length)].push((place, look));
                    }
                    Find::Prefix(prefixes, look) => {
                        for &prefix in prefixes {
                            let first = usize::from(prefix.as_bytes()[0] & 127);
                            dispatch.prefixes[first].push((prefix, place, look));
                            let (word, bit) = pair_bit(prefix.as_bytes()[0], prefix.as_bytes()[1]);
                            dispatch.prefix_starts[word] |= bit;
                        }
                    }
                }
            }
        }
        dispatch
    }

    /// Calls `found` with every hit in `text` and the place of its detector.
    pub(crate) fn scan(&self, text: &str, found: &mut impl FnMut(u8, Hit)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_digit() && !continues_word(bytes, at) {
                at = self.run(text, at, found);
                continue;
            }
            if shape::kind_of(byte) & ALPHANUMERIC != 0 {
                at = self.word(text, at, found);
                continue;
            }
            if byte.is_ascii() {
                let byte = usize::from(byte);
                for (place, look) in &self.bytes[byte] {
                    if let Some(hit) = look(text, at) {
                        found(*place, hit);
                    }
                }
                self.prefix(text, at, found);
            }
            at += 1;
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
        for (prefix, place, look) in &self.prefixes[usize::from(bytes[0] & 127)] {
            if bytes.starts_with(prefix.as_bytes())
                && let Some(hit) = look(text, at)
            {
                found(*place, hit);
            }
        }
    }

    /// The word that starts at `at`; returns its end.
    #[inline]
    fn word(&self, text: &str, at: usize, found: &mut impl FnMut(u8, Hit)) -> usize {
        let bytes = text.as_bytes();
        let mut end = at;
        let mut kinds = 0;
        while let Some(&byte) = bytes.get(end)
            && shape::kind_of(byte) & ALPHANUMERIC != 0
        {
            kinds |= shape::kind_of(byte);
            end += 1;
        }
        self.prefix(text, at, found);
        let length = end - at;
        // The letters that a grouped code starts with (`AB 12 34 56 C`) have a digit after them.
        let leads_code =
            || length <= LONGEST_LEAD && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        let table = if kinds & shape::DIGIT != 0 || leads_code() {
            &self.words
        } else {
            &self.letters
        };
        for (place, look) in table.get(length).into_iter().flatten() {
            if let Some(hit) = look(text, at, end) {
                found(*place, hit);
            }
        }
        end
    }

    /// The run of digit groups that starts at `at`; returns its end.
    fn run(&self, text: &str, at: usize, found: &mut impl FnMut(u8, Hit)) -> usize {
        let run = Run::read(text, at);
        for first in 0..run.count {
            let mut digits = 0;
            for last in first..run.count {
                digits += usize::from(run.groups[last]);
                let Some(list) = self.digits.get(digits) else {
                    break;
                };
                if list.is_empty() {
                    continue;
                }
                let candidate = run.window(text, first, last);
                for (place, look) in list {
                    if let Some(hit) = look(&candidate) {
                        found(*place, hit);
                    }
                }
            }
        }
        // The bytes between the groups are places as well: `28-65-6f-5a-11-69` starts as a run.
        for group in 0..run.count.saturating_sub(1) {
            let between = run.starts[group] + usize::from(run.groups[group]);
            for (place, look) in &self.bytes[usize::from(run.separators[group] & 127)] {
                if let Some(hit) = look(text, between) {
                    found(*place, hit);
                }
            }
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
        let groups = [u8::try_from(text.len()).unwrap_or(u8::MAX)];
        let candidate = Digits {
            text,
            start: 0,
            end: text.len(),
            digits: text.as_bytes(),
            groups: &groups,
            separators: &[],
            is_glued: false,
            is_linked: false,
        };
        for (place, look) in list {
            if let Some(hit) = look(&candidate) {
                found(*place, hit);
            }
        }
    }
}

/// Where the bit of a pair of bytes is.
fn pair_bit(first: u8, second: u8) -> (usize, u64) {
    let pair = usize::from(first & 127) << 7 | usize::from(second & 127);
    (pair / 64, 1 << (pair % 64))
}

/// Whether the digits at `at` run into a letter: then they are a word, not a number. The `x` of an
/// extension (`555-0100x12`) is no such letter.
fn continues_word(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    match rest.get(length) {
        Some(b'x') => length < 3 || !rest.get(length + 1).is_some_and(u8::is_ascii_digit),
        Some(after) => after.is_ascii_alphabetic(),
        None => false,
    }
}

/// Groups of digits with short separators between them.
struct Run {
    digits: [u8; MOST_GROUPS * MOST_DIGITS],
    groups: [u8; MOST_GROUPS],
    starts: [usize; MOST_GROUPS],
    separators: [u8; MOST_GROUPS],
    /// What holds on to each group from the left and from the right: glued, linked.
    left: [(bool, bool); MOST_GROUPS],
    right: [(bool, bool); MOST_GROUPS],
    count: usize,
    end: usize,
}

impl Run {
    fn read(text: &str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let mut run = Self {
            digits: [0; MOST_GROUPS * MOST_DIGITS],
            groups: [0; MOST_GROUPS],
            starts: [0; MOST_GROUPS],
            separators: [0; MOST_GROUPS],
            left: [(false, false); MOST_GROUPS],
            right: [(false, false); MOST_GROUPS],
            count: 0,
            end: at,
        };
        let mut written = 0;
        let mut start = at;
        while run.count < MOST_GROUPS {
            let length = bytes[start..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            if run.count > 0 && continues_word(bytes, start) {
                break;
            }
            let kept = length.min(MOST_DIGITS);
            run.digits[written..written + kept].copy_from_slice(&bytes[start..start + kept]);
            written += kept;
            // A group too long to be any number makes every window with it too long.
            run.groups[run.count] = u8::try_from(length.min(MOST_DIGITS + 1)).unwrap_or(u8::MAX);
            run.starts[run.count] = start;
            run.left[run.count] = left_of(text, start);
            run.right[run.count] = right_of(bytes, start + length);
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

    fn window<'r>(&'r self, text: &'r str, first: usize, last: usize) -> Digits<'r> {
        let skipped = self.groups[..first]
            .iter()
            .map(|&g| usize::from(g).min(MOST_DIGITS))
            .sum::<usize>();
        let length = self.groups[first..=last]
            .iter()
            .map(|&g| usize::from(g))
            .sum::<usize>();
        let start = self.starts[first];
        let end = self.starts[last] + usize::from(self.groups[last]);
        let (glued_left, linked_left) = self.left[first];
        let (glued_right, linked_right) = self.right[last];
        Digits {
            text,
            start,
            end,
            digits: &self.digits[skipped..skipped + length],
            groups: &self.groups[first..=last],
            separators: &self.separators[first..last],
            is_glued: glued_left || glued_right,
            is_linked: linked_left || linked_right,
        }
    }
}

/// What parts the group that ends at `at` from the next one: its first byte and where the next
/// group starts.
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
