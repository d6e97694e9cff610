//! Reads `EventBridge`: buses, rules with their targets, archives, API destinations, and the logs that keep
//! events.
//!
//! Connections are not read: they hold how a vendor is authorised, and no route starts or ends
//! there.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{IncludeDetail, Level, LogConfig, Rule, RuleState, Target};
use piitrail_flow::home::Located;
use piitrail_flow::topology::declared::{
    Declaration, DeclaredArchive, DeclaredInput, DeclaredRule, DeclaredTarget, Document, Logged,
    Setting,
};
use piitrail_flow::topology::{
    End, InputTransformer, Origin, PlainRouteKind, ResourceKind as Kind,
};

use super::calls::{Action, Calls};
use super::deliveries::{self, LoggedBuses};
use super::found::{Found, end, key};

// EventBridge allows 50 calls a second of each action but PutEvents.
// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
const LIST_BUSES: Action = Action::new("events:ListEventBuses", 50);
const DESCRIBE_BUS: Action = Action::new("events:DescribeEventBus", 50);
const LIST_RULES: Action = Action::new("events:ListRules", 50);
const LIST_TARGETS: Action = Action::new("events:ListTargetsByRule", 50);
const LIST_ARCHIVES: Action = Action::new("events:ListArchives", 50);
const DESCRIBE_ARCHIVE: Action = Action::new("events:DescribeArchive", 50);
const LIST_API_DESTINATIONS: Action = Action::new("events:ListApiDestinations", 50);

pub(super) const ACTIONS: &[Action] = &[
    LIST_BUSES,
    DESCRIBE_BUS,
    LIST_RULES,
    LIST_TARGETS,
    LIST_ARCHIVES,
    DESCRIBE_ARCHIVE,
    LIST_API_DESTINATIONS,
    deliveries::SOURCES,
    deliveries::DELIVERIES,
    deliveries::DESTINATIONS,
];

/// The entries of a page, which is the most that `EventBridge` gives.
const PAGE: i32 = 100;

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = Client::new(config);
    let buses = calls
        .list(&LIST_BUSES, async |token| {
            let request = || client.list_event_buses().limit(PAGE);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_BUSES, ask).await?;
            Some((page.event_buses.unwrap_or_default(), page.next_token))
        })
        .await;
    let names: Vec<String> = buses.iter().filter_map(|bus| bus.name.clone()).collect();
    let described = calls
        .each(names.clone(), |name| {
            let client = &client;
            async move {
                let ask = || client.describe_event_bus().name(&name).send();
                calls.call(&DESCRIBE_BUS, ask).await
            }
        })
        .await;
    let mut logged = LoggedBuses::new();
    for bus in buses.iter().filter_map(|bus| bus.arn.as_deref()) {
        let own = end(Kind::Bus, bus);
        let more = described.iter().find(|one| one.arn.as_deref() == Some(bus));
        let encryption = more.map_or(Setting::Unknown, |bus| {
            key(bus.kms_key_identifier.as_deref())
        });
        found.resource(&own, encryption, Setting::Default, false);
        let dead_letters = more.and_then(|bus| bus.dead_letter_config.as_ref()?.arn.as_deref());
        if let Some(queue) = dead_letters {
            found.route(PlainRouteKind::OnFailure, &own, end(Kind::Queue, queue));
        }
        if let Some(events) = more.and_then(|bus| logged_of(bus.log_config.as_ref()?)) {
            logged.insert(bus.to_owned(), (bus.to_owned(), events));
        }
    }
    for bus in &buses {
        if let (Some(name), Some(arn)) = (&bus.name, &bus.arn) {
            rules(calls, &client, found, name, end(Kind::Bus, arn).name()).await;
        }
    }
    deliveries::read(calls, config, &logged, found).await;
    archives(calls, &client, found).await;
    let destinations = calls
        .list(&LIST_API_DESTINATIONS, async |token| {
            let request = || client.list_api_destinations().limit(PAGE);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_API_DESTINATIONS, ask).await?;
            Some((page.api_destinations.unwrap_or_default(), page.next_token))
        })
        .await;
    for arn in destinations
        .iter()
        .filter_map(|one| one.api_destination_arn.as_deref())
    {
        let own = end(Kind::ApiDestination, arn);
        found.resource(&own, Setting::Default, Setting::Default, false);
    }
}

fn logged_of(config: &LogConfig) -> Option<Logged> {
    let detail = config.include_detail.as_ref().map(IncludeDetail::as_str);
    let level = config.level.as_ref().map(Level::as_str);
    Logged::of_bus(detail, level)
}

