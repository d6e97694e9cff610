//! Classes that a configuration declares.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use super::table::Row;
use super::{DataClass, Evidence, Tier};

/// The reason why a configuration cannot declare a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnClassError {
    /// The name does not have the form of a class name.
    #[error("is not a name for a class; write capitals, digits and underscores: LOYALTY_CARD")]
    Name,
    /// The catalogue has a class with this name.
    #[error("is the name of a class of the catalogue; take another")]
    Taken,
    /// There are more classes than a process keeps.
    #[error(
        "exceeds the limit of {} user-defined classes for one process",
        OwnClass::MOST
    )]
    TooMany,
}

/// A class that a configuration declares. It is identified by its name and tier. The process keeps
/// one row for each class, so that it can be copied as cheaply as one of the catalogue.
#[derive(Clone, Copy)]
pub struct OwnClass(pub(super) &'static Row);

impl OwnClass {
    /// The most declared classes that a process keeps, and the longest name. Names are also read
    /// from stores, and reading must not use memory without a bound.
    const MOST: usize = 256;
    const LONGEST_NAME: usize = 64;

    /// Returns the class with this name and tier. It is created when it is first used.
    pub(super) fn of(name: &str, tier: Tier) -> Result<Self, OwnClassError> {
        static KNOWN: Mutex<Vec<&'static Row>> = Mutex::new(Vec::new());

        let is_name = name.len() <= Self::LONGEST_NAME
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !is_name {
            return Err(OwnClassError::Name);
        }
        if DataClass::ALL.iter().any(|class| class.name() == name) {
            return Err(OwnClassError::Taken);
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = known
            .iter()
            .find(|row| row.name == name && row.tier == tier)
        {
            return Ok(Self(row));
        }
        if known.len() == Self::MOST {
            return Err(OwnClassError::TooMany);
        }
        let row = Box::leak(Box::new(Row {
            name: Box::leak(name.into()),
            category: "user",
            tier,
            evidence: Evidence::Value,
            what: "A class of your own configuration",
        }));
        known.push(row);
        Ok(Self(row))
    }

    const fn key(self) -> (&'static str, Tier) {
        (self.0.name, self.0.tier)
    }
}

impl fmt::Debug for OwnClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl PartialEq for OwnClass {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for OwnClass {}

impl PartialOrd for OwnClass {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OwnClass {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for OwnClass {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
