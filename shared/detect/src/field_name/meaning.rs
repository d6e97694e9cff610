//! What a name says, in the form that the walk remembers with the name and copies with every field.

use super::roles::{Roles, Signals};

/// One meaning of a name: which of the registry's [`Names`](super::Names) it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meaning {
    pub(crate) names: u16,
    /// A word of the name itself is what the [`Names`](super::Names) ask for (`customer_name`).
    pub(crate) is_satisfied: bool,
    /// A word after the phrase is unknown, so that the phrase may not be what the name is about
    /// (`phone_xyz`).
    pub(crate) is_doubtful: bool,
}

/// Whether a name stands for a part of a pair or a wrapper instead of a value's own name.
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
    /// As [`Self::Wrapper`], and what stands in it is a code and nobody's id (`coding`).
    Coding,
    /// Its value says of what kind the value beside it is (`{"system": "phone", "value": …}`).
    Kind,
    /// As [`Self::Kind`], or it says what the object is (`{"type": "user"}`).
    Type,
    /// Its value is a number of the kind that stands beside it (`{"type": "passport", "number": …}`).
    Number,
    /// Its value refers to something of a type (`{"reference": "Patient/7"}`).
    Reference,
    /// Its value lists the names of the columns of the [`Slot::Rows`] beside it.
    Columns,
    /// Its value lists rows.
    Rows,
}

impl Slot {
    /// Whether the value may say what the object around it is.
    pub(crate) const fn may_say_what_it_is(self) -> bool {
        matches!(self, Self::Type | Self::Reference)
    }

    /// Whether the value may be what the field around it is called after.
    pub(crate) const fn may_wrap(self) -> bool {
        matches!(self, Self::Value | Self::Wrapper | Self::Coding)
    }
}

/// What a name that no detector declared says of numbers under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Numbers {
    /// Nothing.
    #[default]
    Unsaid,
    /// They belong to something other than a person (`product`, `message`).
    OfThing,
    /// They are numbers, and the parent says of what (`tracking.number`).
    OfParent,
    /// They are ids, amounts or moments, not cards or telephone numbers.
    Ids,
    /// They are ids of mails (`Message-ID`, `In-Reply-To`), which look like mailboxes but are not.
    IdsOfMails,
}

pub(crate) const MEANINGS: usize = 8;

/// A [`Meaning`] in two bytes: a name's meanings are copied with every field of every object.
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

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct FieldName {
    pub(super) meanings: [Packed; MEANINGS],
    pub(super) count: u8,
    pub(crate) roles: Roles,
    /// The signals that the name alone gives its siblings (`country`, `vat_number`).
    pub(crate) gives: Signals,
    pub(crate) slot: Slot,
    /// The name says nothing by itself, so that the parents' roles apply inside it (`data`,
    /// `attributes`).
    pub(crate) is_neutral: bool,
    pub(crate) numbers: Numbers,
}

impl FieldName {
    pub(crate) fn meanings(self) -> impl Iterator<Item = Meaning> {
        self.meanings
            .into_iter()
            .take(usize::from(self.count))
            .map(Packed::unpack)
    }

    pub(crate) const fn has_meaning(&self) -> bool {
        self.count > 0
    }

    /// The same name without a meaning: what it stands for is what its parent says.
    pub(super) const fn forget(&mut self) {
        self.meanings = [Packed::NONE; MEANINGS];
        self.count = 0;
        self.roles = Roles::NONE;
        self.gives = Signals::NONE;
        self.numbers = Numbers::Unsaid;
    }
}
