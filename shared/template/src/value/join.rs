//! Joins parts to a text, and finds dynamic references in it.

use super::{Attribute, Outside, OutsideKind, Value};

impl Value {
    /// Joins parts to a text. Adjacent texts become one, a single part stays as it is, and a
    /// dynamic reference becomes a name that is defined elsewhere.
    pub fn joined(parts: impl IntoIterator<Item = Value>) -> Self {
        let mut kept: Vec<Value> = Vec::new();
        let mut add = |part: Value| {
            let part = match part.scalar_text() {
                Some(text) => Self::Text(text),
                None => part,
            };
            match (kept.last_mut(), part) {
                (_, Self::Text(text)) if text.is_empty() => {}
                (Some(Self::Text(before)), Self::Text(text)) => before.push_str(&text),
                (_, part) => kept.push(part),
            }
        };
        for part in parts {
            match part {
                Self::Joined(parts) => parts.into_iter().for_each(&mut add),
                part => add(part),
            }
        }
        Self::with_dynamic_references(kept)
    }

    /// Replaces each `{{resolve:…}}` in the texts of a joined value.
    fn with_dynamic_references(parts: Vec<Value>) -> Self {
        let opens = |part: &Value| {
            part.as_text()
                .is_some_and(|text| text.contains("{{resolve:"))
        };
        let parts = if parts.iter().any(opens) {
            cut_dynamic_references(parts)
        } else {
            parts
        };
        match <[Value; 1]>::try_from(parts) {
            Ok([part]) => part,
            Err(parts) if parts.is_empty() => Self::Text(String::new()),
            Err(parts) => Self::Joined(parts),
        }
    }
}

/// Makes one pass over the parts: the part between `{{resolve:` and `}}` becomes a name that is
/// defined elsewhere, with `${…}` for parts that are not literal.
fn cut_dynamic_references(parts: Vec<Value>) -> Vec<Value> {
    let mut done: Vec<Value> = Vec::new();
    let mut name: Option<String> = None;
    for part in parts {
        let Value::Text(text) = part else {
            match &mut name {
                Some(name) => name.push_str(&placeholder(&part)),
                None => done.push(part),
            }
            continue;
        };
        let mut rest = text.as_str();
        while !rest.is_empty() {
            if let Some(open) = &mut name {
                let Some(end) = rest.find("}}") else {
                    open.push_str(rest);
                    break;
                };
                open.push_str(&rest[..end + 2]);
                done.push(Value::Outside(Outside {
                    kind: OutsideKind::DynamicReference,
                    name: std::mem::take(open),
                }));
                name = None;
                rest = &rest[end + 2..];
            } else {
                let start = rest.find("{{resolve:").unwrap_or(rest.len());
                if start > 0 {
                    done.push(Value::Text(rest[..start].to_owned()));
                }
                rest = &rest[start..];
                if !rest.is_empty() {
                    name = Some(String::new());
                }
            }
        }
    }
    // A reference that is never closed is text.
    done.extend(name.map(Value::Text));
    done
}

/// Returns the placeholder of a part that is not literal inside a name.
pub(crate) fn placeholder(part: &Value) -> String {
    match part {
        Value::Text(text) => text.clone(),
        Value::Outside(outside) => format!("${{{}}}", outside.name),
        Value::Resource(reference) => match &reference.attribute {
            Attribute::Ref => format!("${{{}}}", reference.resource.id),
            Attribute::Named(name) => format!("${{{}.{name}}}", reference.resource.id),
        },
        Value::Joined(parts) => parts.iter().map(placeholder).collect(),
        other => other.scalar_text().unwrap_or_else(|| "${?}".to_owned()),
    }
}
