//! What decides on a route, and what it leaves of a document: rules, filters, policies, inputs.
//!
//! The languages are those of the `eventbridge-pattern` crate. Here they are compiled, so that a
//! mistake in a topology is reported with its place, and applied to what is known of a delivery. Where
//! that is not enough to decide, the answer is `None`.

use base64::Engine as _;
use eventbridge_pattern::{
    Event, EventSource, FilterCriteria, FilterPolicy, Invocation, Message, Pattern, RuleSet,
    TargetInput,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::channel::ChannelKind;
use crate::topology::{FilterPolicyScope, Input, Place, TopologyError};

/// The patterns of a bus's rules and archives, compiled into one matcher.
pub(super) struct Rules {
    set: RuleSet<usize>,
}

impl Rules {
    /// Compiles patterns, each with its place. The number of a rule is its position.
    pub(super) fn compile(patterns: &[(Place, &Value)]) -> Result<Self, TopologyError> {
        let mut numbered = Vec::with_capacity(patterns.len());
        for (number, (place, pattern)) in patterns.iter().enumerate() {
            let pattern = Pattern::from_value(pattern).map_err(|e| place.refuse(e))?;
            numbered.push((number, pattern));
        }
        Ok(Self {
            set: numbered.into_iter().collect(),
        })
    }

    /// The rules that accept an event, and whether that is certain.
    pub(super) fn accepting(&self, event: &Event<'_>) -> Vec<(usize, bool)> {
        let matches = self.set.matches(event);
        let certain = matches.matched.into_iter().map(|rule| (*rule, true));
        certain
            .chain(matches.undecided.into_iter().map(|rule| (*rule, false)))
            .collect()
    }
}

/// The filter criteria of an event source mapping or a pipe.
pub(super) struct Filters {
    /// For a queue, and for a stream of Kinesis.
    records: FilterCriteria,
    /// For a table's stream.
    changes: FilterCriteria,
    count: usize,
    /// Whether a filter refers to parts of a record that a delivery does not keep.
    asks_for_more: bool,
}

/// The parts of a record that a filter may refer to.
#[derive(Clone, Copy, Default)]
pub(super) struct Record<'r> {
    /// The body or data.
    pub(super) text: Option<&'r str>,
    /// The headers beside it, as a JSON object.
    pub(super) headers: Option<&'r str>,
    /// The record of a table's stream, as it is in a Lambda payload.
    pub(super) change: Option<&'r str>,
}

