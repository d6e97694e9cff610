//! Opening one text after the other, within bounds.
//!
//! The opener hands records over to a sink, knows how deep envelopes are nested, and stops at the
//! bound on what may be held of one record.

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

/// What becomes of what is opened.
pub(super) enum Sink<'s> {
    /// Records are handed over as they are opened.
    Records(&'s mut dyn FnMut(Opened)),
    /// Only how records arrived is handed over. What they carry is not opened.
    Arrivals(&'s mut dyn FnMut(Arrival)),
}

/// What a text is.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives on the stack for a moment, once a record"
)]
pub(super) enum Recognised<'t> {
    Envelope(&'static dyn Envelope, TopFields<'t>),
    Document(Document, Option<Limit>),
    Unreadable(Reason),
}

/// Where opened records go, how deep the nesting is, and how many more bytes may be held.
pub(super) struct Opener<'s> {
    depth: usize,
    /// Where the payload's own list is to be read from; only that list is read one record at a time.
    start: Option<Position>,
    /// Where the payload's own list continues.
    next: Option<Position>,
    /// Bytes left for the current record of the payload.
    left: usize,
    /// Whether the current record was cut at the bound. Nothing more of it is handed over.
    is_cut: bool,
    sink: Sink<'s>,
}

impl<'s> Opener<'s> {
    /// An opener for a text that is no list.
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

    /// An opener for one record of the payload's own list.
    pub(super) fn at(start: Position, sink: Sink<'s>) -> Self {
        Self {
            start: Some(start),
            ..Self::new(sink)
        }
    }

    /// Where the list of records continues; `None` at its end, and where the payload is no list.
    pub(super) fn next(&self) -> Option<Position> {
        self.next
    }

    /// Whether the current envelope is the one that Lambda was invoked with. Only its records can be
    /// named in the response, and only their ids come from AWS. Ids inside a message are the sender's,
    /// and two messages may have the same.
    pub(super) fn is_outermost(&self) -> bool {
        self.depth <= 1
    }

    /// Where to begin in a list of records. Where it is the payload's own list, only one record of it
    /// is opened.
    pub(super) fn begin_list(&mut self) -> Option<Position> {
        self.start.take_if(|_| self.depth == 1)
    }

    /// Remembers where the payload's own list continues.
    pub(super) fn continue_list_at(&mut self, next: Option<Position>) {
        self.next = next;
    }

    /// Opens what may be an envelope, or delivers it as it is.
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

    /// Takes the records out of an envelope.
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

    /// Delivers a text without opening it: as JSON where it is valid JSON, as text otherwise.
    pub(super) fn deliver_text(&mut self, text: String, arrival: Arrival) {
        let document = if is_json(&text) {
            Document::Json(text)
        } else {
            Document::Text(text)
        };
        self.deliver(arrival, document, None);
    }

    /// Opens bytes that an envelope carried: gzip is unpacked, text is opened (UTF-8, and UTF-16 and
    /// UTF-32 with a byte order mark), everything else is opaque.
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

    /// Delivers an envelope that is a document itself, of which `body` is the part that its sender
    /// wrote.
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

    /// Hands over how a record arrived, where nothing else is asked for. Returns whether it was so.
    fn hands_over_arrivals(&mut self, arrival: &Arrival) -> bool {
        match &mut self.sink {
            Sink::Records(_) => false,
            Sink::Arrivals(sink) => {
                sink(arrival.clone());
                true
            }
        }
    }

    /// Hands a record over while there is room for it. The first record beyond the bound is handed
    /// over as too large.
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

    /// Whether the current record was cut at the bound on what may be held of it.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// Finds out what a text is that stands inside this many envelopes.
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
