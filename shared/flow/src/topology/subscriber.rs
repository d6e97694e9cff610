//! The subscribers of an EventBridge V2 bus ("Amazon EventBridge event bus (Custom)" in its guide). A
//! subscriber has one pattern for each part of an event, one target and a transformer.
//!
//! A V2 bus has subscribers where a classic bus has rules, and keeps what it receives. It sees an event in
//! three parts: its data, the metadata that the publisher added, and the metadata of the bus itself.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::condition::{EventPattern, keys_of};
use super::jsonata::Jsonata;
use super::origin::Origin;
use super::resource::End;
use crate::home::Located;

/// A subscriber of a V2 bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscriber {
    /// Its name.
    pub name: String,
    /// The id in the template, if it differs from the name.
    pub id: Option<String>,
    /// True if it is stopped.
    pub disabled: bool,
    /// The filters. It takes the events that all of them accept.
    pub filters: ScopedFilters,
    /// The target.
    pub to: End,
    /// The transformer.
    pub transformer: Transformer,
    /// True if it adds attributes of its own to a message for a queue or a topic.
    pub sets_attributes: bool,
    /// The queue that receives a record about each event that could not be delivered. The event itself is
    /// not in it.
    pub dead_letters: Option<Located>,
    /// The place where it is written in the file.
    pub origin: Origin,
}

/// The part of an event that a filter is evaluated against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilterScope {
    /// The event data: what was published. For `PutEvents` that is the event with its `source` and `detail`.
    Data,
    /// The keys and values that a publisher adds with `PutRawEvents`.
    Metadata,
    /// EventBridge's own metadata: `aws:Source`, `ContentType`.
    SystemMetadata,
}

impl FilterScope {
    /// The scopes, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Data, Self::Metadata, Self::SystemMetadata];

    /// Returns the name of the part in an event: `SystemMetadata`.
    pub fn part(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Metadata => "Metadata",
            Self::SystemMetadata => "SystemMetadata",
        }
    }

    /// Returns the scope with this name of AWS: `SYSTEM_METADATA`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "DATA" => Some(Self::Data),
            "METADATA" => Some(Self::Metadata),
            "SYSTEM_METADATA" => Some(Self::SystemMetadata),
            _ => None,
        }
    }
}

/// The reason why EventBridge would refuse the filters of a subscriber ("Filtering events for a
/// subscriber").
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScopedFilterError {
    /// A pattern that is not valid on any bus.
    #[error(transparent)]
    Pattern(#[from] eventbridge_pattern::PatternError),
    /// A wildcard.
    #[error("a filter of a subscriber may not have a wildcard; rules of classic buses may")]
    Wildcard,
    /// A filter on metadata with an operator.
    #[error("a filter on metadata lists exact values for each key, as in {{tenant: [acme]}}")]
    NotExact,
    /// Two filters of one scope.
    #[error("a subscriber has at most one filter for each scope")]
    Twice,
}

/// The filters of a subscriber, at most one for each scope. Without any it takes every event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScopedFilters {
    data: Option<EventPattern>,
    metadata: Option<EventPattern>,
    system: Option<EventPattern>,
    is_approximate: bool,
}

