//! Tests `--config` by running the program.

#![cfg(test)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/piitrail.yaml");

fn scan(config: &str, input: &str) -> Output {
    let mut piitrail = Command::new(env!("CARGO_BIN_EXE_piitrail"))
        .args([
            "scan", "--quiet", "--config", config, "--format", "jsonl", "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // If the configuration is refused, the program does not read its input, so an error here is
    // expected.
    let _ = piitrail.stdin.take().unwrap().write_all(input.as_bytes());
    piitrail.wait_with_output().unwrap()
}

#[test]
fn a_class_of_ones_own_is_found_and_a_class_that_is_off_is_not() {
    let output = scan(
        SAMPLE,
        r#"{"bonusCardNumber": "LC-12345678", "address": {"street": "Hauptstr. 5", "city": "Mainz"}}"#,
    );
    let line = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(
        line.contains(r#""class":"LOYALTY_CARD","start":0,"end":11,"confidence":90"#),
        "{line}"
    );
    assert!(
        line.contains("STREET_ADDRESS") && !line.contains("CITY"),
        "{line}"
    );
}

#[test]
fn a_configuration_that_cannot_be_used_says_the_file_the_line_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    std::fs::write(&path, "classes:\n  off: [EMAIL]\n").unwrap();
    let output = scan(path.to_str().unwrap(), "{}");
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    for part in ["config.yaml", "line 2", "EMAIL", "own_classes"] {
        assert!(error.contains(part), "{error}");
    }
}
