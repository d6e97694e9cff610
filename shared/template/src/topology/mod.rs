//! Converts a reading to the topology: the channels that the templates define, and the routes
//! between them.
//!
//! Each file here reads the resource types of one service and states in AWS's own terms what they
//! declare. [`piitrail_flow::topology::declared`], which the readers of accounts use too, decides
//! what that means. `ends.rs` finds the end of every value that names a resource, and `values.rs`
//! reads patterns, inputs, keys and numbers.
//!
//! A name that is defined elsewhere is an end of its own, under a name that no AWS resource can
//! have: `param:Bus`, `{{resolve:ssm:/bus}}`, `unknown:Rule.Targets`. If one value of a pattern is
//! unknown, the pattern is taken to accept everything there, and a note says so.

use std::collections::BTreeMap;

use piitrail_flow::home::Home;
use piitrail_flow::topology::declared::{Declaration, Declarations};
use piitrail_flow::topology::{Assignable, Draft, End, Origin, ResourceKind};

use crate::note::{Note, NoteKind};
use crate::template::{Reading, Resource, Settings};
use crate::value::{ResourceId, Value};

mod ends;
mod events;
mod functions;
mod logs;
mod messages;
mod pipes;
mod storage;
mod types;
mod v2;
mod values;

use ends::Naming;

/// The content of a reading for the topology.
#[derive(Debug, Default)]
pub struct Imported {
    /// The channels and routes.
    pub draft: Draft,
    /// The notes of this step, by file and line. Those of the reading itself are in
    /// [`Reading::notes`].
    pub notes: Vec<Note>,
    /// The resources that a services file may assign to services.
    pub resources: Vec<Assignable>,
}

/// Converts a reading to the topology. `settings` must be those that the files were read with.
/// `home` is the account and region to which they are deployed, as far as known; the pseudo
/// parameters of `settings` stand for it.
pub fn topology(reading: &Reading, settings: &Settings, home: Home) -> Imported {
    let naming = Naming::new(reading, settings, home);
    let mut imported = Imported::default();
    let mut declarations = Declarations::default();
    for (id, resource) in reading.resources() {
        let mut part = Part {
            naming: &naming,
            id: &id,
            resource,
            file: &reading.templates[id.template].file,
            imported: &mut imported,
            declarations: &mut declarations,
        };
        part.declare_all();
    }
    imported.draft = declarations.into_draft();
    imported
}

/// A resource that a property names.
struct Candidate {
    end: End,
    /// False if it depends on an unknown condition whether the property names it.
    is_certain: bool,
}

/// A resource while it is read.
struct Part<'p> {
    naming: &'p Naming<'p>,
    id: &'p ResourceId,
    resource: &'p Resource,
    file: &'p str,
    imported: &'p mut Imported,
    declarations: &'p mut Declarations,
}

