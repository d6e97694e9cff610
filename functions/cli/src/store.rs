//! Opens the store that `--store` names.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use piitrail_flow::store::Store;
use piitrail_sqlite::SqliteStore;

use crate::failure::Failure;
use crate::output;

/// The purpose for which a store is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Writing. A file that does not exist is created.
    Write,
    /// Writing to a store that must exist.
    Change,
    /// Reading a store that must exist.
    Read,
}

const TABLE_SCHEME: &str = "dynamodb://";

/// Returns true if the store is a DynamoDB table, which other programs write to as well.
pub(crate) fn is_table(name: &str) -> bool {
    name.starts_with(TABLE_SCHEME)
}

/// Returns true if DynamoDB may have a table of this name, or if it is an ARN ("Naming rules" in the
/// guide of DynamoDB).
fn may_be_a_table(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.starts_with("arn:") || (3..=255).contains(&name.len()) && name.bytes().all(is_allowed)
}

/// Returns true if SQLite takes the name for a store in memory, or for a temporary file that it
/// deletes.
fn keeps_nothing(name: &str) -> bool {
    name.is_empty() || name == ":memory:"
}

/// Opens a SQLite file, or `dynamodb://TABLE`.
pub(crate) async fn open(name: &str, purpose: Use) -> Result<Box<dyn Store>, Failure> {
    if let Some(table) = name.strip_prefix(TABLE_SCHEME) {
        if !may_be_a_table(table) {
            return Err(Failure::NoStore {
                store: name.to_owned(),
                hint: "the name of the table is missing or cannot be one; write it as dynamodb://TABLE, with 3 to 255 letters, digits, dots, hyphens and underscores, or with the ARN of the table",
            });
        }
        return open_dynamodb(table, name).await;
    }
    let path = Path::new(name);
    if keeps_nothing(name) {
        if purpose != Use::Write {
            return Err(Failure::StoreInMemory);
        }
        let _ = writeln!(
            output::stderr(),
            "note: a store in memory keeps nothing: it ends with this command; name a file to keep it"
        );
    } else if let Some(hint) = hint(path, purpose) {
        return Err(Failure::NoStore {
            store: name.to_owned(),
            hint,
        });
    }
    let opened = match purpose {
        Use::Write => SqliteStore::open(path),
        Use::Change => SqliteStore::open_existing(path),
        Use::Read => SqliteStore::open_to_read(path),
    };
    let store = opened.map_err(|source| Failure::OpenStore {
        store: name.to_owned(),
        source,
    })?;
    Ok(Box::new(store))
}

/// Returns why a path cannot be the file of a store, and what the user can do, if the file system
/// shows it.
fn hint(path: &Path, purpose: Use) -> Option<&'static str> {
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return None,
        Err(_) => None,
        Ok(metadata) => Some(metadata),
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match metadata {
        None if purpose != Use::Write => {
            Some("the file does not exist; `piitrail trace PATH --store FILE` creates it")
        }
        None if folder.is_some_and(|folder| !folder.exists()) => {
            Some("its folder does not exist; create the folder, or name a file in another one")
        }
        Some(file) if file.is_dir() => Some("it is a folder; name a file, which may be new"),
        Some(file) if file.len() == 0 && purpose != Use::Write => {
            Some("the file is empty; `piitrail trace PATH --store FILE` makes it a store")
        }
        None | Some(_) => None,
    }
}

#[cfg(feature = "aws")]
async fn open_dynamodb(table: &str, _name: &str) -> Result<Box<dyn Store>, Failure> {
    Ok(Box::new(
        piitrail_aws::dynamodb::open_as_a_person(table).await,
    ))
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "its twin awaits")]
async fn open_dynamodb(_table: &str, _name: &str) -> Result<Box<dyn Store>, Failure> {
    Err(Failure::NoAws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_no_table_can_have_is_refused_in_our_words() {
        for name in ["", "a", "my table", "a/b/c"] {
            let refused = open(&format!("{TABLE_SCHEME}{name}"), Use::Read)
                .await
                .err();
            let told = refused.unwrap().to_string();
            assert!(told.contains("write it as dynamodb://TABLE"), "{told}");
        }
        for name in [
            "map",
            "prod.piitrail_map-1",
            "arn:aws:dynamodb:eu-west-1:222222222222:table/map",
        ] {
            assert!(may_be_a_table(name), "{name}");
        }
    }
}
