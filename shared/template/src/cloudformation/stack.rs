//! Converts a document into a stack, and a stack into a template.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::node::{Entries, Node, Tree};
use crate::note::NoteKind;
use crate::sam;
use crate::template::{Certainty, Form, Resource, Template};
use crate::value::{ResourceId, Value};
use crate::world::{Raw, Stack, Truth, World};

/// The origin of a stack.
pub(crate) struct Source {
    pub(crate) file: usize,
    pub(crate) nested_in: Option<ResourceId>,
    pub(crate) name: String,
    /// The parameters from the nesting stack.
    pub(crate) given: HashMap<String, Value>,
    pub(crate) other_names: HashMap<String, String>,
    pub(crate) form: Form,
}

/// Returns the form of CloudFormation of a document, or `None` if it is not a template.
pub(crate) fn form_of(root: &Node) -> Option<Form> {
    let resources = root.get("Resources")?.as_map()?;
    if transforms(root).any(|name| name.starts_with("AWS::Serverless")) {
        return Some(Form::Sam);
    }
    let is_cdk = |(id, resource): (&String, &Tree)| {
        id == "CDKMetadata"
            || resource
                .get("Metadata")
                .is_some_and(|metadata| metadata.get("aws:cdk:path").is_some())
    };
    // The CDK can be configured to write no metadata, but its check of the bootstrap stack remains.
    let bootstrap = root
        .get("Parameters")
        .and_then(|parameters| parameters.get("BootstrapVersion")?.get_text("Default"));
    let is_bootstrapped = bootstrap.is_some_and(|name| name.starts_with("/cdk-bootstrap/"));
    if is_bootstrapped || resources.iter().any(is_cdk) {
        return Some(Form::Cdk);
    }
    // A template without a `Transform` line cannot be deployed, so one with SAM resources is read
    // as SAM.
    let is_sam = |resource: &Tree| {
        resource
            .get_text("Type")
            .is_some_and(|kind| kind.starts_with("AWS::Serverless::"))
    };
    if resources.values().any(is_sam) {
        return Some(Form::Sam);
    }
    Some(Form::CloudFormation)
}

/// Returns the macros that a document names at its top level.
fn transforms(root: &Node) -> impl Iterator<Item = &str> {
    let transform = root.get("Transform");
    let one = transform.and_then(|node| node.as_text());
    let several = transform
        .and_then(|node| node.as_list())
        .unwrap_or_default();
    let named = |item: &'_ Tree| item.as_text().is_some();
    one.into_iter().chain(
        several
            .iter()
            .filter(move |item| named(item))
            .filter_map(|item| item.as_text()),
    )
}

