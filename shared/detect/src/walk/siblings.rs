//! What the fields of one object explain together: a city beside a street, a longitude beside a
//! latitude, a name beside an e-mail address; and `{"name": "email", "value": …}`.
//!
//! A field that asks for a sibling waits here until the object ends. What the siblings said is a
//! set, and everything that waits is judged at the end, so the order of keys makes no difference.

use super::leaf::Candidate;
use super::{Field, Here, Shown, Walk};
use crate::class::DataClass;
use crate::field_name::{Roles, Signals, Slot};
use crate::json::{RawString, Written};
use crate::limits::Limit;
use crate::path::{Node, Step};

/// What the fields of an object have said so far.
#[derive(Default)]
pub(super) struct Siblings {
    pub(super) signals: Signals,
    /// The field that names what `value` holds, and the field that holds it.
    name: Option<Extent>,
    value: Option<(Extent, Extent, bool)>,
    /// How many wait in this object.
    waiting: usize,
}

/// A place in the document's text.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    start: usize,
    end: usize,
    written: Written,
}

impl Extent {
    /// Where `part`, a slice of `text`, stands in it. Of anything else, nothing.
    fn of(part: RawString<'_>, text: &str) -> Self {
        let RawString { raw: part, written } = part;
        let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let end = start.wrapping_add(part.len());
        if start <= end && end <= text.len() {
            Self {
                start,
                end,
                written,
            }
        } else {
            Self {
                start: 0,
                end: 0,
                written: Written::Plain,
            }
        }
    }

    fn string(self, text: &str) -> RawString<'_> {
        RawString {
            raw: text.get(self.start..self.end).unwrap_or_default(),
            written: self.written,
        }
    }
}

/// A candidate that its siblings explain, or explain away.
pub(super) struct Pending {
    key: Extent,
    shown: Shown,
    candidate: Candidate,
    /// In characters.
    start: u32,
    end: u32,
    beside: Signals,
}

impl Here<'_> {
    /// Remembers the fields of a pair; the longest name that a field can have is short.
    #[inline]
    pub(super) fn note(&mut self, written: RawString<'_>, is_number: bool) {
        const LONGEST_NAME: usize = 64;
        match self.slot {
            Slot::None => {}
            Slot::Name if is_number || written.raw.len() > LONGEST_NAME => {}
            Slot::Name => self.siblings.name = Some(Extent::of(written, self.text)),
            Slot::Value => {
                let key = Extent::of(self.key, self.text);
                self.siblings.value = Some((key, Extent::of(written, self.text), is_number));
            }
        }
    }

    pub(super) fn tell(&mut self, signals: Signals) {
        self.siblings.signals = self.siblings.signals.or(signals);
    }
}

impl Walk<'_> {
    /// Lets `candidate` wait for what it asks of its siblings.
    pub(super) fn wait(
        &mut self,
        here: &mut Here<'_>,
        candidate: Candidate,
        (start, end): (u32, u32),
        beside: Signals,
    ) {
        if here.siblings.waiting == Limit::Siblings.bound() {
            self.limits.reached(Limit::Siblings);
            return;
        }
        here.siblings.waiting += 1;
        self.scratch.pending.push(Pending {
            key: Extent::of(here.key, here.text),
            shown: here.shown,
            candidate,
            start,
            end,
            beside,
        });
    }

    /// Judges what waited for the siblings of an object that has ended.
    #[inline]
    pub(super) fn resolve_siblings(
        &mut self,
        siblings: &Siblings,
        waiting_from: usize,
        text: &str,
        node: &Node<'_>,
        above: Roles,
    ) {
        if self.scratch.pending.len() > waiting_from {
            let is_pair = siblings.name.is_some() && siblings.value.is_some();
            self.judge_waiting(siblings.signals, is_pair, waiting_from, text, node);
        }
        if let (Some(name), Some((key, value, is_number))) = (siblings.name, siblings.value) {
            self.search_pair(name, key, value, is_number, text, node, above);
        }
    }

    fn judge_waiting(
        &mut self,
        said: Signals,
        is_pair: bool,
        from: usize,
        text: &str,
        node: &Node<'_>,
    ) {
        while self.scratch.pending.len() > from {
            let Some(waiting) = self.scratch.pending.pop() else {
                return;
            };
            // A thing beside a person's data has a name of its own.
            // A name that goes with a `value` is that of a field.
            let is_thing =
                (said.has(Signals::THING) || is_pair) && waiting.beside.has(Signals::PERSON);
            let is_record = said.has(Signals::RECORD) && !said.has(Signals::OF_PEOPLE);
            let is_believed = if waiting.candidate.is_common {
                !is_record
            } else {
                said.has(waiting.beside) && !is_thing
            };
            if !is_believed {
                continue;
            }
            let key = waiting.key.string(text);
            let child = node.child(waiting.shown.step(key));
            self.report_at(&waiting.candidate, waiting.start, waiting.end, &child);
        }
    }

    /// An account number beside a sort code is a British one.
    #[cold]
    pub(super) fn make_british(&mut self, from: usize) {
        for finding in &mut self.findings[from..] {
            if finding.class == DataClass::UsBankNumber {
                finding.class = DataClass::UkBankAccount;
            }
        }
    }

    /// `{"Name": "phone_number", "Value": …}`: searches the value under the name beside it.
    #[cold]
    #[expect(clippy::too_many_arguments, reason = "the parts of a pair, used once")]
    fn search_pair(
        &mut self,
        name: Extent,
        key: Extent,
        value: Extent,
        is_number: bool,
        text: &str,
        node: &Node<'_>,
        above: Roles,
    ) {
        let (read, _) = self.name_of(name.string(text));
        if !read.has_meaning() {
            return;
        }
        let field = Field { name: read, above };
        let child = node.child(Step::Key(key.string(text)));
        let raw = value.string(text);
        // What the value alone has proved is there already; only what the name adds is new.
        let before = self.findings.len();
        if is_number {
            self.leaf(
                raw.raw,
                true,
                &field,
                &child,
                &mut None,
                Limit::Depth.bound(),
            );
        } else {
            self.string(raw, &field, &child, &mut None, Limit::Depth.bound());
        }
        self.drop_repeated(before);
    }

    /// Of a leaf searched twice, keeps the surer finding of each class.
    fn drop_repeated(&mut self, from: usize) {
        let mut kept = from;
        for at in from..self.findings.len() {
            let (earlier, rest) = self.findings.split_at_mut(from);
            let new = &rest[at - from];
            // The earlier ones of this object are near the end.
            let same = earlier.iter_mut().rev().take(64).find(|old| {
                old.path == new.path && old.class == new.class && old.start == new.start
            });
            if let Some(old) = same {
                old.confidence = old.confidence.max(new.confidence);
            } else {
                self.findings.swap(kept, at);
                kept += 1;
            }
        }
        self.findings.truncate(kept);
    }
}
