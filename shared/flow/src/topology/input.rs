//! Inputs of routes, which decide what is left of a record: constants, paths, transformers and the
//! templates of pipes. Like conditions, an input is compiled when it is made and keeps its written
//! form.

use std::collections::BTreeMap;
use std::fmt;

use eventbridge_pattern::{Event, Invocation, TargetError, TargetInput};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The input of a target or a pipe, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum InputForm {
    /// The record as it is.
    Whole,
    /// A constant (`Input`).
    Constant(Value),
    /// A part of the event (`InputPath`).
    Path(String),
    /// A text made of parts of the event (`InputTransformer`).
    Transformer(InputTransformer),
    /// A pipe's text made of parts of the record (`InputTemplate`).
    Template(String),
}

impl InputForm {
    /// Returns the input as a value for display and comparison, or `None` for the whole record.
    pub(super) fn to_json(&self) -> Option<Value> {
        match self {
            Self::Whole => None,
            Self::Constant(constant) => Some(json!({ "input": constant })),
            Self::Path(path) => Some(json!({ "input_path": path })),
            Self::Transformer(transformer) => Some(json!({ "input_transformer": transformer })),
            Self::Template(template) => Some(json!({ "input_template": template })),
        }
    }
}

/// EventBridge's `InputTransformer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputTransformer {
    /// The names for parts of the event (`InputPathsMap`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, String>,
    /// The text, in which `<name>` stands for a part (`InputTemplate`).
    pub template: String,
}

/// The compiled input of a target or a pipe.
#[derive(Clone)]
pub struct Input {
    form: InputForm,
    /// The compiled form, or `None` if the record is sent as it is.
    compiled: Option<TargetInput>,
}

/// The input is larger than EventBridge sends, so nothing was sent.
pub(crate) struct NotSent;

impl Input {
    /// The record as it is.
    pub const WHOLE: Self = Self {
        form: InputForm::Whole,
        compiled: None,
    };

    /// Compiles an input.
    ///
    /// # Errors
    /// If AWS would refuse the input.
    pub fn new(mut form: InputForm) -> Result<Self, TargetError> {
        // One order in every build, as for conditions.
        if let InputForm::Constant(constant) = &mut form {
            constant.sort_all_objects();
        }
        let compiled = match &form {
            InputForm::Whole => None,
            InputForm::Constant(constant) => Some(TargetInput::constant(&constant.to_string())?),
            InputForm::Path(path) => Some(TargetInput::path(path)?),
            InputForm::Transformer(transformer) => Some(TargetInput::transformer(
                transformer
                    .paths
                    .iter()
                    .map(|(name, path)| (name.as_str(), path.as_str())),
                &transformer.template,
            )?),
            InputForm::Template(template) => Some(TargetInput::pipe_template(template)?),
        };
        Ok(Self { form, compiled })
    }

    /// Returns the input as it is written.
    pub fn form(&self) -> &InputForm {
        &self.form
    }

    /// Returns true if something else than the whole record is sent.
    pub fn is_transformer(&self) -> bool {
        self.form != InputForm::Whole
    }

    /// Returns the text that a rule or a pipe with this name sends for an event, or `None` if it
    /// sends the event as it is.
    pub(crate) fn apply(
        &self,
        event: &Event<'_>,
        name: &str,
        time: Option<Timestamp>,
    ) -> Result<Option<String>, NotSent> {
        let Some(input) = &self.compiled else {
            return Ok(None);
        };
        let ingestion_time = time.map_or_else(String::new, |at| at.to_string());
        let invocation = Invocation {
            rule_arn: name,
            rule_name: name,
            ingestion_time: &ingestion_time,
        };
        let received = input.receives(event, &invocation).map_err(|_| NotSent)?;
        Ok(Some(received.as_str().to_owned()))
    }
}

/// Two inputs are equal if their written forms are.
impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}
