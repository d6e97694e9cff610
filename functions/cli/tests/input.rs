//! Tests `trace` and `scan` with damaged, missing and hostile input by running the program.
//!
//! They are in one file, because each file in this folder is linked as a program of its own.

#![cfg(test)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piitrail"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    fn piped(&self, input: &[u8], arguments: &[&str]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        Run::of(&child.wait_with_output().unwrap())
    }
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn said(&self) -> String {
        format!("{}\n{}{}", self.code, self.out, self.err)
    }

    fn is(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.said());
        for word in words {
            assert!(
                self.said().contains(word),
                "{word} is not in: {}",
                self.said()
            );
        }
    }
}

fn lines(count: usize) -> String {
    (0..count).fold(String::new(), |text, n| {
        text + &format!("{{\"number\":{n}}}\n")
    })
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_first_line_that_is_cut_off_costs_one_record_of_a_thousand() {
    let desk = Desk::new();
    desk.write("cut.jsonl", lines(1_000).replacen("0}", "0", 1));
    desk.run(&["trace", "cut.jsonl", "--store", "s"]).is(
        1,
        &["999 records", "cut.jsonl:1  not_json", "12 bytes skipped"],
    );
    desk.run(&["scan", "cut.jsonl"]).is(
        1,
        &[
            "1000 documents",
            "could not be read, not_json: not JSON, or cut off; 12 bytes skipped",
        ],
    );
    // The coverage of the map lists the damage, as it does every unreadable record.
    desk.run(&["report", "map", "--store", "s", "--format", "json"])
        .is(0, &["\"not_json\": 1"]);
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_keeps_what_was_read_and_the_files_behind_it() {
    let desk = Desk::new();
    let whole = packed(&lines(5_000));
    desk.write("1.gz", &whole[..whole.len() / 2]);
    desk.write("2.gz", [packed(&lines(3)), vec![0; 512]].concat());
    desk.write("3.jsonl", lines(7));
    std::fs::create_dir(desk.path("4.jsonl")).unwrap();
    let run = desk.run(&[
        "trace",
        "1.gz",
        "missing.jsonl",
        "2.gz",
        "3.jsonl",
        "--store",
        "s",
    ]);
    run.is(2, &["could not read 1.gz", "could not read missing.jsonl"]);
    assert!(!run.err.contains("2.gz") && !run.err.contains("3.jsonl"));
    let counted: u64 = run
        .out
        .lines()
        .find_map(|line| line.trim().split_once(" records, "))
        .unwrap()
        .0
        .parse()
        .unwrap();
    assert!((1_000..5_000).contains(&counted), "{}", run.said());
    desk.run(&["scan", "missing.jsonl", "3.jsonl", "--format", "jsonl"])
        .is(2, &["\"doc\":6", "could not read missing.jsonl"]);
}

/// Returns a payload of SQS with this many records.
fn records(count: usize) -> String {
    let record = |number| {
        format!(
            "{{\"messageId\":\"m-{number}\",\"body\":\"{{\\\"a\\\":1}}\",\"attributes\":{{}},\
             \"eventSource\":\"aws:sqs\",\"eventSourceARN\":\"arn:aws:sqs:eu-west-1:111122223333:jobs\"}}"
        )
    };
    let records: Vec<String> = (0..count).map(record).collect();
    format!("{{\"Records\":[{}]}}", records.join(","))
}

#[test]
fn a_damaged_list_of_records_counts_every_whole_record_once() {
    let desk = Desk::new();
    let whole = records(1_000);
    let cut = whole.len() - 100;
    for (name, damaged, expected) in [
        ("comma", whole.replacen("},{", "}{", 1), "1000 records"),
        ("bracket", whole.replacen("[{", "{", 1), "1000 records"),
        ("end", whole[..cut].to_owned(), "999 records"),
        (
            "record",
            whole.replacen("\"m-5\",", "\"m-5\"", 1),
            "999 records",
        ),
    ] {
        desk.write("damaged.json", &damaged);
        let store = format!("{name}.sqlite");
        let trace = ["trace", "damaged.json", "--store", &store];
        let run = desk.run(&trace);
        run.is(1, &[expected, "not_json", "skipped"]);
        desk.run(&["scan", "damaged.json"]).is(1, &["skipped"]);
        // A message is known by its id, so the whole payload adds only what was damaged.
        desk.write("whole.json", &whole);
        let again = expected.replace(" records", " counted before");
        desk.run(&["trace", "whole.json", "--store", &store])
            .is(0, &[&again]);
    }
}

#[test]
fn the_last_record_before_foreign_bytes_counts() {
    let desk = Desk::new();
    let text = lines(3);
    let gzip = packed(text.trim_end());
    desk.write("1.gz", [&gzip[..], b"rubbish"].concat());
    desk.run(&["trace", "1.gz", "--store", "1"])
        .is(2, &["3 records", "could not read 1.gz", "is not gzip"]);
    desk.write("2.jsonl", text.trim_end().to_owned() + "\0\0\0\0");
    desk.run(&["trace", "2.jsonl", "--store", "2"])
        .is(0, &["3 records"]);
    desk.write("3.jsonl", text.trim_end().to_owned() + "\0\0rubbish");
    desk.run(&["trace", "3.jsonl", "--store", "3"])
        .is(1, &["3 records", "3.jsonl:3  not_json", "9 bytes skipped"]);
}

#[test]
fn exports_without_a_suffix_are_read_by_content_and_what_is_skipped_is_said() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("export/2026/11")).unwrap();
    desk.write("export/2026/11/part-0000", lines(2));
    desk.write("export/2026/11/part-0001", packed(&lines(3)));
    desk.write("export/2026/11/part-0002", "[\n{\"a\":1}\n]");
    desk.write("export/README", "What this is");
    desk.write("export/photo", [0xff, 0xd8, 0xff, 0xe0]);
    desk.run(&["trace", "export", "--store", "s"]).is(
        0,
        &[
            "6 records",
            "2 files skipped",
            "export/README",
            "export/photo",
        ],
    );
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.write("empty/README", "What this is");
    for command in [&["trace", "empty", "--store", "s"][..], &["scan", "empty"]] {
        desk.run(command)
            .is(2, &["nothing was read", "empty/README"]);
    }
}

