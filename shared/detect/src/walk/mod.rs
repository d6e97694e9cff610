//! The walk: one pass over a document's bytes, findings out.
//!
//! Objects and arrays are read by recursion to a bounded depth; nothing is built of them. The path
//! is a chain of borrowed steps on the stack, a name's meaning is looked up once and remembered,
//! and what several fields of one object explain together (a city beside a street) waits in a
//! bounded buffer until the object ends, so that the order of keys makes no difference.

mod decode;
mod gunzip;
mod key_order;
mod leaf;
mod names;
mod siblings;

use crate::engine::{Engine, ScanOptions};
use crate::field_name::{FieldName, Keyword, Roles, Signals, Slot};
use crate::finding::Finding;
use crate::json::{Leaf, Malformed, Opens, RawString, Reader, Value};
use crate::limits::{Limit, LimitsReached};
use crate::path::{Node, Opener, Step};
use crate::plain::Replaced;
use crate::subject::Collector;
use names::{Key, NameCache, Shown};
use siblings::{Pending, Siblings};

/// The buffers of a walk, kept from one document to the next. Holds no findings in between.
#[derive(Default)]
pub(crate) struct Scratch {
    names: NameCache,
    hits: Vec<leaf::Candidate>,
    keywords: Vec<Keyword>,
    pending: Vec<Pending>,
    /// Of the leaf that is being searched, what is not as it was written.
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
    /// What an object or array under this field is about.
    fn inside(&self) -> Roles {
        let own = self.name.roles;
        if self.name.slot == Slot::Value || (self.name.is_neutral && own.is_none()) {
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
    /// How many strings that hold documents the walk is inside of.
    opened: usize,
    /// How many bytes were decoded in all.
    decoded: usize,
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
            opened: 0,
            decoded: 0,
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
        let own = Field {
            name: FieldName::default(),
            above: field.inside(),
        };
        self.value(&mut source, node, &own, depth)?;
        source.reader.end()
    }

    /// Searches a text that is no JSON.
    pub(crate) fn text(&mut self, text: &str, node: &Node<'_>) {
        self.visit_leaf(Leaf::text(text), &Field::default(), node, &mut None, 0);
    }

    fn value(
        &mut self,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        depth: usize,
    ) -> Result<(), Malformed> {
        match source.reader.value()? {
            Value::Leaf(leaf) => self.visit_string(leaf, field, node, &mut None, depth),
            Value::Opens(opens) => self.container(opens, source, node, field, depth)?,
            Value::Literal => {}
        }
        Ok(())
    }

    fn container(
        &mut self,
        opens: Opens,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        depth: usize,
    ) -> Result<(), Malformed> {
        if depth >= Limit::Depth.bound() {
            self.limits.reached(Limit::Depth);
            return source.reader.skip_container(opens);
        }
        match opens {
            Opens::Object => self.object(source, node, field, depth + 1),
            Opens::Array => self.array(source, node, field, depth + 1),
        }
    }

    fn object(
        &mut self,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        depth: usize,
    ) -> Result<(), Malformed> {
        let waiting_from = self.scratch.pending.len();
        let findings_from = self.findings.len();
        let above = field.inside();
        let mut siblings = Siblings::default();
        let mut is_first = true;
        while source.reader.opens_key(is_first)? {
            is_first = false;
            let Key { raw, name, shown } = self.key(&mut source.reader)?;
            source.reader.colon()?;
            let shown = Self::shown_in(shown, above);
            if matches!(shown, Shown::Personal | Shown::Person) {
                self.find_in_key(raw, shown, node);
            }
            siblings.signals = siblings.signals.or(name.gives);
            let value = source.reader.value()?;
            // Most leaves are passed without a second look, and nothing is made ready for one.
            let mut triage = None;
            match value {
                Value::Literal => continue,
                Value::Leaf(leaf) if name.slot == Slot::None && self.may_pass(leaf) => {
                    triage = self.triage(leaf.string.raw, &name);
                    if triage.is_none() {
                        continue;
                    }
                }
                Value::Leaf(_) | Value::Opens(_) => {}
            }
            let child = node.child(shown.step(raw));
            // `{"email": {"S": …}}`: the wrapper is asked about under its parent's name.
            let own = if name.slot == Slot::Value && !name.has_meaning() {
                *field
            } else {
                Field { name, above }
            };
            let mut here = Some(Here {
                siblings: &mut siblings,
                key: raw,
                shown,
                slot: name.slot,
                text: source.text,
            });
            match (value, triage) {
                (Value::Leaf(leaf), Some(triage)) => {
                    self.open_or_search(leaf, triage, &own, &child, &mut here, depth);
                }
                (Value::Leaf(leaf), None) => {
                    if let Some(here) = &mut here {
                        here.note(leaf);
                    }
                    self.visit_string(leaf, &own, &child, &mut here, depth);
                }
                (Value::Opens(opens), _) => {
                    self.container(opens, source, &child, &own, depth)?;
                }
                (Value::Literal, _) => {}
            }
        }
        let from = (waiting_from, findings_from);
        self.resolve_siblings(&siblings, from, source.text, node, above);
        if siblings.signals.has(Signals::SORT_CODE) {
            self.make_british(findings_from);
        }
        Ok(())
    }

    fn array(
        &mut self,
        source: &mut Source<'_>,
        node: &Node<'_>,
        field: &Field,
        depth: usize,
    ) -> Result<(), Malformed> {
        let mut index = 0;
        while source.reader.item(index == 0)? {
            let child = node.child(Step::Index(index));
            self.value(source, &child, field, depth)?;
            index += 1;
        }
        Ok(())
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

    /// Searches a field of a form or query.
    fn opened_field(
        &mut self,
        key: RawString<'_>,
        value: &str,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) {
        let (name, shown) = self.name_of(key);
        let child = node.child(shown.step(key));
        if shown == Shown::Personal {
            self.find_in_key(key, shown, node);
        }
        let own = Field {
            name,
            above: field.inside(),
        };
        self.visit_leaf(Leaf::text(value), &own, &child, &mut None, depth);
    }

    /// Searches `text`, which was opened from the string at `node`, as JSON. Leaves no trace when
    /// it is none.
    fn opened_json(&mut self, text: &str, node: &Node<'_>, field: &Field, depth: usize) -> bool {
        let findings = self.findings.len();
        let subjects = self.subjects.len();
        let pending = self.scratch.pending.len();
        let limits = self.limits;
        self.opened += 1;
        let child = node.child(Step::Opened(Opener::Json));
        let is_json = self.document(text, &child, *field, depth).is_ok();
        self.opened -= 1;
        if !is_json {
            self.findings.truncate(findings);
            self.subjects.back(subjects);
            self.scratch.pending.truncate(pending);
            self.limits = limits;
        }
        is_json
    }
}

/// Where the walk reads.
struct Source<'j> {
    reader: Reader<'j>,
    text: &'j str,
}

/// The field of an object that is being searched, and what its siblings have said so far.
pub(crate) struct Here<'s> {
    siblings: &'s mut Siblings,
    key: RawString<'s>,
    shown: Shown,
    slot: Slot,
    text: &'s str,
}
