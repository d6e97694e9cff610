//! Routes: the connections that move a record from one resource to another.

use serde::Serialize;
use serde_json::Value;

use super::condition::Filters;
use super::input::Input;
use super::origin::Origin;
use super::resource::{End, ResourceKind};
use super::{Consumer, Topology};
use crate::home::Located;

/// The kind of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteKind {
    /// A rule of a bus, which accepts events by its pattern.
    Rule,
    /// An archive of a bus.
    Archive,
    /// A subscriber of a V2 bus.
    Subscriber,
    /// A subscription of a topic.
    Subscription,
    /// An event source mapping of a function, or a service that polls.
    EventSourceMapping,
    /// A pipe, to its target or its enrichment.
    Pipe,
    /// A redrive: a queue moves messages that were received too often to its dead-letter queue.
    Redrive,
    /// A destination for records that could not be delivered or on which a function failed.
    OnFailure,
    /// A destination for the results of a function that succeeded.
    OnSuccess,
    /// A bucket's notification.
    BucketNotification,
    /// A schedule.
    Schedule,
    /// A Firehose stream that delivers to its destination.
    Delivery,
    /// An API that passes on requests without code in between.
    ApiIntegration,
    /// The subscription filter of a log group, or logs that keep the records that pass.
    Logs,
}

impl RouteKind {
    /// Returns the kind as it is written: `event-source-mapping`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Archive => "archive",
            Self::Subscriber => "subscriber",
            Self::Subscription => "subscription",
            Self::EventSourceMapping => "event-source-mapping",
            Self::Pipe => "pipe",
            Self::Redrive => "redrive",
            Self::OnFailure => "on-failure",
            Self::OnSuccess => "on-success",
            Self::BucketNotification => "bucket-notification",
            Self::Schedule => "schedule",
            Self::Delivery => "delivery",
            Self::ApiIntegration => "api-integration",
            Self::Logs => "logs",
        }
    }
}

/// The kinds of routes without a filter language.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum PlainRouteKind {
    /// See [`RouteKind::Redrive`].
    Redrive,
    /// See [`RouteKind::OnFailure`].
    OnFailure,
    /// See [`RouteKind::OnSuccess`].
    OnSuccess,
    /// See [`RouteKind::BucketNotification`].
    BucketNotification,
    /// See [`RouteKind::Schedule`].
    Schedule,
    /// See [`RouteKind::Delivery`].
    Delivery,
    /// See [`RouteKind::ApiIntegration`].
    ApiIntegration,
    /// See [`RouteKind::Logs`].
    Logs,
}

impl From<PlainRouteKind> for RouteKind {
    fn from(kind: PlainRouteKind) -> Self {
        match kind {
            PlainRouteKind::Redrive => Self::Redrive,
            PlainRouteKind::OnFailure => Self::OnFailure,
            PlainRouteKind::OnSuccess => Self::OnSuccess,
            PlainRouteKind::BucketNotification => Self::BucketNotification,
            PlainRouteKind::Schedule => Self::Schedule,
            PlainRouteKind::Delivery => Self::Delivery,
            PlainRouteKind::ApiIntegration => Self::ApiIntegration,
            PlainRouteKind::Logs => Self::Logs,
        }
    }
}

/// A route that no pattern decides on. Piitrail follows it for every record.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainRoute {
    /// The kind of the route.
    pub kind: PlainRouteKind,
    /// The start.
    pub from: End,
    /// The end.
    pub to: End,
    /// The id in the template of the thing that makes the route.
    pub via: Option<String>,
    /// A restriction, as AWS writes it. It is shown and compared, but not evaluated.
    pub filter: Option<Value>,
    /// The constant that is sent in place of a record.
    pub input: Option<Value>,
    /// True if the route is switched off.
    pub disabled: bool,
    /// True if it is unknown whether the route exists.
    pub is_approximate: bool,
    /// The dead-letter queue.
    pub dead_letters: Option<Located>,
    /// The place where it is written.
    pub origin: Origin,
}

