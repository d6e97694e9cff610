//! Reads SNS: topics, and their subscriptions with filters.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::types::Subscription;
use piitrail_flow::topology::declared::{
    Declaration, DeclaredSubscription, Document, Setting, kind_of_protocol,
};
use piitrail_flow::topology::{End, FilterPolicyScope, Origin, ResourceKind as Kind};
use serde_json::Value;

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

// SNS allows 30 calls of each list a second, and more of the others.
// <https://docs.aws.amazon.com/general/latest/gr/sns.html>
const LIST_TOPICS: Action = Action::new("sns:ListTopics", 30);
const TOPIC: Action = Action::new("sns:GetTopicAttributes", 30);
const LIST_SUBSCRIPTIONS: Action = Action::new("sns:ListSubscriptionsByTopic", 30);
const SUBSCRIPTION: Action = Action::new("sns:GetSubscriptionAttributes", 30);

pub(super) const ACTIONS: &[Action] = &[LIST_TOPICS, TOPIC, LIST_SUBSCRIPTIONS, SUBSCRIPTION];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let topics = calls
        .list(&LIST_TOPICS, async |token| {
            let ask = || client.list_topics().set_next_token(token.clone()).send();
            let page = calls.call(&LIST_TOPICS, ask).await?;
            Some((page.topics.unwrap_or_default(), page.next_token))
        })
        .await;
    let arns = topics.into_iter().filter_map(|topic| topic.topic_arn);
    let topics = calls
        .each(arns.collect(), |arn| async move {
            let ask = || client.get_topic_attributes().topic_arn(&arn).send();
            let attributes = calls.call(&TOPIC, ask).await;
            let attributes = attributes.map(|answer| answer.attributes.unwrap_or_default());
            let subscriptions = calls
                .list(&LIST_SUBSCRIPTIONS, async |token| {
                    let request = || client.list_subscriptions_by_topic().topic_arn(&arn);
                    let ask = || request().set_next_token(token.clone()).send();
                    let page = calls.call(&LIST_SUBSCRIPTIONS, ask).await?;
                    Some((page.subscriptions.unwrap_or_default(), page.next_token))
                })
                .await;
            Some((arn, attributes, subscriptions))
        })
        .await;
    let mut all = Vec::new();
    for (arn, attributes, subscriptions) in topics {
        let topic = end(Kind::Topic, &arn);
        let encryption = attributes.map_or(Setting::Unknown, |attributes| {
            key(attributes.get("KmsMasterKeyId").map(String::as_str))
        });
        found.resource(&topic, encryption, Setting::Default, false);
        all.extend(subscriptions.into_iter().map(|one| (topic.clone(), one)));
    }
    // A subscription that nobody confirmed, or that was deleted, has a word in place of an ARN.
    all.retain(|(_, one)| {
        one.subscription_arn
            .as_deref()
            .is_some_and(|arn| arn.contains(':'))
    });
    let all = calls
        .each(all, |(topic, one)| async move {
            let arn = one.subscription_arn.clone()?;
            let request = || client.get_subscription_attributes();
            let ask = || request().subscription_arn(&arn).send();
            let attributes = calls.call(&SUBSCRIPTION, ask).await?.attributes;
            Some((topic, one, attributes.unwrap_or_default()))
        })
        .await;
    for (topic, one, attributes) in all {
        match subscription(&topic, &one, &attributes) {
            Some(declared) => {
                let declared = Declaration::Subscription(declared);
                found.declare(calls, &SUBSCRIPTION, &topic.name().name, declared);
            }
            None => calls.unreadable(&SUBSCRIPTION),
        }
    }
}

fn subscription(
    topic: &End,
    one: &Subscription,
    attributes: &HashMap<String, String>,
) -> Option<DeclaredSubscription> {
    let text = |name| {
        attributes
            .get(name)
            .filter(|text: &&String| !text.is_empty())
    };
    let dead_letters = match text("RedrivePolicy") {
        None => None,
        Some(policy) => {
            let policy: Value = serde_json::from_str(policy).ok()?;
            Some(end(
                Kind::Queue,
                policy.get("deadLetterTargetArn")?.as_str()?,
            ))
        }
    };
    let kind = kind_of_protocol(one.protocol.as_deref().unwrap_or_default());
    Some(DeclaredSubscription {
        topic: topic.name().clone(),
        to: end(kind, one.endpoint.as_deref()?),
        id: None,
        filter_policy: text("FilterPolicy").cloned().map(Document::Text),
        scope: match text("FilterPolicyScope").map(String::as_str) {
            Some("MessageBody") => FilterPolicyScope::MessageBody,
            _ => FilterPolicyScope::MessageAttributes,
        },
        is_raw: text("RawMessageDelivery").is_some_and(|is| is.eq_ignore_ascii_case("true")),
        dead_letters,
        origin: Origin::default(),
    })
}
