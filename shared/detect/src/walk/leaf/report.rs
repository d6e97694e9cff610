//! Turns the remaining hits into findings, with their offsets in characters and their path.

use super::Candidate;
use crate::class::DataClass;
use crate::detectors::Hit;
use crate::field_name::Signals;
use crate::finding::{Confidence, Finding, Marks};
use crate::limits::{Limit, LimitsReached};
use crate::path::{Node, Path};
use crate::plain;
use crate::shape::{self, Shape};
use crate::walk::{Here, Walk};

impl Walk<'_> {
    #[inline(never)]
    pub(super) fn report_hits(
        &mut self,
        text: &str,
        shape: Shape,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        // The claims of further tokens in one text are not opened.
        const MOST_TOKENS: usize = 4;
        let mut hits = std::mem::take(&mut self.scratch.hits);
        let mut counted = (0, 0);
        let mut has_token = false;
        for hit in &mut hits {
            let gives = self.engine.gives(hit.id);
            // A common number is not believed yet, so it does not tell the siblings that they
            // belong to a person.
            let is_believed = !hit.is_common || !gives.has(Signals::PERSON);
            if let Some(here) = here
                && hit.end - hit.start == text.len()
                && is_believed
            {
                here.add_signals(gives);
            }
            let value = text.get(hit.start..hit.end).unwrap_or_default();
            hit.marks = self.engine.marks_of(value, hit.marks);
            let (start, end) = if shape.has(shape::NON_ASCII) {
                let start = count_on(text, &mut counted, hit.start);
                (start, start + count(value))
            } else {
                (in_ascii(hit.start), in_ascii(hit.end))
            };
            let (start, end) = self.in_leaf(start, end);
            if let Some(here) = here
                && hit.is_common
                && !here.is_in_array()
            {
                self.wait(here, *hit, (start, end), Signals::NONE);
                continue;
            }
            let class = self.engine.class(hit.id);
            has_token |= class == DataClass::Jwt;
            if hit.confidence >= self.engine.threshold() {
                self.see(class, value, hit.marks, node);
                self.push(class, start, end, hit.confidence, hit.marks, node);
            }
        }
        if has_token {
            let is_token = |hit: &&Candidate| self.engine.class(hit.id) == DataClass::Jwt;
            let tokens: Vec<_> = hits.iter().filter(is_token).copied().collect();
            for _ in tokens.iter().skip(MOST_TOKENS) {
                self.limits.reached(Limit::DecodedBytes);
            }
            // The text of the claims is as it was written.
            let replaced = std::mem::take(&mut self.scratch.replaced);
            for hit in tokens.iter().take(MOST_TOKENS) {
                self.open_claims(text.get(hit.start..hit.end).unwrap_or_default(), node);
            }
            self.scratch.replaced = replaced;
        }
        self.scratch.hits = hits;
    }

    /// Maps offsets in the searched text to offsets in the leaf as it was written.
    pub(super) fn in_leaf(&self, start: u32, end: u32) -> (u32, u32) {
        let replaced = &self.scratch.replaced;
        // As for most leaves.
        if replaced.is_empty() {
            return (start, end);
        }
        (
            plain::offset_in_leaf(replaced, start, false),
            plain::offset_in_leaf(replaced, end, true),
        )
    }

    /// Makes a subject of `value` if subjects are made and the finding is reported.
    #[inline]
    fn see(&mut self, class: DataClass, value: &str, marks: Marks, node: &Node<'_>) {
        if self.subjects.are_wanted() && self.is_reported(class, node) {
            self.subjects.see(class, value, marks, &mut self.limits);
        }
    }

    /// Returns true if the configuration reports a finding of `class` at `node`. No subject is made
    /// of a finding that is not reported.
    fn is_reported(&mut self, class: DataClass, node: &Node<'_>) -> bool {
        let engine = self.engine;
        let Some(config) = engine.filter() else {
            return true;
        };
        let path = self.path_of(node);
        config.reports(class, path.as_str(), self.source)
    }

    /// Returns the path of `node`, for use when nothing is reported there.
    pub(in crate::walk) fn path_of(&mut self, node: &Node<'_>) -> Path {
        let engine = self.engine;
        let mask = |key: &str| engine.mask(key).unwrap_or_else(|| key.to_owned());
        let mut limits = LimitsReached::default();
        node.render(&mut self.scratch.path, &mask, &mut limits)
    }

    /// Reports hits in an object key, in the order in which they stand there. They have not been
    /// resolved like those of a leaf.
    pub(in crate::walk) fn report_all(
        &mut self,
        text: &str,
        hits: &[(DataClass, Hit, u8)],
        node: &Node<'_>,
    ) {
        let path = self.path_of(node);
        let mut counted = (0, 0);
        for &(class, hit, confidence) in hits {
            let value = text.get(hit.start..hit.end).unwrap_or_default();
            let marks = self.engine.marks_of(value, hit.marks);
            let start = count_on(text, &mut counted, hit.start);
            let is_reported = self
                .engine
                .filter()
                .is_none_or(|config| config.reports(class, path.as_str(), self.source));
            if self.subjects.are_wanted() && is_reported {
                self.subjects.see(class, value, marks, &mut self.limits);
            }
            if self.findings.len() >= Limit::Findings.bound() {
                self.limits.reached(Limit::Findings);
                continue;
            }
            self.findings.push(Finding {
                path: path.clone(),
                start,
                class,
                end: start + count(value),
                confidence: Confidence::new(confidence),
                marks,
            });
        }
    }

    pub(in crate::walk) fn report_at(
        &mut self,
        hit: &Candidate,
        start: u32,
        end: u32,
        node: &Node<'_>,
    ) {
        if hit.confidence < self.engine.threshold() {
            return;
        }
        let class = self.engine.class(hit.id);
        self.push(class, start, end, hit.confidence, hit.marks, node);
    }

    fn push(
        &mut self,
        class: DataClass,
        start: u32,
        end: u32,
        confidence: u8,
        marks: Marks,
        node: &Node<'_>,
    ) {
        if self.findings.len() >= Limit::Findings.bound() {
            self.limits.reached(Limit::Findings);
            return;
        }
        let engine = self.engine;
        let mask = |key: &str| engine.mask(key).unwrap_or_else(|| key.to_owned());
        let path = node.render(&mut self.scratch.path, &mask, &mut self.limits);
        self.findings.push(Finding {
            path,
            start,
            class,
            end,
            confidence: Confidence::new(confidence),
            marks,
        });
    }
}

/// In ASCII text a byte offset is a character offset.
pub(super) fn in_ascii(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn count(text: &str) -> u32 {
    in_ascii(if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    })
}

/// Continues counting from `(bytes, characters)` to `at`, so that all hits of a leaf together cost
/// one pass.
fn count_on(text: &str, counted: &mut (usize, u32), at: usize) -> u32 {
    if at >= counted.0 {
        counted.1 += count(text.get(counted.0..at).unwrap_or_default());
        counted.0 = at;
        return counted.1;
    }
    count(text.get(..at).unwrap_or_default())
}

pub(super) fn characters(text: &str, start: usize, end: usize) -> (u32, u32) {
    let before = count(text.get(..start).unwrap_or_default());
    (
        before,
        before + count(text.get(start..end).unwrap_or_default()),
    )
}
