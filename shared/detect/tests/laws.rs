//! The laws that hold for every input: no panic, no dependence on the order of keys, bounded
//! answers, and no value in any answer.
//!
//! This file has over 400 lines and is not split, because the laws share one engine and the
//! strategies that make documents, and each integration test file is linked as a separate binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use piitrail_detect::{Engine, Limit, Scan, ScanError};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn engine() -> &'static Engine {
    static ENGINE: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
    ENGINE.get_or_init(Engine::new)
}

/// An engine with user-defined classes and rules.
fn configured() -> &'static Engine {
    static ENGINE: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
    ENGINE.get_or_init(|| {
        let config = r"
classes: {off: [CITY]}
deny: [{paths: ['$.**.address']}]
allow: [{classes: [EMAIL_ADDRESS]}]
own_classes:
  - {name: LOYALTY_CARD, tier: internal, regex: 'LC-\d{8}', fields: [loyalty card]}
  - {name: SEAT, tier: internal, fields: [number]}
test_data: [LC-12345678]
";
        Engine::with_config(config.parse().unwrap())
    })
}

fn scan(document: &Value) -> Scan {
    engine().scan_json(document.to_string().as_bytes()).unwrap()
}

/// Leaves of the kinds that matter to detectors and decoders.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[0-9 ()+./-]{0,30}".prop_map(Value::from),
        "[A-Za-z0-9+/=_-]{0,60}".prop_map(Value::from),
        "[a-z%&=?:/.@0-9]{0,50}".prop_map(Value::from),
        Just(json!("jane@shop.dev")),
        Just(json!("4485527627509597")),
        Just(json!("Jane Doe")),
        Just(json!("Mainz")),
        Just(json!("55116")),
        Just(json!("08/28")),
        Just(json!("LC-12345678")),
        Just(json!("email")),
        Just(json!("20-00-00")),
        Just(json!(50.0012)),
        Just(json!(8.2593)),
        Just(json!(12)),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_]{1,12}",
        ".{0,20}",
        prop::sample::select(vec![
            "email",
            "name",
            "city",
            "zip",
            "street",
            "address",
            "customer",
            "value",
            "expiry",
            "cvv",
            "lat",
            "lng",
            "jane@shop.dev",
            "phone",
            "password",
            "2026-11-21",
            "id",
            "key",
            "area_code",
            "number",
            "month",
            "year",
            "sort_code",
            "account_number",
            "routing_number",
            "vat_number",
            "price",
            "country",
            "loyaltyCard",
            "LC-12345678",
        ])
        .prop_map(str::to_owned),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key(), inner.clone()), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

/// Objects whose fields explain each other: names and values of pairs, with one too many of either;
/// dates, places and accounts in parts; fields beside a person; and a list with very many findings.
fn entangled() -> impl Strategy<Value = Value> {
    let names = fields(
        vec!["name", "key", "field", "label", "attribute"],
        text(vec![
            "email",
            "phone",
            "first_name",
            "city",
            "ssn",
            "seat",
            "loyalty card",
        ]),
    );
    let values = fields(
        vec!["value", "text", "stringValue", "n", "s", "wert"],
        prop_oneof![
            text(vec![
                "Jane Doe",
                "Mainz",
                "+49 151 12345678",
                "205-46-4452",
                "LC-12345678",
                "eyJlbWFpbCI6ImphbmVAc2hvcC5kZXYifQ==",
                r#"{"value":"Jane Doe","name":"first_name"}"#,
                "a=1&email=jane%40shop.dev",
            ]),
            Just(json!(312_456_789)),
        ],
    );
    let parts = fields(
        vec![
            "exp_month",
            "exp_year",
            "month",
            "year",
            "lat",
            "lng",
            "area_code",
            "phone_number",
            "number",
            "sort_code",
            "account_number",
            "routing_number",
            "email",
            "street",
            "city",
            "zip",
            "country",
            "price",
            "vat_number",
            "order_id",
            "birth_month",
            "birth_year",
            "customer",
            "holder",
            "loyalty_card",
            "first",
            "last",
            "contacts",
        ],
        prop_oneof![
            text(vec![
                "Hauptstr. 5",
                "55116",
                "30-90-89",
                "73212345",
                "jane@shop.dev",
                "Jane Doe"
            ]),
            prop::sample::select(vec![12.into(), 2028.into(), json!(50.0012), json!(-8.2593)]),
            leaf(),
            (60..90_usize).prop_map(|count| Value::from(vec!["jane@shop.dev"; count])),
        ],
    );
    (names, values, parts).prop_map(|(names, values, parts)| {
        let fields = names.into_iter().chain(values).chain(parts);
        Value::Object(fields.collect::<Map<_, _>>())
    })
}

