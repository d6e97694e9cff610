//! Finds the keepers of an edge: the resources that keep its events beside its consumer.
//!
//! A dead-letter queue keeps events that could not be delivered, the destination of a function keeps
//! those that the function failed on, and the bucket of a Firehose stream keeps all. Traffic does not
//! show a keeper until somebody reads it, so keepers follow from the routes of the topology.

use std::collections::VecDeque;

use eventbridge_pattern::{Event, Pattern};
use piitrail_flow::channel::{Channel, ChannelKind};
use piitrail_flow::edge::Flow;
use piitrail_flow::topology::{End, Node, ResourceKind, RouteKind, When};
use serde_json::{Map, Value, json};

use super::routes::{Holding, Route, Routes};

/// The most resources that an event is followed through behind its consumer, or behind a dead-letter
/// queue on its way. A note says so if there are more.
pub(crate) const STEPS_MAX: usize = 16;

/// A resource that keeps the events of an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// The resource: a party that holds data, or a channel that passes it on.
    pub node: Node,
    /// The events that it receives.
    pub when: When,
    /// Its encryption and retention.
    pub holding: Holding,
}

/// The keepers of a flow's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keepers {
    pub(crate) found: Vec<Keeper>,
    /// False if more resources follow than are looked at.
    pub(crate) are_all: bool,
}

impl Routes {
    /// Returns the keepers of a flow's events. A keeper is listed once for each kind of event it receives.
    pub(crate) fn keepers(&self, flow: &Flow) -> Keepers {
        let mut keepers = Search {
            routes: self,
            found: Vec::new(),
            are_all: true,
        };
        // A pipe is a route of the topology and stands between the channels of a flow.
        let channels = flow.channels.iter();
        let channels: Vec<&Channel> = channels
            .filter(|channel| channel.kind != ChannelKind::Pipe)
            .collect();
        // A pipe puts an event of its own source on a bus.
        let is_as_sent = channels.len() == flow.channels.len();
        let sources = self.sources_of(&flow.producer).filter(|_| is_as_sent);
        let event_type = flow.event_type.as_str();
        let events = match sources {
            None => vec![json!({ "detail-type": event_type })],
            Some(sources) => sources
                .into_iter()
                .map(|source| json!({ "detail-type": event_type, "source": source }))
                .collect(),
        };
        let consumer = Node::Party(flow.consumer.clone());
        if channels.is_empty() {
            // A bucket notifies without a channel.
            keepers.hop(&Node::Party(flow.producer.clone()), &consumer, &events);
        }
        for (index, channel) in channels.iter().enumerate() {
            let from = Node::Channel((*channel).clone());
            let next = channels.get(index + 1);
            let to = next.map_or_else(|| consumer.clone(), |next| Node::Channel((*next).clone()));
            keepers.hop(&from, &to, &events);
        }
        for channel in &flow.channels {
            if channel.kind == ChannelKind::Pipe {
                keepers.logs(&Node::Channel(channel.clone()));
            }
        }
        let Search {
            mut found, are_all, ..
        } = keepers;
        // A consumer that also reads its own dead letters is on the map already.
        found.retain(|keeper| !keeper.node.fits(&consumer));
        found.sort_by(|one, other| (&one.node, one.when).cmp(&(&other.node, other.when)));
        Keepers { found, are_all }
    }
}

/// A search, with the keepers that were found so far.
struct Search<'r> {
    routes: &'r Routes,
    found: Vec<Keeper>,
    are_all: bool,
}

