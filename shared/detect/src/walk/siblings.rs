//! What the fields of one object explain together: a city beside a street, a longitude beside a
//! latitude, a name beside an e-mail address; and `{"name": "email", "value": …}`.
//!
//! A field that asks for a sibling waits here until the object ends. What the siblings said is a
//! set, and everything that waits is judged at the end, so the order of keys makes no difference.

use super::leaf::Candidate;
use super::{Field, Here, Shown, Walk};
use crate::class::DataClass;
use crate::field_name::{Roles, Signals, Slot};
use crate::json::{Leaf, RawString, Written};
use crate::limits::Limit;
use crate::path::{Node, Step};

/// What the fields of an object have said so far.
#[derive(Default)]
pub(super) struct Siblings {
    pub(super) signals: Signals,
    /// The field that names what `value` holds, and the field that holds it: of several, those
    /// whose keys come first in the alphabet, whichever came first in the object.
    name: Option<Half>,
    value: Option<Half>,
    /// How many wait in this object.
    waiting: usize,
}

/// One of the two fields of a pair.
#[derive(Clone, Copy)]
struct Half {
    key: Extent,
    written: Extent,
    is_number: bool,
}

impl Half {
    /// Puts it where `other` is, if that comes later.
    fn come_before(self, other: &mut Option<Self>, text: &str) {
        let order = |half: &Self| (half.key.string(text).raw, half.written.string(text).raw);
        if other
            .as_ref()
            .is_none_or(|other| order(&self) < order(other))
        {
            *other = Some(self);
        }
    }
}

/// A part of the document's text.
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
    pub(super) fn note(&mut self, leaf: Leaf<'_>) {
        const LONGEST_NAME: usize = 64;
        let Leaf {
            string: written,
            is_number,
        } = leaf;
        let half_of_pair = match self.slot {
            Slot::None => return,
            Slot::Name if is_number || written.raw.len() > LONGEST_NAME => return,
            Slot::Name => &mut self.siblings.name,
            Slot::Value => &mut self.siblings.value,
        };
        let half = Half {
            key: Extent::of(self.key, self.text),
            written: Extent::of(written, self.text),
            is_number,
        };
        half.come_before(half_of_pair, self.text);
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

    /// Judges what waited for the siblings of an object that has ended, whose first candidate and
    /// whose first finding are at the two indices.
    #[inline]
    pub(super) fn resolve_siblings(
        &mut self,
        siblings: &Siblings,
        (waiting_from, findings_from): (usize, usize),
        text: &str,
        node: &Node<'_>,
        above: Roles,
    ) {
        if self.scratch.pending.len() > waiting_from {
            let is_pair = siblings.name.is_some() && siblings.value.is_some();
            self.judge_waiting(siblings.signals, is_pair, waiting_from, text, node);
        }
        if let (Some(name), Some(value)) = (siblings.name, siblings.value) {
            // What the value alone has proved is there already; only what the name adds is new.
            let before = self.findings.len();
            self.search_pair(name, value, text, node, above);
            self.drop_repeated(findings_from, before);
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
    fn search_pair(&mut self, name: Half, value: Half, text: &str, node: &Node<'_>, above: Roles) {
        let (read, _) = self.name_of(name.written.string(text));
        if !read.has_meaning() {
            return;
        }
        let field = Field { name: read, above };
        let child = node.child(Step::Key(value.key.string(text)));
        let raw = value.written.string(text);
        let depth = Limit::Depth.bound();
        let leaf = Leaf {
            string: raw,
            is_number: value.is_number,
        };
        self.visit_string(leaf, &field, &child, &mut None, depth);
    }

    /// Of a leaf searched twice, keeps the surer finding of each class: `from` on are the findings
    /// of the object, `new_from` on those of the second search.
    fn drop_repeated(&mut self, from: usize, new_from: usize) {
        let mut kept = new_from;
        for at in new_from..self.findings.len() {
            let (earlier, rest) = self.findings.split_at_mut(new_from);
            let new = &rest[at - new_from];
            let same = earlier[from..].iter_mut().find(|old| {
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
