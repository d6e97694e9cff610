//! Tests of the splitter with complete and damaged files. They are in one file because they share
//! their samples.

use std::cell::Cell;
use std::io::BufReader;

use proptest::prelude::*;

use super::*;

/// A document, or a number of damaged bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Document(String),
    Damaged(u64),
}

fn pieces(bytes: &[u8]) -> Vec<(u64, Found)> {
    let mut splitter = Splitter::new(bytes);
    let mut all = Vec::new();
    while let Some(piece) = splitter.next().unwrap() {
        let found = match piece.input {
            Input::Document(bytes) => Found::Document(String::from_utf8_lossy(&bytes).into()),
            Input::Damaged { bytes } => Found::Damaged(bytes),
            Input::TooLarge => panic!("too large"),
        };
        all.push((piece.line, found));
    }
    all
}

fn split(text: &str) -> Vec<(u64, String)> {
    pieces(text.as_bytes())
        .into_iter()
        .map(|(line, found)| match found {
            Found::Document(document) => (line, document),
            Found::Damaged(bytes) => panic!("{bytes} bytes from line {line} are damaged"),
        })
        .collect()
}

fn documents(text: &str) -> Vec<String> {
    split(text)
        .into_iter()
        .map(|(_, document)| document)
        .collect()
}

/// Returns the documents that were found in a damaged file, and the number of damaged bytes.
fn rescued(text: &str) -> (Vec<String>, u64) {
    let mut left = Vec::new();
    let mut damaged = 0;
    for (_, found) in pieces(text.as_bytes()) {
        match found {
            // The pipeline later opens an array element that is itself an array of documents.
            Found::Document(document) if document.starts_with('[') => {
                let inside: Vec<&serde_json::value::RawValue> =
                    serde_json::from_str(&document).unwrap_or_default();
                left.extend(inside.into_iter().map(|text| text.get().to_owned()));
            }
            Found::Document(document) => left.push(document),
            Found::Damaged(bytes) => damaged += bytes,
        }
    }
    (left, damaged)
}

#[test]
fn json_lines_are_a_document_a_line() {
    assert_eq!(
        split("{\"a\":1}\n\n{\"b\":2}\n"),
        [(1, "{\"a\":1}".into()), (3, "{\"b\":2}".into())]
    );
}

#[test]
fn a_broken_line_leaves_the_lines_around_it_alone() {
    assert_eq!(
        documents("{\"a\":1}\n{\"b\":\n{\"c\":3}"),
        ["{\"a\":1}", "{\"b\":", "{\"c\":3}"]
    );
}

#[test]
fn one_pretty_printed_document_is_one() {
    let text = "{\n  \"a\": {\n    \"b\": \"}\"\n  }\n}\n";
    assert_eq!(documents(text), [text.trim()]);
}

#[test]
fn a_document_without_indentation_is_one() {
    let text = "{\n\"a\":\n[\n{\n\"b\": 1\n},\n[\n2\n]\n]\n}\n";
    assert_eq!(documents(text), [text.trim()]);
}

#[test]
fn pretty_printed_documents_may_follow_each_other() {
    assert_eq!(
        split("{\n \"a\": 1\n}\n{\n \"b\": 2\n}"),
        [(1, "{\n \"a\": 1\n}".into()), (4, "{\n \"b\": 2\n}".into())]
    );
}

#[test]
fn documents_may_follow_each_other_on_one_line() {
    assert_eq!(
        documents("{\"a\":1}{\"b\":2} {\"c\":3}"),
        ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]
    );
}

#[test]
fn an_array_is_taken_apart() {
    assert_eq!(
        split("[\n  {\"a\": [1, 2]},\n  {\"b\": \"],\"}\n]\n"),
        [(2, "{\"a\": [1, 2]}".into()), (3, "{\"b\": \"],\"}".into())]
    );
    assert_eq!(
        documents("[{\"a\":1},{\"b\":2}]"),
        ["{\"a\":1}", "{\"b\":2}"]
    );
    assert_eq!(documents("[\n1,\n\"two\"\n]"), ["1", "\"two\""]);
}

#[test]
fn prose_is_a_document_a_line() {
    assert_eq!(documents("call me\nback\n"), ["call me", "back"]);
    assert_eq!(
        documents("[2026-11-21 08:00] up\n[2026-11-21 08:01] down\n"),
        ["[2026-11-21 08:00] up", "[2026-11-21 08:01] down"]
    );
}

