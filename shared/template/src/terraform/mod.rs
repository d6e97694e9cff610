//! Reads a Terraform plan (`terraform show -json`): its planned resources become CloudFormation
//! resources by type, under their addresses. A value that is known only after apply is followed
//! through the references in the plan's configuration, also through modules. Source:
//! <https://developer.hashicorp.com/terraform/internals/json-format>

mod amend;
mod references;
mod types;
mod values;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::limits::Limit;
use crate::node::{Entries, Tree};
use crate::note::NoteKind;
use crate::template::{Certainty, Form, Resource, Template};
use crate::value::{Reason, Value};
use crate::world::World;

/// A resource of a plan.
struct Planned {
    kind: String,
    values: Tree,
    /// The module that it is in, with its indices. Empty for the root.
    module: String,
    /// The expressions of its arguments in the configuration.
    expressions: Option<Tree>,
    line: u32,
}

/// The place of an expression.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The module that it is in.
    module: &'p str,
    /// The index of the resource's own instance, with its brackets.
    index: Option<&'p str>,
}

/// A module of the configuration.
#[derive(Default)]
struct Module {
    /// The arguments of its resources, by address in the module.
    resources: HashMap<String, Tree>,
    outputs: Option<Tree>,
    /// The arguments from the module around it.
    arguments: Option<Tree>,
}

struct Plan {
    planned: IndexMap<String, Planned>,
    modules: HashMap<String, Module>,
    /// The addresses of all instances of a resource, by its address without indices.
    instances: HashMap<String, Vec<String>>,
    /// The ARNs that the plan knows, each with its resource.
    arns: HashMap<String, String>,
    /// The outputs of the root module.
    outputs: Entries,
}

/// The maximum nesting depth of modules.
const MAX_MODULES: usize = 32;

/// Reads a plan. Its references use the template index 0 until [`at_index`] sets the right one.
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
            world.note_file(file, planned.line, NoteKind::Limit(Limit::Values));
            break;
        }
        let (kind, properties) = types::resource(&plan, world, address, planned);
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
    let root = Place {
        module: "",
        index: None,
    };
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
        let value = plan.value(world, value, expression.as_ref(), root);
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

/// Returns the plan as the template of an index, to which its references then refer.
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
        let path = module.get_text("address").unwrap_or_default().to_owned();
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
            let plain_path = without_indices(&path);
            let name = plain.strip_prefix(&plain_path).unwrap_or(&plain);
            let name = name.strip_prefix('.').unwrap_or(name).to_owned();
            let expressions = self
                .modules
                .get(&plain_path)
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
            // The `arn` of these is an argument that names another resource.
            if matches!(
                planned.kind.as_str(),
                types::TARGET | "aws_sns_topic_policy"
            ) {
                continue;
            }
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
}

/// Returns a path inside a module.
fn inside(module: &str, path: &str) -> String {
    if module.is_empty() {
        path.to_owned()
    } else {
        format!("{module}.{path}")
    }
}

/// Returns an address without the indices of `count` and `for_each`.
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
