//! Reads the functions' configuration from the environment. No other module reads it.
//!
//! The names are those of `template.yaml`.

use std::path::PathBuf;
use std::str::FromStr;

use piitrail_flow::delivery::resource_name;
use piitrail_flow::store::Retention;

/// The functions' configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `PIITRAIL_TABLE`: the table of the store.
    pub table: String,
    /// `PIITRAIL_TAP_QUEUE_ARN` and `PIITRAIL_BUS`: the tap's own queue and the bus it listens to.
    pub tap: Option<Tap>,
    /// The settings for counting people, or `None` if people are not counted.
    pub people: Option<People>,
    /// `PIITRAIL_ANNOUNCE_BUS`: the bus that announcements are sent to. Without it, none are sent.
    pub announce_to: Option<String>,
    /// `PIITRAIL_LANES`: the number of lanes of the journal. The default is 1.
    pub lanes: u16,
    /// `PIITRAIL_KEEP_DAYS` and `PIITRAIL_KEEP_MONTHS`: the retention of the store.
    pub retention: Retention,
    /// `PIITRAIL_CONFIG`: the file with the detection configuration, in a layer
    /// (`/opt/piitrail.yaml`) or beside the function's `bootstrap`. `None` detects all classes of
    /// the catalogue.
    pub detection: Option<PathBuf>,
    /// `PIITRAIL_LOG`: the log filter, as in `info` or `error,piitrail_aws=info`. No filter logs a
    /// payload (see [`crate::telemetry::log_to_stdout`]).
    pub log: String,
}

/// The tap that the template sets up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    /// The name of the tap's queue.
    pub queue: String,
    /// The name of the bus.
    pub bus: String,
}

/// The settings for counting people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// `PIITRAIL_SUBJECT_KEY_SECRET`: the secret with the subject keys.
    pub secret: String,
    /// `PIITRAIL_CUSTOMER_ID_FIELDS`: the fields that contain customer ids, separated by commas.
    pub customer_id_fields: Vec<String>,
    /// `PIITRAIL_SUBJECT_INDEX`: `on` to keep an index of where each person was seen, otherwise
    /// `off`.
    pub index: bool,
}

/// The region and the endpoint of a function's calls to AWS.
pub(crate) struct AwsEnvironment {
    /// `AWS_REGION`, which Lambda sets.
    pub(crate) region: Option<String>,
    /// `AWS_ENDPOINT_URL`: the address of an emulator, set in tests only.
    pub(crate) endpoint: Option<String>,
}

impl AwsEnvironment {
    /// Reads the environment.
    pub(crate) fn load() -> Self {
        Self {
            region: variable("AWS_REGION").filter(|value| !value.is_empty()),
            endpoint: variable("AWS_ENDPOINT_URL").filter(|value| !value.is_empty()),
        }
    }
}

/// The reason the environment is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A variable is missing.
    #[error(
        "the environment variable {0} is missing; deploy the function with template.yaml, which sets it"
    )]
    Missing(&'static str),
    /// A variable that must be a number is not one.
    #[error(
        "the environment variable {0} is not a whole number of at least 1; correct it in template.yaml"
    )]
    NotANumber(&'static str),
    /// The file of `PIITRAIL_CONFIG` cannot be read.
    #[error(
        "could not read {}, the file that PIITRAIL_CONFIG names; put it into the function's package or a layer",
        path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        source: std::io::Error,
    },
    /// The file of `PIITRAIL_CONFIG` is not usable.
    #[error("could not use {}, the configuration that PIITRAIL_CONFIG names", path.display())]
    Detection {
        /// The file.
        path: PathBuf,
        /// The error in it.
        #[source]
        source: piitrail_detect::ConfigError,
    },
}

