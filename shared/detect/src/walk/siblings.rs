//! The effects of the fields of one object on each other: a city beside a street, a longitude
//! beside a latitude, a name beside an e-mail address, and `{"name": "email", "value": …}`.
//!
//! A field that needs a sibling waits here until the object ends. The signals of the siblings are a
//! set, and everything that waits is judged at the end, so the order of keys makes no difference.
//!
//! This is one file, because the waiting candidates and the decision about them share private
//! types. Pairs are in `pairs`, their labels
//! in `labels`, tables in `tables`.

mod labels;
mod pairs;
mod tables;

use super::leaf::Candidate;
use super::{Here, Shown, Source, Walk};
use crate::class::DataClass;
use crate::field_name::{Roles, Signals, Slot};
use crate::finding::Finding;
use crate::json::{Leaf, RawString, Written};
use crate::limits::Limit;
use crate::path::{Node, Step};

/// The signals and pairs of an object's fields so far.
#[derive(Default)]
pub(super) struct Siblings {
    pub(super) signals: Signals,
    /// The fields that name the content of `values`, in the order of the alphabet, so that the order
    /// of the fields makes no difference.
    names: Halves,
    /// The fields that give the kind of the value, if none names it (`system`, `type`).
    kinds: Halves,
    /// The fields that hold a value (`value`, `fromString`, `toString`).
    values: Halves,
    /// The fields with a version of a value (`before`, `after`), which wrap one elsewhere.
    versions: Halves,
    /// A number of this kind (`{"type": "passport", "number": …}`).
    number: Option<Half>,
    columns: Option<Half>,
    rows: Option<Half>,
    /// The rows begin like lists of cells, of which the first may be the names.
    may_begin_with_names: bool,
    /// The number of candidates that wait in this object.
    waiting: usize,
}

/// The first and the last of several fields, in the order of the alphabet.
#[derive(Default)]
struct Halves {
    first: Option<Half>,
    last: Option<Half>,
}

impl Halves {
    const fn is_none(&self) -> bool {
        self.first.is_none()
    }

    #[inline]
    fn add(&mut self, half: Half, text: &str) {
        half.come_before(&mut self.first, text);
        if self.last.is_none_or(|last| last.is_before(half, text)) {
            self.last = Some(half);
        }
    }

    /// Returns the fields, which may be only one.
    fn both(&self) -> impl Iterator<Item = Half> {
        let last = self
            .last
            .filter(|last| self.first.is_none_or(|first| last.is_another_than(first)));
        self.first.into_iter().chain(last)
    }
}

/// One of the two fields of a pair.
#[derive(Clone, Copy)]
struct Half {
    key: Extent,
    written: Extent,
    holds: Holds,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Number,
    /// An object or an array, whose extent includes its brackets.
    Container,
}

impl Half {
    /// Replaces `other` if that is missing or comes later.
    #[inline]
    fn come_before(self, other: &mut Option<Self>, text: &str) {
        if other.is_none_or(|other| self.is_before(other, text)) {
            *other = Some(self);
        }
    }

    const fn is_another_than(self, other: Self) -> bool {
        self.key.start != other.key.start
    }

    #[inline(never)]
    fn is_before(self, other: Self, text: &str) -> bool {
        let order = |half: Self| (half.key.string(text).raw, half.written.string(text).raw);
        order(self) < order(other)
    }
}

/// A part of the document's text.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    start: u32,
    end: u32,
    is_escaped: bool,
}

impl Extent {
    /// Returns the place of `part`, which is a slice of `text`. Any other part, or one beyond four
    /// gigabytes, gives an empty extent.
    fn of(part: RawString<'_>, text: &str) -> Self {
        let start = (part.raw.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        let end = start.wrapping_add(part.raw.len());
        if start <= end && end <= text.len() {
            Self::between(start, end, part.is_escaped())
        } else {
            Self::between(0, 0, false)
        }
    }

    fn between(start: usize, end: usize, is_escaped: bool) -> Self {
        let (start, end) = u32::try_from(start)
            .and_then(|start| Ok((start, u32::try_from(end)?)))
            .unwrap_or_default();
        Self {
            start,
            end,
            is_escaped,
        }
    }

    fn string(self, text: &str) -> RawString<'_> {
        RawString {
            raw: text
                .get(self.start as usize..self.end as usize)
                .unwrap_or_default(),
            written: if self.is_escaped {
                Written::Escaped
            } else {
                Written::Plain
            },
        }
    }

    const fn length(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// A step from a field to a value that is wrapped or listed under it, with the step before it.
#[derive(Clone, Copy)]
pub(super) struct Tail<'t> {
    before: Option<&'t Tail<'t>>,
    step: TailStep,
    is_in_array: bool,
}

#[derive(Clone, Copy)]
enum TailStep {
    Key(Extent, Shown),
    Index(usize),
}

impl Tail<'_> {
    /// Returns both steps. There may be only the first.
    fn steps(self) -> [Option<TailStep>; 2] {
        match self.before {
            Some(before) => [Some(before.step), Some(self.step)],
            None => [Some(self.step), None],
        }
    }
}