#[test]
fn an_empty_file_holds_nothing() {
    assert!(documents("").is_empty() && documents("\n \n").is_empty());
    assert!(documents("[\n]").is_empty());
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(
        documents("\u{feff}{\"a\":1}\n{\"b\":2}"),
        ["{\"a\":1}", "{\"b\":2}"]
    );
}

#[test]
fn zeros_at_the_end_are_no_document() {
    assert_eq!(documents("{\n\"a\":1\n}\n\0\0\0"), ["{\n\"a\":1\n}"]);
}

#[test]
fn a_last_document_is_kept_before_zeros_and_before_foreign_bytes() {
    let pretty = "{\n \"a\": 1\n}";
    let array = ["{\"a\":1}", "{\"b\":2}"];
    for (file, all) in [
        ("{\"a\":1}\n{\"b\":2}".to_owned(), &array[..]),
        ("{\"a\":1}".to_owned(), &array[..1]),
        (format!("{pretty}\n{pretty}"), &[pretty, pretty][..]),
        ("[\n{\"a\":1},\n{\"b\":2}\n]".to_owned(), &array[..]),
    ] {
        for behind in ["\0", "\0\0\0\n", "\n\0\0\0", "\n\n"] {
            assert_eq!(rescued(&format!("{file}{behind}")), (to_strings(all), 0));
        }
        for behind in ["\u{1}\u{2}", "\0\0rubbish", "\0\u{fffd}{\"cut"] {
            let (left, damaged) = rescued(&format!("{file}{behind}"));
            assert_eq!(left, to_strings(all), "{file}{behind}");
            assert!(damaged > 0, "{file}{behind}");
        }
    }
    assert_eq!(
        pieces(b"{\"a\":1}\n {\"b\":2}\0\0rubbish"),
        [
            (1, Found::Document("{\"a\":1}".into())),
            (2, Found::Document("{\"b\":2}".into())),
            (2, Found::Damaged(9)),
        ]
    );
}

fn to_strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// Returns a list of records as a queue sends it, in one of its arrangements.
fn list_of_records(count: usize, way: usize) -> (String, Vec<String>) {
    let record = |number| {
        let attributes = Node::Object(vec![("Received", Node::Text("1".into()))]);
        Node::Object(vec![
            ("messageId", Node::Text(format!("m-{number}"))),
            ("body", Node::Text("{\"a\":[\"x\"]}".into())),
            ("attributes", attributes),
            ("tags", Node::List(vec![Node::Number(number)])),
            ("eventSource", Node::Text("aws:sqs".into())),
        ])
    };
    let records: Vec<Node> = (0..count).map(record).collect();
    let compact: Vec<String> = records.iter().map(compact).collect();
    let lines = || format!("{{\"Records\":[\n{}\n]}}", compact.join(",\n"));
    let envelope = Node::Object(vec![("Records", Node::List(records.clone()))]);
    match way {
        0 => (self::compact(&envelope), compact),
        1 => (lines(), compact),
        _ => {
            let indented = records
                .iter()
                .map(|one| pretty(one).replace('\n', "\n    "));
            (pretty(&envelope), indented.collect())
        }
    }
}

#[test]
fn one_missing_or_added_sign_anywhere_in_a_list_of_records_costs_the_records_beside_it() {
    for way in 0..3 {
        let (file, all) = list_of_records(5, way);
        for (at, sign) in file.char_indices().filter(|(_, c)| "{}[],:\"".contains(*c)) {
            for damaged in [
                format!("{}{}", &file[..at], &file[at + 1..]),
                format!("{}{sign}{}", &file[..at], &file[at..]),
            ] {
                // Inside a string the sign is no damage.
                if crate::input::grammar::is_json(damaged.as_bytes()) {
                    continue;
                }
                for behind in ["", "\n{\"Records\":[]}\n"] {
                    let (left, skipped) = rescued(&format!("{damaged}{behind}"));
                    // A bracket too many before the envelope leaves it whole.
                    let is_left = |text: &&String| left.iter().any(|one| one.contains(*text));
                    let intact = all.iter().filter(is_left).count();
                    assert!(
                        intact + 2 >= all.len(),
                        "{way}: {intact} are left of {damaged}"
                    );
                    assert!(skipped > 0, "{damaged}");
                    let known = |text: &&String| all.contains(text) || text.contains("Records");
                    let foreign = left.iter().filter(|text| !known(text)).count();
                    assert_eq!(foreign, 0, "{way}, {at}: {left:?} of {damaged}");
                }
            }
        }
    }
}

