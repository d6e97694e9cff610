//! Expands SAM resources to the CloudFormation resources that the official translator makes of
//! them, with the same ids. The tests compare with aws-sam-translator; the names of functions and
//! properties follow its documentation
//! (<https://docs.aws.amazon.com/serverless-application-model/>).
//!
//! Resources that deliver nothing are only sketched: roles and implicit APIs have an id, so that
//! references to them are known, but no permissions and no definition.

mod connector;
mod destinations;
mod event;
mod function;
mod globals;
mod pull;
mod push;
mod requests;
mod schedule;
mod state_machine;

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::cloudformation::raw;
use crate::node::{Build, Entries, Kind, Node, Tree};
use crate::note::NoteKind;
use crate::world::{Raw, World};

/// Returns the resources of a template with SAM resources expanded.
pub(crate) fn expand(
    world: &mut World<'_>,
    stack: usize,
    root: &Tree,
    resources: &Entries,
) -> IndexMap<String, Raw> {
    let globals = root.get("Globals").cloned();
    let mut expansion = Expansion {
        world,
        stack,
        originals: resources,
        made: IndexMap::new(),
        notifications: Vec::new(),
        triggers: Vec::new(),
        connectors: Vec::new(),
        destinations: HashMap::new(),
    };
    for (id, resource) in resources {
        expansion.resource(id, resource, globals.as_ref());
    }
    expansion.finish()
}

/// The state while the SAM resources of a template are expanded.
struct Expansion<'e, 'f> {
    world: &'e mut World<'f>,
    stack: usize,
    /// The resources as they were written.
    originals: &'e Entries,
    made: IndexMap<String, Raw>,
    /// The S3 events: each bucket, with the notifications to add.
    notifications: Vec<(String, Tree)>,
    /// The Cognito events: the user pool, the trigger and the function.
    triggers: Vec<(String, String, Tree)>,
    /// The connectors, which are expanded last, because they depend on the expansion of others.
    connectors: Vec<(String, Tree)>,
    /// The resources made for destinations, by the node of the destination.
    destinations: HashMap<*const Node, Tree>,
}

/// The resource that events invoke: a function, its alias or a state machine.
#[derive(Debug, Clone)]
struct Target {
    /// The id of the SAM resource, which is the prefix of its events' ids.
    id: String,
    arn: Tree,
    /// The name by which a mapping or a permission refers to it.
    name: Tree,
    condition: Option<String>,
}

impl Expansion<'_, '_> {
    fn resource(&mut self, id: &str, resource: &Tree, globals: Option<&Tree>) {
        if id.starts_with("Fn::") {
            return;
        }
        let Some(mut raw) = raw(resource) else {
            self.note(id, resource.line, NoteKind::Malformed("the resource"));
            return;
        };
        self.embedded_connectors(id, resource);
        let Some(kind) = raw
            .kind
            .strip_prefix("AWS::Serverless::")
            .map(str::to_owned)
        else {
            self.made.insert(id.to_owned(), raw);
            return;
        };
        let ignored = resource.get("IgnoreGlobals");
        globals::merge(&kind, globals, ignored, &mut raw.properties);
        match kind.as_str() {
            "Function" => self.function(id, raw),
            "StateMachine" => self.state_machine(id, raw),
            "SimpleTable" => self.simple_table(id, raw),
            "Application" => self.application(id, raw),
            "Connector" => self.connectors.push((id.to_owned(), resource.clone())),
            "Api" => self.api(id, raw, "AWS::ApiGateway::RestApi"),
            "HttpApi" | "WebSocketApi" => self.api(id, raw, "AWS::ApiGatewayV2::Api"),
            "LayerVersion" => self.renamed(id, raw, "AWS::Lambda::LayerVersion"),
            "GraphQLApi" => self.renamed(id, raw, "AWS::AppSync::GraphQLApi"),
            _ => {
                let kind = NoteKind::UnmappedType(raw.kind.clone());
                self.note(id, raw.line, kind);
                self.made.insert(id.to_owned(), raw);
            }
        }
    }

    fn note(&mut self, id: &str, line: u32, kind: NoteKind) {
        let file = self.world.stacks[self.stack].file;
        self.world.note_of(file, line, Some(id.to_owned()), kind);
    }

    /// Adds a resource that a macro makes. `made_from` is the SAM resource.
    fn add(
        &mut self,
        id: String,
        kind: &str,
        made_from: &str,
        condition: Option<&String>,
        properties: &Tree,
    ) {
        let raw = Raw {
            kind: kind.to_owned(),
            line: properties.line,
            properties: properties.as_map().cloned().unwrap_or_default(),
            condition: condition.cloned(),
            made_from: Some(made_from.to_owned()),
            cdk_path: None,
            asset: None,
            policies: Vec::new(),
        };
        self.made.insert(id, raw);
    }

