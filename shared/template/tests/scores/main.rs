//! Compares the topology of real templates with answers written by hand, the topology of changes to
//! them with the effect of each change, and the topology of SAM templates with that of the official
//! translator's output.
//!
//! The templates lie beside the project (`../shared/data/templates`) and are not part of it.
//! Without them the tests do nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod bad_input;
mod changes;
mod expected;
mod official;

use std::fs;
use std::path::Path;

use piitrail_flow::home::Home;
use piitrail_flow::topology::Topology;
use piitrail_template::{File, Imported, Reading, Settings, read, topology};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/templates"
);

/// Returns the content of a file of the folder, or `None` if the folder does not exist.
fn given(name: &str) -> Option<String> {
    let text = fs::read_to_string(Path::new(FOLDER).join(name)).ok();
    if text.is_none() {
        eprintln!("skipped: ../shared/data/templates/{name} is not here");
    }
    text
}

fn import(name: &str, text: &str) -> (Reading, Imported) {
    let file = File {
        name,
        bytes: text.as_bytes(),
    };
    let settings = Settings::default();
    let reading = read(&[file], &settings);
    let imported = topology(&reading, &settings, Home::UNKNOWN);
    (reading, imported)
}

fn topology_of(name: &str, text: &str) -> Topology {
    import(name, text).1.draft.finish().unwrap()
}
