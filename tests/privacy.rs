//! Tests that no value leaves the system. A thousand generated values of every class are sent
//! through every input, and none may appear in any output: the table, the logs, the answers, the
//! reports, the embedded store, or the output of the command line; neither unchanged nor in base64,
//! hex or percent-encoding.
//!
//! It is in one file, because one test sends the values through every input and searches every
//! output.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use flate2::read::GzDecoder;
use piitrail_detect::Subject;
use piitrail_flow::subject::KeyRing;
use piitrail_report::render;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::command_line::piitrail;
use crate::machine_room::{MachineRoom, Stack};
use crate::people::Person;
use crate::shop;

/// The number of people whose values are planted, one value of each class per person.
const PEOPLE: u64 = 1_000;

/// The planted classes. Each must be found, because a value that was not seen cannot leak.
const PLANTED: [&str; 25] = [
    "API_TOKEN",
    "AWS_ACCESS_KEY",
    "CITY",
    "CREDIT_CARD",
    "CREDIT_CARD_EXPIRATION",
    "CREDIT_CARD_SECURITY_CODE",
    "CUSTOMER_ID",
    "DATE_OF_BIRTH",
    "EMAIL_ADDRESS",
    "GENDER",
    "GEO_COORDINATES",
    "IBAN_CODE",
    "IP_ADDRESS",
    "JWT",
    "MAC_ADDRESS",
    "PASSWORD",
    "PERSON_NAME",
    "PHONE_NUMBER",
    "POSTAL_CODE",
    "PRIVATE_KEY",
    "STREET_ADDRESS",
    "SWIFT_CODE",
    "UK_NINO",
    "US_SSN",
    "USERNAME",
];

#[test]
fn no_planted_value_comes_out_anywhere_in_any_form() {
    let people: Vec<_> = (0..PEOPLE).map(Person::number).collect();
    let room = MachineRoom::start();
    let stack = Stack::deploy(&room);
    let aws = room.aws();
    let store = format!("dynamodb://{}", stack.output("TableName"));
    let topology = room.folder().join("topology.json");
    fs::write(&topology, shop::topology().to_string()).unwrap();
    piitrail(
        &room,
        &[
            "topology",
            "import",
            topology.to_str().unwrap(),
            "--store",
            &store,
        ],
    );

    let events: Vec<_> = people
        .iter()
        .zip(0..)
        .map(|(person, n)| event(person, n))
        .collect();
    aws.put_events(&events);
    stack.wait_until_read();

    let mut out = Doors::default();
    let tracer = stack.output("TracerFunctionName");
    let answer = aws.invoke(tracer, &cut_off(&stack, &people));
    assert_eq!(
        answer.payload["batchItemFailures"]
            .as_array()
            .unwrap()
            .len(),
        people.len() / 50
    );
    out.add(
        "the tracer's answer to what it cannot read",
        &answer.payload.to_string(),
    );
    let report = stack.output("ReportFunctionName");
    for wrong in [
        json!({ "report": people[0].email }),
        json!({ "report": "map", "format": people[1].email }),
        json!({ "report": "map", "limit": people[2].email }),
        json!({ people[3].email.as_str(): "map" }),
    ] {
        let refused = aws.invoke(report, &wrong);
        assert!(refused.error.is_none(), "{refused:?}");
        assert!(refused.payload["refused"].is_object(), "{refused:?}");
        out.add("the refusal of a request", &refused.payload.to_string());
    }
    for format in render::names() {
        let answer = stack.report(&json!({ "report": "map", "format": format }));
        out.add(&format!("the report as {format}"), &answer.to_string());
    }
    let map = stack.report(&json!({ "report": "map" }))["body"].take();
    assert_eq!(missing(&map), Vec::<&str>::new(), "planted and not found");

    // The event of the first person went to the mailer, which received only the address. The event
    // of the second went to no consumer and was seen unchanged.
    for (person, consumers) in [(&people[7], [1, 0, 0]), (&people[10], [1, 1, 1])] {
        let keys = KeyRing::parse(Stack::SUBJECT_KEYS).unwrap();
        let made = [
            keys.ids(|key| Subject::of_email(key, &person.email.to_uppercase())),
            keys.ids(|key| Subject::of_phone(key, &person.phone)),
            keys.ids(|key| Subject::of_customer_id(key, &person.customer_id)),
        ];
        for (subjects, consumers) in made.into_iter().zip(consumers) {
            let asked = json!({ "report": "subject", "subjects": subjects });
            let answer = stack.report(&asked);
            let edges = answer["body"]["edges"].as_array().unwrap();
            assert_eq!(edges.len(), consumers, "{answer}");
            out.add("the report on a subject", &answer.to_string());
        }
    }
    for item in aws.all_items(stack.output("TableName")) {
        out.add_item("the table", item);
    }
    for line in aws.all_log_lines() {
        out.add("the functions' logs", &line);
    }
    on_one_machine(&room, &events, &mut out);

    let needles = needles(&people);
    let search = AhoCorasick::new(needles.keys()).unwrap();
    for (door, bytes) in &out.0 {
        assert!(
            !bytes.is_empty(),
            "nothing came out of {door}: it was not looked at"
        );
        if let Some(found) = search.find(bytes) {
            let needle = needles.values().nth(found.pattern().as_usize()).unwrap();
            let around =
                &bytes[found.start().saturating_sub(80)..bytes.len().min(found.end() + 80)];
            panic!(
                "{door} lets out {needle}: …{}…",
                String::from_utf8_lossy(around)
            );
        }
    }
}

