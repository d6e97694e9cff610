//! Computes what a rule's target receives of an event: all of it, a constant, a part, or a template
//! filled from it.
//!
//! A consumer of personal data is found only in this way, and not from the event alone: a target
//! whose transformer keeps an order id does not receive the e-mail address beside it.

mod path;
mod template;

use std::collections::BTreeMap;

use serde_json::Value;

pub use self::path::EventPath;
pub(crate) use self::template::is_json_value;
use self::template::{Template, array_of, minify};
use crate::error::TargetError;
use crate::event::Event;

/// The maximum size of a transformer's output, in bytes. AWS fails the invocation beyond it.
pub(crate) const MAX_RECEIVED: usize = 1024 * 1024;

/// The settings of a target that select what it receives: `Input`, `InputPath`, `InputTransformer`,
/// or none of them.
///
/// ```
/// use eventbridge_pattern::{Event, Invocation, Received, TargetInput};
///
/// let input = TargetInput::transformer(
///     [("order", "$.detail.order"), ("total", "$.detail.total")],
///     r#"{"id": <order>, "note": "order <order> over <total>", "rule": <aws.events.rule-name>}"#,
/// )?;
/// let event = Event::parse(
///     br#"{"detail": {"order": "o-17", "total": 99.5, "email": "jane@example.com"}}"#,
/// )?;
/// let invocation = Invocation {
///     rule_arn: "arn:aws:events:eu-west-1:111122223333:rule/orders",
///     rule_name: "orders",
///     ingestion_time: "2026-11-21T10:00:00Z",
/// };
/// assert_eq!(
///     input.receives(&event, &invocation)?,
///     Received::Json(r#"{"id":"o-17","note":"order o-17 over 99.5","rule":"orders"}"#.into())
/// );
/// assert!(!input.passes("$.detail.email")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TargetInput {
    kind: InputKind,
}

#[derive(Debug, Clone)]
enum InputKind {
    Event,
    Constant(Box<str>),
    Path(EventPath),
    Template(Template),
}

/// The invocation of a target, with the values of the reserved variables.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// `<aws.events.rule-arn>`.
    pub rule_arn: &'a str,
    /// `<aws.events.rule-name>`.
    pub rule_name: &'a str,
    /// `<aws.events.event.ingestion-time>`: the time at which the bus received the event, in ISO
    /// 8601.
    pub ingestion_time: &'a str,
}

/// The data that a target received.
#[derive(Clone, PartialEq, Eq)]
pub enum Received {
    /// One JSON value.
    Json(String),
    /// Text that is not JSON.
    Text(String),
}

impl std::fmt::Debug for Received {
    /// Writes the size only, because the text is payload.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, text) = match self {
            Self::Json(text) => ("Json", text),
            Self::Text(text) => ("Text", text),
        };
        write!(f, "{name}({} bytes)", text.len())
    }
}

impl Received {
    /// Returns the text, JSON or not.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Json(text) | Self::Text(text) => text,
        }
    }

    fn of(text: String) -> Self {
        if is_json_value(&text) {
            let mut minified = String::with_capacity(text.len());
            minify(&mut minified, &text);
            Self::Json(minified)
        } else {
            Self::Text(text)
        }
    }
}

/// A part of the event that reaches a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survivor {
    /// The selection of a path; `$` is the whole event.
    Path(EventPath),
    /// The event without its `detail` (`<aws.events.event>`).
    AllButDetail,
}

impl TargetInput {
    /// Creates the input of a target without any of the three settings, which receives the event as
    /// it is.
    pub fn event() -> Self {
        Self {
            kind: InputKind::Event,
        }
    }

    /// Creates an `Input`: the target receives this JSON text and nothing of the event.
    pub fn constant(json: &str) -> Result<Self, TargetError> {
        if !is_json_value(json) {
            return Err(TargetError::Input);
        }
        Ok(Self {
            kind: InputKind::Constant(json.into()),
        })
    }

    /// Creates an `InputPath`: the target receives the part of the event that the path selects.
    pub fn path(path: &str) -> Result<Self, TargetError> {
        Ok(Self {
            kind: InputKind::Path(EventPath::parse(path)?),
        })
    }

