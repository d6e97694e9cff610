//! Reads the V2 buses of `EventBridge`: buses with their retention, subscribers and event sources.
//!
//! No emulator has them, so this reader never ran against anything but recorded answers.

use aws_config::SdkConfig;
use aws_sdk_eventbridgev2::Client;
use aws_sdk_eventbridgev2::operation::describe_event_source::DescribeEventSourceOutput;
use aws_sdk_eventbridgev2::operation::describe_subscriber::DescribeSubscriberOutput;
use aws_sdk_eventbridgev2::types::{
    EventSourceConfiguration, Filter, FilterScope as SdkScope, IncludePayload, LogConfiguration,
    LogLevel, SubscriberState, Transformer, TransformerType,
};
use piitrail_flow::home::Home;
use piitrail_flow::topology::declared::{
    Declaration, DeclaredInput, DeclaredRule, DeclaredSubscriber, DeclaredTarget,
    DeclaredTransformer, Document, Logged, Setting,
};
use piitrail_flow::topology::{End, FilterScope, Origin, ResourceKind as Kind};
use serde_json::{Map, Value, json};

use super::calls::{Action, Calls};
use super::deliveries::{self, LoggedBuses};
use super::found::{Found, end, key};

// The guide does not name rates of these calls. They share the prefix of `EventBridge`, which allows 50
// calls a second; half of it leaves room for whoever else calls.
const LIST_BUSES: Action = Action::new("events:ListEventBuses", 25);
const DESCRIBE_BUS: Action = Action::new("events:DescribeEventBus", 25);
const LIST_SUBSCRIBERS: Action = Action::new("events:ListSubscribers", 25);
const DESCRIBE_SUBSCRIBER: Action = Action::new("events:DescribeSubscriber", 25);
const LIST_SOURCES: Action = Action::new("events:ListEventSources", 25);
const DESCRIBE_SOURCE: Action = Action::new("events:DescribeEventSource", 25);

pub(super) const ACTIONS: &[Action] = &[
    LIST_BUSES,
    DESCRIBE_BUS,
    LIST_SUBSCRIBERS,
    DESCRIBE_SUBSCRIBER,
    LIST_SOURCES,
    DESCRIBE_SOURCE,
    deliveries::SOURCES,
    deliveries::DELIVERIES,
    deliveries::DESTINATIONS,
];

/// The entries of a page.
const PAGE: i32 = 100;

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let buses = calls
        .list(&LIST_BUSES, async |token| {
            let request = || client.list_event_buses().max_results(PAGE);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_BUSES, ask).await?;
            Some((page.event_buses.unwrap_or_default(), page.next_token))
        })
        .await;
    // A bus that another account shares is read there.
    let arns: Vec<String> = buses
        .into_iter()
        .filter_map(|bus| bus.event_bus_arn)
        .filter(|arn| Home::of_arn(arn).fits(&calls.home()))
        .collect();
    let described = calls
        .each(arns.clone(), |arn| async move {
            let ask = || client.describe_event_bus().event_bus_arn(&arn).send();
            Some((arn.clone(), calls.call(&DESCRIBE_BUS, ask).await))
        })
        .await;
    for (arn, bus) in described {
        let (encryption, days) = match bus {
            None => (Setting::Unknown, Setting::Unknown),
            Some(bus) => {
                let encryption = bus.encryption_configuration;
                let storage = bus.storage_configuration;
                let days = storage.and_then(|storage| storage.retention_period_in_days);
                let days = days.and_then(|days| u64::try_from(days).ok());
                (
                    key(encryption.and_then(|one| one.kms_key_identifier).as_deref()),
                    days.map_or(Setting::Unknown, Setting::Is),
                )
            }
        };
        found.resource(&end(Kind::Bus, &arn), encryption, days, false);
    }
    let mut logged = LoggedBuses::new();
    for arn in arns {
        subscribers(calls, client, found, &arn, &mut logged).await;
    }
    deliveries::read(calls, config, &logged, found).await;
    event_sources(calls, client, found).await;
}

async fn subscribers(
    calls: &Calls,
    client: &Client,
    found: &mut Found,
    bus: &str,
    logged: &mut LoggedBuses,
) {
    let subscribers = calls
        .list(&LIST_SUBSCRIBERS, async |token| {
            let request = || client.list_subscribers().event_bus_arn(bus);
            let ask = || {
                request()
                    .max_results(PAGE)
                    .set_next_token(token.clone())
                    .send()
            };
            let page = calls.call(&LIST_SUBSCRIBERS, ask).await?;
            Some((page.subscribers.unwrap_or_default(), page.next_token))
        })
        .await;
    let arns = subscribers.into_iter().filter_map(|one| one.subscriber_arn);
    let described = calls
        .each(arns.collect(), |arn| async move {
            let ask = || client.describe_subscriber().subscriber_arn(&arn).send();
            calls.call(&DESCRIBE_SUBSCRIBER, ask).await
        })
        .await;
    for one in described {
        if let Some(events) = one.log_configuration.as_ref().and_then(logged_of) {
            // The source of the logs may be the bus or the subscriber.
            for arn in [Some(bus.to_owned()), one.subscriber_arn.clone()] {
                let (_, known) = logged
                    .entry(arn.unwrap_or_default())
                    .or_insert_with(|| (bus.to_owned(), events));
                *known = events.max(*known);
            }
        }
        let Some((name, declared)) = subscriber(one, &end(Kind::Bus, bus)) else {
            calls.unreadable(&DESCRIBE_SUBSCRIBER);
            continue;
        };
        let declared = Declaration::Subscriber(Box::new(declared));
        found.declare(calls, &DESCRIBE_SUBSCRIBER, &name, declared);
    }
}

