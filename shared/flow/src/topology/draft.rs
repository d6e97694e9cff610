//! A topology in the making.

use std::collections::BTreeMap;

use super::file::File;
use super::{
    Bus, End, Pipe, PlainRoute, Queue, Resource, Service, ServiceName, Stream, Tap, Topic,
    Topology, TopologyError,
};
use crate::home::Located;

/// The parts of a topology, before it is checked whether they fit each other.
///
/// Whoever reads an account or a template fills the parts and calls [`Draft::finish`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Services by name, and the AWS names they go by.
    pub services: BTreeMap<ServiceName, Service>,
    /// Queues that only the tracer reads, and the bus whose events each receives.
    pub taps: Vec<Tap>,
    /// Event buses.
    pub buses: BTreeMap<Located, Bus>,
    /// SQS queues.
    pub queues: BTreeMap<Located, Queue>,
    /// SNS topics.
    pub topics: BTreeMap<Located, Topic>,
    /// Kinesis streams, and streams of tables by the table's name.
    pub streams: BTreeMap<Located, Stream>,
    /// Streams of tables, by the table.
    pub tables: BTreeMap<Located, Stream>,
    /// `EventBridge` pipes.
    pub pipes: BTreeMap<Located, Pipe>,
    /// What is known of resources beside their routes.
    pub resources: BTreeMap<End, Resource>,
    /// Routes that pass on everything.
    pub routes: Vec<PlainRoute>,
}

impl Draft {
    /// Reads the text of a topology file as parts of a topology, whose other parts are elsewhere: a tap may
    /// listen to a bus that the file does not describe.
    ///
    /// # Errors
    /// The first entry that is not valid by itself, with its line and column.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        let file: File = serde_saphyr::from_str(text).map_err(|e| TopologyError::form(&e))?;
        let draft = file.into_draft()?;
        let alone = Self {
            taps: Vec::new(),
            ..draft.clone()
        };
        alone.check()?;
        Ok(draft)
    }

    /// The topology of these parts.
    ///
    /// # Errors
    /// The first entry that contradicts another.
    pub fn finish(self) -> Result<Topology, TopologyError> {
        self.check()?;
        Ok(Topology { parts: self })
    }
}
