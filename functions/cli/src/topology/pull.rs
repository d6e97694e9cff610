//! `piitrail topology pull`: reads the topology from accounts into a store.

use jiff::Timestamp;

use crate::args;
use crate::failure::Failure;

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "its twin awaits")]
pub(super) async fn run(_: args::Pull, _: bool, _: Timestamp) -> Result<(), Failure> {
    Err(Failure::NoAws)
}

#[cfg(feature = "aws")]
pub(super) use with_aws::run;

#[cfg(feature = "aws")]
mod with_aws {
    use std::collections::BTreeSet;
    use std::io::{self, IsTerminal as _, Write};

    use indicatif::{ProgressBar, ProgressStyle};
    use piitrail_aws::topology::{self as accounts, Figures, Pulled, Role};
    use piitrail_flow::plural::counted;
    use piitrail_flow::topology::{AwsService, PulledPart};

    use super::super::{load, table};
    use super::{Failure, Timestamp, args};
    use crate::output::{self, Style};
    use crate::store::{self, Use};

    pub(in super::super) async fn run(
        asked: args::Pull,
        quiet: bool,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let mut out = output::stdout(Style::Text);
        let Some(place) = asked.store.filter(|_| !asked.policy) else {
            let policy = serde_json::to_string_pretty(&accounts::policy())?;
            writeln!(out, "{policy}")?;
            return Ok(out.flush()?);
        };
        let services = asked.services.as_deref().map(load::services_file);
        let services = services.transpose()?;
        let roles: Option<Vec<Role>> = asked.role.iter().map(|arn| Role::new(arn)).collect();
        let roles = roles.ok_or_else(|| Failure::OptionValue {
            command: "topology pull".to_owned(),
            option: "role".to_owned(),
            problem: "it is not the ARN of a role".to_owned(),
            expected: Role::EXPECTED.to_owned(),
        })?;
        let places =
            accounts::places_of_a_person(&roles, &asked.region, asked.endpoint_url).await?;
        let store = store::open(&place, Use::Write).await?;
        let mut asked_for: BTreeSet<AwsService> = asked.service.into_iter().collect();
        if asked_for.is_empty() {
            asked_for = AwsService::all().collect();
        }
        let bar = bar(places.len() * asked_for.len(), quiet);
        let pulled = accounts::pull(
            places,
            |_, service| asked_for.contains(&service),
            |home, service| {
                bar.set_message(format!("{home} {service}"));
                bar.inc(1);
            },
        )
        .await;
        bar.finish_and_clear();

        let Pulled {
            parts,
            figures,
            left_out,
        } = pulled;
        let mut lines = Vec::new();
        for (part, figures) in parts.iter().zip(&figures) {
            lines.push(line(part, figures));
        }
        let gaps = parts.iter().filter(|part| !part.gaps.is_empty()).count();
        let refreshed = accounts::refresh(store.as_ref(), parts, services, Vec::new(), now).await?;

        let heads = ["HOME", "SERVICE", "RESOURCES", "CALLS", "NOT READ"];
        table::rows(&mut out, heads, &lines)?;
        for one in left_out {
            writeln!(out, "left out: {}: {}", one.name, one.reason)?;
        }
        for one in refreshed.unsettled.twice {
            let names: Vec<String> = one.services.iter().map(ToString::to_string).collect();
            let name = one.end.name();
            writeln!(
                out,
                "claimed twice, so by nobody: {name}: {}",
                names.join(", ")
            )?;
        }
        for one in refreshed.unsettled.nothing {
            writeln!(
                out,
                "claims what no resource has: {}: {}",
                one.service, one.claim
            )?;
        }
        let calls = counted(figures.iter().map(|one| one.calls as u64).sum(), "call");
        let routes = counted(refreshed.topology.routes().len() as u64, "route");
        let from = refreshed.from;
        if refreshed.is_unchanged {
            writeln!(
                out,
                "{calls}, {routes}. Nothing changed; {place} says that it was read, and stays valid from {from}."
            )?;
        } else {
            writeln!(
                out,
                "{calls}, {routes}. Written to {place}, valid from {from}."
            )?;
        }
        if gaps > 0 {
            writeln!(
                out,
                "Not everything was read: {} above has a reason under NOT READ. What an earlier pull found there stays.",
                counted(gaps as u64, "line")
            )?;
        }
        Ok(out.flush()?)
    }

    fn line(part: &PulledPart, figures: &Figures) -> [String; 5] {
        [
            part.home.to_string(),
            part.service.to_string(),
            figures.resources.to_string(),
            figures.calls.to_string(),
            table::gaps(&part.gaps),
        ]
    }

    fn bar(length: usize, quiet: bool) -> ProgressBar {
        if quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed}  {msg}") {
            bar.set_style(style);
        }
        bar
    }
}
