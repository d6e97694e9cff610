//! Reads the fields of a request, and describes them for the JSON Schema, the command line's
//! options and refusals.
//!
//! The descriptions are derived from the types that read a request.

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::key_order;
use crate::refusal::Refusal;

/// A field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, with dots between the names of nested objects: `filters.tier`.
    pub path: String,
    /// The meaning, in one or two sentences without the last full stop.
    pub description: String,
    /// The placeholder for its value in help: `DAY`.
    pub value_name: String,
    /// The kind of values that the field takes.
    pub takes: Takes,
    /// True if a request without the field is refused.
    pub is_required: bool,
    /// A description of accepted values, to be read after the word "expected": `a day, as in
    /// 2026-11-01`.
    pub expected: String,
    /// Words that the field accepts, besides other values. A refusal suggests those nearest to the
    /// value.
    words: Vec<String>,
}

/// The kind of values that a field takes.
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
    /// A list of strings.
    List,
}

impl Field {
    /// Returns the refusal of a value of this field.
    fn refusal(&self, value: Option<&Value>) -> Refusal {
        let problem = match &self.takes {
            Takes::Text => "it does not have the expected form",
            Takes::Number => "it is not a whole number in the expected range",
            Takes::Flag => "it is neither true nor false",
            Takes::OneOf(_) => "it is not one of the possible values",
            Takes::List => "it is not a list of the expected form",
        };
        let nearest = match value {
            Some(Value::String(text)) => nearest(text, &self.words),
            _ => Vec::new(),
        };
        let expected = match nearest.as_slice() {
            [] => self.expected.clone(),
            nearest => format!("{}; the nearest are {}", self.expected, nearest.join(", ")),
        };
        Refusal::field(&self.path, problem, expected)
    }
}

/// The maximum number of words that a refusal suggests.
const NEAREST_MAX: usize = 3;

/// The minimum similarity of a suggested word: 1 is equal, 0 is nothing in common.
const NEAR: f64 = 0.75;

/// The maximum length of a value that is compared with words, in bytes.
const COMPARED_MAX: usize = 64;

/// Returns the words that a text is similar to. The text itself is never shown.
pub(crate) fn nearest<'w>(text: &str, words: &'w [String]) -> Vec<&'w str> {
    if text.len() > COMPARED_MAX {
        return Vec::new();
    }
    let text = text.to_uppercase();
    let mut near: Vec<(f64, &str)> = words
        .iter()
        .map(|word| {
            (
                strsim::jaro_winkler(&text, &word.to_uppercase()),
                word.as_str(),
            )
        })
        .filter(|(nearness, _)| *nearness >= NEAR)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter()
        .take(NEAREST_MAX)
        .map(|(_, word)| word)
        .collect()
}

/// The key in a schema under which the description of accepted values stands.
pub(crate) const EXPECTED: &str = "x-expected";

/// Returns true if a text may be shown as the name of a field. It has only small letters,
/// underscores and dots, so it is neither an address nor a number.
pub(crate) fn looks_like_a_field(path: &str) -> bool {
    path.len() <= 64
        && path
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'_' | b'.'))
}

/// Returns the schema of a type, with all schemas that it refers to inlined.
pub(crate) fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    join_lines(&mut schema);
    schema
}

/// Joins the lines of each description, which are broken where the source wraps its comments.
fn join_lines(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    transform_subschemas(&mut join_lines, schema);
}

/// Returns the properties of a schema, sorted by name.
pub(crate) fn properties(schema: &Schema) -> Map<String, Value> {
    match schema.get("properties") {
        Some(Value::Object(properties)) => key_order::sorted(properties.clone()),
        _ => Map::new(),
    }
}

/// Returns the names of the properties that a schema requires.
pub(crate) fn required(schema: &Schema) -> Vec<Value> {
    match schema.get("required") {
        Some(Value::Array(names)) => names.clone(),
        _ => Vec::new(),
    }
}

/// Returns the fields of a schema. Fields of nested objects have their paths as names.
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
        let takes = takes(&property);
        fields.push(Field {
            expected: text(EXPECTED).map_or_else(|| expected(&property, &takes), str::to_owned),
            words: texts(property.get("examples")),
            description: text("description").unwrap_or_default().to_owned(),
            value_name: text("x-value").map_or_else(|| name.to_uppercase(), str::to_owned),
            takes,
            is_required: required.contains(&Value::String(name)),
            path,
        });
    }
}

/// Returns the description of accepted values that follows from the schema itself.
fn expected(property: &Schema, takes: &Takes) -> String {
    let bound = |key: &str| property.get(key).and_then(Value::as_u64);
    match takes {
        Takes::OneOf(words) => format!("one of {}", words.join(", ")),
        Takes::Flag => "true or false".to_owned(),
        Takes::Number => match (bound("minimum"), bound("maximum")) {
            (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
            _ => "a whole number that is not negative".to_owned(),
        },
        Takes::Text => "text".to_owned(),
        Takes::List => "a list of texts".to_owned(),
    }
}

/// Returns the strings in a list.
fn texts(list: Option<&Value>) -> Vec<String> {
    let Some(Value::Array(values)) = list else {
        return Vec::new();
    };
    let texts = values.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn takes(property: &Schema) -> Takes {
    let words = texts(property.get("enum"));
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

/// An example of the smallest request, for messages.
pub(crate) const SMALL: &str = r#"a JSON object such as {"report":"map","format":"table"}"#;

/// Reads the fields that a type has, and ignores the others.
pub(crate) fn read<T: DeserializeOwned>(
    fields: &Map<String, Value>,
    known: &[Field],
) -> Result<T, Refusal> {
    let request = Value::Object(fields.clone());
    serde_path_to_error::deserialize(&request).map_err(|error| {
        let path = error.path().to_string();
        // For a list the path contains an index: `subjects[2]`.
        let name = path.split('[').next().unwrap_or_default();
        // The message of serde is dropped, because it quotes the value.
        if let Some(field) = known.iter().find(|field| field.path == name) {
            return field.refusal(request.pointer(&format!("/{}", name.replace('.', "/"))));
        }
        match known
            .iter()
            .find(|field| field.is_required && !fields.contains_key(&field.path))
        {
            Some(field) => Refusal::field(&field.path, "it is missing", field.expected.clone()),
            None => Refusal::request("a field cannot be used", SMALL),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_words_are_offered_and_none_where_nothing_is_near() {
        let words = ["EMAIL_ADDRESS", "IP_ADDRESS", "CREDIT_CARD", "CITY"].map(str::to_owned);
        assert_eq!(nearest("email", &words)[0], "EMAIL_ADDRESS");
        assert_eq!(nearest("CREDITCARD", &words), ["CREDIT_CARD"]);
        assert!(nearest("0123456789", &words).is_empty());
        assert!(nearest(&"E".repeat(100_000), &words).is_empty());
    }
}
