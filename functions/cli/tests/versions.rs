//! Tests that the documents name the versions of the formats that the program writes.
//!
//! The versions of a SQLite store and of a topology file are taken from what the program writes.
//! Those of a DynamoDB store and of a packed ledger are read from the sources, because writing them
//! needs the AWS SDK.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the path of a file of the repository.
fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

/// Returns a document of the repository with single spaces instead of line breaks.
fn document(name: &str) -> String {
    let text = std::fs::read_to_string(repository(name)).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the value of a constant in a source file.
fn constant(file: &str, begins: &str) -> u32 {
    let text = std::fs::read_to_string(repository(file)).unwrap();
    let (_, rest) = text.split_once(begins).expect(begins);
    let (value, _) = rest.split_once(';').unwrap();
    value.parse().unwrap()
}

fn piitrail(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_piitrail"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_documents_name_the_versions_of_both_stores() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), "{}").unwrap();
    piitrail(folder.path(), &["trace", "a.json", "--store", "s"]);
    // `user_version` is at this place of a SQLite file (https://www.sqlite.org/fileformat2.html).
    let store = std::fs::read(folder.path().join("s")).unwrap();
    let sqlite = u32::from_be_bytes(store[60..64].try_into().unwrap());
    let table = constant(
        "shared/aws/src/dynamodb/schema/head.rs",
        "const SCHEMA_VERSION: u32 = ",
    );
    let packed = constant(
        "shared/flow/src/ledger/packed/mod.rs",
        "const FORMAT: u8 = ",
    );
    let changes = document("CHANGELOG.md");
    let newest =
        format!("SQLite files to version {sqlite} and DynamoDB tables to version {table},");
    assert!(changes.contains(&newest), "{newest}");
    let identities = document("docs/IDENTITIES.md");
    for named in [
        format!("meets format {packed} refuses it"),
        format!("Format {packed} is format {}", packed - 1),
        format!("the head of a DynamoDB store (version {table})"),
        format!("the `user_version` of a SQLite file ({sqlite})"),
    ] {
        assert!(identities.contains(&named), "{named}");
    }
    let later = format!("Format {} is", packed + 1);
    assert!(!identities.contains(&later), "{later}");
}

#[test]
fn the_documents_name_the_version_of_a_topology_file() {
    let folder = tempfile::tempdir().unwrap();
    let sample = repository("events/template.yaml");
    let printed = piitrail(
        folder.path(),
        &[
            "topology",
            "show",
            sample.to_str().unwrap(),
            "--format",
            "yaml",
        ],
    );
    let version = printed
        .lines()
        .find_map(|line| line.strip_prefix("version: "))
        .unwrap();
    let topology = document("docs/TOPOLOGY.md");
    for named in [
        format!("| `version` | `{version}` |"),
        format!(" version: {version} "),
    ] {
        assert!(topology.contains(&named), "{named}");
    }
}