#[test]
fn a_list_of_records_in_json_lines_is_rescued_too_and_the_damage_is_named() {
    let (line, all) = list_of_records(3, 0);
    let comma = line.find("},{\"messageId\":\"m-1").unwrap() + 1;
    let broken = format!("{}{}", &line[..comma], &line[comma + 1..]);
    let file = format!("{line}\n{broken}\n{line}\n");
    let found = pieces(file.as_bytes());
    let record = |number: usize| (2, Found::Document(all[number].clone()));
    assert_eq!(
        found,
        [
            (1, Found::Document(line.clone())),
            (2, Found::Damaged("{\"Records\":[".len() as u64)),
            record(0),
            record(1),
            record(2),
            (3, Found::Document(line.clone())),
        ]
    );
}

#[test]
fn a_file_that_is_cut_off_keeps_what_stands_before_the_cut() {
    assert_eq!(rescued("{\n \"a\": 1"), (vec![], 9));
    assert_eq!(
        rescued("[\n {\"a\": 1},\n {\"b\""),
        (vec!["{\"a\": 1}".into()], 4)
    );
}

/// JSON whose keys are in the order in which they are given.
#[derive(Clone)]
enum Node {
    Object(Vec<(&'static str, Node)>),
    List(Vec<Node>),
    Text(String),
    Number(usize),
}

impl serde::Serialize for Node {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(entries) => serializer.collect_map(entries.iter().cloned()),
            Self::List(items) => serializer.collect_seq(items),
            Self::Text(text) => text.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
        }
    }
}

/// Returns a document as an archive exports it, with an object and a list of objects inside. Its keys
/// are in one of 24 orders.
fn event(number: usize, order: usize) -> Node {
    let item = |id, quantity| {
        let (id, quantity) = (Node::Number(id), Node::Number(quantity));
        Node::Object(vec![("id", id), ("quantity", quantity)])
    };
    let customer = Node::Object(vec![("name", Node::Text("x".into()))]);
    let mut left = vec![
        ("id", Node::Text(format!("event-{number}"))),
        ("detail", Node::Object(vec![("customer", customer)])),
        ("items", Node::List(vec![item(1, 2), item(2, 3)])),
        ("note", Node::Text("a \"}\" in it".into())),
    ];
    let places = [order / 6 % 4, order / 2 % 3, order % 2, 0];
    Node::Object(places.map(|place| left.remove(place)).into())
}

/// The number of orders of the keys of an [`event`].
const ORDERS: usize = 24;

fn compact(node: &Node) -> String {
    serde_json::to_string(node).unwrap()
}

fn pretty(node: &Node) -> String {
    serde_json::to_string_pretty(node).unwrap()
}

/// Returns one sample for each arrangement of documents: its name, the text of each document, and
/// the file that contains them all.
fn files(order: usize) -> Vec<(&'static str, Vec<String>, String)> {
    let events: Vec<Node> = (0..5).map(|n| event(n, order)).collect();
    let compact: Vec<String> = events.iter().map(compact).collect();
    let pretty: Vec<String> = events.iter().map(pretty).collect();
    let indented: Vec<String> = pretty
        .iter()
        .map(|text| text.replace('\n', "\n  "))
        .collect();
    vec![
        ("lines", compact.clone(), compact.join("\n")),
        ("one line", compact.clone(), compact.concat()),
        ("pretty", pretty.clone(), pretty.join("\n")),
        (
            "array on a line",
            compact.clone(),
            format!("[{}]", compact.join(", ")),
        ),
        (
            "array of lines",
            compact.clone(),
            format!("[\n{}\n]", compact.join(",\n")),
        ),
        (
            "pretty array",
            indented.clone(),
            format!("[\n  {}\n]", indented.join(",\n  ")),
        ),
    ]
}

