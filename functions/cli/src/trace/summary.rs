//! Prints the end of `piitrail trace`: a summary, and the data classes that were seen on an edge
//! for the first time.

use std::collections::BTreeSet;
use std::io::Write as _;

use jiff::Timestamp;
use piitrail_flow::home::Home;
use piitrail_flow::plural::counted;
use piitrail_flow::store::{FirstSeen, all_pending_announcements};

use super::{Place, Run};
use crate::failure::Failure;
use crate::output::{self, Style};
use crate::store;

/// The maximum number of first-seen classes that are listed. The others are only counted.
const NEWS_LISTED: usize = 20;

impl Run<'_> {
    /// Prints the data classes that were seen on an edge for the first time. For a SQLite file this
    /// completes the announcement; for a table the roll-up sends it.
    pub(super) async fn announce(&self, store: &str) -> Result<(), Failure> {
        let is_table = store::is_table(store);
        let announcements = if is_table {
            self.outcome.announcements.clone()
        } else {
            all_pending_announcements(self.outbox, Timestamp::MAX).await?
        };
        let all: Vec<&FirstSeen> = announcements
            .iter()
            .flat_map(|announcement| &announcement.first_seen)
            .collect();
        if all.is_empty() {
            return Ok(());
        }
        let mut news: Vec<&FirstSeen> = all.clone();
        news.sort_by_key(|first| (first.class.tier(), first.to_string()));
        let mut out = output::stdout(Style::Text);
        writeln!(
            out,
            "  {} seen on an edge for the first time:",
            counted(all.len() as u64, "data class")
        )?;
        let homes = news.iter().flat_map(|first| first.edge.flow.homes());
        let homes: BTreeSet<Home> = homes.filter(|home| !home.is_unknown()).collect();
        for first in news.iter().take(NEWS_LISTED) {
            if homes.len() > 1 {
                writeln!(out, "    {first:#}")?;
            } else {
                writeln!(out, "    {first}")?;
            }
        }
        if news.len() > NEWS_LISTED {
            writeln!(out, "    and {} more", news.len() - NEWS_LISTED)?;
        }
        out.flush()?;
        drop(out);
        if !is_table {
            for announcement in &announcements {
                self.outbox.mark_announced(announcement).await?;
            }
        }
        Ok(())
    }

    /// Marks the announcements of this run as made without printing them, so that a later run does
    /// not print them either. Announcements of other runs stay pending.
    pub(super) async fn keep_silent(&self, store: &str) -> Result<(), Failure> {
        if store::is_table(store) {
            return Ok(());
        }
        for announcement in &self.outcome.announcements {
            self.outbox.mark_announced(announcement).await?;
        }
        Ok(())
    }

    pub(super) fn summarise(&self, store: &str, files: usize) -> Result<(), Failure> {
        let outcome = &self.outcome;
        let mut out = output::stdout(Style::Text);
        writeln!(
            out,
            "traced {} from {} into {store}",
            counted(self.documents, "document"),
            counted(files as u64, "file")
        )?;
        writeln!(
            out,
            "  {}, {} with personal data, {} counted before",
            counted(outcome.deliveries, "record"),
            outcome.with_findings,
            outcome.again
        )?;
        for (limit, count) in &outcome.limits {
            writeln!(
                out,
                "  limit {limit} was reached {}: {}",
                counted(*count, "time"),
                limit.consequence()
            )?;
        }
        if outcome.unread_events > 0 {
            writeln!(
                out,
                "  {} not read whole:",
                counted(outcome.unread_events, "record")
            )?;
        }
        for (reason, count) in &outcome.unread {
            writeln!(
                out,
                "    {reason} {}: {}; {}",
                counted(*count, "record"),
                reason.consequence(),
                reason.remedy()
            )?;
        }
        if self.failure_count > 0 {
            writeln!(
                out,
                "  {} could not be read or written:",
                counted(self.failure_count, "record")
            )?;
            for (Place { source, skipped }, reason) in &self.failures {
                let (name, explanation) = (reason.name(), reason.explanation());
                write!(out, "    {source}  {name}: {explanation}")?;
                if *skipped > 0 {
                    write!(out, "; {} skipped", counted(*skipped, "byte"))?;
                }
                writeln!(out)?;
            }
            let more = self.failure_count - self.failures.len() as u64;
            if more > 0 {
                writeln!(out, "    and {more} more")?;
            }
        }
        if self.skipped > 0 {
            writeln!(
                out,
                "  {} skipped where documents are damaged",
                counted(self.skipped, "byte")
            )?;
        }
        out.flush()?;
        Ok(())
    }
}
