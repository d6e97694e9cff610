//! From the form to the model.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::{
    BusForm, ConsumerForm, File, PipeForm, QueueForm, RuleForm, ServiceForm, StreamForm, TapForm,
    TargetForm, TopicForm, VERSION,
};
use crate::home::{Account, Home, Located, Region};
use crate::topology::error::{EntryName, Place, Problem, TopologyError};
use crate::topology::origin::Origin;
use crate::topology::{
    Archive, Bus, Consumer, Destination, Input, Pipe, PipeSource, Queue, Receiver, Rule, Service,
    Stream, Subscriber, Subscription, Tap, Target, Topic, Topology,
};

const DESTINATIONS: &[&str] = &[
    "bus",
    "queue",
    "topic",
    "stream",
    "function",
    "service",
    "log_group",
];
const RECEIVERS: &[&str] = &["function", "service"];
const SUBSCRIBERS: &[&str] = &["queue", "function", "service"];
const PIPE_SOURCES: &[&str] = &["queue", "stream"];

impl File {
    /// The model of the file.
    pub(in crate::topology) fn into_topology(self) -> Result<Topology, TopologyError> {
        if self.version.value != VERSION {
            return Err(TopologyError::Version {
                origin: self.version.referenced.into(),
                version: self.version.value,
            });
        }
        Ok(Topology {
            services: self
                .services
                .into_iter()
                .map(|(name, service)| (name, service_of(service)))
                .collect(),
            taps: self.taps.into_iter().map(tap_of).collect(),
            buses: each(
                "bus",
                self.buses,
                |form| home(form.account, form.region),
                bus_of,
            )?,
            queues: each(
                "queue",
                self.queues,
                |form| home(form.account, form.region),
                queue_of,
            )?,
            topics: each(
                "topic",
                self.topics,
                |form| home(form.account, form.region),
                topic_of,
            )?,
            streams: each(
                "stream",
                self.streams,
                |form| home(form.account, form.region),
                stream_of,
            )?,
            pipes: each(
                "pipe",
                self.pipes,
                |form| home(form.value.account, form.value.region),
                pipe_of,
            )?,
        })
    }
}

fn home(account: Option<Account>, region: Option<Region>) -> Home {
    Home { account, region }
}

/// Converts the values of a map, each with its name. The home of an entry is in its name, in its
/// fields, or in both.
fn each<F, M>(
    kind: &'static str,
    forms: BTreeMap<String, F>,
    home_of: impl Fn(&F) -> Home,
    convert: impl Fn(&str, F) -> Result<M, TopologyError>,
) -> Result<BTreeMap<Located, M>, TopologyError> {
    let mut models = BTreeMap::new();
    for (text, form) in forms {
        let place = Place::new(Origin::default(), EntryName::Named(kind, text.clone()));
        let mut name = Located::from(text.as_str());
        let beside = home_of(&form);
        if !name.home.fits(&beside) {
            return Err(place.refuse(Problem::TwoHomes));
        }
        name.home = name.home.or(beside);
        let model = convert(&text, form)?;
        if models.insert(name, model).is_some() {
            return Err(place.refuse(Problem::NamedTwice));
        }
    }
    Ok(models)
}

/// Converts the elements of a list, each with its place.
fn list<F, M>(
    forms: Vec<Spanned<F>>,
    entry: impl Fn(usize) -> EntryName,
    convert: impl Fn(F, usize, Origin, &Place) -> Result<M, TopologyError>,
) -> Result<Vec<M>, TopologyError> {
    forms
        .into_iter()
        .enumerate()
        .map(|(index, form)| {
            let origin = form.referenced.into();
            let place = Place::new(origin, entry(index));
            convert(form.value, index, origin, &place)
        })
        .collect()
}

