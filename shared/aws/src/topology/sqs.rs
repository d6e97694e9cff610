//! Reads SQS: queues with their redrive, retention and encryption.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use piitrail_flow::topology::declared::{KeySetting, Setting};
use piitrail_flow::topology::{PlainRouteKind, ResourceKind as Kind};
use serde_json::Value;

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

// AWS publishes no rate for calls that manage queues, only for those that move messages.
const LIST: Action = Action::new("sqs:ListQueues", 10);
const ATTRIBUTES: Action = Action::new("sqs:GetQueueAttributes", 100);

pub(super) const ACTIONS: &[Action] = &[LIST, ATTRIBUTES];

const NAMES: [Name; 5] = [
    Name::QueueArn,
    Name::RedrivePolicy,
    Name::MessageRetentionPeriod,
    Name::KmsMasterKeyId,
    Name::SqsManagedSseEnabled,
];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = Client::new(config);
    let urls = calls
        .list(&LIST, async |token| {
            let request = || client.list_queues().max_results(1_000);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            Some((page.queue_urls.unwrap_or_default(), page.next_token))
        })
        .await;
    let queues = calls
        .each(urls, |url| {
            let client = &client;
            async move {
                let request = || client.get_queue_attributes().queue_url(&url);
                let ask = || request().set_attribute_names(Some(NAMES.to_vec())).send();
                calls.call(&ATTRIBUTES, ask).await?.attributes
            }
        })
        .await;
    for queue in queues {
        if declare(found, &queue).is_none() {
            calls.unreadable(&ATTRIBUTES);
        }
    }
}

fn declare(found: &mut Found, queue: &HashMap<Name, String>) -> Option<()> {
    let text = |name| queue.get(&name).map(String::as_str);
    let own = end(Kind::Queue, text(Name::QueueArn)?);
    let encryption = match (text(Name::KmsMasterKeyId), text(Name::SqsManagedSseEnabled)) {
        (Some(id), _) if !id.is_empty() => key(Some(id)),
        (_, Some("true")) => Setting::Is(KeySetting::ServiceOwned),
        (_, Some("false")) => Setting::Is(KeySetting::Off),
        _ => Setting::Default,
    };
    let seconds = text(Name::MessageRetentionPeriod).map_or(Setting::Default, |seconds| {
        seconds.parse().map_or(Setting::Unknown, Setting::Is)
    });
    found.resource(&own, encryption, seconds, false);
    if let Some(policy) = text(Name::RedrivePolicy).filter(|policy| !policy.is_empty()) {
        let policy: Value = serde_json::from_str(policy).ok()?;
        let to = policy.get("deadLetterTargetArn")?.as_str()?;
        found.route(PlainRouteKind::Redrive, &own, end(Kind::Queue, to));
    }
    Some(())
}
