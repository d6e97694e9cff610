//! Defines the values of a resource: a literal, a resource, a name that is defined elsewhere, or
//! unknown with the reason. A value is never turned into text that could be mistaken for another
//! one of these.

mod join;
mod merge;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Number;

pub(crate) use join::placeholder;

/// The entries of a map value.
pub type Map = BTreeMap<String, Value>;

/// A resolved value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An explicit null.
    Null,
    /// A literal boolean.
    Bool(bool),
    /// A literal number.
    Number(Number),
    /// A literal text, of which every part is known.
    Text(String),
    /// A list. `AWS::NoValue` is not among its items.
    List(Vec<Value>),
    /// A map. Properties that are `AWS::NoValue` are left out.
    Map(Map),
    /// A resource of the templates that were read, by `Ref` or one of its attributes.
    Resource(Reference),
    /// A name that is defined elsewhere: a parameter without a default, an export, an SSM
    /// parameter.
    Outside(Outside),
    /// Unknown, with the reason.
    Unknown(Reason),
    /// A text of several parts that are not all literal. The parts are texts, resources, names
    /// defined elsewhere and unknowns. Two texts never follow each other, and a single part is
    /// never joined.
    Joined(Vec<Value>),
    /// One of these values, which depends on an unknown condition. [`Value::Null`] among them stands for
    /// no value.
    OneOf(Vec<Value>),
}

/// A reference to a resource or to one of its attributes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// The resource.
    pub resource: ResourceId,
    /// The attribute.
    pub attribute: Attribute,
}

/// The identity of a resource within one reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId {
    /// The index of its template in [`crate::Reading::templates`].
    pub template: usize,
    /// The logical id. In a Terraform plan it is the address, in a Serverless file a function's
    /// key.
    pub id: String,
}

/// The part of a resource to which a value refers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// The result of `Ref`: a name, an ARN or a URL, by the resource's type.
    Ref,
    /// The result of `Fn::GetAtt` for this attribute, such as `Arn` or `Outputs.QueueArn`.
    Named(String),
}

/// A name that is defined outside of the templates.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outside {
    /// The kind of name.
    pub kind: OutsideKind,
    /// The name, without a prefix. Parts of it that are defined elsewhere themselves are written
    /// `${…}`.
    pub name: String,
}

/// The kinds of names that are defined elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OutsideKind {
    /// A parameter without a default, or a variable of a Terraform plan.
    Parameter,
    /// The export of a stack that is not among the files.
    Import,
    /// A dynamic reference, with its braces; also a parameter of an SSM type.
    DynamicReference,
    /// The name or id of the stack itself, which is chosen when it is deployed.
    Stack,
    /// An output of a stack that is not among the files, as the Serverless Framework names it.
    StackOutput,
    /// A variable of the Serverless Framework that only its command line or environment knows.
    Variable,
    /// A data source of a Terraform plan.
    Data,
}

/// Writes `param:NAME`, `import:NAME`, `{{resolve:…}}`, `stack:NAME` and so on. Two different names
/// never have the same text.
impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.kind {
            OutsideKind::Parameter => "param:",
            OutsideKind::Import => "import:",
            OutsideKind::DynamicReference | OutsideKind::Data => "",
            OutsideKind::Stack => "stack:",
            OutsideKind::StackOutput => "cf:",
            OutsideKind::Variable => "var:",
        };
        write!(f, "{prefix}{}", self.name)
    }
}

/// The reason a value is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The template refers to a name that it does not define.
    NoSuchName,
    /// The resource is left out, because its condition is false.
    LeftOut,
    /// The map has no such entry, or its keys are unknown.
    NoMapEntry,
    /// The list has no such item, or is unknown.
    NoListItem,
    /// An intrinsic function has arguments that it does not take.
    Malformed,
    /// Only AWS knows the result of the function (a macro, `Fn::Cidr`).
    MadeByAws,
    /// The function is not known.
    UnknownFunction,
    /// The nested stack's file has no such output.
    NoSuchOutput,
    /// Names refer to each other in a circle.
    Circle,
    /// One of the bounds of [`crate::limits`] was reached.
    TooLarge,
    /// The value is known only after `terraform apply`, and the plan does not say what it is made
    /// of.
    AfterApply,
    /// The plan marks the value as sensitive.
    Sensitive,
    /// A variable names a file that is not among the files.
    FileNotHere,
}

