//! Writes the model as the form.

use std::collections::BTreeMap;

use serde_saphyr::{Location, Spanned};

use super::{
    ArchiveForm, BusForm, ConsumerForm, EncryptionForm, EndForm, EnrichmentForm, File, NamesEnd,
    PipeForm, QueueForm, ResourceForm, RouteForm, RuleForm, ScopedFiltersForm, ServiceForm,
    StreamForm, SubscriberForm, SubscriptionForm, TapForm, TargetForm, TopicForm, VERSION,
};
use crate::home::Located;
use crate::topology::{
    About, Archive, Bus, Consumer, Draft, Encryption, End, EventPattern, FilterPolicy, FilterScope,
    Input, InputForm, Pipe, PlainRoute, Queue, Resource, ResourceKind, Rule, Service, ServiceName,
    Stream, Subscriber, Subscription, Tap, Target, Topic, Transformer,
};

/// Wraps a value that was not read from a file.
fn unplaced<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Location::UNKNOWN, Location::UNKNOWN)
}

fn unplaced_list<'m, M: 'm, F: From<&'m M>>(models: &'m [M]) -> Vec<Spanned<F>> {
    models
        .iter()
        .map(|model| unplaced(F::from(model)))
        .collect()
}

/// Returns entries under their names. The home is written in the name, so it needs no field.
fn forms<'m, M, F: From<&'m M>>(models: &'m BTreeMap<Located, M>) -> BTreeMap<String, Spanned<F>> {
    models
        .iter()
        .map(|(name, model)| (name.to_string(), unplaced(F::from(model))))
        .collect()
}

fn names(services: &[ServiceName]) -> Vec<String> {
    services.iter().map(ToString::to_string).collect()
}

impl From<&Draft> for File {
    fn from(topology: &Draft) -> Self {
        Self {
            version: unplaced(VERSION),
            services: topology
                .services
                .iter()
                .map(|(name, service)| (name.to_string(), unplaced(service.into())))
                .collect(),
            taps: unplaced_list(&topology.taps),
            buses: forms(&topology.buses),
            queues: forms(&topology.queues),
            topics: forms(&topology.topics),
            streams: forms(&topology.streams),
            tables: forms(&topology.tables),
            pipes: forms(&topology.pipes),
            resources: topology
                .resources
                .iter()
                .map(|(end, known)| unplaced(resource(end, known)))
                .collect(),
            routes: unplaced_list(&topology.routes),
            changes: topology.changes.clone(),
        }
    }
}

/// Writes the end into a form.
fn with_end<F: NamesEnd>(mut form: F, end: &End) -> F {
    form.set_name(end.kind(), end.name().to_string());
    form
}

impl From<&End> for EndForm {
    fn from(end: &End) -> Self {
        with_end(Self::default(), end)
    }
}

impl From<&Service> for ServiceForm {
    fn from(service: &Service) -> Self {
        let mut form = Self {
            sources: service.sources.clone(),
            about: Some(service.about.clone()).filter(|about| *about != About::default()),
            ..Self::default()
        };
        for end in &service.owns {
            let name = end.name().to_string();
            match end.kind() {
                ResourceKind::Function => form.functions.push(name),
                ResourceKind::Table => form.tables.push(name),
                ResourceKind::Bucket => form.buckets.push(name),
                _ => form.owns.push(unplaced(end.into())),
            }
        }
        form
    }
}

impl From<&Tap> for TapForm {
    fn from(tap: &Tap) -> Self {
        Self {
            queue: tap.queue.to_string(),
            bus: tap.bus.to_string(),
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
            subscribers: unplaced_list(&bus.subscribers),
        }
    }
}

impl From<&Rule> for RuleForm {
    fn from(rule: &Rule) -> Self {
        Self {
            name: rule.name.clone(),
            id: rule.id.clone(),
            disabled: rule.disabled,
            pattern: rule.pattern.json().clone(),
            approximate: rule.pattern.is_approximate(),
            targets: unplaced_list(&rule.targets),
        }
    }
}

impl From<&Archive> for ArchiveForm {
    fn from(archive: &Archive) -> Self {
        Self {
            approximate: archive
                .pattern
                .as_ref()
                .is_some_and(EventPattern::is_approximate),
            name: archive.name.clone(),
            pattern: archive
                .pattern
                .as_ref()
                .map(|pattern| pattern.json().clone()),
        }
    }
}

impl From<&Subscriber> for SubscriberForm {
    fn from(subscriber: &Subscriber) -> Self {
        let pattern = |scope| subscriber.filters.json(scope).cloned();
        let filters = ScopedFiltersForm {
            data: pattern(FilterScope::Data),
            metadata: pattern(FilterScope::Metadata),
            system_metadata: pattern(FilterScope::SystemMetadata),
        };
        let is_filtered = filters.data.is_some()
            || filters.metadata.is_some()
            || filters.system_metadata.is_some();
        let form = Self {
            name: subscriber.name.clone(),
            id: subscriber.id.clone(),
            disabled: subscriber.disabled,
            filters: is_filtered.then_some(filters),
            approximate: subscriber.filters.is_approximate(),
            with_metadata: subscriber.transformer == Transformer::WithMetadata,
            jsonata: match &subscriber.transformer {
                Transformer::Jsonata(expression) => Some(expression.as_str().to_owned()),
                _ => None,
            },
            unknown_input: subscriber.transformer == Transformer::Unknown,
            message_attributes: subscriber.sets_attributes,
            dlq: subscriber.dead_letters.as_ref().map(ToString::to_string),
            ..Self::default()
        };
        with_end(form, &subscriber.to)
    }
}

