//! Opening one text after the other, within bounds.
//!
//! The opener hands records over to a sink, knows how deep envelopes are nested, and stops at the
//! bounds on what may be held in memory.

use std::ops::ControlFlow;

use piitrail_detect::{Unread, UnreadSet, decode_text};
use serde_json::value::RawValue;

use super::decode::{claims_json, gunzip, is_json};
use super::fields::{NotAnEnvelope, TopFields, first_record_source};
use super::list::each_element;
use super::pointer::is_pointer;
use super::unreadable::{Reason, Unreadable};
use super::{ENVELOPES, Envelope, NESTING_MAX, Opened, PAYLOAD_MAX, RECORD_MAX};
use crate::delivery::{Arrival, Delivery, Document};
use crate::limit::Limit;

/// Where opened records go, how deep the nesting is, and how many more bytes may be held.
pub(super) struct Opener<'s> {
    depth: usize,
    /// Bytes left for the payload.
    left: usize,
    /// Bytes left for the current record of the payload.
    left_in_record: usize,
    /// Whether the current record was cut at a bound. Nothing more of it is handed over.
    is_cut: bool,
    sink: &'s mut dyn FnMut(Opened),
}

impl<'s> Opener<'s> {
    /// An opener for a payload of this size.
    pub(super) fn new(payload_bytes: usize, sink: &'s mut dyn FnMut(Opened)) -> Self {
        Self {
            depth: 0,
            left: payload_bytes.saturating_mul(4).saturating_add(PAYLOAD_MAX),
            left_in_record: RECORD_MAX,
            is_cut: false,
            sink,
        }
    }

    /// Whether the current envelope is the one that Lambda was invoked with. Only its records can be
    /// named in the response, and only their ids come from AWS. Ids inside a message are the sender's,
    /// and two messages may have the same.
    pub(super) fn is_outermost(&self) -> bool {
        self.depth <= 1
    }

    /// Opens what may be an envelope, or delivers it as it is.
    pub(super) fn open_text(&mut self, text: &str, around: &Arrival) {
        let claims_json = claims_json(text);
        let mut limit = None;
        if text.trim_start().starts_with('{') {
            match TopFields::of(text) {
                Ok(fields) => {
                    if let Some(envelope) = ENVELOPES.iter().find(|e| e.recognises(&fields)) {
                        if self.depth < NESTING_MAX {
                            return self.enter(*envelope, &fields, text, around);
                        }
                        limit = Some(Limit::EnvelopeNesting);
                    }
                }
                Err(NotAnEnvelope::NotJson) => {
                    return self.unreadable(around.clone(), Reason::NotJson);
                }
                Err(NotAnEnvelope::OtherForm) => {}
            }
        } else if claims_json && !is_json(text) {
            return self.unreadable(around.clone(), Reason::NotJson);
        } else if text.trim_start().is_empty() {
            return self.unreadable(around.clone(), Reason::Empty);
        }
        let document = if claims_json && is_pointer(text) {
            Document::Opaque(Unread::StoredElsewhere)
        } else if claims_json || is_json(text) {
            Document::Json(text.to_owned())
        } else {
            Document::Text(text.to_owned())
        };
        self.deliver(around.clone(), document, limit);
    }

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
    pub(super) fn deliver_text(&mut self, text: &str, arrival: Arrival) {
        let document = if is_json(text) {
            Document::Json(text.to_owned())
        } else {
            Document::Text(text.to_owned())
        };
        self.deliver(arrival, document, None);
    }

    pub(super) fn open_array(&mut self, text: &str, around: &Arrival) {
        let Ok(array) = serde_json::from_str::<&RawValue>(text) else {
            return self.unreadable(around.clone(), Reason::NotJson);
        };
        let mut is_list_of_objects = false;
        each_element(array, |element| {
            is_list_of_objects = element.get().starts_with('{');
            if is_list_of_objects {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        if !is_list_of_objects {
            return self.open_text(text, around);
        }
        // A pipe hands over the records of its source without the envelope around them.
        let fields = TopFields {
            record_source: first_record_source(array),
            records: Some(array),
            ..TopFields::default()
        };
        if let Some(envelope) = ENVELOPES.iter().find(|e| e.recognises(&fields)) {
            return self.enter(*envelope, &fields, text, around);
        }
        let mut index = 0_usize;
        each_element(array, |element| {
            let mut arrival = around.clone();
            arrival.id = format!("{}#{index}", around.id);
            index += 1;
            self.open_text(element.get(), &arrival);
            self.after_a_record(around)
        });
    }

    /// Opens bytes that an envelope carried: gzip is unpacked, text is opened (UTF-8, and UTF-16 and
    /// UTF-32 with a byte order mark), everything else is opaque.
    pub(super) fn open_bytes(&mut self, bytes: &[u8], around: &Arrival) {
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
        let carried = match &document {
            Document::Json(text) | Document::Text(text) => text.len(),
            Document::Opaque(_) => 0,
        };
        self.hand_over(
            arrival.weight() + carried,
            Opened::Delivery(Delivery {
                arrival,
                document,
                limit,
                unread,
            }),
        );
    }

    pub(super) fn unreadable(&mut self, arrival: Arrival, reason: Reason) {
        self.hand_over(
            arrival.weight(),
            Opened::Unreadable(Unreadable { arrival, reason }),
        );
    }

    /// Hands a record over while there is room for it. The first record beyond the bound is handed
    /// over as too large.
    fn hand_over(&mut self, weight: usize, opened: Opened) {
        if self.is_cut {
            return;
        }
        if weight <= self.left.min(self.left_in_record) {
            self.left -= weight;
            self.left_in_record -= weight;
            return (self.sink)(opened);
        }
        self.is_cut = true;
        let (Opened::Delivery(Delivery { mut arrival, .. })
        | Opened::Unreadable(Unreadable { mut arrival, .. })) = opened;
        arrival.headers = None;
        (self.sink)(Opened::Unreadable(Unreadable {
            arrival,
            reason: Reason::TooLarge,
        }));
    }

    /// Whether to go on after a record of a list. Inside another record, a record that was cut ends
    /// the list. In the payload itself, the next record is opened while there is room.
    pub(super) fn after_a_record(&mut self, around: &Arrival) -> ControlFlow<()> {
        if !self.is_cut {
            if self.is_outermost() {
                self.left_in_record = RECORD_MAX;
            }
            return ControlFlow::Continue(());
        }
        if !self.is_outermost() {
            return ControlFlow::Break(());
        }
        if self.left_in_record < self.left {
            self.left_in_record = RECORD_MAX;
            self.is_cut = false;
            return ControlFlow::Continue(());
        }
        // The other records cannot be named one by one: the payload fails as a whole.
        (self.sink)(Opened::Unreadable(Unreadable {
            arrival: around.clone(),
            reason: Reason::TooLarge,
        }));
        ControlFlow::Break(())
    }
}