#[test]
fn one_missing_or_added_bracket_anywhere_costs_the_documents_beside_it_and_no_other() {
    for (way, all, file) in (0..ORDERS).flat_map(files) {
        for (at, bracket) in file.char_indices().filter(|(_, c)| "{}[]".contains(*c)) {
            for damaged in [
                format!("{}{}", &file[..at], &file[at + 1..]),
                format!("{}{bracket}{}", &file[..at], &file[at..]),
            ] {
                if way == "one line" && !damaged.starts_with('{') {
                    // A file that begins like this is read line by line as text.
                    continue;
                }
                let left: Vec<String> = rescued(&damaged).0;
                let intact = all.iter().filter(|text| left.contains(text)).count();
                assert!(
                    intact + 2 >= all.len(),
                    "{way}: {intact} are left of {damaged}"
                );
                // A piece of a damaged document must not be taken for a document.
                let foreign = left.iter().filter(|text| !all.contains(text)).count();
                assert!(foreign <= 1, "{way}, {at}: {left:?}");
            }
        }
    }
}

#[test]
fn a_first_line_that_is_cut_off_costs_that_line_and_nothing_in_it_is_a_document() {
    for order in 0..ORDERS {
        let lines: Vec<String> = (0..20).map(|n| compact(&event(n, order))).collect();
        let others = lines[1..].join("\n");
        for cut in 1..lines[0].len() {
            for first in [&lines[0][..cut], &lines[0][cut..]] {
                let (left, damaged) = rescued(&format!("{first}\n{others}"));
                assert_eq!(left, lines[1..], "{first}");
                let skipped = first.trim_start().len() as u64 + 1;
                assert_eq!(damaged, skipped, "{first}");
            }
        }
    }
}

#[test]
fn a_pretty_document_whose_beginning_is_cut_off_costs_that_document() {
    for order in 0..ORDERS {
        let pretty: Vec<String> = (0..5).map(|n| pretty(&event(n, order))).collect();
        let file = pretty.join("\n");
        for cut in 1..pretty[0].len() {
            let (left, _) = rescued(&file[cut..]);
            let intact = left.iter().filter(|text| pretty.contains(text)).count();
            assert_eq!(intact, 4, "{}", &file[cut..]);
            // Only the elements of an array with which the file begins may be taken for documents.
            let begins_in_array = file[cut..].trim_start().starts_with('[')
                || file[..cut].trim_end().ends_with(['[', ',']);
            assert!(
                left.len() == 4 || begins_in_array,
                "{left:?} of {}",
                &file[cut..]
            );
        }
    }
}

#[test]
fn a_document_without_its_first_bracket_is_damaged_to_its_last_and_no_further() {
    let first = r#""id":"e","detail":{},"items":[{"id":1,"detail":2},{"id":2}]}"#;
    for (file, documents) in [
        (format!("[{first},{{\"other\":1}}]"), vec!["{\"other\":1}"]),
        (
            format!("[\n{first},\n{{\"other\":1}}\n]"),
            vec!["{\"other\":1}"],
        ),
        (
            format!("[{{\"id\":\"d\",\"detail\":1}},{first},{{\"id\":\"f\",\"detail\":3}}]"),
            vec!["{\"id\":\"d\",\"detail\":1}", "{\"id\":\"f\",\"detail\":3}"],
        ),
    ] {
        let (left, damaged) = rescued(&file);
        assert_eq!(left, documents, "{file}");
        assert_eq!(damaged, first.len() as u64, "{file}");
    }
}

#[test]
fn the_bytes_that_were_skipped_are_counted_and_the_line_is_named() {
    assert_eq!(
        pieces(b"{\"a\":\"cut\n{\"a\":1}\n{\"a\":2}\n"),
        [
            (1, Found::Damaged(10)),
            (2, Found::Document("{\"a\":1}".into())),
            (3, Found::Document("{\"a\":2}".into())),
        ]
    );
}

#[test]
fn a_document_that_swallows_the_next_gives_it_back() {
    let file = "{\n \"items\": [\n  1,\n{\n \"items\": []\n}\n{\n \"items\": [2]\n}\n";
    assert_eq!(
        pieces(file.as_bytes()),
        [
            (1, Found::Damaged(19)),
            (4, Found::Document("{\n \"items\": []\n}".into())),
            (7, Found::Document("{\n \"items\": [2]\n}".into())),
        ]
    );
}

/// A reader that counts the bytes that are copied out of it and followed.
struct Slow<'a> {
    left: &'a [u8],
    reads: &'a Cell<usize>,
}

impl io::Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads.set(self.reads.get() + 1);
        io::Read::read(&mut self.left, buffer)
    }
}

