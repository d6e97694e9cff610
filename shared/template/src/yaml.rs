//! Parses a file, YAML or JSON, into its tree. JSON is parsed as YAML, of which it is a subset, so
//! that both have lines and the same bounds.
//!
//! The parser is granit-parser, on which serde-saphyr is built. Through serde, a generic value
//! would have either its tag or its line, and a map would either refuse or hide a repeated key. The
//! parser's events report all three. Short forms are converted to long ones here (`!Sub x` to
//! `{"Fn::Sub": x}`), so that later modules need not know which of them a template uses.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};
use indexmap::IndexMap;
use serde_json::Number;

use crate::limits::{MAX_FILE_BYTES, MAX_KEY_CHARS, MAX_NESTING};
use crate::node::{Kind, Node, Tree};

/// The reason a file could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The file is not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("the file is larger than 64 MiB")]
    TooLarge,
    /// The file is nested deeper than [`MAX_NESTING`].
    #[error("values are nested deeper than 100 levels")]
    TooDeep {
        /// The line where the reader stopped.
        line: u32,
    },
    /// The file is neither YAML nor JSON.
    #[error("the file is neither valid YAML nor valid JSON from here on")]
    Syntax {
        /// The line where the parser stopped.
        line: u32,
    },
    /// The file has no document, or a document that is not a map.
    #[error("it holds no keys with values")]
    NoMap,
}

impl Unreadable {
    /// Returns the line where the reader stopped, or 0 for the whole file.
    pub fn line(&self) -> u32 {
        match self {
            Self::TooDeep { line } | Self::Syntax { line } => *line,
            Self::NotText | Self::TooLarge | Self::NoMap => 0,
        }
    }
}

/// A file's tree, and the lines of repeated keys.
pub(crate) struct Document {
    pub(crate) root: Tree,
    pub(crate) repeated_keys: Vec<u32>,
    /// The line from which on the file was not read, because it has too many values.
    pub(crate) cut_at: Option<u32>,
}

/// A list or map whose end has not been read yet.
struct Open {
    line: u32,
    anchor: usize,
    function: Option<String>,
    depth: usize,
    holds: Holds,
}

enum Holds {
    List(Vec<Tree>),
    Map {
        entries: IndexMap<String, Tree>,
        key: Option<(String, u32)>,
        merged: Vec<Tree>,
    },
}

/// Parses the first document of a file. `nodes` is the remaining budget of values; the parsed
/// values are subtracted from it.
pub(crate) fn read(bytes: &[u8], nodes: &mut usize) -> Result<Document, Unreadable> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.simple_key_max_lookahead = MAX_KEY_CHARS;
    options.flow_nesting_limit = MAX_NESTING;
    options.block_nesting_limit = MAX_NESTING;
    let mut reader = Reader {
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        repeated_keys: Vec::new(),
        nodes,
        line: 1,
        cut_at: None,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let Ok((event, span)) = event else {
            return Err(Unreadable::Syntax { line: reader.line });
        };
        reader.line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        if matches!(event, Event::DocumentEnd) && reader.root.is_some() {
            break;
        }
        reader.event(event)?;
        if reader.cut_at.is_some() {
            reader.close()?;
            break;
        }
    }
    let root = reader.root.ok_or(Unreadable::NoMap)?;
    if root.as_map().is_none() {
        return Err(Unreadable::NoMap);
    }
    Ok(Document {
        root,
        repeated_keys: reader.repeated_keys,
        cut_at: reader.cut_at,
    })
}

