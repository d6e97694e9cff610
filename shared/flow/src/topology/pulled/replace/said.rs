//! What people said about channels, and how entries without a home give it to those with one.

use std::collections::BTreeMap;
use std::mem;

use super::is_complete;
use crate::home::{Home, Located};
use crate::topology::{
    Consumer, Queue, ResourceKind as Kind, ServiceName, Stream, Subscription, Topic,
};

/// A channel with consumers.
pub(super) trait Polled: Clone + Default + PartialEq {
    fn consumers(&mut self) -> &mut Vec<Consumer>;
    fn producers(&mut self) -> &mut Vec<ServiceName>;
}

impl Polled for Queue {
    fn consumers(&mut self) -> &mut Vec<Consumer> {
        &mut self.consumers
    }
    fn producers(&mut self) -> &mut Vec<ServiceName> {
        &mut self.producers
    }
}

impl Polled for Stream {
    fn consumers(&mut self) -> &mut Vec<Consumer> {
        &mut self.consumers
    }
    fn producers(&mut self) -> &mut Vec<ServiceName> {
        &mut self.producers
    }
}

/// Adds what a person said about a channel: its producers, and the services that read it.
pub(super) fn say<T: Polled>(own: &mut T, said: &T) {
    let mut said = said.clone();
    if own.producers().is_empty() {
        *own.producers() = mem::take(said.producers());
    }
    for consumer in said.consumers().drain(..) {
        let is_new = !own.consumers().iter().any(|one| one.to == consumer.to);
        if consumer.to.kind() == Kind::Service && is_new {
            own.consumers().push(consumer);
        }
    }
}

/// Adds what a person said about a topic: its producers, and the services that subscribe to it.
pub(super) fn say_of_topic(own: &mut Topic, said: &Topic) {
    if own.producers.is_empty() {
        own.producers.clone_from(&said.producers);
    }
    for subscription in &said.subscriptions {
        let same = |one: &Subscription| one.to == subscription.to;
        if subscription.to.kind() == Kind::Service && !own.subscriptions.iter().any(same) {
            own.subscriptions.push(subscription.clone());
        }
    }
}

/// Applies `say` to each entry with a home, with the entries of the same name that fit it and whose
/// home is not known or known in part.
pub(super) fn hand_down<T: Clone>(entries: &mut BTreeMap<Located, T>, say: impl Fn(&mut T, &T)) {
    let above = entries.iter().filter(|(name, _)| !is_complete(name.home));
    let above: Vec<(Located, T)> = above
        .map(|(name, entry)| (name.clone(), entry.clone()))
        .collect();
    for (name, said) in above {
        let least = Located {
            name: name.name.clone(),
            home: Home::UNKNOWN,
        };
        let same_name = entries
            .range_mut(least..)
            .take_while(|(at, _)| at.name == name.name);
        for (at, own) in same_name {
            if is_complete(at.home) && at.fits(&name) {
                say(own, &said);
            }
        }
    }
}