#[test]
fn one_file_is_one_by_whatever_name_and_another_once_it_is_written_to() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(3));
    let trace = |path: &str| desk.run(&["trace", path, "--store", "s"]);
    trace("a.jsonl").is(0, &["3 records", "0 counted before"]);
    trace("./a.jsonl").is(0, &["3 counted before"]);
    let absolute = desk.path("a.jsonl");
    trace(absolute.to_str().unwrap()).is(0, &["3 counted before"]);
    std::fs::rename(desk.path("a.jsonl"), desk.path("b.jsonl")).unwrap();
    trace("b.jsonl").is(0, &["3 counted before"]);
    // The new content has the same length at the same path, so only the modification time differs.
    std::thread::sleep(std::time::Duration::from_millis(20));
    desk.write("b.jsonl", lines(3).replace("number", "reebmn"));
    trace("b.jsonl").is(0, &["0 counted before"]);
}

#[test]
fn what_comes_through_a_pipe_is_new_each_time() {
    let desk = Desk::new();
    for number in [1, 2] {
        let input = format!("{{\"same\":1}}\n{{\"run\":{number}}}\n");
        desk.piped(input.as_bytes(), &["trace", "-", "--store", "s"])
            .is(0, &["2 records", "0 counted before"]);
    }
    desk.write("a.jsonl", lines(1));
    for before in ["0 counted before", "1 counted before"] {
        let file = std::fs::File::open(desk.path("a.jsonl")).unwrap();
        let mut command = desk.command(&["trace", "-", "--store", "s"]);
        Run::of(&command.stdin(file).output().unwrap()).is(0, &[before]);
    }
}

#[test]
fn the_exit_code_follows_the_records_and_not_the_pipe() {
    let desk = Desk::new();
    desk.write("broken.jsonl", lines(20_000) + "{\"cut\n");
    for command in [
        &["trace", "broken.jsonl", "--store", "s"][..],
        &["scan", "broken.jsonl", "--format", "jsonl"],
    ] {
        let mut child = desk
            .command(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(1), "{command:?}");
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(1));
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let mut command = desk.command(&["scan", "a.jsonl", "--format", "jsonl"]);
    Run::of(&command.stdout(full).output().unwrap()).is(2, &["could not write"]);
}

