//! Where an entry of the topology is written.

use std::fmt;

use serde_saphyr::Location;

/// The line and column of an entry in its file, both counted from 1. Unknown in a topology that was
/// not read from a file.
///
/// All origins are equal: two topologies that say the same are the same, wherever they say it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin(Option<(u64, u64)>);

impl Eq for Origin {}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Origin {
    /// The beginning of a line, counted from 1; unknown for line 0.
    pub fn of_line(line: u32) -> Self {
        Self((line > 0).then_some((u64::from(line), 1)))
    }
}

impl From<Location> for Origin {
    fn from(location: Location) -> Self {
        Self((location != Location::UNKNOWN).then(|| (location.line(), location.column())))
    }
}

impl fmt::Display for Origin {
    /// `line 3, column 5: `, to be followed by what is there; nothing where it is unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((line, column)) => write!(f, "line {line}, column {column}: "),
            None => Ok(()),
        }
    }
}
