use proptest::prelude::*;

use super::*;
use crate::{Engine, Scan, ScanOptions};

fn key(seed: u8) -> SubjectKey {
    let mut secret = Zeroizing::new([0; SubjectKey::BYTES]);
    for (byte, value) in secret.iter_mut().zip(seed..) {
        *byte = value;
    }
    SubjectKey::new(secret)
}

fn scan(document: &str, names: &[&str]) -> Scan {
    let customer_ids = names.iter().collect();
    let key = key(0);
    let with = Subjects {
        key: &key,
        customer_ids: &customer_ids,
    };
    Engine::new()
        .scan_json_with(
            document.as_bytes(),
            crate::ScanOptions {
                subjects: Some(with),
                ..Default::default()
            },
        )
        .unwrap()
}

fn subjects(document: &str) -> Vec<Subject> {
    scan(document, &[]).subjects
}

#[test]
fn a_fingerprint_is_hmac_sha_256_of_kind_and_value() {
    // Made with Python's hmac: HMAC(00 01 … 1f, "piitrail subject 1 " + kind + 00 + value).
    let made = [
        Subject::of_email(&key(0), "jane.doe@shop.dev"),
        Subject::of_phone(&key(0), "+44 20 7946 0018"),
        Subject::of_customer_id(&key(0), "C-10293"),
    ];
    let known = [
        "0bd93fd741c8d045778f56b9be168475",
        "d1593348422e75f52dd5ca5ef1125032",
        "a16d6e0f5b31e9d301698f4e51dc7826",
    ];
    for (subject, known) in made.iter().flatten().zip(known) {
        assert_eq!(subject.fingerprint.to_string(), known);
        assert_eq!(known.parse(), Ok(subject.fingerprint));
    }
    assert!(made.iter().all(Option::is_some));
}

#[test]
fn a_person_in_another_writing_is_the_same_subject() {
    let key = key(0);
    let asked = [
        Subject::of_email(&key, " Jane.Doe@SHOP.dev ").unwrap(),
        Subject::of_phone(&key, "+44 (0)20 7123 4567").unwrap(),
    ];
    for document in [
        r#"{"email": "jane.doe@shop.dev", "phone": "+442071234567"}"#,
        r#"{"note": "write to JANE.DOE@shop.DEV or call 0044 20 7123 4567"}"#,
        r#"{"contact": "Jane <Jane.doe@shop.dev>", "tel": "+44 (0) 20-7123-4567 ext. 12"}"#,
        r#"{"body": "{\"mail\": \"mailto:jane.doe@shop.dev\", \"phone\": 442071234567}"}"#,
        r#"{"jane.doe@shop.dev": {"+442071234567": 1}}"#,
        r#"{"email": "jane.doe＠shop.dev", "phone": "＋４４ ２０ ７１２３ ４５６７"}"#,
    ] {
        assert_eq!(subjects(document), asked, "{document}");
    }
}

#[test]
fn unicode_in_an_address_has_one_writing() {
    let key = key(0);
    let composed = Subject::of_email(&key, "j\u{fc}rgen@m\u{fc}nchen.de");
    assert!(composed.is_some());
    for other in ["JU\u{308}RGEN@mu\u{308}nchen.de", "jürgen@MÜNCHEN.de"] {
        assert_eq!(Subject::of_email(&key, other), composed, "{other}");
    }
}

#[test]
fn what_may_be_another_person_is_not_folded() {
    let key = key(0);
    let jane = Subject::of_email(&key, "jane.doe@shop.dev");
    for other in [
        "janedoe@shop.dev",
        "jane.doe+news@shop.dev",
        "jane.doe@shop.de",
    ] {
        assert_ne!(Subject::of_email(&key, other), jane, "{other}");
    }
    let phone = Subject::of_phone(&key, "+44 20 7123 4567");
    assert_ne!(Subject::of_phone(&key, "020 7123 4567"), phone);
    assert_eq!(
        Subject::of_phone(&key, "020 7123 4567"),
        Subject::of_phone(&key, "(020) 71234567")
    );
    // In Italy the zero is dialled.
    assert_ne!(
        Subject::of_phone(&key, "+39 06 6982 1234"),
        Subject::of_phone(&key, "+39 6 6982 1234")
    );
}

#[test]
fn what_is_no_identifier_makes_no_subject() {
    let key = key(0);
    for text in ["", "jane", "@", "jane@", "@shop.dev", "jane@localhost"] {
        assert_eq!(Subject::of_email(&key, text), None, "{text}");
    }
    for text in ["", "none", "+", "555 1234", "1", &"7".repeat(40)] {
        assert_eq!(Subject::of_phone(&key, text), None, "{text}");
    }
    for text in ["", "  ", "null", "n/a", "0", "****", &"x".repeat(300)] {
        assert_eq!(Subject::of_customer_id(&key, text), None, "{text}");
    }
}

#[test]
fn test_data_is_nobody() {
    assert_eq!(
        subjects(r#"{"email": "jane@example.com", "phone": "+1 202-555-0143"}"#),
        []
    );
}

#[test]
fn kinds_and_keys_are_kept_apart() {
    let texts = ["+442071234567", "jane.doe@shop.dev", "4915112345678"];
    let mut made = Vec::new();
    for text in texts {
        for seed in [0, 1] {
            let key = key(seed);
            made.extend(Subject::of_email(&key, text));
            made.extend(Subject::of_phone(&key, text));
            made.extend(Subject::of_customer_id(&key, text));
        }
    }
    let mut fingerprints: Vec<Fingerprint> = made.iter().map(|one| one.fingerprint).collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), made.len());
    assert_eq!(made.len(), 12);
}

