//! Represents an event, which is parsed once, as a flat list of its values in document order.
//!
//! Each value knows the index after its last descendant, so that a search for a few paths skips the
//! rest. This module does not know patterns; `paths.rs` finds their fields.

mod read;

use std::borrow::Cow;

use crate::condition::Leaf;
use crate::error::EventError;
use crate::json::Literal;
use crate::names::NameHash;

/// An event, ready to be matched against any number of patterns and transformed for any number of
/// targets.
///
/// Numbers keep their spelling and equal keys are all kept, as AWS's engine does. Text of the event
/// is never part of its `Debug` output.
#[derive(Clone)]
pub struct Event<'a> {
    source: Cow<'a, str>,
    read: Nodes,
}

/// The parsed content of an event.
#[derive(Clone)]
struct Nodes {
    /// The data that a walk needs. The first node is the event itself.
    nodes: Vec<Node>,
    /// The positions of each node's text, which a walk seldom needs.
    places: Vec<Place>,
    /// The strings that had escapes, in the order of their nodes.
    undone: Vec<Undone>,
    /// Keys and strings that had escapes, unescaped, each between quotation marks.
    undone_text: String,
}

impl Nodes {
    fn with_capacity_for(source: &str) -> Self {
        // Values with their keys are seldom shorter than this.
        let values = source.len() / 16 + 2;
        Self {
            nodes: Vec::with_capacity(values),
            places: Vec::with_capacity(values),
            undone: Vec::new(),
            undone_text: String::new(),
        }
    }
}

impl std::fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event")
            .field("bytes", &self.source.len())
            .field("values", &self.read.nodes.len())
            .finish()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    /// A string that had escapes.
    UndoneString,
    Number,
    Literal(Literal),
}

/// A range of the source, or of the unescaped text.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

/// The data of a value that a walk needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// The hash of its name in the object around it.
    pub(crate) hash: NameHash,
    /// True if that name contains a dot.
    pub(crate) dotted: bool,
    /// True if that name had escapes.
    undone: bool,
    /// The index after its last descendant.
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    /// The name without its quotation marks, in the unescaped text if it had escapes.
    name: Span,
    /// The value in the spelling of the source.
    raw: Span,
}

/// A string that had escapes.
#[derive(Debug, Clone, Copy)]
struct Undone {
    node: NodeId,
    text: Span,
}

/// The index of a value inside an event.
pub(crate) type NodeId = u32;

impl<'a> Event<'a> {
    /// Parses an event.
    ///
    /// # Errors
    /// Returns an error if the bytes are not one JSON object in UTF-8, are nested deeper than 1,000
    /// levels, or are 4 GiB or more.
    ///
    /// ```
    /// use eventbridge_pattern::Event;
    /// assert!(Event::parse(br#"{"source": "shop.orders"}"#).is_ok());
    /// assert!(Event::parse(br#"{"source": "#).is_err());
    /// assert!(Event::parse(b"[]").is_err());
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EventError> {
        let text = std::str::from_utf8(bytes).map_err(|error| EventError::not_utf8(&error))?;
        Self::read(Cow::Borrowed(text))
    }

    /// Parses an event from a value. Numbers have the spelling in which the value writes them, so a
    /// difference that the value has already lost (`3.0e2` has become `300.0`) stays lost.
    pub fn from_value(value: &serde_json::Value) -> Result<Event<'static>, EventError> {
        Event::read(Cow::Owned(value.to_string()))
    }

    fn read(source: Cow<'a, str>) -> Result<Self, EventError> {
        let read = read::nodes(&source)?;
        Ok(Self { source, read })
    }

    #[inline]
    fn node(&self, node: NodeId) -> &Node {
        &self.read.nodes[node as usize]
    }

    /// Returns the whole event as it was given.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    #[inline]
    pub(crate) fn kind(&self, node: NodeId) -> Kind {
        self.node(node).kind
    }

    /// Returns the value's name in the object around it.
    pub(crate) fn name(&self, node: NodeId) -> &str {
        self.places(node).name.of(self.text_of_name(node))
    }

    /// Returns the bytes of the name, which is cheaper than `name`.
    #[inline]
    pub(crate) fn name_bytes(&self, node: NodeId) -> &[u8] {
        let name = self.places(node).name;
        &self.text_of_name(node).as_bytes()[name.start as usize..name.end as usize]
    }

    #[inline]
    fn text_of_name(&self, node: NodeId) -> &str {
        if self.node(node).undone {
            return &self.read.undone_text;
        }
        &self.source
    }

    #[inline]
    fn places(&self, node: NodeId) -> &Place {
        &self.read.places[node as usize]
    }

    /// Returns the value in the spelling of the event.
    #[inline]
    pub(crate) fn raw(&self, node: NodeId) -> &str {
        self.places(node).raw.of(&self.source)
    }

    /// Returns the value, unless it is an object or an array.
    #[inline]
    pub(crate) fn leaf(&self, id: NodeId) -> Option<Leaf<'_>> {
        self.leaf_of(id, self.kind(id))
    }

    /// Returns the value, whose kind is known, unless it is an object or an array.
    #[inline]
    pub(crate) fn leaf_of(&self, id: NodeId, kind: Kind) -> Option<Leaf<'_>> {
        match kind {
            Kind::Object | Kind::Array => None,
            Kind::String => {
                let Span { start, end } = self.places(id).raw;
                let quoted = &self.source.as_bytes()[start as usize..end as usize];
                Some(Leaf::Quoted(quoted))
            }
            Kind::UndoneString => self
                .undone(id)
                .map(|quoted| Leaf::Quoted(quoted.as_bytes())),
            Kind::Number => Some(Leaf::Number(self.raw(id))),
            Kind::Literal(word) => Some(Leaf::Literal(word)),
        }
    }

    /// Returns the characters of a string.
    pub(crate) fn string(&self, node: NodeId) -> Option<&str> {
        let quoted = match self.kind(node) {
            Kind::String => self.raw(node),
            Kind::UndoneString => self.undone(node)?,
            _ => return None,
        };
        Some(&quoted[1..quoted.len() - 1])
    }

    fn undone(&self, node: NodeId) -> Option<&str> {
        let undone = &self.read.undone;
        let place = undone
            .binary_search_by_key(&node, |undone| undone.node)
            .ok()?;
        Some(undone[place].text.of(&self.read.undone_text))
    }

    /// Returns the values directly inside an object or an array.
    #[inline]
    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes_in(node).map(|(child, _)| child)
    }

    /// Returns the values directly inside an object or an array, with their nodes.
    #[inline]
    pub(crate) fn nodes_in(&self, node: NodeId) -> impl Iterator<Item = (NodeId, Node)> + '_ {
        let end = self.node(node).next as usize;
        let nodes = &self.read.nodes[..end];
        let mut at = node + 1;
        std::iter::from_fn(move || {
            let child = at;
            let node = *nodes.get(child as usize)?;
            at = node.next;
            Some((child, node))
        })
    }
}

impl Span {
    #[inline]
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}