    /// Creates an `InputTransformer`: the target receives the template with its placeholders
    /// filled.
    ///
    /// # Errors
    /// Returns an error if a placeholder has no variable, a path is not valid, or a quota of AWS is
    /// exceeded.
    pub fn transformer<N, P>(
        paths: impl IntoIterator<Item = (N, P)>,
        template: &str,
    ) -> Result<Self, TargetError>
    where
        N: Into<String>,
        P: Into<String>,
    {
        let paths: BTreeMap<String, String> = paths
            .into_iter()
            .map(|(name, path)| (name.into(), path.into()))
            .collect();
        Ok(Self {
            kind: InputKind::Template(Template::parse(&paths, template)?),
        })
    }

    /// Creates a pipe's `InputTemplate`: the target receives the template with its paths filled
    /// from the record. The record that is given to [`TargetInput::receives`] must be the one that
    /// a pipe sees: with its body or data parsed if it is JSON.
    ///
    /// # Errors
    /// Returns an error if a placeholder is neither a path nor a reserved variable, or the template
    /// is too long.
    pub fn pipe_template(template: &str) -> Result<Self, TargetError> {
        Ok(Self {
            kind: InputKind::Template(Template::parse_pipe(template)?),
        })
    }

    /// Parses the settings of a target as `ListTargetsByRule` and `CloudFormation` write them.
    /// Other members (`Arn`, `RoleArn`, …) are ignored.
    ///
    /// # Errors
    /// Returns an error if the settings do not have the documented form, or more than one of the
    /// three is given.
    pub fn from_value(target: &Value) -> Result<Self, TargetError> {
        let text = |name: &str| match target.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(TargetError::Form),
        };
        let transformer = target
            .get("InputTransformer")
            .filter(|value| !value.is_null());
        match (text("Input")?, text("InputPath")?, transformer) {
            (None, None, None) => Ok(Self::event()),
            (Some(input), None, None) => Self::constant(input),
            (None, Some(path), None) => Self::path(path),
            (None, None, Some(transformer)) => Self::transformer_from(transformer),
            _ => Err(TargetError::MoreThanOne),
        }
    }

    fn transformer_from(transformer: &Value) -> Result<Self, TargetError> {
        let template = transformer
            .get("InputTemplate")
            .and_then(Value::as_str)
            .ok_or(TargetError::Form)?;
        let mut paths = BTreeMap::new();
        match transformer.get("InputPathsMap") {
            None | Some(Value::Null) => {}
            Some(Value::Object(map)) => {
                for (name, path) in map {
                    let path = path.as_str().ok_or(TargetError::Form)?;
                    paths.insert(name.clone(), path.to_owned());
                }
            }
            Some(_) => return Err(TargetError::Form),
        }
        Self::transformer(paths, template)
    }

    /// Returns what the target receives of an event.
    ///
    /// A path that selects nothing gives `null` as `InputPath`, and the empty string in a template.
    ///
    /// # Errors
    /// Returns an error if the input is larger than 1 MiB, because AWS fails the invocation.
    pub fn receives(
        &self,
        event: &Event<'_>,
        invocation: &Invocation<'_>,
    ) -> Result<Received, TargetError> {
        Ok(match &self.kind {
            InputKind::Event => Received::Json(event.source().to_owned()),
            InputKind::Constant(json) => Received::Json(json.to_string()),
            InputKind::Path(path) => {
                let selected = path.select(event);
                let json = if path.is_single() {
                    selected
                        .first()
                        .map_or_else(|| "null".to_owned(), |&node| event.raw(node).to_owned())
                } else {
                    array_of(event, &selected)
                };
                Received::of(json)
            }
            InputKind::Template(template) => Received::of(template.fill(event, invocation)?),
        })
    }

    /// Returns the parts of the event that reach the target. Nothing else of the event does.
    pub fn survivors(&self) -> Vec<Survivor> {
        match &self.kind {
            InputKind::Event => vec![Survivor::Path(EventPath::whole())],
            InputKind::Constant(_) => Vec::new(),
            InputKind::Path(path) => vec![Survivor::Path(path.clone())],
            InputKind::Template(template) => template.survivors(),
        }
    }

    /// Returns true if a value at this path of the event reaches the target.
    ///
    /// # Errors
    /// Returns an error if the text is not a path.
    pub fn passes(&self, path: &str) -> Result<bool, TargetError> {
        let asked = EventPath::parse(path)?;
        Ok(self.survivors().iter().any(|survivor| match survivor {
            Survivor::Path(path) => path.covers(&asked),
            Survivor::AllButDetail => !asked.begins_with_name("detail"),
        }))
    }
}

#[cfg(test)]
mod tests;
