//! `piitrail scan`: findings only, nothing kept.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Engine, Finding, Scan};
use piitrail_flow::plural::counted;
use serde::Serialize;

use crate::args::{self, ScanFormat};
use crate::failure::Failure;
use crate::input::{Documents, Input, Source};
use crate::pointer::{Missing, Pointer};
use crate::{colour, detection, progress, trace};

/// A line of `--format jsonl`.
#[derive(Serialize)]
struct Line<'s> {
    /// The document's number over all input, from 0.
    doc: u64,
    /// Where it begins: `file:line`.
    src: String,
    findings: Vec<FindingLine<'s>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    limits: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// A finding in the order of the command line's description.
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

/// Scans input and prints what is found. Whether every document was read.
pub(crate) fn run(scan: &args::Scan, quiet: bool, now: Timestamp) -> Result<bool, Failure> {
    let files = trace::inputs(&scan.input.paths)?;
    let pointer = Pointer::parse(scan.input.at.as_deref())?;
    let engine = detection::engine(&scan.detection, now)?;
    let bar = progress::over(&files, quiet);
    let advance = |read| bar.inc(read);

    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut totals = Totals::default();
    let coloured = colour::is_wanted();
    for file in &files {
        for document in Documents::open(file, &advance)? {
            let (source, document) = document?;
            let result = scan_one(&engine, &document, &pointer);
            match scan.format {
                ScanFormat::Jsonl => print_line(&mut out, totals.documents, &source, &result)?,
                ScanFormat::Text => print_text(&mut out, &source, &result, coloured)?,
            }
            totals.add(&result);
        }
    }
    bar.finish_and_clear();
    if scan.format == ScanFormat::Text && !quiet {
        totals.print(&mut out)?;
    }
    out.flush()?;
    Ok(totals.failed == 0)
}

fn scan_one(engine: &Engine, document: &Input, pointer: &Pointer) -> Result<Scan, &'static str> {
    let Input::Document(document) = document else {
        return Err("too_large");
    };
    let payload = pointer.pick(document).map_err(|missing| match missing {
        Missing::NotJson => "not_json",
        Missing::Nothing => "nothing_at_pointer",
    })?;
    if let Ok(scan) = engine.scan_json(payload) {
        return Ok(scan);
    }
    // What begins like JSON and is not was cut off or damaged; everything else is text.
    if payload.trim_ascii_start().starts_with(b"{") {
        return Err("not_json");
    }
    std::str::from_utf8(payload)
        .map(|text| engine.scan_text(text))
        .map_err(|_| "not_utf8")
}

fn print_line(
    out: &mut impl Write,
    doc: u64,
    source: &Source,
    result: &Result<Scan, &'static str>,
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
        error: result.as_ref().err().copied(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")?;
    Ok(())
}

fn print_text(
    out: &mut impl Write,
    source: &Source,
    result: &Result<Scan, &'static str>,
    coloured: bool,
) -> Result<(), Failure> {
    let scan = match result {
        Err(reason) => return Ok(writeln!(out, "{source}\n  could not be read: {reason}")?),
        Ok(scan) if scan.findings.is_empty() && scan.limits.is_empty() => return Ok(()),
        Ok(scan) => scan,
    };
    writeln!(out, "{source}")?;
    for finding in &scan.findings {
        let class = format!("{:<26}", finding.class.name());
        write!(
            out,
            "  {} {:<12} {:>3}%  {}",
            if coloured {
                colour::classes(&class)
            } else {
                class
            },
            finding.class.tier(),
            finding.confidence,
            finding.path
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
    Ok(())
}

#[derive(Default)]
struct Totals {
    documents: u64,
    with_findings: u64,
    failed: u64,
    classes: BTreeMap<DataClass, u64>,
}

impl Totals {
    fn add(&mut self, result: &Result<Scan, &'static str>) {
        self.documents += 1;
        match result {
            Err(_) => self.failed += 1,
            Ok(scan) => {
                self.with_findings += u64::from(!scan.findings.is_empty());
                for finding in &scan.findings {
                    *self.classes.entry(finding.class).or_default() += 1;
                }
            }
        }
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        writeln!(
            out,
            "{}, {} with personal data, {} that could not be read",
            counted(self.documents, "document"),
            self.with_findings,
            self.failed
        )?;
        let mut classes: Vec<(&DataClass, &u64)> = self.classes.iter().collect();
        classes.sort_by_key(|(class, count)| (std::cmp::Reverse(**count), **class));
        for (class, count) in classes {
            writeln!(out, "  {count:>8}  {:<26} {}", class.name(), class.tier())?;
        }
        Ok(())
    }
}
