//! Represents a template as it was written: the tree into which YAML and JSON are parsed, before
//! anything is resolved. Every node knows its line. Aliases share their node, so that a file that
//! uses one anchor a million times takes no more memory than its own size.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Number;

/// A shared node.
pub(crate) type Tree = Arc<Node>;
/// The entries of a map, in the order of the file. If a key is repeated, its last value is kept.
pub(crate) type Entries = IndexMap<String, Tree>;

/// A value of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// The line in the file, from 1. The value of a key has the line of its key.
    pub(crate) line: u32,
    pub(crate) kind: Kind,
}

/// The kind of a node, with its content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Map(Entries),
}

impl Node {
    pub(crate) fn as_map(&self) -> Option<&Entries> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Tree]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Kind::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Returns the entry of a map, or `None` for other kinds.
    pub(crate) fn get(&self, key: &str) -> Option<&Tree> {
        self.as_map()?.get(key)
    }

    /// Returns the text of a map's entry.
    pub(crate) fn get_text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// Returns a scalar as text.
    pub(crate) fn scalar_text(&self) -> Option<String> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Bool(value) => Some(value.to_string()),
            Kind::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Returns the only entry of a map that has exactly one. Every intrinsic function has this
    /// form.
    pub(crate) fn single(&self) -> Option<(&str, &Tree)> {
        let entries = self.as_map()?;
        if entries.len() != 1 {
            return None;
        }
        entries.first().map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the function and its argument if this is an intrinsic function.
    pub(crate) fn intrinsic(&self) -> Option<(&str, &Tree)> {
        self.single().filter(|(key, _)| {
            *key == "Ref" || *key == "Condition" || key.starts_with("Fn::") || *key == OUTSIDE
        })
    }

    /// Returns the id in `{"Ref": id}`.
    pub(crate) fn ref_id(&self) -> Option<&str> {
        match self.single()? {
            ("Ref", id) => id.as_text(),
            _ => None,
        }
    }

    /// Returns the id in a `Ref` or a `Fn::GetAtt`.
    pub(crate) fn referenced_id(&self) -> Option<&str> {
        match self.single()? {
            ("Ref", id) => id.as_text(),
            ("Fn::GetAtt", argument) => match &argument.kind {
                Kind::Text(text) => text.split('.').next(),
                Kind::List(items) => items.first()?.as_text(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The function that our own expansions write for a name that is defined elsewhere. A file would
/// have to escape the zero character to write it, and could only name something elsewhere with it
/// too.
pub(crate) const OUTSIDE: &str = "\u{0}outside";

/// Builds the nodes that a macro expands to. They have the line of the node that was expanded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Build(pub(crate) u32);

impl Build {
    pub(crate) fn node(self, kind: Kind) -> Tree {
        Arc::new(Node { line: self.0, kind })
    }

    pub(crate) fn text(self, text: impl Into<String>) -> Tree {
        self.node(Kind::Text(text.into()))
    }

    pub(crate) fn bool(self, value: bool) -> Tree {
        self.node(Kind::Bool(value))
    }

    pub(crate) fn number(self, value: u64) -> Tree {
        self.node(Kind::Number(value.into()))
    }

    pub(crate) fn list(self, items: Vec<Tree>) -> Tree {
        self.node(Kind::List(items))
    }

    pub(crate) fn map<'k>(self, entries: impl IntoIterator<Item = (&'k str, Tree)>) -> Tree {
        let entries = entries.into_iter();
        self.node(Kind::Map(
            entries
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        ))
    }

    /// Builds a map of the entries that exist.
    pub(crate) fn some<'k>(
        self,
        entries: impl IntoIterator<Item = (&'k str, Option<Tree>)>,
    ) -> Tree {
        let entries = entries.into_iter();
        self.map(entries.filter_map(|(key, value)| Some((key, value?))))
    }

    pub(crate) fn reference(self, id: &str) -> Tree {
        self.map([("Ref", self.text(id))])
    }

    pub(crate) fn attribute(self, id: &str, attribute: &str) -> Tree {
        self.map([(
            "Fn::GetAtt",
            self.list(vec![self.text(id), self.text(attribute)]),
        )])
    }

    pub(crate) fn sub(self, text: &str, variables: Option<Tree>) -> Tree {
        let argument = match variables {
            None => self.text(text),
            Some(variables) => self.list(vec![self.text(text), variables]),
        };
        self.map([("Fn::Sub", argument)])
    }

    pub(crate) fn either(self, condition: &str, value: Tree) -> Tree {
        let nothing = self.reference("AWS::NoValue");
        self.map([(
            "Fn::If",
            self.list(vec![self.text(condition), value, nothing]),
        )])
    }

    pub(crate) fn outside(self, name: &str) -> Tree {
        self.map([(OUTSIDE, self.text(name))])
    }
}
