//! Notes the parts of a document that cannot be read, leaf by leaf. At the end it decides if the
//! doubtful ones are the bulk of the document.

use super::Walk;
use crate::limits::LimitsReached;
use crate::unread::hints::NameHints;
use crate::unread::recognise::{self, Sign};
use crate::unread::{Unread, UnreadSet};

/// The way in which encoded data begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::walk) enum Began {
    /// Like gzip.
    Packed,
    /// Like a text.
    Text,
}

/// The unread parts that were noted so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Noted {
    sure: UnreadSet,
    if_bulk: UnreadSet,
    /// The number of bytes of leaves that are unread if they are the bulk of the document.
    bytes: usize,
    /// The number of bytes of leaves that refer to content stored elsewhere.
    references: usize,
}

impl Noted {
    /// Returns the reasons why parts of a document of this length were not read.
    pub(crate) fn of_document(self, length: usize, limits: &LimitsReached) -> UnreadSet {
        let mut unread = self.sure;
        // Most documents have none.
        if self.bytes + self.references == 0 && limits.is_empty() {
            return unread;
        }
        if recognise::is_bulk(self.bytes, length) {
            unread = unread.union(self.if_bulk);
        }
        if recognise::are_bulk_references(self.references, length) {
            unread.add(Unread::StoredElsewhere);
        }
        let reached = limits.iter().map(|(limit, _)| limit);
        for limit in reached.filter(|limit| limit.leaves_unread()) {
            unread.add(Unread::Limit(limit));
        }
        unread
    }
}

impl Walk<'_> {
    /// Notes a leaf whose content cannot be read.
    #[inline]
    pub(in crate::walk) fn see_unread(&mut self, text: &str, name: NameHints) {
        if recognise::may_be_unread(text) {
            self.note_if_unread(text, name);
        }
    }

    #[inline(never)]
    fn note_if_unread(&mut self, text: &str, name: NameHints) {
        match recognise::sign_of(text, name) {
            None => {}
            Some(Sign::Sure(reason)) => self.noted.sure.add(reason),
            Some(Sign::IfBulk(reason)) => {
                self.noted.if_bulk.add(reason);
                self.noted.bytes += text.len();
            }
            Some(Sign::Reference) => self.noted.references += text.len(),
        }
    }

    /// Notes encoded data that began like gzip or like text but is not text.
    pub(in crate::walk) fn note_unopened(&mut self, began_as: Began, length: usize) {
        match began_as {
            Began::Packed => self.noted.sure.add(Unread::Compressed),
            Began::Text => {
                self.noted.if_bulk.add(Unread::Binary);
                self.noted.bytes += length;
            }
        }
    }

    /// Notes a document that is text only by its encoding.
    pub(in crate::walk) fn note_if_binary(&mut self, text: &str) {
        if recognise::is_binary(text) {
            self.noted.sure.add(Unread::of_bytes(text.as_bytes()));
        }
    }
}
