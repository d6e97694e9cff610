//! The conditions of routes: patterns, filters and filter policies.
//!
//! The languages are those of the `eventbridge-pattern` crate. Each value here is compiled when it
//! is made, so that a topology holds only valid ones. It also keeps its written form, with sorted keys:
//! a `Value` keeps them as they were written if any crate of the build switches on
//! `serde_json/preserve_order`, and a topology is written, compared and refused in one way in every build.

use base64::Engine as _;
use eventbridge_pattern::{
    EventSource, FilterCriteria, FilterError, Message, Pattern, PatternError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::resource::ResourceKind;

/// The event pattern of a rule or an archive.
#[derive(Clone)]
pub struct EventPattern {
    json: Value,
    compiled: Pattern,
    is_approximate: bool,
}

impl EventPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// If EventBridge would refuse the pattern.
    pub fn new(mut json: Value) -> Result<Self, PatternError> {
        json.sort_all_objects();
        let compiled = Pattern::from_value(&json)?;
        Ok(Self {
            json,
            compiled,
            is_approximate: false,
        })
    }

    /// Returns the pattern, marked as approximate or not. An approximate pattern stands for one with an
    /// unknown value and accepts every value there.
    #[must_use]
    pub fn approximating(self, is_approximate: bool) -> Self {
        Self {
            is_approximate,
            ..self
        }
    }

    /// Returns true if a value is unknown, so that it accepts more than AWS does.
    pub fn is_approximate(&self) -> bool {
        self.is_approximate
    }

    /// Returns the pattern as it is written.
    pub fn json(&self) -> &Value {
        &self.json
    }

    pub(crate) fn compiled(&self) -> &Pattern {
        &self.compiled
    }
}

/// The kind of source whose records are filtered: a queue, or a stream of Kinesis or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilteredSource {
    /// An SQS queue.
    Queue,
    /// A Kinesis stream, or a table's stream.
    Stream,
}

impl FilteredSource {
    /// Returns the source for a kind of resource, or `None` if its records are not filtered.
    pub fn of(kind: ResourceKind) -> Option<Self> {
        match kind {
            ResourceKind::Queue => Some(Self::Queue),
            ResourceKind::Stream | ResourceKind::Table => Some(Self::Stream),
            _ => None,
        }
    }
}

/// The filter criteria of an event source mapping or a pipe. A record is accepted if one of them
/// accepts it. Without criteria every record is accepted.
#[derive(Clone)]
pub struct Filters {
    json: Vec<Value>,
    source: FilteredSource,
    is_approximate: bool,
    /// `None` where everything is taken.
    compiled: Option<Criteria>,
}

/// Filters as they are evaluated.
#[derive(Clone)]
struct Criteria {
    /// For a queue, and for a stream of Kinesis.
    records: FilterCriteria,
    /// For a table's stream.
    changes: FilterCriteria,
    /// True if a filter refers to parts of a record that a delivery does not keep.
    asks_for_more: bool,
    /// True if a filter refers to message attributes.
    asks_for_attributes: bool,
    /// True if a filter refers to fields of a topic's notification whose values are unknown.
    asks_for_unknown_of_notification: bool,
}

/// The parts of a record that a filter may refer to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Record<'r> {
    /// The body or the data.
    pub(crate) text: Option<&'r str>,
    /// The headers beside it, as a JSON object.
    pub(crate) headers: Option<&'r str>,
    /// The record of a table's stream, in the form of a Lambda payload.
    pub(crate) change: Option<&'r str>,
    /// True if the text is a notification of a topic, in which some fields are unknown.
    pub(crate) is_notification: bool,
    /// True if the message has attributes that are unknown.
    pub(crate) has_unknown_attributes: bool,
}

