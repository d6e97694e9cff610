//! Implements `FilterPolicy` of SNS subscriptions, which selects the messages of a topic that a
//! subscriber receives.
//!
//! Under the scope `MessageAttributes` (the default) the policy is flat and is matched against the
//! message's attributes: a `String` is a string, a `Number` a number, a `String.Array` the values
//! of a JSON array, and `Binary` is ignored. Under `MessageBody` it is matched against the body,
//! which must be a JSON object. The quotas are those of "Filter policy constraints in Amazon SNS".

use serde_json::Value;

use crate::error::FilterError;
use crate::event::Event;
use crate::number::Number;
use crate::pattern::Pattern;
use crate::target::is_json_value;

/// The maximum number of keys of one policy.
const MAX_KEYS: usize = 5;
/// The maximum of the numbers of values multiplied over the keys of one policy.
const MAX_COMBINATIONS: usize = 150;

/// The part of a message that a policy is matched against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilterPolicyScope {
    /// The message's attributes.
    #[default]
    MessageAttributes,
    /// The message's body.
    MessageBody,
}

/// A message of a topic.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The body, as published.
    pub body: &'a str,
    /// The name, type (`String`, `Number`, `String.Array`, `Binary`) and value of each attribute.
    pub attributes: &'a [(&'a str, &'a str, &'a str)],
}

impl std::fmt::Debug for Message<'_> {
    /// Writes sizes only, because the message is payload.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("body_bytes", &self.body.len())
            .field("attributes", &self.attributes.len())
            .finish_non_exhaustive()
    }
}

/// A subscription's filter policy.
///
/// ```
/// use eventbridge_pattern::{FilterPolicy, FilterPolicyScope, Message};
///
/// let policy = FilterPolicy::parse(
///     r#"{"store": ["example_corp"], "price_usd": [{"numeric": [">=", 100]}]}"#,
///     FilterPolicyScope::MessageAttributes,
/// )?;
/// let attributes = [("store", "String", "example_corp"), ("price_usd", "Number", "210.75")];
/// assert!(policy.accepts(&Message { body: "…", attributes: &attributes })?);
/// assert!(!policy.accepts(&Message { body: "…", attributes: &attributes[..1] })?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FilterPolicy {
    pattern: Pattern,
    scope: FilterPolicyScope,
}

impl FilterPolicy {
    /// Parses a policy from its JSON text.
    pub fn parse(text: &str, scope: FilterPolicyScope) -> Result<Self, FilterError> {
        let pattern = Pattern::parse(text)?;
        let value: Value = serde_json::from_str(text).map_err(|_| FilterError::Form)?;
        let mut count = Count {
            keys: 0,
            combinations: 1,
        };
        count.object(&value, 1, scope)?;
        if count.keys > MAX_KEYS {
            return Err(FilterError::TooManyKeys);
        }
        if count.combinations > MAX_COMBINATIONS {
            return Err(FilterError::TooManyCombinations);
        }
        Ok(Self { pattern, scope })
    }

    /// Returns true if a message reaches the subscriber.
    pub fn accepts(&self, message: &Message<'_>) -> Result<bool, FilterError> {
        if self.scope == FilterPolicyScope::MessageAttributes && message.attributes.is_empty() {
            // "An empty set of attributes results in the filter not matching", not even `exists:
            // false` (Amazon SNS developer guide, "Key matching").
            return Ok(false);
        }
        let text = match self.scope {
            FilterPolicyScope::MessageAttributes => attributes_as_json(message.attributes),
            FilterPolicyScope::MessageBody => message.body.to_owned(),
        };
        match Event::parse(text.as_bytes()) {
            Ok(event) => Ok(self.pattern.matches(&event)?),
            // SNS does not deliver a body against which a policy on the body cannot be matched.
            Err(_) => Ok(false),
        }
    }
}

/// The counts that the quotas limit.
struct Count {
    keys: usize,
    combinations: usize,
}

impl Count {
    fn object(
        &mut self,
        value: &Value,
        depth: usize,
        scope: FilterPolicyScope,
    ) -> Result<(), FilterError> {
        let Value::Object(members) = value else {
            return Ok(());
        };
        for (name, value) in members {
            match value {
                Value::Array(branches)
                    if name == "$or" && branches.iter().all(Value::is_object) =>
                {
                    for branch in branches {
                        self.object(branch, depth, scope)?;
                    }
                }
                Value::Array(values) => {
                    self.count_key(depth);
                    // The values of a nested key count as many times as its level.
                    let weight = values.len().saturating_mul(depth);
                    self.combinations = self.combinations.saturating_mul(weight);
                }
                _ if scope == FilterPolicyScope::MessageAttributes => {
                    return Err(FilterError::Nested);
                }
                _ => {
                    self.count_key(depth);
                    self.object(value, depth + 1, scope)?;
                }
            }
        }
        Ok(())
    }

    /// Counts a key. Only keys at the top level count, not those inside them.
    fn count_key(&mut self, depth: usize) {
        if depth == 1 {
            self.keys += 1;
        }
    }
}

