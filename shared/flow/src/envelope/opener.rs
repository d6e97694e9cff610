//! Opens one text after the other, within bounds.
//!
//! The opener passes records to a sink, knows how deep envelopes are nested, and stops at the bound
//! on the memory for one record.

use piitrail_detect::{Unread, UnreadSet, decode_text};
use serde_json::value::RawValue;

use super::decode::{claims_json, gunzip, is_json};
use super::fields::{NotAnEnvelope, TopFields};
use super::list::Position;
use super::pointer::is_pointer;
use super::unreadable::{Reason, Unreadable};
use super::{ENVELOPES, Envelope, NESTING_MAX, Opened, RECORD_MAX};
use crate::delivery::{Arrival, Delivery, Document};
use crate::limit::Limit;

/// The receiver of opened records.
pub(super) enum Sink<'s> {
    /// Receives each record as it is opened.
    Records(&'s mut dyn FnMut(Opened)),
    /// Receives only the arrivals of records. Their content is not opened.
    Arrivals(&'s mut dyn FnMut(Arrival)),
}

/// The form of a text.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives on the stack for a moment, once a record"
)]
pub(super) enum Recognised<'t> {
    Envelope(&'static dyn Envelope, TopFields<'t>),
    Document(Document, Option<Limit>),
    Unreadable(Reason),
}

/// The sink for opened records, the nesting depth, and the number of bytes that may still be held.
pub(super) struct Opener<'s> {
    depth: usize,
    /// The position from which the payload's own list is read. Only that list is read one record at
    /// a time.
    start: Option<Position>,
    /// The position at which the payload's own list continues.
    next: Option<Position>,
    /// The number of bytes left for the current record of the payload.
    left: usize,
    /// True if the current record was cut at the bound. Nothing more of it is passed on.
    is_cut: bool,
    sink: Sink<'s>,
}

impl<'s> Opener<'s> {
    /// Creates an opener for a text that is not a list.
    pub(super) fn new(sink: Sink<'s>) -> Self {
        Self {
            depth: 0,
            start: None,
            next: None,
            left: RECORD_MAX,
            is_cut: false,
            sink,
        }
    }

    /// Creates an opener for one record of the payload's own list.
    pub(super) fn at(start: Position, sink: Sink<'s>) -> Self {
        Self {
            start: Some(start),
            ..Self::new(sink)
        }
    }

    /// Returns the position at which the list of records continues. Returns `None` at its end, or
    /// if the payload is not a list.
    pub(super) fn next(&self) -> Option<Position> {
        self.next
    }

    /// Returns true if the current envelope is the payload of the invocation. Only its records can
    /// be named in the response, and only their ids come from AWS. Ids inside a message come from
    /// its sender, and two messages may have the same.
    pub(super) fn is_outermost(&self) -> bool {
        self.depth <= 1
    }

    /// Returns the position at which to begin in the payload's own list, of which only one record
    /// is opened. Returns `None` for every other list.
    pub(super) fn begin_list(&mut self) -> Option<Position> {
        self.start.take_if(|_| self.depth == 1)
    }

    /// Keeps the position at which the payload's own list continues.
    pub(super) fn continue_list_at(&mut self, next: Option<Position>) {
        self.next = next;
    }

    /// Opens a text if it is an envelope, or delivers it as it is.
    pub(super) fn open_text(&mut self, text: &str, around: &Arrival) {
        if self.hands_over_arrivals(around) {
            return;
        }
        match recognise(text, self.depth) {
            Recognised::Envelope(envelope, fields) => self.enter(envelope, &fields, text, around),
            Recognised::Document(document, limit) => self.deliver(around.clone(), document, limit),
            Recognised::Unreadable(reason) => self.unreadable(around.clone(), reason),
        }
    }

    /// Opens the records of an envelope.
    pub(super) fn enter(
        &mut self,
        envelope: &dyn Envelope,
        fields: &TopFields<'_>,
        text: &str,
        around: &Arrival,
    ) {
        self.depth += 1;
        envelope.open(fields, text, around, self);
        self.depth -= 1;
    }

    /// Delivers a text without opening it: as JSON if it is valid JSON, as text otherwise.
    pub(super) fn deliver_text(&mut self, text: String, arrival: Arrival) {
        let document = if is_json(&text) {
            Document::Json(text)
        } else {
            Document::Text(text)
        };
        self.deliver(arrival, document, None);
    }

