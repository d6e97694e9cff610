//! Searches one leaf, from the triage of its bytes to its findings.

mod claims;
mod field;
mod labels;
mod may_prove;
mod overlaps;
mod report;
mod text;

use super::decode::may_have_parts;
use super::{Field, Here, Walk};
use crate::config::OwnClasses;
use crate::detector_id::{DetectorId, DetectorSet};
use crate::finding::Marks;
use crate::json::Leaf;
use crate::path::Node;
use crate::plain;
use crate::shape::{self, Shape};
use crate::unread::hints::NameHints;
use may_prove::{SHORTEST_PROOF, may_prove};

/// A hit with the confidence that the walk gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(in crate::walk) id: DetectorId,
    pub(in crate::walk) start: usize,
    pub(in crate::walk) end: usize,
    pub(in crate::walk) confidence: u8,
    /// The confidence that the hit gets if a keyword of its class is near.
    pub(in crate::walk) with_keyword: u8,
    pub(in crate::walk) marks: Marks,
    /// True if about one in a hundred random numbers passes the same check. Beside ids and hashes
    /// the value counts as one of them and is not reported.
    pub(in crate::walk) is_common: bool,
}

/// The result of the triage of a leaf's bytes: if it is worth searching, and for which values.
#[derive(Clone, Copy)]
pub(in crate::walk) struct Triage {
    shape: Shape,
    is_number: bool,
    /// True if the leaf can hold a value that proves itself without a field name.
    proves: bool,
    /// True if the leaf is searched for classes that the configuration declares.
    is_for_own: bool,
}

impl Walk<'_> {
    /// Returns true if nothing more is done with a leaf that [`Self::triage`] rejects.
    #[inline]
    pub(in crate::walk) fn may_pass(&self, leaf: Leaf<'_>) -> bool {
        !leaf.string.is_escaped() && !self.subjects.are_wanted()
    }

    /// Decides from the kinds of bytes in a leaf, and whether its field's name has a meaning, whether
    /// it is worth searching. `None` for most leaves.
    #[expect(
        clippy::inline_always,
        reason = "a call for each leaf of a document costs more than what most leaves need"
    )]
    #[inline(always)]
    pub(in crate::walk) fn triage(&self, leaf: Leaf<'_>, has_meaning: bool) -> Option<Triage> {
        let text = leaf.string.raw;
        let is_for_own = self.engine.own().is_some_and(OwnClasses::search_everything);
        if text.is_empty() || !has_meaning && !is_for_own && text.len() < SHORTEST_PROOF {
            return None;
        }
        let shape = Shape::of(text);
        let is_more_than_digits = has_meaning || !shape.is_only(shape::DIGIT);
        let proves = text.len() >= SHORTEST_PROOF
            && (is_more_than_digits || self.engine.dispatch().proves_bare(text.len()))
            && (may_prove(text, shape) || labels::may_hold(text, shape));
        (has_meaning || proves || is_for_own).then_some(Triage {
            shape,
            is_number: leaf.is_number,
            proves,
            is_for_own,
        })
    }

    /// Searches a leaf whose text needs no unescaping.
    #[inline(never)]
    pub(in crate::walk) fn visit_leaf(
        &mut self,
        leaf: Leaf<'_>,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) {
        let text = leaf.string.raw;
        if self.subjects.are_wanted() {
            self.subjects.see_leaf(text, node, &mut self.limits);
        }
        self.see_unread(
            text,
            here.as_ref().map_or(NameHints::NONE, |here| here.hints),
        );
        if let Some(triage) = self.triage(leaf, field.name.has_meaning()) {
            self.open_or_search(text, triage, field, node, here, depth);
        }
    }

    /// Opens the leaf if it holds a document. Searches the rest of it as text.
    #[inline(never)]
    pub(in crate::walk) fn open_or_search(
        &mut self,
        text: &str,
        triage: Triage,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) {
        let Triage {
            shape, is_number, ..
        } = triage;
        let left = if is_number {
            text.len()
        } else {
            self.open(text, shape, field, node, depth)
        };
        if left == 0 {
            return;
        }
        let text = text.get(..left).unwrap_or(text);
        if is_number {
            self.search_opened(text, triage, field, node, here);
            return;
        }
        let without_json = if shape.has(shape::OPENING) {
            self.open_embedded(text, field, node, depth)
        } else {
            None
        };
        let text = without_json.as_deref().unwrap_or(text);
        let without_parts = if may_have_parts(text, shape) {
            self.open_parts(text, field, node, depth)
        } else {
            None
        };
        let rest = without_parts.as_deref().unwrap_or(text);
        if without_json.is_none() && without_parts.is_none() {
            self.search_opened(rest, triage, field, node, here);
            return;
        }
        let shape = Shape::of(rest);
        let proves = may_prove(rest, shape) || labels::may_hold(rest, shape);
        let triage = Triage {
            shape,
            proves,
            ..triage
        };
        self.search_opened(rest, triage, field, node, here);
    }

    /// Searches a text after everything in it that could be opened was opened.
    #[inline]
    fn search_opened(
        &mut self,
        text: &str,
        triage: Triage,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        let shape = triage.shape;
        if shape.has(shape::NON_ASCII | shape::AMPERSAND) && plain::may_change(text) {
            self.search_plain(text, triage, field, node, here);
        } else {
            self.search(text, triage, field, node, here);
        }
    }

    /// Searches the plain form of a text that uses other characters for the same letters and
    /// digits.
    #[cold]
    fn search_plain(
        &mut self,
        text: &str,
        triage: Triage,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        let mut plain = self.scratch.take_string();
        plain::write(text, &mut plain, &mut self.scratch.replaced);
        let shape = Shape::of(&plain);
        let plain_triage = Triage {
            shape,
            proves: plain.len() >= SHORTEST_PROOF
                && (may_prove(&plain, shape) || labels::may_hold(&plain, shape)),
            ..triage
        };
        self.search(&plain, plain_triage, field, node, here);
        self.scratch.replaced.clear();
        self.scratch.put_string(plain);
    }

    fn search(
        &mut self,
        text: &str,
        triage: Triage,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        let shape = triage.shape;
        self.scratch.hits.clear();
        let named = if field.name.has_meaning() {
            self.ask_field(text, triage, field, here)
        } else {
            DetectorSet::EMPTY
        };
        // Most fields that are named after a city or a person enable no search of the text.
        if !named.is_empty() || triage.proves {
            self.search_text(text, triage, field, &named);
        }
        if triage.proves && !triage.is_number && labels::may_hold(text, shape) {
            self.search_labels(text, field);
        }
        if triage.proves && !triage.is_number && labels::may_announce(text, shape) {
            self.search_announced(text, field);
        }
        if triage.proves && !triage.is_number && labels::may_hold_table(shape) {
            self.search_table(text, field);
            if labels::has_segments(text, shape) {
                self.search_segments(text, field);
            }
        }
        if triage.is_for_own {
            self.search_own(text, &named);
        }
        if self.scratch.hits.is_empty() {
            return;
        }
        if self.scratch.hits.len() > 1 {
            self.resolve_overlaps();
        }
        self.report_hits(text, shape, node, here);
    }
}
