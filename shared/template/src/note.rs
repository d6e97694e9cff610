//! Describes what was not understood, with its line and the consequence for the map. A note
//! contains logical ids, types and properties, and never a value.

use std::fmt;

use crate::limits::Limit;

/// A note on something that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file, as it was named.
    pub file: String,
    /// The line in the file, from 1, or 0 for the whole file.
    pub line: u32,
    /// The logical id of the resource, if there is one.
    pub resource: Option<String>,
    /// The kind of the note.
    pub kind: NoteKind,
}

/// The kinds of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The file could not be read at all.
    Unreadable(crate::Unreadable),
    /// The form of the file is not known.
    UnknownForm,
    /// A key is repeated.
    RepeatedKey,
    /// The file of a nested stack is not among the files.
    NestedNotRead,
    /// Stacks nest each other in a circle or too deep.
    NestedTooDeep,
    /// The template uses a macro, or a part that `AWS::Include` would read.
    Transform(String),
    /// A loop runs over a collection that is unknown.
    LoopUnknown,
    /// A loop, a resource or an event has an invalid form.
    Malformed(&'static str),
    /// The resource is left out, because its condition is false.
    LeftOut(String),
    /// The condition of the resource is unknown, so it may not exist.
    Uncertain(String),
    /// The template does not define a name that it uses.
    NoSuchName(String),
    /// A function is not known.
    UnknownFunction(String),
    /// The kind of an event is not known.
    UnknownEvent(String),
    /// An event invokes the function through an API and is not a route of the map.
    ApiEvent,
    /// A Terraform resource type has no counterpart here.
    UnmappedType(String),
    /// The bucket or user pool of an event is not in the template.
    NotInTemplate(&'static str),
    /// A variable of the Serverless Framework could not be resolved.
    Variable(String),
    /// A bound of [`crate::limits`] was reached.
    Limit(Limit),
    /// AWS would refuse a route, or it is not followed, for this reason.
    NotOnMap(String),
    /// A pattern or a filter contains an unknown value.
    Approximated(&'static str),
    /// An input contains an unknown value.
    UnknownInput,
    /// An input that is made in a way that is not followed.
    OpaqueInput,
    /// An end of a route is unknown.
    UnknownEnd(crate::Reason),
    /// Records pass through a resource of this type in a way that is not followed.
    NotFollowed(String),
    /// A property is missing without which AWS refuses the resource.
    Missing(&'static str),
    /// A part of a resource has a form that cannot be read.
    Unread(&'static str),
    /// Several services claim a resource.
    ClaimedTwice(String),
    /// A service claims what no resource has.
    ClaimsNothing(String),
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
            Self::Limit(limit) => write!(f, "the limit on {} was reached", limit.name()),
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
            Self::ClaimsNothing(claim) => write!(f, "it claims what no resource has: {claim}"),
            Self::NotFollowed(kind) => write!(f, "what {kind} passes on is not followed"),
            Self::Missing(what) => write!(f, "it has no {what}"),
            Self::Unread(what) => write!(f, "{what} cannot be known"),
            Self::ClaimedTwice(services) => write!(f, "the services {services} both claim it"),
        }
    }
}

impl NoteKind {
    /// Returns the consequence for the map, as a plain sentence.
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
            Self::Uncertain(_) => {
                "It is on the map as if it existed, and what it receives as configured and not as matched."
            }
            Self::NoSuchName(_) => "The end that uses the name is unknown on the map.",
            Self::UnknownFunction(_) => "The value is unknown on the map.",
            Self::UnknownEvent(_) => "What this event would deliver is not on the map.",
            Self::ApiEvent => "Requests through an API are not deliveries and are not on the map.",
            Self::UnmappedType(_) => "Routes that it makes are not on the map.",
            Self::NotInTemplate(_) => "The route from it is not on the map.",
            Self::Variable(_) => "The value is named as one that is made elsewhere.",
            Self::Limit(limit) => limit.consequence(),
            Self::NotOnMap(_) => "This route is not on the map.",
            Self::Approximated(_) => {
                "The map shows it as if every value were accepted there, as configured and not as matched."
            }
            Self::UnknownInput => {
                "The map shows the target as if it received the whole record, as configured and not as matched."
            }
            Self::OpaqueInput => "The map shows the target with data classes that are unknown.",
            Self::UnknownEnd(_) => "The route is on the map with an unknown end.",
            Self::NotFollowed(_) => {
                "Routes that it makes are not on the map; describe them in a topology file."
            }
            Self::Missing(_) => "AWS would refuse it; what it would deliver is not on the map.",
            Self::Unread(_) => "Routes that they make are not on the map.",
            Self::ClaimsNothing(_) => "The service gets nothing by it; correct the name.",
            Self::ClaimedTwice(_) => "It belongs to none of them on the map.",
        }
    }
}

/// Writes `file:line: id: kind. Consequence.`
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
