//! Parses an event in one pass. The grammar is in the control flow, and open containers are linked
//! inside the list that is being built, so that nothing but that list is allocated.

use super::{Kind, Node, NodeId, Nodes, Place, Span, Undone};
use crate::error::EventError;
use crate::json::{JsonError, JsonFault, Literal, MAX_DEPTH, scan};
use crate::names::NameHash;

/// Parses one JSON object of less than 4 GiB.
pub(super) fn nodes(source: &str) -> Result<Nodes, EventError> {
    if u32::try_from(source.len()).is_err() {
        return Err(EventError::TooLarge);
    }
    let bytes = source.as_bytes();
    let start = scan::whitespace(bytes, 0);
    let mut reading = Reading {
        source,
        read: Nodes::with_capacity_for(source),
        key: NameKey {
            hash: NameHash::of(b""),
            dotted: false,
            undone: false,
        },
        name: Span { start: 0, end: 0 },
    };
    let (kind, _) = reading.value(start)?;
    if kind != Kind::Object {
        return Err(EventError::NotAnObject);
    }
    let end = reading.values(start)?;
    let end = scan::whitespace(bytes, end);
    if end < bytes.len() {
        return Ok(fail(end, JsonFault::Trailing)?);
    }
    Ok(reading.read)
}

/// The id that stands for no value.
const NONE: NodeId = NodeId::MAX;

struct Reading<'a> {
    source: &'a str,
    read: Nodes,
    /// The key of the next value.
    key: NameKey,
    name: Span,
}

/// The part of a name that a node keeps; see [`Node`].
#[derive(Clone, Copy)]
struct NameKey {
    hash: NameHash,
    dotted: bool,
    undone: bool,
}

/// The innermost open object or array. While a node is open, its `next` is the container around it.
struct Open {
    node: NodeId,
    closing: u8,
    depth: usize,
}

