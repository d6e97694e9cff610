//! Reads the model from the form. This file has over 400 lines because it has one function for each
//! form, and all are of the same kind.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_saphyr::Spanned;

use super::{
    BusForm, ConsumerForm, EncryptionForm, EndForm, File, NamesEnd, PipeForm, QueueForm,
    ResourceForm, RouteForm, RuleForm, ServiceForm, StreamForm, SubscriberForm, SubscriptionForm,
    TapForm, TargetForm, TopicForm, VERSION,
};
use crate::home::{Account, Home, Located, Region};
use crate::topology::check::{
    CONSUMERS, ENRICHMENTS, FAILURE_HOLDERS, OWNED, PIPE_SOURCES, SUBSCRIBERS, TARGETS,
};
use crate::topology::error::{EntryName, EntryPlace, Problem, TopologyError};
use crate::topology::{
    Archive, Bus, Consumer, Draft, Encryption, End, Enrichment, EventPattern, FilterPolicy,
    FilterScope, FilteredSource, Filters, Input, InputForm, Jsonata, Pipe, PipeEvent, PlainRoute,
    Queue, Resource, ResourceKind, Retention, Rule, ScopedFilters, Service, ServiceName, Stream,
    Subscriber, Subscription, Tap, Target, Topic, Transformer,
};

impl File {
    /// Returns the parts of the topology that the file describes.
    pub(in crate::topology) fn into_draft(self) -> Result<Draft, TopologyError> {
        if self.version.value != VERSION {
            return Err(TopologyError::Version {
                origin: self.version.referenced.into(),
                version: self.version.value,
            });
        }
        let mut services = BTreeMap::new();
        for (name, form) in self.services {
            let place = EntryPlace::new(form.referenced.into(), EntryName::Service(name.clone()));
            let name = ServiceName::new(&name).ok_or_else(|| place.refuse(Problem::ServiceName))?;
            services.insert(name, service(form.value, &place)?);
        }
        let mut resources = BTreeMap::new();
        for (index, form) in self.resources.into_iter().enumerate() {
            let place = EntryPlace::new(form.referenced.into(), EntryName::Resource(index));
            let (end, known) = resource(form.value, &place)?;
            if resources.insert(end, known).is_some() {
                return Err(place.refuse(Problem::NamedTwice));
            }
        }
        Ok(Draft {
            services,
            taps: list(self.taps, EntryName::Tap, |form, _, place| {
                tap(&form, place)
            })?,
            buses: each(ResourceKind::Bus, self.buses, bus)?,
            queues: each(ResourceKind::Queue, self.queues, queue)?,
            topics: each(ResourceKind::Topic, self.topics, topic)?,
            streams: each(ResourceKind::Stream, self.streams, stream)?,
            tables: each(ResourceKind::Table, self.tables, stream)?,
            pipes: each(ResourceKind::Pipe, self.pipes, pipe)?,
            resources,
            routes: list(self.routes, EntryName::Route, |form, _, place| {
                route(form, place)
            })?,
            changes: self.changes,
        })
    }
}

/// A form of an entry that may give its account and region.
trait HasHome {
    fn home(&self) -> (Option<Account>, Option<Region>);
}

macro_rules! has_home {
    ($($form:ty),+) => {$(
        impl HasHome for $form {
            fn home(&self) -> (Option<Account>, Option<Region>) {
                (self.account, self.region)
            }
        }
    )+};
}

has_home!(BusForm, QueueForm, TopicForm, StreamForm, PipeForm);

