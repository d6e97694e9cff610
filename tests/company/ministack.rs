//! Deploys the part of a company that `MiniStack` can deliver, and compares what its queues
//! received with the reference, so that the reference is checked against other code.
//!
//! Every final consumer is a queue here, because a queue keeps its messages. Parts of a company in
//! which `MiniStack` differs from AWS are left out, by the faults that DESIGN.md lists, and their
//! number is printed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use roxmltree::Document;
use serde_json::{Value, json};

use super::generate;
use super::model::{At, Bus, Company, Event, Kind, Queue, Sent, Subscription, To, Topic};
use super::reference::{Reference, Until};
use super::{template, traffic};
use crate::machine_room::{Aws, MachineRoom, REGION, wait_for};

/// The only account in the emulator.
const ACCOUNT: &str = "000000000000";

const EVENTS: usize = 250;

/// The number of parts of a company that are left out, by reason.
#[derive(Default)]
struct LeftOut(BTreeMap<&'static str, usize>);

impl LeftOut {
    fn add(&mut self, reason: &'static str) {
        *self.0.entry(reason).or_default() += 1;
    }
}

/// Returns the part of a company that can be deployed, moved into one account.
fn part(company: &Company, left_out: &mut LeftOut) -> Company {
    let mut part = Company {
        services: company.services.clone(),
        ..Company::default()
    };
    for service in &mut part.services {
        service.account = ACCOUNT;
        service.owns.clear();
    }
    for queue in company.queues.iter().filter(|queue| !queue.is_dead_letters) {
        part.queues.push(receiver(&queue.at.name));
    }
    for topic in &company.topics {
        let mut subscriptions: Vec<Subscription> = Vec::new();
        for subscription in &topic.subscriptions {
            let to = received_by(&subscription.to, &mut part.queues);
            let is_raw = subscription.is_raw;
            if !subscriptions.iter().any(|one| one.to == to) {
                subscriptions.push(Subscription {
                    to,
                    is_raw,
                    ..subscription.clone()
                });
            }
        }
        part.topics.push(Topic {
            at: At::new(&*topic.at.name, ACCOUNT),
            subscriptions,
            producer: topic.producer.clone(),
        });
    }
    // Two buses have the same name in different accounts.
    let named = |at: &At| At::new(format!("{}-{}", at.name, &at.account[..1]), ACCOUNT);
    let mut fed: Vec<At> = Vec::new();
    let mut feeding: Vec<At> = Vec::new();
    for bus in &company.buses {
        let mut rules = Vec::new();
        for rule in &bus.rules {
            let mut rule = rule.clone();
            rule.targets.retain_mut(|target| {
                target.dead_letters = None;
                match target.to.kind {
                    Kind::Bus => {
                        let to = named(&target.to.at);
                        // `MiniStack` delivers second hops from bus to bus, and sends events round
                        // cycles.
                        if fed.contains(&named(&bus.at)) || feeding.contains(&to) {
                            left_out.add("targets: second hops from bus to bus");
                            return false;
                        }
                        fed.push(to.clone());
                        feeding.push(named(&bus.at));
                        target.to = To::new(Kind::Bus, &to);
                    }
                    Kind::Topic => target.to.at.account = ACCOUNT,
                    Kind::Stream => {
                        left_out.add("targets: Kinesis is given nothing");
                        return false;
                    }
                    _ => target.to = received_by(&target.to, &mut part.queues),
                }
                true
            });
            if !rule.targets.is_empty() {
                rules.push(rule);
            }
        }
        left_out
            .0
            .entry("archives are not known to CloudFormation")
            .or_default();
        for _ in &bus.archives {
            left_out.add("archives are not known to CloudFormation");
        }
        part.buses.push(Bus {
            at: named(&bus.at),
            rules,
            archives: Vec::new(),
            tap: None,
        });
    }
    for _ in &company.pipes {
        left_out.add("pipes do not run");
    }
    part
}

fn receiver(name: &str) -> Queue {
    Queue {
        at: At::new(name, ACCOUNT),
        mapping: None,
        redrive: None,
        is_dead_letters: false,
    }
}

/// Returns the queue that replaces a final consumer.
fn received_by(to: &To, queues: &mut Vec<Queue>) -> To {
    let name = match to.kind {
        Kind::Queue => to.at.name.clone(),
        kind => format!("{}-{}", kind.key(), to.at.name.replace('/', "-")),
    };
    if !queues.iter().any(|queue| queue.at.name == name) {
        queues.push(receiver(&name));
    }
    To::new(Kind::Queue, &At::new(name, ACCOUNT))
}

pub(super) fn deploy(aws: &Aws, text: &str) {
    let stack = [("Version", "2010-05-15"), ("StackName", "company")];
    // CloudFormation reads a template of this size from a bucket.
    let bucket = format!(
        "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>\
         </CreateBucketConfiguration>"
    );
    let name = format!("/templates-{}", aws.caller());
    let object = format!("{name}/company.json");
    aws.rest("s3", "PUT", &name, bucket.as_bytes());
    aws.rest("s3", "PUT", &object, text.as_bytes());
    let url = format!("{}{object}", aws.endpoint());
    let create = [("Action", "CreateStack"), ("TemplateURL", &url)];
    aws.form("cloudformation", &[create, stack].concat());
    wait_for("the company's stack", Duration::from_mins(1), || {
        let ask = [&[("Action", "DescribeStacks")], &stack[..]].concat();
        let answer = aws.form("cloudformation", &ask);
        let answer = Document::parse(&answer).unwrap();
        let status = answer
            .descendants()
            .find(|node| node.tag_name().name() == "StackStatus")
            .and_then(|node| node.text())
            .unwrap_or_default()
            .to_owned();
        assert!(
            status == "CREATE_IN_PROGRESS" || status == "CREATE_COMPLETE",
            "{status}: {}",
            aws.form(
                "cloudformation",
                &[&[("Action", "DescribeStackEvents")], &stack[..]].concat()
            )
        );
        (status == "CREATE_COMPLETE").then_some(())
    });
}

/// The number of times each queue received each text.
type Received = BTreeMap<(String, String), usize>;

/// Sends the events. `MiniStack` ignores `Time` and assigns its own ids.
fn send(aws: &Aws, company: &Company, events: &[Event]) {
    let entries: Vec<Value> = events
        .iter()
        .filter_map(|event| match &event.sent {
            Sent::Event { bus, .. } => Some(json!({
                "EventBusName": bus.name, "Source": company.services[event.by].source,
                "DetailType": event.detail_type, "Detail": event.body.to_string(),
            })),
            _ => None,
        })
        .collect();
    aws.put_events(&entries);
    for event in events {
        let Sent::Message { topic, attributes } = &event.sent else {
            continue;
        };
        let message = event.body.to_string();
        let arn = format!("arn:aws:sns:{REGION}:{ACCOUNT}:{}", topic.name);
        let mut fields = vec![
            ("Action".to_owned(), "Publish".to_owned()),
            ("Version".to_owned(), "2010-03-31".to_owned()),
            ("TopicArn".to_owned(), arn),
            ("Message".to_owned(), message),
        ];
        for (number, (name, value)) in (1..).zip(attributes) {
            let entry = format!("MessageAttributes.entry.{number}");
            fields.push((format!("{entry}.Name"), (*name).to_owned()));
            fields.push((format!("{entry}.Value.DataType"), "String".to_owned()));
            fields.push((format!("{entry}.Value.StringValue"), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        aws.form("sns", &fields);
    }
}

/// Drains every queue until nothing has arrived for a while.
fn drain(aws: &Aws, company: &Company, expected: usize) -> Received {
    const QUIET: Duration = Duration::from_secs(3);
    let mut received = Received::new();
    let mut count = 0;
    let mut last = Instant::now();
    while last.elapsed() < QUIET && count < expected + 1 {
        for queue in &company.queues {
            let ask = json!({ "QueueName": queue.at.name });
            let answer = aws.json("sqs", "AmazonSQS.GetQueueUrl", &ask);
            let url = answer["QueueUrl"].as_str().unwrap();
            loop {
                let messages = aws.receive_messages(url, 600);
                if messages.is_empty() {
                    break;
                }
                last = Instant::now();
                count += messages.len();
                for message in messages {
                    let text = plain(message["Body"].as_str().unwrap());
                    *received.entry((queue.at.name.clone(), text)).or_default() += 1;
                }
            }
        }
    }
    received
}

/// Returns a text without the parts that differ between deliveries: ids, times, signatures.
fn plain(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    if value["Type"] == "Notification" {
        let message = plain(value["Message"].as_str().unwrap());
        value = json!({
            "notification of": value["TopicArn"], "attributes": value["MessageAttributes"],
            "message": message,
        });
    } else if value.get("detail-type").is_some() {
        let event = value.as_object_mut().unwrap();
        for own in ["id", "time", "resources", "version"] {
            event.remove(own);
        }
    }
    value.sort_all_objects();
    value.to_string()
}

/// Returns the message in a notification, or the text itself.
fn plain_message(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let message = value["Message"].as_str();
    message.map_or_else(|| text.to_owned(), ToOwned::to_owned)
}

#[test]
fn ministack_delivers_what_the_reference_says() {
    let seed = 1;
    let mut left_out = LeftOut::default();
    let company = part(&generate::company(seed), &mut left_out);
    let events: Vec<Event> = traffic::traffic(&company, seed, EVENTS)
        .into_iter()
        .filter(|event| match &event.sent {
            Sent::Event { replay, .. } => replay.is_none(),
            Sent::Message { .. } => true,
            Sent::Change { .. } => false,
        })
        .collect();
    let mut expected = Received::new();
    for event in &events {
        for (_, text) in Reference::follow(&company, event, Until::End).in_queues {
            if text.contains("null") && plain_message(&text) == "null" {
                left_out.add("inputs: a path that selects nothing sends the whole event");
            }
        }
        let followed = Reference::follow(&company, event, Until::EndInMiniStack);
        for (queue, text) in followed.in_queues {
            *expected.entry((queue.name, plain(&text))).or_default() += 1;
        }
    }
    let count: usize = expected.values().sum();

    let room = MachineRoom::start();
    let aws = room.aws();
    let (_, text) = &template::templates(&company)[0];
    deploy(aws, text);
    send(aws, &company, &events);
    let received = drain(aws, &company, count);

    println!(
        "ministack: {count} messages of {} events compared",
        events.len()
    );
    for (reason, count) in &left_out.0 {
        println!("ministack: left out {count} {reason}");
    }
    let mut differences = Vec::new();
    let mut all: Vec<_> = received.keys().chain(expected.keys()).collect();
    all.sort_unstable();
    all.dedup();
    for one in all {
        let [received, expected] = [&received, &expected].map(|from| from.get(one).unwrap_or(&0));
        if received != expected {
            differences.push(format!("{received} for {expected}: {one:?}"));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences[..differences.len().min(30)].join("\n")
    );
}
