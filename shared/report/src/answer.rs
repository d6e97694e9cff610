//! Answers a request. The report function and the command line both call [`answer`].

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::error::ReportError;
use crate::question::Asked;
pub use crate::question::Sources;
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
    /// What describes the answer, where its format holds rows alone: the question and its parameters,
    /// the days, the coverage, caveats, notes and `next`.
    pub about: Option<Value>,
    /// The `page` to ask for next, where there are more edges.
    pub next: Option<String>,
}

/// Answers a request from a store. `now` is the time of asking.
///
/// # Errors
/// [`ReportError::Store`] where the store could not be read, and [`ReportError::Render`] where the
/// answer could not be written.
pub async fn answer<'s>(
    store: impl Into<Sources<'s>>,
    request: &Request,
    now: Timestamp,
) -> Result<Answer, ReportError> {
    let asked = Asked::new(&request.shared, store.into(), now);
    let document = request.ask.answer(&asked).await?;
    rendered(request, document, now)
}

/// Answers a request from a store with an answer that fits: as many of the edges as there is room for,
/// and `next` for the others. `send` gives an answer the form in which it is sent and says how many bytes
/// that has, of which there may be `room`.
///
/// # Errors
/// Those of [`answer()`], those of `send`, and [`ReportError::TooLarge`] where the format shows all edges
/// or none, as a picture does, or where not even one edge fits.
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
        // A tenth less than would fit if all edges were of one size.
        asked.limit = (rows * (room / 10 * 9) / bytes).clamp(1, rows - 1);
        is_cut = true;
    }
}

/// A document in the format of the request.
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

/// What describes a document whose format holds its rows alone.
fn about(request: &Request, document: &mut Document, now: Timestamp) -> Value {
    let mut about: Map<String, Value> = std::mem::take(&mut document.about);
    about.extend([
        ("asked_at".to_owned(), json!(now)),
        ("format".to_owned(), json!(request.format.name())),
        ("parameters".to_owned(), json!(request.given)),
        ("caveats".to_owned(), json!(document.caveats)),
        ("notes".to_owned(), json!(document.notes)),
    ]);
    Value::Object(about)
}
