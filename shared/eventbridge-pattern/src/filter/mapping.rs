//! Implements `FilterCriteria` of event source mappings, which select the records of a queue or
//! stream for which a Lambda function is invoked.
//!
//! A filter is matched against the record as the function would receive it, except that the payload
//! is opened first: the body of an SQS message, the data of a Kinesis record. The result also
//! depends on the format of both sides (Lambda developer guide, "Using event filtering with an
//! Amazon SQS event source" and its siblings):
//!
//! | payload | filter on the payload | record |
//! |---|---|---|
//! | JSON object or array | fields (`{"body": {…}}`) | is matched |
//! | text | values (`{"body": [… ]}`), queues only | is matched |
//! | JSON | values | is dropped |
//! | text | fields | is dropped |
//! | any | none | is matched by the rest of the record |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{FilterError, Undecided};
use crate::event::Event;
use crate::pattern::Pattern;

/// The maximum number of filters of one mapping, with a raised quota.
const MAX_FILTERS: usize = 10;

/// The source that an event source mapping polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventSource {
    /// The payload is `body`, JSON or text.
    Sqs,
    /// The payload is `data`: base64 of JSON. Other fields (`partitionKey`, …) are beside it.
    Kinesis,
    /// The payload is `dynamodb`, a part of the record itself.
    DynamoDb,
    /// The payloads are `value` and `key`: base64 of JSON or text.
    Kafka,
    /// The payload is `data`: base64 of JSON or text.
    Mq,
}

impl EventSource {
    /// Returns the members of a record that contain payload, and true if they are in base64.
    fn payloads(self) -> (&'static [&'static str], bool) {
        match self {
            Self::Sqs => (&["body"], false),
            Self::Kinesis | Self::Mq => (&["data"], true),
            Self::DynamoDb => (&[], false),
            Self::Kafka => (&["value", "key"], true),
        }
    }
}

/// The filters of an event source mapping. A record that satisfies one of them reaches the
/// function.
///
/// ```
/// use eventbridge_pattern::{EventSource, FilterCriteria};
/// use serde_json::json;
///
/// let criteria = FilterCriteria::from_value(
///     &json!({"Filters": [{"Pattern": r#"{"body": {"total": [{"numeric": [">", 100]}]}}"#}]}),
///     EventSource::Sqs,
/// )?;
/// assert!(criteria.accepts(&json!({"messageId": "1", "body": r#"{"total": 250}"#}))?);
/// assert!(!criteria.accepts(&json!({"messageId": "2", "body": r#"{"total": 50}"#}))?);
/// assert!(!criteria.accepts(&json!({"messageId": "3", "body": "not JSON"}))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FilterCriteria {
    source: EventSource,
    filters: Vec<Filter>,
}

#[derive(Debug, Clone)]
struct Filter {
    pattern: Pattern,
    /// The format that the filter expects of each payload.
    formats: Vec<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Text,
    /// The filter does not mention the payload, so any format fits.
    Any,
}

impl FilterCriteria {
    /// Parses the filters as `GetEventSourceMapping` and `CloudFormation` write them: `{"Filters":
    /// [{"Pattern": "…"}]}`. Without any filter, every record is accepted.
    pub fn from_value(criteria: &Value, source: EventSource) -> Result<Self, FilterError> {
        let filters = match criteria.get("Filters") {
            None | Some(Value::Null) => &[][..],
            Some(Value::Array(filters)) => filters,
            Some(_) => return Err(FilterError::Form),
        };
        if filters.len() > MAX_FILTERS {
            return Err(FilterError::TooManyFilters);
        }
        let filters = filters
            .iter()
            .map(|filter| match filter.get("Pattern") {
                Some(Value::String(pattern)) => Filter::parse(pattern, source),
                _ => Err(FilterError::Form),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { source, filters })
    }

    /// Returns true if a record of a Lambda payload reaches the function. A Kinesis record may be
    /// given itself or under `kinesis`.
    pub fn accepts(&self, record: &Value) -> Result<bool, FilterError> {
        if self.filters.is_empty() {
            return Ok(true);
        }
        let opened = Opened::new(record, self.source)?;
        let event = Event::parse(opened.text.as_bytes())?;
        let mut undecided = false;
        for filter in &self.filters {
            let formats_fit = filter
                .formats
                .iter()
                .zip(&opened.formats)
                .all(|(filter, payload)| *filter == Format::Any || filter == payload);
            if !formats_fit {
                continue;
            }
            match filter.pattern.matches(&event) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(Undecided) => undecided = true,
            }
        }
        if undecided {
            return Err(Undecided.into());
        }
        Ok(false)
    }
}