/// Creates a target without the fields that only rules or only pipes have.
fn target(to: &End, input: &Input) -> TargetForm {
    let mut form = with_end(TargetForm::default(), to);
    match input.form().clone() {
        InputForm::Whole => {}
        InputForm::Constant(constant) => form.input = Some(constant),
        InputForm::Path(path) => form.input_path = Some(path),
        InputForm::Transformer(transformer) => form.input_transformer = Some(transformer),
        InputForm::Template(template) => form.input_template = Some(template),
    }
    form
}

impl From<&Target> for TargetForm {
    fn from(sent: &Target) -> Self {
        Self {
            dlq: sent.dead_letters.as_ref().map(ToString::to_string),
            approximate: sent.is_approximate,
            ..target(&sent.to, &sent.input)
        }
    }
}

impl From<&Consumer> for ConsumerForm {
    fn from(consumer: &Consumer) -> Self {
        let form = Self {
            id: consumer.id.clone(),
            disabled: consumer.disabled,
            filters: consumer.filters.json().to_vec(),
            approximate: consumer.filters.is_approximate(),
            on_failure: consumer.on_failure.as_ref().map(EndForm::from),
            ..Self::default()
        };
        with_end(form, &consumer.to)
    }
}

impl From<&Queue> for QueueForm {
    fn from(queue: &Queue) -> Self {
        Self {
            account: None,
            region: None,
            consumers: unplaced_list(&queue.consumers),
            producers: names(&queue.producers),
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
            producers: names(&topic.producers),
        }
    }
}

impl From<&Subscription> for SubscriptionForm {
    fn from(subscription: &Subscription) -> Self {
        let policy = subscription.filter_policy.as_ref();
        let form = Self {
            id: subscription.id.clone(),
            filter_policy: policy.map(|policy| policy.json().clone()),
            filter_policy_scope: policy.map(FilterPolicy::scope).unwrap_or_default(),
            approximate: policy.is_some_and(FilterPolicy::is_approximate),
            raw: subscription.is_raw,
            dlq: subscription.dead_letters.as_ref().map(ToString::to_string),
            ..Self::default()
        };
        with_end(form, &subscription.to)
    }
}

impl From<&Stream> for StreamForm {
    fn from(stream: &Stream) -> Self {
        Self {
            account: None,
            region: None,
            consumers: unplaced_list(&stream.consumers),
            producers: names(&stream.producers),
        }
    }
}

impl From<&Pipe> for PipeForm {
    fn from(pipe: &Pipe) -> Self {
        let enrichment = pipe.enrichment.as_ref().map(|enrichment| {
            let form = EnrichmentForm {
                input_template: match enrichment.input.form() {
                    InputForm::Template(template) => Some(template.clone()),
                    _ => None,
                },
                ..EnrichmentForm::default()
            };
            with_end(form, &enrichment.by)
        });
        let form = Self {
            disabled: pipe.disabled,
            filters: pipe.filters.json().to_vec(),
            approximate: pipe.filters.is_approximate(),
            enrichment,
            target: TargetForm {
                event_source: pipe.event.source.clone(),
                event_detail_type: pipe.event.detail_type.clone(),
                event_unknown: pipe.event.is_unknown,
                ..target(&pipe.to, &pipe.input)
            },
            on_failure: pipe.dead_letters.as_ref().map(EndForm::from),
            ..Self::default()
        };
        with_end(form, &pipe.from)
    }
}

fn resource(end: &End, known: &Resource) -> ResourceForm {
    let form = ResourceForm {
        id: known.id.clone(),
        generated_name: known.is_name_generated,
        encryption: match &known.encryption {
            Encryption::Unknown => None,
            Encryption::None => Some(EncryptionForm::None),
            Encryption::ServiceDefault => Some(EncryptionForm::ServiceDefault),
            Encryption::AwsManaged => Some(EncryptionForm::AwsManaged),
            Encryption::CustomerManaged(_) => Some(EncryptionForm::CustomerManaged),
        },
        key: known.encryption.key().map(ToOwned::to_owned),
        retention: known.retention.map(|retention| retention.to_string()),
        ..ResourceForm::default()
    };
    with_end(form, end)
}

impl From<&PlainRoute> for RouteForm {
    fn from(route: &PlainRoute) -> Self {
        Self {
            kind: route.kind,
            from: EndForm::from(&route.from),
            to: EndForm::from(&route.to),
            via: route.via.clone(),
            filter: route.filter.clone(),
            input: route.input.clone(),
            disabled: route.disabled,
            approximate: route.is_approximate,
            dlq: route.dead_letters.as_ref().map(ToString::to_string),
        }
    }
}