struct Reader<'n> {
    open: Vec<Open>,
    /// The tree of each anchor, with the depth of its nesting.
    anchors: HashMap<usize, (Tree, usize)>,
    root: Option<Tree>,
    repeated_keys: Vec<u32>,
    nodes: &'n mut usize,
    line: u32,
    cut_at: Option<u32>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                // A key is taken as it is written: `on` and `200` are names there.
                let kind = if self.expects_key() {
                    Kind::Text(text.into_owned())
                } else {
                    scalar(&text, style, tag.as_deref())
                };
                let function = tag.as_deref().and_then(function);
                self.complete(kind, anchor, function, 0)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(anchor, tag.as_deref(), Holds::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => self.start(
                anchor,
                tag.as_deref(),
                Holds::Map {
                    entries: IndexMap::new(),
                    key: None,
                    merged: Vec::new(),
                },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                let named = self.anchors.get(&anchor).cloned();
                // An alias inside its own anchor refers to a value that is not complete, so it is
                // null.
                let empty = || {
                    let kind = Kind::Null;
                    (Arc::new(Node { line: 0, kind }), 0)
                };
                let (tree, depth) = named.unwrap_or_else(empty);
                self.place(tree, depth)
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, anchor: usize, tag: Option<&Tag>, holds: Holds) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_NESTING {
            return Err(Unreadable::TooDeep { line: self.line });
        }
        self.open.push(Open {
            line: self.line,
            anchor,
            function: tag.and_then(function),
            depth: 0,
            holds,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let line = self.line;
        let kind = match open.holds {
            Holds::List(items) => Kind::List(items),
            Holds::Map {
                mut entries,
                merged,
                ..
            } => {
                // Entries beside a merge key take precedence over merged ones, and the first of
                // several merged maps takes precedence over the others.
                for map in merged.iter().filter_map(|tree| tree.as_map()) {
                    for (key, value) in map {
                        if !entries.contains_key(key) && self.count() {
                            entries.insert(key.clone(), value.clone());
                        }
                    }
                }
                Kind::Map(entries)
            }
        };
        self.line = open.line;
        self.complete(kind, open.anchor, open.function, open.depth)?;
        self.line = line;
        Ok(())
    }

    /// Ends the lists and maps that are open, as if the file ended here.
    fn close(&mut self) -> Result<(), Unreadable> {
        while !self.open.is_empty() {
            self.end()?;
        }
        Ok(())
    }

    /// Takes one value from the budget. Returns `false` if nothing is left.
    fn count(&mut self) -> bool {
        let left = self.nodes.checked_sub(1);
        if let Some(left) = left {
            *self.nodes = left;
        } else {
            self.cut_at.get_or_insert(self.line);
        }
        left.is_some()
    }

    fn complete(
        &mut self,
        kind: Kind,
        anchor: usize,
        function: Option<String>,
        depth: usize,
    ) -> Result<(), Unreadable> {
        self.count();
        let line = self.key_line().unwrap_or(self.line);
        let mut tree = Arc::new(Node { line, kind });
        let mut depth = depth;
        if let Some(function) = function {
            self.count();
            let entries = IndexMap::from([(function, tree)]);
            let kind = Kind::Map(entries);
            tree = Arc::new(Node { line, kind });
            depth += 1;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (tree.clone(), depth));
        }
        self.place(tree, depth)
    }

    fn expects_key(&self) -> bool {
        let holds = self.open.last().map(|open| &open.holds);
        matches!(holds, Some(Holds::Map { key: None, .. }))
    }

    /// Returns the line of the key whose value comes next.
    fn key_line(&self) -> Option<u32> {
        match &self.open.last()?.holds {
            Holds::Map {
                key: Some((_, line)),
                ..
            } => Some(*line),
            _ => None,
        }
    }

    /// Adds a complete value to the list or map that contains it.
    fn place(&mut self, tree: Tree, depth: usize) -> Result<(), Unreadable> {
        if self.open.len() + depth > MAX_NESTING {
            return Err(Unreadable::TooDeep { line: self.line });
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(tree);
            return Ok(());
        };
        open.depth = open.depth.max(depth + 1);
        match &mut open.holds {
            Holds::List(items) => items.push(tree),
            Holds::Map {
                entries,
                key,
                merged,
            } => match key.take() {
                None => *key = Some((tree.scalar_text().unwrap_or_default(), self.line)),
                Some((key, _)) if key == "<<" => match &tree.kind {
                    Kind::List(items) => merged.extend(items.iter().cloned()),
                    _ => merged.push(tree),
                },
                Some((key, line)) => {
                    if entries.insert(key, tree).is_some() {
                        self.repeated_keys.push(line);
                    }
                }
            },
        }
        Ok(())
    }
}

/// Returns the long form of a tag: `Fn::Sub` for `!Sub`.
fn function(tag: &Tag) -> Option<String> {
    if tag.is_yaml_core_schema() || !tag.is_custom() {
        return None;
    }
    let name = tag.suffix();
    let name = name.strip_prefix('!').unwrap_or(name);
    match name {
        "" => None,
        "Ref" | "Condition" => Some(name.to_owned()),
        _ => Some(format!("Fn::{name}")),
    }
}

/// Returns the value of a scalar. Only plain scalars can be something other than text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let is_text =
        style != ScalarStyle::Plain || tag.is_some_and(|t| t.is_yaml_core_schema_tag("str"));
    if is_text || tag.is_some_and(Tag::is_custom) {
        return Kind::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Kind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            Kind::Bool(false)
        }
        _ => match number(text) {
            Some(number) => Kind::Number(number),
            None => Kind::Text(text.to_owned()),
        },
    }
}

/// Parses a number, unless writing it again could change it: an account id with a leading zero
/// stays text.
fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let first = digits.bytes().next()?;
    if !first.is_ascii_digit() || (first == b'0' && digits.len() > 1 && !digits.starts_with("0.")) {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    let is_decimal = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    if digits.len() > 32 || !digits.bytes().all(is_decimal) {
        return None;
    }
    text.parse().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests;
