//! Reads an event in one go: the grammar is in the flow of control, and what is open is remembered
//! in the list that is being made, so that nothing but that list is allocated.

use super::{Kind, Node, NodeId, Nodes, Span, Undone};
use crate::error::EventError;
use crate::json::{JsonError, JsonFault, Literal, MAX_DEPTH, scan};

/// Reads one JSON object of less than 4 GiB.
pub(super) fn nodes(source: &str) -> Result<Nodes, EventError> {
    if u32::try_from(source.len()).is_err() {
        return Err(EventError::TooLarge);
    }
    let bytes = source.as_bytes();
    let mut read = Nodes::with_capacity_for(source);
    let mut open = Open::nothing();
    let mut key = Key::none();
    let mut at = scan::whitespace(bytes, 0);
    'values: loop {
        let (kind, end) = value(source, at, &mut read)?;
        read.nodes.push(Node {
            kind,
            key_undone: key.undone,
            key: key.name,
            raw: span(at, end),
            next: place(read.nodes.len() + 1),
        });
        match kind {
            Kind::Object | Kind::Array => {
                open.enter(&mut read, at)?;
                at = scan::whitespace(bytes, end);
                let is_empty = bytes.get(at) == Some(&open.closing);
                if !is_empty {
                    if kind == Kind::Object {
                        (key, at) = self::key(source, at, &mut read)?;
                    }
                    continue 'values;
                }
            }
            _ if open.node == NONE => return Err(EventError::NotAnObject),
            _ => at = scan::whitespace(bytes, end),
        }
        // What ends here is closed, until a comma, or the end of all.
        while open.node != NONE {
            match bytes.get(at) {
                Some(b',') => {
                    at = scan::whitespace(bytes, at + 1);
                    if open.closing == b'}' {
                        (key, at) = self::key(source, at, &mut read)?;
                    }
                    continue 'values;
                }
                Some(&byte) if byte == open.closing => {
                    open.leave(&mut read, at + 1);
                    at = scan::whitespace(bytes, at + 1);
                }
                _ => return Err(scan::unexpected(bytes, at).into()),
            }
        }
        break;
    }
    if at < bytes.len() {
        let trailing = JsonError {
            offset: at,
            fault: JsonFault::Trailing,
        };
        return Err(trailing.into());
    }
    Ok(read)
}

/// Stands for no value.
const NONE: NodeId = NodeId::MAX;

/// What is open: the innermost object or array. The `next` of each that is open is the one around
/// it.
struct Open {
    node: NodeId,
    closing: u8,
    depth: usize,
}

impl Open {
    fn nothing() -> Self {
        Self {
            node: NONE,
            closing: 0,
            depth: 0,
        }
    }

    /// Opens the value that was read last.
    #[inline]
    fn enter(&mut self, read: &mut Nodes, at: usize) -> Result<(), EventError> {
        if self.depth >= MAX_DEPTH {
            let too_deep = JsonError {
                offset: at,
                fault: JsonFault::Depth,
            };
            return Err(too_deep.into());
        }
        let node = read.nodes.len() - 1;
        let opened = &mut read.nodes[node];
        if node == 0 && opened.kind != Kind::Object {
            return Err(EventError::NotAnObject);
        }
        opened.next = self.node;
        self.closing = closing(opened.kind);
        self.node = place(node);
        self.depth += 1;
        Ok(())
    }

    /// Closes the innermost, which ends here.
    #[inline]
    fn leave(&mut self, read: &mut Nodes, end: usize) {
        let next = place(read.nodes.len());
        let closed = &mut read.nodes[self.node as usize];
        closed.raw.end = place(end);
        self.node = std::mem::replace(&mut closed.next, next);
        self.depth -= 1;
        if let Some(around) = read.nodes.get(self.node as usize) {
            self.closing = closing(around.kind);
        }
    }
}

fn closing(kind: Kind) -> u8 {
    if kind == Kind::Object { b'}' } else { b']' }
}

/// Reads a leaf, or the opening bracket of an object or array.
#[inline]
fn value(source: &str, at: usize, read: &mut Nodes) -> Result<(Kind, usize), EventError> {
    let bytes = source.as_bytes();
    let literal = |literal| Ok((Kind::Literal(literal), scan::literal(bytes, at, literal)?));
    match bytes.get(at) {
        Some(b'"') => {
            if let Some(end) = scan::plain_string(bytes, at) {
                return Ok((Kind::String, end));
            }
            let start = read.undone_text.len();
            let end = scan::undone_string(source, at, &mut read.undone_text)?;
            read.undone.push(Undone {
                node: place(read.nodes.len()),
                text: span(start, read.undone_text.len()),
            });
            Ok((Kind::UndoneString, end))
        }
        Some(b'{') => Ok((Kind::Object, at + 1)),
        Some(b'[') => Ok((Kind::Array, at + 1)),
        Some(b'-' | b'0'..=b'9') => Ok((Kind::Number, scan::number(bytes, at)?)),
        Some(b't') => literal(Literal::True),
        Some(b'f') => literal(Literal::False),
        Some(b'n') => literal(Literal::Null),
        _ => Err(scan::unexpected(bytes, at).into()),
    }
}

#[derive(Clone, Copy)]
struct Key {
    name: Span,
    /// Whether the name lies in the undone text.
    undone: bool,
}

impl Key {
    fn none() -> Self {
        Self {
            name: Span { start: 0, end: 0 },
            undone: false,
        }
    }
}

/// Reads a key, its colon, and the white space before the value.
#[inline]
fn key(source: &str, at: usize, read: &mut Nodes) -> Result<(Key, usize), EventError> {
    let bytes = source.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return Err(scan::unexpected(bytes, at).into());
    }
    let (key, end) = if let Some(end) = scan::plain_string(bytes, at) {
        let name = span(at + 1, end - 1);
        (
            Key {
                name,
                undone: false,
            },
            end,
        )
    } else {
        let start = read.undone_text.len();
        let end = scan::undone_string(source, at, &mut read.undone_text)?;
        let name = span(start + 1, read.undone_text.len() - 1);
        (Key { name, undone: true }, end)
    };
    let colon = scan::whitespace(bytes, end);
    let value = scan::expect(bytes, colon, b':')?;
    Ok((key, scan::whitespace(bytes, value)))
}

#[inline]
fn span(start: usize, end: usize) -> Span {
    Span {
        start: place(start),
        end: place(end),
    }
}

/// Places fit 32 bits: larger events are refused, and undone strings are never longer than their
/// escapes.
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

    /// How many values a text has, as the token reader sees it.
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