fn text(texts: Vec<&'static str>) -> impl Strategy<Value = Value> {
    prop::sample::select(texts).prop_map(Value::from)
}

fn fields(
    keys: Vec<&'static str>,
    values: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Vec<(String, Value)>> {
    let keys = prop::sample::select(keys).prop_map(str::to_owned);
    prop::collection::vec((keys, values), 0..4)
}

/// Returns the document as text with the fields of every object in an order that `seed` draws.
/// (`serde_json` writes them sorted.)
fn shuffled(value: &Value, seed: u64) -> String {
    match value {
        Value::Object(fields) => {
            let mut drawn = fields
                .iter()
                .enumerate()
                .map(|(place, (key, value))| {
                    let lot = seed
                        .wrapping_add(place as u64 + 1)
                        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                        .rotate_left(23)
                        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    (
                        lot,
                        format!("{}:{}", Value::from(key.as_str()), shuffled(value, lot)),
                    )
                })
                .collect::<Vec<_>>();
            drawn.sort_unstable();
            let fields = drawn.into_iter().map(|(_, field)| field);
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| shuffled(item, seed));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_scanned_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        match engine().scan_json(&bytes) {
            Ok(_) => prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok()),
            Err(ScanError::NotJson { offset } | ScanError::NotUtf8 { offset }) => prop_assert!(offset <= bytes.len()),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn what_serde_json_reads_is_json_and_nothing_else(text in r#"[\[\]{}:,"\\truefalsn0-9eE.+ u-]{0,24}"#) {
        let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(engine().scan_json(text.as_bytes()).is_ok(), expected);
    }

    #[test]
    fn any_text_is_scanned(text in ".{0,400}") {
        let length = text.chars().count();
        for finding in engine().scan_text(&text).findings {
            prop_assert!(finding.start < finding.end);
            // The offsets are those of the leaf itself, or of a text opened from it, which is not
            // longer.
            prop_assert!(finding.end as usize <= length.max(1) * 4);
        }
    }

    #[test]
    fn the_order_of_keys_makes_no_difference(document in document(), seed in any::<u64>()) {
        let sorted = scan(&document);
        let drawn = engine().scan_json(shuffled(&document, seed).as_bytes()).unwrap();
        prop_assert_eq!(sorted, drawn);
    }

    #[test]
    fn nor_does_it_with_a_configuration(document in document(), seed in any::<u64>()) {
        let sorted = configured().scan_json(document.to_string().as_bytes()).unwrap();
        let drawn = configured().scan_json(shuffled(&document, seed).as_bytes()).unwrap();
        prop_assert_eq!(sorted, drawn);
    }

    #[test]
    fn nor_where_fields_explain_each_other(document in entangled(), seed in any::<u64>()) {
        for engine in [engine(), configured()] {
            let sorted = engine.scan_json(document.to_string().as_bytes()).unwrap();
            let drawn = engine.scan_json(shuffled(&document, seed).as_bytes()).unwrap();
            prop_assert_eq!(sorted, drawn);
        }
    }

    #[test]
    fn a_scan_repeats_itself(document in document()) {
        prop_assert_eq!(scan(&document), scan(&document));
        let fresh = Engine::new().scan_json(document.to_string().as_bytes()).unwrap();
        prop_assert_eq!(scan(&document), fresh);
    }

    #[test]
    fn a_name_is_masked_once_and_for_all(name in ".{0,80}") {
        let masked = engine().mask_name(&name).into_owned();
        prop_assert_eq!(engine().mask_name(&masked), masked.as_str());
    }

    #[test]
    fn folding_a_path_twice_is_folding_it_once(document in document()) {
        for finding in scan(&document).findings {
            let folded = finding.path.folded();
            prop_assert_eq!(folded.folded(), folded);
        }
    }
}

/// Inputs that once failed under the fuzzer. All targets' claims are tested on each of them.
#[test]
fn what_a_fuzzer_once_broke_stays_mended() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/regressions");
    let targets = std::fs::read_dir(folder).unwrap();
    let inputs = targets.flat_map(|target| std::fs::read_dir(target.unwrap().path()).unwrap());
    for input in inputs {
        let bytes = std::fs::read(input.unwrap().path()).unwrap();
        let _ = engine().scan_json(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(engine().scan_text(&text), engine().scan_text(&text));
        let masked = engine().mask_name(&text).into_owned();
        assert_eq!(engine().mask_name(&masked), masked.as_str());
    }
}

#[test]
fn nobody_is_born_after_the_year_that_the_engine_is_told() {
    let engine = Engine::new().in_year(2026);
    for (date, is_found) in [
        ("2026-11-21", true),
        ("2027-01-01", false),
        ("01.02.2031", false),
        ("20310201", false),
        ("7/30/85", true),
    ] {
        let document = json!({ "dateOfBirth": date, "note": format!("born on {date}") });
        let scan = engine.scan_json(document.to_string().as_bytes()).unwrap();
        assert_eq!(!scan.findings.is_empty(), is_found, "{date}");
    }
}

#[test]
fn a_key_that_is_a_name_shows_as_one_where_the_object_is_about_people() {
    let document = json!({
        "salesByEmployee": { "Jane Doe": 3, "Ana María López": { "total": 5 } },
        "stock": { "Blue Shirt": 3 },
        "customer": { "Loyalty Card": "gold", "Home Address": "-" },
    });
    let scan = scan(&document);
    let found = scan
        .findings
        .iter()
        .map(|f| (f.path.as_str(), f.class.name(), f.start, f.end))
        .collect::<Vec<_>>();
    let path = "$.salesByEmployee.{PERSON_NAME}";
    assert_eq!(
        found,
        [(path, "PERSON_NAME", 0, 8), (path, "PERSON_NAME", 0, 15)]
    );
}

#[test]
fn a_key_with_personal_data_shows_as_its_class_and_is_a_finding() {
    let scan = scan(&json!({ "contacts": { "jane@shop.dev": { "phone": "+4915112345678" } } }));
    let found = scan
        .findings
        .iter()
        .map(|f| (f.path.as_str(), f.class.name(), f.start, f.end))
        .collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            ("$.contacts.{EMAIL_ADDRESS}", "EMAIL_ADDRESS", 0, 13),
            ("$.contacts.{EMAIL_ADDRESS}.phone", "PHONE_NUMBER", 0, 14),
        ]
    );
}

