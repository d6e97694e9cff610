//! The channels a delivery came over, by their own names and masked.

use super::{Bus, Endpoint, Router};
use crate::channel::{Channel, ChannelKind};
use crate::delivery::{Arrival, RawChannel};

impl Router {
    /// Channels with their names masked.
    pub(super) fn masked(&self, way: &[(ChannelKind, Option<&str>)]) -> Vec<Channel> {
        way.iter()
            .map(|(kind, name)| Channel {
                kind: *kind,
                name: name.map_or_else(|| self.unknown_bus.clone(), |raw| self.name(raw)),
            })
            .collect()
    }

    /// The channels a delivery came over, by their own names; `None` for a bus whose name is not known.
    pub(super) fn way<'a>(&'a self, arrival: &'a Arrival) -> Vec<(ChannelKind, Option<&'a str>)> {
        // A record that cannot be read on a tap came over the bus of the tap.
        const UNREAD: &[RawChannel] = &[RawChannel {
            kind: ChannelKind::Bus,
            name: None,
        }];
        let (tapped, channels) = match arrival.channels.split_last() {
            Some((last, before)) if last.kind == ChannelKind::Queue => {
                match last.name.as_ref().and_then(|name| self.taps.get(name)) {
                    Some(bus) if before.is_empty() => (Some(bus.as_str()), UNREAD),
                    Some(bus) => (Some(bus.as_str()), before),
                    None => (None, &*arrival.channels),
                }
            }
            _ => (None, &*arrival.channels),
        };
        channels
            .iter()
            .map(|channel| match (channel.kind, &channel.name) {
                (ChannelKind::Bus, None) => (
                    ChannelKind::Bus,
                    tapped.or_else(|| self.bus_before(channels.get(1))),
                ),
                (kind, name) => (kind, name.as_deref()),
            })
            .collect()
    }

    /// The bus of an event that does not name it: the only one that sends to the channel the event
    /// was seen on, the configured one, or the only one in the topology.
    fn bus_before(&self, next: Option<&RawChannel>) -> Option<&str> {
        let sends_there = |bus: &Bus| match next {
            None => true,
            Some(next) => bus.targets.iter().flatten().any(|target| match &target.to {
                Endpoint::Channel(kind, name) => {
                    *kind == next.kind && Some(name) == next.name.as_ref()
                }
                Endpoint::Consumer(_) => false,
            }),
        };
        let mut sending = self
            .buses
            .iter()
            .filter(|(_, bus)| sends_there(bus))
            .map(|(name, _)| name);
        only(&mut sending)
            .or(self.bus.as_ref())
            .or_else(|| only(&mut self.buses.keys()))
            .map(String::as_str)
    }
}

/// The only name, where there is exactly one.
fn only<'a>(names: &mut dyn Iterator<Item = &'a String>) -> Option<&'a String> {
    names.next().filter(|_| names.next().is_none())
}