#[test]
fn damage_everywhere_takes_linear_time() {
    // Each line could contain all the others. A splitter that went back at each would need hours.
    for line in [
        "{\"a\":[\n",
        "[\n",
        "{\"a\":{\"a\":1},",
        "{\"a\"",
        "[{\"a\":1}}, ",
        "\"a\":{}},\n",
        "\"a\":[\n",
        "[\"a\":{\"a\":1},",
        "{\"Records\":[\n",
        "{\"Records\":[{\"a\":1}}, ",
        "{\"Records\":[\n{\"a\":[\n",
        "{\"Records\":[{\"eventSource\":\"aws:sqs\",",
        "{\"a\":1}\u{1}",
    ] {
        let file = line.repeat((1 << 20) / line.len());
        let reads = Cell::new(0);
        let mut splitter = Splitter::new(BufReader::new(Slow {
            left: file.as_bytes(),
            reads: &reads,
        }));
        let mut bytes = 0;
        while let Some(piece) = splitter.next().unwrap() {
            bytes += match piece.input {
                Input::Document(document) => document.len() as u64,
                Input::Damaged { bytes } => bytes,
                Input::TooLarge => panic!("too large"),
            };
        }
        assert!(bytes <= file.len() as u64);
    }
}

#[test]
fn memory_is_bounded_by_the_document_and_not_by_the_file() {
    let file = "{\n\"a\": 1\n}\n".repeat(50_000);
    let mut splitter = Splitter::new(file.as_bytes());
    // A slice is read as one chunk. Read in small chunks as well.
    let mut small = Splitter::new(BufReader::with_capacity(4096, file.as_bytes()));
    while splitter.next().unwrap().is_some() {
        assert!(small.next().unwrap().is_some());
        assert!(small.window.buffer.len() < 8 * window::SLACK);
    }
}

/// A reader that fails after some bytes.
struct Failing<'a>(&'a [u8]);

impl io::Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        io::Read::read(&mut self.0, buffer)
    }
}

#[test]
fn what_was_read_before_the_reader_failed_comes_first() {
    for (text, expected) in [
        ("{\"a\":1}\n{\"b\":2}\n{\"c\"", [7, 7, 0]),
        ("[\n{\"a\":1},\n{\"b\":2},\n{\"c\"", [7, 7, 0]),
    ] {
        let mut splitter = Splitter::new(BufReader::new(Failing(text.as_bytes())));
        for length in expected {
            match splitter.next().unwrap().unwrap().input {
                Input::Document(document) => assert_eq!(document.len(), length),
                Input::Damaged { bytes } => assert_eq!((bytes, length), (4, 0)),
                Input::TooLarge => panic!("too large"),
            }
        }
        assert!(splitter.next().is_err());
        assert!(splitter.next().unwrap().is_none());
    }
}

/// Generates damaged files: pieces of documents in any order.
fn damaged_file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\n"),
        Just("  "),
        Just("\\"),
        Just("{\"a\":1}"),
        Just("{\"a\":1,\"b\":2}"),
        Just("{\"Records\":["),
        Just("{\"a\":1,\"eventSource\":\"aws:s3\"}"),
        Just("\"a\":"),
        Just("1"),
        Just("null"),
        Just("x"),
        Just("\0"),
        Just("\u{feff}"),
        Just("{\n  \"a\": 1\n}"),
    ];
    proptest::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat().into_bytes())
}

fn holds(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut splitter = Splitter::new(BufReader::with_capacity(7, bytes));
    let mut end = 0;
    while let Some(piece) = splitter.next().unwrap() {
        let length = match piece.input {
            Input::Document(document) => {
                prop_assert!(!document.is_empty());
                document.len() as u64
            }
            Input::Damaged { bytes } => {
                prop_assert!(bytes > 0);
                bytes
            }
            Input::TooLarge => return Err(TestCaseError::fail("too large")),
        };
        // No byte belongs to two pieces.
        prop_assert!(piece.offset >= end);
        end = piece.offset + length;
        let before = bytes.get(..usize::try_from(piece.offset).unwrap()).unwrap();
        prop_assert!(piece.line <= before.split(|byte| *byte == b'\n').count() as u64);
    }
    prop_assert!(end <= bytes.len() as u64);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_it_fail_or_run_on(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..500)) {
        holds(&bytes)?;
    }

    #[test]
    fn no_damaged_file_makes_it_fail_or_run_on(bytes in damaged_file()) {
        holds(&bytes)?;
    }
}
