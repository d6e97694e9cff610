//! Reads the logs that keep the data they are about: those of a state machine with its execution data,
//! and those of a bus with the events' details.
//!
//! Where the logs of a bus go stands in three other resources: a delivery joins a source, which names the
//! bus, with a destination ("Configuring logs for Amazon EventBridge event buses" in its guide).

use piitrail_flow::topology::declared::Logged;
use piitrail_flow::topology::{End, PlainRouteKind, ResourceKind as Kind};

use super::Part;
use crate::value::Value;

const SOURCE: &str = "AWS::Logs::DeliverySource";
const DESTINATION: &str = "AWS::Logs::DeliveryDestination";

impl Part<'_> {
    /// Reads `LoggingConfiguration` of a state machine.
    pub(super) fn execution_logs(&mut self) {
        let Some(logging) = self.at(&["LoggingConfiguration"]).cloned() else {
            return;
        };
        let has_data = logging.get("IncludeExecutionData").and_then(Value::as_bool) == Some(true);
        let level = logging.get("Level").and_then(Value::as_text);
        let Some(logged) = Logged::of_executions(has_data, level) else {
            return;
        };
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let destinations = logging.get("Destinations").and_then(Value::as_list);
        for one in destinations.unwrap_or_default() {
            if let Some(group) = one.at(&["CloudWatchLogsLogGroup", "LogGroupArn"]) {
                for to in self.ends(group, Kind::LogGroup) {
                    self.logs(&own, to, logged);
                }
            }
        }
    }

    /// Reads a delivery of logs. The logs of anything but a bus are not events.
    pub(super) fn log_delivery(&mut self) {
        let (Some(source), Some(destination)) = (
            self.at(&["DeliverySourceName"]).cloned(),
            self.at(&["DeliveryDestinationArn"]).cloned(),
        ) else {
            return;
        };
        let Some(bus) = self
            .naming
            .resource_named(&source, SOURCE)
            .and_then(|(_, source)| source.property("ResourceArn"))
            .cloned()
        else {
            return;
        };
        let Some(logged) = self.logged_of_bus(&bus) else {
            return;
        };
        let to = match self.naming.resource_named(&destination, DESTINATION) {
            Some((_, destination)) => destination.property("DestinationResourceArn").cloned(),
            None => Some(destination),
        };
        let Some(to) = to else {
            return;
        };
        for from in self.ends(&bus, Kind::Bus) {
            for to in self.ends(&to, Kind::LogGroup) {
                self.logs(&from, to, logged);
            }
        }
    }

    /// Returns the events that the logs of a bus have, or `None` if it is no bus of the templates, or its
    /// logs have no events.
    fn logged_of_bus(&self, bus: &Value) -> Option<Logged> {
        if let Some((_, bus)) = self.naming.resource_named(bus, "AWS::Events::EventBus") {
            let config = bus.property("LogConfig")?;
            let text = |key| config.get(key).and_then(Value::as_text);
            return Logged::of_bus(text("IncludeDetail"), text("Level"));
        }
        // Each subscriber of a V2 bus says what is logged of its own events.
        let (id, _) = self.naming.resource_named(bus, "AWS::EventsV2::EventBus")?;
        let own = self.naming.own(&id)?;
        let subscribers = self.naming.resources_of("AWS::EventsV2::Subscriber");
        subscribers
            .filter(|one| {
                let bus = one.property("EventBusArn");
                bus.is_some_and(|bus| self.naming.of(bus, Kind::Bus, "").0.contains(&own))
            })
            .filter_map(|one| {
                let config = one.property("LogConfiguration")?;
                let text = |key| config.get(key).and_then(Value::as_text);
                Logged::of_subscriber(text("IncludePayload"), text("Level"))
            })
            .max()
    }

    fn logs(&mut self, from: &End, to: End, logged: Logged) {
        self.route(PlainRouteKind::Logs, from, to, logged.filter());
    }
}