impl TailStep {
    fn step(self, text: &str) -> Step<'_> {
        match self {
            Self::Key(key, shown) => shown.step(key.string(text)),
            Self::Index(index) => Step::Index(index),
        }
    }
}

/// A candidate that its siblings can confirm or refute.
pub(super) struct Pending {
    /// The number of the object whose fields are its siblings.
    owner: usize,
    key: Extent,
    shown: Shown,
    tail: [Option<TailStep>; 2],
    candidate: Candidate,
    /// The offset in characters.
    start: u32,
    end: u32,
    beside: Signals,
}

impl Siblings {
    /// Returns true if there is a value, or rows, and a field that names them.
    #[inline]
    const fn may_explain(&self) -> bool {
        self.has_pair()
            || self.rows.is_some() && (self.columns.is_some() || self.may_begin_with_names)
    }

    /// Returns true if a field holds a value that another may name. Only a name tells what a version
    /// is: `{"type": "invoice", "amount": …}` is no pair.
    #[inline]
    const fn has_pair(&self) -> bool {
        let has_value = !self.values.is_none() || self.number.is_some();
        !self.names.is_none() && (has_value || !self.versions.is_none())
            || !self.kinds.is_none() && has_value
    }

    /// Keeps the fields of a pair. The longest name that a field can have is short.
    #[inline(never)]
    pub(super) fn note(&mut self, slot: Slot, key: RawString<'_>, leaf: Leaf<'_>, text: &str) {
        const LONGEST_NAME: usize = 96;
        let Leaf {
            string: written,
            is_number,
        } = leaf;
        let cannot_name = is_number || written.raw.len() > LONGEST_NAME;
        let half = Half {
            key: Extent::of(key, text),
            written: Extent::of(written, text),
            holds: if is_number {
                Holds::Number
            } else {
                Holds::Text
            },
        };
        match slot {
            Slot::Name | Slot::Kind | Slot::Type if cannot_name => {}
            Slot::Name => self.names.add(half, text),
            Slot::Kind | Slot::Type => self.kinds.add(half, text),
            Slot::Value => self.values.add(half, text),
            Slot::Wrapper => self.versions.add(half, text),
            Slot::Number => half.come_before(&mut self.number, text),
            _ => {}
        }
    }

    /// Keeps an object or array, from its opening bracket at `start` to the current offset.
    #[inline(never)]
    pub(super) fn note_container(
        &mut self,
        slot: Slot,
        key: RawString<'_>,
        (start, source): (usize, &Source<'_>),
    ) {
        let (end, text) = (source.reader.offset(), source.text);
        let half = Half {
            key: Extent::of(key, text),
            written: Extent::between(start, end, false),
            holds: Holds::Container,
        };
        if matches!(slot, Slot::Rows | Slot::Value) {
            let mut bytes = text.as_bytes()[start..end].iter();
            let mut brackets = bytes.by_ref().filter(|byte| !byte.is_ascii_whitespace());
            self.may_begin_with_names |=
                matches!((brackets.next(), brackets.next()), (Some(b'['), Some(b'[')))
                    || key.raw == "Rows";
        }
        match slot {
            Slot::Value => {
                self.values.add(half, text);
                if self.rows.is_none() {
                    self.rows = Some(half);
                }
            }
            Slot::Coding => self.values.add(half, text),
            Slot::Wrapper => self.versions.add(half, text),
            // A question or a type that is an object.
            Slot::Name => self.names.add(half, text),
            Slot::Kind | Slot::Type => self.kinds.add(half, text),
            Slot::Columns => half.come_before(&mut self.columns, text),
            Slot::Rows => half.come_before(&mut self.rows, text),
            _ => {}
        }
    }
}

impl<'s> Here<'s> {
    /// Returns the step to a value that is wrapped under the field, or `None` if it is too deep
    /// inside.
    pub(super) fn wrapped(&self, key: RawString<'_>, shown: Shown) -> Option<Tail<'s>> {
        let step = TailStep::Key(Extent::of(key, self.text), shown);
        self.after(step, self.is_in_array())
    }

    /// Returns the step to an item of the array in the field.
    pub(super) fn item(&self, index: usize) -> Option<Tail<'s>> {
        self.after(TailStep::Index(index), true)
    }

    fn after(&self, step: TailStep, is_in_array: bool) -> Option<Tail<'s>> {
        let has_room = self.tail.is_none_or(|tail| tail.before.is_none());
        has_room.then_some(Tail {
            before: self.tail,
            step,
            is_in_array,
        })
    }

