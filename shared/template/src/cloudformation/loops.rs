//! Expands `Fn::ForEach` of `AWS::LanguageExtensions`: the entries of a map, once for each item of
//! a collection.

use crate::node::{Build, Entries, Kind, Tree};
use crate::note::NoteKind;
use crate::value::Value;
use crate::world::World;

const LOOP: &str = "Fn::ForEach::";

/// The current items of the loops around a value: identifier and text.
type Items<'i> = [(&'i str, &'i str)];

impl World<'_> {
    /// Returns a section of a template with its loops expanded.
    pub(super) fn expand_loops_of_section(&mut self, stack: usize, section: &Entries) -> Entries {
        self.expand_entries(stack, section, &[])
    }

    fn expand_entries(&mut self, stack: usize, entries: &Entries, items: &Items<'_>) -> Entries {
        let mut expanded = Entries::with_capacity(entries.len());
        for (key, value) in entries {
            if key.starts_with(LOOP) {
                self.run_loop(stack, value, items, &mut expanded);
            } else {
                let value = self.expand(stack, value, items);
                expanded.insert(replaced(key, items), value);
            }
        }
        expanded
    }

    fn run_loop(
        &mut self,
        stack: usize,
        argument: &Tree,
        items: &Items<'_>,
        expanded: &mut Entries,
    ) {
        let Some([identifier, collection, body]) = argument.as_list() else {
            self.note(stack, argument.line, NoteKind::Malformed("the loop"));
            return;
        };
        let (Some(identifier), Some(body)) = (identifier.as_text(), body.as_map()) else {
            self.note(stack, argument.line, NoteKind::Malformed("the loop"));
            return;
        };
        let collection = self.expand(stack, collection, items);
        let collection = match self.resolve(stack, &collection) {
            Some(Value::List(items)) => items,
            _ => Vec::new(),
        };
        let texts: Vec<String> = collection.iter().filter_map(Value::scalar_text).collect();
        if texts.is_empty() || texts.len() != collection.len() {
            self.note(stack, argument.line, NoteKind::LoopUnknown);
        }
        for text in &texts {
            let mut inner = items.to_vec();
            inner.push((identifier, text));
            expanded.extend(self.expand_entries(stack, body, &inner));
        }
    }

    /// Returns a value with its loops expanded and the items of the surrounding loops inserted.
    fn expand(&mut self, stack: usize, tree: &Tree, items: &Items<'_>) -> Tree {
        if !self.spend(0) || !self.enter() {
            return tree.clone();
        }
        let expanded = self.expand_node(stack, tree, items);
        self.leave();
        expanded
    }

    fn expand_node(&mut self, stack: usize, tree: &Tree, items: &Items<'_>) -> Tree {
        let build = Build(tree.line);
        match &tree.kind {
            Kind::Text(text) => {
                let text = replaced(text, items);
                if self.spend(text.len()) {
                    build.text(text)
                } else {
                    tree.clone()
                }
            }
            Kind::List(list) => build.list(
                list.iter()
                    .map(|item| self.expand(stack, item, items))
                    .collect(),
            ),
            Kind::Map(entries) => {
                let is_item = |id: &str| items.iter().rev().find(|(name, _)| *name == id);
                if let Some((_, text)) = tree.ref_id().and_then(is_item) {
                    return build.text(*text);
                }
                let entries = self.expand_entries(stack, entries, items);
                build.node(Kind::Map(entries))
            }
            _ => tree.clone(),
        }
    }
}

/// Inserts the items into a text: `${Name}`, and `&{Name}`, which also removes characters that are
/// not letters or digits.
fn replaced(text: &str, items: &Items<'_>) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let mut text = text.to_owned();
    for (name, item) in items {
        text = text.replace(&format!("${{{name}}}"), item);
        let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
        text = text.replace(&format!("&{{{name}}}"), &plain);
    }
    text
}
