//! Reads Lambda: functions with their dead-letter queues, event source mappings, and destinations.

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::EventSourceMappingConfiguration as Mapping;
use piitrail_flow::topology::declared::{Declaration, DeclaredMapping, Document, Setting};
use piitrail_flow::topology::{Origin, PlainRouteKind, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end};

// Lambda allows 15 calls of its control plane a second, all actions together. They are made one
// after the other.
// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LIST: Action = Action::new("lambda:ListFunctions", 15);
const MAPPINGS: Action = Action::new("lambda:ListEventSourceMappings", 15);
const DESTINATIONS: Action = Action::new("lambda:ListFunctionEventInvokeConfigs", 15);

pub(super) const ACTIONS: &[Action] = &[LIST, MAPPINGS, DESTINATIONS];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let mut functions = Vec::new();
    // The environment of a function may hold secrets, so nothing but these is kept of a page.
    let listed = calls
        .list(&LIST, async |token| {
            let request = || client.list_functions().max_items(50);
            let ask = || request().set_marker(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            let functions = page.functions.unwrap_or_default().into_iter();
            let functions = functions.map(|function| {
                let dead_letters = function.dead_letter_config;
                let dead_letters = dead_letters.and_then(|config| config.target_arn);
                (function.function_arn, dead_letters)
            });
            Some((functions.collect(), page.next_marker))
        })
        .await;
    for (arn, dead_letters) in listed {
        let Some(arn) = arn else {
            calls.unreadable(&LIST);
            continue;
        };
        let own = end(Kind::Function, &arn);
        found.resource(&own, Setting::Default, Setting::Default, false);
        if let Some(to) = dead_letters.filter(|to| !to.is_empty()) {
            found.route(PlainRouteKind::OnFailure, &own, end(Kind::Queue, &to));
        }
        functions.push(arn);
    }
    let mappings = calls
        .list(&MAPPINGS, async |token| {
            let request = || client.list_event_source_mappings().max_items(100);
            let ask = || request().set_marker(token.clone()).send();
            let page = calls.call(&MAPPINGS, ask).await?;
            Some((
                page.event_source_mappings.unwrap_or_default(),
                page.next_marker,
            ))
        })
        .await;
    for one in mappings {
        // Brokers outside of AWS have no ARN, and are not followed.
        if let Some(declared) = mapping(calls, &one) {
            let name = declared.to.name().name.clone();
            found.declare(calls, &MAPPINGS, &name, Declaration::Mapping(declared));
        }
    }
    destinations(calls, client, found, functions).await;
}

fn mapping(calls: &Calls, one: &Mapping) -> Option<DeclaredMapping> {
    if one.filter_criteria_error.is_some() {
        calls.unreadable(&MAPPINGS);
    }
    let filters = one.filter_criteria.as_ref();
    let filters = filters.and_then(|criteria| criteria.filters.as_deref());
    let filters: Option<Vec<Document>> = filters
        .unwrap_or_default()
        .iter()
        .map(|filter| filter.pattern.clone().map(Document::Text))
        .collect();
    let on_failure = one.destination_config.as_ref();
    let on_failure =
        on_failure.and_then(|config| config.on_failure.as_ref()?.destination.as_deref());
    Some(DeclaredMapping {
        from: end(Kind::Other, one.event_source_arn.as_deref()?),
        to: end(Kind::Function, one.function_arn.as_deref()?),
        id: None,
        disabled: matches!(one.state.as_deref(), Some("Disabled" | "Disabling")),
        // A filter without a pattern takes everything.
        filters: filters.unwrap_or_default(),
        on_failure: on_failure.map(|arn| end(Kind::Queue, arn)),
        origin: Origin::default(),
    })
}

async fn destinations(calls: &Calls, client: &Client, found: &mut Found, functions: Vec<String>) {
    let configurations = calls
        .each(functions, |arn| async move {
            let configurations = calls
                .list(&DESTINATIONS, async |token| {
                    let request = || client.list_function_event_invoke_configs();
                    let ask = || {
                        request()
                            .function_name(&arn)
                            .set_marker(token.clone())
                            .send()
                    };
                    let page = calls.call(&DESTINATIONS, ask).await?;
                    let list = page.function_event_invoke_configs.unwrap_or_default();
                    Some((list, page.next_marker))
                })
                .await;
            Some((arn, configurations))
        })
        .await;
    for (arn, configurations) in configurations {
        let own = end(Kind::Function, &arn);
        for one in configurations {
            let Some(config) = one.destination_config else {
                continue;
            };
            if let Some(to) = config.on_success.and_then(|one| one.destination) {
                found.route(PlainRouteKind::OnSuccess, &own, end(Kind::Other, &to));
            }
            if let Some(to) = config.on_failure.and_then(|one| one.destination) {
                found.route(PlainRouteKind::OnFailure, &own, end(Kind::Queue, &to));
            }
        }
    }
}