impl Search<'_> {
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

    /// Adds the keepers of events like these on their way from one node to the next.
    fn hop(&mut self, from: &Node, to: &Node, events: &[Value]) {
        // A bus that retains its events is a store.
        if let Node::Channel(Channel {
            kind: ChannelKind::Bus,
            ..
        }) = from
            && self.routes.holding(from).retention.is_some()
        {
            self.add(from, When::Always);
        }
        self.logs(from);
        for route in self.routes.from_node(from) {
            match route.described.kind {
                RouteKind::Redrive => {
                    self.add(&route.to, When::OnFailure);
                    self.behind(&route.described.to, When::OnFailure);
                }
                // Logs were added, and the others stand with the route whose records they take.
                RouteKind::Logs | RouteKind::OnFailure | RouteKind::OnSuccess => {}
                _ if route.to.fits(to) && events.iter().any(|event| may_take(route, event)) => {
                    self.over(route);
                }
                _ => {}
            }
        }
    }

    /// Adds the logs of a bus or a pipe, if they have what it received.
    fn logs(&mut self, of: &Node) {
        for route in self.routes.from_node(of) {
            if route.described.kind == RouteKind::Logs {
                let when = when_logged(route);
                self.add(&route.to, when);
                self.behind(&route.described.to, when);
            }
        }
    }

    /// Adds the keepers of the records of a route.
    fn over(&mut self, route: &Route) {
        let described = &route.described;
        if let (Some(holder), Some(end)) = (&route.dead_letters, &described.dead_letters) {
            self.add(holder, When::OnFailure);
            self.behind(end, When::OnFailure);
        }
        // Lambda sends to a function's destinations what it was invoked with asynchronously, and not
        // what it was polled for:
        // <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
        let is_asynchronous = matches!(
            described.kind,
            RouteKind::Rule
                | RouteKind::Subscriber
                | RouteKind::Subscription
                | RouteKind::BucketNotification
                | RouteKind::Schedule
        );
        let is_channel = matches!(route.to, Node::Channel(_));
        if !is_channel && (described.to.kind() != ResourceKind::Function || is_asynchronous) {
            self.behind(&described.to, When::Always);
        }
    }

    /// Adds the resources to which a resource sends its records on, and its readers if it is a channel.
    fn behind(&mut self, end: &End, when: When) {
        let mut waiting = VecDeque::from([(end.clone(), when)]);
        let mut seen: Vec<(End, When)> = Vec::new();
        while let Some((end, when)) = waiting.pop_front() {
            if seen.contains(&(end.clone(), when)) {
                continue;
            }
            if seen.len() == STEPS_MAX {
                self.are_all = false;
                break;
            }
            for route in self.routes.from_resource(&end) {
                let when = match route.described.kind {
                    RouteKind::OnFailure | RouteKind::Redrive => When::OnFailure,
                    RouteKind::OnSuccess => when.max(When::OnSuccess),
                    // A state machine logs all executions with their data, or those that failed.
                    RouteKind::Logs if end.kind() == ResourceKind::StateMachine => {
                        when.max(when_logged(route))
                    }
                    // A function that transforms the records of Firehose is a consumer on the map.
                    RouteKind::Delivery if route.described.to.kind() == ResourceKind::Function => {
                        continue;
                    }
                    // The event in which Lambda tells a bus of an invocation.
                    RouteKind::Rule if !may_take(route, &invocation(when)) => continue,
                    _ => when,
                };
                self.add(&route.to, when);
                waiting.push_back((route.described.to.clone(), when));
            }
            seen.push((end, when));
        }
    }
}

/// Returns the events that the logs of a bus or of a state machine have.
fn when_logged(route: &Route) -> When {
    if route.described.condition.is_empty() {
        When::Always
    } else {
        When::OnFailure
    }
}

/// Returns the beginning of the event that Lambda sends to a bus as the destination of a function.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
fn invocation(when: When) -> Value {
    let result = if when == When::OnFailure {
        "Failure"
    } else {
        "Success"
    };
    json!({
        "source": "lambda",
        "detail-type": format!("Lambda Function Invocation Result - {result}"),
    })
}

/// Returns true unless the pattern of a rule says that it takes no events like this one. Fields that
/// are not in the event are not looked at.
fn may_take(route: &Route, event: &Value) -> bool {
    if route.described.kind != RouteKind::Rule {
        return true;
    }
    let known = event.as_object().into_iter().flat_map(Map::keys);
    let known: Vec<&String> = known.collect();
    let text = event.to_string();
    let Ok(event) = Event::parse(text.as_bytes()) else {
        return true;
    };
    route.described.condition.iter().all(|pattern| {
        let asked = known.iter().filter_map(|field| {
            let condition = pattern.get(field.as_str())?;
            Some(((*field).clone(), condition.clone()))
        });
        let asked: Map<String, Value> = asked.collect();
        asked.is_empty()
            || Pattern::from_value(&Value::Object(asked))
                .map_or(true, |pattern| pattern.matches(&event).unwrap_or(true))
    })
}
