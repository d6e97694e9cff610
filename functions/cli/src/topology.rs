//! `piitrail topology`: pulls, imports, shows and compares topologies, which say who receives what.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::home::Home;
use piitrail_flow::routes::Router;
use piitrail_flow::store::KeptTopology;
use piitrail_flow::time::{Day, day_of};
use piitrail_flow::topology::{Change, Listing, Readings, Topology};
use serde::Serialize;

use crate::args::{self, DEFAULT_STORE, TopologyCommand, TopologyFormat};
use crate::failure::{Ending, Failure};
use crate::output::{self, Style};
use crate::store::{self, Use};

mod diff;
mod load;
mod pull;
mod table;

use load::{Loaded, load};

impl args::TopologyFiles {
    fn load(&self, files: &[PathBuf]) -> Result<Loaded, Failure> {
        let home = Home {
            account: self.account,
            region: self.region,
        };
        load(files, self.services.as_deref(), home)
    }
}

/// Runs a command about the topology.
pub(crate) async fn run(
    asked: args::Topology,
    quiet: bool,
    now: Timestamp,
) -> Result<Ending, Failure> {
    match asked.command {
        TopologyCommand::Import {
            files,
            reading,
            store,
            from,
            change,
        } => {
            let loaded = reading.load(&files)?;
            let mut out = output::stdout(Style::Text);
            describe(&mut out, &loaded)?;
            if let Some(place) = store {
                let from = from.unwrap_or_else(|| day_of(now));
                let change = change.map(|id| Change {
                    at: now,
                    id,
                    action: None,
                    names: Vec::new(),
                });
                let said = keep(loaded.topology, &place, from, change).await?;
                writeln!(out, "{said}")?;
            } else {
                writeln!(
                    out,
                    "Nothing was written. `--store FILE` writes it to a store; `piitrail topology show` shows it whole."
                )?;
            }
            out.flush()?;
        }
        TopologyCommand::Pull(asked) => pull::run(asked, quiet, now).await?,
        TopologyCommand::Show {
            files,
            reading,
            store: place,
            on,
            format,
        } => {
            let mut readings = Readings::default();
            let topology = if files.is_empty() {
                let place = place.as_deref().unwrap_or(DEFAULT_STORE);
                let store = store::open(place, Use::Read).await?;
                let on = on.unwrap_or_else(|| day_of(now));
                readings = store.readings().await?;
                store.topology(on).await?.ok_or(Failure::NoTopology(on))?
            } else {
                let loaded = reading.load(&files)?;
                if !quiet {
                    loaded.say_what_is_missing()?;
                }
                loaded.topology
            };
            show(&topology, &readings, format)?;
        }
        TopologyCommand::Diff {
            before,
            after,
            reading,
            store: place,
            format,
        } => {
            let (before, after) = (Named::of(before), Named::of(after));
            let unused = match (&before, &after) {
                (Named::File(_), Named::File(_)) => place.as_ref().map(|_| "--store"),
                (Named::Day(_), Named::Day(_)) => reading.given(),
                _ => None,
            };
            if let Some(option) = unused {
                return Err(Failure::UnusedOption {
                    option,
                    command: "topology diff",
                    reason: match &before {
                        Named::File(_) => "compares two files, and reads no store",
                        Named::Day(_) => "compares two days of the store, and reads no file",
                    },
                });
            }
            let place = place.as_deref().unwrap_or(DEFAULT_STORE);
            let before = side(before, &reading, place, quiet).await?;
            let after = side(after, &reading, place, quiet).await?;
            let recorded = match (before.on, after.on) {
                (Some(after), Some(until)) => {
                    let store = store::open(place, Use::Read).await?;
                    store.topology_changes(after, until).await?
                }
                _ => after.topology.changes().to_vec(),
            };
            diff::show(&before.topology, &after.topology, &recorded, format)?;
        }
    }
    Ok(Ending::Fine)
}

/// Keeps a topology that holds from a day on. Returns what to say about it.
async fn keep(
    topology: Topology,
    place: &str,
    from: Day,
    change: Option<Change>,
) -> Result<String, Failure> {
    let store = store::open(place, Use::Write).await?;
    let mut changes = topology.changes().to_vec();
    changes.extend(change);
    let before = store.kept_topology(from).await?;
    let since = before.as_ref().map(|kept| kept.from);
    let kept = KeptTopology::following(before, topology, from, changes);
    store.put_topology(kept.from, &kept.topology).await?;
    Ok(match since {
        Some(since) if since == kept.from && since != from => {
            format!("Nothing changed: {place} has this topology, valid from {since}.")
        }
        _ => format!("Written to {place}, valid from {from}."),
    })
}