impl Reason {
    /// Returns the reason as a part of a sentence, for messages: "its value is unknown, because …".
    pub fn because(self) -> &'static str {
        match self {
            Self::NoSuchName => "the template does not define the name it refers to",
            Self::LeftOut => "it refers to a resource that is left out by its condition",
            Self::NoMapEntry => "the mapping has no entry for these keys",
            Self::NoListItem => "the list has no such item or is not known",
            Self::Malformed => "an intrinsic function has arguments that it does not take",
            Self::MadeByAws => "only AWS computes it when the stack is deployed",
            Self::UnknownFunction => "it uses a function that is not known here",
            Self::NoSuchOutput => "the nested stack has no such output",
            Self::Circle => "names refer to each other in a circle",
            Self::TooLarge => "a limit was reached",
            Self::AfterApply => "it is known only after the plan is applied",
            Self::Sensitive => "the plan marks it as sensitive",
            Self::FileNotHere => "it is in a file that was not given",
        }
    }
}

impl Value {
    /// Creates a literal text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Returns the text of a literal text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the entries of a map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Returns a boolean, also if it is written as text.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Returns the entry of a map, or `None` for other values.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// Returns the entry at the end of several keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Value> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// Returns every possible value: the members of [`Value::OneOf`], or the value itself.
    pub fn alternatives(&self) -> &[Value] {
        match self {
            Self::OneOf(values) => values,
            other => std::slice::from_ref(other),
        }
    }

    /// Returns a scalar as text, as CloudFormation compares and joins it.
    pub fn scalar_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Returns the value as JSON if all of it is literal.
    pub fn literal(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => number.clone().into(),
            Self::Text(text) => text.clone().into(),
            Self::List(items) => items.iter().map(Self::literal).collect::<Option<_>>()?,
            Self::Map(entries) => {
                let entries = entries.iter();
                let literals = entries.map(|(key, value)| Some((key.clone(), value.literal()?)));
                serde_json::Value::Object(literals.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// Returns the map of a property that AWS accepts as a map or as JSON text (patterns, policies,
    /// state machines). Text is parsed, also if some of its parts are not literal: a part that
    /// fills a JSON string becomes that value. Returns `None` if the text is not JSON or such a
    /// part stands outside a string.
    pub fn document(&self) -> Option<Value> {
        match self {
            Self::Text(text) => Some(Self::from_json(serde_json::from_str(text).ok()?)),
            Self::Joined(parts) => {
                let mut text = String::new();
                for (index, part) in parts.iter().enumerate() {
                    if let Self::Text(literal) = part {
                        text.push_str(literal);
                    } else {
                        text.push_str("\\u0000");
                        text.push_str(&index.to_string());
                        text.push_str("\\u0000");
                    }
                }
                Some(Self::from_json(serde_json::from_str(&text).ok()?).with_parts(parts))
            }
            Self::Map(_) | Self::List(_) => Some(self.clone()),
            _ => None,
        }
    }

    /// Inserts the parts where [`Value::document`] left their index between zero characters.
    fn with_parts(self, parts: &[Value]) -> Value {
        match self {
            Self::Text(text) if text.contains('\0') => {
                let pieces = text.split('\0').enumerate().filter_map(|(at, piece)| {
                    if at % 2 == 0 {
                        return Some(Self::Text(piece.to_owned()));
                    }
                    parts.get(piece.parse::<usize>().ok()?).cloned()
                });
                Self::joined(pieces)
            }
            Self::List(items) => Self::List(
                items
                    .into_iter()
                    .map(|item| item.with_parts(parts))
                    .collect(),
            ),
            Self::Map(entries) => {
                let entries = entries.into_iter();
                Self::Map(
                    entries
                        .map(|(key, value)| (key, value.with_parts(parts)))
                        .collect(),
                )
            }
            other => other,
        }
    }

    /// Converts a JSON value to literals.
    pub fn from_json(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Number(number),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Array(items) => {
                Self::List(items.into_iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(entries) => {
                let entries = entries.into_iter();
                Self::Map(
                    entries
                        .map(|(key, value)| (key, Self::from_json(value)))
                        .collect(),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;