impl Filter {
    fn parse(text: &str, source: EventSource) -> Result<Self, FilterError> {
        let pattern = Pattern::parse(text)?;
        let (payloads, _) = source.payloads();
        let value: Value = serde_json::from_str(text).map_err(|_| FilterError::Form)?;
        let formats: Vec<Format> = payloads
            .iter()
            .map(|payload| match value.get(payload) {
                None => Format::Any,
                Some(Value::Object(_)) => Format::Json,
                Some(_) => Format::Text,
            })
            .collect();
        if source == EventSource::Kinesis && formats.contains(&Format::Text) {
            return Err(FilterError::StreamText);
        }
        Ok(Self { pattern, formats })
    }
}

/// A record with its payloads opened.
struct Opened {
    text: String,
    formats: Vec<Format>,
}

impl Opened {
    fn new(record: &Value, source: EventSource) -> Result<Self, FilterError> {
        let record = match (source, record.get("kinesis")) {
            (EventSource::Kinesis, Some(inner)) => inner,
            _ => record,
        };
        let Value::Object(members) = record else {
            return Err(FilterError::Record);
        };
        let (payloads, base64) = source.payloads();
        let mut formats = vec![Format::Any; payloads.len()];
        let mut text = String::from("{");
        for (name, value) in members {
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(&Value::from(name.as_str()).to_string());
            text.push(':');
            let place = payloads.iter().position(|payload| payload == name);
            match (place, value) {
                (Some(place), Value::String(payload)) => {
                    let (format, opened) = open(payload, base64);
                    formats[place] = format;
                    text.push_str(&opened);
                }
                _ => text.push_str(&value.to_string()),
            }
        }
        text.push('}');
        Ok(Self { text, formats })
    }
}

