//! The data classes, each with its fideslang category, its sensitivity (the tier) and the kind of
//! proof that a value needs (the evidence).
//!
//! `table` declares them. Everything else (`ALL`, names, parsing, serde, the documentation of each
//! variant) is generated from that table, so a class cannot be half declared.

mod own;
mod table;
mod tier;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use own::{OwnClass, OwnClassError};
pub use table::DataClass;
pub use tier::{Evidence, Tier, UnknownTier};

/// The error for a name that is not a data class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a data class of the catalogue; see DataClass::ALL for the names, and write one of your \
     own with its tier: LOYALTY_CARD:confidential"
)]
pub struct UnknownDataClass;

impl DataClass {
    /// Returns the class's name in findings, policies and reports: `EMAIL_ADDRESS`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the fideslang data category, such as `user.contact.email`.
    pub const fn category(self) -> &'static str {
        self.row().category
    }

    /// Returns the sensitivity of the class.
    pub const fn tier(self) -> Tier {
        self.row().tier
    }

    /// Returns the kind of proof that a value of this class needs.
    pub const fn evidence(self) -> Evidence {
        self.row().evidence
    }

    /// Returns a description of the class in one line.
    pub const fn description(self) -> &'static str {
        self.row().what
    }

    /// Returns the class that a configuration declares: `LOYALTY_CARD`.
    ///
    /// # Errors
    ///
    /// If the name is not made of capitals, digits and underscores, or belongs to the catalogue.
    pub fn own(name: &str, tier: Tier) -> Result<Self, OwnClassError> {
        OwnClass::of(name, tier).map(Self::Own)
    }

    /// Serialises the name alone, for `#[serde(serialize_with)]` in output that shows the tier in
    /// another field.
    ///
    /// # Errors
    ///
    /// Those of `serializer`.
    pub fn serialize_name<S: serde::Serializer>(
        class: &Self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(class.name())
    }

    /// Returns true if a configuration declares the class, and not the catalogue.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Returns the name in stores, which serde writes too. A class that a configuration declares is
    /// stored with its tier (`LOYALTY_CARD:confidential`), so that it can be read without the
    /// configuration. [`FromStr`] reads it.
    pub fn stored_name(self) -> Cow<'static, str> {
        match self {
            Self::Own(_) => Cow::Owned(format!("{}:{}", self.name(), self.tier())),
            _ => Cow::Borrowed(self.name()),
        }
    }
}

impl fmt::Display for DataClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DataClass {
    type Err = UnknownDataClass;

    fn from_str(name: &str) -> Result<Self, UnknownDataClass> {
        if let Some((name, tier)) = name.split_once(':') {
            let tier = tier.parse().map_err(|_| UnknownDataClass)?;
            return Self::own(name, tier).map_err(|_| UnknownDataClass);
        }
        Self::ALL
            .into_iter()
            .find(|class| class.name() == name)
            .ok_or(UnknownDataClass)
    }
}

impl serde::Serialize for DataClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.stored_name())
    }
}

impl<'de> serde::Deserialize<'de> for DataClass {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName;

        impl serde::de::Visitor<'_> for ByName {
            type Value = DataClass;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a data class, such as EMAIL_ADDRESS")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<DataClass, E> {
                name.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(ByName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_known_by_its_name_everywhere() {
        for class in DataClass::ALL {
            assert_eq!(class.name().parse(), Ok(class));
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(json, format!("\"{}\"", class.name()));
            assert_eq!(serde_json::from_str::<DataClass>(&json).unwrap(), class);
        }
        assert!("EMAIL".parse::<DataClass>().is_err());
    }

    #[test]
    fn a_class_of_ones_own_is_kept_with_its_tier_and_shown_by_its_name() {
        let card = DataClass::own("LOYALTY_CARD", Tier::Confidential).unwrap();
        assert_eq!(card.stored_name(), "LOYALTY_CARD:confidential");
        assert_eq!(card.stored_name().parse(), Ok(card));
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<DataClass>(&json).unwrap(), card);
        assert_eq!(
            (card.name(), card.tier()),
            ("LOYALTY_CARD", Tier::Confidential)
        );
        assert!(card > DataClass::AuthHeader);
        assert!("LOYALTY_CARD".parse::<DataClass>().is_err());
        assert!("LOYALTY_CARD:secret".parse::<DataClass>().is_err());
    }

    #[test]
    fn a_class_of_ones_own_is_named_as_classes_are() {
        for name in ["", "loyalty", "9LIVES", "A-B", "A B", "É", &"A".repeat(65)] {
            assert_eq!(
                DataClass::own(name, Tier::Internal),
                Err(OwnClassError::Name)
            );
        }
        assert_eq!(
            DataClass::own("CITY", Tier::Internal),
            Err(OwnClassError::Taken)
        );
    }

    #[test]
    fn the_documentation_lists_the_catalogue() {
        let rows = DataClass::ALL.map(|class| {
            let (tier, evidence) = (class.tier(), class.evidence().name());
            format!(
                "| `{class}` | `{}` | {tier} | {evidence} | {} |\n",
                class.category(),
                class.description()
            )
        });
        let head = "| class | category | tier | evidence | what |\n|---|---|---|---|---|\n";
        let page = head.to_owned() + &rows.concat();
        assert_eq!(
            include_str!("../catalogue.md"),
            page,
            "write this to catalogue.md"
        );
    }

    #[test]
    fn the_table_is_the_catalogue_of_the_design() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/CATALOGUE.tsv");
        let Ok(catalogue) = std::fs::read_to_string(path) else {
            eprintln!("skipped: ../shared/CATALOGUE.tsv is not here to compare with");
            return;
        };
        let listed = catalogue
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(|line| line.split('\t').take(4).collect::<Vec<_>>().join("\t"))
            .collect::<Vec<_>>();
        let declared = DataClass::ALL.map(|class| {
            let (tier, evidence) = (class.tier().name(), class.evidence().name());
            format!("{class}\t{}\t{tier}\t{evidence}", class.category())
        });
        assert_eq!(declared.to_vec(), listed);
    }
}