/// One side of a comparison.
struct Side {
    /// The day, if it is the topology that the store keeps for one.
    on: Option<Day>,
    topology: Topology,
}

/// What names one side of a comparison: a day of the store, or a file if there is one of that name.
enum Named {
    Day(Day),
    File(PathBuf),
}

impl Named {
    fn of(text: String) -> Self {
        match text.parse() {
            Ok(day) if !Path::new(&text).exists() => Self::Day(day),
            _ => Self::File(text.into()),
        }
    }
}

async fn side(
    named: Named,
    reading: &args::TopologyFiles,
    place: &str,
    quiet: bool,
) -> Result<Side, Failure> {
    let day = match named {
        Named::Day(day) => day,
        Named::File(path) => {
            let loaded = reading.load(&[path])?;
            if !quiet {
                loaded.say_what_is_missing()?;
            }
            return Ok(Side {
                on: None,
                topology: loaded.topology,
            });
        }
    };
    let store = store::open(place, Use::Read).await?;
    let topology = store.topology(day).await?;
    Ok(Side {
        on: Some(day),
        topology: topology.ok_or(Failure::NoTopology(day))?,
    })
}

/// Prints the forms that were recognised, the number of resources, and what was not understood.
fn describe(out: &mut impl io::Write, loaded: &Loaded) -> io::Result<()> {
    for (file, form) in &loaded.recognised {
        writeln!(out, "{file}: {form}")?;
    }
    let topology = &loaded.topology;
    let buses = topology.buses().values();
    let counts = [
        ("services", topology.services().len()),
        ("buses", topology.buses().len()),
        ("rules", buses.map(|bus| bus.rules.len()).sum()),
        ("queues", topology.queues().len()),
        ("topics", topology.topics().len()),
        (
            "streams",
            topology.streams().len() + topology.tables().len(),
        ),
        ("pipes", topology.pipes().len()),
        ("routes", topology.routes().len()),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    let counts = if counts.is_empty() {
        "no resources".to_owned()
    } else {
        counts.join(", ")
    };
    writeln!(out, "{counts}")?;
    if !loaded.notes.is_empty() {
        writeln!(out, "Not understood, or left out:")?;
        for note in &loaded.notes {
            writeln!(out, "  {note}")?;
        }
    }
    if loaded.notes_not_kept > 0 {
        writeln!(out, "  and {} more", loaded.notes_not_kept)?;
    }
    Ok(())
}

/// The resources and routes, and what was read from accounts, for programs.
#[derive(Serialize)]
struct Shown<'r> {
    #[serde(flatten)]
    listing: Listing,
    #[serde(skip_serializing_if = "Readings::is_empty")]
    read: &'r Readings,
}

fn show(topology: &Topology, read: &Readings, format: TopologyFormat) -> Result<(), Failure> {
    match format {
        TopologyFormat::Table => {
            let mut out = output::stdout(Style::Text);
            table::write(&mut out, topology, read)?;
            out.flush()?;
        }
        TopologyFormat::Json => {
            let mut out = output::stdout(Style::Json);
            let listing = topology.listing();
            let shown = serde_json::to_string_pretty(&Shown { listing, read })?;
            writeln!(out, "{shown}")?;
            out.flush()?;
        }
        TopologyFormat::Yaml => {
            // Printed as data, so that names are not escaped and the file can be read back.
            let mut out = output::stdout(Style::Data);
            out.write_all(yaml(topology)?.as_bytes())?;
            out.flush()?;
        }
    }
    Ok(())
}

fn yaml(topology: &Topology) -> Result<String, Failure> {
    serde_saphyr::to_string(topology).map_err(Failure::Yaml)
}

/// Builds a router from topology files and templates.
pub(crate) fn router_from_files(
    files: &[PathBuf],
    reading: &args::TopologyFiles,
    quiet: bool,
    engine: &Arc<Engine>,
) -> Result<Router, Failure> {
    let loaded = reading.load(files)?;
    if !quiet {
        loaded.say_what_is_missing()?;
    }
    Ok(Router::new(&loaded.topology, engine))
}

#[cfg(test)]
mod tests;
