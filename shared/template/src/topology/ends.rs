//! Finds the end of every value that names a resource, and the names of a reading's resources.

use std::collections::{BTreeSet, HashMap};

use piitrail_flow::home::Home;
use piitrail_flow::topology::{End, ResourceKind as Kind};

use super::types::{kind_of, types_of};
use crate::ends::{End as Named, Ends, name_property};
use crate::template::{Certainty, Reading, Resource, Settings};
use crate::value::{Attribute, Reason, Reference, ResourceId, Value, placeholder};

/// The maximum length of a chain of aliases: a function's alias leads to its version, and that to
/// the function.
const MAX_ALIASES: usize = 4;

/// The names of a reading's resources in the topology.
pub(super) struct Naming<'r> {
    reading: &'r Reading,
    ends: Ends,
    settings: &'r Settings,
    home: Home,
    /// The first template that has a resource of this id.
    first: HashMap<&'r str, usize>,
    own: HashMap<ResourceId, (End, bool)>,
    /// The outputs of each nested stack to which values refer, without the attribute at their end.
    outputs: HashMap<&'r ResourceId, BTreeSet<&'r str>>,
}

impl<'r> Naming<'r> {
    pub(super) fn new(reading: &'r Reading, settings: &'r Settings, home: Home) -> Self {
        let mut first = HashMap::new();
        for (index, template) in reading.templates.iter().enumerate() {
            for id in template.resources.keys() {
                first.entry(id.as_str()).or_insert(index);
            }
        }
        let mut naming = Self {
            reading,
            ends: Ends::new(reading, settings),
            settings,
            home,
            first,
            own: HashMap::new(),
            outputs: HashMap::new(),
        };
        for (_, resource) in reading.resources() {
            for value in resource.properties.values() {
                naming.collect_outputs(value);
            }
        }
        for (id, resource) in reading.resources() {
            if let Some(kind) = kind_of(&resource.kind) {
                let (name, is_generated) = naming.name(&id, resource);
                let end = End::of_text(kind, &name).at(naming.home);
                naming.own.insert(id, (end, is_generated));
            }
        }
        naming
    }

    fn collect_outputs(&mut self, value: &'r Value) {
        match value {
            Value::Resource(Reference {
                resource,
                attribute: Attribute::Named(output),
            }) if output.starts_with("Outputs.") => {
                self.outputs
                    .entry(resource)
                    .or_default()
                    .insert(stem_of(output));
            }
            Value::List(values) | Value::OneOf(values) | Value::Joined(values) => {
                for value in values {
                    self.collect_outputs(value);
                }
            }
            Value::Map(entries) => {
                for value in entries.values() {
                    self.collect_outputs(value);
                }
            }
            _ => {}
        }
    }

    /// Returns the name in AWS, or else the id; and true if AWS generates the name.
    pub(super) fn name(&self, id: &ResourceId, resource: &Resource) -> (String, bool) {
        let name = name_property(&resource.kind).and_then(|name| resource.property(name));
        match name {
            Some(name @ (Value::Text(_) | Value::Joined(_))) => (placeholder(name), false),
            Some(Value::Outside(outside)) => (outside.to_string(), false),
            _ => (self.label(id), true),
        }
    }

    /// Returns the end that a resource is, or `None` for a type that no route leads to.
    pub(super) fn own(&self, id: &ResourceId) -> Option<End> {
        self.own.get(id).map(|(end, _)| end.clone())
    }

    pub(super) fn is_name_generated(&self, id: &ResourceId) -> bool {
        self.own
            .get(id)
            .is_some_and(|(_, is_generated)| *is_generated)
    }

    /// Returns the name of a resource in the topology: its id, after the name of its stack if an
    /// earlier template has a resource of the same id.
    pub(super) fn label(&self, id: &ResourceId) -> String {
        if self
            .first
            .get(id.id.as_str())
            .is_none_or(|first| *first == id.template)
        {
            return id.id.clone();
        }
        let stacks = self.stacks(id.template);
        match stacks.first() {
            Some(stack) => format!("{stack}/{}", id.id),
            None => id.id.clone(),
        }
    }

