//! Adds the entries that a person wrote to those that were read from AWS. If both describe the same
//! thing, the person's entry wins.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Bus, Consumer, Draft, Encryption, End, PlainRoute, PlainRouteKind, Queue, Resource, Service,
    Stream, Subscription, Topic,
};
use crate::home::Located;

impl Draft {
    /// Lays another topology over this one. Its services, raw deliveries, producers and dead-letter
    /// queues win. Its rules, subscribers, archives and pipes replace those with the same name.
    /// Everything else is added. A name without a home stands for every resource with that name.
    pub fn overlay(&mut self, above: Self) {
        self.overlay_services(above.services);
        for tap in above.taps {
            if !self.taps.contains(&tap) {
                self.taps.push(tap);
            }
        }
        lay(&mut self.buses, above.buses, bus);
        lay(&mut self.queues, above.queues, queue);
        lay(&mut self.topics, above.topics, topic);
        lay(&mut self.streams, above.streams, stream);
        lay(&mut self.tables, above.tables, stream);
        lay(&mut self.pipes, above.pipes, |below, above| {
            *below = above.clone();
        });
        for (end, known) in above.resources {
            let mut is_new = true;
            let least = End::new(end.kind(), nowhere(end.name()));
            let same_name = self
                .resources
                .range_mut(least..)
                .take_while(|(at, _)| at.kind() == end.kind() && at.name().name == end.name().name);
            for (_, below) in same_name.filter(|(at, _)| at.fits(&end)) {
                resource(below, &known);
                is_new = false;
            }
            if is_new {
                self.resources.insert(end, known);
            }
        }
        self.overlay_routes(above.routes);
        self.changes.extend(above.changes);
    }

    fn overlay_routes(&mut self, above: Vec<PlainRoute>) {
        fn ends(route: &PlainRoute) -> (PlainRouteKind, String, String) {
            let name = |end: &End| end.name().name.clone();
            (route.kind, name(&route.from), name(&route.to))
        }
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, route) in self.routes.iter().enumerate() {
            places.entry(ends(route)).or_default().push(index);
        }
        for route in above {
            let same = places
                .get(&ends(&route))
                .into_iter()
                .flatten()
                .find(|index| {
                    let below = &self.routes[**index];
                    below.from.fits(&route.from) && below.to.fits(&route.to)
                });
            match same {
                Some(index) => self.routes[*index] = route,
                None => self.routes.push(route),
            }
        }
    }

    fn overlay_services(&mut self, above: BTreeMap<super::ServiceName, Service>) {
        for (name, service) in above {
            for (other, below) in &mut self.services {
                if *other != name {
                    below.sources.retain(|one| !service.sources.contains(one));
                    below
                        .owns
                        .retain(|one| !service.owns.iter().any(|end| end.fits(one)));
                }
            }
            let below = self.services.entry(name).or_default();
            for source in service.sources {
                if !below.sources.contains(&source) {
                    below.sources.push(source);
                }
            }
            for end in service.owns {
                if !below.owns.iter().any(|one| one.fits(&end)) {
                    below.owns.push(end);
                }
            }
            if service.about != super::About::default() {
                below.about = service.about;
            }
            below.origin = service.origin;
        }
    }
}

/// Lays entries over those with the same name.
fn lay<T: Clone>(
    below: &mut BTreeMap<Located, T>,
    above: BTreeMap<Located, T>,
    merge: impl Fn(&mut T, &T),
) {
    for (name, entry) in above {
        let mut is_new = true;
        let same_name = below
            .range_mut(nowhere(&name)..)
            .take_while(|(at, _)| at.name == name.name);
        for (_, same) in same_name.filter(|(at, _)| at.fits(&name)) {
            merge(same, &entry);
            is_new = false;
        }
        if is_new {
            below.insert(name, entry);
        }
    }
}

/// Returns the name without a home, which sorts before the same name with one.
fn nowhere(name: &Located) -> Located {
    Located {
        name: name.name.clone(),
        ..Located::default()
    }
}

fn bus(below: &mut Bus, above: &Bus) {
    let names: HashSet<&str> = above.rules.iter().map(|rule| rule.name.as_str()).collect();
    below.rules.retain(|one| !names.contains(one.name.as_str()));
    below.rules.extend(above.rules.iter().cloned());
    let names: HashSet<&str> = above
        .subscribers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    below
        .subscribers
        .retain(|one| !names.contains(one.name.as_str()));
    below.subscribers.extend(above.subscribers.iter().cloned());
    let archives = above.archives.iter().map(|archive| archive.name.as_str());
    let names: HashSet<&str> = archives.collect();
    below
        .archives
        .retain(|one| !names.contains(one.name.as_str()));
    below.archives.extend(above.archives.iter().cloned());
}

