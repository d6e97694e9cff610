//! Finds what an expression of the configuration refers to: a resource, a data source or a
//! variable, through the arguments and outputs of modules.

use crate::node::Tree;
use crate::value::{Attribute, Outside, OutsideKind, Reason, Reference, ResourceId, Value};

use super::types::pascal;
use super::{Place, Plan, inside, without_indices};

/// The maximum number of modules that a reference leads through.
const MAX_STEPS: usize = 32;

impl Plan {
    /// Returns what an expression refers to. If it refers to several resources, the value is one of
    /// them. A text made of several parts is not split, because the plan does not say how it is
    /// made.
    pub(super) fn referred(&self, expression: &Tree, place: Place<'_>) -> Option<Value> {
        let references = expression.get("references")?.as_list()?;
        let mut names: Vec<&str> = Vec::new();
        for reference in references.iter().filter_map(|name| name.as_text()) {
            // Terraform lists `a.b.arn` and then `a.b`; the longer one says more.
            let covered = names.iter().any(|known: &&str| {
                known
                    .strip_prefix(reference)
                    .is_some_and(|rest| rest.starts_with(['.', '[']))
            });
            if !covered {
                names.push(reference);
            }
        }
        let mut found: Vec<Value> = Vec::new();
        for name in names {
            let value = self.named(name, place.module, 0);
            if value.as_ref().is_some_and(|value| !found.contains(value)) {
                found.extend(value);
            }
        }
        let mut resources: Vec<Value> = found
            .iter()
            .flat_map(Value::alternatives)
            .filter(|value| matches!(value, Value::Resource(_)))
            .cloned()
            .collect();
        // `aws_sqs_queue.q[each.key]` is the instance of the same index. `each.value` is the key too in a
        // set, and something else if it has attributes.
        let of_own_index = |name: &str| matches!(name, "each.key" | "each.value" | "count.index");
        let is_attribute = |name: &str| name.starts_with("each.value.");
        let all = || references.iter().filter_map(|name| name.as_text());
        let is_indexed = all().any(of_own_index) && !all().any(is_attribute);
        if let (true, Some(index)) = (is_indexed, place.index) {
            let is_own = |value: &Value| matches!(value, Value::Resource(found) if found.resource.id.ends_with(index));
            if resources.iter().any(is_own) {
                resources.retain(is_own);
            }
        }
        match (resources.len(), found.len()) {
            (1, _) => resources.into_iter().next(),
            (0, 0) => None,
            (0, 1) => found.pop(),
            (0, _) => Some(Value::Unknown(Reason::AfterApply)),
            _ => Some(Value::OneOf(resources)),
        }
    }

    /// Returns what a name refers to in a module. The path of the module has the indices that are known.
    fn named(&self, name: &str, module: &str, steps: usize) -> Option<Value> {
        if steps > MAX_STEPS {
            return Some(Value::Unknown(Reason::Circle));
        }
        let parts = segments(name);
        match parts.as_slice() {
            ["each" | "count" | "self" | "path" | "terraform", ..] => None,
            ["local", ..] => Some(Value::Unknown(Reason::AfterApply)),
            ["var", variable, ..] => {
                let variable = without_indices(variable);
                let given = self
                    .modules
                    .get(&without_indices(module))
                    .and_then(|module| module.arguments.as_ref()?.get(&variable).cloned());
                match (given, outer(module)) {
                    (Some(given), Some(outer)) => self.through(&given, outer, steps),
                    _ => Some(outside(OutsideKind::Parameter, &variable)),
                }
            }
            ["data", kind, name, ..] => {
                let name = without_indices(&format!("{module}.data.{kind}.{name}"));
                Some(outside(OutsideKind::Data, name.trim_start_matches('.')))
            }
            ["module", inner, output, ..] => {
                let inner = inside(module, &format!("module.{inner}"));
                let outputs = self
                    .modules
                    .get(&without_indices(&inner))?
                    .outputs
                    .as_ref()?;
                let output = outputs.get(&without_indices(output))?;
                let expression = output.get("expression")?.clone();
                self.through(&expression, &inner, steps)
            }
            [_, _, ..] => Some(self.resource_named(name, module)),
            _ => None,
        }
    }

    /// Follows the references of an expression in another module.
    fn through(&self, expression: &Tree, module: &str, steps: usize) -> Option<Value> {
        let references = expression.get("references")?.as_list()?;
        let found = references.iter().filter_map(|name| name.as_text());
        let mut found = found.filter_map(|name| self.named(name, module, steps + 1));
        found.next()
    }

    fn resource_named(&self, name: &str, module: &str) -> Value {
        let parts = segments(name);
        let part = |at: usize| parts.get(at).copied().unwrap_or_default();
        let attribute = match parts.get(2) {
            Some(attribute) => Attribute::Named(pascal(&without_indices(attribute))),
            None => Attribute::Ref,
        };
        let own = format!("{}.{}", part(0), part(1));
        let address = without_indices(&inside(module, &own));
        let Some(instances) = self.instances.get(&address) else {
            return Value::Unknown(Reason::LeftOut);
        };
        let value = |id: &String| {
            Value::Resource(Reference {
                resource: ResourceId {
                    template: 0,
                    id: id.clone(),
                },
                attribute: attribute.clone(),
            })
        };
        // `aws_sqs_queue.q["a"].arn` and `module.shop["a"]` name some of several instances.
        let named = inside(module, &own);
        let named = segments(&named);
        let is_named = |id: &&String| {
            let parts = segments(id);
            parts.len() == named.len()
                && parts
                    .iter()
                    .zip(&named)
                    .all(|(part, named)| part == named || without_indices(part) == *named)
        };
        let instances: Vec<&String> = instances.iter().filter(is_named).collect();
        match instances.as_slice() {
            [] => Value::Unknown(Reason::LeftOut),
            [one] => value(one),
            several => Value::OneOf(several.iter().map(|id| value(id)).collect()),
        }
    }
}

/// Splits an address at its dots outside of indices.
fn segments(address: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let (mut start, mut is_open, mut is_quoted) = (0, false, false);
    for (at, sign) in address.char_indices() {
        match sign {
            '"' if is_open => is_quoted = !is_quoted,
            '[' if !is_open => is_open = true,
            ']' if !is_quoted => is_open = false,
            '.' if !is_open => {
                segments.push(&address[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    segments.push(&address[start..]);
    segments
}

/// Returns the module around a module.
fn outer(module: &str) -> Option<&str> {
    if module.is_empty() {
        return None;
    }
    let end = module.rfind("module.")?;
    Some(module[..end].trim_end_matches('.'))
}

fn outside(kind: OutsideKind, name: &str) -> Value {
    Value::Outside(Outside {
        kind,
        name: name.to_owned(),
    })
}