#[test]
fn keys_that_are_personal_data_never_show() {
    for key in [
        "4485527627509597",
        "205-46-4452",
        "+4915112345678",
        "GB29NWBK60161331926819",
        "160.67.237.27",
        "8c:d6:9a:53:6a:4b",
        "AKIAIOSFODNN7EXAMPLE",
        "2528:1f3:a0b7:c819:8bde:d5c6:f673:db32",
        "user:jane@shop.dev",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        "jane\\u0040shop.dev",
    ] {
        let document = format!(r#"{{"by": {{"{key}": {{"email": "x@shop.dev"}}}}}}"#);
        let scan = engine().scan_json(document.as_bytes()).unwrap();
        assert!(!scan.findings.is_empty());
        for finding in &scan.findings {
            assert!(!finding.path.as_str().contains(key), "{}", finding.path);
            assert!(!finding.path.as_str().contains("jane"), "{}", finding.path);
        }
    }
}

#[test]
fn keys_that_are_data_fold_to_a_star() {
    let document = json!({ "by_day": { "2026-11-21": { "email": "a@shop.dev" }, "2026-11-22": { "email": "b@shop.dev" } } });
    for finding in scan(&document).findings {
        assert_eq!(finding.path.as_str(), "$.by_day.*.email");
    }
}

#[test]
fn ten_thousand_levels_a_million_keys_and_long_numbers_are_bounded() {
    let deep = format!(
        "{}\"jane@shop.dev\"{}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert_eq!(
        engine()
            .scan_json(deep.as_bytes())
            .unwrap()
            .limits
            .get(Limit::Depth),
        1
    );

    let fields = (0..1_000_000)
        .map(|at| format!("\"k{at}\":{at}"))
        .collect::<Vec<_>>();
    let wide = format!("{{{}}}", fields.join(","));
    assert!(engine().scan_json(wide.as_bytes()).is_ok());

    let long = format!(
        "{{\"card\": {}, \"n\": -1e{}}}",
        "4".repeat(100_000),
        "9".repeat(1_000)
    );
    assert!(engine().scan_json(long.as_bytes()).is_ok());

    let many = format!("[{}]", vec!["\"jane@shop.dev\""; 20_000].join(","));
    let scan = engine().scan_json(many.as_bytes()).unwrap();
    assert_eq!(scan.findings.len(), Limit::Findings.bound());
    assert_eq!(scan.limits.get(Limit::Findings), 10_000);
}

#[test]
fn a_document_that_is_no_json_is_refused_by_place_alone() {
    let secret = r#"{"email": "jane@shop.dev", }"#;
    let error = engine().scan_json(secret.as_bytes()).unwrap_err();
    assert_eq!(error, ScanError::NotJson { offset: 27 });
    assert!(!format!("{error} {error:?}").contains("jane"));
    assert_eq!(
        engine().scan_json(b"\"\xff\"").unwrap_err(),
        ScanError::NotUtf8 { offset: 1 }
    );
}

#[test]
fn places_count_characters_of_the_decoded_leaf() {
    let scan = engine()
        .scan_json(r#"{"note": "Gr\u00fc\u00dfe, jane@shop.dev!"}"#.as_bytes())
        .unwrap();
    let finding = &scan.findings[0];
    assert_eq!((finding.start, finding.end), (7, 20));
    let scan = engine()
        .scan_json(br#"{"card": 4485527627509597}"#)
        .unwrap();
    assert_eq!((scan.findings[0].start, scan.findings[0].end), (0, 16));
}

#[test]
fn what_stands_beside_something_masked_is_masked_too() {
    // Found by fuzzing: the rest of the second address was shown.
    let name = "popodtdN*umb@nuz.adtdN*umb@nuz.ai";
    let masked = engine().mask_name(name).into_owned();
    assert_eq!(engine().mask_name(&masked), masked.as_str());
    assert!(!masked.contains('@'), "an address shows");
    let many = "a@b.dev*".repeat(40);
    let masked = engine().mask_name(&many).into_owned();
    assert_eq!(engine().mask_name(&masked), masked.as_str());
}

#[test]
fn ordinary_names_are_not_masked() {
    for name in [
        "com.shop.orders",
        "order-events-2",
        "OrderPlaced v1",
        "aws.s3",
        "EC2 Instance State-change Notification",
    ] {
        assert_eq!(engine().mask_name(name), name);
    }
    assert_eq!(
        engine().mask_name("inbox/jane@shop.dev"),
        "inbox/{EMAIL_ADDRESS}"
    );
    assert_eq!(
        engine().mask_name("orders-123e4567-e89b-12d3-a456-426614174000"),
        "orders-*"
    );
}

#[test]
fn every_real_payload_is_scanned() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/events");
    let Ok(entries) = std::fs::read_dir(folder) else {
        eprintln!("skipped: there are no payloads in ../shared/data/events");
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
            assert_eq!(engine().scan_json(line.as_bytes()).is_ok(), is_json);
        }
    }
}

/// Neighbouring addresses share their middle, and no part of either may be left.
#[test]
fn nothing_is_left_of_addresses_that_run_into_each_other() {
    let masked = Engine::new()
        .mask_name("a@b.dev*a@b.dev*a@b.dev")
        .into_owned();
    assert!(!masked.contains('@') && !masked.contains("dev"), "{masked}");
}

/// Returns `value` as JSON with the keys of every object in order, or in the reverse order.
fn written(value: &Value, is_reversed: bool) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| {
                    format!(
                        "{}:{}",
                        Value::from(key.as_str()),
                        written(value, is_reversed)
                    )
                })
                .collect();
            if is_reversed {
                fields.reverse();
            }
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| written(item, is_reversed))
                .collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn what_explains_a_value_may_come_after_it() {
    for document in [
        json!({ "resourceType": "Patient", "name": [{ "given": ["Jim"] }], "id": "p-77",
            "contained": [{ "resourceType": "Organization", "name": "Jim Beam", "id": "o-1" }],
            "identifier": [{ "system": "http://hl7.org/fhir/sid/us-ssn", "value": "212099321" }] }),
        json!({ "subject": { "reference": "Patient/p77", "display": "Piet van Dael" } }),
        json!({ "owner": { "reference": "Organization/1", "display": "Piet van Dael" } }),
        json!({ "issuer": { "type": "Role", "userName": "deploy-role" } }),
        json!({ "agent": { "type": "user", "id": "PLH1HKV", "nested": { "data": { "name": "Al Bo" } } } }),
        json!({ "attributes": [{ "key": "first_name", "value": { "stringValue": "Oda" } }] }),
        json!({ "rows": [["Oda", "1984-07-06"]], "columns": ["first_name", "date_of_birth"] }),
        json!({ "city": { "value": "Bergen" }, "zip": { "value": "5003" } }),
        json!({ "extension": [{ "url": "http://x.org/us-core-race",
            "extension": [{ "url": "text", "valueString": "Asian" }] }] }),
    ] {
        let scan = |is_reversed| {
            let text = written(&document, is_reversed);
            engine().scan_json(text.as_bytes()).unwrap().findings
        };
        assert_eq!(scan(false), scan(true), "{document}");
        assert!(
            !scan(false).is_empty()
                || document["issuer"].is_object()
                || document["owner"].is_object()
        );
    }
}

