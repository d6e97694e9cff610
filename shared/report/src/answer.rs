//! Answers a request. The report function and the command line both call [`answer`].

use jiff::Timestamp;
use piitrail_flow::store::Store;

use crate::error::ReportError;
use crate::question::Asked;
use crate::render::{Body, Layout};
use crate::request::Request;

/// An answer, ready to be sent or printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was answered.
    pub body: Body,
    /// Its media type.
    pub media_type: &'static str,
    /// How the answer differs from the request: edges beyond the limit, months of which only a total
    /// is kept. Empty where the format itself shows this.
    pub caveats: Vec<String>,
    /// The `page` to ask for next, where there are more edges.
    pub next: Option<String>,
}

/// Answers a request from a store. `now` is the time of asking.
///
/// # Errors
/// [`ReportError::Store`] where the store could not be read, and [`ReportError::Render`] where the
/// answer could not be written.
pub async fn answer(
    store: &dyn Store,
    request: &Request,
    now: Timestamp,
) -> Result<Answer, ReportError> {
    let asked = Asked {
        common: &request.common,
        store,
        now,
    };
    let mut document = request.ask.answer(&asked).await?;
    let format = request.format;
    let next = document.next.take();
    let caveats = document.caveats.clone();
    let layout = Layout {
        width: request.common.width,
    };
    let body = format
        .render(document, layout)
        .map_err(|source| ReportError::Render {
            format: format.name(),
            source,
        })?;
    Ok(Answer {
        body,
        media_type: format.media_type(),
        caveats: if format.shows_notes() {
            Vec::new()
        } else {
            caveats
        },
        next,
    })
}
