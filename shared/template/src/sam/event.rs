//! Reads the events that a function or a state machine lists.

use crate::node::{Build, Tree};
use crate::note::NoteKind;

use super::{Expansion, Target};

/// An event of a function or a state machine.
pub(super) struct Event {
    /// The id, or the prefix of the ids, of the resources that the event makes.
    pub(super) id: String,
    pub(super) line: u32,
    pub(super) properties: Tree,
}

impl Event {
    pub(super) fn build(&self) -> Build {
        Build(self.line)
    }

    /// Returns a property that exists and is not null.
    pub(super) fn get(&self, name: &str) -> Option<Tree> {
        let value = self.properties.get(name)?;
        (!value.is_null()).then(|| value.clone())
    }
}

impl Expansion<'_, '_> {
    /// Adds the resource that an event makes under the event's own id.
    pub(super) fn add_event(
        &mut self,
        target: &Target,
        event: &Event,
        kind: &str,
        properties: &Tree,
    ) {
        let condition = target.condition.as_ref();
        self.add(event.id.clone(), kind, &target.id, condition, properties);
    }

    /// Returns the events of a function or a state machine, each with its type.
    pub(super) fn events_of(
        &mut self,
        target: &Target,
        events: Option<&Tree>,
    ) -> Vec<(String, Event)> {
        let Some(events) = events else {
            return Vec::new();
        };
        let Some(entries) = events.as_map() else {
            let kind = NoteKind::Malformed("the list of events");
            self.note(&target.id, events.line, kind);
            return Vec::new();
        };
        let empty = Build(events.line).map([]);
        let mut all = Vec::new();
        for (name, event) in entries {
            let Some(kind) = event.get_text("Type") else {
                self.note(&target.id, event.line, NoteKind::Malformed("the event"));
                continue;
            };
            let properties = event.get("Properties").unwrap_or(&empty).clone();
            let read = Event {
                id: format!("{}{name}", target.id),
                line: event.line,
                properties,
            };
            all.push((kind.to_owned(), read));
        }
        all
    }
}
