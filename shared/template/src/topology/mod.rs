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
            kind if types::kind_of(kind).is_some() => self.plain_resource(),
            kind if !types::is_known(kind) => {
                self.note(NoteKind::UnmappedType(kind.to_owned()));
            }
            _ => {}
        }
    }

    /// Adds a declaration to the topology, and notes the parts of it that are left out.
    fn declare(&mut self, declaration: Declaration) {
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

    /// Returns the ends that a property names: several if they depend on an unknown condition.
    fn ends(&mut self, value: &Value, usual: ResourceKind) -> Vec<End> {
        let (ends, unknown) = self.naming.of(value, usual, &self.id.id);
        for reason in unknown {
            self.note(NoteKind::UnknownEnd(reason));
        }
        ends
    }

    fn end_at(&mut self, keys: &[&str], usual: ResourceKind) -> Option<End> {
        let value = self.at(keys)?.clone();
        self.ends(&value, usual).into_iter().next()
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
