//! Searches a leaf's text, compares each hit with the name of its field, and raises the hits that a
//! keyword announces.

use super::overlaps::may_share;
use super::{Candidate, Triage};
use crate::class::DataClass;
use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::Hit;
use crate::field_name::{Keyword, Numbers, Roles};
use crate::limits::Limit;
use crate::shape;
use crate::walk::{Field, Walk};

/// The most characters between a keyword and a candidate that it announces.
const KEYWORD_DISTANCE: usize = 30;
/// The confidence that a value loses in a field that is named after an identifier.
const ID_PENALTY: u8 = 40;
/// The confidence from which a value proves itself (a JWT, a key with its prefix), whatever the
/// field is called: `sessionToken` is a good name for one.
const PROVED: u8 = 90;
/// A check below this confidence does not outweigh the name of an identifier, even if the number is
/// written in its usual groups.
const STRONG_ALONE: u8 = 60;
/// A check below this confidence does not outweigh the name of an order or a parcel, whose numbers
/// are written in groups too.
const STRONGER_THAN_A_NAME: u8 = 80;
/// The highest confidence that a keyword can give.
const BY_KEYWORD: u8 = 85;

impl Walk<'_> {
    /// Searches for the classes that the configuration declares.
    #[cold]
    pub(super) fn search_own(&mut self, text: &str, named: &DetectorSet) {
        let Some(own) = self.engine.own() else {
            return;
        };
        let threshold = self.engine.threshold();
        let hits = &mut self.scratch.hits;
        let has_more = own.scan(text, &mut |id, hit| {
            let is_named = named.has(id);
            let confidence = if is_named {
                hit.confidence_named
            } else {
                hit.confidence_bare
            };
            if confidence >= threshold {
                hits.push(Candidate {
                    id,
                    start: hit.start,
                    end: hit.end,
                    confidence,
                    with_keyword: 0,
                    is_common: false,
                    marks: hit.marks,
                });
            }
        });
        if has_more {
            self.limits.reached(Limit::Findings);
        }
    }

    #[inline(never)]
    pub(super) fn search_text(
        &mut self,
        text: &str,
        triage: Triage,
        field: &Field,
        named: &DetectorSet,
    ) {
        let Triage {
            shape, is_number, ..
        } = triage;
        let engine = self.engine;
        let lexicon = engine.lexicon();
        let Field { name, above } = field;
        let explains = Roles::PERSON.or(Roles::CARD).or(Roles::BANK);
        let is_explained = above.or(name.roles).has(explains);
        let is_record = name.roles.has(Roles::RECORD)
            || name.numbers == Numbers::OfParent && above.has(Roles::RECORD);
        let is_id = matches!(name.numbers, Numbers::Ids | Numbers::IdsOfMails) || is_record;
        let is_other = is_id || name.numbers != Numbers::Unsaid;
        let threshold = self.engine.threshold();
        // Bare digits never reach `PROVED`, so an identifier's name always lowers their confidence.
        let is_mere_id = named.is_empty() && is_id && shape.is_only(shape::DIGIT);
        if is_mere_id && PROVED - 1 - ID_PENALTY < threshold {
            return;
        }
        let hits = &mut self.scratch.hits;
        let mut wants_keyword = false;
        let mut found = |id: DetectorId, hit: Hit| {
            if engine.is_to_come(id, &text[hit.start..hit.end]) {
                return;
            }
            if name.numbers == Numbers::IdsOfMails && engine.class(id) == DataClass::EmailAddress {
                return;
            }
            let is_named = named.has(id);
            let is_whole = hit.end - hit.start == text.len();
            let confidence = if is_named {
                hit.confidence_named
            } else if hit.confidence_bare < threshold {
                hit.confidence_bare
            } else {
                let value = &text[hit.start..hit.end];
                let is_of_id = is_id && hit.confidence_bare < PROVED && is_unbroken(value)
                    || is_record && hit.confidence_bare < STRONGER_THAN_A_NAME
                    || is_other && hit.confidence_bare < STRONG_ALONE && is_whole
                    || !is_whole
                        && (hit.confidence_bare < STRONG_ALONE || is_bare(value))
                        && lexicon.announces_record(&text[..hit.start]);
                let penalty = if is_of_id { ID_PENALTY } else { 0 };
                hit.confidence_bare - penalty
            };
            if confidence < threshold && (is_whole || hit.confidence_named < threshold) {
                return;
            }
            wants_keyword |= confidence < hit.confidence_named && !is_whole;
            let is_common = !is_named
                && !is_explained
                && is_whole
                && (hit.confidence_bare < STRONG_ALONE || is_bare(&text[hit.start..hit.end]))
                && engine.class(id) != DataClass::PhoneNumber;
            hits.push(Candidate {
                id,
                start: hit.start,
                end: hit.end,
                confidence,
                with_keyword: hit.confidence_named,
                marks: hit.marks,
                is_common,
            });
        };
        if is_number && shape.is_only(shape::DIGIT) {
            self.engine.dispatch().digits(text, named, &mut found);
        } else if !is_number {
            self.engine.dispatch().scan(text, named, &mut found);
        }
        if wants_keyword {
            self.drop_covered();
            self.listen_for_keywords(text);
        }
        self.scratch.hits.retain(|hit| hit.confidence >= threshold);
    }

    /// Drops candidates inside a longer hit that is already as sure as a keyword could make them,
    /// such as the groups of a number that is proved.
    #[inline(never)]
    fn drop_covered(&mut self) {
        const MOST_COVERS: usize = 4;
        let engine = self.engine;
        let hits = &mut self.scratch.hits;
        let mut covers = [None; MOST_COVERS];
        let proved = hits.iter().filter(|hit| hit.confidence >= BY_KEYWORD);
        for (cover, hit) in covers.iter_mut().zip(proved) {
            *cover = Some((hit.start, hit.end, hit.id));
        }
        hits.retain(|hit| {
            !covers.iter().flatten().any(|&(start, end, id)| {
                start <= hit.start
                    && hit.end <= end
                    && hit.end - hit.start < end - start
                    && hit.confidence < BY_KEYWORD
                    && (hit.id == id || !may_share(engine.class(id), engine.class(hit.id)))
            })
        });
    }

    /// Raises the confidence of candidates that have a keyword of their class nearby.
    #[inline(never)]
    fn listen_for_keywords(&mut self, text: &str) {
        // A character takes at most four bytes.
        const REACH: usize = KEYWORD_DISTANCE * 4;
        let is_waiting = |hit: &&Candidate| hit.confidence < hit.with_keyword.min(BY_KEYWORD);
        let waiting = || self.scratch.hits.iter().filter(is_waiting);
        let (Some(from), Some(to)) = (
            waiting().map(|hit| hit.start.saturating_sub(REACH)).min(),
            waiting().map(|hit| hit.end + REACH).max(),
        ) else {
            return;
        };
        let keywords = &mut self.scratch.keywords;
        keywords.clear();
        self.engine.lexicon().keywords(text, from..=to, keywords);
        // Keywords are in the order of the text, and candidates nearly are, so a bounded search
        // around each candidate keeps this linear.
        for hit in &mut self.scratch.hits {
            if !is_waiting(&&*hit) {
                continue;
            }
            let from = hit.start.saturating_sub(REACH);
            let first = keywords.partition_point(|keyword| keyword.start < from);
            let is_near = keywords[first..]
                .iter()
                .take_while(|keyword| keyword.start <= hit.end + REACH)
                .any(|keyword| keyword.detector == hit.id && is_near(text, keyword, hit));
            if is_near {
                hit.confidence = hit.with_keyword.min(BY_KEYWORD);
            }
        }
    }
}

/// Returns true if the text consists of letters, digits and dots, like ids and versions. A number
/// in groups is believed even where an id is expected.
fn is_unbroken(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

/// Returns true if the text consists of digits.
fn is_bare(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_near(text: &str, keyword: &Keyword, hit: &Candidate) -> bool {
    let between = if keyword.end <= hit.start {
        text.get(keyword.end..hit.start)
    } else if hit.end <= keyword.start {
        text.get(hit.end..keyword.start)
    } else {
        Some("")
    };
    between.is_some_and(|between| between.chars().count() <= KEYWORD_DISTANCE)
}