    /// Returns the same field for the value at the end of `tail`.
    pub(super) fn at<'t>(&'t mut self, tail: &'t Tail<'t>) -> Here<'t> {
        Here {
            siblings: &mut *self.siblings,
            owner: self.owner,
            key: self.key,
            shown: self.shown,
            hints: self.hints,
            tail: Some(tail),
            text: self.text,
        }
    }

    /// Returns true if the value is one of several in an array.
    pub(super) fn is_in_array(&self) -> bool {
        self.tail.is_some_and(|tail| tail.is_in_array)
    }

    pub(super) fn add_signals(&mut self, signals: Signals) {
        // A mailing list does not make the object around it a person.
        let told = if self.is_in_array() {
            signals.without(Signals::PERSON)
        } else {
            signals
        };
        self.siblings.signals = self.siblings.signals.or(told);
    }
}

impl Walk<'_> {
    /// Makes `candidate` wait for the siblings that it needs.
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
            owner: here.owner,
            key: Extent::of(here.key, here.text),
            shown: here.shown,
            tail: here.tail.map_or([None; 2], |tail| tail.steps()),
            candidate,
            start,
            end,
            beside,
        });
    }

    /// Returns true if anything waited for the siblings of an object that has ended, or is
    /// explained by them.
    #[inline]
    pub(super) fn has_to_resolve(&self, siblings: &Siblings, waiting_from: usize) -> bool {
        self.scratch.pending.len() > waiting_from
            || siblings.may_explain()
            || siblings.signals.has(Signals::SORT_CODE)
    }

    /// Judges the candidates that waited for the siblings of an object that has ended. The two
    /// indices are its first candidate and its first finding.
    #[inline(never)]
    pub(super) fn resolve_siblings(
        &mut self,
        siblings: &Siblings,
        (waiting_from, findings_from): (usize, usize),
        text: &str,
        node: &Node<'_>,
        inside: &Inside,
    ) {
        if self.scratch.pending.len() > waiting_from {
            self.judge_waiting(siblings, waiting_from, text, node, inside.owner);
        }
        if siblings.has_pair() {
            self.search_pairs(siblings, findings_from, text, node, inside);
        }
        if let Some(rows) = siblings.rows
            && (siblings.columns.is_some() || siblings.may_begin_with_names)
            && self.search_rows(siblings.columns, rows, text, node, inside)
        {
            self.drop_repeated(findings_from);
        }
        if siblings.signals.has(Signals::SORT_CODE) {
            self.make_british(findings_from);
        }
    }

    fn judge_waiting(
        &mut self,
        siblings: &Siblings,
        from: usize,
        text: &str,
        node: &Node<'_>,
        owner: usize,
    ) {
        let said = siblings.signals;
        let of_persons = Signals::PERSON.or(Signals::NAME);
        let is_pair = !siblings.names.is_none() && !siblings.values.is_none();
        let mut at = from;
        while let Some(waiting) = self.scratch.pending.get(at) {
            // Values that are wrapped in this object may wait for the siblings of the object around
            // it.
            if waiting.owner != owner {
                at += 1;
                continue;
            }
            let waiting = self.scratch.pending.swap_remove(at);
            // A thing beside a person's data has its own name. A name that goes with a `value` is a
            // field's name.
            let is_thing = (said.has(Signals::THING) || is_pair) && waiting.beside.has(of_persons);
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
            let mut report = |node: &Node<'_>| {
                self.report_at(&waiting.candidate, waiting.start, waiting.end, node);
            };
            match waiting.tail {
                [None, _] => report(&child),
                [Some(first), None] => report(&child.child(first.step(text))),
                [Some(first), Some(second)] => {
                    let inner = child.child(first.step(text));
                    report(&inner.child(second.step(text)));
                }
            }
        }
    }

    /// Changes the class of an account number beside a sort code to the British one.
    #[cold]
    fn make_british(&mut self, from: usize) {
        for finding in &mut self.findings[from..] {
            if finding.class == DataClass::UsBankNumber {
                finding.class = DataClass::UkBankAccount;
            }
        }
    }

    /// Keeps the surest of the findings of one class at one place. The findings from `from` on
    /// belong to an object of which some parts were searched twice.
    fn drop_repeated(&mut self, from: usize) {
        if self.findings.len() < from + 2 {
            return;
        }
        let place = |finding: &Finding| (finding.class, finding.start);
        let mut new = self.findings.split_off(from);
        new.sort_by(|one, other| {
            let by_place = one
                .path
                .cmp(&other.path)
                .then(place(one).cmp(&place(other)));
            by_place.then(other.confidence.cmp(&one.confidence))
        });
        new.dedup_by(|later, kept| later.path == kept.path && place(later) == place(kept));
        self.findings.append(&mut new);
    }
}

/// The roles of an object that has ended, its number, and its depth.
pub(super) struct Inside {
    pub(super) above: Roles,
    pub(super) owner: usize,
    pub(super) depth: usize,
}
