//! Follows a message of a topic to the subscriptions that accept it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::super::payload::{Attributes, Payload};
use super::super::{Endpoint, TopicRoutes};
use super::Traversal;
use crate::channel::{Channel, ChannelKind};
use crate::edge::Basis;
use crate::party::Party;

impl<'r> Traversal<'r> {
    pub(super) fn over_topic(
        &mut self,
        topic: Option<&'r TopicRoutes>,
        way: Vec<Channel>,
        basis: Basis,
        payload: Payload,
    ) {
        let Some(topic) = topic.filter(|topic| !topic.subscriptions.is_empty()) else {
            return self.arrive(Party::UNATTRIBUTED, way, basis, payload);
        };
        // A message that a program did not send to the topic has no attributes.
        let attributes = match payload.attributes {
            Attributes::OfDelivery => self.arrival.attributes.as_deref().map(Cow::Borrowed),
            Attributes::Unknown => None,
            Attributes::None => Some(Cow::Owned(Value::Object(Map::new()))),
        };
        let attributes = attributes.as_deref();
        let mut is_taken = false;
        for subscription in &topic.subscriptions {
            let basis = match &subscription.policy {
                None => basis,
                Some(policy) => match policy.accepts(attributes, payload.text(self.body)) {
                    Some(true) => basis.min(Basis::Matched),
                    Some(false) => continue,
                    None => basis.min(Basis::Configured),
                },
            };
            is_taken = true;
            let is_queue = matches!(
                subscription.to,
                Endpoint::Channel {
                    kind: ChannelKind::Queue,
                    ..
                }
            );
            let delivered = if is_queue && !subscription.is_raw {
                payload.as_notification(self.body, attributes)
            } else {
                payload.clone()
            };
            self.follow(&subscription.to, way.clone(), basis, delivered);
        }
        if !is_taken {
            self.arrive(Party::NO_CONSUMER, way, basis, payload);
        }
    }
}
