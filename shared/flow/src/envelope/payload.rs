//! Opens a payload one record after the other.
//!
//! A payload of megabytes may unpack to gigabytes. So each step opens one record of the payload's
//! own list, and the caller is done with that record before the next step. The memory is then
//! bounded by the record and not by the payload, and a record that reaches a bound does not make
//! others fail.

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
    /// The rest that is still to be opened: a list, and inside it the list in one of its elements.
    open: Vec<Rest<'p>>,
    /// The arrival of the payload itself.
    around: Arrival,
    /// The number of records of its own list that were opened.
    records: usize,
}

/// The rest of one text.
enum Rest<'p> {
    /// Bytes that were not read yet.
    Bytes(&'p [u8]),
    /// The records of an envelope.
    Records(Box<List<'p>>),
    /// The elements of an array that is not an envelope. Each is opened like a payload.
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
    /// Creates a payload. `id` identifies it if it contains no id. It is the invocation's request
    /// id, or the file and line on one machine.
    pub fn new(payload: &'p [u8], id: &str) -> Self {
        Self {
            open: vec![Rest::Bytes(payload)],
            around: Arrival::unknown(id.to_owned()),
            records: 0,
        }
    }

    /// Opens the next record of the payload's list, or the whole payload if it is not a list.
    /// Passes its content to `sink`, in order. Returns true if there was anything left to open.
    pub fn open_next(&mut self, sink: &mut dyn FnMut(Opened)) -> bool {
        self.step(Sink::Records(sink))
    }

    /// Passes the arrival of the next record of the payload's list to `sink`, without opening the
    /// record.
    pub fn name_next(&mut self, sink: &mut dyn FnMut(Arrival)) -> bool {
        self.step(Sink::Arrivals(sink))
    }

    fn step(&mut self, sink: Sink<'_>) -> bool {
        let Some(rest) = self.open.pop() else {
            return false;
        };
        if self.records == RECORDS_MAX {
            // The other records cannot be named one by one, so the payload fails as a whole.
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

    /// Recognises the form of the payload.
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
        // Pipes invoke a function with an array of events, and exports are such arrays.
        let Ok(array) = serde_json::from_str::<&RawValue>(text) else {
            Opener::new(sink).unreadable(around, Reason::NotJson);
            return true;
        };
        if !is_list_of_objects(array) {
            return self.text(text, around, sink);
        }
        // A pipe passes on the records of its source without the envelope around them.
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

/// Returns true if an array has elements and all of them are objects.
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