fn attributes_as_json(attributes: &[(&str, &str, &str)]) -> String {
    let mut json = String::from("{");
    for (name, kind, value) in attributes {
        let value = match *kind {
            "String.Array" if is_json_value(value) && value.trim_start().starts_with('[') => {
                (*value).to_owned()
            }
            "Number" if Number::parse(value).is_some() && is_json_value(value) => {
                (*value).to_owned()
            }
            "Binary" => continue,
            _ => Value::from(*value).to_string(),
        };
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&Value::from(*name).to_string());
        json.push(':');
        json.push_str(&value);
    }
    json.push('}');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message of SNS's documentation.
    const ATTRIBUTES: [(&str, &str, &str); 5] = [
        (
            "customer_interests",
            "String.Array",
            r#"["soccer", "rugby", "hockey"]"#,
        ),
        ("store", "String", "example_corp"),
        ("event", "String", "order_placed"),
        ("price_usd", "Number", "210.75"),
        ("secret", "Binary", "aGVsbG8="),
    ];

    fn by_attributes(policy: &str) -> bool {
        FilterPolicy::parse(policy, FilterPolicyScope::MessageAttributes)
            .unwrap()
            .accepts(&Message {
                body: "text",
                attributes: &ATTRIBUTES,
            })
            .unwrap()
    }

    fn by_body(policy: &str, body: &str) -> bool {
        FilterPolicy::parse(policy, FilterPolicyScope::MessageBody)
            .unwrap()
            .accepts(&Message {
                body,
                attributes: &[],
            })
            .unwrap()
    }

    #[test]
    fn a_policy_on_attributes_declines_a_message_without_any() {
        let json = r#"{"store": [{"exists": false}]}"#;
        let policy = FilterPolicy::parse(json, FilterPolicyScope::MessageAttributes).unwrap();
        let accepts = |attributes: &[(&str, &str, &str)]| {
            let body = "{}";
            policy.accepts(&Message { body, attributes }).unwrap()
        };
        assert!(!accepts(&[]));
        assert!(accepts(&[("event", "String", "order_placed")]));
    }

    #[test]
    fn attributes_are_matched_by_their_types() {
        assert!(by_attributes(
            r#"{"store": ["example_corp"], "event": [{"anything-but": "order_cancelled"}]}"#
        ));
        assert!(by_attributes(
            r#"{"customer_interests": ["rugby", "football", "baseball"]}"#
        ));
        assert!(by_attributes(
            r#"{"price_usd": [{"numeric": [">=", 100]}]}"#
        ));
        assert!(by_attributes(r#"{"price_usd": [210.750]}"#));
        assert!(!by_attributes(r#"{"price_usd": ["210.75"]}"#));
        assert!(!by_attributes(r#"{"store": ["another"]}"#));
        assert!(!by_attributes(r#"{"encrypted": [true]}"#));
        assert!(by_attributes(r#"{"encrypted": [{"exists": false}]}"#));
        assert!(!by_attributes(r#"{"secret": [{"exists": true}]}"#));
    }

    #[test]
    fn a_body_must_be_an_object() {
        let policy = r#"{"order": {"state": ["paid"]}}"#;
        assert!(by_body(policy, r#"{"order": {"state": "paid"}}"#));
        assert!(!by_body(policy, r#"{"order": {"state": "open"}}"#));
        assert!(!by_body(policy, "text"));
        assert!(!by_body(policy, "[1]"));
    }

    #[test]
    fn quotas_are_kept() {
        let refused = |policy: &str, scope| FilterPolicy::parse(policy, scope).unwrap_err();
        let attributes = FilterPolicyScope::MessageAttributes;
        assert_eq!(
            refused(r#"{"a": {"b": ["x"]}}"#, attributes),
            FilterError::Nested
        );
        let six = r#"{"a":["x"],"b":["x"],"c":["x"],"d":["x"],"e":["x"],"f":["x"]}"#;
        assert_eq!(refused(six, attributes), FilterError::TooManyKeys);
        assert_eq!(
            refused(six, FilterPolicyScope::MessageBody),
            FilterError::TooManyKeys
        );
        // SNS's documentation counts this as four keys.
        let nested = r#"{"state":["x"],"severity":[{"exists":true}],"message":[{"exists":true}],
            "finding":{"control":[{"exists":true}],"region":["x"],"account":["x"]}}"#;
        assert!(FilterPolicy::parse(nested, FilterPolicyScope::MessageBody).is_ok());
        let values: Vec<String> = (0..151).map(|n| n.to_string()).collect();
        let many = format!(r#"{{"a": [{}]}}"#, values.join(","));
        assert_eq!(refused(&many, attributes), FilterError::TooManyCombinations);
        // 3 values at level 3, 1 at level 2, 3 at level 2: 9 × 2 × 6.
        let nested = r#"{"a": {"b": {"c": [1, 2, 3]}}, "d": {"e": [1]}, "f": {"g": [1, 2, 3]}}"#;
        assert!(FilterPolicy::parse(nested, FilterPolicyScope::MessageBody).is_ok());
        assert!(matches!(refused("{", attributes), FilterError::Pattern(_)));
    }
}
