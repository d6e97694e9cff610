//! The meaning of the words of a name for the objects and fields around it, as two small sets.
//!
//! [`Roles`] go down: they describe an object, and the walk passes them to the fields inside.
//! [`Signals`] go sideways: they describe the fields beside a field, and the walk collects them
//! until the object ends.

/// The roles of the object under a name, or of the name beside it. A small set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Roles(u32);

impl Roles {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const PERSON: Self = Self(1);
    pub(crate) const ADDRESS: Self = Self(1 << 1);
    pub(crate) const CARD: Self = Self(1 << 2);
    pub(crate) const BANK: Self = Self(1 << 3);
    pub(crate) const DEVICE: Self = Self(1 << 4);
    pub(crate) const HEALTH: Self = Self(1 << 5);
    pub(crate) const PLACE: Self = Self(1 << 6);
    /// A product, a file, a company: a name in it is not a person's.
    pub(crate) const THING: Self = Self(1 << 7);
    /// The object that directly holds the field is a person, and not only one further up.
    pub(crate) const PERSON_ITSELF: Self = Self(1 << 8);
    pub(crate) const WORK: Self = Self(1 << 9);
    pub(crate) const SESSION: Self = Self(1 << 10);
    pub(crate) const PHONE: Self = Self(1 << 11);
    /// An object with the parts of a name.
    pub(crate) const NAME: Self = Self(1 << 12);
    /// A passport: the number in it is a passport number.
    pub(crate) const PASSPORT: Self = Self(1 << 13);
    /// A licence: it is a driver's licence if a person is around it.
    pub(crate) const LICENSE: Self = Self(1 << 14);
    /// An order, a parcel, a token, an amount, a time: a number in it does not belong to a person.
    pub(crate) const RECORD: Self = Self(1 << 15);
    /// A company, a brand, a school: its display name stands beside its own addresses.
    pub(crate) const ORGANIZATION: Self = Self(1 << 16);
    /// The place to which something is sent or billed (`shipping`, `billing`): the name there is a
    /// person's, but the id is not.
    pub(crate) const RECEIVER: Self = Self(1 << 17);
    /// A diagnosis, an allergy, a medication: the words for it describe a person's health.
    pub(crate) const DIAGNOSIS: Self = Self(1 << 18);
    /// The object says that it is a role, a service or a company (`"type": "Role"`).
    pub(crate) const NO_PERSON: Self = Self(1 << 19);

    /// A person as a user of a system (`user`, `actor`).
    pub(crate) const USER: Self = Self(1 << 20);
    /// The time at which a person was born, with its year, month and day in fields of their own.
    pub(crate) const BIRTH: Self = Self(1 << 21);
    /// The headers of a message, whose `Age` is nobody's.
    pub(crate) const HEADERS: Self = Self(1 << 22);
    /// Words for a user interface: a `password` there is the word for it.
    pub(crate) const TEXTS: Self = Self(1 << 24);
    /// A form, the query of a URL, or a label in a text, where a `token` is a credential.
    pub(crate) const QUERY: Self = Self(1 << 23);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// The signals that a field gives its siblings, such as "there is a street beside you". A small
/// set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Signals(u32);

impl Signals {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const STREET: Self = Self(1);
    pub(crate) const POSTAL_CODE: Self = Self(1 << 1);
    pub(crate) const CITY: Self = Self(1 << 2);
    /// A state, province or country.
    pub(crate) const TERRITORY: Self = Self(1 << 3);
    pub(crate) const LATITUDE: Self = Self(1 << 4);
    pub(crate) const LONGITUDE: Self = Self(1 << 5);
    pub(crate) const CARD: Self = Self(1 << 6);
    pub(crate) const CARD_DETAIL: Self = Self(1 << 7);
    pub(crate) const MONTH: Self = Self(1 << 8);
    /// Data that only a person has: an e-mail address, a birth date, a first name.
    pub(crate) const PERSON: Self = Self(1 << 10);
    /// Data that only a company or a product has: a VAT number, a price.
    pub(crate) const THING: Self = Self(1 << 11);
    pub(crate) const AREA_CODE: Self = Self(1 << 12);
    pub(crate) const LOCAL_NUMBER: Self = Self(1 << 13);
    pub(crate) const BANK_ACCOUNT: Self = Self(1 << 14);
    pub(crate) const BANK_CODE: Self = Self(1 << 15);
    /// The sort code of a British bank.
    pub(crate) const SORT_CODE: Self = Self(1 << 16);
    /// An order, a parcel, a hash, an id that does not belong to a person.
    pub(crate) const RECORD: Self = Self(1 << 17);
    /// The parts of a person's name.
    pub(crate) const NAME: Self = Self(1 << 18);
    /// The text of a message. A `from` and a `to` beside it are addresses.
    pub(crate) const MESSAGE: Self = Self(1 << 19);
    pub(crate) const ANY: Self = Self(u32::MAX);
    /// The signals beside which a weakly proved number is believed. It excludes the signals that
    /// this number gives itself.
    pub(crate) const OF_PEOPLE: Self = Self(
        Self::PERSON.0
            | Self::CARD_DETAIL.0
            | Self::MONTH.0
            | Self::STREET.0
            | Self::BANK_ACCOUNT.0
            | Self::BANK_CODE.0
            | Self::SORT_CODE.0,
    );

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}
