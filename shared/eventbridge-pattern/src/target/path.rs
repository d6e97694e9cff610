//! Parses and evaluates the paths of `InputPath` and `InputPathsMap`.
//!
//! EventBridge supports a small subset of `JSONPath`: names after dots (letters, digits, dashes,
//! underscores, slashes), names in brackets, indices and `*`.

use std::fmt;

use crate::error::TargetError;
use crate::event::{Event, Kind, NodeId};

/// A path into an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPath {
    steps: Vec<PathStep>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PathStep {
    Name(Box<str>),
    Index(usize),
    /// Every value of an object or array.
    Any,
}

impl EventPath {
    /// Parses a path such as `$.detail.items[0].sku`.
    ///
    /// # Errors
    /// Returns an error if the text is not such a path. `EventBridge` itself accepts any text and
    /// finds nothing with it.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let unsupported = || TargetError::Path {
            reason: "a path is $ followed by .name, ['name'], [index], .* or [*]",
        };
        let mut rest = text.trim().strip_prefix('$').ok_or_else(unsupported)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest).ok_or_else(unsupported)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self { steps })
    }

    /// Returns the path of the whole event, `$`.
    pub(crate) fn whole() -> Self {
        Self { steps: Vec::new() }
    }

    pub(crate) fn begins_with_name(&self, name: &str) -> bool {
        matches!(self.steps.first(), Some(PathStep::Name(first)) if **first == *name)
    }

    /// Returns true if the path selects at most one value.
    pub(crate) fn is_single(&self) -> bool {
        !self.steps.contains(&PathStep::Any)
    }

    /// Returns true if this path selects a value that is, or contains, a value of `inner`. If
    /// either path leaves open which element it means, it may be that one.
    pub fn covers(&self, inner: &Self) -> bool {
        self.steps.len() <= inner.steps.len()
            && self
                .steps
                .iter()
                .zip(&inner.steps)
                .all(|(outer, inner)| match (outer, inner) {
                    (PathStep::Any, _) | (_, PathStep::Any) => true,
                    (outer, inner) => outer == inner,
                })
    }

    /// Returns the values that the path selects. Of equal names the last counts, as for any parser
    /// that keeps objects as maps.
    pub(crate) fn select(&self, event: &Event<'_>) -> Vec<NodeId> {
        let mut selected = vec![0];
        for step in &self.steps {
            let mut next = Vec::new();
            for &node in &selected {
                match (step, event.kind(node)) {
                    (PathStep::Name(name), Kind::Object) => {
                        next.extend(
                            event
                                .children(node)
                                .filter(|&child| event.name(child) == &**name)
                                .last(),
                        );
                    }
                    (PathStep::Index(index), Kind::Array) => {
                        next.extend(event.children(node).nth(*index));
                    }
                    (PathStep::Any, Kind::Object | Kind::Array) => {
                        next.extend(event.children(node));
                    }
                    _ => {}
                }
            }
            selected = next;
        }
        selected
    }
}

fn step(text: &str) -> Option<(PathStep, &str)> {
    if let Some(rest) = text.strip_prefix("[*]").or_else(|| text.strip_prefix(".*")) {
        return Some((PathStep::Any, rest));
    }
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let name = &rest[..end];
        let is_plain =
            |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '$' | ':' | '@');
        if name.is_empty() || !name.chars().all(is_plain) {
            return None;
        }
        return Some((PathStep::Name(name.into()), &rest[end..]));
    }
    let rest = text.strip_prefix('[')?;
    if let Some(quote @ ('\'' | '"')) = rest.chars().next() {
        let name_and_rest = &rest[1..];
        let end = name_and_rest.find(quote)?;
        let after = name_and_rest[end + 1..].strip_prefix(']')?;
        return Some((PathStep::Name(name_and_rest[..end].into()), after));
    }
    let (index, after) = rest.split_once(']')?;
    if !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((PathStep::Index(index.parse().ok()?), after))
}

impl fmt::Display for EventPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.steps {
            match step {
                PathStep::Name(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    write!(f, ".{name}")?;
                }
                PathStep::Name(name) => write!(f, "['{name}']")?,
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(path: &str) -> Vec<String> {
        let text =
            br#"{"a": {"b-c": [1, {"d": "x"}], "e/f": null}, "a.b": 2, "twice": 1, "twice": 2}"#;
        let event = Event::parse(text).unwrap();
        EventPath::parse(path)
            .unwrap()
            .select(&event)
            .into_iter()
            .map(|node| event.raw(node).to_owned())
            .collect()
    }

    #[test]
    fn paths_select_values() {
        assert_eq!(select("$.a.b-c[0]"), ["1"]);
        assert_eq!(select("$.a.b-c[1].d"), ["\"x\""]);
        assert_eq!(select("$.a.b-c[*].d"), ["\"x\""]);
        assert_eq!(select("$['a.b']"), ["2"]);
        assert_eq!(select("$.a.e/f"), ["null"]);
        assert_eq!(select("$.twice"), ["2"]);
        assert_eq!(select("$.a.b-c.d"), [""; 0]);
        assert_eq!(select("$.none"), [""; 0]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "detail",
            "$detail",
            "$.",
            "$..a",
            "$.a[?(@.b)]",
            "$.a[-1]",
            "$['a",
            "$.a b",
        ] {
            assert!(EventPath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_covers_what_lies_in_it() {
        let covers = |outer: &str, inner: &str| {
            EventPath::parse(outer)
                .unwrap()
                .covers(&EventPath::parse(inner).unwrap())
        };
        assert!(covers("$.detail", "$.detail.customer.email"));
        assert!(covers("$.detail.items[0]", "$.detail.items[*].sku"));
        assert!(!covers("$.detail.order", "$.detail.customer"));
        assert!(!covers("$.detail.customer.email", "$.detail.customer"));
        assert!(covers("$", "$.anything"));
    }

    #[test]
    fn a_path_is_shown_as_rfc_9535_writes_it() {
        let path = EventPath::parse("$.detail.b-c[0].*").unwrap();
        assert_eq!(path.to_string(), "$.detail['b-c'][0][*]");
    }
}