/// The fields of a topic's notification whose values a delivery does not contain ("HTTP/HTTPS
/// notification JSON format" in the guide of Amazon SNS). The only other fields are `Type`,
/// `Message` and `MessageAttributes`.
const UNKNOWN_OF_NOTIFICATION: [&str; 9] = [
    "MessageId",
    "TopicArn",
    "Subject",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
    "UnsubscribeURL",
    "SequenceNumber",
];

/// Returns the top-level keys of a pattern, including those in the branches of an `$or`.
pub(super) fn keys_of(pattern: &Value) -> Vec<&str> {
    let Some(pattern) = pattern.as_object() else {
        return Vec::new();
    };
    let mut keys = Vec::new();
    for (key, value) in pattern {
        match value.as_array() {
            Some(branches) if key == "$or" => keys.extend(branches.iter().flat_map(keys_of)),
            _ => keys.push(key.as_str()),
        }
    }
    keys
}

impl Filters {
    /// Returns no filters: every record is accepted.
    pub fn none(source: FilteredSource) -> Self {
        Self {
            json: Vec::new(),
            source,
            is_approximate: false,
            compiled: None,
        }
    }

    /// Compiles filters, each given as its pattern.
    ///
    /// # Errors
    /// If AWS would refuse one of them.
    pub fn new(mut json: Vec<Value>, source: FilteredSource) -> Result<Self, FilterError> {
        json.iter_mut().for_each(Value::sort_all_objects);
        if json.is_empty() {
            return Ok(Self::none(source));
        }
        let patterns: Vec<Value> = json
            .iter()
            .map(|filter| json!({ "Pattern": filter.to_string() }))
            .collect();
        let criteria = json!({ "Filters": patterns });
        let read = |source| FilterCriteria::from_value(&criteria, source);
        let (of_record, kept): (_, &[&str]) = match source {
            FilteredSource::Queue => (EventSource::Sqs, &["body", "messageAttributes"]),
            FilteredSource::Stream => (
                EventSource::Kinesis,
                &["data", "partitionKey", "eventName", "dynamodb"],
            ),
        };
        let asks_for_more = json
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Map::keys)
            .any(|name| !kept.contains(&name.as_str()));
        let bodies = json.iter().filter_map(|filter| filter.get("body"));
        let asks_for_unknown_of_notification = bodies
            .flat_map(keys_of)
            .any(|key| UNKNOWN_OF_NOTIFICATION.contains(&key));
        Ok(Self {
            compiled: Some(Criteria {
                records: read(of_record)?,
                changes: read(EventSource::DynamoDb)?,
                asks_for_more,
                asks_for_attributes: json
                    .iter()
                    .any(|filter| filter.get("messageAttributes").is_some()),
                asks_for_unknown_of_notification,
            }),
            json,
            source,
            is_approximate: false,
        })
    }

    /// Returns the filters, marked as approximate or not. Approximate filters stand for some with an
    /// unknown value and accept every value there.
    #[must_use]
    pub fn approximating(self, is_approximate: bool) -> Self {
        Self {
            is_approximate,
            ..self
        }
    }

    /// Returns true if a value is unknown, so that they accept more than AWS does.
    pub fn is_approximate(&self) -> bool {
        self.is_approximate
    }

    /// Returns the filters as they are written.
    pub fn json(&self) -> &[Value] {
        &self.json
    }

    /// Returns true if there are no filters, so that every record is accepted.
    pub fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// Returns whether a record is accepted, or `None` if that cannot be decided.
    pub(crate) fn accepts(&self, record: &Record<'_>) -> Option<bool> {
        let accepts = self.accept(record);
        // AWS may decline what they accept.
        accepts.filter(|accepts| !(*accepts && self.is_approximate))
    }

    fn accept(&self, record: &Record<'_>) -> Option<bool> {
        let Some(criteria) = &self.compiled else {
            return Some(true);
        };
        if criteria.asks_for_more
            || (record.is_notification && criteria.asks_for_unknown_of_notification)
            || (record.has_unknown_attributes && criteria.asks_for_attributes)
        {
            return None;
        }
        if let Some(change) = record.change {
            let change = serde_json::from_str(change).ok()?;
            return criteria.changes.accepts(&change).ok();
        }
        let text = record.text?;
        let mut whole: Map<String, Value> = record
            .headers
            .and_then(|headers| serde_json::from_str(headers).ok())
            .unwrap_or_default();
        match self.source {
            FilteredSource::Queue => whole.insert("body".to_owned(), text.into()),
            FilteredSource::Stream => {
                let data = base64::engine::general_purpose::STANDARD.encode(text);
                whole.insert("data".to_owned(), data.into())
            }
        };
        criteria.records.accepts(&Value::Object(whole)).ok()
    }
}

