//! Moves an unknown choice inwards: a property that has one of several blocks becomes a block of which
//! each property has one of several values. Readers of resources then find every property that a
//! resource may have.

use super::{Map, Value};

/// The most items of lists that are compared with each other.
const COMPARED_MAX: usize = 1_000;

impl Value {
    /// Returns one of these values, which depends on an unknown condition. [`Value::Null`] stands for no
    /// value.
    pub(crate) fn one_of(values: impl IntoIterator<Item = Value>) -> Self {
        let mut several: Vec<Value> = Vec::new();
        for value in values {
            let alternatives = match value {
                Self::OneOf(alternatives) => alternatives,
                value => vec![value],
            };
            for value in alternatives {
                if !several.contains(&value) {
                    several.push(value);
                }
            }
        }
        if several.len() == 1 {
            several.remove(0)
        } else {
            Self::OneOf(several)
        }
    }

    /// Returns an item of a list that may be missing as if it were there: without the alternatives that are
    /// no value.
    pub(crate) fn present(&self) -> Self {
        match self {
            Self::Map(entries) => {
                let entries = entries.iter();
                Self::Map(
                    entries
                        .map(|(key, value)| (key.clone(), value.present()))
                        .collect(),
                )
            }
            Self::OneOf(values) => {
                let set = values.iter().filter(|value| **value != Self::Null);
                Self::one_of(set.map(Self::present))
            }
            other => other.clone(),
        }
    }

    /// Returns the value with each choice between blocks or lists moved into them. An item that only some
    /// of the lists have is an item or nothing.
    pub(crate) fn merged(self) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(Self::merged).collect()),
            Self::Map(entries) => Self::Map(merged_entries(entries)),
            Self::OneOf(values) => merged_choice(values),
            other => other,
        }
    }
}

fn merged_entries(entries: Map) -> Map {
    let entries = entries.into_iter();
    entries.map(|(key, value)| (key, value.merged())).collect()
}

fn merged_choice(values: Vec<Value>) -> Value {
    let is_set = |value: &&Value| **value != Value::Null;
    if values
        .iter()
        .filter(is_set)
        .all(|one| one.as_map().is_some())
    {
        let mut keys: Vec<&String> = values
            .iter()
            .filter_map(Value::as_map)
            .flat_map(Map::keys)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let of_key = |key: &String| {
            let alternatives = values.iter();
            let alternatives = alternatives.map(|one| one.get(key).cloned().unwrap_or(Value::Null));
            Value::one_of(alternatives).merged()
        };
        return Value::Map(
            keys.into_iter()
                .map(|key| (key.clone(), of_key(key)))
                .collect(),
        );
    }
    if values
        .iter()
        .filter(is_set)
        .all(|one| one.as_list().is_some())
    {
        let lists: Vec<&[Value]> = values
            .iter()
            .map(|one| one.as_list().unwrap_or(&[]))
            .collect();
        let is_small = lists.iter().map(|list| list.len()).sum::<usize>() <= COMPARED_MAX;
        let mut items: Vec<Value> = Vec::new();
        let mut seen: Vec<&Value> = Vec::new();
        for item in lists.iter().copied().flatten() {
            if is_small && seen.contains(&item) {
                continue;
            }
            seen.push(item);
            let is_in_all = is_small && lists.iter().all(|list| list.contains(item));
            items.push(if is_in_all {
                item.clone().merged()
            } else {
                Value::one_of([item.clone(), Value::Null]).merged()
            });
        }
        return Value::List(items);
    }
    Value::OneOf(values.into_iter().map(Value::merged).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(json: serde_json::Value) -> Value {
        Value::from_json(json)
    }

    #[test]
    fn a_choice_of_blocks_becomes_a_block_of_choices() {
        let either = Value::one_of([value(json!({"a": 1, "b": 2})), value(json!({"a": 1}))]);
        let Value::Map(merged) = either.merged() else {
            panic!();
        };
        assert_eq!(merged["a"], value(json!(1)));
        assert_eq!(
            merged["b"],
            Value::OneOf(vec![value(json!(2)), Value::Null])
        );
    }

    #[test]
    fn an_item_of_both_lists_is_certain_and_another_may_be_missing() {
        let either = Value::one_of([value(json!(["a", "b"])), value(json!(["a"]))]);
        assert_eq!(
            either.merged(),
            Value::List(vec![
                Value::text("a"),
                Value::OneOf(vec![Value::text("b"), Value::Null]),
            ])
        );
    }

    #[test]
    fn a_block_or_nothing_is_a_block_whose_properties_may_be_missing() {
        let either = Value::one_of([value(json!({"Arn": "x"})), Value::Null]);
        let merged = either.merged();
        assert_eq!(
            merged.get("Arn").map(Value::alternatives),
            Some(&[Value::text("x"), Value::Null][..])
        );
    }
}
