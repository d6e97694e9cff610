//! Reads aggregates of the Kinesis Producer Library: many records in one record of a stream.
//!
//! An aggregate is four bytes of magic, a message of Protocol Buffers, and the MD5 of the message:
//! <https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md>. As the
//! client library does, bytes whose checksum or message is wrong count as no aggregate.
//!
//! ```text
//! message AggregatedRecord {
//!   repeated string partition_key_table     = 1;
//!   repeated string explicit_hash_key_table = 2;
//!   repeated Record records                 = 3;
//! }
//! message Record {
//!   required uint64 partition_key_index     = 1;
//!   optional uint64 explicit_hash_key_index = 2;
//!   required bytes  data                    = 3;
//!   repeated Tag    tags                    = 4;
//! }
//! ```
//!
//! Hash keys are numbers, and no producer writes tags, so neither is read. The reader borrows from the
//! bytes, and the number of records is bounded by their length.

use md5::{Digest as _, Md5};

const MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];

/// The length of an MD5, in bytes.
const CHECKSUM: usize = 16;

/// Returns true if bytes begin as an aggregate does.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// The records of an aggregate. At least one.
pub struct Aggregate<'b> {
    partition_keys: Vec<&'b str>,
    records: Vec<Record<'b>>,
}

/// A record in an aggregate.
#[derive(Clone, Copy)]
struct Record<'b> {
    key_index: u64,
    data: &'b [u8],
}

impl<'b> Aggregate<'b> {
    /// Reads an aggregate. Returns `None` if the bytes are none, or hold no record.
    pub fn open(bytes: &'b [u8]) -> Option<Self> {
        let (message, checksum) = bytes.strip_prefix(&MAGIC)?.split_last_chunk::<CHECKSUM>()?;
        if Md5::digest(message).as_slice() != checksum {
            return None;
        }
        Self::read(message).filter(|aggregate| !aggregate.records.is_empty())
    }

    /// Returns the keys with which the producer chose a shard, each once.
    pub fn partition_keys(&self) -> impl Iterator<Item = &'b str> {
        self.partition_keys.iter().copied()
    }

    /// Returns the data of each record, in order, with its partition key.
    pub fn records(&self) -> impl Iterator<Item = (Option<&'b str>, &'b [u8])> {
        self.records.iter().map(|record| {
            let index = usize::try_from(record.key_index).ok();
            let key = index.and_then(|index| self.partition_keys.get(index));
            (key.copied(), record.data)
        })
    }

    fn read(message: &'b [u8]) -> Option<Self> {
        let mut aggregate = Self {
            partition_keys: Vec::new(),
            records: Vec::new(),
        };
        for field in Fields(message) {
            match field? {
                (1, Value::Bytes(key)) => {
                    aggregate
                        .partition_keys
                        .push(std::str::from_utf8(key).ok()?);
                }
                (3, Value::Bytes(record)) => aggregate.records.push(Record::read(record)?),
                _ => {}
            }
        }
        Some(aggregate)
    }
}

impl<'b> Record<'b> {
    fn read(message: &'b [u8]) -> Option<Self> {
        let (mut key_index, mut data) = (None, None);
        for field in Fields(message) {
            match field? {
                (1, Value::Number(index)) => key_index = Some(index),
                (3, Value::Bytes(bytes)) => data = Some(bytes),
                _ => {}
            }
        }
        Some(Self {
            key_index: key_index?,
            data: data?,
        })
    }
}

/// The value of a field, by its wire type.
enum Value<'b> {
    Number(u64),
    Bytes(&'b [u8]),
    /// A number of fixed width, which the messages do not use.
    Fixed,
}

/// The fields of a message, each with its number. `None` is the last item if the message is damaged.
///
/// <https://protobuf.dev/programming-guides/encoding/>
struct Fields<'b>(&'b [u8]);