impl Reading<'_> {
    /// Parses a value with its content.
    fn values(&mut self, start: usize) -> Result<usize, JsonError> {
        let bytes = self.source.as_bytes();
        let mut open = Open {
            node: NONE,
            closing: 0,
            depth: 0,
        };
        let mut at = start;
        'values: loop {
            let (kind, end) = self.value(at)?;
            self.push(kind, at, end);
            at = scan::whitespace(bytes, end);
            if let Kind::Object | Kind::Array = kind {
                self.open(&mut open, end - 1)?;
                let is_empty = bytes.get(at) == Some(&open.closing);
                if !is_empty {
                    if kind == Kind::Object {
                        at = self.key(at)?;
                    }
                    continue 'values;
                }
            }
            // Close every container that ends here, until a comma or the end of the value.
            while open.node != NONE {
                match bytes.get(at) {
                    Some(b',') => {
                        at = scan::whitespace(bytes, at + 1);
                        if open.closing == b'}' {
                            at = self.key(at)?;
                        }
                        continue 'values;
                    }
                    Some(&byte) if byte == open.closing => {
                        self.close(&mut open, at + 1);
                        at = scan::whitespace(bytes, at + 1);
                    }
                    _ => return Err(scan::unexpected(bytes, at)),
                }
            }
            return Ok(at);
        }
    }

    /// Parses a leaf, or the opening bracket of an object or array.
    #[inline]
    fn value(&mut self, at: usize) -> Result<(Kind, usize), JsonError> {
        let bytes = self.source.as_bytes();
        let literal = |literal| Ok((Kind::Literal(literal), scan::literal(bytes, at, literal)?));
        match bytes.get(at) {
            Some(b'"') => match scan::plain_string(bytes, at) {
                Some(end) => Ok((Kind::String, end)),
                None => Ok((Kind::UndoneString, self.undone_value(at)?)),
            },
            Some(b'{') => Ok((Kind::Object, at + 1)),
            Some(b'[') => Ok((Kind::Array, at + 1)),
            Some(b'-' | b'0'..=b'9') => Ok((Kind::Number, scan::number(bytes, at)?)),
            Some(b't') => literal(Literal::True),
            Some(b'f') => literal(Literal::False),
            Some(b'n') => literal(Literal::Null),
            _ => Err(scan::unexpected(bytes, at)),
        }
    }

    #[cold]
    fn undone_value(&mut self, at: usize) -> Result<usize, JsonError> {
        let start = self.read.undone_text.len();
        let end = scan::undone_string(self.source, at, &mut self.read.undone_text)?;
        self.read.undone.push(Undone {
            node: place(self.read.nodes.len()),
            text: span(start, self.read.undone_text.len()),
        });
        Ok(end)
    }

    #[inline]
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.read.nodes.push(Node {
            kind,
            hash: self.key.hash,
            dotted: self.key.dotted,
            undone: self.key.undone,
            next: place(self.read.nodes.len() + 1),
        });
        self.read.places.push(Place {
            name: self.name,
            raw: span(start, end),
        });
    }

    /// Opens the value that was parsed last, whose bracket is at this position.
    #[inline]
    fn open(&mut self, open: &mut Open, at: usize) -> Result<(), JsonError> {
        if open.depth >= MAX_DEPTH {
            return fail(at, JsonFault::Depth);
        }
        let node = self.read.nodes.len() - 1;
        let opened = &mut self.read.nodes[node];
        opened.next = std::mem::replace(&mut open.node, place(node));
        open.closing = closing(opened.kind);
        open.depth += 1;
        Ok(())
    }

    /// Closes the innermost container, which ends here.
    #[inline]
    fn close(&mut self, open: &mut Open, end: usize) {
        self.read.places[open.node as usize].raw.end = place(end);
        let next = place(self.read.nodes.len());
        let closed = &mut self.read.nodes[open.node as usize];
        open.node = std::mem::replace(&mut closed.next, next);
        open.depth -= 1;
        if let Some(around) = self.read.nodes.get(open.node as usize) {
            open.closing = closing(around.kind);
        }
    }

    /// Parses a key, its colon, and the white space before the value.
    #[inline]
    fn key(&mut self, at: usize) -> Result<usize, JsonError> {
        let bytes = self.source.as_bytes();
        if bytes.get(at) != Some(&b'"') {
            return Err(scan::unexpected(bytes, at));
        }
        let end = if let Some(plain) = scan::plain_key(bytes, at) {
            self.name = span(at + 1, plain.end - 1);
            self.key = NameKey {
                hash: plain.hash,
                dotted: plain.dotted,
                undone: false,
            };
            plain.end
        } else {
            self.undone_key(at)?
        };
        let colon = scan::whitespace(bytes, end);
        let value = scan::expect(bytes, colon, b':')?;
        Ok(scan::whitespace(bytes, value))
    }

    #[cold]
    fn undone_key(&mut self, at: usize) -> Result<usize, JsonError> {
        let undone = &mut self.read.undone_text;
        let start = undone.len() + 1;
        let end = scan::undone_string(self.source, at, undone)?;
        let name = &undone.as_bytes()[start..undone.len() - 1];
        self.name = span(start, start + name.len());
        self.key = NameKey {
            hash: NameHash::of(name),
            dotted: name.contains(&b'.'),
            undone: true,
        };
        Ok(end)
    }
}

fn fail<T>(offset: usize, fault: JsonFault) -> Result<T, JsonError> {
    Err(JsonError { offset, fault })
}

fn closing(kind: Kind) -> u8 {
    if kind == Kind::Object { b'}' } else { b']' }
}

#[inline]
fn span(start: usize, end: usize) -> Span {
    Span {
        start: place(start),
        end: place(end),
    }
}

/// Positions fit into 32 bits, because larger events are refused and unescaped strings are never
/// longer than their source.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the source's length is checked to fit 32 bits"
)]
#[inline]
fn place(place: usize) -> u32 {
    place as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{JsonError, Reader, Token};

    /// Returns the number of values in a text, as the token reader counts them.
    fn values(text: &str) -> Result<usize, JsonError> {
        let mut reader = Reader::new(text);
        let mut values = 0;
        while let Some(token) = reader.next_token()? {
            values += usize::from(!matches!(
                token,
                Token::Key(_) | Token::ObjectEnd | Token::ArrayEnd
            ));
        }
        Ok(values)
    }

    proptest! {
        #[test]
        fn an_event_is_read_as_tokens_are(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just(" "),
                    Just("\n"), Just("\"a\""), Just("\"\\n\\u00e9\""), Just("\"\\x\""), Just("\""),
                    Just("1"), Just("-0.5e+7"), Just("01"), Just("true"), Just("nul"), Just("é"),
                    Just("\"k\":"), Just("\"k\":1"), Just("\"k\\\"\":[]"), Just("{}"),
                ],
                0..14,
            ),
        ) {
            let text = format!("{{{}", pieces.concat());
            let read = nodes(&text).map(|read| read.nodes.len());
            prop_assert_eq!(read, values(&text).map_err(EventError::from));
        }
    }
}