/// The one choice that is given.
fn exactly_one<T>(
    choices: Vec<Option<T>>,
    of: &'static [&'static str],
    place: &Place,
) -> Result<T, TopologyError> {
    let mut given: Vec<(&'static str, T)> = of
        .iter()
        .zip(choices)
        .filter_map(|(key, choice)| Some((*key, choice?)))
        .collect();
    match (given.pop(), given.is_empty()) {
        (Some((_, only)), true) => Ok(only),
        (last, _) => Err(place.refuse(Problem::NotExactlyOne {
            of,
            given: given.into_iter().chain(last).map(|(key, _)| key).collect(),
        })),
    }
}

fn service_of(service: Spanned<ServiceForm>) -> Service {
    let origin = service.referenced.into();
    let ServiceForm {
        sources,
        functions,
        tables,
        buckets,
    } = service.value;
    Service {
        sources,
        functions,
        tables,
        buckets,
        origin,
    }
}

fn tap_of(tap: Spanned<TapForm>) -> Tap {
    let origin = tap.referenced.into();
    let TapForm { queue, bus } = tap.value;
    Tap { queue, bus, origin }
}

fn bus_of(bus: &str, form: BusForm) -> Result<Bus, TopologyError> {
    Ok(Bus {
        rules: list(
            form.rules,
            |rule| EntryName::Rule(bus.to_owned(), rule),
            |form, index, origin, _| rule_of(bus, form, index, origin),
        )?,
        archives: form
            .archives
            .into_iter()
            .map(|archive| Archive {
                name: archive.value.name,
                pattern: archive.value.pattern,
                origin: archive.referenced.into(),
            })
            .collect(),
    })
}

fn rule_of(bus: &str, form: RuleForm, rule: usize, origin: Origin) -> Result<Rule, TopologyError> {
    Ok(Rule {
        name: form.name,
        disabled: form.disabled,
        pattern: form.pattern,
        targets: list(
            form.targets,
            |target| EntryName::Target(bus.to_owned(), rule, target),
            |mut form, _, origin, place| {
                Ok(Target {
                    input: input_of(&mut form, place)?,
                    to: destination_of(form, place)?,
                    origin,
                })
            },
        )?,
        origin,
    })
}

fn destination_of(form: TargetForm, place: &Place) -> Result<Destination, TopologyError> {
    let choices = vec![
        form.bus.map(Destination::Bus),
        form.queue.map(Destination::Queue),
        form.topic.map(Destination::Topic),
        form.stream.map(Destination::Stream),
        form.function.map(Destination::Function),
        form.service.map(Destination::Service),
        form.log_group.map(Destination::LogGroup),
    ];
    exactly_one(choices, DESTINATIONS, place)
}

fn input_of(form: &mut TargetForm, place: &Place) -> Result<Input, TopologyError> {
    let given = (
        form.input.take(),
        form.input_path.take(),
        form.input_transformer.take(),
    );
    match given {
        (None, None, None) => Ok(Input::Whole),
        (Some(constant), None, None) => Ok(Input::Constant(constant)),
        (None, Some(path), None) => Ok(Input::Path(path)),
        (None, None, Some(transformer)) => Ok(Input::Transformer(transformer)),
        _ => Err(place.refuse(Problem::SeveralInputs)),
    }
}

fn consumer_of(
    form: ConsumerForm,
    origin: Origin,
    place: &Place,
) -> Result<Consumer, TopologyError> {
    let choices = vec![
        form.function.map(Receiver::Function),
        form.service.map(Receiver::Service),
    ];
    Ok(Consumer {
        receiver: exactly_one(choices, RECEIVERS, place)?,
        filters: form.filters,
        origin,
    })
}

fn queue_of(queue: &str, form: QueueForm) -> Result<Queue, TopologyError> {
    Ok(Queue {
        consumers: list(
            form.consumers,
            |index| EntryName::ConsumerOfQueue(queue.to_owned(), index),
            |form, _, origin, place| consumer_of(form, origin, place),
        )?,
        producers: form.producers,
        dead_letter: form.dead_letter,
    })
}

fn stream_of(stream: &str, form: StreamForm) -> Result<Stream, TopologyError> {
    Ok(Stream {
        consumers: list(
            form.consumers,
            |index| EntryName::ConsumerOfStream(stream.to_owned(), index),
            |form, _, origin, place| consumer_of(form, origin, place),
        )?,
        producers: form.producers,
    })
}

fn topic_of(topic: &str, form: TopicForm) -> Result<Topic, TopologyError> {
    Ok(Topic {
        subscriptions: list(
            form.subscriptions,
            |index| EntryName::Subscription(topic.to_owned(), index),
            |form, _, origin, place| {
                let choices = vec![
                    form.queue.map(Subscriber::Queue),
                    form.function.map(Subscriber::Function),
                    form.service.map(Subscriber::Service),
                ];
                Ok(Subscription {
                    to: exactly_one(choices, SUBSCRIBERS, place)?,
                    filter_policy: form.filter_policy,
                    filter_policy_scope: form.filter_policy_scope,
                    origin,
                })
            },
        )?,
        producers: form.producers,
    })
}

fn pipe_of(pipe: &str, form: Spanned<PipeForm>) -> Result<Pipe, TopologyError> {
    let origin = form.referenced.into();
    let place = Place::new(origin, EntryName::Pipe(pipe.to_owned()));
    let mut form = form.value;
    if input_of(&mut form.target, &place)? != Input::Whole {
        return Err(place.refuse(Problem::InputOfPipe));
    }
    let choices = vec![
        form.queue.map(PipeSource::Queue),
        form.stream.map(PipeSource::Stream),
    ];
    Ok(Pipe {
        from: exactly_one(choices, PIPE_SOURCES, &place)?,
        filters: form.filters,
        to: destination_of(form.target, &place)?,
        origin,
    })
}