impl Part<'_> {
    fn declare_all(&mut self) {
        if let Some(end) = self.naming.own(self.id) {
            self.imported.resources.push(Assignable {
                end,
                id: Some(self.label()),
                stacks: self.naming.stacks(self.id.template),
                tags: self.tags(),
            });
        }
        match self.resource.kind.as_str() {
            "AWS::Events::Rule" => self.rule(),
            "AWS::Events::EventBus" => self.bus(),
            "AWS::EventsV2::EventBus" => self.v2_bus(),
            "AWS::EventsV2::Subscriber" => self.subscriber(),
            "AWS::EventsV2::EventSource" => self.event_source(),
            "AWS::Events::Archive" => self.archive(),
            "AWS::Scheduler::Schedule" => self.schedule(),
            "AWS::Pipes::Pipe" => self.pipe(),
            "AWS::SQS::Queue" => self.queue(),
            "AWS::SNS::Topic" => self.topic(),
            "AWS::SNS::Subscription" => self.subscription(),
            "AWS::Lambda::Function" => self.function(),
            "AWS::Lambda::EventSourceMapping" => self.mapping(),
            "AWS::Lambda::EventInvokeConfig" => self.invoke_config(),
            "AWS::Kinesis::Stream" => self.stream(),
            "AWS::KinesisFirehose::DeliveryStream" => self.firehose(),
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => self.table(),
            "AWS::DynamoDB::KinesisStreamingDestination" => self.streaming_destination(),
            "AWS::S3::Bucket" | "Custom::S3BucketNotifications" => self.bucket(),
            "AWS::Logs::LogGroup" => self.log_group(),
            "AWS::Logs::SubscriptionFilter" => self.log_subscription(),
            "AWS::Logs::Delivery" => self.log_delivery(),
            "AWS::StepFunctions::StateMachine" => self.state_machine(),
            kind if types::is_not_followed(kind) => self.not_followed(),
            "AWS::Cognito::UserPool" if self.at(&["LambdaConfig"]).is_some() => self.not_followed(),
            "AWS::SQS::QueuePolicy"
            | "AWS::SQS::QueueInlinePolicy"
            | "AWS::SNS::TopicPolicy"
            | "AWS::SNS::TopicInlinePolicy"
            | "AWS::S3::BucketPolicy" => self.policy(&["PolicyDocument"]),
            "AWS::Events::EventBusPolicy" => self.policy(&["Statement"]),
            "AWS::EventsV2::ResourcePolicy" => self.policy(&["Policy"]),
            kind if types::kind_of(kind).is_some() => self.plain_resource(),
            kind if !types::is_known(kind) => {
                self.note(NoteKind::UnmappedType(kind.to_owned()));
            }
            _ => {}
        }
    }

    /// Adds a declaration to the topology, and notes the parts of it that are left out.
    fn declare(&mut self, declaration: Declaration) {
        self.declare_if(true, declaration);
    }

    /// Adds a declaration of something that may not exist unless `is_certain`. A resource whose own
    /// condition is unknown may not exist either.
    fn declare_if(&mut self, is_certain: bool, declaration: Declaration) {
        let declaration = if is_certain && self.naming.is_certain(self.id) {
            declaration
        } else {
            declaration.approximating()
        };
        for refusal in self.declarations.add(declaration) {
            self.note(NoteKind::NotOnMap(refusal.to_string()));
        }
    }

    fn note(&mut self, kind: NoteKind) {
        if self.imported.notes.len() < crate::limits::MAX_NOTES {
            self.imported.notes.push(Note {
                file: self.file.to_owned(),
                line: self.resource.line,
                resource: Some(self.id.id.clone()),
                kind,
            });
        }
    }

    fn label(&self) -> String {
        self.naming.label(self.id)
    }

    fn origin(&self) -> Origin {
        Origin::of_line(self.resource.line)
    }

    fn at(&self, keys: &[&str]) -> Option<&Value> {
        let (first, rest) = keys.split_first()?;
        self.resource.property(first)?.at(rest)
    }

    /// Returns the ends that a property names: several, or one that may be missing, if they depend on an
    /// unknown condition.
    fn ends(&mut self, value: &Value, usual: ResourceKind) -> Vec<Candidate> {
        let (ends, unknown) = self.naming.of(value, usual, &self.id.id);
        for reason in unknown {
            self.note(NoteKind::UnknownEnd(reason));
        }
        let is_only = value.alternatives().len() == 1;
        let candidates = ends.into_iter();
        candidates
            .map(|(end, is_deployed)| Candidate {
                end,
                is_certain: is_only && is_deployed,
            })
            .collect()
    }

    /// Returns the ends that a property names, or none if it is not set.
    fn ends_at(&mut self, keys: &[&str], usual: ResourceKind) -> Vec<Candidate> {
        match self.at(keys).cloned() {
            Some(value) => self.ends(&value, usual),
            None => Vec::new(),
        }
    }

    /// Like [`Part::ends_at`], for a property without which AWS refuses the resource: notes that it is
    /// missing.
    fn ends_needed(
        &mut self,
        keys: &[&str],
        usual: ResourceKind,
        what: &'static str,
    ) -> Vec<Candidate> {
        let ends = self.ends_at(keys, usual);
        if ends.is_empty() {
            self.note(NoteKind::Missing(what));
        }
        ends
    }

    /// Returns each place that a property for failed records may name, or a single `None` if it is not set.
    fn failure_holders(&mut self, value: Option<&Value>) -> Vec<Option<End>> {
        let Some(value) = value.cloned() else {
            return vec![None];
        };
        let holders = self.ends(&value, ResourceKind::Queue);
        if holders.is_empty() {
            return vec![None];
        }
        holders.into_iter().map(|one| Some(one.end)).collect()
    }

    fn not_followed(&mut self) {
        let kind = self.resource.kind.clone();
        self.note(NoteKind::NotFollowed(kind));
    }

    /// Notes a policy that is no JSON. Policies make no routes.
    fn policy(&mut self, keys: &[&str]) {
        self.document(keys, "policy");
    }

    /// Reads a property that AWS accepts as a map or as JSON text, and notes a text that is no JSON.
    fn document(&mut self, keys: &[&str], what: &'static str) -> Option<Value> {
        let value = self.at(keys)?.clone();
        let is_unset = value.alternatives().iter().all(|one| {
            matches!(one, Value::Null | Value::Unknown(_) | Value::Outside(_))
                || *one == Value::text("")
        });
        let mut read = Vec::new();
        for one in value.alternatives() {
            match one.document() {
                Some(document) => read.push(document),
                None if *one == Value::Null => read.push(Value::Null),
                None => {}
            }
        }
        if read.is_empty() && !is_unset {
            self.note(NoteKind::NotOnMap(format!("its {what} is not JSON")));
        }
        (!read.is_empty()).then(|| Value::one_of(read).merged())
    }

    /// Returns the literal tags, from a list of `Key` and `Value` or from a map.
    fn tags(&self) -> BTreeMap<String, String> {
        let mut tags = BTreeMap::new();
        match self.resource.property("Tags") {
            Some(Value::List(items)) => {
                for item in items {
                    let key = item.get("Key").and_then(Value::as_text);
                    let value = item.get("Value").and_then(Value::scalar_text);
                    if let Some((key, value)) = key.zip(value) {
                        tags.insert(key.to_owned(), value);
                    }
                }
            }
            Some(Value::Map(entries)) => {
                let literal =
                    |(key, value): (&String, &Value)| Some((key.clone(), value.scalar_text()?));
                tags.extend(entries.iter().filter_map(literal));
            }
            _ => {}
        }
        tags
    }
}

#[cfg(test)]
mod tests;