/// The part of a message that a subscription's filter policy matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilterPolicyScope {
    /// The policy matches the message attributes.
    #[default]
    MessageAttributes,
    /// The policy matches the message body.
    MessageBody,
}

/// A subscription's filter policy and its scope.
#[derive(Clone)]
pub struct FilterPolicy {
    json: Value,
    scope: FilterPolicyScope,
    is_approximate: bool,
    /// `None` where nothing of it is known.
    compiled: Option<eventbridge_pattern::FilterPolicy>,
}

impl FilterPolicy {
    /// Compiles a filter policy.
    ///
    /// # Errors
    /// If SNS would refuse the policy.
    pub fn new(mut json: Value, scope: FilterPolicyScope) -> Result<Self, FilterError> {
        json.sort_all_objects();
        let looked_at = match scope {
            FilterPolicyScope::MessageAttributes => {
                eventbridge_pattern::FilterPolicyScope::MessageAttributes
            }
            FilterPolicyScope::MessageBody => eventbridge_pattern::FilterPolicyScope::MessageBody,
        };
        let compiled = eventbridge_pattern::FilterPolicy::parse(&json.to_string(), looked_at)?;
        Ok(Self {
            json,
            scope,
            is_approximate: false,
            compiled: Some(compiled),
        })
    }

    /// A policy that stands for one of which a value is not known: it accepts every value there. If nothing
    /// of it is known, it is an empty map, which SNS itself refuses.
    ///
    /// # Errors
    /// SNS would refuse it.
    pub fn approximate(json: Value, scope: FilterPolicyScope) -> Result<Self, FilterError> {
        if json.as_object().is_some_and(Map::is_empty) {
            return Ok(Self {
                json,
                scope,
                is_approximate: true,
                compiled: None,
            });
        }
        Ok(Self {
            is_approximate: true,
            ..Self::new(json, scope)?
        })
    }

    /// Returns true if a value is unknown, so that it accepts more than AWS does.
    pub fn is_approximate(&self) -> bool {
        self.is_approximate
    }

    /// Returns the policy as it is written.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Returns the scope of the policy.
    pub fn scope(&self) -> FilterPolicyScope {
        self.scope
    }

    /// Returns whether a message is sent to the subscriber, or `None` if that cannot be decided.
    /// `attributes` are those of the notification, `{"Type","Value"}` by name, or `None` if they
    /// are unknown.
    pub(crate) fn accepts(&self, attributes: Option<&Value>, body: Option<&str>) -> Option<bool> {
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
        let accepts = self.compiled.as_ref()?.accepts(&Message {
            body,
            attributes: &by_name,
        });
        // What it accepts, SNS perhaps declines.
        let accepts = accepts.ok();
        accepts.filter(|accepts| !(*accepts && self.is_approximate))
    }
}

/// Two values are equal if their written forms are.
macro_rules! equal_as_written {
    ($($name:ident: $($field:ident),+;)+) => {$(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $(self.$field == other.$field)&&+
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &self.$field))+
                    .finish_non_exhaustive()
            }
        }
    )+};
}

equal_as_written! {
    EventPattern: json, is_approximate;
    Filters: json, source, is_approximate;
    FilterPolicy: json, scope, is_approximate;
}
