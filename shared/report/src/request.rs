//! Reads the requests of the report function and the command line.
//!
//! A request is one JSON object: the fields that every question takes ([`SharedFields`]) beside
//! those of the question itself. The types that read it also give the JSON Schema and the command
//! line's options, so the three cannot differ.

use std::fmt;
use std::num::NonZeroU16;

use serde_json::{Map, Value};

use crate::fields::{self, Field, SMALL};
use crate::key_order;
use crate::question::{Ask, QUESTIONS, Question};
use crate::refusal::Refusal;
use crate::render::{self, Format};
use crate::shared_fields::SharedFields;

/// The field that names the question.
pub(crate) const REPORT: &str = "report";

/// The field that names the format.
pub(crate) const FORMAT: &str = "format";

/// The field that wraps the lines of a text table.
pub(crate) const WIDTH: &str = "width";

/// A valid request.
pub struct Request {
    pub(crate) question: &'static Question,
    pub(crate) format: &'static dyn Format,
    pub(crate) shared: SharedFields,
    pub(crate) ask: Box<dyn Ask>,
    /// The fields as they were given, without the question and the format.
    pub(crate) given: Map<String, Value>,
}

impl fmt::Debug for Request {
    /// Writes only the question, because its parameters may be a person's fingerprints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field(REPORT, &self.question.name)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// Returns a [`Refusal`] if a field is missing, unknown, not one of this question's, or has an
    /// invalid value. It names the field and describes accepted values.
    pub fn from_value(request: Value) -> Result<Self, Refusal> {
        let Value::Object(mut fields) = request else {
            return Err(Refusal::request("the request is not a JSON object", SMALL));
        };
        // A null field counts as left out.
        fields.retain(|_, value| !value.is_null());
        let question = match fields.remove(REPORT) {
            Some(Value::String(name)) => QUESTIONS.iter().find(|question| question.name == name),
            Some(_) => None,
            None => return Err(Refusal::field(REPORT, "the question is missing", SMALL)),
        };
        let question = question.ok_or_else(|| {
            Refusal::field(
                REPORT,
                "this question does not exist",
                one_of(QUESTIONS.iter().map(|question| question.name)),
            )
        })?;
        let formats = formats_of(question);
        let format = match fields.remove(FORMAT) {
            None => formats.first().copied(),
            Some(Value::String(name)) => render::by_name(&name)
                .filter(|format| formats.iter().any(|suits| suits.name() == format.name())),
            Some(_) => None,
        };
        let format = format.ok_or_else(|| {
            Refusal::field(
                FORMAT,
                format!("{} cannot be answered in this format", question.name),
                one_of(formats.iter().map(|format| format.name())),
            )
        })?;
        // Of several faults, the same is reported in whatever order the fields are written.
        let fields = key_order::sorted(fields);
        let known = question.fields();
        refuse_unknown(&fields, question, &known)?;
        let shared: SharedFields = fields::read(&fields, &known)?;
        shared.check()?;
        if shared.width.is_some() && !format.wraps_lines() {
            return Err(Refusal::field(
                WIDTH,
                format!("the format {} has no lines that are wrapped", format.name()),
                format!(
                    "no width, or the format {}",
                    list(wrapping(question).iter().map(|format| format.name()))
                ),
            ));
        }
        let ask = (question.read)(&fields, &known)?;
        Ok(Self {
            question,
            format,
            shared,
            ask,
            given: fields,
        })
    }

    /// Wraps the lines of a text table at this many columns, unless the request has a width. Other
    /// formats do not wrap lines.
    pub fn wrap_at(&mut self, width: NonZeroU16) {
        if self.format.wraps_lines() {
            self.shared.width.get_or_insert(width);
        }
    }
}

/// Returns the formats that suit the documents of a question. The first is the default.
pub(crate) fn formats_of(question: &Question) -> Vec<&'static dyn Format> {
    render::suiting(question.contents)
}

/// Returns the formats of a question that wrap lines at a width.
pub(crate) fn wrapping(question: &Question) -> Vec<&'static dyn Format> {
    let mut formats = formats_of(question);
    formats.retain(|format| format.wraps_lines());
    formats
}

/// Returns `one of a, b, c`.
fn one_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    format!("one of {}", list(names))
}

/// Refuses a field that the question does not take.
fn refuse_unknown(
    fields: &Map<String, Value>,
    question: &Question,
    known: &[Field],
) -> Result<(), Refusal> {
    let names = || known.iter().map(|field| field.path.as_str());
    let mut given: Vec<(String, &Value)> = fields
        .iter()
        .map(|(name, value)| (name.clone(), value))
        .collect();
    while let Some((path, value)) = given.pop() {
        if names().any(|name| name == path) {
            continue;
        }
        let within = format!("{path}.");
        if names().any(|name| name.starts_with(&within)) {
            let Value::Object(parts) = value else {
                return Err(Refusal::field(
                    &path,
                    "it is not an object",
                    format!(
                        "an object with the fields {}",
                        list(names().filter(|name| name.starts_with(&within)))
                    ),
                ));
            };
            given.extend(
                parts
                    .iter()
                    .map(|(name, value)| (format!("{within}{name}"), value)),
            );
            continue;
        }
        let expected = format!("one of its fields: {REPORT}, {FORMAT}, {}", list(names()));
        let problem = format!("the question {} does not have this field", question.name);
        // A name that does not look like a field may be a value in the wrong place, so it is not
        // repeated.
        return Err(if fields::looks_like_a_field(&path) {
            Refusal::field(&path, problem, expected)
        } else {
            Refusal::request(
                format!("{problem}; its name is not shown here, because it may be personal data"),
                expected,
            )
        });
    }
    Ok(())
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
