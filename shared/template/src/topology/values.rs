//! Reads patterns, inputs, keys, numbers and switches, as far as they are literal.

use piitrail_flow::topology::InputTransformer;
use piitrail_flow::topology::declared::{DeclaredInput, Document, KeySetting, Setting};
use serde_json::Value as Json;

use super::Part;
use crate::note::NoteKind;
use crate::value::{Map, Value, placeholder};

impl Part<'_> {
    /// A pattern, a filter or a policy. Where a value in it is not known, everything is taken to be
    /// accepted there.
    pub(super) fn condition(&mut self, value: &Value, what: &'static str) -> Document {
        if let Value::Text(text) = value {
            return Document::Text(text.clone());
        }
        let mut is_known = true;
        let read = value.document();
        let read = read.and_then(|document| accepting(&document, &mut is_known));
        match read {
            Some(json) if is_known => return Document::Json(json),
            _ => self.note(NoteKind::Approximated(what)),
        }
        read.map_or(Document::Unknown, Document::Approximate)
    }

    /// The condition of a property, or `None` if it is not set.
    pub(super) fn condition_at(&mut self, keys: &[&str], what: &'static str) -> Option<Document> {
        let value = self.at(keys)?.clone();
        let is_set = value != Value::Null && value != Value::text("");
        is_set.then(|| self.condition(&value, what))
    }

    /// The filters of a mapping or a pipe.
    pub(super) fn filters(&mut self, criteria: Option<&Value>) -> Vec<Document> {
        let Some(criteria) = criteria.filter(|criteria| **criteria != Value::Null) else {
            return Vec::new();
        };
        // AWS takes criteria without filters, and then takes everything.
        if criteria.as_map().is_some() && criteria.get("Filters").is_none() {
            return Vec::new();
        }
        let Some(filters) = criteria.get("Filters").and_then(Value::as_list) else {
            self.note(NoteKind::Approximated("its filters"));
            return vec![Document::Unknown];
        };
        let mut documents = Vec::new();
        for filter in filters {
            match filter.get("Pattern") {
                Some(pattern) => documents.push(self.condition(pattern, "one of its filters")),
                None if filter.as_map().is_none() => {
                    self.note(NoteKind::Approximated("one of its filters"));
                    documents.push(Document::Unknown);
                }
                // A filter without a pattern takes everything, and then the others decide nothing.
                None => return Vec::new(),
            }
        }
        documents
    }

    /// Reads the input of a target of a rule or a schedule. Returns the whole record and false if it is not
    /// known.
    pub(super) fn input(&mut self, target: &Value) -> (DeclaredInput, bool) {
        let set = |key: &str| target.get(key).filter(|value| **value != Value::Null);
        let given = [set("Input"), set("InputPath"), set("InputTransformer")];
        let is_choice = |value: &&Value| value.alternatives().len() > 1;
        let input = match given {
            [None, None, None] => return (DeclaredInput::Whole, true),
            _ if given.iter().flatten().any(is_choice) => None,
            [Some(input), ..] => Some(DeclaredInput::Constant(match input {
                Value::Map(_) | Value::List(_) => {
                    Document::Json(input.literal().unwrap_or(Json::Null))
                }
                other => Document::Text(text_of(other)),
            })),
            [None, Some(path), _] => path
                .as_text()
                .map(|path| DeclaredInput::Path(path.to_owned())),
            [None, None, Some(transformer)] => input_transformer(transformer),
        };
        let is_known = input.is_some();
        if !is_known {
            self.note(NoteKind::UnknownInput);
        }
        (input.unwrap_or_default(), is_known)
    }

    /// Reads a pipe's template. Returns no template and false if it is not known.
    pub(super) fn input_template(&mut self, value: Option<&Value>) -> (Option<String>, bool) {
        let Some(value) = value.filter(|value| **value != Value::Null) else {
            return (None, true);
        };
        let template = template_text(value);
        if template.is_none() {
            self.note(NoteKind::UnknownInput);
        }
        let is_known = template.is_some();
        (template, is_known)
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

/// Reads the transformer of a target, or returns `None` if a part of it is unknown.
fn input_transformer(transformer: &Value) -> Option<DeclaredInput> {
    let template = transformer.get("InputTemplate").and_then(template_text)?;
    let paths = transformer
        .get("InputPathsMap")
        .filter(|paths| **paths != Value::Null);
    let paths = match paths {
        Some(paths) => paths.as_map()?.clone(),
        None => Map::new(),
    };
    let text = |(name, path): (String, Value)| Some((name, path.as_text()?.to_owned()));
    Some(DeclaredInput::Transformer(InputTransformer {
        paths: paths.into_iter().map(text).collect::<Option<_>>()?,
        template,
    }))
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

/// Returns whether a state is this one, or `None` if it is unknown. Nothing is not this state.
pub(super) fn is_state(value: Option<&Value>, state: &str) -> Option<bool> {
    one_answer(value, false, |value| {
        let text = value.as_text()?;
        Some(text.eq_ignore_ascii_case(state))
    })
}

/// Returns whether a switch is on, or `None` if that is unknown. `otherwise` is its state if it is not set.
pub(super) fn is_on(value: Option<&Value>, otherwise: bool) -> Option<bool> {
    one_answer(value, otherwise, Value::as_bool)
}

/// Returns the answer that all possible values give.
fn one_answer(
    value: Option<&Value>,
    otherwise: bool,
    answer: impl Fn(&Value) -> Option<bool>,
) -> Option<bool> {
    let Some(value) = value else {
        return Some(otherwise);
    };
    let mut answers = value.alternatives().iter().map(|one| match one {
        Value::Null => Some(otherwise),
        one => answer(one),
    });
    let first = answers.next()??;
    answers.all(|other| other == Some(first)).then_some(first)
}

/// Returns a pattern that accepts everything where a value is unknown: it has no condition there, because
/// the unknown one may also accept what is missing. `None` accepts everything.
fn accepting(value: &Value, is_known: &mut bool) -> Option<Json> {
    if let Some(literal) = value.literal() {
        return Some(literal);
    }
    let read = match value {
        Value::Map(entries) => {
            let conditions = entries.iter();
            let known = conditions
                .filter_map(|(key, value)| Some((key.clone(), accepting(value, is_known)?)));
            let known: serde_json::Map<String, Json> = known.collect();
            (!known.is_empty()).then_some(Json::Object(known))
        }
        // The branches of an `$or` are patterns of their own. If one accepts everything, all do.
        Value::List(items) if items.iter().all(is_branch) => {
            items.iter().map(|item| accepting(item, is_known)).collect()
        }
        _ => None,
    };
    *is_known &= read.is_some();
    read
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