impl ScopedFilters {
    /// Adds a filter.
    ///
    /// # Errors
    /// EventBridge would refuse it.
    pub fn add(&mut self, scope: FilterScope, pattern: Value) -> Result<(), ScopedFilterError> {
        if has_wildcard(&pattern) {
            return Err(ScopedFilterError::Wildcard);
        }
        if scope == FilterScope::Metadata && !is_exact(&pattern) {
            return Err(ScopedFilterError::NotExact);
        }
        let place = match scope {
            FilterScope::Data => &mut self.data,
            FilterScope::Metadata => &mut self.metadata,
            FilterScope::SystemMetadata => &mut self.system,
        };
        if place.is_some() {
            return Err(ScopedFilterError::Twice);
        }
        *place = Some(EventPattern::new(pattern)?);
        Ok(())
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

    /// Returns the filter of a scope, as it is written.
    pub fn json(&self, scope: FilterScope) -> Option<&Value> {
        let pattern = match scope {
            FilterScope::Data => &self.data,
            FilterScope::Metadata => &self.metadata,
            FilterScope::SystemMetadata => &self.system,
        };
        pattern.as_ref().map(EventPattern::json)
    }

    /// Returns all filters as one pattern of the event with its three parts, or `None` if every event is
    /// taken.
    pub(super) fn whole(&self) -> Option<Value> {
        let parts = FilterScope::ALL.into_iter().filter_map(|scope| {
            let pattern = self.json(scope)?.clone();
            Some((scope.part().to_owned(), pattern))
        });
        let parts: Map<String, Value> = parts.collect();
        (!parts.is_empty()).then_some(Value::Object(parts))
    }

    pub(crate) fn data(&self) -> Option<&EventPattern> {
        self.data.as_ref()
    }

    /// Returns whether the filters on metadata accept an event, or `None` if that cannot be decided.
    pub(crate) fn accept(&self, known: &Metadata) -> Option<bool> {
        let of_publisher = self.metadata.as_ref().map(|_| known.of_publisher());
        let of_bus = self.system.as_ref().map(|pattern| known.of_bus(pattern));
        match (of_publisher, of_bus) {
            (Some(Some(false)), _) | (_, Some(Some(false))) => Some(false),
            (Some(None), _) | (_, Some(None)) => None,
            // EventBridge may decline what they accept.
            _ if self.is_approximate => None,
            _ => Some(true),
        }
    }
}

/// Returns true if an operator of a pattern compares with a wildcard.
fn has_wildcard(pattern: &Value) -> bool {
    match pattern {
        Value::Object(entries) => entries.iter().any(|(_, value)| has_wildcard(value)),
        Value::Array(items) => items.iter().any(|item| {
            let anything_but = item.get("anything-but");
            item.get("wildcard").is_some()
                || anything_but.is_some_and(|not| not.get("wildcard").is_some())
                || has_wildcard(item)
        }),
        _ => false,
    }
}

/// Returns true if a pattern only lists values for each key.
fn is_exact(pattern: &Value) -> bool {
    pattern.as_object().is_some_and(|entries| {
        entries.values().all(|values| {
            let values = values.as_array();
            values.is_some_and(|values| values.iter().all(|value| !value.is_object()))
        })
    })
}

/// The known metadata of an event on a V2 bus. The form of the event shows whether it was published
/// with `PutEvents`.
pub(crate) struct Metadata {
    /// `Source` and `DetailType` of `PutEvents`; `None` where it was published with `PutRawEvents`.
    envelope: Option<(String, String)>,
}

impl Metadata {
    /// Returns the metadata of an event with this data.
    pub(crate) fn of(data: &str) -> Self {
        #[derive(Deserialize)]
        struct Envelope {
            source: String,
            #[serde(rename = "detail-type")]
            detail_type: String,
            #[serde(rename = "detail")]
            _detail: serde::de::IgnoredAny,
        }
        let envelope: Option<Envelope> = serde_json::from_str(data).ok();
        Self {
            envelope: envelope.map(|envelope| (envelope.source, envelope.detail_type)),
        }
    }

    /// Returns whether a filter on the publisher's metadata accepts the event. `PutEvents` takes no such
    /// metadata, and that of `PutRawEvents` is unknown.
    fn of_publisher(&self) -> Option<bool> {
        self.envelope.is_some().then_some(false)
    }

    /// Returns whether a filter on the metadata of the bus accepts the event.
    fn of_bus(&self, pattern: &EventPattern) -> Option<bool> {
        let known: &[&str] = match &self.envelope {
            Some(_) => &["aws:Source", "aws:DetailType", "ContentType"],
            // These two are not there.
            None => &["aws:Source", "aws:DetailType"],
        };
        let asked = keys_of(pattern.json());
        if asked.iter().any(|key| !known.contains(key)) {
            return None;
        }
        let fields = self.known_of_bus();
        let event = eventbridge_pattern::Event::from_value(&fields).ok()?;
        pattern.compiled().matches(&event).ok()
    }

    /// Returns the known metadata of the bus, with sorted keys.
    fn known_of_bus(&self) -> Value {
        match &self.envelope {
            Some((source, detail_type)) => json!({
                "ContentType": "application/eventbridge+json",
                "aws:DetailType": detail_type,
                "aws:Source": source,
            }),
            None => json!({}),
        }
    }

    /// Returns the event with its known metadata, as `WITH_METADATA` sends it.
    pub(crate) fn around(&self, data: &str) -> String {
        let system = self.known_of_bus();
        format!(r#"{{"Data":{data},"Metadata":{{}},"SystemMetadata":{system}}}"#)
    }
}

/// The transformer of a subscriber ("Transforming events with JSONata").
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Transformer {
    /// `RAW`: the data as they are.
    #[default]
    Raw,
    /// `WITH_METADATA`: the data with both kinds of metadata around them.
    WithMetadata,
    /// `JSONATA`: the result of an expression.
    Jsonata(Jsonata),
    /// An unknown input, such as a request to an API of AWS.
    Unknown,
}

impl Transformer {
    /// Returns the transformer as a value that can be shown and compared, or `None` for the data as it
    /// is.
    pub(super) fn to_json(&self) -> Option<Value> {
        match self {
            Self::Raw => None,
            Self::WithMetadata => Some(json!({ "with_metadata": true })),
            Self::Jsonata(expression) => Some(json!({ "jsonata": expression.as_str() })),
            Self::Unknown => Some(json!({ "unknown_input": true })),
        }
    }
}
