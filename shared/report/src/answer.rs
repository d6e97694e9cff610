//! Answers a request for the report function and the command line.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::error::ReportError;
use crate::key_order;
use crate::question::Asked;
pub use crate::question::Sources;
use crate::render::{Body, Layout};
use crate::request::Request;

/// An answer, ready to be sent or printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The content of the answer.
    pub body: Body,
    /// The media type of the body.
    pub media_type: &'static str,
    /// Statements on how the answer differs from the request: edges beyond the limit, or months of
    /// which only a total is kept. Empty if the format itself shows them.
    pub caveats: Vec<String>,
    /// A description of the answer, if its format contains only rows: the question and its
    /// parameters, the days, the coverage, caveats, notes and `next`.
    pub about: Option<Value>,
    /// The `page` to request next, if there are more edges.
    pub next: Option<String>,
}

/// Answers a request from a store. `now` is the time of the request.
///
/// # Errors
/// Returns [`ReportError::Store`] if the store could not be read, and [`ReportError::Render`] if
/// the answer could not be written.
pub async fn answer<'s>(
    store: impl Into<Sources<'s>>,
    request: &Request,
    now: Timestamp,
) -> Result<Answer, ReportError> {
    let asked = Asked::new(&request.shared, store.into(), now);
    let document = request.ask.answer(&asked).await?;
    rendered(request, document, now)
}

/// Answers a request from a store within a size limit: with as many edges as fit, and `next` for
/// the others. `send` converts an answer to the form in which it is sent and returns that with its
/// size, which is at most `room`, both in bytes.
///
/// # Errors
/// Returns the errors of [`answer()`] and of `send`, and [`ReportError::TooLarge`] if the format
/// shows all edges or none, as a picture does, or if not even one edge fits.
pub async fn answer_within<'s, T, E: From<ReportError>>(
    store: impl Into<Sources<'s>>,
    request: &Request,
    now: Timestamp,
    room: usize,
    send: impl Fn(Answer) -> Result<(T, usize), E>,
) -> Result<T, E> {
    let mut asked = Asked::new(&request.shared, store.into(), now);
    let mut is_cut = false;
    loop {
        let mut document = request.ask.answer(&asked).await?;
        let rows = document.table.rows.len();
        if is_cut {
            document.caveats.push(format!(
                "the answer has only {rows} edges, because more do not fit into one response"
            ));
        }
        let (response, bytes) = send(rendered(request, document, now)?)?;
        if bytes <= room {
            return Ok(response);
        }
        if !request.format.is_cut_by_rows() || rows <= 1 {
            return Err(ReportError::TooLarge.into());
        }
        // A tenth less than would fit if all edges had the same size.
        asked.limit = (rows * (room / 10 * 9) / bytes).clamp(1, rows - 1);
        is_cut = true;
    }
}

/// Renders a document in the format of the request.
fn rendered(
    request: &Request,
    mut document: Document,
    now: Timestamp,
) -> Result<Answer, ReportError> {
    let format = request.format;
    let next = document.next.take();
    let caveats = document.caveats.clone();
    let about = format
        .is_rows_alone()
        .then(|| about(request, &mut document, now));
    let layout = Layout {
        width: request.shared.width,
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
        about,
        next,
    })
}

/// Returns the description of a document whose format contains only rows.
fn about(request: &Request, document: &mut Document, now: Timestamp) -> Value {
    let mut about: Map<String, Value> = std::mem::take(&mut document.about);
    about.extend([
        ("asked_at".to_owned(), json!(now)),
        ("format".to_owned(), json!(request.format.name())),
        ("parameters".to_owned(), json!(request.given)),
        ("caveats".to_owned(), json!(document.caveats)),
        ("notes".to_owned(), json!(document.notes)),
    ]);
    Value::Object(key_order::sorted(about))
}
