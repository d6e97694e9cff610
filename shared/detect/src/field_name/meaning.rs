//! The meaning of a name, in the form that the walk caches with the name and copies with every
//! field.

use super::roles::{Roles, Signals};

/// One meaning of a name: the [`Names`](super::Names) of the registry that it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meaning {
    pub(crate) names: u16,
    /// True if a word of the name itself satisfies the [`Names`](super::Names) (`customer_name`).
    pub(crate) is_satisfied: bool,
    /// True if a word after the phrase is unknown, so that the name may not be about the phrase
    /// (`phone_xyz`).
    pub(crate) is_doubtful: bool,
}

/// The part of a pair or a wrapper that a name stands for, instead of being a value's own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Slot {
    #[default]
    None,
    /// It wraps a value, so the parent's name counts (`{"email": {"S": …}}`).
    Value,
    /// Its value is the name of the [`Slot::Value`] beside it (`{"name": "email", …}`).
    Name,
    /// Under a name with a meaning it wraps the value (`{"email": {"old": …, "new": …}}`).
    Wrapper,
    /// Like [`Self::Wrapper`], but its value is a code and not an id of a person (`coding`).
    Coding,
    /// Its value is the kind of the value beside it (`{"system": "phone", "value": …}`).
    Kind,
    /// Like [`Self::Kind`], or its value is the type of the object (`{"type": "user"}`).
    Type,
    /// Its value is a number whose kind stands beside it (`{"type": "passport", "number": …}`).
    Number,
    /// Its value refers to something of a type (`{"reference": "Patient/7"}`).
    Reference,
    /// Its value lists the names of the columns of the [`Slot::Rows`] beside it.
    Columns,
    /// Its value lists rows.
    Rows,
}

impl Slot {
    /// Returns true if the value may say what the object around it is.
    pub(crate) const fn may_say_what_it_is(self) -> bool {
        matches!(self, Self::Type | Self::Reference)
    }

    /// Returns true if the value may be the one that the field around it is named after.
    pub(crate) const fn may_wrap(self) -> bool {
        matches!(
            self,
            Self::Value | Self::Wrapper | Self::Coding | Self::Rows
        )
    }
}

/// The meaning of a name that no detector declared for the numbers under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Numbers {
    /// No meaning.
    #[default]
    Unsaid,
    /// They belong to something other than a person (`product`, `message`).
    OfThing,
    /// They are numbers whose kind the parent names (`tracking.number`).
    OfParent,
    /// They are ids, amounts or moments, not cards or telephone numbers.
    Ids,
    /// They are ids of e-mails (`Message-ID`, `In-Reply-To`), which look like mailboxes but are
    /// not.
    IdsOfMails,
}

pub(crate) const MEANINGS: usize = 8;

/// A [`Meaning`] in two bytes, because a name's meanings are copied with every field of every
/// object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Packed(u16);

impl Packed {
    const NONE: Self = Self(0);
    const IS_SATISFIED: u16 = 1 << 15;
    const IS_DOUBTFUL: u16 = 1 << 14;

    pub(super) const fn pack(meaning: Meaning) -> Self {
        let satisfied = if meaning.is_satisfied {
            Self::IS_SATISFIED
        } else {
            0
        };
        let doubtful = if meaning.is_doubtful {
            Self::IS_DOUBTFUL
        } else {
            0
        };
        Self(meaning.names | satisfied | doubtful)
    }

    const fn unpack(self) -> Meaning {
        Meaning {
            names: self.0 & !(Self::IS_SATISFIED | Self::IS_DOUBTFUL),
            is_satisfied: self.0 & Self::IS_SATISFIED != 0,
            is_doubtful: self.0 & Self::IS_DOUBTFUL != 0,
        }
    }
}

/// The meanings and the role of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct FieldName {
    pub(super) meanings: [Packed; MEANINGS],
    pub(super) count: u8,
    /// The roles of which the object around the field must have one for any meaning to count. None
    /// if a meaning counts without them.
    pub(crate) needs: Roles,
    pub(crate) roles: Roles,
    /// The signals that the name alone gives its siblings (`country`, `vat_number`).
    pub(crate) gives: Signals,
    pub(crate) slot: Slot,
    /// True if the name says nothing by itself, so that the parents' roles apply inside it (`data`,
    /// `attributes`).
    pub(crate) is_neutral: bool,
    pub(crate) numbers: Numbers,
}

impl FieldName {
    pub(crate) fn meanings(&self) -> impl Iterator<Item = Meaning> {
        let meanings = self.meanings.get(..usize::from(self.count));
        meanings
            .unwrap_or_default()
            .iter()
            .map(|meaning| meaning.unpack())
    }

    pub(crate) const fn has_meaning(&self) -> bool {
        self.count > 0
    }

    /// Removes the name's own meaning, so that its parent's applies.
    pub(super) const fn forget(&mut self) {
        self.meanings = [Packed::NONE; MEANINGS];
        self.count = 0;
        self.needs = Roles::NONE;
        self.roles = Roles::NONE;
        self.gives = Signals::NONE;
        self.numbers = Numbers::Unsaid;
    }
}