impl Config {
    /// Reads the environment.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from_lookup(variable)
    }

    /// Reads the detection configuration from the file of `PIITRAIL_CONFIG`.
    pub fn detection(&self) -> Result<piitrail_detect::Config, ConfigError> {
        let Some(path) = &self.detection else {
            return Ok(piitrail_detect::Config::default());
        };
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.clone(),
            source,
        })?;
        text.parse().map_err(|source| ConfigError::Detection {
            path: path.clone(),
            source,
        })
    }

    fn from_lookup(lookup: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let given = |name| lookup(name).filter(|value| !value.is_empty());
        let tap = given("PIITRAIL_TAP_QUEUE_ARN")
            .zip(given("PIITRAIL_BUS"))
            .map(|(arn, bus)| Tap {
                queue: resource_name(&arn).to_owned(),
                // The bus may be given as an ARN.
                bus: resource_name(&bus).to_owned(),
            });
        let people = given("PIITRAIL_SUBJECT_KEY_SECRET").map(|secret| People {
            secret,
            customer_id_fields: given("PIITRAIL_CUSTOMER_ID_FIELDS")
                .unwrap_or_default()
                .split(',')
                .map(|field| field.trim().to_owned())
                .filter(|field| !field.is_empty())
                .collect(),
            index: given("PIITRAIL_SUBJECT_INDEX").is_some_and(|index| index == "on"),
        });
        let defaults = Retention::default();
        Ok(Self {
            people,
            announce_to: given("PIITRAIL_ANNOUNCE_BUS"),
            lanes: number(&given, "PIITRAIL_LANES", 1)?,
            retention: Retention {
                days: number(&given, "PIITRAIL_KEEP_DAYS", defaults.days)?,
                months: number(&given, "PIITRAIL_KEEP_MONTHS", defaults.months)?,
            },
            table: given("PIITRAIL_TABLE").ok_or(ConfigError::Missing("PIITRAIL_TABLE"))?,
            tap,
            detection: given("PIITRAIL_CONFIG").map(PathBuf::from),
            log: given("PIITRAIL_LOG").unwrap_or_else(|| "info".to_owned()),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn variable(name: &'static str) -> Option<String> {
    std::env::var(name).ok()
}

/// Parses a variable as a number of at least 1. Returns the default if it is not set.
fn number<N: FromStr + PartialOrd + From<u8>>(
    given: &impl Fn(&'static str) -> Option<String>,
    name: &'static str,
    default: N,
) -> Result<N, ConfigError> {
    match given(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| *number >= N::from(1))
            .ok_or(ConfigError::NotANumber(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_is_known_by_its_names_without_account_and_region() {
        let config = Config::from_lookup(|name| match name {
            "PIITRAIL_TABLE" => Some("piitrail".to_owned()),
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
    fn people_are_told_apart_where_there_is_a_key_and_indexed_where_that_is_on() {
        let of = |secret: &'static str, index: &'static str| {
            let config = Config::from_lookup(|name| {
                let value = match name {
                    "PIITRAIL_TABLE" => "piitrail",
                    "PIITRAIL_SUBJECT_KEY_SECRET" => secret,
                    "PIITRAIL_CUSTOMER_ID_FIELDS" => "customerId, customer.id,",
                    "PIITRAIL_SUBJECT_INDEX" => index,
                    _ => "",
                };
                Some(value.to_owned())
            });
            config.unwrap().people
        };
        assert_eq!(of("", "on"), None);
        let people = of(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys",
            "off",
        )
        .unwrap();
        assert_eq!(people.customer_id_fields, ["customerId", "customer.id"]);
        assert!(!people.index);
        assert!(of("keys", "on").unwrap().index);
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let given = |keep: &'static str| {
            Config::from_lookup(move |name| match name {
                "PIITRAIL_TABLE" => Some("piitrail".to_owned()),
                "PIITRAIL_KEEP_DAYS" => Some(keep.to_owned()),
                _ => None,
            })
        };
        assert_eq!(given("30").unwrap().retention.days, 30);
        for wrong in ["0", "-1", "a year"] {
            let error = given(wrong).unwrap_err().to_string();
            assert!(error.contains("PIITRAIL_KEEP_DAYS"), "{error}");
            assert!(!error.contains("year"), "{error}");
        }
    }

    #[test]
    fn what_is_detected_is_read_from_the_file_that_is_named() {
        let of = |file: &str| {
            let config = Config::from_lookup(|name| match name {
                "PIITRAIL_TABLE" => Some("piitrail".to_owned()),
                "PIITRAIL_CONFIG" => Some(file.to_owned()),
                _ => None,
            });
            config.unwrap().detection()
        };
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/piitrail.yaml");
        assert!(of("").is_ok() && of(sample).is_ok());
        assert!(matches!(of("nowhere.yaml"), Err(ConfigError::Read { .. })));
        let no_config = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert!(matches!(of(no_config), Err(ConfigError::Detection { .. })));
    }

    #[test]
    fn a_missing_table_is_named() {
        let error = Config::from_lookup(|_| None).unwrap_err();
        assert!(error.to_string().contains("PIITRAIL_TABLE"));
    }
}
