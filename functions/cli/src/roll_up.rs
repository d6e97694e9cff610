//! `piitrail roll-up`: runs the scheduled step of a deployment by hand.

use std::io::Write as _;

use jiff::Timestamp;
use piitrail_flow::plural::counted;
use piitrail_flow::store::Retention;

use crate::args;
use crate::failure::{Ending, Failure};
use crate::output::{self, Style};
use crate::store::{self, Use};

/// Rolls up a store.
pub(crate) async fn run(
    roll_up: args::RollUp,
    quiet: bool,
    now: Timestamp,
) -> Result<Ending, Failure> {
    let keep = Retention {
        days: roll_up.days,
        months: roll_up.months,
    };
    let store = store::open(&roll_up.store.store, Use::Change).await?;
    let rolled = store.roll_up(now, &keep).await?;
    if !quiet {
        let mut out = output::stdout(Style::Text);
        writeln!(
            out,
            "rolled up {}: days are kept from {} on, months from {} on",
            roll_up.store.store,
            keep.first_day(now),
            keep.first_month(now).strftime("%Y-%m")
        )?;
        if !store::is_table(&roll_up.store.store) {
            writeln!(
                out,
                "  {} merged into months, {} deleted",
                counted(rolled.days_merged, "day"),
                counted(rolled.months_deleted, "month")
            )?;
        }
        if let Some(through) = rolled.through {
            writeln!(
                out,
                "  {} merged; everything written up to {through} is included",
                counted(rolled.batches, "batch")
            )?;
        } else if store::is_table(&roll_up.store.store) {
            writeln!(
                out,
                "  no batch is complete yet; run the command again in half an hour to merge what was written until now"
            )?;
        }
    }
    Ok(Ending::Fine)
}
