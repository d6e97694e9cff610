//! Tests looking up a person by running the program: other spellings of an identifier find the
//! person, erasing removes them, and no message repeats an identifier, even a mistyped one.
//!
//! They are in one file, because each file in this folder is linked as a program of its own.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const EMAIL: &str = "grace.hopper@navy-mail.org";
const PHONE: &str = "+44 20 7123 4567";
const CUSTOMER: &str = "CUST-774411";

/// Parts of the person's identifiers, none of which may appear in any output.
const NEEDLES: [&str; 5] = ["grace", "navy-mail", "7123", "442071234567", "774411"];

struct Desk {
    folder: TempDir,
}

impl Desk {
    /// Creates a folder with a key and one event about the person, traced with the subject index.
    fn with_a_person() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let event = serde_json::json!({
            "version": "0", "id": "event-1", "detail-type": "OrderPlaced", "source": "shop.orders",
            "account": "123456789012", "time": "2026-11-20T10:00:00Z", "region": "eu-west-1", "resources": [],
            "detail": { "customer": { "email": EMAIL, "phone": PHONE, "customerId": CUSTOMER } },
        });
        std::fs::write(desk.path("event.json"), event.to_string()).unwrap();
        desk.fine(&[
            "subject",
            "key",
            "new",
            "--epoch",
            "one",
            "--subject-key",
            "key",
        ]);
        desk.fine(&[
            "trace",
            "event.json",
            "--store",
            "map",
            "--subject-key",
            "key",
            "--subject-index",
            "--customer-id-field",
            "customer.customerId",
        ]);
        desk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(self.folder.path(), arguments)
    }

    fn fine(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        said(&output)
    }

    fn report(&self, flag: &str, value: &str) -> String {
        self.fine(&[
            "report",
            "subject",
            flag,
            value,
            "--subject-key",
            "key",
            "--store",
            "map",
        ])
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_piitrail"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn names_nobody(text: &str) {
    let small = text.to_lowercase();
    for needle in NEEDLES {
        assert!(!small.contains(needle), "{needle} is in: {text}");
    }
}

#[test]
fn a_person_is_found_by_whatever_they_are_known_by_in_another_writing() {
    let desk = Desk::with_a_person();
    for (flag, value) in [
        ("--email", "GRACE.Hopper@Navy-Mail.org"),
        ("--phone", "0044 (0)20 7123-4567"),
        ("--customer-id", " CUST-774411 "),
    ] {
        let report = desk.report(flag, value);
        assert!(
            report.contains("found on 1 edge to") && report.contains("OrderPlaced"),
            "{report}"
        );
        names_nobody(&report);
    }
    assert!(
        desk.report("--email", "someone.else@navy-mail.org")
            .contains("found on 0 edges")
    );
    names_nobody(&String::from_utf8_lossy(
        &std::fs::read(desk.path("map")).unwrap(),
    ));
}

#[test]
fn an_erased_person_is_found_no_more_and_still_counted() {
    let desk = Desk::with_a_person();
    let map = desk.fine(&["report", "map", "--store", "map"]);
    assert!(map.contains("about 1 person"), "{map}");
    let told = desk.fine(&[
        "subject",
        "erase",
        "--email",
        EMAIL,
        "--subject-key",
        "key",
        "--store",
        "map",
    ]);
    assert!(told.starts_with("1 sighting erased"), "{told}");
    names_nobody(&told);
    assert!(desk.report("--email", EMAIL).contains("found on 0 edges"));
    assert_eq!(desk.fine(&["report", "map", "--store", "map"]), map);
}

