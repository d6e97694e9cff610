//! The plan of Terraform (`terraform show -json`): its planned resources become CloudFormation's by
//! type, under their addresses. What is known only after apply is followed through the references
//! that the plan's configuration keeps, also through modules.
//! Source: <https://developer.hashicorp.com/terraform/internals/json-format>

mod amend;
mod references;
mod types;

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;

use crate::node::{Entries, Kind, Tree};
use crate::note::NoteKind;
use crate::template::{Certainty, Form, Resource, Template};
use crate::value::{Attribute, Map, Reason, Reference, ResourceId, Value};
use crate::world::World;

/// A resource of a plan.
struct Planned {
    kind: String,
    values: Tree,
    /// The module that it is in, without indices; empty for the root.
    module: String,
    /// Its address in its module, without indices.
    name: String,
    /// What the configuration writes for its arguments.
    expressions: Option<Tree>,
    line: u32,
}

/// A module of the configuration.
#[derive(Default)]
struct Module {
    /// The arguments of its resources, by address in the module.
    resources: HashMap<String, Tree>,
    outputs: Option<Tree>,
    /// The arguments that the module around it gives.
    arguments: Option<Tree>,
}

struct Plan {
    planned: IndexMap<String, Planned>,
    modules: HashMap<String, Module>,
    /// The addresses of each resource without indices.
    instances: HashMap<String, Vec<String>>,
    /// ARNs that the plan knows, each of one resource.
    arns: HashMap<String, String>,
    /// Outputs of the root.
    outputs: Entries,
}

/// Arguments that are made of what they refer to, and are not it.
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

/// How deep modules may be nested.
const MAX_MODULES: usize = 32;

/// Reads a plan. Its resources refer to the template at index 0 until [`at_index`] says which it is.
pub(crate) fn read(world: &mut World<'_>, file: usize, root: &Tree) -> Template {
    let mut plan = Plan {
        planned: IndexMap::new(),
        modules: HashMap::new(),
        instances: HashMap::new(),
        arns: HashMap::new(),
        outputs: Entries::new(),
    };
    let configuration = root
        .get("configuration")
        .and_then(|node| node.get("root_module"));
    if let Some(configuration) = configuration {
        plan.add_module(String::new(), configuration, None, 0);
    }
    // `terraform show -json` of a state has its resources under `values`.
    let planned = root.get("planned_values").or_else(|| root.get("values"));
    if let Some(module) = planned.and_then(|planned| planned.get("root_module")) {
        plan.add_planned(module, 0);
    }
    let outputs = planned.and_then(|planned| planned.get("outputs")?.as_map());
    plan.outputs = outputs.cloned().unwrap_or_default();
    plan.find_arns();
    let mut resources = IndexMap::new();
    let mut unmapped = HashSet::new();
    for (address, planned) in &plan.planned {
        if !types::is_known(&planned.kind) && !types::is_no_route(&planned.kind) {
            let is_new = unmapped.insert(planned.kind.clone());
            if is_new {
                let kind = NoteKind::UnmappedType(planned.kind.clone());
                world.note_of(file, planned.line, Some(address.clone()), kind);
            }
        }
        if !world.spend(0) {
            world.note_file(file, planned.line, NoteKind::Limit("values of one reading"));
            break;
        }
        let (kind, properties) = types::resource(&plan, world, planned);
        resources.insert(
            address.clone(),
            Resource {
                kind,
                line: planned.line,
                properties,
                certainty: Certainty::Certain,
                made_from: None,
                cdk_path: None,
                policies: Vec::new(),
            },
        );
    }
    amend::join_parts(&mut resources);
    let mut outputs = IndexMap::new();
    for (name, output) in &plan.outputs {
        let expression = plan.modules.get("").and_then(|module| {
            module
                .outputs
                .as_ref()?
                .get(name)?
                .get("expression")
                .cloned()
        });
        let value = output.get("value");
        let value = plan.value(world, value, expression.as_ref(), "");
        outputs.insert(
            name.clone(),
            value.unwrap_or(Value::Unknown(Reason::AfterApply)),
        );
    }
    Template {
        file: world.files[file].name.to_owned(),
        form: Form::TerraformPlan,
        nested_in: None,
        resources,
        outputs,
    }
}

/// The plan as the template of an index: its references then name that template.
pub(crate) fn at_index(mut plan: Template, index: usize) -> Template {
    for resource in plan.resources.values_mut() {
        for value in resource.properties.values_mut() {
            set_index(value, index);
        }
    }
    for value in plan.outputs.values_mut() {
        set_index(value, index);
    }
    plan
}

fn set_index(value: &mut Value, index: usize) {
    match value {
        Value::Resource(reference) => reference.resource.template = index,
        Value::List(items) | Value::Joined(items) | Value::OneOf(items) => {
            for item in items {
                set_index(item, index);
            }
        }
        Value::Map(entries) => {
            for value in entries.values_mut() {
                set_index(value, index);
            }
        }
        _ => {}
    }
}

