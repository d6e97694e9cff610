//! What the logs of a bus, a subscriber or a state machine have of the events that these receive.

use serde_json::{Value, json};

/// The events whose data a log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Logged {
    /// Those that failed.
    OfErrors,
    /// All.
    All,
}

impl Logged {
    /// Returns what the logs of a classic bus have, by the `IncludeDetail` and `Level` of its
    /// `LogConfig`. `None` is nothing.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html>
    pub fn of_bus(detail: Option<&str>, level: Option<&str>) -> Option<Self> {
        match (detail, level) {
            (Some("FULL"), Some("INFO" | "TRACE")) => Some(Self::All),
            (Some("FULL"), Some("ERROR")) => Some(Self::OfErrors),
            _ => None,
        }
    }

    /// Returns what the logs of a V2 bus have of the events of a subscriber, by the `IncludePayload` and
    /// `Level` of its `LogConfiguration`. Without a level nothing is logged; without `IncludePayload`, the
    /// payloads of errors.
    /// <https://docs.aws.amazon.com/eventbridgev2/latest/APIReference/API_LogConfiguration.html>
    pub fn of_subscriber(payload: Option<&str>, level: Option<&str>) -> Option<Self> {
        match (payload, level) {
            (_, None | Some("OFF")) => None,
            (Some("FULL"), Some("INFO")) => Some(Self::All),
            _ => Some(Self::OfErrors),
        }
    }

    /// Returns what the logs of a state machine have, by the `includeExecutionData` and `level` of its
    /// logging configuration.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html>
    pub fn of_executions(has_data: bool, level: Option<&str>) -> Option<Self> {
        match level {
            None | Some("OFF") => None,
            _ if !has_data => None,
            Some("ALL") => Some(Self::All),
            Some(_) => Some(Self::OfErrors),
        }
    }

    /// Returns what of it is in the logs of this type, because a bus has one for each level. `None` is
    /// nothing.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html>
    pub fn in_logs_of(self, log_type: Option<&str>) -> Option<Self> {
        match log_type {
            Some("ERROR_LOGS") => Some(Self::OfErrors),
            Some("INFO_LOGS" | "TRACE_LOGS") => (self == Self::All).then_some(Self::All),
            _ => Some(self),
        }
    }

    /// Returns the restriction that the route to the log has.
    pub fn filter(self) -> Option<Value> {
        (self == Self::OfErrors).then(|| json!("errors"))
    }
}