proptest! {
    #[test]
    fn any_text_of_labels_tags_and_documents_is_searched(
        text in "(password|=|:| |'|\"|<a>|</a>|\\{\"a\":|[0-9]{1,3}|\\}|\\[|\\]|,|name=\"|form-data;|\r\n|é|\\\\|eyJ|[a-zA-Z]{1,6}|@){0,40}",
    ) {
        let scan = engine().scan_text(&text);
        prop_assert_eq!(&scan, &engine().scan_text(&text));
        let length = text.chars().count();
        for finding in scan.findings.iter().filter(|finding| finding.path.as_str() == "$") {
            prop_assert!(finding.start < finding.end && finding.end as usize <= length);
        }
    }

    #[test]
    fn any_object_that_says_what_it_is_is_searched(
        key in "(type|kind|reference|value|name|columns|rows|system|url|extension|\\$date|old|code)",
        other in "(type|resourceType|reference|value|name|number|rows|first_name|email|id|coding)",
        value in "(user|Patient|Patient/7|role|email|Oda Haugen|[a-z0-9]{0,8}|\\$date)",
    ) {
        for document in [
            json!({ &key: { &other: { &key: value } }, &other: value }),
            json!({ &key: [{ &other: value, &key: value }, [value]], &other: [value, [value]] }),
        ] {
            let scan = |is_reversed| {
                let text = written(&document, is_reversed);
                engine().scan_json(text.as_bytes()).unwrap().findings
            };
            prop_assert_eq!(scan(false), scan(true));
        }
    }
}
