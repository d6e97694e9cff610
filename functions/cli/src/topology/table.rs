//! Prints a topology as tables: the resources, the routes between them, and what was read of accounts.

use std::io::{self, Write};

use piitrail_flow::topology::{Encrypted, Gap, ListedRoute, Readings, RouteKind, Topology};

/// The maximum width to which a column is padded. Longer text is only separated from the next
/// column.
const COLUMN_MAX: usize = 60;

/// Writes the tables.
pub(super) fn write(
    out: &mut impl Write,
    topology: &Topology,
    readings: &Readings,
) -> io::Result<()> {
    let listing = topology.listing();
    let mut resources = Vec::new();
    for one in &listing.resources {
        let name = one.name.clone().unwrap_or_else(|| "made by AWS".to_owned());
        let name = if name == one.id { String::new() } else { name };
        let home = if one.home.is_unknown() {
            String::new()
        } else {
            one.home.to_string()
        };
        resources.push([
            one.kind.to_string(),
            one.id.clone(),
            name,
            home,
            one.encryption.to_owned(),
            one.retention.clone().unwrap_or_default(),
        ]);
    }
    rows(
        out,
        [
            "KIND",
            "RESOURCE",
            "NAME IN AWS",
            "HOME",
            "ENCRYPTION",
            "KEPT",
        ],
        &resources,
    )?;
    writeln!(out)?;
    let mut routes = Vec::new();
    for one in &listing.routes {
        routes.push([
            one.from.clone(),
            format!("\u{2192} {}", one.to),
            one.kind.as_str().to_owned(),
            one.via.clone(),
            what_passes(one),
            match one.encrypted {
                Encrypted(Some(true)) => "encrypted".to_owned(),
                Encrypted(Some(false)) => "not encrypted".to_owned(),
                Encrypted(None) => "unknown".to_owned(),
            },
        ]);
    }
    rows(
        out,
        ["FROM", "TO", "ROUTE", "BY", "WHAT PASSES", "AT REST THERE"],
        &routes,
    )?;
    let mut read = Vec::new();
    for (home, service, last) in readings.iter() {
        let at = last
            .at
            .map_or_else(|| "never".to_owned(), |at| at.to_string());
        read.push([home.to_string(), service.to_string(), at, gaps(&last.gaps)]);
    }
    if read.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    rows(
        out,
        ["HOME", "SERVICE", "LAST READ WHOLE", "NOT READ"],
        &read,
    )
}

/// Returns what was not read, and why: `sqs:ListQueues denied`.
pub(super) fn gaps(gaps: &[Gap]) -> String {
    let gaps: Vec<String> = gaps
        .iter()
        .map(|gap| format!("{} {}", gap.action, gap.reason))
        .collect();
    gaps.join(", ")
}

fn what_passes(route: &ListedRoute) -> String {
    if route.disabled {
        return "nothing: disabled".to_owned();
    }
    let mut words = Vec::new();
    if matches!(route.kind, RouteKind::OnFailure | RouteKind::Redrive) {
        words.push("what fails");
    }
    if route.pattern_or_filter {
        words.push("some");
    }
    if route.transformer {
        words.push("transformed");
    }
    if route.enrichment {
        words.push("to enrich");
    }
    if words.is_empty() {
        words.push("everything");
    }
    if route.approximate {
        words.push("perhaps");
    }
    words.join(", ")
}

/// Writes rows in columns with headings. A column whose cells are all empty is left out.
pub(super) fn rows<const N: usize>(
    out: &mut impl Write,
    heads: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        let cells = cells.filter(|width| *width <= COLUMN_MAX);
        cells.max().unwrap_or(0).max(heads[column].len())
    };
    let columns: Vec<(usize, usize)> = (0..N)
        .filter(|column| rows.iter().any(|row| !row[*column].is_empty()))
        .map(|column| (column, width(column)))
        .collect();
    let heads = heads.map(ToOwned::to_owned);
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for (column, width) in &columns {
            let cell = &row[*column];
            line.push_str(cell);
            let missing = width.saturating_sub(cell.chars().count());
            line.extend(std::iter::repeat_n(' ', missing + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
