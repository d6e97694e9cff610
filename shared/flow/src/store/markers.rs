//! Markers: the homes in which a class was already seen on a flow, so that it is announced once.
//!
//! The markers of a class are kept under the flow's [`FlowId`](super::FlowId), which leaves homes
//! out (`docs/IDENTITIES.md`, section 2). A class is new if no marker fits the homes of its flow.
//! If one marker fits and its homes are less known, it takes over the known ones: a flow that was
//! marked before its home was known is not announced again when the home becomes known, and from
//! then on the marker stands for that home only.

use jiff::Timestamp;

use super::{FirstSeen, ReceiptId};
use crate::home::Home;
use crate::time::from_epoch_ms;

/// The time and the homes in which a class was first seen on a flow, and the batch that showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marker {
    /// The time of the first event.
    at: Timestamp,
    /// The id of the batch that showed the class.
    batch: ReceiptId,
    /// The homes of the flow's parties and channels, as far as they are known. If the list is
    /// shorter than the flow's, the other homes are unknown.
    homes: Vec<Home>,
}

impl Marker {
    fn fits(&self, homes: &[Home]) -> bool {
        // If one list is shorter, its other homes are unknown and fit any home.
        self.homes
            .iter()
            .zip(homes)
            .all(|(one, other)| one.fits(other))
    }

    /// Returns the homes that are known to the marker or in `homes`.
    fn joined(&self, homes: &[Home]) -> Vec<Home> {
        (0..self.homes.len().max(homes.len()))
            .map(|place| {
                let of = |homes: &[Home]| homes.get(place).copied().unwrap_or_default();
                of(&self.homes).or(of(homes))
            })
            .collect()
    }
}

/// The markers of one class on the flows of one [`FlowId`](super::FlowId).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markers(Vec<Marker>);

/// The length in bytes of a marker without its homes: milliseconds since 1970, and a batch id.
const FIXED: usize = 8 + ReceiptId::BYTES;

impl Markers {
    /// Adds what a batch saw and returns the part that is new. The markers change if something is
    /// new or if one of them takes over a home.
    pub fn admit(&mut self, seen: Vec<FirstSeen>, batch: ReceiptId) -> Vec<FirstSeen> {
        let mut new = Vec::new();
        for first in seen {
            let homes = homes_of(&first);
            let mut fitting = self.0.iter_mut().filter(|marker| marker.fits(&homes));
            match (fitting.next(), fitting.next()) {
                (None, _) => {
                    self.0.push(Marker {
                        at: first.at,
                        batch,
                        homes,
                    });
                    new.push(first);
                }
                (Some(only), None) => only.homes = only.joined(&homes),
                // It may belong to any of them, so it is not new.
                (Some(_), Some(_)) => {}
            }
        }
        new
    }

    /// Returns true if this batch added a marker that fits.
    pub fn are_of(&self, first: &FirstSeen, batch: ReceiptId) -> bool {
        let homes = homes_of(first);
        let mut markers = self.0.iter();
        markers.any(|marker| marker.batch == batch && marker.fits(&homes))
    }

    /// Returns true if a marker fits.
    pub fn have(&self, first: &FirstSeen) -> bool {
        let homes = homes_of(first);
        self.0.iter().any(|marker| marker.fits(&homes))
    }

    /// Returns the markers as bytes: for each the time, the batch, and its homes as text with their
    /// length in front. A single marker without homes is written without a length, as an earlier
    /// version wrote it. So what is read is written back byte for byte, which matters because a
    /// store compares the bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let [only] = &*self.0
            && only.homes.is_empty()
        {
            bytes.extend(only.at.as_millisecond().to_be_bytes());
            bytes.extend(only.batch.as_bytes());
            return bytes;
        }
        for marker in &self.0 {
            bytes.extend(marker.at.as_millisecond().to_be_bytes());
            bytes.extend(marker.batch.as_bytes());
            let homes: Vec<String> = marker.homes.iter().map(ToString::to_string).collect();
            let homes = homes.join(" ");
            bytes.extend(u16::try_from(homes.len()).unwrap_or(0).to_be_bytes());
            bytes.extend(homes.as_bytes());
        }
        bytes
    }

    /// Reads markers from bytes. Returns `None` if the bytes have another form. An earlier version
    /// wrote one marker without homes.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut markers = Vec::new();
        let is_of_earlier_version = bytes.len() == FIXED;
        while !bytes.is_empty() {
            let (at, rest) = bytes.split_first_chunk::<8>()?;
            let (batch, rest) = rest.split_first_chunk::<{ ReceiptId::BYTES }>()?;
            let (homes, rest) = if is_of_earlier_version {
                (&[][..], rest)
            } else {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?
            };
            bytes = rest;
            let homes = std::str::from_utf8(homes).ok()?;
            markers.push(Marker {
                at: from_epoch_ms(i64::from_be_bytes(*at))?,
                batch: ReceiptId::from_bytes(*batch),
                homes: homes
                    .split_whitespace()
                    .map(Home::parse)
                    .collect::<Option<_>>()?,
            });
        }
        Some(Self(markers))
    }

    /// Creates a marker without homes, as an earlier version wrote it.
    pub fn without_homes(at: Timestamp, batch: ReceiptId) -> Self {
        Self(vec![Marker {
            at,
            batch,
            homes: Vec::new(),
        }])
    }
}

