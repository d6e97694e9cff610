//! The walk: one pass over a document's bytes that finds personal data. This file is longer than
//! most, because objects and arrays are one recursion.
//!
//! Objects and arrays are read by recursion to a bounded depth, and nothing is built from them. The
//! path is a chain of borrowed steps on the stack. The meaning of a name is looked up once and
//! cached. Values that need several fields of one object (a city beside a street) wait in a bounded
//! buffer until the object ends, so that the order of keys makes no difference.

mod about;
mod decode;
mod gunzip;
mod key_order;
mod leaf;
mod names;
mod siblings;
mod unread;
mod wrappers;

use std::cell::OnceCell;

use crate::engine::{Engine, ScanOptions};
use crate::field_name::{FieldName, Keyword, Roles, Signals, Slot};
use crate::finding::Finding;
use crate::json::{Leaf, Malformed, Opens, RawString, Reader, Value};
use crate::limits::{Limit, LimitsReached};
use crate::path::{Node, Opener, Step};
use crate::plain::Replaced;
use crate::subject::Collector;
use crate::unread::hints::NameHints;
use about::{About, Said};
pub(crate) use decode::{hex, in_data_url, unicode, value_of, value_of_digit};
use leaf::Triage;
use names::{NameCache, Shown};
use siblings::{Inside, Pending, Siblings, Tail};
use unread::Noted;

/// The buffers of a walk, reused for the next document. They hold no findings in between.
#[derive(Default)]
pub(crate) struct Scratch {
    names: NameCache,
    /// The cache for the labels of values, which are not keys.
    labels: NameCache,
    hits: Vec<leaf::Candidate>,
    keywords: Vec<Keyword>,
    pending: Vec<Pending>,
    /// The places at which the searched text differs from the text of the document.
    replaced: Vec<Replaced>,
    path: String,
    inflater: gunzip::Inflater,
    /// The strings for unescaped and decoded text, one for each level of nesting.
    strings: Vec<String>,
}

impl Scratch {
    /// Clears the buffers of the document that was searched.
    pub(crate) fn reset(&mut self) {
        self.hits.clear();
        self.pending.clear();
    }

    fn take_string(&mut self) -> String {
        self.strings.pop().unwrap_or_default()
    }

    /// Keeps `string` for reuse, emptied, unless it has grown too large.
    fn put_string(&mut self, mut string: String) {
        const MOST_KEPT: usize = 64 << 10;
        if string.capacity() <= MOST_KEPT {
            string.clear();
            self.strings.push(string);
        }
    }
}

/// The meaning of the name of a leaf and of the names above it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Field {
    name: FieldName,
    /// The roles of the object that holds the field.
    above: Roles,
}

impl Field {
    /// Returns the field for a document inside this field.
    fn of_document(&self) -> Self {
        let mut name = FieldName::default();
        name.is_neutral = true;
        Self {
            name,
            above: self.inside(),
        }
    }

    /// Returns the roles of an object or array under this field.
    fn inside(&self) -> Roles {
        let own = self.name.roles;
        let adds_nothing = self.name.is_neutral || self.name.slot == Slot::Wrapper;
        if self.name.slot == Slot::Coding {
            return self.above.without(Roles::PERSON_ITSELF);
        }
        if self.name.slot == Slot::Value || (adds_nothing && own.is_none()) {
            return self.above;
        }
        if own.has(Roles::THING) {
            return own;
        }
        let itself = if own.has(Roles::PERSON) {
            Roles::PERSON_ITSELF
        } else {
            Roles::NONE
        };
        // The subscriber in a claim is one of a health insurance.
        let kept = if own.is_none() {
            Roles::NONE
        } else if own.has(Roles::PERSON) {
            self.above.only(Roles::PERSON.or(Roles::HEALTH))
        } else {
            self.above.only(Roles::PERSON)
        };
        own.or(kept).or(itself)
    }
}

