//! Defines the document: the answer to a question before a format renders it. It has data, a table,
//! a drawing and notes.
//!
//! Cells and labels are typed. Only the formats decide their texts and colours.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use piitrail_detect::{DataClass, SubjectKind, Tier};
use piitrail_flow::channel::Channel;
use piitrail_flow::counts::UnreadEvents;
use piitrail_flow::edge::Basis;
use piitrail_flow::home::Home;
use piitrail_flow::name::Name;
use piitrail_flow::party::Party;
use piitrail_flow::people::Headcount;
use piitrail_flow::time::Day;
use piitrail_flow::topology::{Node, When};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The contents that all documents of a question have. It tells whether a format suits a question
/// before there is a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// True if they have a drawing.
    pub is_drawn: bool,
}

/// An answer before it is rendered.
#[derive(Debug, Default)]
pub struct Document {
    /// The description of the rows, for programs: the question, its days, totals and coverage.
    pub about: Map<String, Value>,
    /// The rows, for programs.
    pub rows: Map<String, Value>,
    /// The table, for terminals and spreadsheets.
    pub table: Table,
    /// Sentences that are printed below a table.
    pub notes: Vec<String>,
    /// Statements on how the answer differs from the request. A table shows them below its rows.
    /// With every other format the caller gets them beside the answer.
    pub caveats: Vec<String>,
    /// The parties and the arrows between them, if the answer can be drawn.
    pub drawing: Option<Drawing>,
    /// The form of names in text and pictures.
    pub names: Names,
    /// The `page` to request next, if the answer was cut at its limit.
    pub next: Option<String>,
}

/// Serialises a value as an object and returns its fields.
pub(crate) fn object(data: &impl Serialize) -> Map<String, Value> {
    match json!(data) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The form of the names of parties and channels in text and pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// `queue/orders`, for answers in which at most one home is known.
    #[default]
    Plain,
    /// `queue/orders@eu-west-1/222222222222`, for answers with several homes.
    WithHomes,
}

impl Names {
    /// The name of something in a home.
    pub fn written(self, name: impl fmt::Display, home: Home) -> String {
        match self {
            Self::WithHomes if !home.is_unknown() => format!("{name}@{home}"),
            Self::WithHomes | Self::Plain => name.to_string(),
        }
    }

    /// Returns the form of names for an answer with these homes.
    pub fn beside(homes: impl Iterator<Item = Home>) -> Self {
        let mut one = Home::UNKNOWN;
        for home in homes {
            if !one.fits(&home) {
                return Self::WithHomes;
            }
            one = one.or(home);
        }
        Self::Plain
    }
}

/// A table of typed cells.
#[derive(Debug, Default)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// One cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name of the column: `event_type`.
    pub name: &'static str,
    /// True if the column contains numbers, which are aligned to the right.
    pub is_number: bool,
    /// True if a terminal shows the column. A spreadsheet shows every column.
    pub is_on_terminals: bool,
}

impl Column {
    /// Creates a column of text.
    pub const fn text(name: &'static str) -> Self {
        Self {
            name,
            is_number: false,
            is_on_terminals: true,
        }
    }

    /// Creates a column of numbers.
    pub const fn number(name: &'static str) -> Self {
        Self {
            is_number: true,
            ..Self::text(name)
        }
    }

    /// Returns the column as one that only spreadsheets show.
    #[must_use]
    pub const fn for_spreadsheets(self) -> Self {
        Self {
            is_on_terminals: false,
            ..self
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub enum Cell {
    /// A producer or a consumer.
    Party(Party),
    /// The channels of a flow, in order of travel.
    Channels(Vec<Channel>),
    /// A name from the traffic: an event type.
    Name(Name),
    /// A number.
    Count(u64),
    /// The basis of an edge.
    Basis(Basis),
    /// The most sensitive tier, or `None` if there are no data classes.
    Tier(Option<Tier>),
    /// The number of people, or `None` if it is not known.
    People {
        /// The number, as a range.
        count: Option<Headcount>,
        /// True if people were not counted in some events, so that there may be more.
        is_least: bool,
    },
    /// Data classes, the most sensitive first.
    Classes {
        /// The classes.
        classes: Vec<DataClass>,
        /// True if some events were not read whole, so that there may be other classes.
        is_part_unread: bool,
        /// True if an empty list is written as `none`, because an edge without personal data is
        /// evidence too.
        says_none: bool,
    },
    /// The number of events that were not read whole, by reason.
    Unread(UnreadEvents),
    /// An instant, or `None` for an empty cell.
    Time(Option<Timestamp>),
    /// A day.
    Day(Day),
    /// The kinds of identifier that a person was seen with.
    KnownBy(BTreeSet<SubjectKind>),
    /// The homes of the names in another column.
    Homes(Vec<Home>),
    /// The resources that keep the events of an edge beside its consumer.
    KeptBy(Vec<(Node, When)>),
    /// The start or the end of a route.
    Node(Node),
    /// Words of our own and masked names.
    Words(Vec<String>),
}

/// Parties and the arrows between them.
#[derive(Debug, Default)]
pub struct Drawing {
    /// The parties, and channels that keep events.
    pub nodes: Vec<Node>,
    /// The arrows between them.
    pub arrows: Vec<Arrow>,
}

/// An arrow from one party to another, for all flows over the same channels.
#[derive(Debug)]
pub struct Arrow {
    /// The index of the node at its start.
    pub from: usize,
    /// The index of the node at its end.
    pub to: usize,
    /// The events of the near node that the far node keeps; `None` for an arrow along which events were
    /// seen.
    pub keeps: Option<When>,
    /// The channels, in order of travel.
    pub channels: Vec<Channel>,
    /// The event types.
    pub event_types: BTreeSet<Name>,
    /// The number of events, or `None` if it is not known.
    pub events: Option<u64>,
    /// The first and the last day, if the drawing shows them.
    pub seen: Option<(Day, Day)>,
    /// The classes to write on the arrow, the most sensitive first.
    pub classes: Vec<DataClass>,
    /// True if some events were not read whole, so that there may be other classes.
    pub is_part_unread: bool,
    /// The most sensitive tier among the classes.
    pub tier: Option<Tier>,
}
