//! Puts what was read from accounts in place of what an earlier reading found there.
//!
//! Each entry of a topology belongs to the reader of one service in one home: a rule to the home of
//! its bus, an event source mapping to the home of its function. If a reader read everything, its
//! entries are replaced, so that a resource that was deleted is gone. If a call failed, what was
//! found is added and nothing is removed. A bus is read by one of two readers: a V2 bus has
//! subscribers or a retention, and the rules that lead to it are its event sources.
//!
//! What only a person can say stays: services, taps, producers, consumers and subscribers that are
//! services, and entries without a home. An entry without a home that fits one with a home gives it
//! its producers, services and dead-letter mark, because a lookup finds the entry with the home.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{AwsService, PulledPart};
use crate::home::{Home, Located};
use crate::topology::{
    Bus, Consumer, Draft, End, PlainRoute, PlainRouteKind, Queue, ResourceKind as Kind, Stream,
    Topic,
};

mod said;
mod whole;

use said::{Polled, hand_down, say, say_of_topic};
use whole::Whole;

impl Draft {
    /// Replaces what earlier readings found by what `parts` found. See the module for
    /// what stays. Replacing twice by the same parts changes nothing the second time.
    pub fn replace(&mut self, parts: Vec<PulledPart>) {
        let whole = parts.iter().filter(|part| part.is_whole);
        let whole = Whole(whole.map(|part| (part.home, part.service)).collect());
        let marked = self.marked_by_a_person();
        let shells = self.shells();
        let aside = self.remove(&whole);
        for part in parts {
            self.add(part.draft);
        }
        self.put_back(aside);
        self.settle_buckets(&whole);
        self.hand_down();
        self.mark_dead_letters(&marked);
        self.drop_shells(&shells);
        for tap in &self.taps {
            if !self.buses.keys().any(|bus| bus.fits(&tap.bus)) {
                self.buses.entry(tap.bus.clone()).or_default();
            }
        }
        self.sort();
    }

    /// Removes the entries of the readers that read everything. Returns the channels among them,
    /// with what a person said about them.
    fn remove(&mut self, whole: &Whole) -> Aside {
        let v2 = self.v2_buses();
        self.buses.retain(|name, bus| {
            bus.rules.retain(|rule| !whole.has_rule(rule, name, &v2));
            if whole.has(name.home, AwsService::Events) {
                bus.archives.clear();
            }
            if whole.has(name.home, AwsService::EventsV2) {
                bus.subscribers.clear();
            }
            let is_read = whole.has_resource(&End::new(Kind::Bus, name.clone()), &v2);
            !is_read || *bus != Bus::default()
        });
        self.pipes
            .retain(|name, _| !whole.has(name.home, AwsService::Pipes));
        self.resources
            .retain(|end, _| !whole.has_resource(end, &v2));
        self.routes.retain(|route| !whole.has_route(route));
        Aside {
            queues: set_aside(&mut self.queues, whole, AwsService::Sqs),
            streams: set_aside(&mut self.streams, whole, AwsService::Kinesis),
            tables: set_aside(&mut self.tables, whole, AwsService::DynamoDb),
            topics: self
                .topics
                .extract_if(.., |name, _| whole.has(name.home, AwsService::Sns))
                .collect(),
        }
    }

    /// Returns the V2 buses: those that have subscribers or a retention.
    fn v2_buses(&self) -> HashSet<Located> {
        let subscribed = self
            .buses
            .iter()
            .filter(|(_, bus)| !bus.subscribers.is_empty());
        let retained = self
            .resources
            .iter()
            .filter(|(end, known)| end.kind() == Kind::Bus && known.retention.is_some());
        let names = subscribed.map(|(name, _)| name);
        names
            .chain(retained.map(|(end, _)| end.name()))
            .cloned()
            .collect()
    }

    /// Adds what was found. An entry replaces the one of the same name, or the same ends.
    fn add(&mut self, found: Self) {
        for (name, bus) in found.buses {
            let own = self.buses.entry(name).or_default();
            let Bus {
                rules,
                archives,
                subscribers,
            } = bus;
            let names: HashSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
            own.rules.retain(|one| !names.contains(one.name.as_str()));
            let names: HashSet<&str> = archives.iter().map(|one| one.name.as_str()).collect();
            own.archives
                .retain(|one| !names.contains(one.name.as_str()));
            let names: HashSet<&str> = subscribers.iter().map(|one| one.name.as_str()).collect();
            own.subscribers
                .retain(|one| !names.contains(one.name.as_str()));
            own.rules.extend(rules);
            own.archives.extend(archives);
            own.subscribers.extend(subscribers);
        }
        for (name, queue) in found.queues {
            let own = self.queues.entry(name).or_default();
            own.dead_letter |= queue.dead_letter;
            add_consumers(&mut own.consumers, queue.consumers);
        }
        for (name, stream) in found.streams {
            let own = self.streams.entry(name).or_default();
            add_consumers(&mut own.consumers, stream.consumers);
        }
        for (name, table) in found.tables {
            let own = self.tables.entry(name).or_default();
            add_consumers(&mut own.consumers, table.consumers);
        }
        for (name, topic) in found.topics {
            let own = self.topics.entry(name).or_default();
            let ends: HashSet<&End> = topic.subscriptions.iter().map(|one| &one.to).collect();
            own.subscriptions.retain(|one| !ends.contains(&one.to));
            own.subscriptions.extend(topic.subscriptions);
        }
        self.pipes.extend(found.pipes);
        self.resources.extend(found.resources);
        let same: HashSet<_> = found.routes.iter().map(key).collect();
        self.routes.retain(|route| !same.contains(&key(route)));
        self.routes.extend(found.routes);
    }