/// One scan of one document.
pub(crate) struct Walk<'e> {
    engine: &'e Engine,
    scratch: &'e mut Scratch,
    pub(crate) findings: Vec<Finding>,
    pub(crate) subjects: Collector<'e>,
    /// The source of the event.
    source: Option<&'e str>,
    pub(crate) limits: LimitsReached,
    /// The parts of the document that cannot be read.
    pub(crate) noted: Noted,
    /// The number of strings with documents that the walk is inside of.
    opened: usize,
    /// The number of bytes that were decoded in all.
    decoded: usize,
    /// The number of bytes that were read again in all, because their explanation came after them.
    read_again: usize,
    /// The number of objects and forms that were entered. It identifies each of them.
    objects: usize,
}

impl<'e> Walk<'e> {
    pub(crate) fn new(
        engine: &'e Engine,
        scratch: &'e mut Scratch,
        options: ScanOptions<'e>,
    ) -> Self {
        Self {
            engine,
            scratch,
            findings: Vec::new(),
            subjects: Collector::new(options.subjects),
            source: options.source,
            limits: LimitsReached::default(),
            noted: Noted::default(),
            opened: 0,
            decoded: 0,
            read_again: 0,
            objects: 0,
        }
    }

    /// Searches a whole JSON text at `node`.
    pub(crate) fn document(
        &mut self,
        text: &str,
        node: &Node<'_>,
        field: Field,
        depth: usize,
    ) -> Result<(), Malformed> {
        let mut source = Source {
            reader: Reader::new(text),
            text,
        };
        // The items of a list have the name of the field around it.
        let is_list = text.trim_start().starts_with('[');
        let inside = if is_list { field } else { field.of_document() };
        self.value(&mut source, node, &inside, &mut None, depth)?;
        source.reader.end()
    }

    /// Searches a text that is not JSON.
    pub(crate) fn text(&mut self, text: &str, node: &Node<'_>) {
        self.note_if_binary(text);
        self.visit_leaf(Leaf::text(text), &Field::default(), node, &mut None, 0);
    }

    fn value(
        &mut self,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) -> Result<(), Malformed> {
        let value = source.reader.value()?;
        self.search_value(value, None, source, (node, field), here, depth)
    }

