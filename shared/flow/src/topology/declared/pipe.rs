//! Declares pipes.

use super::super::check::{ENRICHMENTS, TARGETS};
use super::super::{
    End, Enrichment, Input, InputForm, Origin, Pipe, PipeEvent, ResourceKind as Kind,
};
use super::readers::filters;
use super::{Declarations, Document, Refusal, fitting};
use crate::home::Located;

/// A pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredPipe {
    /// The name of the pipe.
    pub name: Located,
    /// The `Source`.
    pub from: End,
    /// The patterns of `SourceParameters.FilterCriteria`.
    pub filters: Vec<Document>,
    /// The `Enrichment`.
    pub enrichment: Option<DeclaredEnrichment>,
    /// The `Target`.
    pub to: End,
    /// The `TargetParameters.InputTemplate`.
    pub input_template: Option<String>,
    /// The `TargetParameters.EventBridgeEventBusParameters`.
    pub event: PipeEvent,
    /// The `DeadLetterConfig` of the source parameters.
    pub on_failure: Option<End>,
    /// True if the `DesiredState` is `STOPPED`.
    pub disabled: bool,
    /// The place where it is written.
    pub origin: Origin,
}

/// The enrichment of a pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredEnrichment {
    /// The `Enrichment`.
    pub by: End,
    /// The `EnrichmentParameters.InputTemplate`.
    pub input_template: Option<String>,
}

/// Compiles the input of a pipe. With an empty template, as with none, the whole record is sent.
fn input(template: Option<String>, number: usize) -> Result<Input, Refusal> {
    let template = template.filter(|template| !template.trim().is_empty());
    let form = template.map_or(InputForm::Whole, InputForm::Template);
    Input::new(form).map_err(|problem| Refusal::Input { number, problem })
}

impl Declarations {
    pub(super) fn declare_pipe(&mut self, declared: DeclaredPipe) -> Result<(), Refusal> {
        let enrichment = declared.enrichment.map(|enrichment| {
            Ok::<_, Refusal>(Enrichment {
                by: fitting(enrichment.by, ENRICHMENTS, Kind::Api),
                input: input(enrichment.input_template, 1)?,
            })
        });
        let pipe = Pipe {
            filters: filters(declared.filters, declared.from.kind())?,
            from: declared.from,
            disabled: declared.disabled,
            enrichment: enrichment.transpose()?,
            to: fitting(declared.to, TARGETS, Kind::Other),
            input: input(declared.input_template, 1)?,
            event: declared.event,
            dead_letters: self.failure_holder(declared.on_failure),
            origin: declared.origin,
        };
        self.draft.pipes.insert(declared.name, pipe);
        Ok(())
    }
}