impl Filters {
    pub(super) fn compile(
        filters: &[Value],
        kind: ChannelKind,
        place: &Place,
    ) -> Result<Self, TopologyError> {
        let patterns: Vec<Value> = filters
            .iter()
            .map(|filter| json!({ "Pattern": filter.to_string() }))
            .collect();
        let criteria = json!({ "Filters": patterns });
        let read =
            |source| FilterCriteria::from_value(&criteria, source).map_err(|e| place.refuse(e));
        let (source, kept): (_, &[&str]) = match kind {
            ChannelKind::Queue => (EventSource::Sqs, &["body", "messageAttributes"]),
            _ => (
                EventSource::Kinesis,
                &["data", "partitionKey", "eventName", "dynamodb"],
            ),
        };
        let asks_for_more = filters
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Map::keys)
            .any(|name| !kept.contains(&name.as_str()));
        Ok(Self {
            records: read(source)?,
            changes: read(EventSource::DynamoDb)?,
            count: filters.len(),
            asks_for_more,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether a record is accepted; `None` where that cannot be decided.
    pub(super) fn accepts(&self, kind: ChannelKind, record: &Record<'_>) -> Option<bool> {
        if self.is_empty() {
            return Some(true);
        }
        if self.asks_for_more {
            return None;
        }
        if let Some(change) = record.change {
            let change = serde_json::from_str(change).ok()?;
            return self.changes.accepts(&change).ok();
        }
        let text = record.text?;
        let mut whole: Map<String, Value> = record
            .headers
            .and_then(|headers| serde_json::from_str(headers).ok())
            .unwrap_or_default();
        if kind == ChannelKind::Queue {
            whole.insert("body".to_owned(), text.into());
        } else {
            let data = base64::engine::general_purpose::STANDARD.encode(text);
            whole.insert("data".to_owned(), data.into());
        }
        self.records.accepts(&Value::Object(whole)).ok()
    }
}

/// A subscription's filter policy.
pub(super) struct Policy {
    policy: FilterPolicy,
    scope: FilterPolicyScope,
}

impl Policy {
    pub(super) fn compile(
        policy: &Value,
        scope: FilterPolicyScope,
        place: &Place,
    ) -> Result<Self, TopologyError> {
        let looked_at = match scope {
            FilterPolicyScope::MessageAttributes => {
                eventbridge_pattern::FilterPolicyScope::MessageAttributes
            }
            FilterPolicyScope::MessageBody => eventbridge_pattern::FilterPolicyScope::MessageBody,
        };
        let policy =
            FilterPolicy::parse(&policy.to_string(), looked_at).map_err(|e| place.refuse(e))?;
        Ok(Self { policy, scope })
    }

    /// Whether a message goes to the subscriber. `attributes` are those of the notification,
    /// `{"Type","Value"}` by name; `None` where the message was not seen at the topic.
    pub(super) fn accepts(&self, attributes: Option<&Value>, body: Option<&str>) -> Option<bool> {
        let by_name: Vec<(&str, &str, &str)> = match (self.scope, attributes) {
            (FilterPolicyScope::MessageBody, _) => Vec::new(),
            (FilterPolicyScope::MessageAttributes, None) => return None,
            (FilterPolicyScope::MessageAttributes, Some(attributes)) => attributes
                .as_object()?
                .iter()
                .filter_map(|(name, attribute)| {
                    let part = |part| attribute.get(part).and_then(Value::as_str);
                    Some((name.as_str(), part("Type")?, part("Value")?))
                })
                .collect(),
        };
        let body = match self.scope {
            FilterPolicyScope::MessageBody => body?,
            FilterPolicyScope::MessageAttributes => "",
        };
        self.policy
            .accepts(&Message {
                body,
                attributes: &by_name,
            })
            .ok()
    }
}

/// What a target sends of an event.
pub(super) struct Transformation {
    /// `None` where it sends the event as it is.
    input: Option<TargetInput>,
    rule: String,
}

/// The error of an input that is larger than EventBridge sends: nothing was sent.
pub(super) struct NotSent;

impl Transformation {
    pub(super) fn none() -> Self {
        Self {
            input: None,
            rule: String::new(),
        }
    }

    pub(super) fn compile(input: &Input, rule: &str, place: &Place) -> Result<Self, TopologyError> {
        let input = match input {
            Input::Whole => None,
            Input::Constant(constant) => Some(TargetInput::constant(&constant.to_string())),
            Input::Path(path) => Some(TargetInput::path(path)),
            Input::Transformer(transformer) => Some(TargetInput::transformer(
                transformer
                    .paths
                    .iter()
                    .map(|(name, path)| (name.as_str(), path.as_str())),
                &transformer.template,
            )),
        };
        let input = input.transpose().map_err(|e| place.refuse(e))?;
        Ok(Self {
            input,
            rule: rule.to_owned(),
        })
    }

    /// What the target receives; `None` for the event as it is.
    pub(super) fn apply(
        &self,
        event: &Event<'_>,
        time: Option<Timestamp>,
    ) -> Result<Option<String>, NotSent> {
        let Some(input) = &self.input else {
            return Ok(None);
        };
        let ingestion_time = time.map_or_else(String::new, |at| at.to_string());
        let invocation = Invocation {
            rule_arn: &self.rule,
            rule_name: &self.rule,
            ingestion_time: &ingestion_time,
        };
        let received = input.receives(event, &invocation).map_err(|_| NotSent)?;
        Ok(Some(received.as_str().to_owned()))
    }
}