    /// Searches a value that has been read, or only up to its bracket if it is a container.
    #[expect(
        clippy::inline_always,
        reason = "else each value of a document goes to its search through memory"
    )]
    #[inline(always)]
    fn search_value(
        &mut self,
        value: Value<'_>,
        triage: Option<Triage>,
        source: &mut Source<'_>,
        (node, field): (&Node<'_>, &Field),
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) -> Result<(), Malformed> {
        match (value, triage) {
            (Value::Leaf(leaf), Some(triage)) => {
                self.open_or_search(leaf.string.raw, triage, field, node, here, depth);
            }
            (Value::Leaf(leaf), None) => self.visit_string(leaf, field, node, here, depth),
            (Value::Opens(opens), _) => {
                self.container(opens, source, node, field, here, depth)?;
            }
            (Value::Literal, _) => {}
        }
        Ok(())
    }

    fn container(
        &mut self,
        opens: Opens,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) -> Result<(), Malformed> {
        if depth >= Limit::Depth.bound() {
            self.limits.reached(Limit::Depth);
            return source.reader.skip_container(opens);
        }
        match opens {
            Opens::Object
                if source.reader.is_at_first_index()
                    && self.open_indexed(source, field, node, depth) =>
            {
                Ok(())
            }
            Opens::Object => self.object(source, node, field, here, depth + 1, None),
            Opens::Array => self.array(source, node, field, here, depth + 1),
        }
    }

    /// Searches the fields of an object. If the object is read again, its type is `known`.
    fn object(
        &mut self,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        outer: &mut Option<Here<'_>>,
        depth: usize,
        known: Option<About>,
    ) -> Result<(), Malformed> {
        let object_from = source.reader.offset();
        let mark = self.mark();
        let mut said = Said::new(field.inside(), known);
        let owner = self.enter();
        let mut siblings = Siblings::default();
        let mut masked = OnceCell::new();
        let mut is_first = true;
        while source.reader.opens_key(is_first)? {
            let (raw, known) = self.key(&mut source.reader)?;
            source.reader.colon()?;
            let shown = Self::shown_in(known.shown, said.above);
            if matches!(shown, Shown::Personal | Shown::Person) {
                self.find_in_key(raw, shown, node);
            }
            siblings.signals = siblings.signals.or(known.gives);
            let value = source.reader.value()?;
            // Most leaves are skipped after the triage, so nothing is prepared before it.
            let mut triage = None;
            match value {
                Value::Literal => {
                    is_first = false;
                    continue;
                }
                Value::Leaf(leaf) => {
                    if known.slot != Slot::None {
                        siblings.note(known.slot, raw, leaf, source.text);
                        if known.slot.may_say_what_it_is() {
                            said.hear(known.slot, raw, leaf, is_first);
                        }
                    }
                    if !known.slot.may_wrap() && self.may_pass(leaf) {
                        self.see_unread(leaf.string.raw, known.hints);
                        triage = self.triage(leaf, known.means_something_in(said.above));
                        if triage.is_none() {
                            is_first = false;
                            continue;
                        }
                    }
                }
                Value::Opens(_) => {}
            }
            is_first = false;
            let name = self.whole_name(known);
            if matches!(shown, Shown::Masked | Shown::Personal) {
                masked.take();
            }
            let child = node.child(shown.step_kept(raw, Some(&masked)));
            // `{"email": {"S": …}}`: the wrapped value is judged by its parent's name.
            let above = said.above;
            let wraps = name.slot.may_wrap() && self.wraps(&name, field, above, value.opens());
            let own = Field { name, above };
            let own = if wraps { field } else { &own };
            let start = source.reader.offset().saturating_sub(1);
            if let Some(outer) = outer
                && wraps
            {
                self.wrapped(value, source, (&child, raw, shown), own, outer, depth)?;
                if value.opens().is_some() {
                    siblings.note_container(name.slot, raw, (start, source));
                }
                continue;
            }
            let mut here = Some(Here {
                siblings: &mut siblings,
                owner,
                key: raw,
                shown,
                hints: known.hints,
                tail: None,
                text: source.text,
            });
            // Values in a container are explained by fields beside the container's field.
            if value.opens().is_some() && !own.name.has_meaning() {
                here = None;
            }
            self.search_value(value, triage, source, (&child, own), &mut here, depth)?;
            if value.opens().is_some() && name.slot != Slot::None {
                siblings.note_container(name.slot, raw, (start, source));
            }
        }
        // `"name": {"givenName": …}` is a person's name beside the fields around it.
        if siblings.signals.has(Signals::NAME)
            && field.name.roles.has(Roles::NAME)
            && let Some(outer) = outer
        {
            outer.add_signals(Signals::NAME);
        }
        if self.has_to_resolve(&siblings, mark.pending) {
            let from = (mark.pending, mark.findings);
            let inside = Inside {
                above: said.above,
                owner,
                depth,
            };
            self.resolve_siblings(&siblings, from, source.text, node, &inside);
        }
        match said.too_late() {
            Some(about) if self.may_read_again(source.reader.offset() - object_from) => {
                // The type of the object came after fields that it affects.
                self.back_to(mark);
                source.reader.skip_to(object_from);
                self.object(source, node, field, outer, depth, Some(about))
            }
            _ => Ok(()),
        }
    }

    fn array(
        &mut self,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) -> Result<(), Malformed> {
        if source.reader.is_at_number() && self.open_numbers(source, field, node, depth) {
            return Ok(());
        }
        let mut count = 0;
        while source.reader.item(count == 0)? {
            let index = count;
            count += 1;
            let value = source.reader.value()?;
            // Most items are skipped, like the fields of an object.
            let mut triage = None;
            match value {
                Value::Literal => continue,
                Value::Leaf(leaf) if self.may_pass(leaf) => {
                    let hints = here.as_ref().map_or(NameHints::NONE, |here| here.hints);
                    self.see_unread(leaf.string.raw, hints);
                    triage = self.triage(leaf, field.name.has_meaning());
                    if triage.is_none() {
                        continue;
                    }
                }
                Value::Leaf(_) | Value::Opens(_) => {}
            }
            let child = node.child(Step::Index(index));
            let tail = here.as_ref().and_then(|here| here.item(index));
            let mut here = here
                .as_mut()
                .zip(tail.as_ref())
                .map(|(here, tail)| here.at(tail));
            self.search_value(value, triage, source, (&child, field), &mut here, depth)?;
        }
        Ok(())
    }

    /// Takes `bytes` from the number of bytes that may still be read again. Returns true if there
    /// were enough.
    fn may_read_again(&mut self, bytes: usize) -> bool {
        const MOST: usize = 8 << 20;
        let may = self.read_again.saturating_add(bytes) <= MOST;
        if may {
            self.read_again += bytes;
        } else {
            self.limits.reached(Limit::Siblings);
        }
        may
    }

    /// Returns the number of an object or form that is entered.
    fn enter(&mut self) -> usize {
        self.objects += 1;
        self.objects
    }

    /// Returns a mark of everything that was found so far.
    fn mark(&self) -> Mark {
        Mark {
            findings: self.findings.len(),
            subjects: self.subjects.len(),
            pending: self.scratch.pending.len(),
            limits: self.limits,
        }
    }

    /// Drops everything that was found since the mark.
    fn back_to(&mut self, mark: Mark) {
        self.findings.truncate(mark.findings);
        self.subjects.back(mark.subjects);
        self.scratch.pending.truncate(mark.pending);
        self.limits = mark.limits;
    }

    /// Searches a leaf as it is written.
    fn visit_string(
        &mut self,
        leaf: Leaf<'_>,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) {
        if !leaf.string.is_escaped() {
            self.visit_leaf(leaf, field, node, here, depth);
            return;
        }
        let mut text = self.scratch.take_string();
        crate::json::unescape(leaf.string.raw, &mut text);
        self.visit_leaf(Leaf::text(&text), field, node, here, depth);
        self.scratch.put_string(text);
    }

    /// Searches a field of a form or query, whose keys and values are in `text`.
    fn opened_field(
        &mut self,
        (key, value): (RawString<'_>, &str),
        text: &str,
        field: &Field,
        (siblings, owner): (&mut Siblings, usize),
        node: &Node<'_>,
        depth: usize,
    ) {
        let known = self.look_up(key);
        let (name, shown) = (self.whole_name(known), known.shown);
        let child = node.child(shown.step(key));
        if shown == Shown::Personal {
            self.find_in_key(key, shown, node);
        }
        let own = Field {
            name,
            above: field.inside().or(Roles::QUERY),
        };
        siblings.signals = siblings.signals.or(name.gives);
        siblings.note(name.slot, key, Leaf::text(value), text);
        let mut here = Some(Here {
            siblings,
            owner,
            key,
            shown,
            hints: known.hints,
            tail: None,
            text,
        });
        self.visit_leaf(Leaf::text(value), &own, &child, &mut here, depth);
    }

    /// Searches `text`, which was opened from the string at `node`, as JSON. If it is not JSON,
    /// nothing found in it is kept.
    fn opened_json(&mut self, text: &str, node: &Node<'_>, field: &Field, depth: usize) -> bool {
        let mark = self.mark();
        self.opened += 1;
        let child = node.child(Step::Opened(Opener::Json));
        let is_json = self.document(text, &child, *field, depth).is_ok();
        self.opened -= 1;
        if !is_json {
            self.back_to(mark);
        }
        is_json
    }
}

/// The text and the position from which the walk reads.
struct Source<'j> {
    reader: Reader<'j>,
    text: &'j str,
}

/// A mark of everything that was found up to some place.
#[derive(Clone, Copy)]
struct Mark {
    findings: usize,
    subjects: usize,
    pending: usize,
    limits: LimitsReached,
}

/// The field of an object that is being searched, and the signals of its siblings so far.
pub(crate) struct Here<'s> {
    siblings: &'s mut Siblings,
    /// The number of the object.
    owner: usize,
    key: RawString<'s>,
    shown: Shown,
    hints: NameHints,
    /// The steps from the field to a value that is wrapped or listed under it.
    tail: Option<&'s Tail<'s>>,
    text: &'s str,
}