impl World<'_> {
    /// Adds a stack and returns its index.
    pub(crate) fn add_stack(&mut self, root: &Tree, source: Source) -> usize {
        let index = self.stacks.len();
        let file = source.file;
        let section = |name: &str| root.get(name).and_then(|node| node.as_map());
        let conditions = section("Conditions").cloned().unwrap_or_default();
        self.stacks.push(Stack {
            file,
            form: source.form,
            nested_in: source.nested_in,
            name: source.name,
            parameters: HashMap::new(),
            mappings: root.get("Mappings").cloned(),
            conditions: conditions.into_iter().collect(),
            truths: HashMap::new(),
            resources: IndexMap::new(),
            outputs: section("Outputs").cloned().unwrap_or_default(),
            other_names: source.other_names,
        });
        let parameters = section("Parameters").cloned().unwrap_or_default();
        self.read_parameters(index, &parameters, &source.given);
        let mut resources = section("Resources").cloned().unwrap_or_default();
        let known = ["AWS::LanguageExtensions", "AWS::Include"];
        for name in transforms(root) {
            if !name.starts_with("AWS::Serverless") && !known.contains(&name) {
                let line = root.get("Transform").map_or(0, |node| node.line);
                self.note_file(file, line, NoteKind::Transform(name.to_owned()));
            }
        }
        if transforms(root).any(|name| name == "AWS::LanguageExtensions") {
            resources = self.expand_loops_of_section(index, &resources);
            let outputs = std::mem::take(&mut self.stacks[index].outputs);
            self.stacks[index].outputs = self.expand_loops_of_section(index, &outputs);
        }
        self.note_includes(file, &resources);
        let raw = if source.form == Form::Sam {
            sam::expand(self, index, root, &resources)
        } else {
            self.plain_resources(file, &resources)
        };
        self.stacks[index].resources = raw;
        index
    }

    /// Notes each `Fn::Transform` beside resources, because it would add more of them.
    fn note_includes(&mut self, file: usize, resources: &Entries) {
        if let Some(include) = resources.get("Fn::Transform") {
            let name = include
                .get_text("Name")
                .unwrap_or("AWS::Include")
                .to_owned();
            self.note_file(file, include.line, NoteKind::Transform(name));
        }
    }

    /// Returns the resources as they are written, without entries that are not resources.
    pub(crate) fn plain_resources(
        &mut self,
        file: usize,
        resources: &Entries,
    ) -> IndexMap<String, Raw> {
        let mut plain = IndexMap::new();
        for (id, resource) in resources {
            if id.starts_with("Fn::") {
                continue;
            }
            match raw(resource) {
                Some(raw) => {
                    plain.insert(id.clone(), raw);
                }
                None => self.note_of(
                    file,
                    resource.line,
                    Some(id.clone()),
                    NoteKind::Malformed("the resource"),
                ),
            }
        }
        plain
    }

    /// Resolves every resource and output of a stack.
    pub(crate) fn template(&mut self, stack: usize) -> Template {
        let count = self.stacks[stack].resources.len();
        let mut resources = IndexMap::with_capacity(count);
        for index in 0..count {
            let Some((id, raw)) = self.stacks[stack].resources.get_index_mut(index) else {
                break;
            };
            let id = id.clone();
            // The tree is dropped once it is resolved, so that a large template is not in memory
            // twice.
            let properties = std::mem::take(&mut raw.properties);
            let raw = Raw {
                properties,
                ..raw.clone()
            };
            self.current = Some(id.clone());
            if let Some(resource) = self.resource(stack, raw) {
                resources.insert(id, resource);
            }
        }
        self.current = None;
        let names: Vec<String> = self.stacks[stack].outputs.keys().cloned().collect();
        let mut outputs = IndexMap::with_capacity(names.len());
        for name in names {
            if let Some(value) = self.output(stack, &name) {
                outputs.insert(name, value);
            }
        }
        let read = &self.stacks[stack];
        Template {
            file: self.files[read.file].name.to_owned(),
            form: read.form,
            nested_in: read.nested_in.clone(),
            resources,
            outputs,
        }
    }

    fn resource(&mut self, stack: usize, raw: Raw) -> Option<Resource> {
        let certainty = match raw.condition {
            None => Certainty::Certain,
            Some(name) => match self.truth(stack, &name, raw.line) {
                Truth::Yes => Certainty::Certain,
                Truth::No => {
                    self.note(stack, raw.line, NoteKind::LeftOut(name));
                    return None;
                }
                Truth::Unknown => {
                    self.note(stack, raw.line, NoteKind::Uncertain(name.clone()));
                    Certainty::OnCondition(name)
                }
            },
        };
        let mut properties = crate::value::Map::new();
        for (name, tree) in raw.properties {
            if name == "Fn::Transform" {
                let name = tree.get_text("Name").unwrap_or("AWS::Include").to_owned();
                self.note(stack, tree.line, NoteKind::Transform(name));
                continue;
            }
            if let Some(value) = self.resolve(stack, &tree) {
                properties.insert(name, value.merged());
            }
        }
        Some(Resource {
            kind: raw.kind,
            line: raw.line,
            properties,
            certainty,
            made_from: raw.made_from,
            cdk_path: raw.cdk_path,
            policies: raw.policies,
        })
    }

    /// Returns an output of a stack, or `None` if it does not exist or its condition is false.
    pub(crate) fn output(&mut self, stack: usize, name: &str) -> Option<Value> {
        let output = self.stacks.get(stack)?.outputs.get(name)?.clone();
        if let Some(condition) = output.get_text("Condition")
            && self.truth(stack, condition, output.line) == Truth::No
        {
            return None;
        }
        let value = output.get("Value")?.clone();
        self.resolve(stack, &value)
    }
}

/// Returns a resource as it is written, or `None` if it has no type.
pub(crate) fn raw(resource: &Tree) -> Option<Raw> {
    let kind = resource.get_text("Type")?.trim().to_owned();
    let properties = resource.get("Properties").and_then(|node| node.as_map());
    Some(Raw {
        kind,
        line: resource.line,
        properties: properties.cloned().unwrap_or_default(),
        condition: resource.get_text("Condition").map(str::to_owned),
        made_from: None,
        cdk_path: resource
            .get("Metadata")
            .and_then(|metadata| metadata.get_text("aws:cdk:path"))
            .map(str::to_owned),
        asset: resource
            .get("Metadata")
            .and_then(|metadata| metadata.get_text("aws:asset:path"))
            .map(str::to_owned),
        policies: Vec::new(),
    })
}
