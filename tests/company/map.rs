//! Compares two maps of one company: the one that follows from its traffic, and the one that
//! Piitrail draws.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use piitrail_flow::edge::Basis;
use piitrail_flow::ledger::Ledger;
use serde_json::Value;

use super::model::{Company, Event, Sent};
use super::reference::{AtBus, Followed, From, Given, Reference, Until, is_accepted_by};

/// A flow, with names as the map prints them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flow {
    pub(crate) producer: String,
    pub(crate) consumer: String,
    /// The channels in order of travel: `queue/orders@111111111111`.
    pub(crate) channels: Vec<String>,
    pub(crate) event_type: String,
}

/// The counts of an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) events: u64,
    /// The number of events that cannot be read.
    pub(crate) unreadable: u64,
    pub(crate) classes: BTreeMap<String, u64>,
}

impl Facts {
    fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.unreadable += other.unreadable;
        for (class, events) in &other.classes {
            *self.classes.entry(class.clone()).or_default() += events;
        }
    }
}

/// A map. Edges that cannot be known from the traffic are separate.
#[derive(Default)]
pub(crate) struct Map {
    pub(crate) certain: BTreeMap<Flow, Facts>,
    /// Edges that are `configured`, because an event on a bus does not tell whether another bus
    /// sent it there, and so whether this bus sends it on.
    pub(crate) perhaps: BTreeMap<Flow, Facts>,
}

/// A delivery to the tap of a bus, or to a tracer on a topic or a table.
pub(crate) struct Seen<'e> {
    pub(crate) event: &'e Event,
    /// The event on the bus, or `None` for messages and changes.
    pub(crate) at: Option<AtBus>,
}

/// Returns all deliveries of the traffic to tracers.
pub(crate) fn seen<'e>(company: &Company, events: &'e [Event]) -> Vec<Seen<'e>> {
    let mut seen = Vec::new();
    for event in events {
        let followed = Reference::follow(company, event, Until::End);
        if !matches!(event.sent, Sent::Event { .. }) {
            seen.push(Seen { event, at: None });
        }
        let tapped = followed.at_buses.into_iter().filter(|at| {
            let bus = company.bus(&at.bus);
            bus.tap.is_some()
        });
        seen.extend(tapped.map(|at| Seen {
            event,
            at: Some(at),
        }));
    }
    seen
}

