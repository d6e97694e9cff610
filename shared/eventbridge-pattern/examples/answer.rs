//! Answers cases: reads one `{"pattern": …, "event": …}` a line from standard input and prints
//! `true`, `false` or `error` for each, in order.
//!
//! ```sh
//! cargo run --release -p eventbridge-pattern --example answer < cases.jsonl
//! ```
//!
//! `error` means that the pattern is refused, or that the line is not such a case or not UTF-8. The
//! lines after it are still answered. Empty lines are skipped. Pattern and event are read from the
//! text of the line, so numbers keep their spelling. Either may also be given as a JSON string.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use eventbridge_pattern::{Event, Pattern};
use serde_json::value::RawValue;

#[derive(serde::Deserialize)]
struct Case<'a> {
    #[serde(borrow)]
    pattern: &'a RawValue,
    #[serde(borrow)]
    event: &'a RawValue,
}

fn answer(line: &[u8]) -> Result<bool, Box<dyn Error>> {
    let case: Case<'_> = serde_json::from_slice(line)?;
    let pattern = Pattern::parse(&text_of(case.pattern)?)?;
    let event_text = text_of(case.event)?;
    let event = Event::parse(event_text.as_bytes())?;
    Ok(pattern.matches(&event)?)
}

fn text_of(raw: &RawValue) -> Result<String, serde_json::Error> {
    if raw.get().starts_with('"') {
        return serde_json::from_str(raw.get());
    }
    Ok(raw.get().to_owned())
}

fn main() -> io::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match answer(&line) {
            Ok(matched) => writeln!(out, "{matched}")?,
            Err(_) => writeln!(out, "error")?,
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
