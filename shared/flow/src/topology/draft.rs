//! The draft of a topology.

use std::collections::BTreeMap;

use serde_json::Value;

use super::file::File;
use super::{
    Bus, Change, End, Pipe, PlainRoute, Queue, Resource, Service, ServiceName, Stream, Tap, Topic,
    Topology, TopologyError,
};
use crate::home::Located;

/// The parts of a topology, before the check that they fit each other.
///
/// The readers of accounts and templates fill in the parts and call [`Draft::finish`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Services by name, with their AWS names.
    pub services: BTreeMap<ServiceName, Service>,
    /// Queues that only the tracer reads, with the bus whose events each receives.
    pub taps: Vec<Tap>,
    /// Event buses.
    pub buses: BTreeMap<Located, Bus>,
    /// SQS queues.
    pub queues: BTreeMap<Located, Queue>,
    /// SNS topics.
    pub topics: BTreeMap<Located, Topic>,
    /// Kinesis streams, and streams of tables by the table's name.
    pub streams: BTreeMap<Located, Stream>,
    /// Streams of tables by table.
    pub tables: BTreeMap<Located, Stream>,
    /// `EventBridge` pipes.
    pub pipes: BTreeMap<Located, Pipe>,
    /// Encryption, retention and ids of resources.
    pub resources: BTreeMap<End, Resource>,
    /// Routes that pass on every record.
    pub routes: Vec<PlainRoute>,
    /// The changes since the topology before this one.
    pub changes: Vec<Change>,
}

impl Draft {
    /// Reads the text of a topology file as parts of a topology whose other parts are elsewhere: a
    /// tap may listen to a bus that the file does not describe.
    ///
    /// # Errors
    /// The first entry that is not valid by itself, with its line and column.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        let file: File =
            serde_saphyr::from_str(text).map_err(|e| TopologyError::form::<File>(text, &e))?;
        let draft = file.into_draft()?;
        let alone = Self {
            taps: Vec::new(),
            ..draft.clone()
        };
        alone.check()?;
        Ok(draft)
    }

    /// Checks the parts and returns their topology.
    ///
    /// # Errors
    /// The first entry that contradicts another.
    pub fn finish(mut self) -> Result<Topology, TopologyError> {
        self.check()?;
        for route in &mut self.routes {
            // One order in every build, as for conditions.
            let documents = [&mut route.filter, &mut route.input].into_iter().flatten();
            documents.for_each(Value::sort_all_objects);
        }
        Ok(Topology { parts: self })
    }
}
