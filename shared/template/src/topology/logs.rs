//! Reads the logs that keep the data they are about: those of a state machine with its execution data,
//! and those of a bus with the events' details.
//!
//! Where the logs of a bus go stands in three other resources: a delivery joins a source, which names the
//! bus, with a destination ("Configuring logs for Amazon EventBridge event buses" in its guide).

use piitrail_flow::topology::declared::{Declaration, Logged};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use super::values::is_on;
use crate::note::NoteKind;
use crate::value::Value;

const SOURCE: &str = "AWS::Logs::DeliverySource";
const DESTINATION: &str = "AWS::Logs::DeliveryDestination";

impl Part<'_> {
    /// Reads `LoggingConfiguration` of a state machine.
    pub(super) fn execution_logs(&mut self) {
        let Some(logging) = self.at(&["LoggingConfiguration"]).cloned() else {
            return;
        };
        let has_data = is_on(logging.get("IncludeExecutionData"), false);
        let (level, is_level_known) = text_or(logging.get("Level"), "ALL");
        let logged = Logged::of_executions(has_data != Some(false), level);
        let Some(logged) = logged else {
            return;
        };
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let is_certain = has_data.is_some() && is_level_known;
        let destinations = logging.get("Destinations").and_then(Value::as_list);
        for one in destinations.unwrap_or_default() {
            if let Some(group) = one.at(&["CloudWatchLogsLogGroup", "LogGroupArn"]) {
                for to in self.ends(group, Kind::LogGroup) {
                    self.logs(is_certain && to.is_certain, &own, to.end, logged);
                }
            }
        }
    }

    /// Reads `LogConfiguration` of a pipe. With its execution data the logs have the payloads.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-logs.html>
    pub(super) fn pipe_logs(&mut self) {
        let Some(logging) = self.at(&["LogConfiguration"]).cloned() else {
            return;
        };
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let data = logging.get("IncludeExecutionData");
        let (has_data, is_known) = match data {
            None | Some(Value::Null) => (false, true),
            Some(Value::List(items)) => (!items.is_empty(), true),
            Some(_) => (true, false),
        };
        let (level, is_level_known) = text_or(logging.get("Level"), "TRACE");
        let level = match level {
            Some("INFO" | "TRACE") => Some("ALL"),
            other => other,
        };
        let Some(logged) = Logged::of_executions(has_data, level) else {
            return;
        };
        let is_certain = is_known && is_level_known;
        for (keys, kind) in [
            (
                ["CloudwatchLogsLogDestination", "LogGroupArn"],
                Kind::LogGroup,
            ),
            (
                ["FirehoseLogDestination", "DeliveryStreamArn"],
                Kind::Firehose,
            ),
            (["S3LogDestination", "BucketName"], Kind::Bucket),
        ] {
            let Some(to) = logging.at(&keys) else {
                continue;
            };
            for to in self.ends(to, kind) {
                self.logs(is_certain && to.is_certain, &own, to.end, logged);
            }
        }
    }

    /// Reads a delivery of logs. The logs of anything but a bus are not events.
    pub(super) fn log_delivery(&mut self) {
        let (Some(source), Some(destination)) = (
            self.at(&["DeliverySourceName"]).cloned(),
            self.at(&["DeliveryDestinationArn"]).cloned(),
        ) else {
            self.note(NoteKind::Missing("source or destination"));
            return;
        };
        let Some((_, source)) = self.naming.resource_named(&source, SOURCE) else {
            return;
        };
        let Some(bus) = source.property("ResourceArn").cloned() else {
            return;
        };
        let Some((logged, is_certain)) = self.logged_of_bus(&bus) else {
            return;
        };
        let (kind, is_kind_known) = text_or(source.property("LogType"), "");
        let Some(logged) = logged.in_logs_of(kind) else {
            return;
        };
        let is_certain = is_certain && is_kind_known;
        let to = match self.naming.resource_named(&destination, DESTINATION) {
            Some((_, destination)) => destination.property("DestinationResourceArn").cloned(),
            None => Some(destination),
        };
        let Some(to) = to else {
            return;
        };
        for from in self.ends(&bus, Kind::Bus) {
            for to in self.ends(&to, Kind::LogGroup) {
                let is_certain = is_certain && from.is_certain && to.is_certain;
                self.logs(is_certain, &from.end, to.end, logged);
            }
        }
    }

    /// Returns the events that the logs of a bus have and whether that is certain, or `None` if it is no
    /// bus of the templates, or its logs have no events.
    fn logged_of_bus(&self, bus: &Value) -> Option<(Logged, bool)> {
        if let Some((_, bus)) = self.naming.resource_named(bus, "AWS::Events::EventBus") {
            let config = bus.property("LogConfig")?;
            let (detail, is_detail_known) = text_or(config.get("IncludeDetail"), "FULL");
            let (level, is_level_known) = text_or(config.get("Level"), "TRACE");
            let logged = Logged::of_bus(detail, level)?;
            return Some((logged, is_detail_known && is_level_known));
        }
        // Each subscriber of a V2 bus says what is logged of its own events.
        let (id, _) = self.naming.resource_named(bus, "AWS::EventsV2::EventBus")?;
        let own = self.naming.own(&id)?;
        let subscribers = self.naming.resources_of("AWS::EventsV2::Subscriber");
        subscribers
            .filter(|one| {
                let bus = one.property("EventBusArn");
                bus.is_some_and(|bus| {
                    self.naming
                        .of(bus, Kind::Bus, "")
                        .0
                        .iter()
                        .any(|(end, _)| *end == own)
                })
            })
            .filter_map(|one| {
                let config = one.property("LogConfiguration")?;
                let (payload, is_payload_known) = text_or(config.get("IncludePayload"), "FULL");
                let (level, is_level_known) = text_or(config.get("Level"), "INFO");
                let logged = Logged::of_subscriber(payload, level)?;
                Some((logged, is_payload_known && is_level_known))
            })
            .max()
    }

    fn logs(&mut self, is_certain: bool, from: &End, to: End, logged: Logged) {
        let route = PlainRoute {
            filter: logged.filter(),
            ..self.plain(PlainRouteKind::Logs, from.clone(), to)
        };
        self.declare_if(is_certain, Declaration::Route(route));
    }
}

/// Returns a text and true, or `most` and false if it is unknown: the text with which most is logged.
fn text_or<'v>(value: Option<&'v Value>, most: &'static str) -> (Option<&'v str>, bool) {
    match value {
        None | Some(Value::Null) => (None, true),
        Some(Value::Text(text)) => (Some(text), true),
        Some(_) => (Some(most), false),
    }
}
