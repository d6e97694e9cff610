//! An event, read once: a flat list of its values in document order.
//!
//! Each value knows where its last descendant stands, so that whoever walks the event for a few
//! paths steps over the rest. Nothing here knows patterns; `paths.rs` finds their fields.

mod read;

use std::borrow::Cow;

use crate::condition::Leaf;
use crate::error::EventError;
use crate::json::Literal;

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

/// What was read of an event.
#[derive(Clone)]
struct Nodes {
    /// The event itself is the first.
    nodes: Vec<Node>,
    /// The values that had escapes, in the order of their nodes.
    undone: Vec<Undone>,
    /// Keys and values that had escapes, undone, each between quotation marks.
    undone_text: String,
}

impl Nodes {
    fn with_capacity_for(source: &str) -> Self {
        Self {
            // Values are seldom shorter, with their keys.
            nodes: Vec::with_capacity(source.len() / 20),
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

/// A place in the source, or in the undone text.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    /// Whether `key` lies in the undone text.
    key_undone: bool,
    /// Without its quotation marks.
    key: Span,
    /// The value as the source spells it.
    raw: Span,
    /// One past the last descendant.
    next: u32,
}

/// A string that had escapes.
#[derive(Debug, Clone, Copy)]
struct Undone {
    node: NodeId,
    text: Span,
}

/// A value inside an event.
pub(crate) type NodeId = u32;

impl<'a> Event<'a> {
    /// Reads an event.
    ///
    /// # Errors
    /// The bytes are not one JSON object in UTF-8, are nested deeper than 1,000 levels, or are
    /// 4 GiB or more.
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

    /// Reads an event from a value. Numbers are spelled as the value writes them, so what the value
    /// has already lost (`3.0e2` has become `300.0`) stays lost.
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

    /// The whole event as it was given.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    #[inline]
    pub(crate) fn kind(&self, node: NodeId) -> Kind {
        self.node(node).kind
    }

    /// The name under which an object holds the value.
    #[inline]
    pub(crate) fn key(&self, node: NodeId) -> &str {
        let node = self.node(node);
        if node.key_undone {
            return node.key.of(&self.read.undone_text);
        }
        node.key.of(&self.source)
    }

    /// The value as the event spells it.
    pub(crate) fn raw(&self, node: NodeId) -> &str {
        self.node(node).raw.of(&self.source)
    }

    /// The value, unless it is an object or an array.
    #[inline]
    pub(crate) fn leaf(&self, id: NodeId) -> Option<Leaf<'_>> {
        let node = self.node(id);
        match node.kind {
            Kind::Object | Kind::Array => None,
            Kind::String => Some(Leaf::Quoted(node.raw.of(&self.source))),
            Kind::UndoneString => self.undone(id).map(Leaf::Quoted),
            Kind::Number => Some(Leaf::Number(node.raw.of(&self.source))),
            Kind::Literal(word) => Some(Leaf::Literal(word)),
        }
    }

    fn undone(&self, node: NodeId) -> Option<&str> {
        let undone = &self.read.undone;
        let place = undone
            .binary_search_by_key(&node, |undone| undone.node)
            .ok()?;
        Some(undone[place].text.of(&self.read.undone_text))
    }

    /// The values directly inside an object or an array.
    #[inline]
    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(node).next;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let child = next;
            next = self.node(child).next;
            Some(child)
        })
    }
}

impl Span {
    #[inline]
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}
