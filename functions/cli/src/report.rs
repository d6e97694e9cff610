//! `piitrail report`: the report function's answers, on one machine.

use std::io::{IsTerminal as _, Write as _};

use jiff::Timestamp;
use piitrail_report::{Filters, Request};

use crate::failure::Failure;
use crate::store::{self, Use};
use crate::{args, colour, subject};

/// Prints an answer.
pub(crate) async fn run(asked: args::Report, now: Timestamp) -> Result<bool, Failure> {
    let is_about_a_person = asked.name == "subject" || asked.person.names_anyone();
    let subjects = if is_about_a_person {
        subject::ids(&asked.person)?
    } else {
        Vec::new()
    };
    let store = store::open(&asked.store.store, Use::Read).await?;
    let to_terminal = asked.output.is_none() && std::io::stdout().is_terminal();
    let request = Request {
        report: asked.name,
        format: Some(asked.format),
        from: asked.from,
        to: asked.to,
        filters: Filters {
            producer: asked.producer,
            consumer: asked.consumer,
            channel: asked.channel,
            event_type: asked.event_type,
            class: asked.class,
            tier: asked.tier,
        },
        subjects,
        without_people: asked.without_people,
        limit: asked.limit,
        page: asked.page,
        width: if to_terminal {
            terminal_size::terminal_size().map(|(width, _)| width.0)
        } else {
            None
        },
    };
    let answer = piitrail_report::answer(store.as_ref(), &request, now).await?;
    for caveat in &answer.caveats {
        writeln!(std::io::stderr(), "note: {caveat}")?;
    }
    if let Some(path) = asked.output {
        std::fs::write(path, answer.body)?;
        return Ok(true);
    }
    let is_for_people = answer.content_type.starts_with("text/plain");
    let body = if is_for_people && colour::is_wanted() {
        colour::classes(&answer.body)
    } else {
        answer.body
    };
    std::io::stdout().lock().write_all(body.as_bytes())?;
    Ok(true)
}
