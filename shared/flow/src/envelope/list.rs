//! Lists of records, read one by one so that a record of another form fails alone.

use std::fmt;
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::opener::Opener;
use super::unreadable::Reason;
use super::{kinesis, sqs};
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, RawChannel};

/// The position of the next record in a list.
#[derive(Clone, Copy, Default)]
pub(super) struct Position {
    /// The start of the next record, in bytes from the beginning of the list.
    offset: usize,
    /// The number of records that were read.
    pub(super) index: usize,
}

impl Opener<'_> {
    /// Reads a list of records one by one, so that a record of another form fails alone. `read`
    /// gets the record, its text, and its arrival. Only one record of the payload's own list is
    /// read ([`Payload`](super::Payload)).
    pub(super) fn each_record<'t, R: Deserialize<'t>>(
        &mut self,
        records: &'t RawValue,
        around: &Arrival,
        mut read: impl FnMut(&mut Self, R, &'t str, Arrival),
    ) {
        if !records.get().starts_with('[') {
            return self.unreadable(around.clone(), Reason::WrongForm);
        }
        let start = self.begin_list();
        let mut next = Some(start.unwrap_or_default());
        while let Some(at) = next {
            next = self.one_record(records, at, around, &mut read);
            if start.is_some() {
                return self.continue_list_at(next);
            }
            if self.is_cut() {
                return;
            }
        }
    }

    /// Reads one record of a list and returns the position of the next one.
    fn one_record<'t, R: Deserialize<'t>>(
        &mut self,
        records: &'t RawValue,
        at: Position,
        around: &Arrival,
        read: &mut impl FnMut(&mut Self, R, &'t str, Arrival),
    ) -> Option<Position> {
        let (read_as, raw, next) = next_value::<R>(records, at)?;
        let mut arrival = around.clone();
        if arrival.item.is_some() || at.index > 0 {
            arrival.id = format!("{}#{}", around.id, at.index);
        }
        match read_as {
            Some(record) => read(self, record, raw, arrival),
            None => self.wrong_form(raw, arrival),
        }
        Some(next)
    }

    /// Reports a record of a list that lacks a field, by its id if it has one.
    pub(super) fn wrong_form(&mut self, record: &str, mut arrival: Arrival) {
        if self.is_outermost() {
            let ids = serde_json::from_str::<Ids<'_>>(record).unwrap_or_default();
            ids.identify(record, &mut arrival);
        }
        self.unreadable(arrival, Reason::WrongForm);
    }
}

/// Reads the value of an array at a position. Returns the value if it is an `R`, its text, and the
/// position after it, or `None` at the end of the array.
pub(super) fn next_value<'t, R: Deserialize<'t>>(
    array: &'t RawValue,
    at: Position,
) -> Option<(Option<R>, &'t str, Position)> {
    let array = array.get();
    let rest = if at.offset == 0 {
        array.strip_prefix('[')?
    } else {
        array.get(at.offset..)?
    };
    let rest = rest.trim_start_matches([',', ' ', '\t', '\n', '\r']);
    let (value, text, after) = first_value::<R>(rest)?;
    let next = Position {
        offset: array.len() - after.len(),
        index: at.index + 1,
    };
    Some((value, text, next))
}

/// Reads the first value of a text. Returns the value if it is an `R`, its text, and the text after
/// it.
fn first_value<'t, R: Deserialize<'t>>(rest: &'t str) -> Option<(Option<R>, &'t str, &'t str)> {
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<R>();
    if let Some(Ok(record)) = values.next() {
        let (raw, after) = rest.split_at_checked(values.byte_offset())?;
        return Some((Some(record), raw, after));
    }
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
    let raw = values.next()?.ok()?;
    let after = rest.get(values.byte_offset()..)?;
    Some((None, raw.get(), after))
}

/// Passes the elements of a JSON array to `each` one by one. They are not collected, because a
/// megabyte can hold half a million. A value that is not an array has no elements.
pub(super) fn each_element<'t>(
    array: &'t RawValue,
    each: impl FnMut(&'t RawValue) -> ControlFlow<()>,
) {
    struct Elements<F>(F);

    impl<'t, F: FnMut(&'t RawValue) -> ControlFlow<()>> Visitor<'t> for Elements<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'t>>(mut self, mut array: A) -> Result<(), A::Error> {
            while let Some(element) = array.next_element()? {
                if (self.0)(element).is_break() {
                    break;
                }
            }
            Ok(())
        }
    }

    // A raw value is valid JSON, so an error only means that the visitor stopped early.
    let _ = serde_json::Deserializer::from_str(array.get()).deserialize_seq(Elements(each));
}

/// The ids of a record of the wrong form, so that it can fail alone.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids<'t> {
    #[serde(borrow, rename = "messageId")]
    message_id: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventSourceARN")]
    event_source_arn: Option<&'t RawValue>,
    #[serde(borrow)]
    kinesis: Option<&'t RawValue>,
    #[serde(borrow)]
    dynamodb: Option<&'t RawValue>,
}

impl Ids<'_> {
    fn identify(&self, record: &str, arrival: &mut Arrival) {
        let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
        let arn = self.event_source_arn.and_then(text);
        if let Some(message_id) = self.message_id.and_then(text) {
            arrival.id = sqs::id(arn.as_deref().unwrap_or_default(), &message_id);
            arrival.item = Some(message_id);
        } else if let Some(sequence_number) = [self.kinesis, self.dynamodb]
            .into_iter()
            .flatten()
            .map(RawValue::get)
            .chain([record])
            .find_map(sequence_number)
        {
            arrival.id = kinesis::id(arn.as_deref().unwrap_or_default(), &sequence_number);
            arrival.item = Some(sequence_number);
        }
        if let Some(arn) = arn {
            let kind = if arn.contains(":sqs:") {
                ChannelKind::Queue
            } else {
                ChannelKind::Stream
            };
            arrival.channels = vec![RawChannel::from_arn(kind, &arn)];
        }
    }
}

/// Returns the sequence number in the `kinesis` or `dynamodb` part of a stream record, or in the
/// record itself if a pipe passes it on.
fn sequence_number(part: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct SequenceNumber {
        #[serde(rename = "sequenceNumber", alias = "SequenceNumber")]
        sequence_number: String,
    }
    serde_json::from_str::<SequenceNumber>(part)
        .ok()
        .map(|part| part.sequence_number)
}