impl<'b> Iterator for Fields<'b> {
    type Item = Option<(u64, Value<'b>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'b> Fields<'b> {
    fn field(&mut self) -> Option<(u64, Value<'b>)> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    /// Reads a number of at most ten bytes, seven bits in each, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = *self.take(1)?.first()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

/// Returns a message with the magic and the checksum of an aggregate.
#[cfg(any(test, fuzzing))]
pub(crate) fn around(message: &[u8]) -> Vec<u8> {
    [&MAGIC[..], message, &Md5::digest(message)].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        bytes.push(number.to_le_bytes()[0]);
        bytes
    }

    fn bytes(number: u64, content: &[u8]) -> Vec<u8> {
        [
            varint(number << 3 | 2),
            varint(content.len() as u64),
            content.to_vec(),
        ]
        .concat()
    }

    fn message(keys: &[String], records: &[(u64, Vec<u8>)]) -> Vec<u8> {
        let keys = keys.iter().map(|key| bytes(1, key.as_bytes()));
        let records = records.iter().map(|(key, data)| {
            let hash_key = [varint(2 << 3), varint(300)].concat();
            let key = [varint(1 << 3), varint(*key)].concat();
            let tag = bytes(4, &bytes(1, b"tag"));
            bytes(3, &[key, hash_key, bytes(3, data), tag].concat())
        });
        keys.chain([bytes(2, b"12345")])
            .chain(records)
            .flatten()
            .collect()
    }

    fn opened(bytes: &[u8]) -> Option<Vec<(Option<String>, Vec<u8>)>> {
        let aggregate = Aggregate::open(bytes)?;
        let records = aggregate.records();
        let records = records.map(|(key, data)| (key.map(str::to_owned), data.to_vec()));
        Some(records.collect())
    }

    #[test]
    fn bytes_that_are_no_aggregate_are_none() {
        let whole = around(&message(&["a".into()], &[(0, b"x".to_vec())]));
        assert!(opened(&whole).is_some());
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(opened(&damaged).is_none(), "{at}");
            assert!(opened(&whole[..at]).is_none(), "{at}");
        }
        // The checksum is right, but the message has no record, or is not one.
        let without_data = bytes(3, &[varint(1 << 3), varint(0)].concat());
        for wrong in [
            &b""[..],
            &message(&["a".into()], &[]),
            &without_data,
            b"\x1a\xff",
            b"\x1b",
        ] {
            assert!(opened(&around(wrong)).is_none(), "{wrong:?}");
        }
        assert!(opened(&around(&[0xff; 11])).is_none());
    }

    #[test]
    fn a_record_whose_key_is_not_in_the_table_is_read_without_it() {
        let aggregate = around(&message(&["a".into()], &[(u64::MAX, b"x".to_vec())]));
        assert_eq!(opened(&aggregate).unwrap(), [(None, b"x".to_vec())]);
    }

    proptest! {
        #[test]
        fn what_is_aggregated_is_read_back(
            keys in proptest::collection::vec(".{0,6}", 1..4),
            records in proptest::collection::vec((0..4_u64, proptest::collection::vec(any::<u8>(), 0..200)), 1..20),
        ) {
            let read = opened(&around(&message(&keys, &records))).unwrap();
            let key = |index: &u64| keys.get(usize::try_from(*index).unwrap()).cloned();
            let expected: Vec<_> = records.iter().map(|(index, data)| (key(index), data.clone())).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn no_message_makes_it_fail_or_grow(message in proptest::collection::vec(any::<u8>(), 0..300)) {
            let bytes = around(&message);
            if let Some(records) = opened(&bytes) {
                let length: usize = records.iter().map(|(_, data)| data.len()).sum();
                prop_assert!(length + records.len() <= message.len());
            }
        }

        #[test]
        fn no_damaged_message_makes_it_fail(at in 0..200_usize, byte in any::<u8>()) {
            let mut message = message(&["a".into(), "b".into()], &[(0, vec![7; 40]), (1, vec![8; 90])]);
            let at = at % message.len();
            message[at] = byte;
            opened(&around(&message));
        }
    }
}