/// The output, by the door through which it came.
#[derive(Default)]
struct Doors(BTreeMap<String, Vec<u8>>);

impl Doors {
    fn add(&mut self, door: &str, text: &str) {
        self.add_bytes(door, text.as_bytes());
    }

    fn add_bytes(&mut self, door: &str, bytes: &[u8]) {
        let all = self.0.entry(door.to_owned()).or_default();
        all.extend_from_slice(bytes);
        all.push(b'\n');
    }

    /// Adds an item of the table, with its binary attributes both as they are and decompressed.
    fn add_item(&mut self, door: &str, mut item: Value) {
        for attribute in item.as_object_mut().unwrap().values_mut() {
            if let Value::String(packed) = attribute["B"].take() {
                let packed = STANDARD.decode(packed).unwrap();
                let mut unpacked = Vec::new();
                if GzDecoder::new(packed.as_slice())
                    .read_to_end(&mut unpacked)
                    .is_ok()
                {
                    self.add_bytes(door, &unpacked);
                }
                self.add_bytes(door, &packed);
            }
        }
        self.add(door, &item.to_string());
    }
}

/// Traces, scans and reports the same events without AWS, with the embedded store.
fn on_one_machine(room: &MachineRoom, entries: &[Value], out: &mut Doors) {
    let payloads = room.folder().join("payloads.jsonl");
    let lines = entries
        .iter()
        .zip(0..)
        .fold(String::new(), |mut lines, (entry, n)| {
            writeln!(lines, "{}", as_received(entry, n)).unwrap();
            lines
        });
    fs::write(&payloads, lines).unwrap();
    let payloads = payloads.to_str().unwrap();
    let store = room.folder().join("map.sqlite");
    let store_name = store.to_str().unwrap();
    let keys = room.folder().join("subject.key");
    fs::write(&keys, Stack::SUBJECT_KEYS).unwrap();
    let keys = keys.to_str().unwrap();
    let trace = [
        "trace",
        payloads,
        "--store",
        store_name,
        "--subject-key",
        keys,
        "--customer-id-field",
        "customerId",
        "--subject-index",
    ];
    out.add("piitrail trace", &piitrail(room, &trace));
    let person = Person::number(7);
    for (flag, value) in [
        ("--email", person.email.to_uppercase()),
        ("--phone", person.phone),
        ("--customer-id", person.customer_id),
    ] {
        let who = [flag, value.as_str(), "--subject-key", keys];
        out.add(
            "piitrail subject id",
            &piitrail(room, &[&["subject", "id"], &who[..]].concat()),
        );
        for format in render::names() {
            let ask = [
                "report", "subject", "--store", store_name, "--format", format,
            ];
            let report = piitrail(room, &[&ask[..], &who].concat());
            assert!(report.contains("CustomerRegistered"), "{flag}: {report}");
            out.add("piitrail report subject", &report);
        }
    }
    for format in ["text", "jsonl"] {
        out.add(
            "piitrail scan",
            &piitrail(room, &["scan", payloads, "--format", format]),
        );
    }
    for format in render::names() {
        let map = piitrail(
            room,
            &["report", "map", "--store", store_name, "--format", format],
        );
        out.add("piitrail report", &map);
    }
    out.add_bytes("the SQLite file", &fs::read(store).unwrap());
}

/// Returns an event with a person's values in every kind of place, as an entry of `PutEvents`.
fn event(person: &Person, n: u64) -> Value {
    let address =
        json!({ "street": person.street, "postalCode": person.postal_code, "city": person.city });
    let account = json!({
        "username": person.username,
        "password": person.password,
        "apiToken": person.token,
        "sessionToken": person.jwt,
        "accessKeyId": person.access_key,
        "privateKey": person.private_key,
    });
    let note = format!(
        "Customer {} {} wrote from {}, phone {}, card {}, IBAN {}, SSN {}.",
        person.first_name,
        person.last_name,
        person.email,
        person.phone,
        person.card,
        person.iban,
        person.ssn,
    );
    let detail = json!({
        "customer": {
            "customerId": person.customer_id,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "email": person.email,
            "phone": person.phone,
            "dateOfBirth": person.birth,
            "gender": person.gender,
            "ssn": person.ssn,
            "nationalInsuranceNumber": person.nino,
            "address": address,
            "location": { "latitude": person.latitude, "longitude": person.longitude },
            "device": { "ipAddress": person.ip, "macAddress": person.mac },
        },
        "payment": {
            "cardNumber": person.card,
            "cardExpiry": person.card_expiry,
            "cvv": person.card_code,
            "iban": person.iban,
            "bic": person.swift,
        },
        "account": account,
        "note": note,
        // A document in a string, one in base64, and values as keys.
        "attachment": account.to_string(),
        "blob": STANDARD.encode(address.to_string() + &note),
        "byEmail": { person.email.as_str(): { person.ssn.as_str(): 1 } },
        "byPhone": { person.phone.as_str(): [{ person.iban.as_str(): true }] },
    });
    // Every tenth event also has values in its source and its type.
    let (source, detail_type) = match n % 10 {
        0 => (
            format!("crm.{}", person.email),
            format!("Call back {}", person.phone),
        ),
        _ => ("shop.accounts".to_owned(), "CustomerRegistered".to_owned()),
    };
    json!({
        "EventBusName": Stack::BUS,
        "Source": source,
        "DetailType": detail_type,
        "Detail": detail.to_string(),
    })
}

