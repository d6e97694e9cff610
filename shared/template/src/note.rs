//! What was not understood, with its line and what that means for the map. A note names logical
//! ids, types and properties, and never a value.

use std::fmt;

/// One thing that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file, as it was named.
    pub file: String,
    /// The line in the file, from one; 0 where it concerns the whole file.
    pub line: u32,
    /// The logical id of the resource, where there is one.
    pub resource: Option<String>,
    /// What it is.
    pub kind: NoteKind,
}

/// What was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The file could not be read at all.
    Unreadable(crate::Unreadable),
    /// The file is of no form that is known.
    UnknownForm,
    /// A key occurs twice.
    RepeatedKey,
    /// A nested stack whose file is not among the files.
    NestedNotRead,
    /// Stacks that nest each other in a circle or too deep.
    NestedTooDeep,
    /// A macro, or a part that `AWS::Include` would read.
    Transform(String),
    /// A loop over a collection that cannot be known.
    LoopUnknown,
    /// A loop, a resource or an event that is not written as it must be.
    Malformed(&'static str),
    /// The resource is left out, because its condition is false.
    LeftOut(String),
    /// Whether the resource exists cannot be known.
    Uncertain(String),
    /// A name that the template does not define.
    NoSuchName(String),
    /// A function that is not known.
    UnknownFunction(String),
    /// An event of a kind that is not known.
    UnknownEvent(String),
    /// An event that reaches the function through an API and is no route of the map.
    ApiEvent,
    /// A resource type of Terraform that has no counterpart here.
    UnmappedType(String),
    /// A bucket or user pool of an event that is not in the template.
    NotInTemplate(&'static str),
    /// A variable of the Serverless Framework that could not be resolved.
    Variable(String),
    /// A bound of [`crate::limits`] was reached.
    Limit(&'static str),
    /// A route that AWS would refuse or that is not followed, with the reason.
    NotOnMap(String),
    /// A pattern or a filter with a value that is not known.
    Approximated(&'static str),
    /// An input with a value that is not known.
    UnknownInput,
    /// An input that is made in a way that is not followed.
    OpaqueInput,
    /// An end of a route that is not known.
    UnknownEnd(crate::Reason),
    /// A resource that several services claim.
    ClaimedTwice(String),
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "{why}"),
            Self::UnknownForm => write!(
                f,
                "the form of the file is not one of those that can be read"
            ),
            Self::RepeatedKey => write!(f, "the key occurs twice and the last one counts"),
            Self::NestedNotRead => write!(f, "the nested stack's file was not given"),
            Self::NestedTooDeep => write!(f, "stacks nest each other in a circle or too deep"),
            Self::Transform(name) => write!(f, "the macro {name} is not run"),
            Self::LoopUnknown => write!(f, "the loop's collection cannot be known"),
            Self::Malformed(what) => write!(f, "{what} is not written as it must be"),
            Self::LeftOut(name) => write!(f, "the condition {name} is false"),
            Self::Uncertain(name) => write!(f, "the condition {name} cannot be known"),
            Self::NoSuchName(name) => write!(f, "the template does not define {name}"),
            Self::UnknownFunction(name) => write!(f, "the function {name} is not known"),
            Self::UnknownEvent(name) => write!(f, "the event type {name} is not known"),
            Self::ApiEvent => write!(f, "the event comes through an API"),
            Self::UnmappedType(name) => write!(f, "the resource type {name} is not known"),
            Self::NotInTemplate(what) => write!(f, "the event's {what} is not in the template"),
            Self::Variable(name) => write!(f, "the variable {name} cannot be resolved"),
            Self::Limit(what) => write!(f, "the limit on {what} was reached"),
            Self::NotOnMap(why) => f.write_str(why),
            Self::Approximated(what) => write!(f, "{what} has a value that is not known here"),
            Self::UnknownInput => write!(f, "what it sends to a target is not known here"),
            Self::OpaqueInput => write!(f, "what it makes of an event is not known here"),
            Self::UnknownEnd(reason) => {
                write!(
                    f,
                    "an end of a route is unknown, because {}",
                    reason.because()
                )
            }
            Self::ClaimedTwice(services) => write!(f, "the services {services} both claim it"),
        }
    }
}

impl NoteKind {
    /// What it means for the map, in a plain sentence.
    pub fn consequence(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::UnknownForm => "Nothing of this file is on the map.",
            Self::RepeatedKey => "CloudFormation drops the earlier one too.",
            Self::NestedNotRead => {
                "What the nested stack makes is not on the map; its outputs are named."
            }
            Self::NestedTooDeep => "What the inner stacks make is not on the map.",
            Self::Transform(_) => "Resources that it would add or change are not on the map.",
            Self::LoopUnknown => "The resources that the loop makes are not on the map.",
            Self::Malformed(_) => "AWS would refuse it; it is not on the map.",
            Self::LeftOut(_) => "It is not deployed with these parameters and is not on the map.",
            Self::Uncertain(_) => "It is on the map and marked as uncertain.",
            Self::NoSuchName(_) => "The end that uses the name is unknown on the map.",
            Self::UnknownFunction(_) => "The value is unknown on the map.",
            Self::UnknownEvent(_) => "What this event would deliver is not on the map.",
            Self::ApiEvent => "Requests through an API are not deliveries and are not on the map.",
            Self::UnmappedType(_) => "Routes that it makes are not on the map.",
            Self::NotInTemplate(_) => "The route from it is not on the map.",
            Self::Variable(_) => "The value is named as one that is made elsewhere.",
            Self::Limit(_) => "What comes after the limit is unknown on the map.",
            Self::NotOnMap(_) => "This route is not on the map.",
            Self::Approximated(_) => "The map shows it as if every value were accepted there.",
            Self::UnknownInput => "The map shows the target as if it received the whole record.",
            Self::OpaqueInput => "The map shows the target with data classes that are unknown.",
            Self::UnknownEnd(_) => "The route is on the map with an unknown end.",
            Self::ClaimedTwice(_) => "It belongs to none of them on the map.",
        }
    }
}

/// `file:line: id: what it is. What it means.`
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": ")?;
        if let Some(resource) = &self.resource {
            write!(f, "{resource}: ")?;
        }
        write!(f, "{}. {}", self.kind, self.kind.consequence())
    }
}
