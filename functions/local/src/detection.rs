//! The engine as the command line configures it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use piitrail_detect::{Config, Engine};

use crate::args::Detection;
use crate::failure::Failure;

/// An engine with the configuration of the file that is named, if one is, at a moment: nobody is born
/// after it.
pub(crate) fn engine(detection: &Detection, now: Timestamp) -> Result<Engine, Failure> {
    let year = now.to_zoned(TimeZone::UTC).year();
    let engine = Engine::with_config(config(detection)?);
    Ok(engine.in_year(u16::try_from(year).unwrap_or(u16::MAX)))
}

fn config(detection: &Detection) -> Result<Config, Failure> {
    let Some(path) = &detection.config else {
        return Ok(Config::default());
    };
    let text = std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.clone(),
        source,
    })?;
    text.parse().map_err(|source| Failure::Detection {
        path: path.clone(),
        source,
    })
}
