//! The topology of templates from the field against the answers that were read by hand, of changes to them
//! against what each changes, and of SAM against the official translator's output.
//!
//! The templates lie beside the project (`../shared/data/templates`) and are not part of it; without them
//! there is nothing to test.

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

/// The content of a file of the folder; `None` where the folder is not here.
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
