//! Reads SQS and SNS.

use piitrail_flow::topology::declared::{
    Declaration, DeclaredSubscription, Document, KeySetting, Setting, kind_of_protocol,
};
use piitrail_flow::topology::{FilterPolicyScope, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use super::values::{is_on, is_state, number};
use crate::note::NoteKind;
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
        let redrive = self.document(&["RedrivePolicy"], "redrive policy");
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
                self.note(NoteKind::Missing("subscription's endpoint"));
                continue;
            };
            let protocol = subscription.get("Protocol").and_then(Value::as_text);
            let kind = kind_of_protocol(protocol.unwrap_or_default());
            for to in self.ends(endpoint, kind) {
                let declared = DeclaredSubscription {
                    topic: own.name().clone(),
                    to: to.end,
                    id: None,
                    filter_policy: None,
                    scope: FilterPolicyScope::default(),
                    is_raw: false,
                    dead_letters: None,
                    origin: self.origin(),
                };
                self.declare_if(to.is_certain, Declaration::Subscription(declared));
            }
        }
    }

    pub(super) fn subscription(&mut self) {
        let topics = self.ends_needed(&["TopicArn"], Kind::Topic, "topic");
        let protocol = self.at(&["Protocol"]).and_then(Value::as_text);
        let kind = kind_of_protocol(protocol.unwrap_or_default());
        let subscribers = self.ends_needed(&["Endpoint"], kind, "endpoint");
        let policy = self.condition_at(&["FilterPolicy"], "its filter policy");
        let of_body = is_state(self.at(&["FilterPolicyScope"]), "MessageBody");
        let policy = match (policy, of_body) {
            // Whether it looks at the attributes or at the body is unknown, and so is what it accepts.
            (Some(_), None) => {
                self.note(NoteKind::Approximated("the scope of its filter policy"));
                Some(Document::Unknown)
            }
            (policy, _) => policy,
        };
        let redrive = self.document(&["RedrivePolicy"], "redrive policy");
        let redrive = redrive
            .as_ref()
            .and_then(|policy| policy.get("deadLetterTargetArn"));
        let queues = self.failure_holders(redrive);
        // A queue gets either form if it is unknown which.
        let raw = is_on(self.at(&["RawMessageDelivery"]), false);
        let forms = raw.map_or_else(|| vec![false, true], |raw| vec![raw]);
        for topic in &topics {
            for to in &subscribers {
                for (is_raw, dead_letters) in forms
                    .iter()
                    .flat_map(|raw| queues.iter().map(move |one| (*raw, one)))
                {
                    let declared = DeclaredSubscription {
                        topic: topic.end.name().clone(),
                        to: to.end.clone(),
                        id: Some(self.label()),
                        filter_policy: policy.clone(),
                        scope: if of_body == Some(true) {
                            FilterPolicyScope::MessageBody
                        } else {
                            FilterPolicyScope::MessageAttributes
                        },
                        is_raw,
                        dead_letters: dead_letters.clone(),
                        origin: self.origin(),
                    };
                    let is_certain = topic.is_certain && to.is_certain && raw.is_some();
                    self.declare_if(is_certain, Declaration::Subscription(declared));
                }
            }
        }
    }
}
