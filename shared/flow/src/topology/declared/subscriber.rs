//! Subscribers of V2 buses.

use super::super::check::TARGETS;
use super::super::{
    End, FilterScope, Jsonata, Origin, ResourceKind, ScopedFilters, Subscriber, Transformer,
};
use super::{Declarations, Document, Refusal, fitting};
use crate::home::Located;

/// A subscriber of a V2 bus.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredSubscriber {
    /// Its bus.
    pub bus: Located,
    /// Its name.
    pub name: String,
    /// The id in the template, if it differs from the name.
    pub id: Option<String>,
    /// `FilterConfiguration.Filters`.
    pub filters: Vec<(FilterScope, Document)>,
    /// `InvokeConfiguration.TargetArn`.
    pub to: End,
    /// `Transformer`.
    pub transformer: DeclaredTransformer,
    /// True if the parameters of its target have `MessageAttributes`.
    pub sets_attributes: bool,
    /// `OnFailureConfiguration.Arn`.
    pub dead_letters: Option<End>,
    /// True if its `State` is `STOPPED`.
    pub disabled: bool,
    /// The place where it is written.
    pub origin: Origin,
}

/// The declared transformer of a subscriber.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DeclaredTransformer {
    /// `RAW`.
    #[default]
    Raw,
    /// `WITH_METADATA`.
    WithMetadata,
    /// `JSONATA`, with its `Expression`.
    Jsonata(String),
    /// An unknown input: an expression with a part that is defined elsewhere, or the `Input` of a
    /// universal target.
    Unknown,
}

impl Declarations {
    pub(super) fn declare_subscriber(
        &mut self,
        declared: DeclaredSubscriber,
    ) -> Result<(), Refusal> {
        let mut filters = ScopedFilters::default();
        let is_approximate = declared.filters.iter().any(|(_, one)| one.is_approximate());
        for (scope, document) in declared.filters {
            if document != Document::Unknown {
                filters.add(scope, document.json("filter")?)?;
            }
        }
        let filters = filters.approximating(is_approximate);
        let transformer = match declared.transformer {
            DeclaredTransformer::Raw => Transformer::Raw,
            DeclaredTransformer::WithMetadata => Transformer::WithMetadata,
            DeclaredTransformer::Jsonata(text) => Transformer::Jsonata(Jsonata::new(&text)?),
            DeclaredTransformer::Unknown => Transformer::Unknown,
        };
        let name = self.free_name(&declared.bus, &declared.name);
        let subscriber = Subscriber {
            id: declared.id.filter(|id| *id != name),
            name,
            disabled: declared.disabled,
            filters,
            to: fitting(declared.to, TARGETS, ResourceKind::Other),
            transformer,
            sets_attributes: declared.sets_attributes,
            dead_letters: self.dead_letter_queue(declared.dead_letters),
            origin: declared.origin,
        };
        let bus = self.draft.buses.entry(declared.bus).or_default();
        bus.subscribers.push(subscriber);
        Ok(())
    }
}
