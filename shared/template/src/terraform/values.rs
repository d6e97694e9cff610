//! Resolves the arguments of a planned resource.

use std::collections::BTreeMap;

use crate::node::{Entries, Kind, Tree};
use crate::value::{Attribute, Map, Reason, Reference, ResourceId, Value};
use crate::world::World;

use super::{Place, Plan};

/// The arguments whose text is composed of what they refer to, and so is unknown before apply.
const MADE_OF_PARTS: &[&str] = &[
    "definition",
    "description",
    "event_pattern",
    "filter_pattern",
    "filter_policy",
    "input",
    "input_template",
    "name",
    "pattern",
    "policy",
    "tags",
];

impl Plan {
    /// Returns the value of an argument: its planned value, or what its expression refers to.
    pub(super) fn value(
        &self,
        world: &mut World<'_>,
        value: Option<&Tree>,
        expression: Option<&Tree>,
        place: Place<'_>,
    ) -> Option<Value> {
        if !world.spend(value.and_then(|value| value.as_text()).map_or(0, str::len)) {
            return Some(Value::Unknown(Reason::TooLarge));
        }
        // A value that is known only after apply is missing in the planned values; null means that
        // there is none.
        let Some(value) = value else {
            return self.referred(expression?, place);
        };
        if value.is_null() || value.as_text() == Some("") {
            return None;
        }
        Some(match &value.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => self.text(text, expression, place),
            Kind::List(items) => {
                let blocks = expression.and_then(|expression| expression.as_list());
                let items = items.iter().enumerate().filter_map(|(at, item)| {
                    let block = blocks.and_then(|blocks| blocks.get(at).or(blocks.first()));
                    self.value(world, Some(item), block, place)
                });
                Value::List(items.collect())
            }
            Kind::Map(entries) => {
                let mut map = self.block(world, entries, expression, place);
                map.retain(|_, value| *value != Value::Null);
                Value::Map(map)
            }
        })
    }

    /// Returns the arguments of a block, including those that only its expressions contain.
    pub(super) fn block(
        &self,
        world: &mut World<'_>,
        values: &Entries,
        expressions: Option<&Tree>,
        place: Place<'_>,
    ) -> Map {
        let mut map = BTreeMap::new();
        let written = expressions.and_then(|expressions| expressions.as_map());
        let is_reference = |tree: &Tree| tree.get("references").is_some();
        let names = values.keys().chain(
            written
                .into_iter()
                .flatten()
                .filter(|(name, tree)| !values.contains_key(*name) && !is_own(name, tree))
                .map(|(name, _)| name),
        );
        for name in names {
            let expression = written.and_then(|written| written.get(name));
            let expression =
                expression.filter(|tree| is_reference(tree) || tree.as_list().is_some());
            let value = match (values.get(name), expression) {
                // A block that is unknown as a whole keeps its arguments.
                (None, Some(blocks)) if blocks.as_list().is_some() => {
                    let blocks = blocks.as_list().unwrap_or_default().iter();
                    let nothing = Entries::new();
                    let blocks = blocks
                        .map(|block| Value::Map(self.block(world, &nothing, Some(block), place)));
                    Some(Value::List(blocks.collect()))
                }
                (None, Some(_)) if MADE_OF_PARTS.contains(&name.as_str()) => {
                    Some(Value::Unknown(Reason::AfterApply))
                }
                (value, expression) => self.value(world, value, expression, place),
            };
            if let Some(value) = value {
                map.insert(name.clone(), value);
            }
        }
        map
    }

    /// Returns the value of a text that the plan knows: a resource, if the text is its ARN or the
    /// attribute to which the expression refers, else the text.
    fn text(&self, text: &str, expression: Option<&Tree>, place: Place<'_>) -> Value {
        if let Some(address) = self.arns.get(text) {
            return reference(address, "Arn");
        }
        if let Some(expression) = expression
            && let Some(Value::Resource(found)) = self.referred(expression, place)
            && let Some(planned) = self.planned.get(&found.resource.id)
        {
            let named = ["id", "name", "arn", "url", "bucket", "function_name"];
            let is_it = |name: &&str| planned.values.get_text(name) == Some(text);
            if named.iter().any(is_it) {
                return Value::Resource(found);
            }
        }
        Value::text(text)
    }
}

/// Returns true for names that Terraform writes beside the arguments of a resource.
fn is_own(name: &str, tree: &Tree) -> bool {
    matches!(name, "references" | "constant_value") || tree.as_text().is_some()
}

fn reference(address: &str, attribute: &str) -> Value {
    Value::Resource(Reference {
        resource: ResourceId {
            template: 0,
            id: address.to_owned(),
        },
        attribute: Attribute::Named(attribute.to_owned()),
    })
}