    /// Returns the names of a stack: the id of the resource that nests it, its file's name without
    /// the extension, the file, and for a common file name its folder.
    pub(super) fn stacks(&self, template: usize) -> Vec<String> {
        let Some(template) = self.reading.templates.get(template) else {
            return Vec::new();
        };
        let mut stacks = Vec::new();
        if let Some(nesting) = &template.nested_in {
            stacks.push(nesting.id.clone());
        }
        let file = template.file.as_str();
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let stem = stem.strip_suffix(".template").unwrap_or(stem);
        let folder = folder.rsplit('/').next().unwrap_or_default();
        // Many stacks have a file of this name, each in its own folder.
        let is_usual = matches!(stem, "template" | "serverless" | "cloudformation");
        if is_usual && !folder.is_empty() {
            stacks.push(folder.to_owned());
        }
        stacks.push(stem.to_owned());
        stacks.push(file.to_owned());
        stacks
    }

    /// Returns the ends of a value, each with false if it is unknown whether it is deployed, and the reasons
    /// why some are unknown. `usual` is the usual kind of resource in this position, and `place` the
    /// resource that names it.
    pub(super) fn of(
        &self,
        value: &Value,
        usual: Kind,
        place: &str,
    ) -> (Vec<(End, bool)>, Vec<Reason>) {
        let mut ends: Vec<(End, bool)> = Vec::new();
        let mut unknown = Vec::new();
        for named in self.ends.of(value, &types_of(usual)) {
            let is_certain = match &named {
                Named::Resource(reference) => self.is_certain(&reference.resource),
                _ => true,
            };
            let end = match named {
                Named::Resource(reference) => self.resource(&reference, usual, 0),
                Named::Outside(outside) => End::of_text(usual, &outside.to_string()),
                Named::Elsewhere(text) => self.elsewhere(usual, &text),
                Named::Unknown(reason) => {
                    unknown.push(reason);
                    End::of_text(usual, &format!("unknown:{place}"))
                }
            };
            if !ends.iter().any(|(known, _)| *known == end) {
                ends.push((end, is_certain));
            }
        }
        (ends, unknown)
    }

    /// Returns the resource of a type that a value names, or `None` if it is not in the templates.
    pub(super) fn resource_named(
        &self,
        value: &Value,
        kind: &str,
    ) -> Option<(ResourceId, &'r Resource)> {
        self.ends.of(value, &[kind]).into_iter().find_map(|named| {
            let Named::Resource(reference) = named else {
                return None;
            };
            let resource = self.reading.resource(&reference.resource)?;
            (resource.kind == kind).then_some((reference.resource, resource))
        })
    }

