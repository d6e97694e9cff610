//! Records the input that could not be read or was skipped, and reports it at the end of a command.
//!
//! A file that cannot be read, or not to its end, does not stop the command: the part that was read
//! counts, and the files after it are read. Errors are listed when all input has been read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use piitrail_detect::Engine;
use piitrail_flow::plural::counted;

use crate::failure::{Ending, Failure};

/// The maximum number of files that are listed. The others are only counted.
const LISTED: usize = 20;

/// The reason a file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("could not read {file}")]
pub(crate) struct InputError {
    /// The file as [`shown`] prints it.
    file: String,
    /// The operating system's error.
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

/// Returns a path for a message. Personal data in a path that does not exist is masked, because
/// such a path may be anything that was typed in the wrong place.
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

/// The input that could not be read or was skipped.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// The files that could not be read, or not to their end.
    pub(crate) failed: Vec<InputError>,
    /// The files in directories whose content does not begin as JSON or gzip does.
    pub(crate) skipped: Vec<PathBuf>,
}

impl Unread {
    /// Prints the input that was not read. Files that failed are listed even if `quiet` is true.
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

    /// Returns how a command ends that found no document. A file that could not be read was named
    /// when this was printed, so there is nothing to add.
    pub(crate) fn of_nothing(&self, paths: Vec<PathBuf>) -> Result<Ending, Failure> {
        if self.failed.is_empty() {
            Err(Failure::NothingRead(paths))
        } else {
            Ok(Ending::Unreadable)
        }
    }

    /// Returns the ending of a command that read documents, of which `failed` could not be counted.
    pub(crate) fn ending(&self, failed: u64) -> Ending {
        if !self.failed.is_empty() {
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
