//! Resolves `Ref` and `Fn::GetAtt`: pseudo parameters, parameters, resources, and outputs of nested
//! stacks.

use crate::node::{Kind, Tree};
use crate::note::NoteKind;
use crate::value::{Attribute, Outside, OutsideKind, Reason, Reference, ResourceId, Value};
use crate::world::{Nested, Truth, World};

impl World<'_> {
    pub(super) fn resolve_ref(&mut self, stack: usize, argument: &Tree) -> Option<Value> {
        // With `AWS::LanguageExtensions` the name may be computed.
        let name = match argument.as_text() {
            Some(name) => name.to_owned(),
            None => match self.resolve(stack, argument)?.scalar_text() {
                Some(name) => name,
                None => return Some(Value::Unknown(Reason::NoSuchName)),
            },
        };
        self.named(stack, &name, argument.line)
    }

    /// Returns the value of a name, or `None` for `AWS::NoValue`.
    pub(super) fn named(&mut self, stack: usize, name: &str, line: u32) -> Option<Value> {
        if name == "AWS::NoValue" {
            return None;
        }
        if name.starts_with("AWS::") {
            return Some(self.pseudo_parameter(stack, name, line));
        }
        if let Some(value) = self.stacks[stack].parameters.get(name) {
            let value = value.clone();
            let bytes = value.as_text().map_or(8, str::len);
            return Some(if self.spend(bytes) {
                value
            } else {
                Value::Unknown(Reason::TooLarge)
            });
        }
        if let Some(value) = self.of_resource(stack, name, Attribute::Ref, line) {
            return Some(value);
        }
        // SAM has names for the resources that it makes for another: `MyFunction.Alias`,
        // `MyApi.Stage`.
        if let Some((id, made)) = name.split_once('.') {
            return Some(self.attribute_of(stack, id, made, line));
        }
        Some(self.no_such_name(stack, name, line))
    }

    fn no_such_name(&mut self, stack: usize, name: &str, line: u32) -> Value {
        self.note(stack, line, NoteKind::NoSuchName(name.to_owned()));
        Value::Unknown(Reason::NoSuchName)
    }

    fn pseudo_parameter(&mut self, stack: usize, name: &str, line: u32) -> Value {
        match name {
            "AWS::AccountId" => Value::Text(self.settings.account.clone()),
            "AWS::Region" => Value::Text(self.settings.region.clone()),
            "AWS::Partition" => Value::Text(self.settings.partition.clone()),
            "AWS::URLSuffix" => Value::text(if self.settings.partition == "aws-cn" {
                "amazonaws.com.cn"
            } else {
                "amazonaws.com"
            }),
            // The name of the stack is chosen when it is deployed, so it is defined elsewhere.
            "AWS::StackName" | "AWS::StackId" => Value::Outside(Outside {
                kind: OutsideKind::Stack,
                name: self.stacks[stack].name.clone(),
            }),
            "AWS::NotificationARNs" => Value::Unknown(Reason::MadeByAws),
            _ => self.no_such_name(stack, name, line),
        }
    }

    /// Returns a reference to the resource of the stack with this id, if there is one.
    fn of_resource(
        &mut self,
        stack: usize,
        id: &str,
        attribute: Attribute,
        line: u32,
    ) -> Option<Value> {
        let read = &self.stacks[stack];
        let id = if read.resources.contains_key(id) {
            id
        } else {
            read.other_names.get(id)?.as_str()
        };
        let id = id.to_owned();
        let condition = read.resources.get(&id)?.condition.clone();
        if let Some(condition) = condition
            && self.truth(stack, &condition, line) == Truth::No
        {
            return Some(Value::Unknown(Reason::LeftOut));
        }
        let resource = ResourceId {
            template: stack,
            id,
        };
        Some(Value::Resource(Reference {
            resource,
            attribute,
        }))
    }

    pub(super) fn get_attribute(&mut self, stack: usize, argument: &Tree) -> Value {
        let (id, attribute) = match &argument.kind {
            Kind::Text(text) => match text.split_once('.') {
                Some((id, attribute)) => (id.to_owned(), attribute.to_owned()),
                None => return Value::Unknown(Reason::Malformed),
            },
            Kind::List(items) if items.len() >= 2 => {
                let mut names = Vec::with_capacity(items.len());
                for item in items {
                    let name = self
                        .resolve(stack, item)
                        .and_then(|name| name.scalar_text());
                    match name {
                        Some(name) => names.push(name),
                        None => return Value::Unknown(Reason::NoSuchName),
                    }
                }
                (names[0].clone(), names[1..].join("."))
            }
            _ => return Value::Unknown(Reason::Malformed),
        };
        self.attribute_of(stack, &id, &attribute, argument.line)
    }

    /// Returns an attribute of a resource. Outputs of a nested stack that was read are followed.
    pub(super) fn attribute_of(
        &mut self,
        stack: usize,
        id: &str,
        attribute: &str,
        line: u32,
    ) -> Value {
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && self.stacks[stack].resources.contains_key(id)
            && let Nested::Read(nested) = self.nested_stack(stack, id)
        {
            return self
                .output(nested, output)
                .unwrap_or(Value::Unknown(Reason::NoSuchOutput));
        }
        if matches!(attribute, "Alias" | "Version")
            && let Some(alias) = self.alias_of(stack, id)
        {
            return Value::Resource(Reference {
                resource: ResourceId {
                    template: stack,
                    id: alias,
                },
                attribute: Attribute::Ref,
            });
        }
        let named = Attribute::Named(attribute.to_owned());
        match self.of_resource(stack, id, named, line) {
            Some(value) => value,
            None => self.no_such_name(stack, id, line),
        }
    }

    /// Returns the id of the alias that SAM makes for a function.
    fn alias_of(&self, stack: usize, id: &str) -> Option<String> {
        let resources = self.stacks[stack].resources.iter();
        let mut made = resources.filter(|(_, raw)| raw.made_from.as_deref() == Some(id));
        let alias = made.find(|(_, raw)| raw.kind == "AWS::Lambda::Alias")?;
        Some(alias.0.clone())
    }
}
