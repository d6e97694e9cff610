//! When each service was last read in each home, and what could not be read.
//!
//! It is kept apart from the topology, because it is new with each reading, and a topology rarely is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{AwsService, Gap, PulledPart};
use crate::home::Home;

/// The last reading of a service in a home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastRead {
    /// The time of the last reading in which no call failed, or `None` if there was none.
    pub at: Option<Timestamp>,
    /// What the last reading could not read, each action and reason once.
    pub gaps: Vec<Gap>,
    /// The time of the first of the readings that had a gap, without one in between that had none.
    pub gaps_since: Option<Timestamp>,
}

/// The last readings of all services and homes that were ever read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    last: BTreeMap<(Home, AwsService), LastRead>,
}

impl Readings {
    /// Adds what was read at a time.
    pub fn add(&mut self, parts: &[PulledPart], at: Timestamp) {
        for part in parts {
            let last = self.last.entry((part.home, part.service)).or_default();
            if part.is_whole {
                last.at = Some(at);
            }
            last.gaps.clone_from(&part.gaps);
            last.gaps.sort();
            last.gaps.dedup();
            last.gaps_since = if last.gaps.is_empty() {
                None
            } else {
                last.gaps_since.or(Some(at))
            };
        }
    }

    /// Returns each service and home with its last reading, by home.
    pub fn iter(&self) -> impl Iterator<Item = (Home, AwsService, &LastRead)> {
        let last = self.last.iter();
        last.map(|((home, service), last)| (*home, *service, last))
    }

    /// Returns true if nothing was ever read.
    pub fn is_empty(&self) -> bool {
        self.last.is_empty()
    }
}

/// The form of a reading: `{"home": "eu-west-1/222222222222", "service": "sqs", "at": …, "gaps": […]}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    home: WrittenHome,
    service: AwsService,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<Gap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gaps_since: Option<Timestamp>,
}

impl Serialize for Readings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(home, service, last)| Form {
            home: WrittenHome(home),
            service,
            at: last.at,
            gaps: last.gaps.clone(),
            gaps_since: last.gaps_since,
        }))
    }
}

impl<'de> Deserialize<'de> for Readings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let forms = Vec::<Form>::deserialize(deserializer)?;
        let last = forms.into_iter().map(|form| {
            let last = LastRead {
                at: form.at,
                gaps: form.gaps,
                gaps_since: form.gaps_since,
            };
            ((form.home.0, form.service), last)
        });
        Ok(Self {
            last: last.collect(),
        })
    }
}

/// A home as text: `eu-west-1/222222222222`.
#[derive(Clone, Copy)]
struct WrittenHome(Home);

impl Serialize for WrittenHome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WrittenHome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Home::parse(&text).map(Self).ok_or_else(|| {
            let expected = "a region and an account, as in eu-west-1/222222222222";
            de::Error::invalid_value(de::Unexpected::Other("another text"), &expected)
        })
    }
}
