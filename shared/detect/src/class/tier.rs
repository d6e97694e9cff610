//! The sensitivity of a class, and the kind of proof that its values need.

use std::fmt;
use std::str::FromStr;

/// The sensitivity of a class. The most sensitive tier comes first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Credentials, government ids, cards, health, and the data listed in GDPR article 9.
    Restricted,
    /// Contact, financial and birth data.
    Confidential,
    /// Network, device and pseudonymous data.
    Internal,
}

impl Tier {
    /// Returns the tier's name in configuration and output: `restricted`, `confidential` or
    /// `internal`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Confidential => "confidential",
            Self::Internal => "internal",
        }
    }
}

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(name: &str) -> Result<Self, UnknownTier> {
        [Self::Restricted, Self::Confidential, Self::Internal]
            .into_iter()
            .find(|tier| tier.name() == name)
            .ok_or(UnknownTier)
    }
}

/// The error for a word that is not a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tier; write restricted, confidential or internal")]
pub struct UnknownTier;

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The kind of proof that a value belongs to a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The value alone (`AKIA…`).
    Value,
    /// Shape together with a checksum or a range (a card number).
    Check,
    /// The field's name (a person's name).
    Field,
    /// A weak check together with the field's name, or with a keyword within 30 characters in
    /// prose.
    CheckAndField,
}

impl Evidence {
    /// Returns the evidence as the catalogue writes it: `value`, `check`, `field` or `check+field`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Check => "check",
            Self::Field => "field",
            Self::CheckAndField => "check+field",
        }
    }
}
