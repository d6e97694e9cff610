//! `piitrail scan`: prints findings and stores nothing.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;
use piitrail_detect::{
    Confidence, DataClass, Engine, Finding, Scan, Unread, UnreadSet, decode_text,
};
use piitrail_flow::envelope::Reason;
use piitrail_flow::plural::counted;
use serde::Serialize;

use crate::args::{self, ScanFormat};
use crate::failure::{Ending, Failure};
use crate::input::{Documents, Found, Input, Listing, Source};
use crate::output::{self, Printer, Style};
use crate::pointer::{Missing, Pointer};
use crate::{detection, progress};

/// A line of `--format jsonl`.
#[derive(Serialize)]
struct Line<'s> {
    /// The number of the document in the whole input, from 0.
    doc: u64,
    /// The position at which the document begins: `file:line`.
    src: String,
    findings: Vec<FindingLine<'s>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    limits: BTreeMap<&'static str, u64>,
    /// The reasons parts of the document were not read. Empty if it was read whole.
    #[serde(skip_serializing_if = "UnreadSet::is_empty")]
    unread: UnreadSet,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// The number of damaged bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<u64>,
}

/// A finding, with its fields in the order that the documentation gives.
#[derive(Serialize)]
struct FindingLine<'s> {
    path: &'s str,
    #[serde(serialize_with = "DataClass::serialize_name")]
    class: DataClass,
    start: u32,
    end: u32,
    confidence: Confidence,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<&'static str>,
}

impl<'s> From<&'s Finding> for FindingLine<'s> {
    fn from(finding: &'s Finding) -> Self {
        Self {
            path: finding.path.as_str(),
            class: finding.class,
            start: finding.start,
            end: finding.end,
            confidence: finding.confidence,
            marks: finding.marks.names().collect(),
        }
    }
}

/// The reason a document has no result.
#[derive(Clone, Copy)]
struct Unscanned {
    reason: &'static str,
    /// The reason in words.
    explanation: &'static str,
    /// The number of bytes that were skipped to find the next document.
    skipped: u64,
}

impl From<Reason> for Unscanned {
    fn from(reason: Reason) -> Self {
        Self {
            reason: reason.name(),
            explanation: reason.explanation(),
            skipped: 0,
        }
    }
}

impl From<Missing> for Unscanned {
    fn from(missing: Missing) -> Self {
        Self {
            reason: missing.name(),
            explanation: missing.explanation(),
            skipped: 0,
        }
    }
}

/// Scans the input and prints the findings.
pub(crate) fn run(scan: &args::Scan, quiet: bool, now: Timestamp) -> Result<Ending, Failure> {
    let Listing { files, mut unread } = Listing::of(&scan.input.paths)?;
    let pointer = &scan.input.at;
    let engine = detection::engine(&scan.detection, now)?;
    let bar = progress::over(&files, quiet);
    let advance = |read| bar.inc(read);

    let mut out = output::stdout(match scan.format {
        ScanFormat::Jsonl => Style::Json,
        ScanFormat::Text => Style::Text,
    });
    let mut totals = Totals::default();
    for file in &files {
        for document in Documents::of(file, &advance) {
            let Found { source, input, .. } = match document {
                Ok(found) => found,
                Err(error) => {
                    unread.failed.push(error);
                    continue;
                }
            };
            let result = scan_one(&engine, &input, pointer);
            match scan.format {
                ScanFormat::Jsonl => print_line(&mut out, totals.documents, &source, &result)?,
                ScanFormat::Text => print_text(&mut out, &source, &result)?,
            }
            totals.add(&result);
        }
    }
    bar.finish_and_clear();
    if totals.documents > 0 && scan.format == ScanFormat::Text && !quiet {
        totals.print(&mut out)?;
    }
    out.flush()?;
    unread.print(&mut output::stderr(), quiet)?;
    if totals.documents == 0 {
        return unread.of_nothing(scan.input.paths.clone());
    }
    Ok(unread.ending(totals.failed))
}

fn scan_one(engine: &Engine, document: &Input, pointer: &Pointer) -> Result<Scan, Unscanned> {
    let document = match document {
        Input::Document(document) => document,
        Input::TooLarge => return Err(Reason::TooLarge.into()),
        Input::Damaged { bytes } => {
            return Err(Unscanned {
                skipped: *bytes,
                ..Reason::NotJson.into()
            });
        }
    };
    let payload = pointer.pick(document)?;
    if let Ok(scan) = engine.scan_json(payload) {
        return Ok(scan);
    }
    // A payload that begins like a JSON object but is not JSON was cut off or damaged. Everything
    // else is text.
    if payload.trim_ascii_start().starts_with(b"{") {
        return Err(Reason::NotJson.into());
    }
    decode_text(payload)
        .map(|text| engine.scan_text(&text))
        .ok_or_else(|| Reason::NotUtf8.into())
}

