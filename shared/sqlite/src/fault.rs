//! Says of a failure of SQLite what is wrong with the file, and what to do.
//!
//! SQLite's own words name neither: "Error code 1544: attempt to write a readonly database".

use std::fmt;

use piitrail_flow::store::StoreError;
use rusqlite::{Error, ErrorCode};

/// A failure of SQLite that a user can mend. Its text is not SQLite's.
#[derive(Debug)]
pub(crate) struct Fault {
    code: ErrorCode,
    says: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says)
    }
}

impl std::error::Error for Fault {}

/// Returns the store's error for a failure of SQLite.
pub(crate) fn failed(action: &'static str, error: Error) -> StoreError {
    let fault = error.sqlite_error_code().and_then(|code| {
        let says = says(code)?;
        Some(Fault { code, says })
    });
    match fault {
        Some(fault) => StoreError::backend(action, fault),
        None => StoreError::backend(action, error),
    }
}

/// Returns true if an error is a failure of SQLite with one of these codes.
pub(crate) fn is(error: &StoreError, codes: &[ErrorCode]) -> bool {
    let StoreError::Backend { source, .. } = error else {
        return false;
    };
    let fault = source.downcast_ref::<Fault>();
    fault.is_some_and(|fault| codes.contains(&fault.code))
}

/// The codes are those of <https://www.sqlite.org/rescode.html>.
fn says(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::ReadOnly => {
            "the file cannot be written; allow writing to it and to its folder, or use a store elsewhere"
        }
        ErrorCode::CannotOpen => {
            "the file cannot be opened; check that you may read it, and that you may write to its folder"
        }
        ErrorCode::PermissionDenied => {
            "the file may not be read; allow it, or use a store elsewhere"
        }
        ErrorCode::DatabaseCorrupt => "the file is damaged; restore it from a copy",
        ErrorCode::NotADatabase => "the file is not a SQLite database; name the file of a store",
        ErrorCode::DiskFull => "the disk is full; free some space, and run the command again",
        ErrorCode::SystemIoFailure => {
            "the disk could not be read or written; check the disk, and restore the file from a copy if it is damaged"
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another program is using the file; run the command again when it has ended"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use rusqlite::ffi;

    use super::*;

    #[test]
    fn a_fault_of_the_file_is_said_once_and_with_what_to_do() {
        for (code, expected) in [
            (
                ffi::SQLITE_READONLY_DIRECTORY,
                "the file cannot be written; ",
            ),
            (ffi::SQLITE_CANTOPEN, "the file cannot be opened; "),
            (ffi::SQLITE_PERM, "the file may not be read; "),
            (
                ffi::SQLITE_CORRUPT,
                "the file is damaged; restore it from a copy",
            ),
            (ffi::SQLITE_FULL, "the disk is full; "),
            (
                ffi::SQLITE_IOERR_READ,
                "the disk could not be read or written; ",
            ),
            (ffi::SQLITE_BUSY, "another program is using the file; "),
        ] {
            let text = Some("in SQLite's words".to_owned());
            let error = failed(
                "open the file",
                Error::SqliteFailure(ffi::Error::new(code), text),
            );
            let fault = error.source().unwrap();
            assert!(fault.to_string().starts_with(expected), "{fault}");
            assert!(fault.source().is_none());
        }
    }
}
