//! The order of the keys of JSON objects.
//!
//! A `serde_json::Map` keeps its keys sorted, but in the order in which they were inserted if any crate
//! of the build switches on `serde_json/preserve_order`. Requests are read and answers are written in
//! the same way in every build.

use serde_json::{Map, Value};

/// Returns an object with its keys, and those of every object inside it, sorted.
pub(crate) fn sorted(mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.sort_keys();
    fields.values_mut().for_each(Value::sort_all_objects);
    fields
}
