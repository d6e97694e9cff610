//! An event, read once: a flat list of its values in document order.
//!
//! Each value knows where its last descendant stands, so that whoever walks the event for a few
//! paths steps over the rest. Nothing here knows patterns; `paths.rs` finds their fields.

use std::borrow::Cow;

use crate::condition::Leaf;
use crate::error::EventError;
use crate::json::{Literal, Reader, Token};

/// An event, ready to be matched against any number of patterns and transformed for any number of
/// targets.
///
/// Numbers keep their spelling and equal keys are all kept, as AWS's engine does. Text of the event
/// is never part of its `Debug` output.
#[derive(Clone)]
pub struct Event<'a> {
    source: Cow<'a, str>,
    /// Strings that had escapes, undone, between quotation marks.
    unescaped: String,
    /// The event itself is the first.
    nodes: Vec<Node>,
}

impl std::fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event")
            .field("bytes", &self.source.len())
            .field("values", &self.nodes.len())
            .finish()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Literal(Literal),
}

/// A place in the source, or in the undone strings.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    /// Whether `key` and `text` lie in the undone strings.
    key_unescaped: bool,
    text_unescaped: bool,
    key: Span,
    /// The value as it can be compared: a string between its quotation marks.
    text: Span,
    /// The value as the source spells it.
    raw: Span,
    /// One past the last descendant.
    end: u32,
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
        let mut event = Self {
            source: Cow::Borrowed(""),
            unescaped: String::new(),
            nodes: Vec::new(),
        };
        event.read_nodes(&source)?;
        event.source = source;
        Ok(event)
    }

    fn read_nodes(&mut self, source: &str) -> Result<(), EventError> {
        if u32::try_from(source.len()).is_err() {
            return Err(EventError::TooLarge);
        }
        // Values are seldom shorter, with their keys.
        self.nodes.reserve(source.len() / 16);
        let mut reader = Reader::new(source);
        let mut open: Vec<usize> = Vec::with_capacity(16);
        let mut key = Span { start: 0, end: 0 };
        let mut key_unescaped = false;
        while let Some(token) = reader.next_token()? {
            let raw = Span {
                start: offset(reader.token_start()),
                end: offset(reader.offset()),
            };
            let mut text = raw;
            let mut text_unescaped = false;
            let kind = match token {
                Token::Key(Cow::Borrowed(plain)) => {
                    // The token starts at the opening quotation mark.
                    key = Span {
                        start: raw.start + 1,
                        end: raw.start + 1 + offset(plain.len()),
                    };
                    key_unescaped = false;
                    continue;
                }
                Token::Key(Cow::Owned(undone)) => {
                    key = self.keep(&undone);
                    key_unescaped = true;
                    continue;
                }
                Token::ObjectEnd | Token::ArrayEnd => {
                    let end = offset(self.nodes.len());
                    if let Some(node) = open.pop().and_then(|at| self.nodes.get_mut(at)) {
                        node.end = end;
                        node.raw.end = raw.end;
                    }
                    continue;
                }
                Token::ObjectStart => Kind::Object,
                Token::ArrayStart => Kind::Array,
                Token::String(Cow::Borrowed(_)) => Kind::String,
                Token::String(Cow::Owned(undone)) => {
                    text = self.keep_quoted(&undone);
                    text_unescaped = true;
                    Kind::String
                }
                Token::Number(_) => Kind::Number,
                Token::Literal(word) => Kind::Literal(word),
            };
            if self.nodes.is_empty() && kind != Kind::Object {
                return Err(EventError::NotAnObject);
            }
            if matches!(kind, Kind::Object | Kind::Array) {
                open.push(self.nodes.len());
            }
            self.nodes.push(Node {
                kind,
                key_unescaped,
                text_unescaped,
                key,
                text,
                raw,
                end: offset(self.nodes.len() + 1),
            });
        }
        Ok(())
    }

    fn keep(&mut self, undone: &str) -> Span {
        let start = offset(self.unescaped.len());
        self.unescaped.push_str(undone);
        Span {
            start,
            end: offset(self.unescaped.len()),
        }
    }

    fn keep_quoted(&mut self, undone: &str) -> Span {
        let start = offset(self.unescaped.len());
        self.unescaped.push('"');
        self.unescaped.push_str(undone);
        self.unescaped.push('"');
        Span {
            start,
            end: offset(self.unescaped.len()),
        }
    }

    #[inline]
    fn text_at(&self, span: Span, unescaped: bool) -> &str {
        let text = if unescaped {
            &*self.unescaped
        } else {
            &*self.source
        };
        &text[span.start as usize..span.end as usize]
    }

    /// The whole event as it was given.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    #[inline]
    pub(crate) fn kind(&self, node: NodeId) -> Kind {
        self.nodes[node as usize].kind
    }

    /// The name under which an object holds the value.
    #[inline]
    pub(crate) fn key(&self, node: NodeId) -> &str {
        let node = &self.nodes[node as usize];
        self.text_at(node.key, node.key_unescaped)
    }

    /// The value as the event spells it.
    pub(crate) fn raw(&self, node: NodeId) -> &str {
        self.text_at(self.nodes[node as usize].raw, false)
    }

    /// The value, unless it is an object or an array.
    #[inline]
    pub(crate) fn leaf(&self, id: NodeId) -> Option<Leaf<'_>> {
        let node = &self.nodes[id as usize];
        match node.kind {
            Kind::Object | Kind::Array => None,
            Kind::String => Some(Leaf::Quoted(self.text_at(node.text, node.text_unescaped))),
            Kind::Number => Some(Leaf::Number(self.text_at(node.text, false))),
            Kind::Literal(word) => Some(Leaf::Literal(word)),
        }
    }

    /// The values directly inside an object or an array.
    #[inline]
    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.nodes[node as usize].end;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let child = next;
            next = self.nodes[child as usize].end;
            Some(child)
        })
    }
}

/// Places fit 32 bits: `read_nodes` refuses larger events, and undone strings are never longer
/// than their escapes.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the source's length is checked to fit 32 bits"
)]
fn offset(place: usize) -> u32 {
    place as u32
}
