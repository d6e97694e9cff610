//! Compares with the official translator on templates of our own, which it translates when the test
//! runs. It is one of the tools that `make tools` installs. Without them the test does nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use piitrail_template::Form;
use serde_json::Value as Json;

use crate::compare::{differences, read_one};

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/sam");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn templates_of_our_own_become_what_the_official_translator_makes_of_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join(".tools/venv/bin/python");
    if !python.exists() {
        eprintln!("skipped: the official translator is not installed (make tools)");
        return;
    }
    let inputs = inputs();
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sam/translate.py"))
        .args(&inputs)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let outputs = String::from_utf8(output.stdout).unwrap();
    let outputs: BTreeMap<&PathBuf, Json> = inputs
        .iter()
        .zip(
            outputs
                .lines()
                .map(|line| serde_json::from_str(line).unwrap()),
        )
        .collect();
    assert_eq!(outputs.len(), inputs.len());
    let mut differing = String::new();
    for (path, official) in outputs {
        let name = path.file_name().unwrap().to_string_lossy();
        let ours = read_one(&name, &fs::read_to_string(path).unwrap());
        assert!(
            official.get("Resources").is_some(),
            "{name} is refused: {official}"
        );
        assert_eq!(ours.templates[0].form, Form::Sam, "{name}");
        let said = differences(&ours, &read_one(&name, &official.to_string()));
        if !said.is_empty() {
            writeln!(differing, "{name}\n{said}").unwrap();
        }
    }
    println!("SAM inputs: {} compared", inputs.len());
    assert!(differing.is_empty(), "{differing}");
}
