//! Reads SQS and SNS.

use piitrail_flow::topology::declared::{
    Declaration, DeclaredSubscription, KeySetting, Setting, kind_of_protocol,
};
use piitrail_flow::topology::{FilterPolicyScope, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use super::values::number;
use crate::value::Value;

impl Part<'_> {
    pub(super) fn queue(&mut self) {
        let mut key = self.key(self.at(&["KmsMasterKeyId"]));
        if key == Setting::Default {
            key = match self.at(&["SqsManagedSseEnabled"]) {
                None | Some(Value::Null) => Setting::Default,
                Some(value) => match value.as_bool() {
                    Some(true) => Setting::Is(KeySetting::ServiceOwned),
                    Some(false) => Setting::Is(KeySetting::Off),
                    None => Setting::Unknown,
                },
            };
        }
        let seconds = number(self.at(&["MessageRetentionPeriod"]));
        self.own_resource(key, seconds);
        let redrive = self.at(&["RedrivePolicy"]).and_then(Value::document);
        if let Some(to) = redrive
            .as_ref()
            .and_then(|policy| policy.get("deadLetterTargetArn"))
        {
            self.own_route(PlainRouteKind::Redrive, to, Kind::Queue);
        }
    }

    pub(super) fn topic(&mut self) {
        let key = self.key(self.at(&["KmsMasterKeyId"]));
        self.own_resource(key, number(None));
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let subscriptions = self.at(&["Subscription"]).cloned();
        for subscription in subscriptions
            .as_ref()
            .and_then(Value::as_list)
            .unwrap_or_default()
        {
            let Some(endpoint) = subscription.get("Endpoint") else {
                continue;
            };
            let protocol = subscription.get("Protocol").and_then(Value::as_text);
            let kind = kind_of_protocol(protocol.unwrap_or_default());
            for to in self.ends(endpoint, kind) {
                self.declare(Declaration::Subscription(DeclaredSubscription {
                    topic: own.name().clone(),
                    to,
                    id: None,
                    filter_policy: None,
                    scope: FilterPolicyScope::default(),
                    is_raw: false,
                    dead_letters: None,
                    origin: self.origin(),
                }));
            }
        }
    }

    pub(super) fn subscription(&mut self) {
        let (Some(topic), Some(endpoint)) = (
            self.at(&["TopicArn"]).cloned(),
            self.at(&["Endpoint"]).cloned(),
        ) else {
            return;
        };
        let protocol = self.at(&["Protocol"]).and_then(Value::as_text);
        let kind = kind_of_protocol(protocol.unwrap_or_default());
        let policy = self.at(&["FilterPolicy"]).cloned();
        let is_set = |policy: &Value| *policy != Value::Null && *policy != Value::text("");
        let policy = policy.filter(is_set);
        let policy = policy.map(|policy| self.condition(&policy, "its filter policy"));
        let of_body =
            self.at(&["FilterPolicyScope"]).and_then(Value::as_text) == Some("MessageBody");
        let redrive = self.at(&["RedrivePolicy"]).and_then(Value::document);
        let redrive = redrive
            .as_ref()
            .and_then(|policy| policy.get("deadLetterTargetArn"));
        let dead_letters = redrive.and_then(|arn| self.ends(arn, Kind::Queue).into_iter().next());
        let is_raw = self.at(&["RawMessageDelivery"]).and_then(Value::as_bool) == Some(true);
        for topic in self.ends(&topic, Kind::Topic) {
            for to in self.ends(&endpoint, kind) {
                self.declare(Declaration::Subscription(DeclaredSubscription {
                    topic: topic.name().clone(),
                    to,
                    id: Some(self.label()),
                    filter_policy: policy.clone(),
                    scope: if of_body {
                        FilterPolicyScope::MessageBody
                    } else {
                        FilterPolicyScope::MessageAttributes
                    },
                    is_raw,
                    dead_letters: dead_letters.clone(),
                    origin: self.origin(),
                }));
            }
        }
    }
}