/// Converts the entries of a section, each under its name. The home of an entry is in its name, in
/// its fields, or in both.
fn each<F: HasHome, M>(
    kind: ResourceKind,
    forms: BTreeMap<String, Spanned<F>>,
    convert: impl Fn(&str, F, &EntryPlace) -> Result<M, TopologyError>,
) -> Result<BTreeMap<Located, M>, TopologyError> {
    let mut models = BTreeMap::new();
    for (text, form) in forms {
        let entry = match kind {
            ResourceKind::Pipe => EntryName::Pipe(text.clone()),
            kind => EntryName::Named(kind.key(), text.clone()),
        };
        let place = EntryPlace::new(form.referenced.into(), entry);
        let mut name = end(kind, &text, &place)?.name().clone();
        let (account, region) = form.value.home();
        let beside = Home { account, region };
        if !name.home.fits(&beside) {
            return Err(place.refuse(Problem::TwoHomes));
        }
        name.home = name.home.or(beside);
        let model = convert(&text, form.value, &place)?;
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
    convert: impl Fn(F, usize, &EntryPlace) -> Result<M, TopologyError>,
) -> Result<Vec<M>, TopologyError> {
    forms
        .into_iter()
        .enumerate()
        .map(|(index, form)| {
            let place = EntryPlace::new(form.referenced.into(), entry(index));
            convert(form.value, index, &place)
        })
        .collect()
}

fn end(kind: ResourceKind, text: &str, place: &EntryPlace) -> Result<End, TopologyError> {
    if kind == ResourceKind::Service && ServiceName::new(text).is_none() {
        return Err(place.refuse(Problem::ServiceName));
    }
    End::named(kind, text).map_err(|problem| place.refuse(problem))
}

/// Reads the name of a queue from a key that has no kind.
fn queue_name(name: Option<&String>, place: &EntryPlace) -> Result<Option<Located>, TopologyError> {
    name.map(|name| Ok(end(ResourceKind::Queue, name, place)?.name().clone()))
        .transpose()
}

/// Returns the only end that is given.
fn one_end(
    form: &mut impl NamesEnd,
    of: &'static [ResourceKind],
    place: &EntryPlace,
) -> Result<End, TopologyError> {
    let given: Vec<(ResourceKind, String)> = form
        .take_names()
        .into_iter()
        .filter_map(|(kind, name)| Some((kind, name?)))
        .collect();
    match &given[..] {
        [(kind, name)] if of.contains(kind) => end(*kind, name, place),
        given => Err(place.refuse(Problem::NotExactlyOne {
            of,
            given: given.iter().map(|(kind, _)| *kind).collect(),
        })),
    }
}

pub(in crate::topology) fn service(
    mut form: ServiceForm,
    place: &EntryPlace,
) -> Result<Service, TopologyError> {
    let mut owns = Vec::new();
    for (kind, names) in [
        (ResourceKind::Function, &form.functions),
        (ResourceKind::Table, &form.tables),
        (ResourceKind::Bucket, &form.buckets),
    ] {
        for name in names {
            owns.push(end(kind, name, place)?);
        }
    }
    for owned in &mut form.owns {
        let place = EntryPlace::new(owned.referenced.into(), place.entry().clone());
        owns.push(one_end(&mut owned.value, OWNED, &place)?);
    }
    Ok(Service {
        sources: form.sources,
        owns,
        about: form.about.unwrap_or_default(),
        origin: place.origin(),
    })
}

fn producers(given: &[String], place: &EntryPlace) -> Result<Vec<ServiceName>, TopologyError> {
    given
        .iter()
        .map(|text| ServiceName::new(text).ok_or_else(|| place.refuse(Problem::ServiceName)))
        .collect()
}

fn tap(form: &TapForm, place: &EntryPlace) -> Result<Tap, TopologyError> {
    Ok(Tap {
        queue: end(ResourceKind::Queue, &form.queue, place)?.name().clone(),
        bus: end(ResourceKind::Bus, &form.bus, place)?.name().clone(),
        origin: place.origin(),
    })
}

fn bus(name: &str, form: BusForm, _: &EntryPlace) -> Result<Bus, TopologyError> {
    Ok(Bus {
        rules: list(
            form.rules,
            |index| EntryName::Rule(name.to_owned(), index),
            |form, index, place| rule(name, form, index, place),
        )?,
        archives: list(
            form.archives,
            |index| EntryName::Archive(name.to_owned(), index),
            |form, _, place| {
                end(ResourceKind::Archive, &form.name, place)?;
                // Every event has a source.
                let any = || {
                    form.approximate
                        .then(|| json!({ "source": [{ "exists": true }] }))
                };
                Ok(Archive {
                    pattern: form
                        .pattern
                        .or_else(any)
                        .map(|json| pattern(json, form.approximate, place))
                        .transpose()?,
                    name: form.name,
                    origin: place.origin(),
                })
            },
        )?,
        subscribers: list(
            form.subscribers,
            |index| EntryName::Subscriber(name.to_owned(), index),
            |form, _, place| subscriber(form, place),
        )?,
    })
}

fn subscriber(mut form: SubscriberForm, place: &EntryPlace) -> Result<Subscriber, TopologyError> {
    let mut filters = ScopedFilters::default();
    let given = form.filters.take().unwrap_or_default();
    for (scope, pattern) in [
        (FilterScope::Data, given.data),
        (FilterScope::Metadata, given.metadata),
        (FilterScope::SystemMetadata, given.system_metadata),
    ] {
        if let Some(pattern) = pattern {
            let added = filters.add(scope, pattern);
            added.map_err(|problem| place.refuse(problem))?;
        }
    }
    let transformer = match (form.with_metadata, form.jsonata.take(), form.unknown_input) {
        (false, None, false) => Transformer::Raw,
        (true, None, false) => Transformer::WithMetadata,
        (false, None, true) => Transformer::Unknown,
        (false, Some(text), false) => {
            let expression = Jsonata::new(&text).map_err(|problem| place.refuse(problem))?;
            Transformer::Jsonata(expression)
        }
        _ => return Err(place.refuse(Problem::SeveralTransformers)),
    };
    Ok(Subscriber {
        filters: filters.approximating(form.approximate),
        transformer,
        dead_letters: queue_name(form.dlq.as_ref(), place)?,
        to: one_end(&mut form, TARGETS, place)?,
        name: form.name,
        id: form.id,
        disabled: form.disabled,
        sets_attributes: form.message_attributes,
        origin: place.origin(),
    })
}

fn pattern(
    json: Value,
    approximate: bool,
    place: &EntryPlace,
) -> Result<EventPattern, TopologyError> {
    let pattern = EventPattern::new(json).map_err(|problem| place.refuse(problem))?;
    Ok(pattern.approximating(approximate))
}

fn rule(bus: &str, form: RuleForm, rule: usize, place: &EntryPlace) -> Result<Rule, TopologyError> {
    Ok(Rule {
        pattern: pattern(form.pattern, form.approximate, place)?,
        targets: list(
            form.targets,
            |target| EntryName::Target(bus.to_owned(), rule, target),
            |mut form, _, place| {
                let input = input(&mut form, place)?;
                if form.event_source.is_some()
                    || form.event_detail_type.is_some()
                    || form.event_unknown
                {
                    let problem = "event_source, event_detail_type and event_unknown are for the target of a pipe";
                    return Err(place.refuse(Problem::OtherInput(problem)));
                }
                if matches!(input, InputForm::Template(_)) {
                    let problem = "input_template is for the target of a pipe; a rule has \
                                   input_transformer";
                    return Err(place.refuse(Problem::OtherInput(problem)));
                }
                Ok(Target {
                    input: Input::new(input).map_err(|problem| place.refuse(problem))?,
                    dead_letters: queue_name(form.dlq.as_ref(), place)?,
                    is_approximate: form.approximate,
                    to: one_end(&mut form, TARGETS, place)?,
                    origin: place.origin(),
                })
            },
        )?,
        name: form.name,
        id: form.id,
        disabled: form.disabled,
        origin: place.origin(),
    })
}

/// Returns the only input that is given, or the whole record if there is none.
fn input(form: &mut TargetForm, place: &EntryPlace) -> Result<InputForm, TopologyError> {
    let given = [
        form.input.take().map(InputForm::Constant),
        form.input_path.take().map(InputForm::Path),
        form.input_transformer.take().map(InputForm::Transformer),
        form.input_template.take().map(InputForm::Template),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (None, _) => Ok(InputForm::Whole),
        (Some(input), None) => Ok(input),
        _ => Err(place.refuse(Problem::SeveralInputs)),
    }
}

fn filters(
    json: Vec<Value>,
    source: FilteredSource,
    place: &EntryPlace,
) -> Result<Filters, TopologyError> {
    Filters::new(json, source).map_err(|problem| place.refuse(problem))
}

fn consumer(
    mut form: ConsumerForm,
    source: FilteredSource,
    place: &EntryPlace,
) -> Result<Consumer, TopologyError> {
    Ok(Consumer {
        to: one_end(&mut form, CONSUMERS, place)?,
        id: form.id,
        disabled: form.disabled,
        filters: filters(form.filters, source, place)?.approximating(form.approximate),
        on_failure: failure_holder(form.on_failure, place)?,
        origin: place.origin(),
    })
}

fn failure_holder(form: Option<EndForm>, place: &EntryPlace) -> Result<Option<End>, TopologyError> {
    form.map(|mut form| one_end(&mut form, FAILURE_HOLDERS, place))
        .transpose()
}

fn queue(name: &str, form: QueueForm, place: &EntryPlace) -> Result<Queue, TopologyError> {
    Ok(Queue {
        consumers: list(
            form.consumers,
            |index| EntryName::ConsumerOfQueue(name.to_owned(), index),
            |form, _, place| consumer(form, FilteredSource::Queue, place),
        )?,
        producers: producers(&form.producers, place)?,
        dead_letter: form.dead_letter,
    })
}

fn stream(name: &str, form: StreamForm, place: &EntryPlace) -> Result<Stream, TopologyError> {
    Ok(Stream {
        consumers: list(
            form.consumers,
            |index| EntryName::ConsumerOfStream(name.to_owned(), index),
            |form, _, place| consumer(form, FilteredSource::Stream, place),
        )?,
        producers: producers(&form.producers, place)?,
    })
}

fn topic(name: &str, form: TopicForm, place: &EntryPlace) -> Result<Topic, TopologyError> {
    Ok(Topic {
        subscriptions: list(
            form.subscriptions,
            |index| EntryName::Subscription(name.to_owned(), index),
            |form, _, place| subscription(form, place),
        )?,
        producers: producers(&form.producers, place)?,
    })
}

fn subscription(
    mut form: SubscriptionForm,
    place: &EntryPlace,
) -> Result<Subscription, TopologyError> {
    let scope = form.filter_policy_scope;
    let read = if form.approximate {
        FilterPolicy::approximate
    } else {
        FilterPolicy::new
    };
    let any = || form.approximate.then(|| json!({}));
    let policy = form.filter_policy.take().or_else(any);
    let policy = policy.map(|json| read(json, scope)).transpose();
    let policy = policy.map_err(|problem| place.refuse(problem))?;
    Ok(Subscription {
        filter_policy: policy,
        dead_letters: queue_name(form.dlq.as_ref(), place)?,
        to: one_end(&mut form, SUBSCRIBERS, place)?,
        id: form.id,
        is_raw: form.raw,
        origin: place.origin(),
    })
}

fn pipe(_: &str, mut form: PipeForm, place: &EntryPlace) -> Result<Pipe, TopologyError> {
    let from = one_end(&mut form, PIPE_SOURCES, place)?;
    let sent = input(&mut form.target, place)?;
    if !matches!(sent, InputForm::Whole | InputForm::Template(_)) {
        let problem = "the target of a pipe has input_template, and none of the inputs of rules";
        return Err(place.refuse(Problem::OtherInput(problem)));
    }
    if form.target.approximate {
        let problem = "a pipe has approximate beside its target";
        return Err(place.refuse(Problem::OtherInput(problem)));
    }
    if form.target.dlq.is_some() {
        let problem = "a pipe has on_failure beside its target, and no dlq";
        return Err(place.refuse(Problem::OtherInput(problem)));
    }
    let source = FilteredSource::of(from.kind()).unwrap_or(FilteredSource::Stream);
    let compile = |form| Input::new(form).map_err(|problem| place.refuse(problem));
    let enrichment = form.enrichment.map(|mut form| {
        let given = form.input_template.take();
        Ok::<_, TopologyError>(Enrichment {
            input: compile(given.map_or(InputForm::Whole, InputForm::Template))?,
            by: one_end(&mut form, ENRICHMENTS, place)?,
        })
    });
    Ok(Pipe {
        from,
        disabled: form.disabled,
        filters: filters(form.filters, source, place)?.approximating(form.approximate),
        enrichment: enrichment.transpose()?,
        input: compile(sent)?,
        event: PipeEvent {
            source: form.target.event_source.take(),
            detail_type: form.target.event_detail_type.take(),
            is_unknown: form.target.event_unknown,
        },
        to: one_end(&mut form.target, TARGETS, place)?,
        dead_letters: failure_holder(form.on_failure, place)?,
        origin: place.origin(),
    })
}

fn resource(mut form: ResourceForm, place: &EntryPlace) -> Result<(End, Resource), TopologyError> {
    let encryption = match (form.encryption, form.key.take()) {
        (None, None) => Encryption::Unknown,
        (Some(EncryptionForm::None), None) => Encryption::None,
        (Some(EncryptionForm::ServiceDefault), None) => Encryption::ServiceDefault,
        (Some(EncryptionForm::AwsManaged), None) => Encryption::AwsManaged,
        (Some(EncryptionForm::CustomerManaged), Some(key)) => Encryption::CustomerManaged(key),
        _ => return Err(place.refuse(Problem::KeyOfNobody)),
    };
    let retention = form
        .retention
        .as_deref()
        .map(|text| Retention::parse(text).ok_or_else(|| place.refuse(Problem::Retention)));
    let end = one_end(&mut form, &ResourceKind::ALL, place)?;
    Ok((
        end,
        Resource {
            id: form.id,
            is_name_generated: form.generated_name,
            encryption,
            retention: retention.transpose()?,
            origin: place.origin(),
        },
    ))
}

fn route(mut form: RouteForm, place: &EntryPlace) -> Result<PlainRoute, TopologyError> {
    Ok(PlainRoute {
        kind: form.kind,
        from: one_end(&mut form.from, &ResourceKind::ALL, place)?,
        to: one_end(&mut form.to, &ResourceKind::ALL, place)?,
        via: form.via,
        filter: form.filter,
        input: form.input,
        disabled: form.disabled,
        is_approximate: form.approximate,
        dead_letters: queue_name(form.dlq.as_ref(), place)?,
        origin: place.origin(),
    })
}
