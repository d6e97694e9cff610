//! The channels of a delivery, by their raw names.

use super::stop::Stop;
use super::{BusRoutes, Endpoint, Router};
use crate::channel::ChannelKind;
use crate::delivery::{Arrival, RawChannel};
use crate::home::Home;
use crate::topology::ResourceKind;

/// The resources that a channel of a kind may be.
fn kinds_of(kind: ChannelKind) -> &'static [ResourceKind] {
    match kind {
        ChannelKind::Bus => &[ResourceKind::Bus],
        ChannelKind::Queue => &[ResourceKind::Queue],
        ChannelKind::Topic => &[ResourceKind::Topic],
        ChannelKind::Stream => &[ResourceKind::Table, ResourceKind::Stream],
        ChannelKind::Pipe => &[ResourceKind::Pipe],
    }
}

impl Router {
    /// Returns the channels of a delivery. The queue of a tap is left out.
    pub(super) fn way<'a>(&'a self, arrival: &'a Arrival) -> Vec<Stop<'a>> {
        // An unreadable record on a tap came over the bus of the tap.
        const UNREAD: &[RawChannel] = &[RawChannel::BUS];
        let (tapped, channels) = match arrival.channels.split_last() {
            Some((last, before)) if last.kind == ChannelKind::Queue => {
                let stop = self.stop(last.kind, last.name.as_deref(), last.home);
                match stop.name.and_then(|name| self.taps.find(name, stop.home)) {
                    Some((_, bus)) => {
                        let channels = if before.is_empty() { UNREAD } else { before };
                        (Some((bus.name.as_str(), bus.home.or(last.home))), channels)
                    }
                    None => (None, &*arrival.channels),
                }
            }
            _ => (None, &*arrival.channels),
        };
        channels
            .iter()
            .map(|channel| match (channel.kind, &channel.name) {
                (ChannelKind::Bus, None) => self.bus_of(tapped, channels.get(1)),
                (kind, name) => self.stop(kind, name.as_deref(), channel.home),
            })
            .collect()
    }

    /// Returns a channel, with the name and the home that the topology knows for it.
    pub(super) fn stop<'a>(
        &'a self,
        kind: ChannelKind,
        name: Option<&'a str>,
        home: Home,
    ) -> Stop<'a> {
        let entry = name.and_then(|name| match kind {
            ChannelKind::Bus => self.buses.find(name, home).map(|(at, _)| at),
            ChannelKind::Queue => self.queues.find(name, home).map(|(at, _)| at),
            ChannelKind::Topic => self.topics.find(name, home).map(|(at, _)| at),
            ChannelKind::Stream => self.read(name, home).map(|(at, _)| at),
            ChannelKind::Pipe => None,
        });
        let generated = || {
            let name = name.filter(|_| entry.is_none())?;
            kinds_of(kind)
                .iter()
                .find_map(|kind| self.generated.find(*kind, name, home))
        };
        match generated() {
            Some(known) => Stop {
                kind,
                name: Some(&known.name),
                home: home.or(known.home),
            },
            None => Stop {
                kind,
                name,
                home: home.or(entry.unwrap_or_default()),
            },
        }
    }

    /// Returns the bus of an event that does not name it. If the event came through a tap, it is
    /// the tap's bus, in the home of the tap's queue, because the template makes both in one stack.
    /// Otherwise it is the configured bus, even if the topology does not have it, because a person
    /// said so. Without one, it is the only bus that sends to the channel on which the event was
    /// seen, or the only bus in the topology.
    fn bus_of<'a>(
        &'a self,
        tapped: Option<(&'a str, Home)>,
        next: Option<&'a RawChannel>,
    ) -> Stop<'a> {
        if let Some((bus, home)) = tapped {
            return self.stop(ChannelKind::Bus, Some(bus), home);
        }
        if let Some(bus) = &self.bus {
            return self.stop(ChannelKind::Bus, Some(&bus.name), bus.home);
        }
        let sends_to = |bus: &BusRoutes, next: &Stop<'_>| {
            bus.targets.iter().flatten().any(|target| match &target.to {
                Endpoint::Channel { kind, name, home } => {
                    *kind == next.kind && Some(name.as_str()) == next.name && home.fits(&next.home)
                }
                Endpoint::Consumer(_) | Endpoint::Firehose { .. } => false,
            })
        };
        let sending = next.and_then(|next| {
            let next = self.stop(next.kind, next.name.as_deref(), next.home);
            only(self.buses.iter().filter(|(_, _, bus)| sends_to(bus, &next)))
        });
        match sending.or_else(|| only(self.buses.iter())) {
            Some((bus, home, _)) => self.stop(ChannelKind::Bus, Some(bus), home),
            None => self.stop(ChannelKind::Bus, None, Home::UNKNOWN),
        }
    }
}

/// Returns the item if there is exactly one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}
