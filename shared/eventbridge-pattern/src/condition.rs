//! Defines conditions: the alternatives in a pattern's array, each of which accepts or refuses a
//! value of an event.

use crate::ip::{Address, AddressRange};
use crate::json::Literal;
use crate::number::Number;
use crate::text::Text;

/// One alternative.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Condition {
    /// A string.
    Exact(Box<str>),
    /// An address, given as a string, or a range of addresses.
    Address {
        range: AddressRange,
        /// True if the digits of a number are read as those of an address. The engine does so
        /// unless the same field is also compared with numbers.
        digits: bool,
    },
    /// A number given as a value: equal as a number, or equal in spelling if one of the two cannot
    /// be compared as a number.
    Number {
        comparable: Option<Number>,
        spelled: Box<str>,
    },
    Literal(Literal),
    /// A number in an inclusive range.
    Between(Number, Number),
    Text(Text),
    /// Any value that none of these accepts.
    Not(Excluded),
    /// Any value.
    Exists,
    /// No value at all.
    Absent,
}

/// The list of an `anything-but`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Excluded {
    Strings(Box<[Box<str>]>),
    Numbers(Box<[Number]>),
    Texts(Box<[Text]>),
}

/// A leaf: a value of an event that is neither an object nor an array.
#[derive(Clone, Copy)]
pub(crate) enum Leaf<'e> {
    /// A string with its quotation marks, in UTF-8, without escapes.
    Quoted(&'e [u8]),
    /// A number in its spelling.
    Number(&'e str),
    Literal(Literal),
}

impl<'e> Leaf<'e> {
    /// Returns a string without its quotation marks.
    pub(crate) fn string(self) -> Option<&'e [u8]> {
        match self {
            Self::Quoted(quoted) => Some(&quoted[1..quoted.len() - 1]),
            Self::Number(_) | Self::Literal(_) => None,
        }
    }

    pub(crate) fn number(self) -> Option<Number> {
        match self {
            Self::Number(spelled) => Number::parse(spelled),
            Self::Quoted(_) | Self::Literal(_) => None,
        }
    }
}

impl Condition {
    /// Returns true if the condition compares values with numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        matches!(
            self,
            Self::Between(..)
                | Self::Not(Excluded::Numbers(_))
                | Self::Number {
                    comparable: Some(_),
                    ..
                }
        )
    }

    /// Returns true if the condition reads a number's digits as those of an address.
    pub(crate) fn reads_digits(&self) -> bool {
        matches!(self, Self::Address { digits: true, .. })
    }

    pub(crate) fn without_digits(&self) -> Self {
        match self {
            Self::Address { range, .. } => Self::Address {
                range: *range,
                digits: false,
            },
            other => other.clone(),
        }
    }

    /// Returns true if the condition accepts the value. `Absent` accepts none, because it depends
    /// on the whole event.
    pub(crate) fn accepts(&self, leaf: Leaf<'_>) -> bool {
        match self {
            Self::Exact(text) => leaf.string() == Some(text.as_bytes()),
            Self::Address { range, digits } => match leaf {
                Leaf::Quoted(_) => leaf
                    .string()
                    .and_then(Address::parse)
                    .is_some_and(|address| range.contains(address)),
                Leaf::Number(text) => {
                    (*digits || leaf.number().is_none()) && range.contains_digits(text)
                }
                Leaf::Literal(_) => false,
            },
            Self::Number {
                comparable,
                spelled,
            } => match (leaf, comparable) {
                (Leaf::Number(_), Some(_)) => leaf.number() == *comparable,
                (Leaf::Number(text), None) => *text == **spelled,
                _ => false,
            },
            Self::Literal(word) => matches!(leaf, Leaf::Literal(literal) if literal == *word),
            Self::Between(low, high) => leaf
                .number()
                .is_some_and(|number| (*low..=*high).contains(&number)),
            Self::Text(text) => matches!(leaf, Leaf::Quoted(quoted) if text.accepts(quoted)),
            Self::Not(excluded) => !excluded.accepts(leaf),
            Self::Exists => true,
            Self::Absent => false,
        }
    }
}

impl Excluded {
    fn accepts(&self, leaf: Leaf<'_>) -> bool {
        match self {
            Self::Strings(strings) => leaf
                .string()
                .is_some_and(|value| strings.iter().any(|text| text.as_bytes() == value)),
            Self::Numbers(numbers) => leaf.number().is_some_and(|value| numbers.contains(&value)),
            Self::Texts(texts) => match leaf {
                Leaf::Quoted(quoted) => texts.iter().any(|text| text.accepts(quoted)),
                Leaf::Number(_) | Leaf::Literal(_) => false,
            },
        }
    }
}