/// One route of a topology, in the same form for all kinds, for lists and comparisons.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The start.
    pub from: End,
    /// The end.
    pub to: End,
    /// The kind of the route.
    pub kind: RouteKind,
    /// The name of the rule, mapping or pipe. A topic, queue or bucket that moves records by itself
    /// gives its own name.
    pub via: String,
    /// The condition: patterns, filters or a policy as they are written. Empty if all records are
    /// accepted.
    pub condition: Vec<Value>,
    /// The input, or `None` for the whole record.
    pub input: Option<Value>,
    /// True if the route leads to the enrichment of a pipe.
    pub is_enrichment: bool,
    /// True if the route is switched off.
    pub disabled: bool,
    /// True if it is unknown whether the route exists, or which records it accepts.
    pub is_approximate: bool,
    /// The place for records that could not be delivered.
    pub dead_letters: Option<End>,
    /// The place where it is written.
    pub origin: Origin,
}

impl Topology {
    /// Returns all routes, ordered by their start. The route for records that could not be
    /// delivered follows the route to which it belongs.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = Vec::new();
        self.routes_of_buses(&mut routes);
        for (name, topic) in self.topics() {
            let from = End::new(ResourceKind::Topic, name.clone());
            for subscription in &topic.subscriptions {
                let condition = subscription.filter_policy.as_ref();
                let scope = |policy: &super::FilterPolicy| match policy.scope() {
                    super::FilterPolicyScope::MessageAttributes => policy.json().clone(),
                    // Two policies with different scopes are different.
                    super::FilterPolicyScope::MessageBody => {
                        serde_json::json!({ "body": policy.json() })
                    }
                };
                routes.push(Route {
                    is_approximate: condition.is_some_and(super::FilterPolicy::is_approximate),
                    condition: condition.map(scope).into_iter().collect(),
                    dead_letters: subscription.dead_letters.as_ref().map(queue),
                    via: self.name_or(subscription.id.as_ref(), &from),
                    origin: subscription.origin,
                    ..plain(&from, &subscription.to, RouteKind::Subscription)
                });
            }
        }
        let polled = self
            .queues()
            .iter()
            .map(|(name, queue)| (ResourceKind::Queue, name, &queue.consumers));
        let read = self
            .streams()
            .iter()
            .map(|(name, stream)| (ResourceKind::Stream, name, &stream.consumers));
        let tables = self
            .tables()
            .iter()
            .map(|(name, stream)| (ResourceKind::Table, name, &stream.consumers));
        for (kind, name, consumers) in polled.chain(read).chain(tables) {
            let from = End::new(kind, name.clone());
            for consumer in consumers {
                routes.push(self.route_of_consumer(&from, consumer));
            }
        }
        self.routes_of_pipes(&mut routes);
        for route in self.plain_routes() {
            routes.push(Route {
                via: self.name_or(route.via.as_ref(), &route.from),
                condition: route.filter.iter().cloned().collect(),
                input: route.input.clone(),
                disabled: route.disabled,
                is_approximate: route.is_approximate,
                dead_letters: route.dead_letters.as_ref().map(queue),
                origin: route.origin,
                ..plain(&route.from, &route.to, route.kind.into())
            });
        }
        with_failures(routes)
    }

    fn routes_of_buses(&self, routes: &mut Vec<Route>) {
        for (name, bus) in self.buses() {
            let from = End::new(ResourceKind::Bus, name.clone());
            for rule in &bus.rules {
                for target in &rule.targets {
                    routes.push(Route {
                        via: rule.id.clone().unwrap_or_else(|| rule.name.clone()),
                        condition: vec![rule.pattern.json().clone()],
                        input: target.input.form().to_json(),
                        disabled: rule.disabled,
                        is_approximate: target.is_approximate || rule.pattern.is_approximate(),
                        dead_letters: target.dead_letters.as_ref().map(queue),
                        origin: target.origin,
                        ..plain(&from, &target.to, RouteKind::Rule)
                    });
                }
            }
            for subscriber in &bus.subscribers {
                let via = subscriber.id.as_ref().unwrap_or(&subscriber.name);
                routes.push(Route {
                    via: via.clone(),
                    condition: subscriber.filters.whole().into_iter().collect(),
                    input: subscriber.transformer.to_json(),
                    disabled: subscriber.disabled,
                    is_approximate: subscriber.filters.is_approximate(),
                    dead_letters: subscriber.dead_letters.as_ref().map(queue),
                    origin: subscriber.origin,
                    ..plain(&from, &subscriber.to, RouteKind::Subscriber)
                });
            }
            for archive in &bus.archives {
                let name = Located {
                    name: archive.name.clone(),
                    home: name.home,
                };
                let to = End::new(ResourceKind::Archive, name);
                let pattern = archive.pattern.as_ref();
                routes.push(Route {
                    via: self.name_or(None, &to),
                    is_approximate: pattern.is_some_and(super::EventPattern::is_approximate),
                    condition: pattern
                        .map(|pattern| pattern.json().clone())
                        .into_iter()
                        .collect(),
                    origin: archive.origin,
                    ..plain(&from, &to, RouteKind::Archive)
                });
            }
        }
    }

    fn route_of_consumer(&self, from: &End, consumer: &Consumer) -> Route {
        Route {
            via: self.name_or(consumer.id.as_ref(), &consumer.to),
            condition: consumer.filters.json().to_vec(),
            disabled: consumer.disabled,
            is_approximate: consumer.filters.is_approximate(),
            dead_letters: consumer.on_failure.clone(),
            origin: consumer.origin,
            ..plain(from, &consumer.to, RouteKind::EventSourceMapping)
        }
    }

    fn routes_of_pipes(&self, routes: &mut Vec<Route>) {
        for (name, pipe) in self.pipes() {
            let via = self.name_or(None, &End::new(ResourceKind::Pipe, name.clone()));
            let route = |to: &End, sent: &Input, filters: &Filters| Route {
                via: via.clone(),
                condition: filters.json().to_vec(),
                input: sent.form().to_json(),
                disabled: pipe.disabled,
                is_approximate: pipe.filters.is_approximate(),
                origin: pipe.origin,
                ..plain(&pipe.from, to, RouteKind::Pipe)
            };
            if let Some(enrichment) = &pipe.enrichment {
                routes.push(Route {
                    is_enrichment: true,
                    ..route(&enrichment.by, &enrichment.input, &pipe.filters)
                });
            }
            routes.push(Route {
                dead_letters: pipe.dead_letters.clone(),
                ..route(&pipe.to, &pipe.input, &pipe.filters)
            });
        }
    }

    /// Returns the id in the template, or else the id or the name of the resource to which it
    /// belongs.
    fn name_or(&self, id: Option<&String>, resource: &End) -> String {
        id.map_or_else(|| self.id_of(resource), Clone::clone)
    }

    /// Returns the id of a resource: its id in the template, or else its name with its home.
    pub fn id_of(&self, end: &End) -> String {
        let id = self.resources().get(end).and_then(|known| known.id.clone());
        id.unwrap_or_else(|| end.name().to_string())
    }
}

