//! Claims about the sample payloads and about planted values: none of them may be stored or written
//! out.

use super::*;
use crate::envelope;

#[tokio::test]
async fn every_sample_payload_is_counted_or_has_a_reason() {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/events"
    ));
    let Ok(files) = std::fs::read_dir(folder) else {
        eprintln!("SKIPPED: there is no {}", folder.display());
        return;
    };
    let store = MemoryStore::default();
    let mut payloads = 0;
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let line: Value = serde_json::from_str(line).unwrap();
            let payload = match &line["event"] {
                Value::String(text) => text.clone(),
                event => event.to_string(),
            };
            payloads += 1;
            let mut records = Records::default();
            records.open(payload.as_bytes(), &format!("payload-{payloads}"), payloads);
            let router = Router::unattributed(&ENGINE);
            let tracer = tracer(&store, &router);
            let mut opened = 0;
            envelope::open(payload.as_bytes(), "payload", &mut |_| opened += 1);
            let outcome = tracer.count(records, now()).await;
            assert!(outcome.unrecorded.is_empty(), "{}", line["src"]);
            assert_eq!(
                outcome.deliveries + outcome.unreadable.len() as u64,
                opened,
                "{}",
                line["src"]
            );
            // The one payload without a record is a check by CloudWatch Logs that the destination
            // answers.
            assert!(opened > 0 || payload.contains("awslogs"), "{}", line["src"]);
            for failed in outcome.unreadable {
                *reasons.entry(failed.reason.name()).or_default() += 1;
            }
        }
    }
    eprintln!("{payloads} payloads, unreadable records by reason: {reasons:?}");
    assert!(payloads > 600);
}

/// Asserts that no planted value is in the outcome, the store or an error. Returns the number of
/// records with findings. The crates for SQLite and for reports search their own output.
async fn nothing_of(provable: &str, word: &str) -> u64 {
    let values = [provable.to_owned(), word.to_owned()];
    let store = MemoryStore::default();
    let router = router(planted::TOPOLOGY);
    let outcome = count_with(&store, &router, &planted(provable, word)).await;
    assert_eq!(outcome.deliveries, 8, "{outcome:?}");
    assert_eq!(outcome.unreadable.len(), 2);
    assert_absent("the outcome", format!("{outcome:?}").as_bytes(), &values);
    let ledger = ledger_in(&store).await;
    let json = serde_json::to_string(&ledger).unwrap();
    assert_absent("the store", json.as_bytes(), &values);
    let debug = format!("{ledger:?}");
    assert_absent("the ledger in Debug", debug.as_bytes(), &values);
    // The errors of a store that fails to record it.
    let with_findings = outcome.with_findings;
    let faulty = Faulty::answering([StoreError::backend("record a batch", "disk full")]);
    let outcome = count(&faulty, &planted(provable, word)).await;
    let mut told = format!("{outcome:?}");
    for error in &outcome.store_errors {
        let _ = write!(told, "{error}");
    }
    assert_eq!(outcome.unrecorded.len(), 10);
    assert_absent("an error", told.as_bytes(), &values);
    with_findings
}

#[tokio::test]
async fn values_that_prove_themselves_are_nowhere_in_what_is_kept() {
    for value in [
        "grace.hopper@navy-mail.org",
        "4539578763621486",
        "GB29NWBK60161331926819",
        "AKIAY34FZKBOKMUTVV7A",
    ] {
        let with_findings = nothing_of(value, "Quexlowitzka").await;
        assert!(with_findings >= 5, "{with_findings} records had findings");
    }
    // An id is not personal data by itself, and is not kept either.
    nothing_of("123e4567-e89b-12d3-a456-426614174000", "Quexlowitzka").await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn generated_values_are_nowhere_in_what_is_kept(
        local in "[a-z]{4,9}[.][a-z]{5,9}", host in "[a-z]{7,10}", word in "[A-Z][a-z]{9,14}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(nothing_of(&format!("{local}@{host}.com"), &format!("{word}zq")));
    }
}
