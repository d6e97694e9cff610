//! The topology: services, buses, rules, targets, queues and who polls them.
//!
//! It says who receives what the tap sees. On one machine it is a YAML or JSON file; in AWS it lies
//! in the store. This module is the model and its file format; [`crate::routes`] compiles it into
//! answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything known of who publishes and who receives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    /// The version of this format: 1.
    pub version: u32,
    /// Services by name, and the AWS names they go by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, Service>,
    /// Queues that are the tracer's own ears, and the channel each listens to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taps: Vec<Tap>,
    /// Event buses by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub buses: BTreeMap<String, Bus>,
    /// SQS queues by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub queues: BTreeMap<String, Queue>,
    /// SNS topics by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub topics: BTreeMap<String, Topic>,
    /// Kinesis streams by name, and tables' streams by the table's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub streams: BTreeMap<String, Stream>,
    /// EventBridge pipes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pipes: BTreeMap<String, Pipe>,
}

/// What a service goes by in AWS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Event sources it publishes under (EventBridge `source`, CloudEvents `source`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Lambda functions it consists of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// DynamoDB tables it owns: it is the producer of their streams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// S3 buckets it owns: it is the producer of their notifications.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<String>,
}

/// A queue that only the tracer reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// The tap's own queue; it is no channel of any edge.
    pub queue: String,
    /// The bus whose events a rule sends there.
    pub bus: String,
}

/// An event bus.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    /// Its rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Its archives: an archive holds data too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archives: Vec<Archive>,
}

/// A rule of a bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Whether it is disabled: then nothing goes over it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Its event pattern.
    pub pattern: Value,
    /// Where it sends what it accepts.
    pub targets: Vec<Target>,
}

/// An archive of a bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Its name.
    pub name: String,
    /// Its event pattern; without one it keeps everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Value>,
}

/// Where a rule or a pipe sends, and what it leaves of the event. Exactly one of `bus`, `queue`,
/// `topic`, `stream`, `function`, `service` and `log_group` is given, and at most one of `input`,
/// `input_path` and `input_transformer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Another event bus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bus: Option<String>,
    /// An SQS queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// An SNS topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// A Kinesis stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// A Lambda function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Anything else by the name of the service that runs it: an API destination, a state machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// A log group that keeps the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// A constant in place of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// The part of the event that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_path: Option<String>,
    /// A text made from parts of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_transformer: Option<InputTransformer>,
}

/// EventBridge's `InputTransformer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputTransformer {
    /// Names for parts of the event (`InputPathsMap`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, String>,
    /// The text with `<name>` in their places (`InputTemplate`).
    pub template: String,
}

/// Who reads a queue or a stream: exactly one of `function`, `service` and `log_group`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// A Lambda function, by an event source mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// A service that polls by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The patterns of the mapping's `FilterCriteria`; it receives what one of them accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Value>,
}

/// An SQS queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Who polls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<Consumer>,
    /// Services that send to it, where a message does not say who sent it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub producers: Vec<String>,
    /// Whether it is a dead-letter queue: then it is a consumer itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dead_letter: bool,
}

/// An SNS topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Who subscribes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<Subscription>,
    /// Services that publish to it: a notification does not say who did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub producers: Vec<String>,
}

/// A subscription of a topic: exactly one of `queue`, `function` and `service`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// An SQS queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// A Lambda function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Anything else by the name of who receives it: an HTTPS endpoint, an e-mail provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Its `FilterPolicy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter_policy: Option<Value>,
    /// Its `FilterPolicyScope`.
    #[serde(default)]
    pub filter_policy_scope: FilterPolicyScope,
}

/// What a subscription's filter policy looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilterPolicyScope {
    /// The message attributes.
    #[default]
    MessageAttributes,
    /// The message.
    MessageBody,
}

/// A Kinesis stream, or a table's stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// Who reads it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<Consumer>,
    /// Services that write to it: a record does not say who did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub producers: Vec<String>,
}

