//! The fields of a request: read into types, and described for the JSON Schema, for the command line's
//! options and for refusals.
//!
//! The descriptions are derived from the types that read a request.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// A field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, with dots between the names of objects: `filters.tier`.
    pub path: String,
    /// Its meaning, in one or two sentences without the last full stop.
    pub description: String,
    /// The placeholder for its value in help: `DAY`.
    pub value_name: String,
    /// Which values it takes.
    pub takes: Takes,
    /// Whether a request without it is refused.
    pub is_required: bool,
}

/// Which values a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Text.
    Text,
    /// A whole number, not negative.
    Number,
    /// True or false.
    Flag,
    /// One of these words.
    OneOf(Vec<String>),
    /// A list of texts.
    List,
}

impl Field {
    /// Which value would be accepted, for a refusal.
    pub(crate) fn expected(&self) -> String {
        match &self.takes {
            Takes::OneOf(words) => format!("give one of {}", words.join(", ")),
            _ => format!("its meaning is: {}", self.description),
        }
    }
}

/// Whether something may be shown as the name of a field: the name of a field has small letters and
/// underscores only, so that it is no address and no number.
pub(crate) fn looks_like_a_field(path: &str) -> bool {
    path.len() <= 64
        && path
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'_' | b'.'))
}

/// The schema of a type, with everything it refers to inside it.
pub(crate) fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>()
}

/// The properties of a schema, by name.
pub(crate) fn properties(schema: &Schema) -> Map<String, Value> {
    match schema.get("properties") {
        Some(Value::Object(properties)) => properties.clone(),
        _ => Map::new(),
    }
}

/// The names a schema requires.
pub(crate) fn required(schema: &Schema) -> Vec<Value> {
    match schema.get("required") {
        Some(Value::Array(names)) => names.clone(),
        _ => Vec::new(),
    }
}

/// The fields of a schema, those of objects in it by their paths.
pub(crate) fn fields(schema: &Schema) -> Vec<Field> {
    let mut fields = Vec::new();
    add_fields(schema, "", &mut fields);
    fields
}

fn add_fields(schema: &Schema, within: &str, fields: &mut Vec<Field>) {
    let required = required(schema);
    for (name, property) in properties(schema) {
        let path = format!("{within}{name}");
        let Ok(property) = Schema::try_from(property) else {
            continue;
        };
        if property.get("properties").is_some() {
            add_fields(&property, &format!("{path}."), fields);
            continue;
        }
        let text = |key: &str| property.get(key).and_then(Value::as_str);
        fields.push(Field {
            description: text("description").unwrap_or_default().replace('\n', " "),
            value_name: text("x-value").map_or_else(|| name.to_uppercase(), str::to_owned),
            takes: takes(&property),
            is_required: required.contains(&Value::String(name)),
            path,
        });
    }
}

fn takes(property: &Schema) -> Takes {
    let words: Vec<String> = match property.get("enum") {
        Some(Value::Array(words)) => words
            .iter()
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    if !words.is_empty() {
        return Takes::OneOf(words);
    }
    // An optional field has two types, the second of which is null.
    let kind = match property.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        Some(kind) => kind.as_str(),
        None => None,
    };
    match kind {
        Some("integer") => Takes::Number,
        Some("boolean") => Takes::Flag,
        Some("array") => Takes::List,
        _ => Takes::Text,
    }
}

/// The smallest request, for messages.
pub(crate) const SMALL: &str = r#"an example of a request is {"report":"map","format":"table"}"#;

/// Reads the fields that one type has, and leaves the others alone.
pub(crate) fn read<T: DeserializeOwned>(
    fields: &Map<String, Value>,
    known: &[Field],
) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(Value::Object(fields.clone())).map_err(|error| {
        let path = error.path().to_string();
        // Of a list the path names the element too: `subjects[2]`.
        let name = path.split('[').next().unwrap_or_default();
        // What serde says is not repeated, because it quotes the value.
        match known.iter().find(|field| field.path == name) {
            Some(field) => Refusal::field(name, "this value cannot be used", field.expected()),
            None => Refusal::request("a field is missing or cannot be used", SMALL),
        }
    })
}