fn queue(below: &mut Queue, above: &Queue) {
    consumers(&mut below.consumers, &above.consumers);
    if !above.producers.is_empty() {
        below.producers.clone_from(&above.producers);
    }
    below.dead_letter |= above.dead_letter;
}

fn stream(below: &mut Stream, above: &Stream) {
    consumers(&mut below.consumers, &above.consumers);
    if !above.producers.is_empty() {
        below.producers.clone_from(&above.producers);
    }
}

fn consumers(below: &mut Vec<Consumer>, above: &[Consumer]) {
    for consumer in above {
        match below.iter_mut().find(|one| one.to.fits(&consumer.to)) {
            Some(one) => {
                if !consumer.filters.is_empty() {
                    one.filters = consumer.filters.clone();
                }
                one.disabled |= consumer.disabled;
                if consumer.on_failure.is_some() {
                    one.on_failure.clone_from(&consumer.on_failure);
                }
            }
            None => below.push(consumer.clone()),
        }
    }
}

fn topic(below: &mut Topic, above: &Topic) {
    for subscription in &above.subscriptions {
        let same = |one: &&mut Subscription| one.to.fits(&subscription.to);
        match below.subscriptions.iter_mut().find(same) {
            Some(one) => {
                one.is_raw |= subscription.is_raw;
                if subscription.filter_policy.is_some() {
                    one.filter_policy.clone_from(&subscription.filter_policy);
                }
                if subscription.dead_letters.is_some() {
                    one.dead_letters.clone_from(&subscription.dead_letters);
                }
            }
            None => below.subscriptions.push(subscription.clone()),
        }
    }
    if !above.producers.is_empty() {
        below.producers.clone_from(&above.producers);
    }
}

fn resource(below: &mut Resource, above: &Resource) {
    if above.id.is_some() {
        below.id.clone_from(&above.id);
        below.is_name_generated = above.is_name_generated;
    }
    if above.encryption != Encryption::Unknown {
        below.encryption = above.encryption.clone();
    }
    if above.retention.is_some() {
        below.retention = above.retention;
    }
}

#[cfg(test)]
mod tests {
    use crate::topology::Topology;

    const READ: &str = "
version: 1
services:
  orders: {functions: [ship, bill]}
buses:
  shop@eu-west-1/222222222222:
    rules:
      - {name: all, pattern: {source: [a]}, targets: [{queue: jobs}]}
      - {name: other, pattern: {source: [b]}, targets: [{queue: jobs}]}
queues:
  jobs: {consumers: [{function: ship}]}
topics:
  news: {subscriptions: [{queue: jobs, filter_policy: {kind: [x]}}]}
resources:
  - {queue: jobs, id: Jobs, encryption: none}
";

    const WRITTEN: &str = "
version: 1
services:
  billing: {functions: [bill], sources: [shop.billing]}
taps: [{queue: tap, bus: shop}]
buses:
  shop:
    rules:
      - {name: all, pattern: {source: [c]}, targets: [{queue: jobs}]}
queues:
  jobs: {producers: [billing], consumers: [{service: billing}], dead_letter: true}
topics:
  news: {subscriptions: [{queue: jobs, raw: true}]}
resources:
  - {queue: jobs, retention: 1d}
";

    const BOTH: &str = "
version: 1
services:
  billing: {functions: [bill], sources: [shop.billing]}
  orders: {functions: [ship]}
taps: [{queue: tap, bus: shop}]
buses:
  shop@eu-west-1/222222222222:
    rules:
      - {name: other, pattern: {source: [b]}, targets: [{queue: jobs}]}
      - {name: all, pattern: {source: [c]}, targets: [{queue: jobs}]}
queues:
  jobs:
    producers: [billing]
    consumers: [{function: ship}, {service: billing}]
    dead_letter: true
topics:
  news: {subscriptions: [{queue: jobs, raw: true, filter_policy: {kind: [x]}}]}
resources:
  - {queue: jobs, id: Jobs, encryption: none, retention: 1d}
";

    #[test]
    fn a_persons_word_counts_and_all_else_is_added() {
        let parse = |yaml| Topology::parse(yaml).unwrap();
        let mut draft = parse(READ).into_draft();
        draft.overlay(parse(WRITTEN).into_draft());
        assert_eq!(draft.finish().unwrap(), parse(BOTH));
    }
}
