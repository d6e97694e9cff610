//! Resolves `Fn::Sub`: splits its text, and resolves what each `${…}` refers to.

use crate::node::{Kind, Tree};
use crate::value::{Reason, Value};
use crate::world::World;

/// A part of the text of a `Fn::Sub`.
#[derive(Debug, PartialEq)]
enum Part<'t> {
    Literal(&'t str),
    /// `${!x}`, which stands for the text `${x}`.
    Escaped(&'t str),
    Name(&'t str),
}

impl World<'_> {
    pub(super) fn substitute(&mut self, stack: usize, argument: &Tree) -> Value {
        match &argument.kind {
            Kind::Text(text) => self.substitute_text(stack, text, None, argument.line),
            Kind::List(items) => match items.as_slice() {
                [text] => self.substitute(stack, text),
                [text, variables] => match text.as_text() {
                    Some(text) => self.substitute_text(stack, text, Some(variables), argument.line),
                    None => self.substitute_joined(stack, text, Some(variables)),
                },
                _ => Value::Unknown(Reason::Malformed),
            },
            _ => self.substitute_joined(stack, argument, None),
        }
    }

    /// Resolves a text that contains a variable of the Serverless Framework whose value is defined
    /// elsewhere. CloudFormation sees the text after that variable is replaced.
    fn substitute_joined(&mut self, stack: usize, tree: &Tree, variables: Option<&Tree>) -> Value {
        let Some(whole) = self.resolve(stack, tree) else {
            return Value::Unknown(Reason::Malformed);
        };
        let parts = match whole {
            Value::Joined(parts) => parts,
            other => vec![other],
        };
        let mut done = Vec::with_capacity(parts.len());
        for part in parts {
            done.push(match part {
                Value::Text(text) => self.substitute_text(stack, &text, variables, tree.line),
                other => other,
            });
        }
        self.joined(&done)
    }

    fn substitute_text(
        &mut self,
        stack: usize,
        text: &str,
        variables: Option<&Tree>,
        line: u32,
    ) -> Value {
        let mut values = Vec::new();
        for part in parts(text) {
            match part {
                Part::Literal(text) => values.push(Value::text(text)),
                Part::Escaped(name) => values.push(Value::Text(format!("${{{name}}}"))),
                Part::Name(name) => {
                    let given = variables.and_then(|map| map.get(name)).cloned();
                    let value = match given {
                        Some(given) => self.resolve(stack, &given),
                        None => self.substitute_name(stack, name, line),
                    };
                    values.extend(value);
                }
            }
        }
        self.joined(&values)
    }

    fn substitute_name(&mut self, stack: usize, name: &str, line: u32) -> Option<Value> {
        match name.split_once('.') {
            Some((id, attribute)) if !name.starts_with("AWS::") => {
                Some(self.attribute_of(stack, id, attribute, line))
            }
            _ => self.named(stack, name, line),
        }
    }
}

/// Splits a text at its `${…}`. A `${` that is never closed is literal.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        if start > 0 {
            parts.push(Part::Literal(&rest[..start]));
        }
        let inner = &rest[start + 2..start + length];
        parts.push(match inner.strip_prefix('!') {
            Some(name) => Part::Escaped(name),
            None => Part::Name(inner.trim()),
        });
        rest = &rest[start + length + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_names() {
        assert_eq!(
            parts("a-${B.Arn}-${!C}${ D }-${e"),
            [
                Part::Literal("a-"),
                Part::Name("B.Arn"),
                Part::Literal("-"),
                Part::Escaped("C"),
                Part::Name("D"),
                Part::Literal("-${e"),
            ]
        );
    }
}