    /// Opens the bytes that an envelope carried. Gzip is unpacked. Text is opened (UTF-8, and
    /// UTF-16 and UTF-32 with a byte order mark). Everything else is opaque.
    pub(super) fn open_bytes(&mut self, bytes: &[u8], around: &Arrival) {
        if self.hands_over_arrivals(around) {
            return;
        }
        if bytes.starts_with(&[0x1f, 0x8b]) {
            match gunzip(bytes) {
                Ok(unpacked) => self.open_encoded(&unpacked, around),
                Err(reason) => self.unreadable(around.clone(), reason),
            }
        } else {
            self.open_encoded(bytes, around);
        }
    }

    fn open_encoded(&mut self, bytes: &[u8], around: &Arrival) {
        if let Some(text) = decode_text(bytes) {
            self.open_text(&text, around);
        } else {
            let reason = Unread::of_bytes(bytes);
            self.deliver(around.clone(), Document::Opaque(reason), None);
        }
    }

    /// Delivers an envelope as a document. `body` is the part that its sender wrote.
    pub(super) fn deliver_with_body(
        &mut self,
        arrival: Arrival,
        text: &str,
        body: Option<&RawValue>,
    ) {
        let is_elsewhere = body.is_some_and(|body| is_pointer(body.get()));
        let unread = is_elsewhere.then_some(UnreadSet::of(Unread::StoredElsewhere));
        self.deliver_unread(
            arrival,
            Document::Json(text.to_owned()),
            None,
            unread.unwrap_or_default(),
        );
    }

    pub(super) fn deliver(&mut self, arrival: Arrival, document: Document, limit: Option<Limit>) {
        self.deliver_unread(arrival, document, limit, UnreadSet::default());
    }

    fn deliver_unread(
        &mut self,
        arrival: Arrival,
        document: Document,
        limit: Option<Limit>,
        unread: UnreadSet,
    ) {
        self.hand_over(Opened::Delivery(Delivery {
            arrival,
            document,
            limit,
            unread,
        }));
    }

    pub(super) fn unreadable(&mut self, arrival: Arrival, reason: Reason) {
        self.hand_over(Opened::Unreadable(Unreadable { arrival, reason }));
    }

    /// Passes on the arrival of a record if the sink takes only arrivals. Returns true if it does.
    pub(super) fn hands_over_arrivals(&mut self, arrival: &Arrival) -> bool {
        match &mut self.sink {
            Sink::Records(_) => false,
            Sink::Arrivals(sink) => {
                sink(arrival.clone());
                true
            }
        }
    }

    /// Passes a record on if there is room for it. The first record beyond the bound is passed on
    /// as too large.
    fn hand_over(&mut self, opened: Opened) {
        let sink = match &mut self.sink {
            Sink::Records(sink) => sink,
            Sink::Arrivals(sink) => return sink(opened.into_arrival()),
        };
        if self.is_cut {
            return;
        }
        let weight = opened.weight();
        if weight <= self.left {
            self.left -= weight;
            return sink(opened);
        }
        self.is_cut = true;
        let mut arrival = opened.into_arrival();
        arrival.headers = None;
        sink(Opened::Unreadable(Unreadable {
            arrival,
            reason: Reason::TooLarge,
        }));
    }

    /// Returns true if the current record was cut at the bound on its memory.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// Recognises the form of a text that stands inside `depth` envelopes.
pub(super) fn recognise(text: &str, depth: usize) -> Recognised<'_> {
    let claims_json = claims_json(text);
    let mut limit = None;
    if text.trim_start().starts_with('{') {
        match TopFields::of(text) {
            Ok(fields) => {
                if let Some(envelope) = ENVELOPES.iter().find(|e| e.recognises(&fields)) {
                    if depth < NESTING_MAX {
                        return Recognised::Envelope(*envelope, fields);
                    }
                    limit = Some(Limit::EnvelopeNesting);
                }
            }
            Err(NotAnEnvelope::NotJson) => return Recognised::Unreadable(Reason::NotJson),
            Err(NotAnEnvelope::OtherForm) => {}
        }
    } else if claims_json && !is_json(text) {
        return Recognised::Unreadable(Reason::NotJson);
    } else if text.trim_start().is_empty() {
        return Recognised::Unreadable(Reason::Empty);
    }
    let document = if claims_json && is_pointer(text) {
        Document::Opaque(Unread::StoredElsewhere)
    } else if claims_json || is_json(text) {
        Document::Json(text.to_owned())
    } else {
        Document::Text(text.to_owned())
    };
    Recognised::Document(document, limit)
}