/// Returns the homes of a flow, or an empty list if all of them are unknown.
fn homes_of(first: &FirstSeen) -> Vec<Home> {
    let homes: Vec<Home> = first.edge.flow.homes().collect();
    if homes.iter().all(Home::is_unknown) {
        Vec::new()
    } else {
        homes
    }
}

#[cfg(test)]
mod tests {
    use piitrail_detect::{Confidence, DataClass, Engine};

    use crate::channel::{Channel, ChannelKind};
    use crate::edge::{Basis, EdgeKey, Flow};
    use crate::name::Name;
    use crate::party::{Party, PartyKind};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    /// Returns a class that was first seen on a flow whose consumer and bus are in these accounts.
    fn first_seen_at(consumer: &str, bus: &str) -> FirstSeen {
        let engine = Engine::new();
        let name = |raw: &str| Name::masked(&engine, raw);
        FirstSeen {
            edge: EdgeKey {
                flow: Flow {
                    producer: Party::new(PartyKind::Service, name("orders")),
                    consumer: Party::new(PartyKind::Function, name("mailer"))
                        .at(Home::of(consumer, "")),
                    channels: vec![
                        Channel::new(ChannelKind::Bus, name("shop")).at(Home::of(bus, "")),
                    ],
                    event_type: name("OrderPlaced"),
                },
                basis: Basis::Matched,
            },
            class: DataClass::EmailAddress,
            at: now(),
            confidence: Confidence::new(90),
            paths: Vec::new(),
        }
    }

    fn batch(n: u8) -> ReceiptId {
        ReceiptId::from_bytes([n; ReceiptId::BYTES])
    }

    #[test]
    fn a_home_that_becomes_known_is_no_news_and_another_one_is() {
        let mut markers = Markers::without_homes(now(), batch(1));
        let mut is_new = |account: &str| {
            let new = markers.admit(vec![first_seen_at(account, account)], batch(2));
            !new.is_empty()
        };
        assert!(!is_new("111111111111"));
        assert!(!is_new(""));
        assert!(is_new("222222222222"));
        assert!(!is_new("222222222222"));
        assert!(!is_new("111111111111"));
        assert!(!is_new(""));
    }

    #[test]
    fn two_taps_of_one_flow_make_one_marker() {
        let mut markers = Markers::default();
        let new = markers.admit(vec![first_seen_at("111111111111", "")], batch(1));
        assert_eq!(new.len(), 1);
        let new = markers.admit(vec![first_seen_at("", "222222222222")], batch(2));
        assert_eq!(new, []);
        let new = markers.admit(
            vec![first_seen_at("111111111111", "333333333333")],
            batch(3),
        );
        assert_eq!(new.len(), 1);
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let mut markers = Markers::without_homes(now(), batch(1));
        markers.admit(vec![first_seen_at("111111111111", "")], batch(2));
        markers.admit(vec![first_seen_at("222222222222", "")], batch(3));
        assert_eq!(Markers::from_bytes(&markers.to_bytes()), Some(markers));
        for cut in [1, 10, 25] {
            assert_eq!(Markers::from_bytes(&vec![0; cut]), None);
        }
    }

    #[test]
    fn what_an_earlier_version_wrote_is_a_marker_without_homes() {
        let mut bytes = now().as_millisecond().to_be_bytes().to_vec();
        bytes.extend(batch(7).as_bytes());
        let markers = Markers::from_bytes(&bytes).unwrap();
        assert_eq!(markers, Markers::without_homes(now(), batch(7)));
        assert_eq!(markers.to_bytes(), bytes);
        assert!(markers.are_of(&first_seen_at("111111111111", ""), batch(7)));
    }
}
