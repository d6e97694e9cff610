//! The declaration that a detector writes: the names of the fields that hold its class.

use super::roles::{Roles, Signals};
use crate::class::DataClass;
use crate::detector_id::DetectorId;

/// Field names of one meaning, as a detector declares them.
pub(crate) struct Names {
    /// Phrases separated by `|`, their words by spaces, in lower case and without accents.
    pub(crate) phrases: &'static str,
    /// A number that tells the detector which of its declarations matched (month or year, first
    /// name or any name).
    pub(crate) tag: u8,
    /// The roles of parents or neighbouring words, of which one must be present.
    pub(crate) roles: Roles,
    /// The signals of siblings, of which one must be present. If neither roles nor signals are set,
    /// the name is enough.
    pub(crate) beside: Signals,
    /// The signals that a fitting value gives its siblings.
    pub(crate) gives: Signals,
    /// The other classes that the names enable, if a check proves the value (`national_id`).
    pub(crate) also: &'static [DataClass],
    /// The further conditions.
    pub(crate) bounds: Bounds,
}

/// The conditions for a name besides its phrase. A small set.
#[derive(Clone, Copy)]
pub(crate) struct Bounds(u8);

impl Bounds {
    const NONE: Self = Self(0);
    /// Only fillers and words for persons may stand around the phrase (`recipient`, `user_login`,
    /// but not `recipient_mode`).
    pub(crate) const UNQUALIFIED: Self = Self(1);
    /// The value is a text and not an identifier: `password_id` is the id of something else.
    pub(crate) const TEXT: Self = Self(1 << 1);
    /// Only persons have it. For a product, a role or a service the name means another thing.
    pub(crate) const OF_PERSONS: Self = Self(1 << 2);
    /// A word after the phrase makes another field of it (`address_country`), unless it only names
    /// the owner.
    pub(crate) const LAST: Self = Self(1 << 3);

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Names {
    pub(crate) const fn new(phrases: &'static str) -> Self {
        Self {
            phrases,
            tag: 0,
            roles: Roles::NONE,
            beside: Signals::NONE,
            gives: Signals::NONE,
            also: &[],
            bounds: Bounds::NONE,
        }
    }

    const fn bound(self, bound: Bounds) -> Self {
        Self {
            bounds: self.bounds.and(bound),
            ..self
        }
    }

    pub(crate) const fn text(self) -> Self {
        self.bound(Bounds::TEXT)
    }

    pub(crate) const fn of_persons(self) -> Self {
        self.bound(Bounds::OF_PERSONS)
    }

    pub(crate) const fn last(self) -> Self {
        self.bound(Bounds::LAST)
    }

    pub(crate) const fn unqualified(self) -> Self {
        self.bound(Bounds::UNQUALIFIED)
    }

    pub(crate) const fn tag(self, tag: u8) -> Self {
        Self { tag, ..self }
    }

    pub(crate) const fn within(self, roles: Roles) -> Self {
        Self { roles, ..self }
    }

    pub(crate) const fn beside(self, beside: Signals) -> Self {
        Self { beside, ..self }
    }

    pub(crate) const fn gives(self, gives: Signals) -> Self {
        Self { gives, ..self }
    }

    pub(crate) const fn also(self, also: &'static [DataClass]) -> Self {
        Self { also, ..self }
    }

    pub(super) const fn is_enough(&self) -> bool {
        self.roles.is_none() && self.beside.is_none()
    }
}

/// The declarations of one detector about names: those of its fields, and the words that announce a
/// value in prose, separated by `|`.
pub(crate) struct Declaration {
    pub(crate) id: DetectorId,
    pub(crate) names: &'static [Names],
    pub(crate) keywords: &'static str,
}