    /// Returns the resources of a type.
    pub(super) fn resources_of(&self, kind: &'static str) -> impl Iterator<Item = &'r Resource> {
        let resources = self.reading.resources();
        let of_kind = resources.filter(move |(_, resource)| resource.kind == kind);
        of_kind.map(|(_, resource)| resource)
    }

    /// Returns the default bus of the account.
    pub(super) fn default_bus(&self) -> End {
        self.bus_here("default")
    }

    /// A bus of this name where the templates are deployed.
    pub(super) fn bus_here(&self, name: &str) -> End {
        End::of_text(Kind::Bus, name).at(self.home)
    }

    /// Returns true if a resource is deployed whatever the conditions are that are not known.
    pub(super) fn is_certain(&self, id: &ResourceId) -> bool {
        let resource = self.reading.resource(id);
        let is_certain = resource.is_none_or(|resource| resource.certainty == Certainty::Certain);
        let template = self.reading.templates.get(id.template);
        let nesting = template.and_then(|template| template.nested_in.as_ref());
        // A stack comes before those that it nests.
        let outer = nesting.filter(|outer| outer.template < id.template);
        is_certain && outer.is_none_or(|outer| self.is_certain(outer))
    }

    fn resource(&self, reference: &Reference, usual: Kind, depth: usize) -> End {
        let id = &reference.resource;
        if let Some(end) = self.own(id) {
            return end;
        }
        let kind = self
            .reading
            .resource(id)
            .map(|resource| (resource, resource.kind.as_str()));
        let alias_of = match kind {
            Some((alias, "AWS::Lambda::Alias" | "AWS::Lambda::Version")) => {
                alias.property("FunctionName")
            }
            Some((consumer, "AWS::Kinesis::StreamConsumer")) => consumer.property("StreamARN"),
            Some((version, "AWS::StepFunctions::StateMachineVersion")) => {
                version.property("StateMachineArn")
            }
            Some((alias, "AWS::StepFunctions::StateMachineAlias")) => alias
                .property("RoutingConfiguration")
                .and_then(|routing| routing.as_list()?.first()?.get("StateMachineVersionArn"))
                .or_else(|| alias.resource_of("DeploymentPreference", "StateMachineVersionArn")),
            _ => None,
        };
        if let Some(value) = alias_of.filter(|_| depth < MAX_ALIASES) {
            let kinds = match kind {
                Some((_, "AWS::Kinesis::StreamConsumer")) => Kind::Stream,
                Some((_, kind)) if kind.starts_with("AWS::Lambda") => Kind::Function,
                _ => Kind::StateMachine,
            };
            match self.ends.of(value, &types_of(kinds)).into_iter().next() {
                Some(Named::Resource(reference)) => {
                    return self.resource(&reference, kinds, depth + 1);
                }
                Some(Named::Outside(outside)) => return End::of_text(kinds, &outside.to_string()),
                Some(Named::Elsewhere(text)) => return self.elsewhere(kinds, &text),
                _ => {}
            }
        }
        // An output of a stack that was not read is taken for the usual kind.
        if let (Some((_, "AWS::CloudFormation::Stack")), Attribute::Named(output)) =
            (kind, &reference.attribute)
        {
            let output = stem_of(output);
            let is_only = self.outputs.get(id).is_none_or(|outputs| outputs.len() < 2);
            if !is_only {
                return End::of_text(usual, &format!("output:{}.{output}", self.label(id)));
            }
        }
        let usual = match kind {
            None | Some((_, "AWS::CloudFormation::Stack")) => usual,
            Some(_) => Kind::Other,
        };
        End::of_text(usual, &self.label(id))
    }

    /// Returns the end of a literal that is not in the templates. The account and region of the
    /// settings stand for the home to which the templates are deployed.
    fn elsewhere(&self, usual: Kind, text: &str) -> End {
        let end = End::of_text(usual, text);
        let named = end.name().home;
        if named.is_unknown() && !text.contains(':') && !text.contains("${") {
            return end.at(self.home);
        }
        let own = Home::of(&self.settings.account, &self.settings.region);
        let account = if named.account == own.account {
            self.home.account
        } else {
            named.account
        };
        let region = if named.region == own.region {
            self.home.region
        } else {
            named.region
        };
        end.at(Home { account, region })
    }
}

/// Returns the name of an output of a stack without the attribute at its end: `QueueArn` and `QueueUrl` are
/// taken for attributes of one resource.
fn stem_of(output: &str) -> &str {
    let output = output.strip_prefix("Outputs.").unwrap_or(output);
    let endings = ["Arn", "ARN", "Url", "URL", "Name", "Id"].into_iter();
    let mut stems = endings.filter_map(|ending| output.strip_suffix(ending));
    stems.next().unwrap_or(output)
}

impl Resource {
    fn resource_of(&self, property: &str, key: &str) -> Option<&Value> {
        self.property(property)?.get(key)
    }
}
