//! A document: the answer to a question before a format renders it. It has data, a table, a drawing
//! and notes.
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
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::graph::{Keeper, Node, When};

/// What the documents of a question contain. A format needs to know it before there is a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Whether they have a drawing.
    pub is_drawn: bool,
}

/// An answer before it is rendered.
#[derive(Debug, Default)]
pub struct Document {
    /// What describes the rows, for programs: the question, its days, totals and coverage.
    pub about: Map<String, Value>,
    /// The rows, for programs.
    pub rows: Map<String, Value>,
    /// For terminals and spreadsheets.
    pub table: Table,
    /// Sentences below a table.
    pub notes: Vec<String>,
    /// How the answer differs from the request. A table shows it below; with every other format the
    /// caller gets it beside the answer.
    pub caveats: Vec<String>,
    /// Who sends to whom, where the answer can be drawn.
    pub drawing: Option<Drawing>,
    /// Whether names stand with their homes in text and pictures, because there is more than one home.
    pub names: Names,
    /// The `page` to ask for next, where the answer was cut at its limit.
    pub next: Option<String>,
}

/// A value that serialises as an object, as its fields.
pub(crate) fn object(data: &impl Serialize) -> Map<String, Value> {
    match json!(data) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// How the names of parties and channels are written in text and pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// `queue/orders`: there is one home, or none is known.
    #[default]
    Plain,
    /// `queue/orders@eu-west-1/222222222222`: there are several homes.
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

    /// How names are written beside these homes.
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

/// Columns and rows.
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
    /// Its name: `event_type`.
    pub name: &'static str,
    /// Whether it holds numbers, which stand to the right.
    pub is_number: bool,
    /// Whether a terminal shows it; a spreadsheet gets them all.
    pub is_on_terminals: bool,
}

impl Column {
    /// A column of text.
    pub const fn text(name: &'static str) -> Self {
        Self {
            name,
            is_number: false,
            is_on_terminals: true,
        }
    }

    /// A column of numbers.
    pub const fn number(name: &'static str) -> Self {
        Self {
            is_number: true,
            ..Self::text(name)
        }
    }

    /// The same, for spreadsheets alone.
    #[must_use]
    pub const fn for_spreadsheets(self) -> Self {
        Self {
            is_on_terminals: false,
            ..self
        }
    }
}

/// The content of a row under one column.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Who sent or received.
    Party(Party),
    /// Over which channels, in order of travel.
    Channels(Vec<Channel>),
    /// A name out of the traffic: an event type.
    Name(Name),
    /// How many.
    Count(u64),
    /// How an edge is known.
    Basis(Basis),
    /// The most sensitive tier; `None` without data classes.
    Tier(Option<Tier>),
    /// The number of people; `None` if it is not known.
    People {
        /// The number or the range.
        count: Option<Headcount>,
        /// Whether people were not counted in some events, so that there may be more.
        is_least: bool,
    },
    /// Which classes, the most sensitive first, and whether some of the events were not read whole.
    Classes {
        /// The classes.
        classes: Vec<DataClass>,
        /// Whether there may be others in what was not read.
        is_part_unread: bool,
        /// Whether an empty list is written as `none`: that an edge carries nothing is evidence too.
        says_none: bool,
    },
    /// Events by the reason for which a part of them was not read.
    Unread(UnreadEvents),
    /// An instant; `None` leaves the cell empty.
    Time(Option<Timestamp>),
    /// A day.
    Day(Day),
    /// The kinds of identifier that a person was seen with.
    KnownBy(BTreeSet<SubjectKind>),
    /// The homes of what another column names.
    Homes(Vec<Home>),
    /// The resources that keep the events of an edge beside its consumer.
    KeptBy(Vec<Keeper>),
}

/// Who sends to whom.
#[derive(Debug, Default)]
pub struct Drawing {
    /// The parties, and channels that keep events.
    pub nodes: Vec<Node>,
    /// The arrows between them.
    pub arrows: Vec<Arrow>,
}

/// An arrow from one party to another: everything that goes the same way.
#[derive(Debug)]
pub struct Arrow {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it reaches.
    pub to: usize,
    /// When the node it reaches keeps what the other one receives; `None` for an arrow along which
    /// events were seen.
    pub keeps: Option<When>,
    /// Over which channels.
    pub channels: Vec<Channel>,
    /// Which types of event.
    pub event_types: BTreeSet<Name>,
    /// How many events; `None` where that is not known.
    pub events: Option<u64>,
    /// From the first day to the last, where that is what the drawing is about.
    pub seen: Option<(Day, Day)>,
    /// Classes to write on it, the most sensitive first.
    pub classes: Vec<DataClass>,
    /// Whether some of the events were not read whole, so that there may be other classes.
    pub is_part_unread: bool,
    /// The most sensitive tier that travels it.
    pub tier: Option<Tier>,
}