    /// Returns a value that SAM needs while it expands: a literal, or a parameter's default.
    fn plain(&mut self, tree: &Tree) -> Option<String> {
        self.world.resolve(self.stack, tree)?.scalar_text()
    }

    fn renamed(&mut self, id: &str, mut raw: Raw, kind: &str) {
        kind.clone_into(&mut raw.kind);
        tags_to_list(&mut raw.properties, raw.line);
        self.made.insert(id.to_owned(), raw);
    }

    fn api(&mut self, id: &str, mut raw: Raw, kind: &str) {
        if let Some(body) = raw.properties.shift_remove("DefinitionBody") {
            raw.properties.insert("Body".to_owned(), body);
        }
        let stage = (kind == "AWS::ApiGateway::RestApi").then(|| raw.properties.get("StageName"));
        let stage = stage.flatten().and_then(|name| name.as_text());
        let stage = match stage {
            Some(name) if name.bytes().all(|b| b.is_ascii_alphanumeric()) => format!("{name}Stage"),
            _ => "Stage".to_owned(),
        };
        let build = Build(raw.line);
        let condition = raw.condition.clone();
        self.renamed(id, raw, kind);
        let kind = match kind {
            "AWS::ApiGateway::RestApi" => "AWS::ApiGateway::Stage",
            _ => "AWS::ApiGatewayV2::Stage",
        };
        let properties = build.map([("ApiId", build.reference(id))]);
        self.add(
            format!("{id}{stage}"),
            kind,
            id,
            condition.as_ref(),
            &properties,
        );
    }

    fn simple_table(&mut self, id: &str, mut raw: Raw) {
        let build = Build(raw.line);
        let key = raw.properties.shift_remove("PrimaryKey");
        let name = key.as_ref().and_then(|key| key.get("Name")).cloned();
        let name = name.unwrap_or_else(|| build.text("id"));
        let schema = build.map([("AttributeName", name), ("KeyType", build.text("HASH"))]);
        let schema = build.list(vec![schema]);
        raw.properties.insert("KeySchema".to_owned(), schema);
        self.renamed(id, raw, "AWS::DynamoDB::Table");
    }

    fn application(&mut self, id: &str, mut raw: Raw) {
        if let Some(location) = raw.properties.shift_remove("Location") {
            raw.properties.insert("TemplateURL".to_owned(), location);
        }
        self.renamed(id, raw, "AWS::CloudFormation::Stack");
    }

    /// Adds the notifications and triggers of events to their buckets and user pools.
    fn finish(mut self) -> IndexMap<String, Raw> {
        for (bucket, notification) in std::mem::take(&mut self.notifications) {
            let Some(raw) = self.made.get_mut(&bucket) else {
                continue;
            };
            let build = Build(notification.line);
            let configuration = raw.properties.get("NotificationConfiguration");
            let mut configuration = configuration
                .and_then(|tree| tree.as_map())
                .cloned()
                .unwrap_or_default();
            let lambdas = configuration.get("LambdaConfigurations");
            let mut lambdas = lambdas
                .and_then(|tree| tree.as_list())
                .unwrap_or_default()
                .to_vec();
            if !lambdas.iter().any(|known| same(known, &notification)) {
                lambdas.push(notification);
            }
            configuration.insert("LambdaConfigurations".to_owned(), build.list(lambdas));
            let configuration = build.node(Kind::Map(configuration));
            raw.properties
                .insert("NotificationConfiguration".to_owned(), configuration);
        }
        for (pool, trigger, function) in std::mem::take(&mut self.triggers) {
            let Some(raw) = self.made.get_mut(&pool) else {
                continue;
            };
            let build = Build(function.line);
            let config = raw.properties.get("LambdaConfig");
            let mut config = config
                .and_then(|tree| tree.as_map())
                .cloned()
                .unwrap_or_default();
            config.insert(trigger, function);
            let config = build.node(Kind::Map(config));
            raw.properties.insert("LambdaConfig".to_owned(), config);
        }
        for (id, connector) in std::mem::take(&mut self.connectors) {
            self.connector(&id, &connector);
        }
        self.made
    }
}

/// Returns true if two trees are equal, ignoring their lines.
fn same(left: &Tree, right: &Tree) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::List(left), Kind::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Kind::Map(left), Kind::Map(right)) => {
            let in_right = |(key, value): (&String, &Tree)| {
                right.get(key).is_some_and(|other| same(value, other))
            };
            left.len() == right.len() && left.iter().all(in_right)
        }
        (left, right) => left == right,
    }
}

/// Converts tags from SAM's map to CloudFormation's list.
fn tags_to_list(properties: &mut Entries, line: u32) {
    let Some(tags) = properties.get("Tags").and_then(|tags| tags.as_map()) else {
        return;
    };
    let build = Build(line);
    let tag = |(key, value): (&String, &Tree)| {
        build.map([("Key", build.text(key)), ("Value", value.clone())])
    };
    let tags = build.list(tags.iter().map(tag).collect());
    properties.insert("Tags".to_owned(), tags);
}
