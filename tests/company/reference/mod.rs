//! The reference: computes who receives what of an event, by AWS's documentation.
//!
//! It shares no code with Piitrail. It follows one event at a time through a [`Company`] and keeps
//! every text that a channel or a consumer received. It is slow and plain on purpose. Each rule
//! names the page of AWS's documentation that it is from.
//!
//! The file has more than 400 lines: one function for each kind of channel, which call each other.

use serde_json::{Value, json};

use super::model::{
    At, Bus, Company, Event, Kind, Mapping, Pipe, PipeSource, Scope, Sent, Stream, Target, To,
};
use crate::machine_room::REGION;

mod input;
mod pattern;
mod records;

use records::{accepts, record};
pub(crate) use records::{as_event, change, is_accepted_by, notification};

/// A text on its way, with what travels with it.
#[derive(Clone, Debug)]
struct Moving {
    /// The text, or `None` if code on the way made it, so that nobody else can know it.
    text: Option<String>,
    attributes: Vec<(String, String)>,
    /// The channels so far: `bus/orders@111111111111`.
    way: Vec<String>,
    /// True if it came out of an archive.
    is_replay: bool,
    /// The record of a table's stream, in place of a text.
    change: Option<Value>,
}

/// The sender of an event on a bus: its publisher, or another bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Publisher,
    Bus,
}

/// A text that a consumer received.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The consumer's name on the map. It is `no-consumer` if nothing takes the event from the last
    /// channel, and `unattributed` if the reader of the channel is unknown.
    pub(crate) consumer: String,
    pub(crate) channels: Vec<String>,
    /// The text, or `None` if it cannot be known.
    pub(crate) text: Option<String>,
}

/// An event on a bus.
#[derive(Clone, Debug)]
pub(crate) struct AtBus {
    pub(crate) bus: At,
    pub(crate) from: From,
    /// The event as it is on this bus.
    pub(crate) event: Value,
}

/// The state while following one event.
pub(crate) struct Reference<'c> {
    company: &'c Company,
    given: Vec<Given>,
    at_buses: Vec<AtBus>,
    in_queues: Vec<(At, String)>,
    /// True if rules also send to buses that have taps.
    goes_into_tapped_buses: bool,
    /// True if a path that selects nothing sends the whole event.
    sends_whole_for_nothing: bool,
}

/// The point at which the reference stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// At the consumers.
    End,
    /// At the consumers, and before a bus that has a tap, because a tracer sees the event there.
    NextTap,
    /// At the consumers, as `MiniStack` delivers: it sends the whole event if an `InputPath`
    /// selects nothing.
    EndInMiniStack,
}

/// The result of following one event.
pub(crate) struct Followed {
    pub(crate) given: Vec<Given>,
    /// The buses that it reached, in order, including through pipes.
    pub(crate) at_buses: Vec<AtBus>,
    /// The texts that queues received.
    pub(crate) in_queues: Vec<(At, String)>,
}

impl<'c> Reference<'c> {
    fn new(company: &'c Company, until: Until) -> Self {
        Self {
            company,
            given: Vec::new(),
            at_buses: Vec::new(),
            in_queues: Vec::new(),
            goes_into_tapped_buses: until != Until::NextTap,
            sends_whole_for_nothing: until == Until::EndInMiniStack,
        }
    }

    fn finish(self) -> Followed {
        Followed {
            given: self.given,
            at_buses: self.at_buses,
            in_queues: self.in_queues,
        }
    }

    /// Follows an event from where its service sent it.
    pub(crate) fn follow(company: &'c Company, event: &Event, until: Until) -> Followed {
        let mut reference = Self::new(company, until);
        let mut moving = Moving {
            text: Some(event.body.to_string()),
            attributes: Vec::new(),
            way: Vec::new(),
            is_replay: false,
            change: None,
        };
        match &event.sent {
            Sent::Event { bus, .. } => {
                let at_bus = AtBus {
                    bus: bus.clone(),
                    from: From::Publisher,
                    event: as_event(company, event),
                };
                return Self::follow_from_bus(company, &at_bus, until);
            }
            Sent::Message { topic, attributes } => {
                moving.attributes = attributes
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect();
                reference.at_topic(topic, moving);
            }
            Sent::Change { table, name } => {
                moving.change = Some(change(event, name));
                reference.at_stream(table, moving);
            }
        }
        reference.finish()
    }

    /// Follows an event from a bus.
    pub(crate) fn follow_from_bus(company: &'c Company, at: &AtBus, until: Until) -> Followed {
        let mut reference = Self::new(company, until);
        let moving = Moving {
            text: Some(at.event.to_string()),
            attributes: Vec::new(),
            way: Vec::new(),
            is_replay: at.event.get("replay-name").is_some(),
            change: None,
        };
        reference.at_bus(&at.bus, at.from, moving);
        reference.finish()
    }