fn subscriber(one: DescribeSubscriberOutput, bus: &End) -> Option<(String, DeclaredSubscriber)> {
    let (name, invoked) = (one.name?, one.invoke_configuration?);
    let sets_attributes = invoked
        .sqs_parameters
        .is_some_and(|given| given.message_attributes.is_some())
        || invoked
            .sns_parameters
            .is_some_and(|given| given.message_attributes.is_some());
    let transformer = if invoked.universal_target_parameters.is_some() {
        DeclaredTransformer::Unknown
    } else {
        transformer(one.transformer)
    };
    let filters = one.filter_configuration.and_then(|given| given.filters);
    let dead_letters = one.on_failure_configuration.and_then(|given| given.arn);
    let declared = DeclaredSubscriber {
        bus: bus.name().clone(),
        name: name.clone(),
        id: None,
        filters: filters
            .unwrap_or_default()
            .into_iter()
            .map(filter)
            .collect(),
        to: end(Kind::Other, &invoked.target_arn),
        transformer,
        sets_attributes,
        dead_letters: dead_letters.map(|arn| end(Kind::Queue, &arn)),
        disabled: one.state == Some(SubscriberState::Stopped) || one.revoked == Some(true),
        origin: Origin::default(),
    };
    Some((name, declared))
}

fn logged_of(config: &LogConfiguration) -> Option<Logged> {
    let payload = config.include_payload.as_ref().map(IncludePayload::as_str);
    Logged::of_subscriber(payload, config.level.as_ref().map(LogLevel::as_str))
}

/// A filter with its scope. One whose scope is not known here takes everything.
fn filter(given: Filter) -> (FilterScope, Document) {
    let scope = match given.scope {
        SdkScope::Data => FilterScope::Data,
        SdkScope::Metadata => FilterScope::Metadata,
        SdkScope::SystemMetadata => FilterScope::SystemMetadata,
        _ => return (FilterScope::Data, Document::Unknown),
    };
    (scope, Document::Text(given.pattern))
}

fn transformer(given: Option<Transformer>) -> DeclaredTransformer {
    let Some(given) = given else {
        return DeclaredTransformer::Raw;
    };
    match (given.r#type, given.jsonata_configuration) {
        (None | Some(TransformerType::Raw), _) => DeclaredTransformer::Raw,
        (Some(TransformerType::WithMetadata), _) => DeclaredTransformer::WithMetadata,
        (Some(TransformerType::Jsonata), Some(given)) => {
            DeclaredTransformer::Jsonata(given.expression)
        }
        _ => DeclaredTransformer::Unknown,
    }
}

async fn event_sources(calls: &Calls, client: &Client, found: &mut Found) {
    let sources = calls
        .list(&LIST_SOURCES, async |token| {
            let request = || client.list_event_sources().max_results(PAGE);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_SOURCES, ask).await?;
            Some((page.event_sources.unwrap_or_default(), page.next_token))
        })
        .await;
    let arns = sources.into_iter().filter_map(|one| one.event_source_arn);
    let described = calls
        .each(arns.collect(), |arn| async move {
            let ask = || client.describe_event_source().event_source_arn(&arn).send();
            calls.call(&DESCRIBE_SOURCE, ask).await
        })
        .await;
    for one in described {
        let Some((name, declared)) = event_source(one, calls.home()) else {
            calls.unreadable(&DESCRIBE_SOURCE);
            continue;
        };
        found.declare(calls, &DESCRIBE_SOURCE, &name, Declaration::Rule(declared));
    }
}

/// An event source forwards the events of an AWS service from the default bus, or those of a partner from
/// the partner's bus, so it is shown as a rule there.
fn event_source(one: DescribeEventSourceOutput, home: Home) -> Option<(String, DeclaredRule)> {
    let name = one.name?;
    let to = end(Kind::Bus, &one.event_bus_arn?);
    let (bus, source, pattern, failure) = match one.configuration? {
        EventSourceConfiguration::AwsServiceEventsConfiguration(given) => (
            "default".to_owned(),
            json!([given.aws_service]),
            given.pattern,
            given.on_failure_configuration,
        ),
        EventSourceConfiguration::PartnerEventsConfiguration(given) => {
            let (_, partner) = given
                .partner_event_source_arn
                .split_once(":event-source/")?;
            (
                partner.to_owned(),
                json!([{ "exists": true }]),
                given.pattern,
                given.on_failure_configuration,
            )
        }
        _ => return None,
    };
    let fields: Map<String, Value> = match pattern {
        Some(pattern) => serde_json::from_str(&pattern).ok()?,
        None => Map::new(),
    };
    let pattern = Document::Json(Value::Object(fields)).with_field("source", source);
    let dead_letters = failure.and_then(|given| given.arn);
    let declared = DeclaredRule {
        bus: End::of_text(Kind::Bus, &bus).at(home).name().clone(),
        name: name.clone(),
        id: None,
        pattern: Some(pattern),
        is_scheduled: false,
        disabled: one.revoked == Some(true),
        targets: vec![DeclaredTarget {
            to,
            input: DeclaredInput::Whole,
            dead_letters: dead_letters.map(|arn| end(Kind::Queue, &arn)),
            is_approximate: false,
            origin: Origin::default(),
        }],
        origin: Origin::default(),
    };
    Some((name, declared))
}
