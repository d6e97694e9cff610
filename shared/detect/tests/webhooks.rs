//! Webhooks full of ids and hashes without personal data, so that every finding is false.
//!
//! A check that one of ten random numbers passes, and an issuer's prefix too, fit random digits
//! often enough to be found everywhere. So the test bounds the false findings of the engine, in
//! hits for each megabyte. The documents are made here, with the content of repositories, shops,
//! payments, chats, carriers and streams, under names as they send them and under names without a
//! meaning.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use piitrail_detect::{Engine, Evidence};
use serde_json::{Value, json};

/// A generator of numbers that look random and are the same in every run: `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn word(&mut self, length: usize, alphabet: &[u8]) -> String {
        let most = alphabet.len() as u64;
        let letters = (0..length).map(|_| usize::try_from(self.next() % most).unwrap());
        letters.map(|at| char::from(alphabet[at])).collect()
    }

    fn digits(&mut self, length: usize) -> String {
        self.word(1, b"123456789") + &self.word(length - 1, b"0123456789")
    }

    fn number(&mut self, length: usize) -> u64 {
        self.digits(length).parse().unwrap()
    }

    fn hex(&mut self, length: usize) -> String {
        self.word(length, b"0123456789abcdef")
    }

    fn base62(&mut self, length: usize) -> String {
        self.word(
            length,
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        )
    }

    fn capitals(&mut self, length: usize) -> String {
        self.word(length, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    }

    fn groups(&mut self, lengths: &[usize], separator: &str) -> String {
        let groups: Vec<String> = lengths.iter().map(|&length| self.digits(length)).collect();
        groups.join(separator)
    }
}

fn repository(random: &mut Random) -> Value {
    json!({
        "action": "completed", "number": random.number(4), "hook_id": random.number(9),
        "check_run": { "id": random.number(11), "node_id": random.base62(18), "head_sha": random.hex(40),
            "external_id": random.digits(16), "check_suite": { "id": random.number(11) } },
        "workflow_run": { "id": random.number(10), "run_number": random.number(5) },
        "repository": { "id": random.number(9), "pushed_at": random.number(10), "size": random.number(5) },
        "installation": { "id": random.number(8) }, "after": random.hex(40), "delivery": random.hex(32),
    })
}

fn shop(random: &mut Random) -> Value {
    json!({
        "id": random.number(13), "checkout_id": random.number(14), "cart_token": random.hex(32),
        "order_number": random.number(5), "confirmation_number": random.capitals(9),
        "source_identifier": random.digits(16), "invoice_number": random.groups(&[3, 3, 3], "-"),
        "line_items": [{ "id": random.number(14), "variant_id": random.number(14),
            "sku": random.groups(&[3, 4, 2], "-"), "barcode": random.digits(13), "grams": random.number(3) }],
        "fulfillments": [{ "tracking_number": random.digits(12), "location_id": random.number(11),
            "tracking_numbers": [random.digits(22), random.digits(15)] }],
        "transactions": [{ "authorization": random.digits(16), "parent_id": random.number(13) }],
    })
}

fn payment(random: &mut Random) -> Value {
    json!({
        "id": format!("evt_{}", random.base62(24)), "created": random.number(10),
        "data": { "object": { "balance_transaction": format!("txn_{}", random.base62(24)),
            "network_transaction_id": random.digits(15), "receipt_number": random.groups(&[4, 4], "-"),
            "payment_method_details": { "card": { "fingerprint": random.base62(16), "last4": random.digits(4) } } } },
        "additionalData": { "authCode": random.digits(6), "mid": random.digits(15), "rrn": random.digits(12),
            "pspReference": random.digits(16), "acquirerReference": random.digits(23), "batch": random.digits(6) },
    })
}

fn carrier(random: &mut Random) -> Value {
    json!({
        "shipment": { "number": random.groups(&[3, 3, 3], " "), "waybill": random.digits(11),
            "reference": random.digits(16), "consignment": random.groups(&[4, 4, 4], " "),
            "pieces": [{ "sscc": random.digits(18), "barcode": random.digits(14) }], "manifest": random.digits(8) },
        "code": random.digits(11), "value": random.digits(10), "seq": random.number(10), "asn": random.number(11),
        "part": random.groups(&[3, 5, 2], "-"), "hs_code": random.digits(10), "upc": random.digits(12),
    })
}

fn stream(random: &mut Random) -> Value {
    json!({
        "sequenceNumber": random.digits(20), "offset": random.number(11), "shardId": random.digits(12),
        "hash": random.hex(64), "snow": random.digits(18), "ts": random.number(13), "key18": random.capitals(18),
        "n9": random.number(9), "n10": random.digits(10), "n11": random.number(11), "n15": random.digits(15),
        "n16": random.number(16), "s16": random.digits(16), "grp": random.groups(&[3, 3, 3], " "),
        "dash": random.groups(&[3, 3, 3], "-"), "range": random.groups(&[4, 4], "-"),
        "objectId": random.hex(24), "ksuid": random.base62(27), "receipt": random.digits(10),
        "log": format!("INFO [{}] job {} took {} ms", random.digits(6), random.digits(10), random.digits(4)),
    })
}

#[test]
fn ids_and_hashes_fool_no_check_more_than_once_in_two_megabytes() {
    const DOCUMENTS: usize = 10_000;
    const MOST_PER_MEGABYTE: usize = 2;
    let engine = Engine::new();
    let mut random = Random(20_261_121);
    let makers = [repository, shop, payment, carrier, stream];
    let (mut bytes, mut fooled) = (0, Vec::new());
    for make in makers.iter().cycle().take(DOCUMENTS) {
        let document = make(&mut random).to_string();
        bytes += document.len();
        let scan = engine.scan_json(document.as_bytes()).unwrap();
        let hits = scan.findings.iter().filter(|finding| {
            let evidence = finding.class.evidence();
            matches!(evidence, Evidence::Check | Evidence::CheckAndField)
        });
        fooled.extend(hits.map(|finding| format!("{} {}", finding.class, finding.path.folded())));
    }
    assert!(
        fooled.len() * MOST_PER_MEGABYTE <= bytes / 1_000_000,
        "{} hits in {bytes} bytes: {fooled:#?}",
        fooled.len()
    );
}

#[test]
fn a_card_number_is_found_under_a_name_that_says_nothing() {
    let engine = Engine::new();
    for document in [
        json!({ "x": "4485527627509597" }),
        json!({ "note": 4_485_527_627_509_597_u64 }),
        json!({ "order_id": "77", "x": "4485 5276 2750 9597" }),
        json!({ "order_id": "77", "x": "4485527627509597", "expiry": "08/29" }),
        json!({ "id": "77", "customer": { "x": "4485527627509597" } }),
    ] {
        let scan = engine.scan_json(document.to_string().as_bytes()).unwrap();
        let classes: Vec<&str> = scan.findings.iter().map(|f| f.class.name()).collect();
        assert!(classes.contains(&"CREDIT_CARD"), "{document}");
    }
}
