//! `piitrail topology`: imports and shows the topology, which says who receives what.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::routes::Router;
use piitrail_flow::time::day_of;
use piitrail_flow::topology::Topology;

use crate::args::{self, TopologyCommand};
use crate::failure::{Ending, Failure};
use crate::input::bounded;
use crate::output::{self, Style};
use crate::store::{self, Use};

/// Imports or shows a topology.
pub(crate) async fn run(asked: args::Topology, now: Timestamp) -> Result<Ending, Failure> {
    match asked.command {
        TopologyCommand::Import {
            file,
            store: place,
            from,
        } => {
            let topology = read(&file)?;
            let store = store::open(&place.store, Use::Write).await?;
            let from = from.unwrap_or_else(|| day_of(now));
            store.put_topology(from, &topology).await?;
            let mut out = output::stdout(Style::Text);
            writeln!(
                out,
                "topology imported into {}, valid from {from}: services {}, buses {}, rules {}, queues {}, topics {}, streams {}",
                place.store,
                topology.services().len(),
                topology.buses().len(),
                topology
                    .buses()
                    .values()
                    .map(|bus| bus.rules.len())
                    .sum::<usize>(),
                topology.queues().len(),
                topology.topics().len(),
                topology.streams().len()
            )?;
            out.flush()?;
        }
        TopologyCommand::Show { store: place, on } => {
            let store = store::open(&place.store, Use::Read).await?;
            let on = on.unwrap_or_else(|| day_of(now));
            let topology = store.topology(on).await?.ok_or(Failure::NoTopology(on))?;
            let mut out = output::stdout(Style::Json);
            writeln!(out, "{}", serde_json::to_string_pretty(&topology)?)?;
            out.flush()?;
        }
    }
    Ok(Ending::Fine)
}

/// The routes of a topology file.
pub(crate) fn router_from_file(path: &Path, engine: &Arc<Engine>) -> Result<Router, Failure> {
    Ok(Router::new(&read(path)?, engine))
}

fn read(path: &Path) -> Result<Topology, Failure> {
    let text = bounded::text_of(path, bounded::TOPOLOGY_MAX)?;
    Topology::parse(&text).map_err(|source| Failure::Topology {
        path: path.to_owned(),
        source,
    })
}
