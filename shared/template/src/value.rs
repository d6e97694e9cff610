//! What the values of a resource come to: a literal, a resource, a name that is made elsewhere,
//! or unknown with the reason. A value is never turned into text that could be any of these.

mod join;

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
    /// A literal.
    Bool(bool),
    /// A literal.
    Number(Number),
    /// A literal text: every part of it is known.
    Text(String),
    /// A list. `AWS::NoValue` is not among its items.
    List(Vec<Value>),
    /// A map. A property that is `AWS::NoValue` is not in it.
    Map(Map),
    /// A resource of the templates that were read, by `Ref` or one of its attributes.
    Resource(Reference),
    /// A name that is made elsewhere: a parameter without a default, an export, an SSM parameter.
    Outside(Outside),
    /// Cannot be known, and why.
    Unknown(Reason),
    /// A text of several parts that are not all literal. Parts are texts, resources, outside names
    /// and unknowns; two texts never follow each other, and one part alone is never joined.
    Joined(Vec<Value>),
    /// One of these, by a condition that cannot be known.
    OneOf(Vec<Value>),
}

/// A resource, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Which resource.
    pub resource: ResourceId,
    /// What of it.
    pub attribute: Attribute,
}

/// The identity of a resource within one reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId {
    /// The index of its template in [`crate::Reading::templates`].
    pub template: usize,
    /// Its logical id; in a Terraform plan its address, in a Serverless file a function's key.
    pub id: String,
}

/// What of a resource a value names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// What `Ref` returns: a name, an ARN or a URL, by the resource's type.
    Ref,
    /// What `Fn::GetAtt` returns for this attribute, such as `Arn` or `Outputs.QueueArn`.
    Named(String),
}

/// A name that is made outside of the templates.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outside {
    /// What kind of name.
    pub kind: OutsideKind,
    /// The name, without a prefix. Parts that are outside themselves are written `${…}`.
    pub name: String,
}

/// The kinds of names that are made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OutsideKind {
    /// A parameter without a default, or a variable of a Terraform plan.
    Parameter,
    /// The export of a stack that is not among the files.
    Import,
    /// A dynamic reference, with its braces; also a parameter of an SSM type.
    DynamicReference,
    /// The name or id of the stack itself, which whoever deploys it chooses.
    Stack,
    /// An output of a stack that is not among the files, as the Serverless Framework names it.
    StackOutput,
    /// A variable of the Serverless Framework that only its command line or environment knows.
    Variable,
    /// A data source of a Terraform plan.
    Data,
}

/// `param:NAME`, `import:NAME`, `{{resolve:…}}`, `stack:NAME` …: one text for one outside name.
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

/// Why a value cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The template refers to a name that it does not define.
    NoSuchName,
    /// The resource is left out, because its condition is false.
    LeftOut,
    /// The map has no such entry, or its keys are not known.
    NoMapEntry,
    /// The list has no such item, or is not known.
    NoListItem,
    /// An intrinsic function has arguments that it does not take.
    Malformed,
    /// A function whose result only AWS knows (a macro, `Fn::Cidr`).
    MadeByAws,
    /// The function is none that we know.
    UnknownFunction,
    /// The nested stack's file has no such output.
    NoSuchOutput,
    /// Names that refer to each other in a circle.
    Circle,
    /// One of the bounds of [`crate::limits`] was reached.
    TooLarge,
    /// Known only after `terraform apply`, and the plan does not say of what it is made.
    AfterApply,
    /// The plan marks the value as sensitive.
    Sensitive,
    /// A file that a variable names is not among the files.
    FileNotHere,
}

impl Reason {
    /// The reason in a plain sentence part, for messages: "its value is unknown, because …".
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
    /// A literal text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text of a literal text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// A boolean, also where it was written as text.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The entry of a map; `None` for anything else.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The entry at the end of several keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Value> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// Every possibility: the members of [`Value::OneOf`], or the value itself.
    pub fn alternatives(&self) -> &[Value] {
        match self {
            Self::OneOf(values) => values,
            other => std::slice::from_ref(other),
        }
    }

    /// A scalar as text, as CloudFormation compares and joins it.
    pub fn scalar_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The value as JSON, where all of it is literal.
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

    /// A property that AWS takes as a map or as JSON text (patterns, policies, state machines): the
    /// map. Text is parsed, also where some of its parts are not literal: a part that fills a JSON
    /// string becomes that value. `None` where the text is not JSON or a part stands outside a
    /// string.
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

    /// Puts the parts back where [`Value::document`] left their index between zero characters.
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

    /// A JSON value as literals.
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