fn plain(from: &End, to: &End, kind: RouteKind) -> Route {
    Route {
        from: from.clone(),
        to: to.clone(),
        kind,
        via: String::new(),
        condition: Vec::new(),
        input: None,
        is_enrichment: false,
        disabled: false,
        is_approximate: false,
        dead_letters: None,
        origin: Origin::default(),
    }
}

fn queue(name: &Located) -> End {
    End::new(ResourceKind::Queue, name.clone())
}

/// Returns the routes. Each is followed by the route for records that it could not deliver.
fn with_failures(routes: Vec<Route>) -> Vec<Route> {
    let mut all = Vec::with_capacity(routes.len());
    for route in routes {
        let failure = route.dead_letters.as_ref().map(|holder| Route {
            via: route.via.clone(),
            disabled: route.disabled,
            is_approximate: route.is_approximate,
            origin: route.origin,
            ..plain(&route.from, holder, RouteKind::OnFailure)
        });
        all.push(route);
        // Several targets of one rule may share a queue. Their routes stand together.
        let is_new = |failure: &Route| {
            let of_same = all
                .iter()
                .rev()
                .take_while(|route| route.via == failure.via && route.from == failure.from);
            !of_same.into_iter().any(|route| route == failure)
        };
        let failure = failure.filter(is_new);
        all.extend(failure);
    }
    all
}
