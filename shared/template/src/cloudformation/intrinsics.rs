//! Resolves a value of a template: each intrinsic function is replaced by its result.

use crate::limits::Limit;
use crate::node::{Kind, Node, OUTSIDE, Tree};
use crate::note::NoteKind;
use crate::value::{Attribute, Map, Outside, OutsideKind, Reason, Value};
use crate::world::{Truth, World};

/// The most texts that one function makes of values that depend on unknown conditions.
const CHOICES_MAX: usize = 16;

impl World<'_> {
    /// Returns the resolved value, or `None` for `AWS::NoValue`, whose property does not exist.
    pub(crate) fn resolve(&mut self, stack: usize, tree: &Tree) -> Option<Value> {
        let text = tree.as_text().map_or(0, str::len);
        if !self.spend(text) {
            self.note_limit(stack, tree.line, Limit::Values);
            return Some(Value::Unknown(Reason::TooLarge));
        }
        if !self.enter() {
            self.note_limit(stack, tree.line, Limit::Depth);
            return Some(Value::Unknown(Reason::TooLarge));
        }
        let value = self.resolve_node(stack, tree);
        self.leave();
        value
    }

    /// Like [`World::resolve`], but returns unknown in place of `None`.
    fn resolve_some(&mut self, stack: usize, tree: &Tree) -> Value {
        self.resolve(stack, tree)
            .unwrap_or(Value::Unknown(Reason::Malformed))
    }

    fn note_limit(&mut self, stack: usize, line: u32, limit: Limit) {
        let kind = NoteKind::Limit(limit);
        if !self.notes.iter().any(|note| note.kind == kind) {
            self.note(stack, line, kind);
        }
    }

    fn resolve_node(&mut self, stack: usize, tree: &Tree) -> Option<Value> {
        Some(match &tree.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::joined([Value::Text(text.clone())]),
            Kind::List(items) => Value::List(self.resolve_items(stack, items)),
            Kind::Map(entries) => {
                if let Some((function, argument)) = tree.intrinsic() {
                    return self.call(stack, function, argument, tree);
                }
                let mut map = Map::new();
                for (key, entry) in entries {
                    if let Some(value) = self.resolve(stack, entry) {
                        map.insert(key.clone(), value);
                    }
                }
                Value::Map(map)
            }
        })
    }

    fn resolve_items(&mut self, stack: usize, items: &[Tree]) -> Vec<Value> {
        items
            .iter()
            .filter_map(|item| self.resolve(stack, item))
            .collect()
    }

    fn call(
        &mut self,
        stack: usize,
        function: &str,
        argument: &Tree,
        whole: &Tree,
    ) -> Option<Value> {
        let value = match function {
            "Ref" => return self.resolve_ref(stack, argument),
            "Fn::If" => return self.choose(stack, argument),
            "Fn::GetAtt" => self.get_attribute(stack, argument),
            "Fn::Sub" => self.substitute(stack, argument),
            "Fn::Join" => self.join(stack, argument),
            "Fn::Select" => self.select(stack, argument),
            "Fn::Split" => self.split(stack, argument),
            "Fn::FindInMap" => self.find_in_map(stack, argument),
            "Fn::ImportValue" => self.import(stack, argument),
            "Fn::GetAZs" => self.zones(stack, argument),
            "Fn::Length" => match self.resolve_some(stack, argument) {
                Value::List(items) => Value::Number(items.len().into()),
                Value::Outside(_) | Value::Unknown(_) => Value::Unknown(Reason::NoListItem),
                _ => Value::Unknown(Reason::Malformed),
            },
            // If not all of the value is literal, its structure says more than its text.
            "Fn::ToJsonString" => {
                let value = self.resolve_some(stack, argument);
                let text = value.literal().map(|json| json.to_string());
                text.map_or(value, Value::Text)
            }
            "Fn::Base64" | "Fn::Cidr" => Value::Unknown(Reason::MadeByAws),
            "Fn::Transform" => {
                let name = argument
                    .get_text("Name")
                    .unwrap_or("AWS::Include")
                    .to_owned();
                self.note(stack, whole.line, NoteKind::Transform(name));
                Value::Unknown(Reason::MadeByAws)
            }
            OUTSIDE => outside_variable(argument),
            // A map with the single key `Condition` is an ordinary map except among conditions;
            // statements of policies have one.
            "Condition" => {
                let value = self.resolve(stack, argument)?;
                Value::Map(Map::from([(function.to_owned(), value)]))
            }
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => Value::Unknown(Reason::Malformed),
            _ if function.starts_with("Fn::ForEach::") => Value::Unknown(Reason::Malformed),
            _ => {
                let name = function.strip_prefix("Fn::").unwrap_or(function).to_owned();
                self.note(stack, whole.line, NoteKind::UnknownFunction(name));
                Value::Unknown(Reason::UnknownFunction)
            }
        };
        Some(value)
    }

    fn choose(&mut self, stack: usize, argument: &Tree) -> Option<Value> {
        let Some([condition, yes, no]) = argument.as_list() else {
            return Some(Value::Unknown(Reason::Malformed));
        };
        let truth = match condition.as_text() {
            Some(name) => self.truth(stack, name, argument.line),
            None => Truth::Unknown,
        };
        match truth {
            Truth::Yes => self.resolve(stack, yes),
            Truth::No => self.resolve(stack, no),
            Truth::Unknown => {
                let (yes, no) = (self.resolve(stack, yes), self.resolve(stack, no));
                if yes.is_none() && no.is_none() {
                    return None;
                }
                let either = [yes, no].map(|value| value.unwrap_or(Value::Null));
                Some(Value::one_of(either))
            }
        }
    }

    fn join(&mut self, stack: usize, argument: &Tree) -> Value {
        let Some([delimiter, items]) = argument.as_list() else {
            return Value::Unknown(Reason::Malformed);
        };
        let Some(delimiter) = delimiter.scalar_text() else {
            return Value::Unknown(Reason::Malformed);
        };
        let lists = self.resolve_some(stack, items);
        let texts: Vec<Value> = lists
            .alternatives()
            .iter()
            .map(|list| self.join_items(&delimiter, list))
            .collect();
        Value::one_of(texts)
    }

    fn join_items(&mut self, delimiter: &str, list: &Value) -> Value {
        let items = match list {
            Value::List(items) => items.as_slice(),
            // The list is defined elsewhere and may have any length.
            other @ (Value::Outside(_) | Value::Unknown(_)) => return other.clone(),
            one => std::slice::from_ref(one),
        };
        let Some(lists) = choices(items) else {
            return Value::Unknown(Reason::TooLarge);
        };
        let mut texts = Vec::with_capacity(lists.len());
        for items in lists {
            let mut parts = Vec::with_capacity(items.len() * 2);
            for (index, item) in items.into_iter().enumerate() {
                if index > 0 && !delimiter.is_empty() {
                    parts.push(Value::text(delimiter));
                }
                match item {
                    Value::List(inner) => parts.extend(inner),
                    item => parts.push(item),
                }
            }
            texts.push(self.joined(&parts));
        }
        Value::one_of(texts)
    }

    /// Joins parts, within the remaining budget for text. Parts of which one has several values make one of
    /// several texts.
    pub(super) fn joined(&mut self, parts: &[Value]) -> Value {
        let Some(made) = choices(parts) else {
            return Value::Unknown(Reason::TooLarge);
        };
        let bytes: usize = parts.iter().map(text_bytes).sum();
        if !self.spend(bytes.saturating_mul(made.len())) {
            return Value::Unknown(Reason::TooLarge);
        }
        Value::one_of(made.into_iter().map(Value::joined))
    }

    fn select(&mut self, stack: usize, argument: &Tree) -> Value {
        let Some([index, items]) = argument.as_list() else {
            return Value::Unknown(Reason::Malformed);
        };
        let index = self.resolve_some(stack, index).scalar_text();
        let Some(index) = index.and_then(|text| text.parse::<usize>().ok()) else {
            return Value::Unknown(Reason::NoListItem);
        };
        match self.resolve_some(stack, items) {
            // An item that may be missing moves those behind it.
            Value::List(mut items)
                if index < items.len()
                    && !items[..=index]
                        .iter()
                        .any(|item| item.alternatives().contains(&Value::Null)) =>
            {
                items.swap_remove(index)
            }
            Value::OneOf(lists) => {
                let item = |list: Value| match list {
                    Value::List(mut items) if index < items.len() => items.swap_remove(index),
                    _ => Value::Unknown(Reason::NoListItem),
                };
                Value::one_of(lists.into_iter().map(item))
            }
            _ => Value::Unknown(Reason::NoListItem),
        }
    }

    fn split(&mut self, stack: usize, argument: &Tree) -> Value {
        let Some([delimiter, text]) = argument.as_list() else {
            return Value::Unknown(Reason::Malformed);
        };
        let delimiter = delimiter.scalar_text().filter(|text| !text.is_empty());
        let Some(delimiter) = delimiter else {
            return Value::Unknown(Reason::Malformed);
        };
        let value = self.resolve_some(stack, text);
        let bytes = text_bytes(&value);
        if !self.spend(bytes) {
            return Value::Unknown(Reason::TooLarge);
        }
        match value {
            Value::Text(text) => Value::List(text.split(&delimiter).map(Value::text).collect()),
            Value::Joined(parts) => Value::List(split_parts(parts, &delimiter)),
            // These are the pieces of an ARN that AWS makes: the last one names the resource.
            Value::Resource(reference) if delimiter == ":" && is_arn(&reference.attribute) => {
                let unknown = Value::Unknown(Reason::MadeByAws);
                Value::List(vec![
                    Value::text("arn"),
                    Value::Text(self.settings.partition.clone()),
                    unknown,
                    Value::Text(self.settings.region.clone()),
                    Value::Text(self.settings.account.clone()),
                    Value::Resource(reference),
                ])
            }
            other @ Value::Outside(_) => other,
            _ => Value::Unknown(Reason::NoListItem),
        }
    }

    fn find_in_map(&mut self, stack: usize, argument: &Tree) -> Value {
        let Some(arguments) = argument.as_list().filter(|list| list.len() >= 3) else {
            return Value::Unknown(Reason::Malformed);
        };
        let mut found = self.stacks[stack].mappings.clone();
        for key in &arguments[..3] {
            let key = self.resolve_some(stack, key).scalar_text();
            found = key.and_then(|key| found.as_ref()?.get(&key).cloned());
        }
        if let Some(found) = found {
            return self.resolve_some(stack, &found);
        }
        let default = arguments.get(3).and_then(|more| more.get("DefaultValue"));
        match default.cloned() {
            Some(default) => self.resolve_some(stack, &default),
            None => Value::Unknown(Reason::NoMapEntry),
        }
    }

    fn import(&mut self, stack: usize, argument: &Tree) -> Value {
        let name = self.resolve_some(stack, argument);
        if let Value::Unknown(reason) = name {
            return Value::Unknown(reason);
        }
        // A name with a part that is defined elsewhere may be another name in each stack.
        let is_literal = name.as_text().is_some();
        let name = crate::value::placeholder(&name);
        let outside = Value::Outside(Outside {
            kind: OutsideKind::Import,
            name: name.clone(),
        });
        if let Some((exporter, output)) = self.exports.get(&name).cloned()
            && exporter != stack
            && let Some(value) = self.output(exporter, &output)
        {
            return if is_literal {
                value
            } else {
                Value::one_of([value, outside])
            };
        }
        outside
    }

    fn zones(&mut self, stack: usize, argument: &Tree) -> Value {
        let region = self.resolve_some(stack, argument).scalar_text();
        let Some(region) = region else {
            return Value::Unknown(Reason::MadeByAws);
        };
        let region = if region.is_empty() {
            self.settings.region.clone()
        } else {
            region
        };
        let zone = |letter| Value::Text(format!("{region}{letter}"));
        Value::List(['a', 'b', 'c'].map(zone).to_vec())
    }
}

