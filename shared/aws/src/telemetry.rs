//! Logs and metrics of the functions: one JSON object a line on standard output.
//!
//! A metrics line is in CloudWatch's embedded metric format, which turns log lines into metrics
//! without a call:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! Nothing here is given a payload; what it writes are counts and names of ours.

use std::error::Error;
use std::io::{self, Write as _};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tracing_subscriber::EnvFilter;

/// The namespace of the metrics.
pub const NAMESPACE: &str = "Piitrail";

/// Sends logs to standard output, as JSON. `filter` is what is logged: `info`,
/// `piitrail_aws=debug`.
pub fn log_to_stdout(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(io::stdout)
        .init();
}

/// An error with what lies behind it, each in its own words: `the store could not record a batch:
/// service error: not authorized`. None of them quotes a payload.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // What only repeats its cause is said once.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// A metrics line: counts of one invocation, and what they are to be found by.
#[derive(Debug, Default)]
pub struct Metrics {
    metrics: Map<String, Value>,
    units: Vec<Value>,
    properties: Map<String, Value>,
}

impl Metrics {
    /// Adds a count.
    #[must_use]
    pub fn count(self, name: &str, count: u64) -> Self {
        self.metric(name, "Count", count.into())
    }

    /// Adds DynamoDB's read or write units, which come in halves.
    #[must_use]
    pub fn units(self, name: &str, units: f64) -> Self {
        self.metric(name, "Count", units.into())
    }

    /// Adds a time in milliseconds.
    #[must_use]
    pub fn milliseconds(self, name: &str, milliseconds: u64) -> Self {
        self.metric(name, "Milliseconds", milliseconds.into())
    }

    fn metric(mut self, name: &str, unit: &str, value: Value) -> Self {
        self.units.push(json!({ "Name": name, "Unit": unit }));
        self.metrics.insert(name.to_owned(), value);
        self
    }

    /// Adds something to search by, which is no metric.
    #[must_use]
    pub fn property(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(name.to_owned(), value.into());
        self
    }

    /// The line, for a function.
    pub fn line(self, function: &str, at: Timestamp) -> String {
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": at.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Function"]],
                    "Metrics": self.units,
                }],
            }),
        );
        line.insert("Function".to_owned(), function.into());
        line.extend(self.metrics);
        line.extend(self.properties);
        Value::Object(line).to_string()
    }

    /// Writes the line to standard output.
    pub fn emit(self, function: &str, at: Timestamp) {
        let line = self.line(function, at) + "\n";
        // A metrics line that cannot be written is no reason to fail the records.
        let _ = io::stdout().lock().write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metrics_line_is_embedded_metric_format() {
        let line = Metrics::default()
            .count("Deliveries", 3)
            .milliseconds("Duration", 12)
            .property("RequestId", "r-1")
            .line("tracer", "2026-11-21T12:00:00Z".parse().unwrap());
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_795_262_400_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Piitrail",
                        "Dimensions": [["Function"]],
                        "Metrics": [
                            { "Name": "Deliveries", "Unit": "Count" },
                            { "Name": "Duration", "Unit": "Milliseconds" },
                        ],
                    }],
                },
                "Function": "tracer",
                "Deliveries": 3,
                "Duration": 12,
                "RequestId": "r-1",
            })
        );
    }
}
