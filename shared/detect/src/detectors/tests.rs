use super::REGISTRY;
use crate::field_name::MEANINGS;
use crate::{DataClass, Engine};

fn classes(engine: &Engine, document: &str) -> Vec<DataClass> {
    let scan = engine.scan_json(document.as_bytes()).unwrap();
    scan.findings
        .into_iter()
        .map(|finding| finding.class)
        .collect()
}

#[test]
fn every_detector_finds_its_examples_and_leaves_its_counterexamples() {
    let engine = Engine::new();
    let mut wrong = Vec::new();
    for detector in REGISTRY {
        assert!(
            !detector.positive.is_empty(),
            "{} has no example",
            detector.class
        );
        for document in detector.positive {
            if !classes(&engine, document).contains(&detector.class) {
                wrong.push(format!("{} is not found in {document}", detector.class));
            }
        }
        for document in detector.negative {
            if classes(&engine, document).contains(&detector.class) {
                wrong.push(format!("{} is found in {document}", detector.class));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_phrase_is_shared_by_more_names_than_are_kept() {
    let mut sharing = std::collections::BTreeMap::<&str, usize>::new();
    for names in REGISTRY.iter().flat_map(|detector| detector.names) {
        for phrase in names.phrases.split('|') {
            *sharing.entry(phrase).or_default() += 1;
        }
    }
    sharing.retain(|_, count| *count > MEANINGS);
    assert!(sharing.is_empty(), "{sharing:?}");
}

#[test]
fn a_class_has_one_detector() {
    let mut found = REGISTRY
        .iter()
        .map(|detector| detector.class)
        .collect::<Vec<_>>();
    found.sort_unstable();
    let all = found.len();
    found.dedup();
    assert_eq!(found.len(), all);
}

#[test]
fn a_keyword_never_lowers_a_confidence() {
    let engine = Engine::new();
    let confidence = |text: &str| engine.scan_text(text).findings[0].confidence;
    let address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    let alone = confidence(&format!("send it to {address} today"));
    assert!(confidence(&format!("bitcoin address {address} today")) >= alone);
}
