//! Fills an `InputTransformer`'s template.
//!
//! The meaning of a placeholder depends on its position. In the place of a JSON value it becomes
//! JSON: a string gets its quotation marks, and an object stays an object. Inside a string, or in a
//! template that is plain text, it becomes text: the characters of a string, and an object or array
//! without its quotation marks. A path that finds nothing becomes the empty string.
//!
//! A rule's template names variables, each of which has a path. A pipe's template (`InputTemplate`)
//! contains the paths themselves, `<$.body.order>`, and has reserved variables of its own.

use std::collections::BTreeMap;

use super::path::EventPath;
use super::{Invocation, MAX_RECEIVED, Survivor};
use crate::error::TargetError;
use crate::event::{Event, NodeId};
use crate::json::Reader;

/// The maximum number of variables of one transformer, as in AWS.
const MAX_VARIABLES: usize = 100;
/// The maximum number of characters of a variable's name, and of its path, as in AWS.
const MAX_NAME: usize = 256;
/// The maximum number of characters of one template, as in AWS.
const MAX_TEMPLATE: usize = 8192;

#[derive(Debug, Clone)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Literal(Box<str>),
    Placeholder {
        variable: Variable,
        place: InsertedAs,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InsertedAs {
    /// In the place of a JSON value.
    Value,
    /// Inside a JSON string, or anywhere in plain text.
    Text,
}

#[derive(Debug, Clone)]
enum Variable {
    Path(EventPath),
    RuleArn,
    RuleName,
    IngestionTime,
    /// The ARN of a resource that is not known here. It is filled with nothing.
    OtherArn,
    /// The event without its detail.
    Event,
    EventJson,
}

impl Variable {
    fn reserved(name: &str) -> Option<Self> {
        Some(match name {
            "aws.events.rule-arn" => Self::RuleArn,
            "aws.events.rule-name" => Self::RuleName,
            "aws.events.event.ingestion-time" => Self::IngestionTime,
            "aws.events.event" => Self::Event,
            "aws.events.event.json" => Self::EventJson,
            _ => return None,
        })
    }

    /// Returns a reserved variable of pipes, as "Amazon EventBridge Pipes input transformation"
    /// lists them.
    fn reserved_by_pipes(name: &str) -> Option<Self> {
        Some(match name {
            "aws.pipes.pipe-arn" => Self::RuleArn,
            "aws.pipes.pipe-name" => Self::RuleName,
            "aws.pipes.source-arn" | "aws.pipes.enrichment-arn" | "aws.pipes.target-arn" => {
                Self::OtherArn
            }
            "aws.pipes.event.ingestion-time" => Self::IngestionTime,
            "aws.pipes.event" | "aws.pipes.event.json" => Self::EventJson,
            _ => return None,
        })
    }
}

impl Template {
    /// Parses the template of a pipe.
    pub(crate) fn parse_pipe(text: &str) -> Result<Self, TargetError> {
        Self::parse_with(text, |name| {
            if name.starts_with('$') {
                return Ok(Variable::Path(EventPath::parse(name)?));
            }
            Variable::reserved_by_pipes(name).ok_or(refused(
                "a placeholder of a pipe's template is a path that begins with $, or a reserved variable",
            ))
        })
    }

    /// Parses the template of a rule's transformer.
    pub(crate) fn parse(paths: &BTreeMap<String, String>, text: &str) -> Result<Self, TargetError> {
        if paths.len() > MAX_VARIABLES {
            return Err(refused("a transformer has at most 100 variables"));
        }
        if !paths.keys().all(|name| is_name(name)) {
            return Err(refused(
                "a variable's name is 1 to 256 letters, digits, dashes and underscores",
            ));
        }
        if paths.values().any(|path| path.chars().count() > MAX_NAME) {
            return Err(refused("a variable's path has at most 256 characters"));
        }
        Self::parse_with(text, |name| {
            match (paths.get(name), Variable::reserved(name)) {
                (Some(path), _) => Ok(Variable::Path(EventPath::parse(path)?)),
                (None, Some(reserved)) => Ok(reserved),
                (None, None) => Err(refused(
                    "the template has a placeholder that no variable fills",
                )),
            }
        })
    }

    fn parse_with(
        text: &str,
        variable: impl Fn(&str) -> Result<Variable, TargetError>,
    ) -> Result<Self, TargetError> {
        if text.chars().count() > MAX_TEMPLATE {
            return Err(refused("a template has at most 8,192 characters"));
        }
        let is_json = is_json(text);
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut in_string = false;
        let mut escaped = false;
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if let Some((name, after)) = placeholder(rest) {
                let variable = variable(name)?;
                let place = if is_json && !in_string {
                    InsertedAs::Value
                } else {
                    InsertedAs::Text
                };
                if place == InsertedAs::Value && after.trim_start().starts_with(':') {
                    return Err(refused("a placeholder cannot be the key of an object"));
                }
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal).into()));
                }
                pieces.push(Piece::Placeholder { variable, place });
                escaped = false;
                rest = after;
                continue;
            }
            if character == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = character == '\\' && !escaped;
            literal.push(character);
            rest = &rest[character.len_utf8()..];
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        Ok(Self { pieces })
    }

    pub(crate) fn fill(
        &self,
        event: &Event<'_>,
        invocation: &Invocation<'_>,
    ) -> Result<String, TargetError> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Placeholder { variable, place } => {
                    fill_variable(&mut filled, variable, *place, event, invocation);
                }
            }
            if filled.len() > MAX_RECEIVED {
                return Err(TargetError::TooLarge);
            }
        }
        Ok(filled)
    }

    pub(crate) fn survivors(&self) -> Vec<Survivor> {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Placeholder { variable, .. } => match variable {
                    Variable::Path(path) => Some(Survivor::Path(path.clone())),
                    Variable::Event => Some(Survivor::AllButDetail),
                    Variable::EventJson => Some(Survivor::Path(EventPath::whole())),
                    Variable::RuleArn
                    | Variable::RuleName
                    | Variable::IngestionTime
                    | Variable::OtherArn => None,
                },
                Piece::Literal(_) => None,
            })
            .collect()
    }
}

