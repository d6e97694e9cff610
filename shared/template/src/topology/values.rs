//! Reads patterns, inputs, keys, numbers and switches, as far as they are literal.

use piitrail_flow::topology::InputTransformer;
use piitrail_flow::topology::declared::{DeclaredInput, Document, KeySetting, Setting};
use serde_json::{Value as Json, json};

use super::Part;
use crate::note::NoteKind;
use crate::value::{Value, placeholder};

impl Part<'_> {
    /// A pattern, a filter or a policy. Where a value in it is not known, everything is taken to be
    /// accepted there.
    pub(super) fn condition(&mut self, value: &Value, what: &'static str) -> Document {
        if let Value::Text(text) = value {
            return Document::Text(text.clone());
        }
        let mut is_known = true;
        let read = value.document();
        let read = read.map(|document| accepting(&document, &mut is_known));
        match read {
            Some(json) if is_known => return Document::Json(json),
            _ => self.note(NoteKind::Approximated(what)),
        }
        read.map_or(Document::Unknown, Document::Approximate)
    }

    /// The filters of a mapping or a pipe.
    pub(super) fn filters(&mut self, criteria: Option<&Value>) -> Vec<Document> {
        let Some(filters) = criteria.and_then(|criteria| criteria.get("Filters")) else {
            return Vec::new();
        };
        let Some(filters) = filters.as_list() else {
            self.note(NoteKind::Approximated("its filters"));
            return vec![Document::Unknown];
        };
        let mut documents = Vec::new();
        for filter in filters {
            match filter.get("Pattern") {
                Some(pattern) => documents.push(self.condition(pattern, "one of its filters")),
                // A filter without a pattern takes everything, and then the others decide nothing.
                None => return Vec::new(),
            }
        }
        documents
    }

    /// Reads the input of a target of a rule or a schedule.
    pub(super) fn input(&mut self, target: &Value) -> DeclaredInput {
        if let Some(input) = target.get("Input").filter(|input| **input != Value::Null) {
            return DeclaredInput::Constant(match input {
                Value::Map(_) | Value::List(_) => {
                    Document::Json(input.literal().unwrap_or(Json::Null))
                }
                other => Document::Text(text_of(other)),
            });
        }
        let path = target.get("InputPath").filter(|path| **path != Value::Null);
        if let Some(path) = path {
            if let Some(path) = path.as_text() {
                return DeclaredInput::Path(path.to_owned());
            }
            self.note(NoteKind::UnknownInput);
            return DeclaredInput::Whole;
        }
        let Some(transformer) = target.get("InputTransformer") else {
            return DeclaredInput::Whole;
        };
        let template = transformer.get("InputTemplate").and_then(template_text);
        let Some(template) = template else {
            self.note(NoteKind::UnknownInput);
            return DeclaredInput::Whole;
        };
        let paths = transformer.get("InputPathsMap").and_then(Value::as_map);
        let paths = paths.into_iter().flatten();
        DeclaredInput::Transformer(InputTransformer {
            paths: paths
                .map(|(name, path)| (name.clone(), text_of(path)))
                .collect(),
            template,
        })
    }

    /// Reads a pipe's template.
    pub(super) fn input_template(&mut self, value: Option<&Value>) -> Option<String> {
        let value = value.filter(|value| **value != Value::Null)?;
        let template = template_text(value);
        if template.is_none() {
            self.note(NoteKind::UnknownInput);
        }
        template
    }

    /// Reads the encryption key of a property, if it is set.
    pub(super) fn key(&self, value: Option<&Value>) -> Setting<KeySetting> {
        let Some(value) = value else {
            return Setting::Default;
        };
        let mut settings = value.alternatives().iter().map(|value| match value {
            Value::Null => Setting::Default,
            Value::Text(text) if text.is_empty() => Setting::Default,
            Value::Text(text) => Setting::Is(KeySetting::of_key(text)),
            Value::Resource(reference) => {
                Setting::Is(KeySetting::Key(self.naming.label(&reference.resource)))
            }
            Value::Outside(outside) => Setting::Is(KeySetting::Key(outside.to_string())),
            Value::Joined(_) => Setting::Is(KeySetting::of_key(&placeholder(value))),
            _ => Setting::Unknown,
        });
        let first = settings.next().unwrap_or(Setting::Unknown);
        if settings.all(|other| other == first) {
            first
        } else {
            Setting::Unknown
        }
    }
}

/// Reads a number, if it is set.
pub(super) fn number(value: Option<&Value>) -> Setting<u64> {
    match value {
        None | Some(Value::Null) => Setting::Default,
        Some(value) => {
            let text = value.scalar_text().unwrap_or_default();
            let whole = text.strip_suffix(".0").unwrap_or(&text);
            whole.parse().map_or(Setting::Unknown, Setting::Is)
        }
    }
}

/// Returns true if a state is literally this one.
pub(super) fn is_state(value: Option<&Value>, state: &str) -> bool {
    value
        .and_then(Value::as_text)
        .is_some_and(|text| text.eq_ignore_ascii_case(state))
}

/// Returns a pattern in which each list with an unknown value accepts everything.
fn accepting(value: &Value, is_known: &mut bool) -> Json {
    if let Some(literal) = value.literal() {
        return literal;
    }
    match value {
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), accepting(value, is_known)))
            .collect(),
        // The branches of an `$or` are patterns of their own.
        Value::List(items) if items.iter().all(is_branch) => {
            items.iter().map(|item| accepting(item, is_known)).collect()
        }
        _ => {
            *is_known = false;
            json!([{ "exists": true }])
        }
    }
}

/// Returns true if an item of a list is a pattern and not a comparison such as `{"prefix": …}`: its
/// values are lists or patterns, and its key is not one of the operators that take a list.
fn is_branch(item: &Value) -> bool {
    item.as_map().is_some_and(|entries| {
        !entries.is_empty()
            && entries.iter().all(|(key, value)| {
                matches!(value, Value::Map(_) | Value::List(_))
                    && !matches!(
                        key.as_str(),
                        "anything-but" | "numeric" | "cidr" | "prefix" | "suffix"
                    )
            })
    })
}

/// Returns a text, with `${…}` for the parts that are not literal.
fn text_of(value: &Value) -> String {
    match value {
        Value::Outside(outside) => outside.to_string(),
        other => placeholder(other),
    }
}

/// Returns the text of a template. A part that is not literal becomes a constant: text inside a
/// JSON string, and a JSON string elsewhere.
fn template_text(value: &Value) -> Option<String> {
    let parts = match value {
        Value::Text(text) => return Some(text.clone()),
        Value::Joined(parts) => parts,
        Value::Map(_) | Value::List(_) => return value.literal().map(|json| json.to_string()),
        _ => return None,
    };
    let mut text = String::new();
    let mut in_string = false;
    for part in parts {
        if let Value::Text(literal) = part {
            let mut is_escaped = false;
            for sign in literal.chars() {
                match sign {
                    '"' if !is_escaped => in_string = !in_string,
                    _ => {}
                }
                is_escaped = sign == '\\' && !is_escaped;
            }
            text.push_str(literal);
        } else if in_string || !text.trim_start().starts_with(['{', '[', '"']) {
            text.push_str(&placeholder(part));
        } else {
            text.push_str(&Json::String(placeholder(part)).to_string());
        }
    }
    Some(text)
}