/// Returns the event as a target of the bus receives it.
fn as_received(entry: &Value, n: u64) -> Value {
    json!({
        "version": "0",
        "id": format!("00000000-0000-4000-8000-{n:012}"),
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "account": "000000000000",
        "time": "2026-03-01T12:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": serde_json::from_str::<Value>(entry["Detail"].as_str().unwrap()).unwrap(),
    })
}

/// Returns a batch of messages, each cut off in the middle of a person's values.
fn cut_off(stack: &Stack<'_>, people: &[Person]) -> Value {
    let records: Vec<_> = (0..)
        .zip(people)
        .step_by(50)
        .map(|(n, person)| {
            let whole = as_received(&event(person, n), n).to_string();
            json!({
                "messageId": format!("11111111-0000-4000-8000-{n:012}"),
                "body": whole[..whole.len() - 40],
                "attributes": { "ApproximateReceiveCount": "1" },
                "eventSource": "aws:sqs",
                "eventSourceARN": stack.output("TapQueueArn"),
            })
        })
        .collect();
    json!({ "Records": records })
}

/// Returns the planted classes that are missing on the map.
fn missing(map: &Value) -> Vec<&'static str> {
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for edge in map["edges"].as_array().unwrap() {
        for class in edge["classes"].as_array().unwrap() {
            *found.entry(class["class"].as_str().unwrap()).or_default() +=
                class["events"].as_u64().unwrap();
        }
    }
    PLANTED
        .into_iter()
        .filter(|class| found.get(class).is_none_or(|&n| n == 0))
        .collect()
}

/// Returns everything to search for, with its name. A value that is too short to be distinguished
/// from a count or a word is searched for between quotes only.
fn needles(people: &[Person]) -> BTreeMap<Vec<u8>, String> {
    let mut needles = BTreeMap::new();
    for person in people {
        for (name, value) in person.values() {
            if value.len() < 6 {
                needles.insert(format!("\"{value}\"").into_bytes(), name.to_owned());
                continue;
            }
            // Hashes of a value, unchanged or in lower case, because anybody could compute them
            // without the key.
            for value in [value.clone(), value.to_lowercase()] {
                let digest = Sha256::digest(value.as_bytes());
                let hex = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
                    write!(hex, "{byte:02x}").unwrap();
                    hex
                });
                needles.insert(digest[..16].to_vec(), format!("{name} hashed"));
                needles.insert(hex.into_bytes(), format!("{name} hashed, in hex"));
                needles.insert(
                    STANDARD.encode(digest).as_bytes()[..20].to_vec(),
                    format!("{name} hashed, in base64"),
                );
            }
            for (form, text) in forms(&value) {
                needles.insert(text.into_bytes(), format!("{name} {form}"));
            }
        }
    }
    needles
}

/// Returns a value in all forms in which it could leave.
fn forms(value: &str) -> Vec<(&'static str, String)> {
    let hex = value.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    let percent = value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    });
    let json = Value::from(value).to_string();
    let mut forms = vec![
        ("as it is", value.to_owned()),
        ("in a JSON string", json[1..json.len() - 1].to_owned()),
        ("in upper case", value.to_uppercase()),
        ("in lower case", value.to_lowercase()),
        ("in HEX", hex.to_uppercase()),
        ("in hex", hex),
        ("in percent-encoding", percent),
    ];
    // So few letters of base64 would appear in any long text by chance.
    if value.len() < 8 {
        return forms;
    }
    // Inside longer data, the base64 of a value depends on the offset modulo 3 at which it begins.
    // The letters at either end that depend on the surrounding data are left out.
    for before in 0..3 {
        let shifted = STANDARD_NO_PAD.encode([&b"\0\0"[..before], value.as_bytes()].concat());
        let own = &shifted[(before * 8).div_ceil(6)..shifted.len() - 1];
        forms.push(("in base64", own.to_owned()));
        forms.push((
            "in base64 for URLs",
            own.replace('+', "-").replace('/', "_"),
        ));
    }
    forms
}
