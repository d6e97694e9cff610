//! Compares with outputs of the official translator that were recorded earlier. They lie beside the
//! project (`../shared/data/templates/sam_translator.jsonl`) and are not part of it. Without them
//! the test does nothing.

use std::fmt::Write as _;
use std::fs;

use piitrail_template::Form;
use serde_json::Value as Json;

use crate::compare::{differences, read_one};

const PAIRS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/templates/sam_translator.jsonl"
);

#[test]
fn the_expansion_agrees_with_the_official_translator() {
    let Ok(pairs) = fs::read_to_string(PAIRS) else {
        eprintln!("skipped: ../shared/data/templates/sam_translator.jsonl is not here");
        return;
    };
    let (mut agreed, mut refused, mut differing) = (0, 0, String::new());
    for line in pairs.lines() {
        let pair: Json = serde_json::from_str(line).unwrap();
        let name = pair["name"].as_str().unwrap();
        let ours = read_one(name, pair["input"].as_str().unwrap());
        assert_eq!(ours.templates.len(), 1, "{name}: {:?}", ours.notes);
        assert_eq!(ours.templates[0].form, Form::Sam, "{name}");
        if pair["output"].get("Resources").is_none() {
            refused += 1;
            continue;
        }
        let official = read_one(name, &pair["output"].to_string());
        let said = differences(&ours, &official);
        if said.is_empty() {
            agreed += 1;
        } else {
            writeln!(differing, "{name}\n{said}").unwrap();
        }
    }
    println!("SAM pairs: {agreed} agree, {refused} are refused by the translator and were read");
    assert!(differing.is_empty(), "{differing}");
    assert_eq!(agreed + refused, 98);
}
