//! Finds the fields of patterns in an event.
//!
//! A field is a path of names joined with dots. Arrays add nothing to a path: a field may have
//! several values, and each remembers the array elements that contain it. AWS's engine does not
//! distinguish a name with a dot from two names, and neither does this module.

use crate::event::{Event, Kind, NodeId};
use crate::names::{NameHash, NameTable};

/// The number of a field that some pattern names.
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
    children: NameTable,
    field: Option<FieldId>,
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![PathNode::default()],
            fields: 0,
        }
    }

    /// Returns the field of a path, and adds it if it is new. Fields are numbered from 0.
    pub(crate) fn field(&mut self, path: &str) -> FieldId {
        let mut at = 0;
        for name in path.split('.') {
            let known = self.child(at, name.as_bytes());
            at = known.unwrap_or_else(|| {
                let child = index(self.nodes.len());
                self.nodes.push(PathNode::default());
                let parent = &mut self.nodes[at as usize];
                parent.children.insert(name.as_bytes(), child);
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

    fn child(&self, from: TrieId, name: &[u8]) -> Option<TrieId> {
        let children = &self.nodes[from as usize].children;
        children.get(NameHash::of(name), || name)
    }

    /// Descends by a name with dots as by several names, because no name in the tree has a dot.
    #[cold]
    fn descend_dotted(&self, from: TrieId, name: &[u8]) -> Option<TrieId> {
        name.split(|&byte| byte == b'.')
            .try_fold(from, |at, name| self.child(at, name))
    }

    /// Returns all values of all fields in an event, in document order.
    pub(crate) fn find(&self, event: &Event<'_>) -> Found {
        let mut walk = Walk {
            paths: self,
            event,
            found: Found {
                values: Vec::with_capacity(16),
                are_by_field: false,
                steps: Vec::new(),
            },
        };
        walk.object(0, 0, None);
        walk.found
    }
}

struct Walk<'w> {
    paths: &'w Paths,
    event: &'w Event<'w>,
    found: Found,
}

impl Walk<'_> {
    fn object(&mut self, object: NodeId, at: TrieId, within: Option<StepId>) {
        let children = &self.paths.nodes[at as usize].children;
        if children.is_empty() {
            return;
        }
        let event = self.event;
        for (id, node) in event.nodes_in(object) {
            let next = if node.dotted {
                self.paths.descend_dotted(at, event.name_bytes(id))
            } else {
                children.get(node.hash, || event.name_bytes(id))
            };
            if let Some(next) = next {
                self.value(id, node.kind, next, within);
            }
        }
    }

    #[inline]
    fn value(&mut self, id: NodeId, kind: Kind, at: TrieId, within: Option<StepId>) {
        match kind {
            Kind::Object => self.object(id, at, within),
            Kind::Array => self.array(id, at, within),
            Kind::String | Kind::UndoneString | Kind::Number | Kind::Literal(_) => {
                if let Some(field) = self.paths.nodes[at as usize].field {
                    self.found.values.push(FoundValue {
                        field,
                        node: id,
                        within,
                    });
                }
            }
        }
    }

    fn array(&mut self, array: NodeId, at: TrieId, within: Option<StepId>) {
        let event = self.event;
        for (id, node) in event.nodes_in(array) {
            let mut inside = within;
            // A plain value in an array is a value of the field like any other.
            if matches!(node.kind, Kind::Object | Kind::Array) {
                let steps = &mut self.found.steps;
                inside = Some(index(steps.len()));
                steps.push(Step {
                    array,
                    element: id,
                    parent: within,
                });
            }
            self.value(id, node.kind, at, inside);
        }
    }
}

/// The number of a step into an element of an array.
pub(crate) type StepId = u32;

/// Every element of an array that was entered.
pub(crate) type Steps = Vec<Step>;

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
    /// The innermost array element that contains the value.
    pub(crate) within: Option<StepId>,
}

/// The values of the fields in one event.
#[derive(Debug)]
pub(crate) struct Found {
    values: Vec<FoundValue>,
    are_by_field: bool,
    steps: Steps,
}

impl Found {
    /// Returns all values, in document order until they are sorted by field.
    pub(crate) fn values(&self) -> &[FoundValue] {
        &self.values
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Sorts the values, so that those of one field can be found. Most events never need it.
    pub(crate) fn sort_by_field(&mut self) {
        if !self.are_by_field {
            // The sort is stable, so that the values of a field stay in document order.
            self.values.sort_by_key(|value| value.field);
            self.are_by_field = true;
        }
    }

    /// Returns the values of one field, in document order. They must be sorted by field.
    pub(crate) fn of(&self, field: FieldId) -> &[FoundValue] {
        debug_assert!(
            self.are_by_field,
            "values are sorted before one field's are asked for"
        );
        let start = self.values.partition_point(|value| value.field < field);
        let length = self.values[start..].partition_point(|value| value.field == field);
        &self.values[start..start + length]
    }
}

/// Counts fit into 32 bits: those of events because `Event::parse` limits them, and those of
/// patterns because their text is in memory.
#[expect(
    clippy::cast_possible_truncation,
    reason = "each index stands for at least one byte of a text below 4 GiB"
)]
fn index(place: usize) -> u32 {
    place as u32
}
