//! Resolves parameters: to the value from the nesting stack, else to the default, else to a name
//! that is defined elsewhere.

use std::collections::HashMap;

use crate::node::{Entries, Node};
use crate::value::{Outside, OutsideKind, Value};
use crate::world::World;

impl World<'_> {
    pub(super) fn read_parameters(
        &mut self,
        stack: usize,
        parameters: &Entries,
        given: &HashMap<String, Value>,
    ) {
        for (name, parameter) in parameters {
            let value = match given.get(name) {
                Some(value) => as_declared(parameter, value.clone()),
                None => default(name, parameter),
            };
            self.stacks[stack].parameters.insert(name.clone(), value);
        }
    }
}

/// Returns the default, or a name that is defined elsewhere.
fn default(name: &str, parameter: &Node) -> Value {
    let outside = || {
        Value::Outside(Outside {
            kind: OutsideKind::Parameter,
            name: name.to_owned(),
        })
    };
    let Some(default) = parameter.get("Default") else {
        return outside();
    };
    let Some(text) = default.scalar_text() else {
        // The Serverless Framework and some SAM templates write a list as the default of a list
        // parameter.
        let Some(items) = default.as_list() else {
            return outside();
        };
        let items = items.iter().filter_map(|item| item.scalar_text());
        return Value::List(items.map(Value::Text).collect());
    };
    let kind = parameter.get_text("Type").unwrap_or("String");
    if kind.starts_with("AWS::SSM::Parameter::Value<") {
        // The default is the name of an SSM parameter, which a template writes as this dynamic
        // reference.
        return Value::joined([Value::Text(format!("{{{{resolve:ssm:{text}}}}}"))]);
    }
    as_declared(parameter, Value::joined([Value::Text(text)]))
}

/// Splits the text of a list parameter into a list.
fn as_declared(parameter: &Node, value: Value) -> Value {
    let kind = parameter.get_text("Type").unwrap_or("String");
    if kind != "CommaDelimitedList" && !kind.starts_with("List<") {
        return value;
    }
    match value {
        Value::Text(text) => Value::List(
            text.split(',')
                .map(|item| Value::text(item.trim()))
                .collect(),
        ),
        other => other,
    }
}