#[test]
fn whatever_is_typed_in_the_wrong_place_is_not_repeated() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(1));
    desk.write("wrong.yaml", "version: 1\nqueues:\n  - +44 7911 123456\n");
    desk.write("config.yaml", "classes:\n  off: [447911123456]\n");
    for arguments in [
        &["report", "subjects", "+44 7911 123456"][..],
        &["report", "+44 7911 123456"],
        &["+44 7911 123456"],
        &["trace", "+44 7911 123456", "--store", "s"],
        &["trace", "a.jsonl", "--447911123456"],
        &["trace", "a.jsonl", "--at", "+44 7911 123456"],
        &["scan", "a.jsonl", "--format", "+44 7911 123456"],
        &["scan", "a.jsonl", "--config", "+44 7911 123456"],
        &["scan", "a.jsonl", "--config", "config.yaml"],
        &["trace", "a.jsonl", "--topology", "wrong.yaml"],
        &["roll-up", "--days", "+44 7911 123456"],
        &["report", "map", "--store", "+44 7911 123456"],
        &["report", "map", "--from", "+44 7911 123456", "--store", "s"],
        &["topology", "show", "--on", "+44 7911 123456"],
        &[
            "subject",
            "key",
            "new",
            "--epoch",
            "+44 7911 123456",
            "--subject-key",
            "k",
        ],
        &[
            "subject",
            "key",
            "shred",
            "447911123456",
            "--subject-key",
            "k",
        ],
    ] {
        let run = desk.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.said());
        assert!(
            !run.said().contains("7911"),
            "{arguments:?}: {}",
            run.said()
        );
    }
}

#[test]
fn a_device_named_by_mistake_is_refused_and_not_read_for_ever() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(1));
    for arguments in [
        &["topology", "import", "/dev/zero", "--store", "s"][..],
        &[
            "trace",
            "a.jsonl",
            "--topology",
            "/dev/zero",
            "--store",
            "s",
        ],
        &["scan", "a.jsonl", "--config", "/dev/zero"],
        &[
            "subject",
            "id",
            "--subject-key",
            "/dev/zero",
            "--email",
            "a@shop.dev",
        ],
    ] {
        desk.run(arguments).is(2, &["/dev/zero", "larger than"]);
    }
    desk.run(&["subject", "key", "new", "--subject-key", "k"]);
    desk.piped(
        &vec![b'x'; 1 << 20],
        &["subject", "id", "--subject-key", "k", "--email", "-"],
    )
    .is(2, &["larger than"]);
}

#[cfg(unix)]
#[test]
fn keys_that_others_can_read_are_noted_and_keys_of_zeros_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::new();
    let list = ["subject", "key", "list", "--subject-key", "k"];
    desk.run(&["subject", "key", "new", "--subject-key", "k"])
        .is(0, &[]);
    assert_eq!(desk.run(&list).err, "");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(desk.path("k"), open).unwrap();
    desk.run(&list)
        .is(0, &["others on this machine", "chmod 600 k"]);
    let zeros = format!("{}=", "A".repeat(43));
    desk.write(
        "k",
        format!("{{\"epochs\":[{{\"epoch\":\"a\",\"key\":\"{zeros}\"}}]}}"),
    );
    desk.run(&list).is(2, &["all zeros"]);
}

#[test]
fn what_cannot_be_seen_or_steers_a_terminal_is_printed_as_an_escape() {
    let hidden = ['\u{9b}', '\u{202e}', '\u{200b}', '\u{3164}', '\u{e0041}'];
    let desk = Desk::new();
    for (number, sign) in hidden.into_iter().enumerate() {
        let name = format!("a{sign}{number}.jsonl");
        desk.write(
            &name,
            format!("{{\"k{sign}ey\":\"jane.doe@shop.dev\"}}\n{{\"cut\n"),
        );
        let escaped = format!("\\U{:08X}", u32::from(sign));
        let topology = format!("version: 1\nqueues:\n  \"q{escaped}\":\n    consumers: []\n");
        desk.write("topology.yaml", topology);
        desk.run(&["topology", "import", "topology.yaml", "--store", "s"])
            .is(0, &[]);
        for arguments in [
            &["scan", &name][..],
            &["scan", &name, "--format", "jsonl"],
            &["trace", &name, "--store", "s"],
            &["trace", &format!("missing{sign}"), "--store", "s"],
            &["report", "map", "--store", "s"],
            &["report", "map", "--store", "s", "--format", "json"],
            &["topology", "show", "--store", "s"],
            &["topology", "show", "--store", "s", "--format", "json"],
        ] {
            let said = desk.run(arguments).said();
            assert!(!said.contains(sign), "{arguments:?}: {said:?}");
        }
        let show = ["topology", "show", "--store", "s", "--format", "json"];
        let shown = desk.run(&show).out;
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read["resources"][0]["name"], format!("q{sign}"), "{shown}");
    }
}