fn print_line(
    out: &mut impl Write,
    doc: u64,
    source: &Source,
    result: &Result<Scan, Unscanned>,
) -> Result<(), Failure> {
    let line = Line {
        doc,
        src: source.to_string(),
        findings: result
            .iter()
            .flat_map(|scan| &scan.findings)
            .map(FindingLine::from)
            .collect(),
        limits: result.as_ref().map_or_else(
            |_| BTreeMap::new(),
            |scan| {
                scan.limits
                    .iter()
                    .map(|(limit, count)| (limit.name(), u64::from(count)))
                    .collect()
            },
        ),
        unread: result
            .as_ref()
            .map_or_else(|_| UnreadSet::default(), |scan| scan.unread),
        error: result.as_ref().err().map(|failed| failed.reason),
        skipped: result
            .as_ref()
            .err()
            .map(|failed| failed.skipped)
            .filter(|skipped| *skipped > 0),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// The width of the column of data classes, in characters.
const CLASS_WIDTH: usize = 26;

fn print_text<W: Write>(
    out: &mut Printer<W>,
    source: &Source,
    result: &Result<Scan, Unscanned>,
) -> Result<(), Failure> {
    let scan = match result {
        Err(Unscanned {
            reason,
            explanation,
            skipped,
        }) => {
            write!(
                out,
                "{source}\n  could not be read, {reason}: {explanation}"
            )?;
            if *skipped > 0 {
                write!(out, "; {} skipped", counted(*skipped, "byte"))?;
            }
            return Ok(writeln!(out)?);
        }
        Ok(scan)
            if scan.findings.is_empty() && scan.limits.is_empty() && scan.unread.is_empty() =>
        {
            return Ok(());
        }
        Ok(scan) => scan,
    };
    writeln!(out, "{source}")?;
    for finding in &scan.findings {
        let (name, tier) = (finding.class.name(), finding.class.tier());
        write!(out, "  ")?;
        out.paint(name, tier);
        let padding = CLASS_WIDTH.saturating_sub(name.len());
        write!(
            out,
            "{:padding$} {tier:<12} {:>3}%  {}",
            "", finding.confidence, finding.path
        )?;
        for mark in finding.marks.names() {
            write!(out, "  ({})", mark.replace('_', " "))?;
        }
        writeln!(out)?;
    }
    for (limit, count) in scan.limits.iter() {
        let times = counted(u64::from(count), "time");
        writeln!(
            out,
            "  limit {} was reached {times}: {}",
            limit.name(),
            limit.consequence()
        )?;
    }
    // Limits are among the reasons too, but were printed above.
    for reason in scan.unread.iter() {
        if !matches!(reason, Unread::Limit(_)) {
            let (name, consequence) = (reason.name(), reason.consequence());
            writeln!(
                out,
                "  not read whole, {name}: {consequence}; {}",
                reason.remedy()
            )?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Totals {
    documents: u64,
    with_findings: u64,
    unread: u64,
    failed: u64,
    skipped: u64,
    classes: BTreeMap<DataClass, u64>,
}

impl Totals {
    fn add(&mut self, result: &Result<Scan, Unscanned>) {
        self.documents += 1;
        match result {
            Err(failed) => {
                self.failed += 1;
                self.skipped += failed.skipped;
            }
            Ok(scan) => {
                self.with_findings += u64::from(!scan.findings.is_empty());
                self.unread += u64::from(!scan.unread.is_empty());
                for finding in &scan.findings {
                    *self.classes.entry(finding.class).or_default() += 1;
                }
            }
        }
    }

    fn print<W: Write>(&self, out: &mut Printer<W>) -> Result<(), Failure> {
        writeln!(
            out,
            "{}, {} with personal data, {} that could not be read",
            counted(self.documents, "document"),
            self.with_findings,
            self.failed
        )?;
        if self.unread > 0 {
            writeln!(
                out,
                "{} not read whole: the absence of a finding there proves nothing",
                counted(self.unread, "document")
            )?;
        }
        if self.skipped > 0 {
            writeln!(
                out,
                "{} skipped where documents are damaged",
                counted(self.skipped, "byte")
            )?;
        }
        let mut classes: Vec<(&DataClass, &u64)> = self.classes.iter().collect();
        classes.sort_by_key(|(class, count)| (std::cmp::Reverse(**count), **class));
        for (class, count) in classes {
            write!(out, "  {count:>8}  ")?;
            out.paint(class.name(), class.tier());
            let padding = CLASS_WIDTH.saturating_sub(class.name().len());
            writeln!(out, "{:padding$} {}", "", class.tier())?;
        }
        Ok(())
    }
}
