//! Builds the detection engine from the options of a command.

use jiff::Timestamp;
use piitrail_detect::{Config, Engine};
use piitrail_flow::time::day_of;

use crate::args::Detection;
use crate::failure::Failure;
use crate::input::bounded;

/// Returns an engine with the configuration of `--config`, if given. Dates of birth after `now` are
/// not plausible.
pub(crate) fn engine(detection: &Detection, now: Timestamp) -> Result<Engine, Failure> {
    let engine = Engine::with_config(config(detection)?);
    Ok(engine.in_year(day_of(now).year()))
}

fn config(detection: &Detection) -> Result<Config, Failure> {
    let Some(path) = &detection.config else {
        return Ok(Config::default());
    };
    let text = bounded::text_of(path, bounded::CONFIGURATION_MAX)?;
    text.parse().map_err(|source| Failure::Detection {
        path: path.clone(),
        source,
    })
}
