//! The one door: finds the question and the format of a request, and answers.

use jiff::Timestamp;
use piitrail_flow::store::Store;

use crate::error::ReportError;
use crate::question::{Asked, QUESTIONS, subject};
use crate::render;
use crate::request::Request;

/// An answer, ready to be sent or printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer.
    pub body: String,
    /// Its media type.
    pub content_type: &'static str,
    /// In what it is not what was asked for: edges beyond the limit, months that are kept as a whole.
    /// A table says so itself.
    pub caveats: Vec<String>,
    /// Where it goes on, where it was cut at the limit.
    pub next: Option<String>,
}

/// Names of the reports there are.
pub fn names() -> Vec<&'static str> {
    QUESTIONS.iter().map(|question| question.name()).collect()
}

/// Answers a request from a store. `now` is the time of asking.
pub async fn answer(
    store: &dyn Store,
    request: &Request,
    now: Timestamp,
) -> Result<Answer, ReportError> {
    let question = QUESTIONS
        .iter()
        .find(|question| question.name() == request.report)
        .ok_or_else(|| ReportError::UnknownReport { known: names() })?;
    let format = render::by_name(request.format.as_deref().unwrap_or("json")).ok_or_else(|| {
        ReportError::UnknownFormat {
            known: render::names(),
        }
    })?;
    if let (Some(from), Some(to)) = (request.from, request.to)
        && to < from
    {
        return Err(ReportError::EmptySpan { from, to });
    }
    if request.limit == Some(0) {
        return Err(ReportError::BadLimit);
    }
    if !request.subjects.is_empty() && question.name() != subject::NAME {
        return Err(ReportError::NotAboutAPerson);
    }
    let asked = Asked {
        request,
        store,
        now,
    };
    let document = question.answer(&asked).await?;
    let body =
        format
            .render(&document, request.width)
            .ok_or_else(|| ReportError::UnknownFormat {
                known: render::names(),
            })?;
    Ok(Answer {
        body,
        content_type: format.content_type(),
        caveats: if format.shows_notes() {
            Vec::new()
        } else {
            document.caveats
        },
        next: document.next,
    })
}