#[test]
fn a_store_in_memory_says_that_it_keeps_nothing() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(1));
    for store in [":memory:", ""] {
        desk.run(&["trace", "a.jsonl", "--store", store])
            .is(0, &["keeps nothing"]);
        desk.run(&["report", "map", "--store", store])
            .is(2, &["keeps nothing"]);
    }
}

#[test]
fn input_without_a_document_is_no_success_and_leaves_no_store_behind() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("empty")).unwrap();
    for command in ["trace", "scan"] {
        let run = desk.run(&[command, "nosuch"]);
        run.is(2, &["could not read nosuch"]);
        assert!(!run.err.contains("name files"), "{}", run.err);
        assert_eq!(run.out, "");
        let run = desk.run(&[command, "empty"]);
        run.is(2, &["nothing was read", "no JSON in empty;"]);
        assert_eq!(run.out, "");
        let run = desk.piped(b"", &[command]);
        run.is(2, &["nothing was read", "no JSON in standard input;"]);
        assert_eq!(run.out, "");
    }
    assert_eq!(std::fs::read_dir(desk.0.path()).unwrap().count(), 1);
}

#[test]
fn a_store_that_cannot_be_opened_is_named_with_what_to_do() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(1));
    desk.write("blank", "");
    std::fs::create_dir(desk.path("folder")).unwrap();
    for (arguments, told) in [
        (
            ["trace", "a.jsonl", "--store", "nowhere/s"],
            "nowhere/s: its folder does not exist",
        ),
        (
            ["trace", "a.jsonl", "--store", "folder"],
            "folder: it is a folder",
        ),
        (
            ["report", "map", "--store", "nowhere"],
            "nowhere: the file does not exist",
        ),
        (
            ["report", "map", "--store", "blank"],
            "blank: the file is empty",
        ),
    ] {
        let run = desk.run(&arguments);
        run.is(2, &[told]);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}

#[test]
fn a_single_hyphen_as_output_is_standard_output() {
    let desk = Desk::new();
    desk.write("a.jsonl", lines(1));
    desk.run(&["trace", "a.jsonl", "--store", "s"]).is(0, &[]);
    let map = ["report", "map", "--store", "s", "--format", "json"];
    let run = desk.run(&[&map[..], &["-o", "-"]].concat());
    run.is(0, &[]);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(answer["report"], "map");
    assert!(!desk.path("-").exists());
}

#[test]
fn a_key_file_that_exists_is_not_replaced_by_a_new_key() {
    let desk = Desk::new();
    let new = ["subject", "key", "new", "--subject-key", "k"];
    desk.run(&new).is(0, &[]);
    let before = std::fs::read(desk.path("k")).unwrap();
    desk.run(&new)
        .is(2, &["`piitrail subject key rotate --subject-key k` adds"]);
    assert_eq!(std::fs::read(desk.path("k")).unwrap(), before);
}

#[test]
fn a_store_that_is_deleted_meanwhile_is_no_success() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["trace", "-", "--store", "s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // The first document is known to be whole when the second begins, and only then there is
    // something to store.
    input.write_all(lines(2).as_bytes()).unwrap();
    while !desk.path("s").exists() || desk.path("s").metadata().unwrap().len() == 0 {
        std::thread::yield_now();
    }
    // Waits until the store is open: the first page has been written to the file.
    std::thread::sleep(std::time::Duration::from_millis(300));
    std::fs::remove_file(desk.path("s")).unwrap();
    input.write_all(lines(10).as_bytes()).unwrap();
    drop(input);
    Run::of(&child.wait_with_output().unwrap()).is(2, &["was deleted or replaced"]);
}