/// Returns the map that follows from the deliveries.
pub(crate) fn expected(company: &Company, seen: &[Seen<'_>]) -> Map {
    let mut map = Map::default();
    for one in seen {
        let producer = producer(company, one);
        let event_type = match &one.at {
            Some(at) => at.event["detail-type"].as_str().unwrap().to_owned(),
            None => one.event.detail_type.clone(),
        };
        let (certain, perhaps) = received(company, one);
        for (given, edges) in [(certain, &mut map.certain), (perhaps, &mut map.perhaps)] {
            for ((consumer, channels), texts) in by_way(given) {
                let flow = Flow {
                    producer: producer.clone(),
                    consumer,
                    channels,
                    event_type: event_type.clone(),
                };
                edges
                    .entry(flow)
                    .or_default()
                    .add(&facts(one.event, &texts));
            }
        }
    }
    map
}

fn producer(company: &Company, seen: &Seen<'_>) -> String {
    let Some(at) = &seen.at else {
        return company.services[seen.event.by].name.clone();
    };
    let source = at.event["source"].as_str().unwrap();
    company
        .services
        .iter()
        .find(|service| service.source == source)
        .map_or_else(|| source.to_owned(), |service| service.name.clone())
}

/// Returns the consumers that certainly received the event, and those that may have received it.
fn received(company: &Company, seen: &Seen<'_>) -> (Vec<Given>, Vec<Given>) {
    let Some(at) = &seen.at else {
        let followed = Reference::follow(company, seen.event, Until::NextTap);
        return (followed.given, Vec::new());
    };
    let follow = |from| {
        let at = AtBus { from, ..at.clone() };
        let Followed { given, .. } = Reference::follow_from_bus(company, &at, Until::NextTap);
        given
    };
    if !may_be_either(company, at) {
        return (follow(at.from), Vec::new());
    }
    // The event was either published here or sent by another bus. Consumers in both cases are
    // certain.
    let (published, sent) = (follow(From::Publisher), follow(From::Bus));
    let is_in = |given: &Given, others: &[Given]| {
        others
            .iter()
            .any(|one| (&one.consumer, &one.channels) == (&given.consumer, &given.channels))
    };
    let (certain, mut perhaps): (Vec<Given>, Vec<Given>) =
        published.into_iter().partition(|given| is_in(given, &sent));
    perhaps.extend(sent.into_iter().filter(|given| !is_in(given, &certain)));
    // Whether nobody received it is then unknown, so it is not claimed.
    perhaps.retain(|given| given.consumer != "no-consumer" || given.channels.len() > 1);
    (certain, perhaps)
}

/// Returns true if an event on a bus may have been published to it, and may also have been sent by
/// another bus. That is so if its account is the bus's own, because publishers use buses of their
/// account, and a rule of another bus in the account sends such events here.
fn may_be_either(company: &Company, at: &AtBus) -> bool {
    let account = at.event["account"].as_str().unwrap();
    at.bus.account == account
        && company.buses.iter().any(|feeder| {
            feeder.at != at.bus
                && feeder.at.account == account
                && feeder
                    .rules
                    .iter()
                    .filter(|rule| !rule.is_disabled)
                    .any(|rule| {
                        let mut targets = rule.targets.iter();
                        targets.any(|target| target.to.at == at.bus)
                            && is_accepted_by(&rule.pattern, &at.event)
                    })
        })
}

type Way = (String, Vec<String>);

/// Groups deliveries by consumer and way, because an event is counted once for both together,
/// however often the consumer received it.
fn by_way(given: Vec<Given>) -> BTreeMap<Way, Vec<Option<String>>> {
    let mut ways: BTreeMap<Way, Vec<Option<String>>> = BTreeMap::new();
    for one in given {
        let texts = ways.entry((one.consumer, one.channels)).or_default();
        texts.push(one.text);
    }
    ways
}

fn facts(event: &Event, texts: &[Option<String>]) -> Facts {
    let opened: Vec<String> = texts
        .iter()
        .flatten()
        .flat_map(|text| opened(text))
        .collect();
    let classes: BTreeSet<&str> = event
        .planted
        .iter()
        .filter(|(_, value)| opened.iter().any(|text| text.contains(value)))
        .map(|(class, _)| *class)
        .collect();
    Facts {
        events: 1,
        unreadable: u64::from(texts.iter().any(Option::is_none)),
        classes: classes
            .into_iter()
            .map(|class| (class.to_owned(), 1))
            .collect(),
    }
}

/// Returns a text and every document inside it, including those in base64.
fn opened(text: &str) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        strings(&value, &mut |inner| {
            if inner.starts_with(['{', '[']) {
                texts.extend(opened(inner));
            } else if let Ok(bytes) = STANDARD.decode(inner)
                && let Ok(inner) = String::from_utf8(bytes)
            {
                texts.extend(opened(&inner));
            }
        });
    }
    texts
}

fn strings(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(elements) => elements.iter().for_each(|one| strings(one, visit)),
        Value::Object(fields) => fields.values().for_each(|one| strings(one, visit)),
        _ => {}
    }
}

/// Returns the map that a tracer has recorded.
pub(crate) fn recorded(ledger: &Ledger) -> Map {
    let mut map = Map::default();
    for ((_, key), facts) in &ledger.edges {
        let flow = Flow {
            producer: key.flow.producer.to_string(),
            consumer: key.flow.consumer.to_string(),
            channels: key
                .flow
                .channels
                .iter()
                .map(|channel| {
                    let account = channel.home.account;
                    format!(
                        "{channel}@{}",
                        account.map_or_else(String::new, |a| a.to_string())
                    )
                })
                .collect(),
            event_type: key.flow.event_type.to_string(),
        };
        let classes = facts
            .classes
            .iter()
            .map(|(class, facts)| (class.to_string(), facts.events));
        let facts = Facts {
            events: facts.events,
            unreadable: facts.unreadable,
            classes: classes.collect(),
        };
        let edges = if key.basis == Basis::Configured {
            &mut map.perhaps
        } else {
            &mut map.certain
        };
        edges.entry(flow).or_default().add(&facts);
    }
    map
}