#[test]
fn a_rotated_key_still_finds_and_a_shredded_one_no_more() {
    let desk = Desk::with_a_person();
    // Each line contains an epoch with the check value of its key: `one.3fa9c2`.
    let keys = |command: &[&str]| {
        let list = desk.fine(&[&["subject", "key"], command, &["--subject-key", "key"]].concat());
        let name = |line: &str| {
            let (epoch, rest) = line.split_once(' ').unwrap_or((line, ""));
            format!("{} {rest}", epoch.split_once('.').unwrap().0)
        };
        list.lines()
            .map(|line| name(line).trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&["rotate", "--epoch", "two"]), ["one", "two  in use"]);
    assert!(desk.report("--email", EMAIL).contains("found on 1 edge to"));
    assert_eq!(keys(&["shred", "one"]), ["two  in use"]);
    assert!(desk.report("--email", EMAIL).contains("found on 0 edges"));
    let refused = desk.run(&["subject", "key", "shred", "two", "--subject-key", "key"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("subject key rotate"));
}

#[test]
fn a_name_that_an_epoch_cannot_have_is_refused_with_what_to_do() {
    let desk = Desk::with_a_person();
    let refused = |arguments: &[&str]| {
        let output = desk.run(&[&["subject", "key"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        said(&output)
    };
    let checked = ["--epoch", "2026.112233", "--subject-key"];
    for (command, file) in [("new", "other"), ("rotate", "key")] {
        let told = refused(&[&[command], &checked[..], &[file]].concat());
        assert!(told.contains("check value"), "{told}");
    }
    assert!(!desk.path("other").exists());
    // The default epoch is the month, then the day. After that a name is required.
    for _ in 0..2 {
        desk.fine(&["subject", "key", "rotate", "--subject-key", "key"]);
    }
    let told = refused(&["rotate", "--subject-key", "key"]);
    assert!(told.contains("--epoch"), "{told}");
}

#[test]
fn who_wanted_no_summary_is_not_told_the_news_later() {
    let desk = Desk::with_a_person();
    let trace = |event: &str, arguments: &[&str]| {
        let event = serde_json::json!({
            "version": "0", "id": event, "detail-type": event, "source": "shop.orders",
            "account": "123456789012", "time": "2026-11-20T10:00:00Z", "region": "eu-west-1",
            "resources": [], "detail": { "customer": { "email": EMAIL } },
        });
        std::fs::write(desk.path("next.json"), event.to_string()).unwrap();
        desk.fine(&[&["trace", "next.json", "--store", "map"], arguments].concat())
    };
    assert_eq!(trace("OrderChanged", &["--quiet"]), "");
    let told = trace("OrderPaid", &[]);
    assert!(
        told.contains("1 data class seen on an edge for the first time"),
        "{told}"
    );
    assert!(told.contains("OrderPaid") && !told.contains("OrderChanged"));
}

#[test]
fn an_empty_file_is_not_reported_on_as_if_nothing_had_been_seen() {
    let desk = Desk::with_a_person();
    std::fs::write(desk.path("empty"), "").unwrap();
    let refused = desk.run(&["report", "map", "--store", "empty"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("the file is empty"));
    assert_eq!(std::fs::metadata(desk.path("empty")).unwrap().len(), 0);
}

#[test]
fn ids_are_for_the_report_function_and_name_nobody() {
    let desk = Desk::with_a_person();
    let ids = desk.fine(&[
        "subject",
        "id",
        "--email",
        EMAIL,
        "--phone",
        PHONE,
        "--subject-key",
        "key",
    ]);
    // Each id is printed twice: under its epoch, and under the epoch's name in earlier builds.
    assert_eq!(ids.lines().count(), 4);
    assert!(ids.starts_with("one."));
    names_nobody(&ids);
}

#[test]
fn a_field_of_customer_ids_without_a_key_is_told_what_it_lacks() {
    let desk = Desk::with_a_person();
    let refused = desk.run(&["trace", "event.json", "--customer-id-field", "customerId"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("--subject-key"));
}

#[test]
fn an_option_of_another_question_is_refused_by_its_name() {
    let desk = Desk::with_a_person();
    let refused = desk.run(&["report", "subject", "--tier", "restricted"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = said(&refused);
    assert!(
        told.starts_with("piitrail: report subject has no option --tier\n"),
        "{told}"
    );
    assert!(told.contains("its options are --"), "{told}");
    assert!(
        told.contains("--email") && told.contains("--account"),
        "{told}"
    );
    let refused = desk.run(&["report", "map", "--email", EMAIL]);
    let told = said(&refused);
    assert!(
        told.starts_with("piitrail: report map has no option --email\n"),
        "{told}"
    );
    names_nobody(&told);
    let refused = desk.run(&["--quiet", "report", "map", "--grace.hopper=1"]);
    let told = said(&refused);
    assert!(
        told.starts_with("piitrail: report map has no such argument"),
        "{told}"
    );
    names_nobody(&told);
}

#[test]
fn a_question_that_does_not_exist_is_refused_with_those_that_do() {
    let desk = Desk::with_a_person();
    let told = said(&desk.run(&["report", EMAIL]));
    assert!(
        told.starts_with("piitrail: report has no such question"),
        "{told}"
    );
    assert!(told.contains("its questions are map, subject"), "{told}");
    names_nobody(&told);
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_what_would_be_right() {
    let desk = Desk::with_a_person();
    for (option, value, expected) in [
        ("--tier", EMAIL, "one of restricted, confidential, internal"),
        ("--format", EMAIL, "one of json, table, mermaid, dot, csv"),
        ("--class", "email", "the nearest are EMAIL_ADDRESS"),
        ("--account", "7123", "the twelve digits of an AWS account"),
        ("--region", EMAIL, "as in eu-west-1"),
        ("--from", "774411", "a day, as in 2026-11-01"),
        ("--page", EMAIL, "`next` of the previous answer"),
        ("--limit", EMAIL, "a whole number from 1 to 4000"),
        ("--limit", "774411", "a whole number from 1 to 4000"),
    ] {
        let refused = desk.run(&["report", "map", "--store", "map", option, value]);
        assert_eq!(refused.status.code(), Some(2));
        let told = said(&refused);
        let begins = format!("piitrail: the value of {option} cannot be used: it ");
        let begins = if option == "--format" {
            format!("piitrail: the value of {option} cannot be used: ")
        } else {
            begins
        };
        assert!(told.starts_with(&begins), "{told}");
        assert!(
            told.contains("\n  expected ") && told.contains(expected),
            "{told}"
        );
        assert!(
            told.ends_with("\n  see `piitrail report map --help`\n"),
            "{told}"
        );
        names_nobody(&told);
    }
}

#[test]
fn an_option_without_its_value_is_told_that_it_needs_one() {
    let desk = Desk::with_a_person();
    let told = said(&desk.run(&["report", "map", "--tier"]));
    assert!(
        told.starts_with("piitrail: --tier needs a value\n"),
        "{told}"
    );
}

#[test]
fn what_describes_a_csv_is_in_a_file_beside_it() {
    let desk = Desk::with_a_person();
    desk.fine(&[
        "report",
        "map",
        "--store",
        "map",
        "--format",
        "csv",
        "--tier",
        "confidential",
        "-o",
        "map.csv",
    ]);
    let csv = std::fs::read_to_string(desk.path("map.csv")).unwrap();
    assert!(csv.starts_with("producer,consumer,"), "{csv}");
    let about = std::fs::read(desk.path("map.csv.about.json")).unwrap();
    let about: serde_json::Value = serde_json::from_slice(&about).unwrap();
    assert_eq!(about["report"], "map");
    assert_eq!(about["format"], "csv");
    assert_eq!(about["parameters"]["filters"]["tier"], "confidential");
    assert_eq!(about["coverage"][0]["deliveries"], 1);
    assert!(
        about["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("1 record read")
    );
    for key in ["from", "to", "caveats", "next", "asked_at"] {
        assert!(about.get(key).is_some(), "{key}: {about}");
    }
    for key in ["edges", "parties"] {
        assert!(about.get(key).is_none(), "{key}: {about}");
    }
    // Every other format contains its own description.
    desk.fine(&[
        "report", "map", "--store", "map", "--format", "json", "-o", "map.json",
    ]);
    assert!(!desk.path("map.json.about.json").exists());
}

#[test]
fn whatever_is_mistyped_the_person_is_not_repeated() {
    let desk = Desk::with_a_person();
    for arguments in [
        &["report", "subject", EMAIL][..],
        &["report", "subject", "--emial", EMAIL],
        &["report", "subject", &format!("--emial={EMAIL}")],
        &["report", "subject", "--email", EMAIL, PHONE],
        &["report", "subject", "--email", EMAIL, "--from", CUSTOMER],
        &["report", "subject", "--email", EMAIL, "--class", CUSTOMER],
        &["report", "map", EMAIL],
        &["report", EMAIL],
        &["report", EMAIL, "--store", "map"],
        &[
            "report",
            "map",
            "--email",
            EMAIL,
            "--subject-key",
            "key",
            "--store",
            "map",
        ],
        &["report", "subject", "--email", EMAIL],
        &[
            "report",
            "subject",
            "--email",
            EMAIL,
            "--subject-key",
            "event.json",
        ],
        &[
            "report",
            "subject",
            "--email",
            EMAIL,
            "--subject-key",
            "nowhere",
        ],
        &[
            "report",
            "subject",
            "--email",
            EMAIL,
            "--subject-key",
            "key",
            "--store",
            "nowhere",
        ],
        &[
            "report",
            "subject",
            "--email",
            "grace at navy-mail.org",
            "--subject-key",
            "key",
            "--store",
            "map",
        ],
        &[
            "report",
            "subject",
            "--phone",
            "+7123",
            "--subject-key",
            "key",
            "--store",
            "map",
        ],
        &[
            "report",
            "subject",
            "--customer-id",
            "  ",
            "--subject-key",
            "key",
            "--store",
            "map",
        ],
        &["report", "subject", "--phone", "-442071234567", "--bogus"],
        &["subject", "erase", EMAIL],
        &["subject", EMAIL],
        &["subject", "id", "--email", "--phone", PHONE, EMAIL],
    ] {
        let output = desk.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            said(&output)
        );
        names_nobody(&said(&output));
    }
}
