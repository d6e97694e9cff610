//! The place where an entry of the topology is written.

use std::fmt;

use serde_saphyr::Location;

/// The line and column of an entry in its file, both counted from 1. It is unknown in a topology
/// that was not read from a file.
///
/// All origins are equal, so that two topologies with the same content are equal wherever they are
/// written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin(Option<(u64, u64)>);

impl Eq for Origin {}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Origin {
    /// Returns the beginning of a line, counted from 1. Line 0 gives an unknown origin.
    pub fn of_line(line: u32) -> Self {
        Self((line > 0).then_some((u64::from(line), 1)))
    }

    /// Returns the line, counted from 1, or 0 if it is unknown.
    pub fn line(self) -> u32 {
        let (line, _) = self.0.unwrap_or_default();
        u32::try_from(line).unwrap_or(u32::MAX)
    }
}

impl From<Location> for Origin {
    fn from(location: Location) -> Self {
        Self((location != Location::UNKNOWN).then(|| (location.line(), location.column())))
    }
}

impl fmt::Display for Origin {
    /// Writes `line 3, column 5: ` in front of the entry there, or nothing if the origin is
    /// unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((line, column)) => write!(f, "line {line}, column {column}: "),
            None => Ok(()),
        }
    }
}