/// Parses the map that `piitrail report map --format json` prints.
pub(crate) fn printed(answer: &Value) -> Map {
    let mut map = Map::default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for edge in answer["edges"].as_array().unwrap() {
        let channels = edge["channels"].as_array().unwrap().iter();
        let homes = edge["channel_homes"].as_array().unwrap();
        let flow = Flow {
            producer: text(&edge["producer"]),
            consumer: text(&edge["consumer"]),
            channels: channels
                .zip(homes)
                .map(|(channel, home)| {
                    let account = home["account"].as_str().unwrap_or_default();
                    format!("{}@{account}", channel.as_str().unwrap())
                })
                .collect(),
            event_type: text(&edge["event_type"]),
        };
        let classes = edge["classes"].as_array().unwrap().iter();
        let facts = Facts {
            events: edge["events"].as_u64().unwrap(),
            unreadable: edge["unreadable"].as_u64().unwrap_or(0),
            classes: classes
                .map(|one| (text(&one["class"]), one["events"].as_u64().unwrap()))
                .collect(),
        };
        let edges = if edge["basis"] == "configured" {
            &mut map.perhaps
        } else {
            &mut map.certain
        };
        edges.entry(flow).or_default().add(&facts);
    }
    map
}

/// The agreement of a map with the expected one.
pub(crate) struct Score {
    /// The figures: `edges P R classes P R counts exact N of M`, with precision P and recall R.
    pub(crate) line: String,
    /// One line for each disagreement.
    pub(crate) disagreements: Vec<String>,
}

/// Returns precision and recall, to four decimal places.
fn precision_and_recall<T: Ord>(found: &BTreeSet<T>, expected: &BTreeSet<T>) -> String {
    let right = found.intersection(expected).count();
    let part = |whole: usize| {
        let [right, whole] = [right, whole].map(|count| u32::try_from(count).unwrap());
        if whole == 0 {
            1.0
        } else {
            f64::from(right) / f64::from(whole)
        }
    };
    format!("{:.4} {:.4}", part(found.len()), part(expected.len()))
}

pub(crate) fn compare(found: &Map, expected: &Map) -> Score {
    let flows = |edges: &BTreeMap<Flow, Facts>| edges.keys().cloned().collect::<BTreeSet<_>>();
    let classes = |edges: &BTreeMap<Flow, Facts>| {
        let each = edges.iter().flat_map(|(flow, facts)| {
            facts
                .classes
                .keys()
                .map(move |class| (flow.clone(), class.clone()))
        });
        each.collect::<BTreeSet<_>>()
    };
    let (mut counts, mut exact) = (0, 0);
    for (flow, facts) in &expected.certain {
        let found = found.certain.get(flow).cloned().unwrap_or_default();
        counts += 1 + facts.classes.len();
        exact += usize::from(found.events == facts.events);
        let same = facts
            .classes
            .iter()
            .filter(|(class, events)| found.classes.get(*class) == Some(events));
        exact += same.count();
    }
    let mut line = format!(
        "edges {} classes {} counts exact {exact} of {counts}",
        precision_and_recall(&flows(&found.certain), &flows(&expected.certain)),
        precision_and_recall(&classes(&found.certain), &classes(&expected.certain)),
    );
    let events: u64 = expected.perhaps.values().map(|facts| facts.events).sum();
    write!(
        line,
        "; not to be known from the traffic: {} edges, {events} counts",
        expected.perhaps.len()
    )
    .unwrap();
    let mut disagreements = Vec::new();
    for (kind, found, expected) in [
        ("", &found.certain, &expected.certain),
        ("perhaps ", &found.perhaps, &expected.perhaps),
    ] {
        let all: BTreeSet<&Flow> = found.keys().chain(expected.keys()).collect();
        for flow in all {
            let (found, expected) = (found.get(flow), expected.get(flow));
            if found != expected {
                disagreements.push(format!(
                    "{kind}{} -> {} over {} as {}:\n    found    {found:?}\n    expected {expected:?}",
                    flow.producer,
                    flow.consumer,
                    flow.channels.join(" > "),
                    flow.event_type,
                ));
            }
        }
    }
    Score {
        line,
        disagreements,
    }
}