    /// Gives the channels that were found again what a person said about them.
    fn put_back(&mut self, aside: Aside) {
        put_back(&mut self.queues, aside.queues);
        put_back(&mut self.streams, aside.streams);
        put_back(&mut self.tables, aside.tables);
        for (name, topic) in aside.topics {
            if let Some(own) = self.topics.get_mut(&name) {
                say_of_topic(own, &topic);
            }
        }
    }

    /// Gives buckets that an ARN names, which tells no home, the home of the only bucket of that
    /// name that was found. A bucket that was not found again has no known home.
    fn settle_buckets(&mut self, whole: &Whole) {
        let mut homes: HashMap<&str, Option<Home>> = HashMap::new();
        for end in self.resources.keys().filter(|end| is_bucket(end)) {
            let Located { name, home } = end.name();
            if is_complete(*home) {
                homes
                    .entry(name)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(*home));
            }
        }
        let settle = |end: &mut End| {
            if !is_bucket(end) {
                return;
            }
            let is_gone =
                whole.has(end.name().home, AwsService::S3) && !self.resources.contains_key(end);
            if is_gone {
                *end = end.clone().at(Home::UNKNOWN);
            }
            if end.name().home.is_unknown()
                && let Some(Some(home)) = homes.get(end.name().name.as_str())
            {
                *end = end.clone().at(*home);
            }
        };
        for route in &mut self.routes {
            settle(&mut route.from);
            settle(&mut route.to);
        }
        let queues = self
            .queues
            .values_mut()
            .flat_map(|queue| &mut queue.consumers);
        let streams = self.streams.values_mut().chain(self.tables.values_mut());
        let streams = streams.flat_map(|stream| &mut stream.consumers);
        for consumer in queues.chain(streams) {
            if let Some(holder) = &mut consumer.on_failure {
                settle(holder);
            }
        }
    }

    /// Gives entries with a home what a person said about those without one that fit them.
    fn hand_down(&mut self) {
        hand_down(&mut self.queues, say);
        hand_down(&mut self.streams, say);
        hand_down(&mut self.tables, say);
        hand_down(&mut self.topics, say_of_topic);
        hand_down(&mut self.queues, |own, above| {
            own.dead_letter |= above.dead_letter;
        });
    }

    /// Returns the queues to which records lead that could not be delivered.
    fn dead_letter_queues(&self) -> HashSet<Located> {
        let rules = self.buses.values().flat_map(|bus| &bus.rules);
        let targets = rules.flat_map(|rule| &rule.targets);
        let targets = targets.filter_map(|target| target.dead_letters.as_ref());
        let subscribers = self.buses.values().flat_map(|bus| &bus.subscribers);
        let subscribers = subscribers.filter_map(|one| one.dead_letters.as_ref());
        let topics = self.topics.values().flat_map(|topic| &topic.subscriptions);
        let topics = topics.filter_map(|one| one.dead_letters.as_ref());
        let routes = self.routes.iter();
        let routes = routes.filter_map(|route| route.dead_letters.as_ref());
        let queues = self.queues.values().flat_map(|queue| &queue.consumers);
        let streams = self.streams.values().chain(self.tables.values());
        let consumers = queues.chain(streams.flat_map(|stream| &stream.consumers));
        let pipes = self.pipes.values();
        let holders = consumers
            .filter_map(|consumer| consumer.on_failure.as_ref())
            .chain(pipes.filter_map(|pipe| pipe.dead_letters.as_ref()))
            .chain(self.routes.iter().filter_map(|route| {
                let holds = matches!(
                    route.kind,
                    PlainRouteKind::Redrive | PlainRouteKind::OnFailure
                );
                holds.then_some(&route.to)
            }));
        let holders = holders.filter(|end| end.kind() == Kind::Queue);
        targets
            .chain(subscribers)
            .chain(topics)
            .chain(routes)
            .chain(holders.map(End::name))
            .cloned()
            .collect()
    }

    /// Returns the queues that are marked as dead-letter queues although no route leads to them, so
    /// that a person marked them.
    fn marked_by_a_person(&self) -> HashSet<Located> {
        let led_to = self.dead_letter_queues();
        let marked = self.queues.iter().filter(|(_, queue)| queue.dead_letter);
        let names = marked.map(|(name, _)| name);
        names
            .filter(|name| !led_to.contains(*name))
            .cloned()
            .collect()
    }

    /// Marks the dead-letter queues with a home anew, because a redrive may be gone. One that is led
    /// to is on the map even if it was not found.
    fn mark_dead_letters(&mut self, marked: &HashSet<Located>) {
        let led_to = self.dead_letter_queues();
        for name in led_to.iter().filter(|name| is_complete(name.home)) {
            self.queues.entry(name.clone()).or_default();
        }
        let above: Vec<Located> = self
            .queues
            .iter()
            .filter(|(name, queue)| queue.dead_letter && !is_complete(name.home))
            .map(|(name, _)| name.clone())
            .collect();
        for (name, queue) in &mut self.queues {
            if is_complete(name.home) {
                queue.dead_letter = led_to.contains(name)
                    || marked.contains(name)
                    || above.iter().any(|one| one.fits(name));
            }
        }
    }

    /// Returns the channels about which nothing is said.
    fn shells(&self) -> BTreeSet<(Kind, Located)> {
        fn of<T: Default + PartialEq>(
            kind: Kind,
            channels: &BTreeMap<Located, T>,
        ) -> impl Iterator<Item = (Kind, Located)> {
            let empty = channels.iter().filter(|(_, one)| **one == T::default());
            empty.map(move |(name, _)| (kind, name.clone()))
        }
        of(Kind::Queue, &self.queues)
            .chain(of(Kind::Stream, &self.streams))
            .chain(of(Kind::Table, &self.tables))
            .collect()
    }

    /// Removes channels that only a route described that is gone.
    fn drop_shells(&mut self, before: &BTreeSet<(Kind, Located)>) {
        for (kind, name) in self.shells().difference(before) {
            let is_resource = self.resources.contains_key(&End::new(*kind, name.clone()));
            if is_resource || !is_complete(name.home) {
                continue;
            }
            match kind {
                Kind::Queue => drop(self.queues.remove(name)),
                Kind::Stream => drop(self.streams.remove(name)),
                _ => drop(self.tables.remove(name)),
            }
        }
    }

    /// Orders every list, so that the order in which accounts are read is no change.
    fn sort(&mut self) {
        for bus in self.buses.values_mut() {
            bus.rules.sort_by(|a, b| a.name.cmp(&b.name));
            bus.archives.sort_by(|a, b| a.name.cmp(&b.name));
            bus.subscribers.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let queues = self.queues.values_mut();
        let streams = self.streams.values_mut().chain(self.tables.values_mut());
        let consumers = queues
            .map(|queue| &mut queue.consumers)
            .chain(streams.map(|stream| &mut stream.consumers));
        for consumers in consumers {
            consumers.sort_by(|a, b| (&a.to, &a.id).cmp(&(&b.to, &b.id)));
        }
        for topic in self.topics.values_mut() {
            let subscriptions = &mut topic.subscriptions;
            subscriptions.sort_by(|a, b| (&a.to, &a.id).cmp(&(&b.to, &b.id)));
        }
        self.routes.sort_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// Channels that were removed, with what a person said about them.
struct Aside {
    queues: BTreeMap<Located, Queue>,
    streams: BTreeMap<Located, Stream>,
    tables: BTreeMap<Located, Stream>,
    topics: BTreeMap<Located, Topic>,
}

fn is_bucket(end: &End) -> bool {
    end.kind() == Kind::Bucket
}

fn is_complete(home: Home) -> bool {
    home.account.is_some() && home.region.is_some()
}

/// Returns what makes two plain routes the same one.
fn key(route: &PlainRoute) -> (PlainRouteKind, &End, &End, Option<&str>) {
    (route.kind, &route.from, &route.to, route.via.as_deref())
}

/// Removes the mappings that were read, and the channels of the homes that were read. A channel
/// stays if a mapping reads it whose account was not read.
fn set_aside<T: Polled>(
    channels: &mut BTreeMap<Located, T>,
    whole: &Whole,
    reader: AwsService,
) -> BTreeMap<Located, T> {
    for channel in channels.values_mut() {
        channel.consumers().retain(|one| !whole.has_mapping_of(one));
    }
    let is_unread = |one: &Consumer| one.to.kind() == Kind::Function;
    channels
        .extract_if(.., |name, channel| {
            whole.has(name.home, reader) && !channel.consumers().iter().any(is_unread)
        })
        .collect()
}

fn put_back<T: Polled>(channels: &mut BTreeMap<Located, T>, aside: BTreeMap<Located, T>) {
    for (name, said) in aside {
        if let Some(own) = channels.get_mut(&name) {
            say(own, &said);
        }
    }
}

fn add_consumers(own: &mut Vec<Consumer>, found: Vec<Consumer>) {
    let ends: HashSet<&End> = found.iter().map(|one| &one.to).collect();
    own.retain(|one| !ends.contains(&one.to));
    own.extend(found);
}
