//! The walk: one pass over a document's bytes, findings out. Longer than most files, because objects and
//! arrays are one recursion.
//!
//! Objects and arrays are read by recursion to a bounded depth; nothing is built of them. The path
//! is a chain of borrowed steps on the stack, a name's meaning is looked up once and remembered,
//! and what several fields of one object explain together (a city beside a street) waits in a
//! bounded buffer until the object ends, so that the order of keys makes no difference.

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
use crate::field_name::{FieldName, Keyword, Roles, Slot};
use crate::finding::Finding;
use crate::json::{Leaf, Malformed, Opens, RawString, Reader, Value};
use crate::limits::{Limit, LimitsReached};
use crate::path::{Node, Opener, Step};
use crate::plain::Replaced;
use crate::subject::Collector;
use about::{About, Said};
pub(crate) use decode::{hex, unicode, value_of};
use leaf::Triage;
use names::{NameCache, Shown};
use siblings::{Inside, Pending, Siblings, Tail};
use unread::Noted;

/// The buffers of a walk, kept from one document to the next. Holds no findings in between.
#[derive(Default)]
pub(crate) struct Scratch {
    names: NameCache,
    /// The same for the labels of values, which are not keys.
    labels: NameCache,
    hits: Vec<leaf::Candidate>,
    keywords: Vec<Keyword>,
    pending: Vec<Pending>,
    /// Where the text that is being searched differs from the text of the document.
    replaced: Vec<Replaced>,
    path: String,
    inflater: gunzip::Inflater,
    /// Strings that unescaping and decoding write into, one for each level of nesting.
    strings: Vec<String>,
}

impl Scratch {
    /// Forgets the document that was searched.
    pub(crate) fn reset(&mut self) {
        self.hits.clear();
        self.pending.clear();
    }

    fn take_string(&mut self) -> String {
        self.strings.pop().unwrap_or_default()
    }

    /// Keeps `string` for later, emptied, unless it has grown beyond what is worth keeping.
    fn put_string(&mut self, mut string: String) {
        const MOST_KEPT: usize = 64 << 10;
        if string.capacity() <= MOST_KEPT {
            string.clear();
            self.strings.push(string);
        }
    }
}

/// What the name of a leaf, and the names above it, say.
#[derive(Clone, Copy, Default)]
pub(crate) struct Field {
    name: FieldName,
    /// What the object that the field stands in is about.
    above: Roles,
}

impl Field {
    /// The field of a document that stands in this one.
    fn of_document(&self) -> Self {
        Self {
            name: FieldName::default(),
            above: self.inside(),
        }
    }

    /// What an object or array under this field is about.
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
        let kept = if own.is_none() {
            Roles::NONE
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
    /// What of the document cannot be read.
    pub(crate) noted: Noted,
    /// How many strings that hold documents the walk is inside of.
    opened: usize,
    /// How many bytes were decoded in all.
    decoded: usize,
    /// How many bytes were read again in all, because what explains them came after them.
    read_again: usize,
    /// How many objects and forms were entered: each is known by its number.
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

    /// Searches a whole JSON text that stands at `node`.
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
        self.value(&mut source, node, &field.of_document(), &mut None, depth)?;
        source.reader.end()
    }

    /// Searches a text that is no JSON.
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

    /// Searches a value that has been read, up to its bracket where it is a container.
    #[inline]
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
                self.open_or_search(leaf, triage, field, node, here, depth);
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
            Opens::Object => self.object(source, node, field, here, depth + 1, None),
            Opens::Array => self.array(source, node, field, here, depth + 1),
        }
    }

    /// Searches the fields of an object, which is `known` to be about something where it is read
    /// again.
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
            // Most leaves are passed without a second look, and nothing is made ready for one.
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
                        self.see_unread(leaf.string.raw, Some(raw.raw));
                        triage = self.triage(leaf.string.raw, known.has_meaning);
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
            // `{"email": {"S": …}}`: the wrapper is asked about under its parent's name.
            let above = said.above;
            let wraps = name.slot.may_wrap() && self.wraps(&name, field, above, value.opens());
            let own = if wraps { *field } else { Field { name, above } };
            let start = source.reader.offset().saturating_sub(1);
            if let Some(outer) = outer
                && wraps
            {
                self.wrapped(value, source, (&child, raw, shown), &own, outer, depth)?;
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
                tail: None,
                text: source.text,
            });
            // What explains a value in a container is beside the container's field.
            if value.opens().is_some() && !own.name.has_meaning() {
                here = None;
            }
            self.search_value(value, triage, source, (&child, &own), &mut here, depth)?;
            if value.opens().is_some() && name.slot != Slot::None {
                siblings.note_container(name.slot, raw, (start, source));
            }
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
                // What the object says of itself comes after fields that it explains.
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
            // As for the fields of an object: most items are passed.
            let mut triage = None;
            match value {
                Value::Literal => continue,
                Value::Leaf(leaf) if self.may_pass(leaf) => {
                    let key = here.as_ref().map(|here| here.key.raw);
                    self.see_unread(leaf.string.raw, key);
                    triage = self.triage(leaf.string.raw, field.name.has_meaning());
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

    /// Takes `bytes` from the number of bytes that may still be read again. Returns whether there
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

    /// The number of an object or form that is entered.
    fn enter(&mut self) -> usize {
        self.objects += 1;
        self.objects
    }

    /// What was found so far.
    fn mark(&self) -> Mark {
        Mark {
            findings: self.findings.len(),
            subjects: self.subjects.len(),
            pending: self.scratch.pending.len(),
            limits: self.limits,
        }
    }

    /// Forgets what was found since.
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

    /// Searches a field of a form or query, whose keys and values stand in `text`.
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
            above: field.inside(),
        };
        siblings.signals = siblings.signals.or(name.gives);
        siblings.note(name.slot, key, Leaf::text(value), text);
        let mut here = Some(Here {
            siblings,
            owner,
            key,
            shown,
            tail: None,
            text,
        });
        self.visit_leaf(Leaf::text(value), &own, &child, &mut here, depth);
    }

    /// Searches `text`, which was opened from the string at `node`, as JSON. If it is not JSON, nothing of
    /// it is kept.
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

/// Where the walk reads.
struct Source<'j> {
    reader: Reader<'j>,
    text: &'j str,
}

/// What was found up to some place.
#[derive(Clone, Copy)]
struct Mark {
    findings: usize,
    subjects: usize,
    pending: usize,
    limits: LimitsReached,
}

/// The field of an object that is being searched, and what its siblings have said so far.
pub(crate) struct Here<'s> {
    siblings: &'s mut Siblings,
    /// The number of the object.
    owner: usize,
    key: RawString<'s>,
    shown: Shown,
    /// From the field to the value: what it is wrapped or listed in.
    tail: Option<&'s Tail<'s>>,
    text: &'s str,
}
