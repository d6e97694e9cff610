//! Keepers: the resources that keep the events of an edge beside its consumer, as the topology says.
//!
//! A dead-letter queue keeps what could not be delivered, a function's destination what the function
//! failed on, a Firehose stream's bucket everything. Traffic shows none of them before they are read, so
//! they are worked out from the routes that an edge travels over.

use eventbridge_pattern::{Event, Pattern};
use piitrail_flow::channel::{Channel, ChannelKind};
use piitrail_flow::edge::Flow;
use piitrail_flow::name::Name;
use piitrail_flow::topology::{ResourceKind, RouteKind};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::routes::{Holding, Node, Route, Routes};

/// The most resources that an event is followed through behind its consumer.
const STEPS_MAX: usize = 8;

/// When a resource keeps an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Every event.
    Always,
    /// An event that its consumer processed.
    OnSuccess,
    /// An event that could not be delivered or processed.
    OnFailure,
}

impl When {
    /// In a sentence: `on failure`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::OnSuccess => "on success",
            Self::OnFailure => "on failure",
        }
    }
}

/// A resource that keeps the events of an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// The resource: a party that holds data, or a channel that passes it on.
    pub node: Node,
    /// When it receives an event.
    pub when: When,
    /// How it holds the event.
    pub holding: Holding,
}

impl Routes {
    /// The keepers of a flow's events, each once for each time it receives them.
    pub(crate) fn keepers(&self, flow: &Flow) -> Vec<Keeper> {
        let mut keepers = Keepers {
            routes: self,
            found: Vec::new(),
        };
        // A pipe is a route of the topology and stands between the channels of a flow.
        let channels = flow.channels.iter();
        let channels: Vec<&Channel> = channels
            .filter(|channel| channel.kind != ChannelKind::Pipe)
            .collect();
        let consumer = Node::Party(flow.consumer.clone());
        if channels.is_empty() {
            // A bucket notifies without a channel.
            keepers.hop(
                &Node::Party(flow.producer.clone()),
                &consumer,
                &flow.event_type,
            );
        }
        for (index, channel) in channels.iter().enumerate() {
            let from = Node::Channel((*channel).clone());
            let next = channels.get(index + 1);
            let to = next.map_or_else(|| consumer.clone(), |next| Node::Channel((*next).clone()));
            keepers.hop(&from, &to, &flow.event_type);
        }
        let mut found = keepers.found;
        found.sort_by(|one, other| (&one.node, one.when).cmp(&(&other.node, other.when)));
        found
    }
}

/// What was found so far.
struct Keepers<'r> {
    routes: &'r Routes,
    found: Vec<Keeper>,
}

impl Keepers<'_> {
    fn add(&mut self, node: &Node, when: When) {
        let is_known = |keeper: &Keeper| keeper.node == *node && keeper.when == when;
        if !self.found.iter().any(is_known) {
            self.found.push(Keeper {
                node: node.clone(),
                when,
                holding: self.routes.holding(node),
            });
        }
    }

    /// Adds what keeps events on their way from one node to the next.
    fn hop(&mut self, from: &Node, to: &Node, event_type: &Name) {
        // A bus that retains its events is a store.
        if let Node::Channel(Channel {
            kind: ChannelKind::Bus,
            ..
        }) = from
            && self.routes.holding(from).retention.is_some()
        {
            self.add(from, When::Always);
        }
        for route in self.routes.from_node(from) {
            match route.described.kind {
                RouteKind::Redrive => self.add(&route.to, When::OnFailure),
                // These stand with the route whose records they take.
                RouteKind::OnFailure | RouteKind::OnSuccess => {}
                _ if route.to.fits(to) && may_take(route, event_type) => self.behind(route),
                _ => {}
            }
        }
    }

    /// Adds what keeps the records of a route.
    fn behind(&mut self, route: &Route) {
        if let Some(holder) = &route.dead_letters {
            self.add(holder, When::OnFailure);
        }
        // Lambda sends to a function's destinations what it was invoked with asynchronously, and not
        // what it was polled for: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
        let is_asynchronous = matches!(
            route.described.kind,
            RouteKind::Rule
                | RouteKind::Subscription
                | RouteKind::BucketNotification
                | RouteKind::Schedule
        );
        if route.described.to.kind() == ResourceKind::Function && !is_asynchronous {
            return;
        }
        let mut waiting = vec![route.described.to.clone()];
        for _ in 0..STEPS_MAX {
            let Some(end) = waiting.pop() else { return };
            for onward in self.routes.from_resource(&end) {
                match onward.described.kind {
                    RouteKind::OnFailure => self.add(&onward.to, When::OnFailure),
                    RouteKind::OnSuccess => self.add(&onward.to, When::OnSuccess),
                    RouteKind::Delivery | RouteKind::Logs => {
                        self.add(&onward.to, When::Always);
                        waiting.push(onward.described.to.clone());
                    }
                    _ => {}
                }
            }
        }
    }
}

/// True unless the pattern of a rule says that it takes no events of this type.
fn may_take(route: &Route, event_type: &Name) -> bool {
    if route.described.kind != RouteKind::Rule {
        return true;
    }
    let patterns = route.described.condition.iter();
    let mut types = patterns.filter_map(|pattern| pattern.get("detail-type"));
    types.all(|types| {
        let pattern = Value::Object(Map::from_iter([("detail-type".to_owned(), types.clone())]));
        let event = json!({ "detail-type": event_type.as_str() }).to_string();
        let Ok(pattern) = Pattern::from_value(&pattern) else {
            return true;
        };
        Event::parse(event.as_bytes()).map_or(true, |event| pattern.matches(&event).unwrap_or(true))
    })
}
