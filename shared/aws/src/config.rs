//! What the functions are told by their environment: the only place that reads it.
//!
//! The names are those of `template.yaml`.

use piitrail_flow::delivery::resource_name;

/// The functions' configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `PIITRAIL_TABLE`: the table the books are in.
    pub table: String,
    /// `PIITRAIL_TAP_QUEUE_ARN` and `PIITRAIL_BUS`: the tap's own queue and the bus it listens to.
    pub tap: Option<Tap>,
    /// `PIITRAIL_LOG`: what is logged, as in `info` or `piitrail_aws=debug`.
    pub log: String,
}

/// The tap that the template sets up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    /// The name of its queue.
    pub queue: String,
    /// The name of the bus.
    pub bus: String,
}

/// Why the environment is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A variable is missing.
    #[error(
        "the environment lacks {0}; the function is deployed with template.yaml, which sets it"
    )]
    Missing(&'static str),
}

impl Config {
    /// Reads the environment.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the environment"
            )]
            std::env::var(name).ok()
        })
    }

    fn from_lookup(lookup: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let given = |name| lookup(name).filter(|value| !value.is_empty());
        let tap = given("PIITRAIL_TAP_QUEUE_ARN")
            .zip(given("PIITRAIL_BUS"))
            .map(|(arn, bus)| Tap {
                queue: resource_name(&arn).to_owned(),
                // A bus may be given by its ARN.
                bus: resource_name(&bus).to_owned(),
            });
        Ok(Self {
            table: given("PIITRAIL_TABLE").ok_or(ConfigError::Missing("PIITRAIL_TABLE"))?,
            tap,
            log: given("PIITRAIL_LOG").unwrap_or_else(|| "info".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_is_known_by_its_names_without_account_and_region() {
        let config = Config::from_lookup(|name| match name {
            "PIITRAIL_TABLE" => Some("books".to_owned()),
            "PIITRAIL_TAP_QUEUE_ARN" => Some("arn:aws:sqs:eu-west-1:123456789012:tap".to_owned()),
            "PIITRAIL_BUS" => {
                Some("arn:aws:events:eu-west-1:123456789012:event-bus/shop".to_owned())
            }
            _ => None,
        })
        .unwrap();
        assert_eq!(
            config.tap,
            Some(Tap {
                queue: "tap".to_owned(),
                bus: "shop".to_owned()
            })
        );
        assert_eq!(config.log, "info");
    }

    #[test]
    fn a_missing_table_is_named() {
        let error = Config::from_lookup(|_| None).unwrap_err();
        assert!(error.to_string().contains("PIITRAIL_TABLE"));
    }
}