/// Returns the payload in the form in which it is matched: JSON in its spelling, or a string.
fn open(payload: &str, base64: bool) -> (Format, String) {
    let decoded = if base64 {
        STANDARD
            .decode(payload)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
    } else {
        Some(payload.to_owned())
    };
    // A payload that cannot be decoded counts as text, which no filter on it expects.
    let Some(decoded) = decoded else {
        return (Format::Text, Value::from(payload).to_string());
    };
    let begins = decoded.trim_start().chars().next();
    if matches!(begins, Some('{' | '[')) && serde_json::from_str::<&RawValue>(&decoded).is_ok() {
        return (Format::Json, decoded);
    }
    (Format::Text, Value::from(decoded).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn accepts(source: EventSource, pattern: &str, record: &Value) -> bool {
        let criteria = json!({"Filters": [{"Pattern": pattern}]});
        FilterCriteria::from_value(&criteria, source)
            .unwrap()
            .accepts(record)
            .unwrap()
    }

    #[test]
    fn a_queue_is_filtered_by_the_format_of_both_sides() {
        let json_body = json!({"body": r#"{"a": "x"}"#, "attributes": {"SenderId": "s"}});
        let text_body = json!({"body": "x", "attributes": {"SenderId": "s"}});
        let on_fields = r#"{"body": {"a": ["x"]}}"#;
        let on_values = r#"{"body": ["x"]}"#;
        let on_neither = r#"{"attributes": {"SenderId": ["s"]}}"#;
        assert!(accepts(EventSource::Sqs, on_fields, &json_body));
        assert!(!accepts(EventSource::Sqs, on_fields, &text_body));
        assert!(accepts(EventSource::Sqs, on_values, &text_body));
        assert!(!accepts(EventSource::Sqs, on_values, &json_body));
        assert!(accepts(EventSource::Sqs, on_neither, &json_body));
        assert!(accepts(EventSource::Sqs, on_neither, &text_body));
        // Even a filter that requires the absence of a field does not accept text.
        let on_absence = r#"{"body": {"b": [{"exists": false}]}}"#;
        assert!(accepts(EventSource::Sqs, on_absence, &json_body));
        assert!(!accepts(EventSource::Sqs, on_absence, &text_body));
    }

    #[test]
    fn numbers_in_a_body_keep_their_spelling() {
        let record = json!({"body": r#"{"id": 123456789012345678901}"#});
        let pattern = r#"{"body": {"id": [123456789012345678901]}}"#;
        assert!(accepts(EventSource::Sqs, pattern, &record));
    }

    #[test]
    fn a_stream_is_filtered_by_its_decoded_data() {
        // The data is `{"temperature": 150}` and `"plain"`.
        let json_data =
            json!({"kinesis": {"partitionKey": "1", "data": "eyJ0ZW1wZXJhdHVyZSI6IDE1MH0="}});
        let text_data = json!({"kinesis": {"partitionKey": "1", "data": "cGxhaW4="}});
        let hot = r#"{"data": {"temperature": [{"numeric": [">", 100]}]}}"#;
        assert!(accepts(EventSource::Kinesis, hot, &json_data));
        assert!(!accepts(EventSource::Kinesis, hot, &text_data));
        let key = r#"{"partitionKey": ["1"]}"#;
        assert!(accepts(EventSource::Kinesis, key, &text_data));
        let on_values = json!({"Filters": [{"Pattern": r#"{"data": ["plain"]}"#}]});
        assert_eq!(
            FilterCriteria::from_value(&on_values, EventSource::Kinesis).unwrap_err(),
            FilterError::StreamText
        );
    }

    #[test]
    fn a_table_stream_is_filtered_as_it_is() {
        let record = json!({
            "eventName": "INSERT",
            "dynamodb": {"NewImage": {"state": {"S": "paid"}}}
        });
        let paid =
            r#"{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"state": {"S": ["paid"]}}}}"#;
        assert!(accepts(EventSource::DynamoDb, paid, &record));
        assert!(!accepts(
            EventSource::DynamoDb,
            r#"{"eventName": ["REMOVE"]}"#,
            &record
        ));
    }

    #[test]
    fn topics_and_brokers_are_decoded() {
        let record = json!({"topic": "t", "value": "eyJhIjogMX0=", "key": "azE="});
        assert!(accepts(
            EventSource::Kafka,
            r#"{"value": {"a": [1]}, "key": ["k1"]}"#,
            &record
        ));
        let record = json!({"data": "aGVsbG8="});
        assert!(accepts(
            EventSource::Mq,
            r#"{"data": [{"prefix": "hel"}]}"#,
            &record
        ));
    }

    #[test]
    fn one_satisfied_filter_is_enough_and_none_lets_all_through() {
        let criteria = json!({"Filters": [
            {"Pattern": r#"{"body": ["x"]}"#},
            {"Pattern": r#"{"body": ["y"]}"#},
        ]});
        let criteria = FilterCriteria::from_value(&criteria, EventSource::Sqs).unwrap();
        assert!(criteria.accepts(&json!({"body": "y"})).unwrap());
        assert!(!criteria.accepts(&json!({"body": "z"})).unwrap());
        let none = FilterCriteria::from_value(&json!({}), EventSource::Sqs).unwrap();
        assert!(none.accepts(&json!({"body": "z"})).unwrap());
    }

    #[test]
    fn bad_filters_are_refused() {
        let refused =
            |criteria: Value| FilterCriteria::from_value(&criteria, EventSource::Sqs).unwrap_err();
        assert_eq!(refused(json!({"Filters": "x"})), FilterError::Form);
        assert_eq!(
            refused(json!({"Filters": [{"Pattern": {}}]})),
            FilterError::Form
        );
        assert!(matches!(
            refused(json!({"Filters": [{"Pattern": r#"{"body": []}"#}]})),
            FilterError::Pattern(_)
        ));
        let eleven = vec![json!({"Pattern": r#"{"body": ["x"]}"#}); 11];
        assert_eq!(
            refused(json!({"Filters": eleven})),
            FilterError::TooManyFilters
        );
    }
}
