//! Finds which of many texts a value begins with, or ends with.
//!
//! The texts are sorted, and each knows the longest other text that is its prefix. Take the last
//! text that is not after the value in this order. It is either itself a prefix of the value, or
//! every text that is a prefix of the value is also a prefix of it. In both cases its chain of ever
//! shorter prefixes contains all prefixes of the value, so one binary search finds them all. For
//! suffixes, texts and values are reversed.

use super::Hit;

#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Sorted by text.
    parts: Vec<Part>,
    longest: usize,
}

#[derive(Debug)]
struct Part {
    text: Box<[u8]>,
    /// The longest other text that is a prefix of this one.
    shorter: Option<u32>,
    hits: Vec<Hit>,
}

impl Parts {
    /// Builds the index from texts with their hits. For suffixes the texts must be reversed.
    pub(super) fn new(mut texts: Vec<(Box<[u8]>, Hit)>) -> Self {
        texts.sort_by(|a, b| a.0.cmp(&b.0));
        let mut parts: Vec<Part> = Vec::new();
        for (text, hit) in texts {
            match parts.last_mut() {
                Some(last) if last.text == text => {
                    if !last.hits.contains(&hit) {
                        last.hits.push(hit);
                    }
                }
                _ => {
                    let mut shorter = parts.len().checked_sub(1);
                    while let Some(place) = shorter
                        && !text.starts_with(&parts[place].text)
                    {
                        shorter = parts[place].shorter.map(|place| place as usize);
                    }
                    parts.push(Part {
                        text,
                        shorter: shorter.map(super::number_of),
                        hits: vec![hit],
                    });
                }
            }
        }
        let longest = parts.iter().map(|part| part.text.len()).max();
        Self {
            parts,
            longest: longest.unwrap_or(0),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Calls `take` with the hits of the texts that are prefixes of the value.
    #[inline]
    pub(super) fn beginning(&self, value: &[u8], take: &mut impl FnMut(Hit)) {
        if self.is_empty() {
            return;
        }
        let after = self.parts.partition_point(|part| *part.text <= *value);
        let Some(last) = after.checked_sub(1) else {
            return;
        };
        let text = &self.parts[last].text;
        let shared = if value.starts_with(text) {
            text.len()
        } else {
            text.iter().zip(value).take_while(|(a, b)| a == b).count()
        };
        let mut place = Some(last);
        while let Some(part) = place.map(|place| &self.parts[place]) {
            if part.text.len() <= shared {
                part.hits.iter().copied().for_each(&mut *take);
            }
            place = part.shorter.map(|place| place as usize);
        }
    }

    /// Calls `take` with the hits of the texts that are suffixes of the value. `backwards` is a
    /// buffer.
    #[inline]
    pub(super) fn ending(&self, value: &[u8], backwards: &mut Vec<u8>, take: &mut impl FnMut(Hit)) {
        if self.is_empty() {
            return;
        }
        backwards.clear();
        backwards.extend(value.iter().rev().take(self.longest));
        self.beginning(backwards, take);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(texts: &[&str]) -> Parts {
        let texts = texts.iter().zip(0..);
        Parts::new(
            texts
                .map(|(text, id)| (text.as_bytes().into(), Hit::Satisfies(id)))
                .collect(),
        )
    }

    #[test]
    fn finds_what_a_scan_finds() {
        let texts = [
            "", "a", "ab", "abc", "abd", "b", "ba", "bab", "c", "ab", "z\u{ff}",
        ];
        let parts = parts(&texts);
        for value in [
            "", "a", "aa", "ab", "abca", "abcd", "abd", "abe", "bab", "bb", "x", "z\u{ff}z",
        ] {
            let mut found = Vec::new();
            parts.beginning(value.as_bytes(), &mut |hit| found.push(hit));
            found.sort_by_key(|hit| format!("{hit:?}"));
            let mut scanned: Vec<Hit> = (0..)
                .zip(texts)
                .filter(|(_, text)| value.starts_with(text))
                .map(|(id, _)| Hit::Satisfies(id))
                .collect();
            scanned.sort_by_key(|hit| format!("{hit:?}"));
            assert_eq!(found, scanned, "{value}");
        }
    }

    #[test]
    fn ends_are_read_backwards() {
        let parts = parts(&["gnp.", "g"]);
        let mut found = Vec::new();
        let mut backwards = Vec::new();
        parts.ending(b"a long name.png", &mut backwards, &mut |hit| {
            found.push(hit);
        });
        assert_eq!(found.len(), 2);
        parts.ending(b"png", &mut backwards, &mut |hit| found.push(hit));
        assert_eq!(found.len(), 3);
        parts.ending(b"", &mut backwards, &mut |hit| found.push(hit));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn nothing_begins_with_nothing() {
        Parts::new(Vec::new()).beginning(b"a", &mut |_| panic!("there is no text"));
    }
}