impl Plan {
    fn add_module(
        &mut self,
        path: String,
        configuration: &Tree,
        arguments: Option<Tree>,
        depth: usize,
    ) {
        let mut resources = HashMap::new();
        let listed = configuration
            .get("resources")
            .and_then(|node| node.as_list());
        for resource in listed.unwrap_or_default() {
            let expressions = resource.get("expressions").cloned();
            if let (Some(address), Some(expressions)) = (resource.get_text("address"), expressions)
            {
                resources.insert(address.to_owned(), expressions);
            }
        }
        let calls = configuration
            .get("module_calls")
            .and_then(|node| node.as_map());
        for (name, call) in calls.into_iter().flatten() {
            if let Some(module) = call.get("module").filter(|_| depth < MAX_MODULES) {
                let inner = inside(&path, &format!("module.{name}"));
                let arguments = call.get("expressions").cloned();
                self.add_module(inner, module, arguments, depth + 1);
            }
        }
        let module = Module {
            resources,
            outputs: configuration.get("outputs").cloned(),
            arguments,
        };
        self.modules.insert(path, module);
    }

    fn add_planned(&mut self, module: &Tree, depth: usize) {
        let path = without_indices(module.get_text("address").unwrap_or_default());
        let listed = module.get("resources").and_then(|node| node.as_list());
        for resource in listed.unwrap_or_default() {
            let is_data = resource.get_text("mode") == Some("data");
            let (Some(address), Some(kind)) =
                (resource.get_text("address"), resource.get_text("type"))
            else {
                continue;
            };
            if is_data {
                continue;
            }
            let plain = without_indices(address);
            let name = plain.strip_prefix(&path).unwrap_or(&plain);
            let name = name.strip_prefix('.').unwrap_or(name).to_owned();
            let expressions = self
                .modules
                .get(&path)
                .and_then(|module| module.resources.get(&name).cloned());
            let empty = || crate::node::Build(resource.line).map([]);
            self.instances
                .entry(plain.clone())
                .or_default()
                .push(address.to_owned());
            self.planned.insert(
                address.to_owned(),
                Planned {
                    kind: kind.to_owned(),
                    values: resource.get("values").cloned().unwrap_or_else(empty),
                    module: path.clone(),
                    name,
                    expressions,
                    line: resource.line,
                },
            );
        }
        let inner = module.get("child_modules").and_then(|node| node.as_list());
        for module in inner.unwrap_or_default() {
            if depth < MAX_MODULES {
                self.add_planned(module, depth + 1);
            }
        }
    }

    fn find_arns(&mut self) {
        let mut shared = HashSet::new();
        for (address, planned) in &self.planned {
            let Some(arn) = planned.values.get_text("arn") else {
                continue;
            };
            if arn.starts_with("arn:")
                && self.arns.insert(arn.to_owned(), address.clone()).is_some()
            {
                shared.insert(arn.to_owned());
            }
        }
        self.arns.retain(|arn, _| !shared.contains(arn));
    }

    /// What an argument comes to: its planned value, or what its expression refers to.
    fn value(
        &self,
        world: &mut World<'_>,
        value: Option<&Tree>,
        expression: Option<&Tree>,
        module: &str,
    ) -> Option<Value> {
        if !world.spend(value.and_then(|value| value.as_text()).map_or(0, str::len)) {
            return Some(Value::Unknown(Reason::TooLarge));
        }
        // What is known only after apply is left out of the planned values; null is known to be nothing.
        let Some(value) = value else {
            return self.referred(expression?, module);
        };
        if value.is_null() || value.as_text() == Some("") {
            return None;
        }
        Some(match &value.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => self.text(text, expression, module),
            Kind::List(items) => {
                let blocks = expression.and_then(|expression| expression.as_list());
                let items = items.iter().enumerate().filter_map(|(at, item)| {
                    let block = blocks.and_then(|blocks| blocks.get(at).or(blocks.first()));
                    self.value(world, Some(item), block, module)
                });
                Value::List(items.collect())
            }
            Kind::Map(entries) => {
                let mut map = self.block(world, entries, expression, module);
                map.retain(|_, value| *value != Value::Null);
                Value::Map(map)
            }
        })
    }

    /// The arguments of a block, with those that only its expressions know.
    fn block(
        &self,
        world: &mut World<'_>,
        values: &Entries,
        expressions: Option<&Tree>,
        module: &str,
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
                        .map(|block| Value::Map(self.block(world, &nothing, Some(block), module)));
                    Some(Value::List(blocks.collect()))
                }
                (None, Some(_)) if MADE_OF_PARTS.contains(&name.as_str()) => {
                    Some(Value::Unknown(Reason::AfterApply))
                }
                (value, expression) => self.value(world, value, expression, module),
            };
            if let Some(value) = value {
                map.insert(name.clone(), value);
            }
        }
        map
    }

    /// A text that the plan knows: the resource whose ARN, or whose attribute that the expression
    /// refers to, it is; else the text.
    fn text(&self, text: &str, expression: Option<&Tree>, module: &str) -> Value {
        if let Some(address) = self.arns.get(text) {
            return reference(address, "Arn");
        }
        if let Some(expression) = expression
            && let Some(Value::Resource(found)) = self.referred(expression, module)
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

/// Names that Terraform writes beside the arguments of a resource.
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

/// A path inside a module.
fn inside(module: &str, path: &str) -> String {
    if module.is_empty() {
        path.to_owned()
    } else {
        format!("{module}.{path}")
    }
}

/// An address without the indices of `count` and `for_each`.
fn without_indices(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let mut open = false;
    let mut quoted = false;
    for character in address.chars() {
        match character {
            '[' if !open => open = true,
            '"' if open => quoted = !quoted,
            ']' if open && !quoted => open = false,
            _ if open => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
