//! A payload, opened one record after the other.
//!
//! A payload of megabytes may unpack to gigabytes. So it is not opened in one go: each step opens one
//! record of the payload's own list, and its caller is done with that record before the next step.
//! What is held at a time is then bounded by the record and not by the payload, and a record that
//! reaches a bound has no neighbours that could fail with it.

use std::ops::ControlFlow;

use serde_json::value::RawValue;

use super::fields::{TopFields, first_record_source};
use super::list::{Position, each_element, next_value};
use super::opener::{Opener, Recognised, Sink, recognise};
use super::unreadable::Reason;
use super::{ENVELOPES, Envelope, Opened, RECORDS_MAX};
use crate::delivery::Arrival;

/// A payload that is being opened.
pub struct Payload<'p> {
    /// What is still to be opened: a list, and inside it the list that one of its elements is.
    open: Vec<Rest<'p>>,
    /// How the payload itself arrived.
    around: Arrival,
    /// How many records of its own list were opened.
    records: usize,
}

/// What is left of one text.
enum Rest<'p> {
    /// Bytes that were not looked at yet.
    Bytes(&'p [u8]),
    /// The records of an envelope.
    Records(Box<List<'p>>),
    /// The elements of an array that is no envelope: a payload each.
    Elements { array: &'p RawValue, next: Position },
}

/// An envelope that is opened record by record.
struct List<'p> {
    envelope: &'static dyn Envelope,
    fields: TopFields<'p>,
    text: &'p str,
    around: Arrival,
    next: Position,
}

impl<'p> Payload<'p> {
    /// A payload. `id` identifies it where it carries no id of its own (the invocation's request id;
    /// the file and line on one machine).
    pub fn new(payload: &'p [u8], id: &str) -> Self {
        Self {
            open: vec![Rest::Bytes(payload)],
            around: Arrival::unknown(id.to_owned()),
            records: 0,
        }
    }

    /// Opens the next record of the payload's list, or the payload where it is no list, and hands over
    /// what is inside, in order. Returns whether there was anything left to open.
    pub fn open_next(&mut self, sink: &mut dyn FnMut(Opened)) -> bool {
        self.step(Sink::Records(sink))
    }

    /// Hands over how the next record of the payload's list arrived, and does not open it.
    pub fn name_next(&mut self, sink: &mut dyn FnMut(Arrival)) -> bool {
        self.step(Sink::Arrivals(sink))
    }

    fn step(&mut self, sink: Sink<'_>) -> bool {
        let Some(rest) = self.open.pop() else {
            return false;
        };
        if self.records == RECORDS_MAX {
            // The other records cannot be named one by one: the payload fails as a whole.
            self.open.clear();
            Opener::new(sink).unreadable(self.around.clone(), Reason::TooLarge);
            return true;
        }
        match rest {
            Rest::Bytes(bytes) => self.begin(bytes, sink),
            Rest::Elements { array, next } => self.element(array, next, sink),
            Rest::Records(mut list) => {
                self.records += 1;
                let mut opener = Opener::at(list.next, sink);
                opener.enter(list.envelope, &list.fields, list.text, &list.around);
                if let Some(next) = opener.next() {
                    list.next = next;
                    self.open.push(Rest::Records(list));
                }
                true
            }
        }
    }

    /// Finds out what the payload is.
    fn begin(&mut self, bytes: &'p [u8], sink: Sink<'_>) -> bool {
        let around = self.around.clone();
        let Ok(text) = std::str::from_utf8(bytes) else {
            Opener::new(sink).unreadable(around, Reason::NotUtf8);
            return true;
        };
        // Some editors write a byte order mark before JSON; RFC 8259 lets a reader ignore it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.trim_start().starts_with('[') {
            return self.text(text, around, sink);
        }
        // Pipes invoke a function with an array of events, and exports are arrays of them.
        let Ok(array) = serde_json::from_str::<&RawValue>(text) else {
            Opener::new(sink).unreadable(around, Reason::NotJson);
            return true;
        };
        if !is_list_of_objects(array) {
            return self.text(text, around, sink);
        }
        // A pipe hands over the records of its source without the envelope around them.
        let fields = TopFields {
            record_source: first_record_source(array),
            records: Some(array),
            ..TopFields::default()
        };
        let next = Position::default();
        self.open
            .push(match ENVELOPES.iter().find(|e| e.recognises(&fields)) {
                Some(envelope) => Rest::Records(Box::new(List {
                    envelope: *envelope,
                    fields,
                    text,
                    around,
                    next,
                })),
                None => Rest::Elements { array, next },
            });
        self.step(sink)
    }

    /// Opens one element of an array.
    fn element(&mut self, array: &'p RawValue, at: Position, sink: Sink<'_>) -> bool {
        let Some((_, element, next)) = next_value::<&RawValue>(array, at) else {
            return self.step(sink);
        };
        self.open.push(Rest::Elements { array, next });
        let mut around = self.around.clone();
        around.id = format!("{}#{}", around.id, at.index);
        self.text(element, around, sink)
    }

    /// Opens a text, or the first of its records.
    fn text(&mut self, text: &'p str, around: Arrival, sink: Sink<'_>) -> bool {
        match recognise(text, 0) {
            Recognised::Envelope(envelope, fields) => {
                self.open.push(Rest::Records(Box::new(List {
                    envelope,
                    fields,
                    text,
                    around,
                    next: Position::default(),
                })));
                self.step(sink)
            }
            Recognised::Document(document, limit) => {
                self.records += 1;
                Opener::new(sink).deliver(around, document, limit);
                true
            }
            Recognised::Unreadable(reason) => {
                self.records += 1;
                Opener::new(sink).unreadable(around, reason);
                true
            }
        }
    }
}

/// Whether an array has elements, and all of them are objects.
fn is_list_of_objects(array: &RawValue) -> bool {
    let mut is_list_of_objects = false;
    each_element(array, |element| {
        is_list_of_objects = element.get().starts_with('{');
        if is_list_of_objects {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    is_list_of_objects
}
