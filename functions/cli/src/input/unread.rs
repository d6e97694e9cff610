//! What could not be read, and what of that is said at the end.
//!
//! A file that cannot be read, or not to its end, takes nothing with it: what was read of it counts,
//! and so do the files behind it. It is listed when everything else has been read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use piitrail_detect::Engine;
use piitrail_flow::plural::counted;

use crate::failure::Ending;

/// Files listed one by one; the rest is a number.
const LISTED: usize = 20;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("could not read {file}")]
pub(crate) struct InputError {
    /// The file as [`shown`] shows it.
    file: String,
    /// What the system said.
    #[source]
    source: io::Error,
}

impl InputError {
    pub(crate) fn of(path: &Path, source: io::Error) -> Self {
        Self {
            file: shown(path),
            source,
        }
    }
}

/// A path for a message. A name that no file has may be anything that was typed in the wrong place:
/// personal data in it is masked.
pub(crate) fn shown(path: &Path) -> String {
    let name = path.display().to_string();
    if path.as_os_str() == "-" {
        "standard input".to_owned()
    } else if path.symlink_metadata().is_ok() {
        name
    } else {
        Engine::new().mask_name(&name).into_owned()
    }
}

/// What could not be read or was left out.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// Files that could not be read, or not to their end.
    pub(crate) failed: Vec<InputError>,
    /// Files in directories that do not begin as input does.
    pub(crate) skipped: Vec<PathBuf>,
}

impl Unread {
    /// Prints what was not read. Files that failed are listed even if no summary is wanted.
    pub(crate) fn print(&self, out: &mut impl Write, quiet: bool) -> io::Result<()> {
        if !quiet && !self.skipped.is_empty() {
            writeln!(
                out,
                "{} skipped, because they do not begin as JSON or gzip does:",
                counted(self.skipped.len() as u64, "file")
            )?;
            for path in self.skipped.iter().take(LISTED) {
                writeln!(out, "  {}", path.display())?;
            }
            and_more(out, self.skipped.len())?;
        }
        for error in self.failed.iter().take(LISTED) {
            writeln!(out, "piitrail: {error}")?;
            writeln!(out, "  because: {}", error.source)?;
        }
        and_more(out, self.failed.len())
    }

    /// How a command ends after it read `documents`, of which `failed` could not be counted.
    pub(crate) fn ending(&self, documents: u64, failed: u64) -> Ending {
        if documents == 0 || !self.failed.is_empty() {
            Ending::Unreadable
        } else if failed > 0 {
            Ending::RecordsFailed
        } else {
            Ending::Fine
        }
    }
}

fn and_more(out: &mut impl Write, count: usize) -> io::Result<()> {
    match count.checked_sub(LISTED) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "  and {more} more"),
    }
}
