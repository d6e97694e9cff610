//! Writes logs and metrics of the functions: one JSON object a line on standard output.
//!
//! A metrics line is in CloudWatch's embedded metric format, which turns log lines into metrics
//! without a call:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! No payload is passed to this module; it writes counts, and names from our own code.
//!
//! Other crates see payloads too, and the Lambda runtime logs them whole at `trace`. So
//! [`may_be_logged`] bounds every filter, and a release build has no levels below `info`.

use std::error::Error;
use std::io::{self, Write as _};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The namespace of the metrics.
pub const NAMESPACE: &str = "Piitrail";

/// Our own crates, none of which logs any part of a payload at any level.
const OURS: [&str; 8] = [
    "eventbridge_pattern",
    "piitrail_aws",
    "piitrail_detect",
    "piitrail_flow",
    "piitrail_report",
    "report",
    "rollup",
    "tracer",
];

/// The span that contains the request id of the invocation, and nothing of its payload.
const REQUEST_SPAN: &str = "lambda_runtime::layers::trace";

/// Sends logs to standard output, as JSON. `filter` selects what is logged, by level or by crate
/// and level: `info`, `error,piitrail_aws=info`. It can select less than [`may_be_logged`] allows,
/// never more.
pub fn log_to_stdout(filter: &str) {
    subscriber(filter, io::stdout).init();
}

fn subscriber<W>(filter: &str, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let asked_for = filter
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry()
        .with(may_be_logged())
        .with(asked_for)
        .with(lines)
}

/// Returns the upper bound of every filter: warnings and errors of all crates, and more only of our
/// own.
fn may_be_logged() -> Targets {
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target(REQUEST_SPAN, LevelFilter::INFO)
        .with_targets(OURS.map(|target| (target, LevelFilter::INFO)))
}

/// Returns an error with its causes: `the store could not record a batch: service error: not
/// authorized`. No error message quotes a payload.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // A cause that the text already ends with is not repeated.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// A metrics line: the counts of one invocation, with properties to search by.
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

    /// Adds a property to search by, which is not a metric.
    #[must_use]
    pub fn property(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the line of a function, which has the name of the deployed function, so that two stacks in one
    /// account do not share a metric.
    pub fn line(self, function: &str, at: Timestamp) -> String {
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": at.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["FunctionName"]],
                    "Metrics": self.units,
                }],
            }),
        );
        line.insert("FunctionName".to_owned(), function.into());
        line.extend(self.metrics);
        line.extend(self.properties);
        let mut line = Value::Object(line);
        line.sort_all_objects();
        line.to_string()
    }

    /// Writes the line to standard output.
    pub fn emit(self, function: &str, at: Timestamp) {
        let line = self.line(function, at) + "\n";
        // A metrics line that cannot be written must not fail the records.
        let _ = io::stdout().lock().write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;

    use super::*;

    /// Output that a test can read.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns the messages that are logged with this filter while `work` runs.
    fn logged(filter: &str, work: impl FnOnce()) -> Vec<String> {
        let written = Written::default();
        let writer = written.clone();
        with_default(subscriber(filter, move || writer.clone()), work);
        let written = written.0.lock().unwrap();
        written
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice::<Value>(line).unwrap()["message"].to_string())
            .map(|message| message.trim_matches('"').to_owned())
            .collect()
    }

    #[test]
    fn no_filter_makes_a_crate_that_sees_payloads_log_them() {
        let filters = [
            "trace",
            "debug",
            "info",
            "lambda_runtime=trace,hyper=trace,aws_smithy_runtime=trace",
            "lambda_runtime::runtime=debug",
            "trace,lambda_runtime::layers::trace=trace",
            "[{payload}]=trace",
            "%%",
            "",
        ];
        for filter in filters {
            let messages = logged(filter, || {
                tracing::info!(target: "lambda_runtime", "jane.doe@gmail.com");
                tracing::debug!(target: "lambda_runtime::layers::trace", "jane.doe@gmail.com");
                tracing::trace!(target: "lambda_runtime::runtime", "jane.doe@gmail.com");
                tracing::debug!(target: "hyper::proto", "jane.doe@gmail.com");
                tracing::debug!(target: "aws_smithy_runtime::client", "jane.doe@gmail.com");
                tracing::info!(target: "a_crate_of_next_year", "jane.doe@gmail.com");
                tracing::debug!(target: "piitrail_aws", "jane.doe@gmail.com");
            });
            assert_eq!(messages, Vec::<String>::new(), "{filter}");
        }
    }

    #[test]
    fn a_filter_chooses_among_what_may_be_logged() {
        let work = || {
            tracing::error!(target: "hyper", "their error");
            tracing::warn!(target: "tracer::handler", "our warning");
            tracing::info!(target: "tracer::handler", "our information");
            tracing::info!(target: "piitrail_aws::dynamodb", "our detail");
        };
        let all = [
            "their error",
            "our warning",
            "our information",
            "our detail",
        ];
        assert_eq!(logged("trace", work), all);
        assert_eq!(logged("info", work), all);
        assert_eq!(logged("piitrail_aws=loud", work), all);
        assert_eq!(logged("warn", work), all[..2]);
        assert_eq!(logged("error,piitrail_aws=info", work), [all[0], all[3]]);
        assert_eq!(logged("off", work), Vec::<String>::new());
    }

    #[test]
    fn a_line_names_the_invocation_it_belongs_to() {
        let written = Written::default();
        let writer = written.clone();
        with_default(subscriber("info", move || writer.clone()), || {
            let span = tracing::info_span!(
                target: "lambda_runtime::layers::trace", "Lambda runtime invoke", requestId = "r-1"
            );
            span.in_scope(|| tracing::warn!(target: "tracer", "late"));
        });
        let line: Value = serde_json::from_slice(&written.0.lock().unwrap()).unwrap();
        assert_eq!(line["span"]["requestId"], "r-1", "{line}");
    }

    #[test]
    fn a_metrics_line_is_embedded_metric_format() {
        let line = Metrics::default()
            .count("Deliveries", 3)
            .milliseconds("Duration", 12)
            .property("RequestId", "r-1")
            .line("tracer", "2026-11-21T12:00:00Z".parse().unwrap());
        // The keys come in one order in every build.
        assert!(line.starts_with(
            r#"{"Deliveries":3,"Duration":12,"FunctionName":"tracer","RequestId":"r-1","_aws":{"#
        ));
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_795_262_400_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Piitrail",
                        "Dimensions": [["FunctionName"]],
                        "Metrics": [
                            { "Name": "Deliveries", "Unit": "Count" },
                            { "Name": "Duration", "Unit": "Milliseconds" },
                        ],
                    }],
                },
                "FunctionName": "tracer",
                "Deliveries": 3,
                "Duration": 12,
                "RequestId": "r-1",
            })
        );
    }
}