/// Parses the names defined elsewhere that our own expansions write: `KIND NAME`.
fn outside_variable(argument: &Node) -> Value {
    let text = argument.as_text().unwrap_or_default();
    let (kind, name) = text.split_once(' ').unwrap_or(("var", text));
    let kind = match kind {
        "param" => OutsideKind::Parameter,
        "cf" => OutsideKind::StackOutput,
        _ => OutsideKind::Variable,
    };
    Value::Outside(Outside {
        kind,
        name: name.to_owned(),
    })
}

/// Returns true if an attribute is an ARN. `Ref` counts too: for topics, state machines and others
/// it returns an ARN, and for a plain name the last piece is the name itself.
fn is_arn(attribute: &Attribute) -> bool {
    match attribute {
        Attribute::Ref => true,
        Attribute::Named(name) => name.contains("Arn") || name.contains("ARN"),
    }
}

fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Joined(parts) => parts.iter().map(text_bytes).sum(),
        _ => 8,
    }
}

/// Splits a joined text at the delimiters in its literal parts.
fn split_parts(parts: Vec<Value>, delimiter: &str) -> Vec<Value> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Value> = Vec::new();
    for part in parts {
        let Value::Text(text) = part else {
            piece.push(part);
            continue;
        };
        for (index, text) in text.split(delimiter).enumerate() {
            if index > 0 {
                pieces.push(Value::joined(std::mem::take(&mut piece)));
            }
            piece.push(Value::text(text));
        }
    }
    pieces.push(Value::joined(piece));
    pieces
}

/// Returns every list that the values may be, without those that are no value, or `None` if there are too
/// many.
fn choices(values: &[Value]) -> Option<Vec<Vec<Value>>> {
    let several = values.iter().map(|value| value.alternatives().len());
    if several.fold(1_usize, usize::saturating_mul) > CHOICES_MAX {
        return None;
    }
    let mut lists: Vec<Vec<Value>> = vec![Vec::with_capacity(values.len())];
    for value in values {
        let alternatives = value.alternatives();
        if let [one] = alternatives {
            for list in &mut lists {
                list.push(one.clone());
            }
            continue;
        }
        let longer = lists.iter().flat_map(|list| {
            alternatives.iter().map(move |one| {
                let mut list = list.clone();
                list.extend(Some(one).filter(|one| **one != Value::Null).cloned());
                list
            })
        });
        lists = longer.collect();
    }
    Some(lists)
}