#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_to_can_be_reported_on() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    /// A user id that owns no files.
    const NOBODY: u32 = 65_534;

    let desk = Desk::new();
    desk.write("a.jsonl", lines(3));
    let folder = desk.path("archive");
    std::fs::create_dir(&folder).unwrap();
    desk.run(&["trace", "a.jsonl", "--store", "archive/s"])
        .is(0, &[]);
    let set = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(desk.0.path(), 0o755);
    for mode in [0o555, 0o777] {
        set(&desk.path("archive/s"), 0o444);
        set(&folder, mode);
        let mut command = desk.command(&["report", "map", "--store", "archive/s"]);
        if folder.metadata().unwrap().uid() == 0 {
            // The root user can write to read-only files.
            command.uid(NOBODY).gid(NOBODY);
        }
        Run::of(&command.output().unwrap()).is(0, &["3"]);
        set(&folder, 0o755);
        if mode == 0o555 {
            assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        }
    }
}

#[test]
fn files_in_utf_16_and_utf_32_are_read_line_by_line() {
    let desk = Desk::new();
    let text = "{\"email\":\"ada@analytical-engines.org\"}\r\n{\"name\":\"\u{1d11e}\"}\r\n";
    let units = || text.encode_utf16();
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(units().flat_map(u16::to_le_bytes))
        .collect();
    let utf_32: Vec<u8> = [0, 0, 0xfe, 0xff]
        .into_iter()
        .chain(text.chars().flat_map(|c| u32::from(c).to_be_bytes()))
        .collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&utf_16).unwrap();
    std::fs::create_dir(desk.path("exports")).unwrap();
    desk.write("exports/a", &utf_16);
    desk.write("exports/b.jsonl", &utf_32);
    desk.write("exports/c.gz", packed.finish().unwrap());
    let scan = desk.run(&["scan", "exports", "--format", "jsonl"]);
    assert_eq!(
        (scan.code, scan.out.lines().count()),
        (0, 6),
        "{}",
        scan.out
    );
    assert_eq!(scan.out.matches("EMAIL_ADDRESS").count(), 3);
    assert!(!scan.out.contains("error"));
    let trace = desk.run(&["trace", "exports", "--store", "map.sqlite"]);
    assert_eq!(trace.code, 0, "{}{}", trace.out, trace.err);
    assert!(
        trace.out.contains("6 records, 3 with personal data"),
        "{}",
        trace.out
    );
}

#[test]
fn what_was_not_read_whole_is_said_by_scan_and_trace() {
    let desk = Desk::new();
    let armour =
        "-----BEGIN PGP MESSAGE-----\\n\\nhQEMA5b2Xh1kRzKDAQf/ZmFrZQ==\\n-----END PGP MESSAGE-----";
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let lines = format!(
        "{{\"email\":\"ada@analytical-engines.org\",\"body\":\"{armour}\"}}\n{{\"a\":{deep}}}\n{{\"b\":1}}\n"
    );
    desk.write("a.jsonl", lines);
    let scan = desk.run(&["scan", "a.jsonl", "--format", "jsonl"]);
    let lines: Vec<&str> = scan.out.lines().collect();
    assert!(
        lines[0].contains(r#""unread":["encrypted"]"#),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains("EMAIL_ADDRESS"));
    assert!(lines[1].contains(r#""unread":["depth"]"#), "{}", lines[1]);
    assert!(!lines[2].contains("unread"), "{}", lines[2]);
    let text = desk.run(&["scan", "a.jsonl"]).out;
    assert!(text.contains("not read whole, encrypted"), "{text}");
    assert!(text.contains("2 documents not read whole"), "{text}");

    let trace = desk.run(&["trace", "a.jsonl", "--store", "map.sqlite"]);
    assert!(
        trace.out.contains("2 records not read whole"),
        "{}",
        trace.out
    );
    assert!(trace.out.contains("encrypted 1 record"), "{}", trace.out);
    let map = desk.run(&["report", "map", "--store", "map.sqlite", "--format", "csv"]);
    assert!(
        map.out.contains("\"EMAIL_ADDRESS, part unread\""),
        "{}",
        map.out
    );
    assert!(map.out.contains("depth:1 encrypted:1"), "{}", map.out);
}