#[test]
fn a_customer_id_is_what_configured_fields_hold() {
    let names = ["customerId", "customer.id", "顧客番号"];
    let key = key(0);
    let customer = Subject::of_customer_id(&key, "4711").unwrap();
    for document in [
        r#"{"customer_id": "4711"}"#,
        r#"{"Customer-ID": 4711}"#,
        r#"{"order": {"customer": {"id": " 4711 "}}}"#,
        r#"{"customer": [{"id": 4711}]}"#,
        r#"{"customerId": {"N": "4711"}}"#,
        r#"{"body": "{\"customer\": {\"id\": 4711}}"}"#,
        r#"{"\u9867\u5ba2\u756a\u53f7": "4711"}"#,
    ] {
        assert_eq!(scan(document, &names).subjects, [customer], "{document}");
    }
    for document in [
        r#"{"id": 4711}"#,
        r#"{"userId": 4711}"#,
        r#"{"customer": {"order": {"id": 4711}}}"#,
        r#"{"customer_id_type": "4711"}"#,
    ] {
        assert_eq!(scan(document, &names).subjects, [], "{document}");
    }
}

#[test]
fn each_person_stands_once_and_no_more_than_the_bound() {
    let twice = subjects(r#"{"from": "jane@shop.dev", "to": ["JANE@shop.dev", "joe@shop.dev"]}"#);
    assert_eq!(twice.len(), 2);

    let bound = Limit::Subjects.bound();
    let ids: Vec<String> = (1..bound + 10)
        .map(|n| format!(r#"{{"customerId":{n}}}"#))
        .collect();
    let many = scan(&format!("[{}]", ids.join(",")), &["customerId"]);
    assert_eq!(many.subjects.len(), bound);
    assert_eq!(many.limits.get(Limit::Subjects), 9);
}

#[test]
fn without_a_key_there_are_no_subjects_and_the_same_findings() {
    let document = r#"{"email": "jane@shop.dev", "phone": "+442071234567", "customerId": 4711}"#;
    let without = Engine::new().scan_json(document.as_bytes()).unwrap();
    let with = scan(document, &["customerId"]);
    assert_eq!(without.subjects, []);
    assert_eq!(with.subjects.len(), 3);
    assert_eq!(without.findings, with.findings);
}

#[test]
fn what_turned_out_to_be_no_document_leaves_no_one_behind() {
    // It begins like JSON. It is searched as text, so the second address is found too, and each
    // address once.
    let found = subjects(r#"{"x": "{\"a\": \"jane@shop.dev\", oops joe@shop.dev"}"#);
    assert_eq!(found.len(), 2);
}

#[test]
fn a_key_shows_nothing_of_itself() {
    assert_eq!(format!("{:?}", key(7)), "SubjectKey(…)");
}

/// Returns digits with spaces, dashes and the like, as people write them.
fn spaced(digits: &'static str) -> impl Strategy<Value = String> {
    let gap = prop_oneof![Just(""), Just(" "), Just("-"), Just(".")];
    prop::collection::vec(gap, digits.len()).prop_map(|gaps| {
        digits
            .chars()
            .zip(gaps)
            .flat_map(|(digit, gap)| std::iter::once(digit).chain(gap.chars()))
            .collect()
    })
}

proptest! {
    #[test]
    fn case_and_space_make_no_other_person(
        local in "[a-z]{1,12}[a-z0-9]{1,8}", domain in "[a-z]{3,10}", capitals: u32,
        before in "[ \t]{0,3}", after in "[ \t]{0,3}",
    ) {
        let address = format!("{local}@{domain}-post.de");
        let written: String = address
            .chars()
            .enumerate()
            .map(|(at, c)| if capitals >> (at % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c })
            .collect();
        let asked = Subject::of_email(&key(0), &format!("{before}{written}{after}"));
        prop_assert!(asked.is_some());
        prop_assert_eq!(asked, Subject::of_email(&key(0), &address));
        let traced = subjects(&format!(r#"{{"email": "{address}"}}"#));
        prop_assert_eq!(traced, asked.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn punctuation_makes_no_other_person(
        national in spaced("2071234567"), prefix in prop_oneof!["\\+44", "0044", "\\+44\\(0\\)", "\\+44 \\(0\\) ", "\\+440"],
    ) {
        prop_assert_eq!(
            Subject::of_phone(&key(0), &format!("{prefix}{national}")),
            Subject::of_phone(&key(0), "+442071234567")
        );
    }

    #[test]
    fn whatever_is_asked_for_is_answered_without_a_panic(text in "\\PC{0,80}") {
        let _ = Subject::of_email(&key(0), &text);
        let _ = Subject::of_phone(&key(0), &text);
        let _ = Subject::of_customer_id(&key(0), &text);
    }
}

#[test]
fn what_the_configuration_says_is_not_reported_makes_no_subject() {
    let config = "deny: [{paths: ['$.staff']}, {paths: ['$.test'], classes: [EMAIL_ADDRESS]}]\n\
                  test_data: ['@shop.test.dev']";
    let engine = Engine::with_config(config.parse().unwrap());
    let key = key(0);
    let with = Subjects {
        key: &key,
        customer_ids: &CustomerIdNames::default(),
    };
    let document = r#"{
        "staff": {"email": "joe@shop.dev", "joe@shop.dev": 1},
        "test": {"email": "jim@shop.dev"},
        "mail": "jill@shop.test.dev",
        "customer": {"email": "jane@shop.dev"}
    }"#;
    let scan = engine
        .scan_json_with(
            document.as_bytes(),
            ScanOptions {
                subjects: Some(with),
                ..ScanOptions::default()
            },
        )
        .unwrap();
    assert_eq!(
        scan.subjects,
        [Subject::of_email(&key, "jane@shop.dev").unwrap()]
    );
}