    fn give(&mut self, consumer: &To, moving: &Moving) {
        let owner = self
            .company
            .services
            .iter()
            .find(|service| service.owns.contains(consumer));
        let consumer = match (owner, consumer.kind) {
            (Some(owner), _) => owner.name.clone(),
            (None, Kind::Service) => consumer.at.name.clone(),
            (None, Kind::LogGroup) => format!("log-group{}", consumer.at.name),
            (None, kind) => format!("{}/{}", kind.key().replace('_', "-"), consumer.at.name),
        };
        self.give_named(consumer, moving);
    }

    fn give_named(&mut self, consumer: impl Into<String>, moving: &Moving) {
        self.given.push(Given {
            consumer: consumer.into(),
            channels: moving.way.clone(),
            text: match &moving.change {
                Some(change) => Some(change.to_string()),
                None => moving.text.clone(),
            },
        });
    }

    fn go(&mut self, to: &To, from: From, moving: Moving) {
        match to.kind {
            Kind::Bus => self.at_bus(&to.at, from, moving),
            Kind::Queue => self.at_queue(&to.at, moving),
            Kind::Topic => self.at_topic(&to.at, moving),
            Kind::Stream => self.at_stream(&to.at, moving),
            _ => self.give(to, &moving),
        }
    }

    fn at_bus(&mut self, at: &At, from: From, mut moving: Moving) {
        moving.way.push(format!("bus/{}@{}", at.name, at.account));
        let bus = self.company.bus(at);
        let Some(text) = &moving.text else {
            // This is the answer of an enrichment, so nobody can say which rules accept it.
            return self.give_named("unattributed", &moving);
        };
        let event: Value = serde_json::from_str(text).unwrap();
        self.at_buses.push(AtBus {
            bus: at.clone(),
            from,
            event: event.clone(),
        });
        let mut is_held = false;
        for rule in bus.rules.iter().filter(|rule| !rule.is_disabled) {
            if pattern::matches(&rule.pattern, Some(&event)) {
                for target in &rule.targets {
                    is_held |= self.at_target(bus, target, &rule.name, from, &event, &moving);
                }
            }
        }
        // "Archiving and replaying events": the managed rule of an archive has a pattern that
        // excludes events with a `replay-name`.
        for archive in bus.archives.iter().filter(|_| !moving.is_replay) {
            let is_kept = archive
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern::matches(pattern, Some(&event)));
            if is_kept {
                is_held = true;
                self.give_named(format!("archive/{}", archive.name), &moving);
            }
        }
        if !is_held {
            self.give_named("no-consumer", &moving);
        }
    }

    /// Sends an event to a target of a rule. Returns true if something then holds the event.
    fn at_target(
        &mut self,
        bus: &Bus,
        target: &Target,
        rule: &str,
        from: From,
        event: &Value,
        moving: &Moving,
    ) -> bool {
        if bus.tap.as_ref() == Some(&target.to.at) && target.to.kind == Kind::Queue {
            // This queue is the tracer's tap.
            return false;
        }
        let mut text = input::of_rule(&target.input, event, rule);
        if self.sends_whole_for_nothing && text == "null" {
            text = event.to_string();
        }
        let mut sent = Moving {
            text: Some(text),
            // "Amazon EventBridge targets": a message to a topic or queue has no message
            // attributes.
            attributes: Vec::new(),
            ..moving.clone()
        };
        if target.to.kind == Kind::Bus {
            // "Sending and receiving events between AWS accounts" and "between event buses in the
            // same account and Region": an event that a bus received from another bus is not sent
            // on to a third one. It goes to the target's dead-letter queue, or is lost
            // (`THIRD_ACCOUNT_HOP_DETECTED`).
            if from == From::Bus {
                let Some(dead) = &target.dead_letters else {
                    return false;
                };
                sent.text.clone_from(&moving.text);
                self.give_named(format!("dead-letter-queue/{}", dead.name), &sent);
                return true;
            }
            if !self.goes_into_tapped_buses && self.company.bus(&target.to.at).tap.is_some() {
                return true;
            }
        }
        self.go(&target.to, From::Bus, sent);
        true
    }

    fn at_topic(&mut self, at: &At, mut moving: Moving) {
        moving.way.push(format!("topic/{}@{}", at.name, at.account));
        let topic = self.company.topics.iter().find(|topic| topic.at == *at);
        let topic = topic.unwrap();
        let mut is_taken = false;
        for subscription in &topic.subscriptions {
            // "Amazon SNS subscription filter policies".
            let is_accepted = match &subscription.policy {
                None => true,
                Some((policy, Scope::Attributes)) => {
                    pattern::matches_attributes(policy, &moving.attributes)
                }
                Some((policy, Scope::Body)) => moving
                    .text
                    .as_deref()
                    .and_then(|text| serde_json::from_str::<Value>(text).ok())
                    .filter(Value::is_object)
                    .is_some_and(|body| pattern::matches(policy, Some(&body))),
            };
            if !is_accepted {
                continue;
            }
            is_taken = true;
            let mut delivered = moving.clone();
            if subscription.to.kind == Kind::Queue {
                // "Amazon SNS raw message delivery": without it, the body is the notification. With
                // it, the attributes become attributes of the message.
                if !subscription.is_raw {
                    delivered.text = moving
                        .text
                        .as_ref()
                        .map(|text| notification(at, text, &moving.attributes).to_string());
                    delivered.attributes = Vec::new();
                }
            }
            self.go(&subscription.to, From::Publisher, delivered);
        }
        if !is_taken {
            self.give_named("no-consumer", &moving);
        }
    }

    fn at_queue(&mut self, at: &At, mut moving: Moving) {
        moving.way.push(format!("queue/{}@{}", at.name, at.account));
        if let Some(text) = &moving.text {
            self.in_queues.push((at.clone(), text.clone()));
        }
        let queue = self.company.queues.iter().find(|queue| queue.at == *at);
        let queue = queue.unwrap();
        let source = PipeSource::Queue(at.clone());
        let mappings: Vec<&Mapping> = queue.mapping.iter().collect();
        self.read(&mappings, &source, &moving);
    }

    fn at_stream(&mut self, at: &At, mut moving: Moving) {
        let stream = self.company.streams.iter().find(|stream| stream.at == *at);
        let stream: &Stream = stream.unwrap();
        moving
            .way
            .push(format!("stream/{}@{}", at.name, at.account));
        let source = if stream.is_table {
            PipeSource::Table(at.clone())
        } else {
            PipeSource::Stream(at.clone())
        };
        let mappings: Vec<&Mapping> = stream.mappings.iter().collect();
        self.read(&mappings, &source, &moving);
    }

    /// Passes a record to the readers of a queue or a stream.
    fn read(&mut self, mappings: &[&Mapping], source: &PipeSource, moving: &Moving) {
        let company = self.company;
        let pipes: Vec<&Pipe> = company
            .pipes
            .iter()
            .filter(|pipe| pipe.from == *source)
            .collect();
        if mappings.is_empty() && pipes.is_empty() {
            return self.give_named("unattributed", moving);
        }
        let mut is_taken = false;
        for mapping in mappings {
            if accepts(&mapping.filters, source, moving) {
                is_taken = true;
                self.go(&mapping.to, From::Publisher, moving.clone());
            }
        }
        for pipe in pipes {
            if accepts(&pipe.filters, source, moving) {
                is_taken = true;
                self.over_pipe(pipe, source, moving);
            }
        }
        if !is_taken {
            // "Control which events Lambda sends to your function": a record that no filter accepts
            // is deleted.
            self.give_named("no-consumer", moving);
        }
    }

    fn over_pipe(&mut self, pipe: &Pipe, source: &PipeSource, moving: &Moving) {
        let mut sent = moving.clone();
        sent.way
            .push(format!("pipe/{}@{}", pipe.at.name, pipe.at.account));
        sent.attributes = Vec::new();
        sent.change = None;
        // The event of a pipe is a new one, which no archive has kept yet.
        sent.is_replay = false;
        let record = record(source, moving);
        if let Some(enrichment) = &pipe.enrichment {
            sent.text = Some(record.to_string());
            self.give(enrichment, &sent);
            sent.text = None;
            return self.go(&pipe.to, From::Publisher, sent);
        }
        let text = input::of_pipe(&pipe.input, &record);
        sent.text = Some(if pipe.to.kind == Kind::Bus {
            let kind = record["eventSource"].as_str().unwrap();
            let (source, detail_type) = pipe.event.clone().unwrap_or_else(|| {
                // "Amazon EventBridge Pipes targets": the defaults of an event bus.
                let source = format!("Pipe {}", pipe.at.name);
                (source, format!("Event from {kind}"))
            });
            let detail: Value = serde_json::from_str(&text).unwrap();
            json!({
                "version": "0", "id": "made-by-the-pipe", "source": source,
                "detail-type": detail_type, "account": pipe.at.account, "region": REGION,
                "time": "2026-11-21T11:59:00Z", "resources": [], "detail": detail,
            })
            .to_string()
        } else {
            text
        });
        self.go(&pipe.to, From::Publisher, sent);
    }
}
