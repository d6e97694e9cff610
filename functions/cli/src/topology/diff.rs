//! Prints the changes between two topologies, as a table and as JSON.

use std::collections::BTreeMap;
use std::io::Write as _;

use piitrail_flow::topology::{
    Aspect, Change, Difference, Direction, ListedRoute, Route, Topology,
};
use serde::Serialize;

use super::table;
use crate::args::DiffFormat;
use crate::failure::Failure;
use crate::output::{self, Style};

/// The JSON form, for programs.
#[derive(Serialize)]
struct Listed {
    added: Vec<ListedRoute>,
    removed: Vec<ListedRoute>,
    changed: Vec<ListedChange>,
    /// The changes in the accounts that were recorded between the two.
    recorded: Vec<Change>,
}

#[derive(Serialize)]
struct ListedChange {
    before: ListedRoute,
    after: ListedRoute,
    /// The changed aspects with their direction: `{"pattern": "wider"}`.
    changes: BTreeMap<Aspect, Direction>,
}

/// Prints the changes.
pub(super) fn show(
    before: &Topology,
    after: &Topology,
    recorded: &[Change],
    format: DiffFormat,
) -> Result<(), Failure> {
    let difference = before.difference(after);
    match format {
        DiffFormat::Table => {
            let mut out = output::stdout(Style::Text);
            write(&mut out, before, after, &difference)?;
            write_recorded(&mut out, recorded)?;
            out.flush()?;
        }
        DiffFormat::Json => {
            let listed = Listed {
                added: list(after, &difference.added),
                removed: list(before, &difference.removed),
                changed: difference
                    .changed
                    .iter()
                    .map(|changed| ListedChange {
                        before: before.listed_route(&changed.before),
                        after: after.listed_route(&changed.after),
                        changes: changed.changes.clone(),
                    })
                    .collect(),
                recorded: recorded.to_vec(),
            };
            let mut out = output::stdout(Style::Json);
            writeln!(out, "{}", serde_json::to_string_pretty(&listed)?)?;
            out.flush()?;
        }
    }
    Ok(())
}

fn list(topology: &Topology, routes: &[Route]) -> Vec<ListedRoute> {
    routes
        .iter()
        .map(|route| topology.listed_route(route))
        .collect()
}

/// Writes one line for each changed route, and the number of changes.
fn write(
    out: &mut impl std::io::Write,
    before: &Topology,
    after: &Topology,
    difference: &Difference,
) -> std::io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "No route changed.");
    }
    let row = |what: &str, route: &ListedRoute, how: String| {
        [
            what.to_owned(),
            route.from.clone(),
            format!("\u{2192} {}", route.to),
            route.kind.as_str().to_owned(),
            route.via.clone(),
            how,
        ]
    };
    let mut rows = Vec::new();
    for route in &difference.added {
        rows.push(row("added", &after.listed_route(route), String::new()));
    }
    for changed in &difference.changed {
        let how: Vec<String> = changed
            .changes
            .iter()
            .map(|(aspect, direction)| format!("{} {}", aspect.as_str(), direction.as_str()))
            .collect();
        let what = if changed.widens() {
            "wider"
        } else {
            "narrower"
        };
        rows.push(row(
            what,
            &after.listed_route(&changed.after),
            how.join(", "),
        ));
    }
    for route in &difference.removed {
        rows.push(row("removed", &before.listed_route(route), String::new()));
    }
    let heads = ["WHAT", "FROM", "TO", "ROUTE", "BY", "WHAT CHANGED"];
    table::rows(out, heads, &rows)?;
    writeln!(
        out,
        "\n{} added, {} changed, {} removed",
        difference.added.len(),
        difference.changed.len(),
        difference.removed.len()
    )
}

/// Writes one line for each change that was recorded.
fn write_recorded(out: &mut impl std::io::Write, recorded: &[Change]) -> std::io::Result<()> {
    if recorded.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 4]> = recorded
        .iter()
        .map(|change| {
            [
                change.at.to_string(),
                change.action.clone().unwrap_or_default(),
                change.names.join(", "),
                change.id.clone(),
            ]
        })
        .collect();
    writeln!(out)?;
    table::rows(out, ["CHANGED AT", "ACTION", "NAMES", "ID"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_what_was_added_what_is_wider_and_what_is_gone() {
        let topology = |rule: &str| {
            let yaml = format!("{{version: 1, buses: {{shop: {{rules: [{rule}]}}}}}}");
            Topology::parse(&yaml).unwrap()
        };
        let before = topology(
            "{name: r, pattern: {source: [a]}, targets: [{queue: jobs}, {function: old}]}",
        );
        let after = topology(
            "{name: r, pattern: {source: [{prefix: ''}]}, targets: [{queue: jobs}, {service: vendor}]}",
        );
        let mut out = Vec::new();
        write(&mut out, &before, &after, &before.difference(&after)).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "WHAT     FROM  TO        ROUTE  BY  WHAT CHANGED\n\
             added    shop  \u{2192} vendor  rule   r\n\
             wider    shop  \u{2192} jobs    rule   r   pattern wider\n\
             removed  shop  \u{2192} old     rule   r\n\
             \n1 added, 1 changed, 1 removed\n"
        );
        let mut out = Vec::new();
        write(&mut out, &before, &before, &before.difference(&before)).unwrap();
        assert_eq!(out, b"No route changed.\n");
    }

    #[test]
    fn the_changes_that_were_recorded_stand_below_the_routes() {
        let change = |id: &str, action: Option<&str>, names: &[&str]| Change {
            at: "2026-11-20T10:00:00Z".parse().unwrap(),
            id: id.to_owned(),
            action: action.map(ToOwned::to_owned),
            names: names.iter().map(|&name| name.to_owned()).collect(),
        };
        let mut out = Vec::new();
        write_recorded(&mut out, &[]).unwrap();
        assert!(out.is_empty());
        let recorded = [
            change("6f0c", Some("events:PutRule"), &["orders", "shop"]),
            change("PR-42", None, &[]),
        ];
        write_recorded(&mut out, &recorded).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\nCHANGED AT            ACTION          NAMES         ID\n\
             2026-11-20T10:00:00Z  events:PutRule  orders, shop  6f0c\n\
             2026-11-20T10:00:00Z                                PR-42\n"
        );
    }
}