/// Returns true for the rule by which an archive receives its events. The archive is a route of its
/// own.
fn is_of_archive(rule: &Rule) -> bool {
    let name = rule.name.as_deref().unwrap_or_default();
    rule.managed_by.is_some() && name.starts_with("Events-Archive-")
}

async fn rules(calls: &Calls, client: &Client, found: &mut Found, bus: &str, at: &Located) {
    let rules = calls
        .list(&LIST_RULES, async |token| {
            let request = || client.list_rules().event_bus_name(bus).limit(PAGE);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_RULES, ask).await?;
            Some((page.rules.unwrap_or_default(), page.next_token))
        })
        .await;
    let rules: Vec<Rule> = rules
        .into_iter()
        .filter(|rule| !is_of_archive(rule))
        .collect();
    let rules = calls
        .each(rules, |rule| async move {
            let name = rule.name.clone()?;
            let targets = calls
                .list(&LIST_TARGETS, async |token| {
                    let request = || client.list_targets_by_rule().event_bus_name(bus);
                    let ask = || {
                        request()
                            .rule(&name)
                            .limit(PAGE)
                            .set_next_token(token.clone())
                            .send()
                    };
                    let page = calls.call(&LIST_TARGETS, ask).await?;
                    Some((page.targets.unwrap_or_default(), page.next_token))
                })
                .await;
            Some((name, rule, targets))
        })
        .await;
    for (name, rule, targets) in rules {
        let declared = DeclaredRule {
            bus: at.clone(),
            name: name.clone(),
            id: None,
            pattern: rule.event_pattern.map(Document::Text),
            is_scheduled: rule
                .schedule_expression
                .is_some_and(|text| !text.is_empty()),
            disabled: rule.state == Some(RuleState::Disabled),
            targets: targets.into_iter().map(target).collect(),
            origin: Origin::default(),
        };
        found.declare(calls, &LIST_RULES, &name, Declaration::Rule(declared));
    }
}

fn target(target: Target) -> DeclaredTarget {
    let dead_letters = target.dead_letter_config.and_then(|config| config.arn);
    // For a task of ECS the ARN names the cluster, and the task is what receives the event.
    let task = target.ecs_parameters.map(|given| given.task_definition_arn);
    DeclaredTarget {
        to: end(Kind::Other, task.as_ref().unwrap_or(&target.arn)),
        dead_letters: dead_letters.map(|arn| end(Kind::Queue, &arn)),
        is_approximate: false,
        origin: Origin::default(),
        input: match (target.input, target.input_path, target.input_transformer) {
            (Some(input), ..) => DeclaredInput::Constant(Document::Text(input)),
            (None, Some(path), _) => DeclaredInput::Path(path),
            (None, None, Some(transformer)) => DeclaredInput::Transformer(InputTransformer {
                paths: transformer
                    .input_paths_map
                    .unwrap_or_default()
                    .into_iter()
                    .collect(),
                template: transformer.input_template,
            }),
            (None, None, None) => DeclaredInput::Whole,
        },
    }
}

async fn archives(calls: &Calls, client: &Client, found: &mut Found) {
    let archives = calls
        .list(&LIST_ARCHIVES, async |token| {
            let request = || client.list_archives().limit(PAGE);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_ARCHIVES, ask).await?;
            Some((page.archives.unwrap_or_default(), page.next_token))
        })
        .await;
    let archives = archives
        .into_iter()
        .filter_map(|archive| archive.archive_name);
    let archives = calls
        .each(archives.collect(), |name| async move {
            let ask = || client.describe_archive().archive_name(&name).send();
            calls.call(&DESCRIBE_ARCHIVE, ask).await
        })
        .await;
    for archive in archives {
        let (Some(name), Some(bus)) = (archive.archive_name, archive.event_source_arn) else {
            calls.unreadable(&DESCRIBE_ARCHIVE);
            continue;
        };
        let bus = end(Kind::Bus, &bus);
        let own = End::of_text(Kind::Archive, &name).at(bus.name().home);
        let days = archive
            .retention_days
            .and_then(|days| u64::try_from(days).ok());
        let days = days.map_or(Setting::Default, Setting::Is);
        let encryption = key(archive.kms_key_identifier.as_deref());
        found.resource(&own, encryption, days, false);
        let pattern = archive.event_pattern.filter(|pattern| !pattern.is_empty());
        let declared = DeclaredArchive {
            bus: bus.name().clone(),
            name: name.clone(),
            pattern: pattern.map(Document::Text),
            origin: Origin::default(),
        };
        found.declare(
            calls,
            &DESCRIBE_ARCHIVE,
            &name,
            Declaration::Archive(declared),
        );
    }
}
