//! From the model to the form.

use std::collections::BTreeMap;

use serde_saphyr::{Location, Spanned};

use super::{
    ArchiveForm, BusForm, ConsumerForm, File, PipeForm, QueueForm, RuleForm, ServiceForm,
    StreamForm, SubscriptionForm, TapForm, TargetForm, TopicForm, VERSION,
};
use crate::home::Located;
use crate::topology::{
    Archive, Bus, Consumer, Destination, Input, Pipe, PipeSource, Queue, Receiver, Rule, Service,
    Stream, Subscriber, Subscription, Tap, Target, Topic, Topology,
};

/// A value that is not read from a file.
fn unplaced<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Location::UNKNOWN, Location::UNKNOWN)
}

fn unplaced_list<'m, M: 'm, F: From<&'m M>>(models: &'m [M]) -> Vec<Spanned<F>> {
    models
        .iter()
        .map(|model| unplaced(F::from(model)))
        .collect()
}

/// Entries under their names. A home is written in the name, so that it needs no field.
fn forms<'m, M, F: From<&'m M>>(models: &'m BTreeMap<Located, M>) -> BTreeMap<String, F> {
    models
        .iter()
        .map(|(name, model)| (name.to_string(), F::from(model)))
        .collect()
}

impl From<&Topology> for File {
    fn from(topology: &Topology) -> Self {
        Self {
            version: unplaced(VERSION),
            services: topology
                .services
                .iter()
                .map(|(name, service)| (name.clone(), unplaced(service.into())))
                .collect(),
            taps: unplaced_list(&topology.taps),
            buses: forms(&topology.buses),
            queues: forms(&topology.queues),
            topics: forms(&topology.topics),
            streams: forms(&topology.streams),
            pipes: topology
                .pipes
                .iter()
                .map(|(name, pipe)| (name.to_string(), unplaced(pipe.into())))
                .collect(),
        }
    }
}

impl From<&Service> for ServiceForm {
    fn from(service: &Service) -> Self {
        Self {
            sources: service.sources.clone(),
            functions: service.functions.clone(),
            tables: service.tables.clone(),
            buckets: service.buckets.clone(),
        }
    }
}

impl From<&Tap> for TapForm {
    fn from(tap: &Tap) -> Self {
        Self {
            queue: tap.queue.clone(),
            bus: tap.bus.clone(),
        }
    }
}

impl From<&Bus> for BusForm {
    fn from(bus: &Bus) -> Self {
        Self {
            account: None,
            region: None,
            rules: unplaced_list(&bus.rules),
            archives: unplaced_list(&bus.archives),
        }
    }
}

impl From<&Rule> for RuleForm {
    fn from(rule: &Rule) -> Self {
        Self {
            name: rule.name.clone(),
            disabled: rule.disabled,
            pattern: rule.pattern.clone(),
            targets: unplaced_list(&rule.targets),
        }
    }
}

impl From<&Archive> for ArchiveForm {
    fn from(archive: &Archive) -> Self {
        Self {
            name: archive.name.clone(),
            pattern: archive.pattern.clone(),
        }
    }
}

impl From<&Destination> for TargetForm {
    fn from(to: &Destination) -> Self {
        let mut form = Self::default();
        match to.clone() {
            Destination::Bus(name) => form.bus = Some(name),
            Destination::Queue(name) => form.queue = Some(name),
            Destination::Topic(name) => form.topic = Some(name),
            Destination::Stream(name) => form.stream = Some(name),
            Destination::Function(name) => form.function = Some(name),
            Destination::Service(name) => form.service = Some(name),
            Destination::LogGroup(name) => form.log_group = Some(name),
        }
        form
    }
}

impl From<&Target> for TargetForm {
    fn from(target: &Target) -> Self {
        let mut form = Self::from(&target.to);
        match target.input.clone() {
            Input::Whole => {}
            Input::Constant(constant) => form.input = Some(constant),
            Input::Path(path) => form.input_path = Some(path),
            Input::Transformer(transformer) => form.input_transformer = Some(transformer),
        }
        form
    }
}

impl From<&Consumer> for ConsumerForm {
    fn from(consumer: &Consumer) -> Self {
        let mut form = Self {
            filters: consumer.filters.clone(),
            ..Self::default()
        };
        match consumer.receiver.clone() {
            Receiver::Function(name) => form.function = Some(name),
            Receiver::Service(name) => form.service = Some(name),
        }
        form
    }
}

impl From<&Queue> for QueueForm {
    fn from(queue: &Queue) -> Self {
        Self {
            account: None,
            region: None,
            consumers: unplaced_list(&queue.consumers),
            producers: queue.producers.clone(),
            dead_letter: queue.dead_letter,
        }
    }
}

impl From<&Topic> for TopicForm {
    fn from(topic: &Topic) -> Self {
        Self {
            account: None,
            region: None,
            subscriptions: unplaced_list(&topic.subscriptions),
            producers: topic.producers.clone(),
        }
    }
}

impl From<&Subscription> for SubscriptionForm {
    fn from(subscription: &Subscription) -> Self {
        let mut form = Self {
            filter_policy: subscription.filter_policy.clone(),
            filter_policy_scope: subscription.filter_policy_scope,
            ..Self::default()
        };
        match subscription.to.clone() {
            Subscriber::Queue(name) => form.queue = Some(name),
            Subscriber::Function(name) => form.function = Some(name),
            Subscriber::Service(name) => form.service = Some(name),
        }
        form
    }
}

impl From<&Stream> for StreamForm {
    fn from(stream: &Stream) -> Self {
        Self {
            account: None,
            region: None,
            consumers: unplaced_list(&stream.consumers),
            producers: stream.producers.clone(),
        }
    }
}

impl From<&Pipe> for PipeForm {
    fn from(pipe: &Pipe) -> Self {
        let (queue, stream) = match pipe.from.clone() {
            PipeSource::Queue(name) => (Some(name), None),
            PipeSource::Stream(name) => (None, Some(name)),
        };
        Self {
            account: None,
            region: None,
            queue,
            stream,
            filters: pipe.filters.clone(),
            target: TargetForm::from(&pipe.to),
        }
    }
}
