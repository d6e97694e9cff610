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
        // `aws_sqs_queue.q[each.key]` is the instance of the same index.
        let of_own_index = |name: &str| name.starts_with("each.") || name == "count.index";
        let is_indexed = references
            .iter()
            .filter_map(|name| name.as_text())
            .any(of_own_index);
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

    fn named(&self, name: &str, module: &str, steps: usize) -> Option<Value> {
        if steps > MAX_STEPS {
            return Some(Value::Unknown(Reason::Circle));
        }
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["each" | "count" | "self" | "path" | "terraform", ..] => None,
            ["local", ..] => Some(Value::Unknown(Reason::AfterApply)),
            ["var", variable, ..] => {
                let variable = without_indices(variable);
                let given = self
                    .modules
                    .get(module)
                    .and_then(|module| module.arguments.as_ref()?.get(&variable).cloned());
                match (given, outer(module)) {
                    (Some(given), Some(outer)) => self.through(&given, outer, steps),
                    _ => Some(outside(OutsideKind::Parameter, &variable)),
                }
            }
            ["data", kind, name, ..] => {
                let name = without_indices(&format!("data.{kind}.{name}"));
                Some(outside(OutsideKind::Data, &inside(module, &name)))
            }
            ["module", inner, output, ..] => {
                let inner = inside(module, &without_indices(&format!("module.{inner}")));
                let outputs = self.modules.get(&inner)?.outputs.as_ref()?;
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
        let plain = without_indices(name);
        let mut parts = plain.splitn(3, '.');
        let (kind, own) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let attribute = parts.next().and_then(|rest| rest.split('.').next());
        let attribute = match attribute {
            Some(attribute) => Attribute::Named(pascal(attribute)),
            None => Attribute::Ref,
        };
        let address = inside(module, &format!("{kind}.{own}"));
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
        // `aws_sqs_queue.q["a"].arn` names one of several instances.
        let exact = instances.iter().find(|id| {
            let own = id.strip_prefix(module).unwrap_or(id);
            let own = own.strip_prefix('.').unwrap_or(own);
            own.ends_with(']') && name.starts_with(own)
        });
        match (exact, instances.as_slice()) {
            (Some(exact), _) => value(exact),
            (None, [one]) => value(one),
            (None, several) => Value::OneOf(several.iter().map(value).collect()),
        }
    }
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