/// An EventBridge pipe: exactly one of `queue` and `stream` is its source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipe {
    /// The queue it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// The stream it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// The patterns of its `FilterCriteria`; it takes what one of them accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Value>,
    /// Where it sends.
    pub target: Target,
}

/// Why a topology cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TopologyError {
    /// The file is not of the format.
    #[error("the topology is not of the expected form: {0}")]
    Format(String),
    /// A version this program does not know.
    #[error("the topology says version {0}; this program reads version 1")]
    Version(u32),
    /// One entry contradicts itself or names something that does not exist.
    #[error("{place}: {problem}")]
    Entry {
        /// Which entry: `bus shop, rule paid, target 1`.
        place: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl TopologyError {
    pub(crate) fn entry(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Entry {
            place: place.into(),
            problem: problem.into(),
        }
    }
}

impl Topology {
    /// Reads a YAML or JSON file's text (JSON is YAML) and checks that it is of one piece.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        let topology: Self =
            serde_saphyr::from_str(text).map_err(|e| TopologyError::Format(e.to_string()))?;
        topology.check()?;
        Ok(topology)
    }

    /// Checks what the form alone cannot: one endpoint each, and names that exist. Patterns are
    /// checked where they are compiled, in [`crate::routes::Router::new`].
    pub fn check(&self) -> Result<(), TopologyError> {
        if self.version != 1 {
            return Err(TopologyError::Version(self.version));
        }
        for (index, tap) in self.taps.iter().enumerate() {
            if !self.buses.contains_key(&tap.bus) {
                return Err(TopologyError::entry(
                    format!("tap {}", index + 1),
                    format!("listens to bus {}, which is not under buses", tap.bus),
                ));
            }
        }
        for (bus_name, bus) in &self.buses {
            for rule in &bus.rules {
                for (index, target) in rule.targets.iter().enumerate() {
                    target.check(&format!(
                        "bus {bus_name}, rule {}, target {}",
                        rule.name,
                        index + 1
                    ))?;
                }
            }
        }
        for (name, queue) in &self.queues {
            check_consumers(&queue.consumers, &format!("queue {name}"))?;
        }
        for (name, stream) in &self.streams {
            check_consumers(&stream.consumers, &format!("stream {name}"))?;
        }
        for (name, topic) in &self.topics {
            for (index, subscription) in topic.subscriptions.iter().enumerate() {
                exactly_one(
                    &format!("topic {name}, subscription {}", index + 1),
                    &[
                        ("queue", subscription.queue.is_some()),
                        ("function", subscription.function.is_some()),
                        ("service", subscription.service.is_some()),
                    ],
                )?;
            }
        }
        for (name, pipe) in &self.pipes {
            let place = format!("pipe {name}");
            exactly_one(
                &place,
                &[
                    ("queue", pipe.queue.is_some()),
                    ("stream", pipe.stream.is_some()),
                ],
            )?;
            let target = format!("{place}, target");
            pipe.target.check(&target)?;
            if pipe.target.transforms() {
                return Err(TopologyError::entry(
                    target,
                    "the input of a pipe is in a language of its own that is not read yet; leave it \
                     out, and the consumer is shown with all of the record",
                ));
            }
        }
        self.check_claims()
    }

    /// A source, function, table or bucket belongs to one service at most.
    fn check_claims(&self) -> Result<(), TopologyError> {
        let mut owners: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for (name, service) in &self.services {
            let claims = [
                ("source", &service.sources),
                ("function", &service.functions),
                ("table", &service.tables),
                ("bucket", &service.buckets),
            ];
            for (kind, names) in claims {
                for claimed in names {
                    if let Some(other) = owners.insert((kind, claimed), name) {
                        return Err(TopologyError::entry(
                            format!("service {name}"),
                            format!("claims {kind} {claimed}, which service {other} claims too"),
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

impl Target {
    fn inputs(&self) -> [bool; 3] {
        [
            self.input.is_some(),
            self.input_path.is_some(),
            self.input_transformer.is_some(),
        ]
    }

    /// Whether it sends something else than the event as it is.
    fn transforms(&self) -> bool {
        self.inputs().contains(&true)
    }

    fn check(&self, place: &str) -> Result<(), TopologyError> {
        exactly_one(
            place,
            &[
                ("bus", self.bus.is_some()),
                ("queue", self.queue.is_some()),
                ("topic", self.topic.is_some()),
                ("stream", self.stream.is_some()),
                ("function", self.function.is_some()),
                ("service", self.service.is_some()),
                ("log_group", self.log_group.is_some()),
            ],
        )?;
        if self
            .inputs()
            .into_iter()
            .filter(|is_given| *is_given)
            .count()
            > 1
        {
            return Err(TopologyError::entry(
                place,
                "give only one of input, input_path and input_transformer",
            ));
        }
        Ok(())
    }
}

fn check_consumers(consumers: &[Consumer], place: &str) -> Result<(), TopologyError> {
    for (index, consumer) in consumers.iter().enumerate() {
        exactly_one(
            &format!("{place}, consumer {}", index + 1),
            &[
                ("function", consumer.function.is_some()),
                ("service", consumer.service.is_some()),
            ],
        )?;
    }
    Ok(())
}

fn exactly_one(place: &str, choices: &[(&str, bool)]) -> Result<(), TopologyError> {
    let given: Vec<&str> = choices
        .iter()
        .filter(|(_, is_given)| *is_given)
        .map(|(name, _)| *name)
        .collect();
    if given.len() == 1 {
        return Ok(());
    }
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let found = if given.is_empty() {
        "none is given".to_owned()
    } else {
        given.join(" and ") + " are given"
    };
    Err(TopologyError::entry(
        place,
        format!("needs exactly one of {}; {found}", names.join(", ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(yaml: &str) -> String {
        Topology::parse(yaml).unwrap_err().to_string()
    }

    #[test]
    fn yaml_and_json_are_read_alike() {
        let yaml = "version: 1\nqueues:\n  jobs:\n    consumers:\n      - function: worker\n";
        let json = r#"{"version":1,"queues":{"jobs":{"consumers":[{"function":"worker"}]}}}"#;
        assert_eq!(
            Topology::parse(yaml).unwrap(),
            Topology::parse(json).unwrap()
        );
    }

    #[test]
    fn what_is_written_out_reads_back_the_same() {
        let yaml = "
version: 1
services: {orders: {sources: [com.shop.orders]}}
taps: [{queue: tap, bus: shop}]
buses:
  shop:
    rules:
      - name: paid
        pattern: {detail-type: [OrderPaid], detail: {total: [{numeric: ['>', 10]}]}}
        targets: [{queue: jobs, input_path: $.detail}]
";
        let topology = Topology::parse(yaml).unwrap();
        let json = serde_json::to_string(&topology).unwrap();
        assert_eq!(Topology::parse(&json).unwrap(), topology);
    }

    #[test]
    fn a_target_with_two_endpoints_is_refused_with_its_place() {
        let message = refusal(
            "{version: 1, buses: {shop: {rules: [{name: r, pattern: {source: [a]}, \
             targets: [{queue: q, topic: t}]}]}}}",
        );
        assert_eq!(
            message,
            "bus shop, rule r, target 1: needs exactly one of bus, queue, topic, stream, function, \
             service, log_group; queue and topic are given"
        );
    }

    #[test]
    fn a_misspelt_key_is_refused_and_named() {
        assert!(refusal("{version: 1, queus: {}}").contains("queus"));
    }

    #[test]
    fn a_tap_on_a_bus_nobody_described_is_refused() {
        let message = refusal("{version: 1, taps: [{queue: t, bus: shop}]}");
        assert!(
            message.contains("bus shop, which is not under buses"),
            "{message}"
        );
    }

    #[test]
    fn one_source_cannot_belong_to_two_services() {
        let message = refusal("{version: 1, services: {a: {sources: [s]}, b: {sources: [s]}}}");
        assert_eq!(
            message,
            "service b: claims source s, which service a claims too"
        );
    }

    #[test]
    fn another_version_is_refused() {
        assert!(refusal("version: 2").contains("version 2"));
    }
}