fn refused(reason: &'static str) -> TargetError {
    TargetError::Template { reason }
}

/// Returns true if AWS accepts a name for a variable. Only the reserved names have dots.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_plain)
}

/// Returns true if a template is JSON with placeholders: an object, an array, a quoted string, or a
/// single placeholder.
fn is_json(text: &str) -> bool {
    let text = text.trim();
    match text.chars().next() {
        Some('{' | '[' | '"') => true,
        _ => placeholder(text).is_some_and(|(_, after)| after.is_empty()),
    }
}

/// Returns the name of the placeholder at the beginning of the text, and the text after it.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('<')?.split_once('>')?;
    (!name.contains('<')).then_some((name, after))
}

fn fill_variable(
    filled: &mut String,
    variable: &Variable,
    place: InsertedAs,
    event: &Event<'_>,
    invocation: &Invocation<'_>,
) {
    match variable {
        Variable::RuleArn => fill_text(filled, invocation.rule_arn, place),
        Variable::RuleName => fill_text(filled, invocation.rule_name, place),
        Variable::IngestionTime => fill_text(filled, invocation.ingestion_time, place),
        Variable::OtherArn => fill_text(filled, "", place),
        Variable::EventJson => fill_json(filled, event.raw(0), place),
        Variable::Event => fill_json(filled, &without_detail(event), place),
        Variable::Path(path) => {
            let selected = path.select(event);
            if !path.is_single() {
                fill_json(filled, &array_of(event, &selected), place);
            } else if let Some(&node) = selected.first() {
                fill_value(filled, event, node, place);
            } else {
                fill_text(filled, "", place);
            }
        }
    }
}

fn fill_value(filled: &mut String, event: &Event<'_>, node: NodeId, place: InsertedAs) {
    match (event.string(node), place) {
        (Some(text), InsertedAs::Text) => filled.push_str(text),
        _ => fill_json(filled, event.raw(node), place),
    }
}

/// Fills in text from AWS, which needs no escapes.
fn fill_text(filled: &mut String, text: &str, place: InsertedAs) {
    match place {
        InsertedAs::Text => filled.push_str(text),
        InsertedAs::Value => {
            filled.push('"');
            filled.push_str(text);
            filled.push('"');
        }
    }
}

fn fill_json(filled: &mut String, json: &str, place: InsertedAs) {
    match place {
        InsertedAs::Value => minify(filled, json),
        InsertedAs::Text => {
            let mut minified = String::with_capacity(json.len());
            minify(&mut minified, json);
            // EventBridge removes the quotation marks, so that the surrounding string stays a
            // string.
            let bare = minified.replace("\\\"", "").replace('"', "");
            filled.push_str(&bare);
        }
    }
}

/// Copies JSON without the white space between its tokens.
pub(crate) fn minify(into: &mut String, json: &str) {
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        if !in_string && matches!(character, ' ' | '\n' | '\r' | '\t') {
            continue;
        }
        if character == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && character == '\\' && !escaped;
        into.push(character);
    }
}

fn without_detail(event: &Event<'_>) -> String {
    let mut json = String::from("{");
    for child in event
        .children(0)
        .filter(|&child| event.name(child) != "detail")
    {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&serde_json::Value::from(event.name(child)).to_string());
        json.push(':');
        json.push_str(event.raw(child));
    }
    json.push('}');
    json
}

pub(crate) fn array_of(event: &Event<'_>, nodes: &[NodeId]) -> String {
    let elements: Vec<&str> = nodes.iter().map(|&node| event.raw(node)).collect();
    format!("[{}]", elements.join(","))
}

/// Returns true if a text is one JSON value.
pub(crate) fn is_json_value(text: &str) -> bool {
    let mut reader = Reader::new(text);
    loop {
        match reader.next_token() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
