//! Finds the fields that patterns name in an event.
//!
//! A field is a path of names joined with dots. Arrays add nothing to a path: a field may have many
//! values, and each remembers which elements of which arrays it lies in. AWS's engine does not tell
//! a name with a dot from two names, and neither does this.

use std::collections::HashMap;

use crate::event::{Event, Kind, NodeId};

/// A field that some pattern names.
pub(crate) type FieldId = u32;
type TrieId = u32;

/// The paths of all fields, as a tree of names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paths {
    nodes: Vec<PathNode>,
    fields: u32,
}

#[derive(Debug, Clone, Default)]
struct PathNode {
    children: HashMap<Box<str>, TrieId, rustc_hash::FxBuildHasher>,
    /// The lengths of the children's names, as bits: most keys of an event are none of them, and
    /// most of those have another length.
    lengths: u64,
    field: Option<FieldId>,
}

fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![PathNode::default()],
            fields: 0,
        }
    }

    /// The field of a path, made when it is new.
    pub(crate) fn field(&mut self, path: &str) -> FieldId {
        let mut at = 0;
        for name in path.split('.') {
            let known = self.nodes[at as usize].children.get(name).copied();
            at = known.unwrap_or_else(|| {
                let child = index(self.nodes.len());
                self.nodes.push(PathNode::default());
                let parent = &mut self.nodes[at as usize];
                parent.children.insert(name.into(), child);
                parent.lengths |= length_bit(name);
                child
            });
        }
        let fields = &mut self.fields;
        *self.nodes[at as usize].field.get_or_insert_with(|| {
            *fields += 1;
            *fields - 1
        })
    }

    pub(crate) fn field_count(&self) -> usize {
        self.fields as usize
    }

    #[inline]
    fn descend(&self, from: TrieId, key: &str) -> Option<TrieId> {
        let node = &self.nodes[from as usize];
        if node.lengths & length_bit(key) != 0
            && let Some(&child) = node.children.get(key)
        {
            return Some(child);
        }
        if node.children.is_empty() {
            return None;
        }
        if !key.contains('.') {
            return None;
        }
        key.split('.').try_fold(from, |at, name| {
            self.nodes[at as usize].children.get(name).copied()
        })
    }

    /// All values of all fields in an event.
    pub(crate) fn find(&self, event: &Event<'_>) -> Found {
        let mut found = Found {
            ends: vec![(NONE, NONE); self.field_count()],
            values: Vec::with_capacity(2 * self.field_count()),
            steps: Vec::new(),
        };
        self.object(event, 0, 0, None, &mut found);
        found
    }

    fn object(
        &self,
        event: &Event<'_>,
        node: NodeId,
        at: TrieId,
        within: Option<StepId>,
        found: &mut Found,
    ) {
        for child in event.children(node) {
            if let Some(next) = self.descend(at, event.key(child)) {
                self.value(event, child, next, within, found);
            }
        }
    }

    fn value(
        &self,
        event: &Event<'_>,
        node: NodeId,
        at: TrieId,
        within: Option<StepId>,
        found: &mut Found,
    ) {
        match event.kind(node) {
            Kind::Object => self.object(event, node, at, within, found),
            Kind::Array => {
                for element in event.children(node) {
                    let within = match event.kind(element) {
                        // A plain value in an array is a value of the field like any other.
                        Kind::String | Kind::UndoneString | Kind::Number | Kind::Literal(_) => {
                            within
                        }
                        Kind::Object | Kind::Array => {
                            found.steps.push(Step {
                                array: node,
                                element,
                                parent: within,
                            });
                            Some(index(found.steps.len() - 1))
                        }
                    };
                    self.value(event, element, at, within, found);
                }
            }
            Kind::String | Kind::UndoneString | Kind::Number | Kind::Literal(_) => {
                if let Some(field) = self.nodes[at as usize].field {
                    found.add(field, node, within);
                }
            }
        }
    }
}

/// The values of the fields in one event.
#[derive(Debug)]
pub(crate) struct Found {
    /// The first and the last value of each field.
    ends: Vec<(u32, u32)>,
    values: Vec<FoundValue>,
    /// Every element of an array that was entered.
    pub(crate) steps: Vec<Step>,
}

const NONE: u32 = u32::MAX;

/// A step into an element of an array.
pub(crate) type StepId = u32;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) array: NodeId,
    pub(crate) element: NodeId,
    pub(crate) parent: Option<StepId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct FoundValue {
    pub(crate) field: FieldId,
    pub(crate) node: NodeId,
    /// The innermost array element that the value lies in.
    pub(crate) within: Option<StepId>,
    next: u32,
}

impl Found {
    fn add(&mut self, field: FieldId, node: NodeId, within: Option<StepId>) {
        let place = index(self.values.len());
        self.values.push(FoundValue {
            field,
            node,
            within,
            next: NONE,
        });
        let (first, last) = &mut self.ends[field as usize];
        let before = std::mem::replace(last, place);
        if before == NONE {
            *first = place;
        } else {
            self.values[before as usize].next = place;
        }
    }

    /// All values, in document order.
    pub(crate) fn values(&self) -> &[FoundValue] {
        &self.values
    }

    /// The values of one field, with their places in `values`.
    pub(crate) fn of(&self, field: FieldId) -> impl Iterator<Item = (usize, FoundValue)> + '_ {
        let (mut at, _) = self.ends[field as usize];
        std::iter::from_fn(move || {
            let value = *self.values.get(at as usize)?;
            let place = at as usize;
            at = value.next;
            Some((place, value))
        })
    }
}

/// Counts fit 32 bits: an event's do (`Event::parse` checks), and a pattern's text is in memory.
#[expect(
    clippy::cast_possible_truncation,
    reason = "each index stands for at least one byte of a text below 4 GiB"
)]
fn index(place: usize) -> u32 {
    place as u32
}
