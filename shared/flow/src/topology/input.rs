//! What a route leaves of a record: constants, paths, transformers and the templates of pipes. Like
//! conditions, an input is compiled when it is made and keeps the form in which it is written.

use std::collections::BTreeMap;
use std::fmt;

use eventbridge_pattern::{Event, Invocation, TargetError, TargetInput};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a target or a pipe sends of a record, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum InputForm {
    /// The record as it is.
    Whole,
    /// A constant (`Input`).
    Constant(Value),
    /// A part of the event (`InputPath`).
    Path(String),
    /// A text made from parts of the event (`InputTransformer`).
    Transformer(InputTransformer),
    /// A pipe's text made from parts of the record (`InputTemplate`).
    Template(String),
}

impl InputForm {
    /// The input as a value that can be shown and compared; `None` for the whole record.
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
    /// Names for parts of the event (`InputPathsMap`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, String>,
    /// The text with `<name>` in their places (`InputTemplate`).
    pub template: String,
}

/// What a target or a pipe sends of a record.
#[derive(Clone)]
pub struct Input {
    form: InputForm,
    /// `None` where it sends the record as it is.
    compiled: Option<TargetInput>,
}

/// The error of an input that is larger than EventBridge sends: nothing was sent.
pub(crate) struct NotSent;

impl Input {
    /// The record as it is.
    pub const WHOLE: Self = Self {
        form: InputForm::Whole,
        compiled: None,
    };

    /// Reads an input.
    ///
    /// # Errors
    /// AWS would refuse it.
    pub fn new(form: InputForm) -> Result<Self, TargetError> {
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

    /// As it is written.
    pub fn form(&self) -> &InputForm {
        &self.form
    }

    /// Whether something else than the whole record is sent.
    pub fn is_transformer(&self) -> bool {
        self.form != InputForm::Whole
    }

    /// What is sent of an event by a rule or a pipe of this name; `None` for the event as it is.
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

/// Two inputs are equal if they are written alike.
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
