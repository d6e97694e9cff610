//! Opens the file of a store: recognises it, creates it or upgrades it to this version. A file that
//! is opened for reading is never written to.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piitrail_flow::store::StoreError;
use rusqlite::backup::Backup;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::fault::{failed, is};
use crate::merged::verify_all;
use crate::schema::{APPLICATION_ID, SCHEMA_VERSION, STEPS, add_checksums, version_of};

/// The time that a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The number of attempts to open a file while another process is creating the store. SQLite itself
/// does not wait for a file whose journal mode is being changed.
const OPENING_TRIES: u32 = 3_000;

/// The time between two attempts.
const OPENING_PAUSE: Duration = Duration::from_millis(10);

/// Opens a store for writing, and creates it if the file does not exist.
pub(crate) fn or_create(path: &Path) -> Result<Connection, StoreError> {
    patiently(|| {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut connection = connect(path, flags)?;
        upgrade(&mut connection)?;
        Ok(connection)
    })
}

/// Opens a store for writing. It must exist, and an empty file is not a store.
pub(crate) fn existing(path: &Path) -> Result<Connection, StoreError> {
    must_exist(path)?;
    patiently(|| {
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        must_be_a_store(&mut connection)?;
        upgrade(&mut connection)?;
        Ok(connection)
    })
}

/// Opens a store for reading. It must exist, and may be in a place that cannot be written to. The
/// whole file is checked for damage.
pub(crate) fn to_read(path: &Path) -> Result<Connection, StoreError> {
    must_exist(path)?;
    let connection = patiently(|| match readable(path) {
        Err(error) if needs_to_write(&error) && !has_journal(path) => readable_unchanging(path),
        result => result,
    })?;
    let damage: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(opening)?;
    if damage != "ok" {
        return Err(StoreError::unreadable(
            "pages",
            "a check of the file found damage; restore it from a copy",
        ));
    }
    verify_all(&connection)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(opening)?;
    Ok(connection)
}

/// Opens a connection for reading. SQLite opens the file read-only if it cannot be written to.
fn readable(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if must_be_a_store(&mut connection)? < STEPS.len() {
        if connection.is_readonly("main").map_err(opening)? {
            return upgraded_copy(&connection);
        }
        upgrade(&mut connection)?;
    }
    Ok(connection)
}

/// Opens a connection to a file in a directory that cannot be written to. SQLite must be told that
/// nobody changes the file, because it would otherwise create a file for its locks beside it.
fn readable_unchanging(path: &Path) -> Result<Connection, StoreError> {
    let path = path
        .canonicalize()
        .map_err(|error| StoreError::backend("open the file", error))?;
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_') {
            uri.push(char::from(*byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let mut connection = connect(Path::new(&uri), flags)?;
    if must_be_a_store(&mut connection)? < STEPS.len() {
        return upgraded_copy(&connection);
    }
    Ok(connection)
}

/// Returns a copy in memory of a store of an earlier version that cannot be written to, upgraded to
/// this version.
fn upgraded_copy(store: &Connection) -> Result<Connection, StoreError> {
    let mut copy = Connection::open_in_memory().map_err(opening)?;
    Backup::new(store, &mut copy)
        .and_then(|backup| backup.run_to_completion(1_000, Duration::ZERO, None))
        .map_err(opening)?;
    upgrade(&mut copy)?;
    Ok(copy)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(opening)?;
    set_up(&connection).map_err(opening)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Deleted content is overwritten with zeros.
    connection.pragma_update(None, "secure_delete", true)?;
    // In WAL mode with NORMAL, a power cut may lose the last transactions but never a part of one.
    // Receipts are lost together with their facts, so tracing the input again counts it.
    connection.pragma_update(None, "synchronous", "normal")
}

/// Creates the tables that are missing.
pub(crate) fn upgrade(connection: &mut Connection) -> Result<(), StoreError> {
    // The version is checked before anything is changed, because the file may belong to another
    // program.
    let version = version_of(&connection.transaction().map_err(opening)?)?;
    if version == 0 {
        connection
            .pragma_update(None, "journal_mode", "wal")
            .map_err(opening)?;
    }
    if version == STEPS.len() {
        return Ok(());
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(opening)?;
    // Another process may have upgraded the file meanwhile.
    for step in STEPS.iter().skip(version_of(&transaction)?) {
        transaction.execute_batch(step).map_err(opening)?;
    }
    add_checksums(&transaction).map_err(opening)?;
    transaction
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(opening)?;
    transaction
        .pragma_update(None, "user_version", SCHEMA_VERSION)
        .map_err(opening)?;
    transaction.commit().map_err(opening)
}

/// Returns the version of a file that must be a store.
fn must_be_a_store(connection: &mut Connection) -> Result<usize, StoreError> {
    match version_of(&connection.transaction().map_err(opening)?)? {
        0 => Err(StoreError::backend("read the file", "the file is empty")),
        version => Ok(version),
    }
}

fn must_exist(path: &Path) -> Result<(), StoreError> {
    match path.metadata() {
        Ok(_) => Ok(()),
        Err(error) => Err(StoreError::backend("open the file", error)),
    }
}

/// Returns true if the journal beside the file contains transactions that were not moved into it
/// yet.
fn has_journal(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
        .metadata()
        .is_ok_and(|journal| journal.len() > 0)
}

/// Repeats an attempt while another process creates the store.
fn patiently<T>(mut attempt: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    for _ in 0..OPENING_TRIES {
        match attempt() {
            Err(error)
                if is(
                    &error,
                    &[ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked],
                ) =>
            {
                std::thread::sleep(OPENING_PAUSE);
            }
            result => return result,
        }
    }
    attempt()
}

fn needs_to_write(error: &StoreError) -> bool {
    is(error, &[ErrorCode::CannotOpen, ErrorCode::ReadOnly])
}

pub(crate) fn opening(error: rusqlite::Error) -> StoreError {
    failed("open the file", error)
}

/// The identity of a store's file in the file system, to notice that it was deleted or replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    path: PathBuf,
    #[cfg(unix)]
    number: (u64, u64),
}

impl Place {
    /// Returns the identity of the file at a path, or `None` if there is no such file. The file is
    /// not opened, because closing it again would release SQLite's own locks.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let path = std::path::absolute(path).ok()?;
        let metadata = path.metadata().ok()?;
        #[cfg(not(unix))]
        let _ = metadata;
        Some(Self {
            path,
            #[cfg(unix)]
            number: {
                use std::os::unix::fs::MetadataExt as _;
                (metadata.dev(), metadata.ino())
            },
        })
    }

    /// Returns true if the path still leads to the same file.
    pub(crate) fn is_unchanged(&self) -> bool {
        Self::of(&self.path).as_ref() == Some(self)
    }
}
