//! What each reader describes, and which readers read everything.

use std::collections::HashSet;

use crate::home::{Home, Located};
use crate::topology::{
    AwsService, Consumer, End, PlainRoute, PlainRouteKind, ResourceKind as Kind, Rule,
};

/// The readers that read everything in their service and home.
pub(super) struct Whole(pub(super) HashSet<(Home, AwsService)>);

impl Whole {
    pub(super) fn has(&self, home: Home, service: AwsService) -> bool {
        self.0.contains(&(home, service))
    }

    pub(super) fn has_mapping_of(&self, consumer: &Consumer) -> bool {
        consumer.to.kind() == Kind::Function
            && self.has(consumer.to.name().home, AwsService::Lambda)
    }

    pub(super) fn has_resource(&self, end: &End, v2: &HashSet<Located>) -> bool {
        let reader = if v2.contains(end.name()) && end.kind() == Kind::Bus {
            Some(AwsService::EventsV2)
        } else {
            reader_of(end.kind())
        };
        reader.is_some_and(|reader| self.has(end.name().home, reader))
    }

    pub(super) fn has_rule(&self, rule: &Rule, bus: &Located, v2: &HashSet<Located>) -> bool {
        let mut targets = rule.targets.iter().map(|target| &target.to);
        let leads_to_v2 =
            targets.any(|to| to.kind() == Kind::Bus && v2.iter().any(|one| one.fits(to.name())));
        if leads_to_v2 {
            self.has(bus.home, AwsService::EventsV2)
        } else {
            self.has(bus.home, AwsService::Events)
        }
    }

    pub(super) fn has_route(&self, route: &PlainRoute) -> bool {
        let (service, end) = match (route.kind, route.from.kind()) {
            (PlainRouteKind::ApiIntegration, _) => return false,
            // A rule's schedule has the name of its rule, a schedule that of its group before it.
            (PlainRouteKind::Schedule, _) => match &route.via {
                Some(name) if name.contains('/') => (AwsService::Scheduler, &route.from),
                _ => (AwsService::Events, &route.from),
            },
            // Firehose says which stream it reads.
            (PlainRouteKind::Delivery, Kind::Stream) => (AwsService::Firehose, &route.to),
            (_, kind) => match reader_of(kind) {
                Some(service) => (service, &route.from),
                None => return false,
            },
        };
        self.has(end.name().home, service)
    }
}

/// Returns the service whose reader describes resources of this kind.
fn reader_of(kind: Kind) -> Option<AwsService> {
    Some(match kind {
        Kind::Bus | Kind::Archive | Kind::ApiDestination => AwsService::Events,
        Kind::Queue => AwsService::Sqs,
        Kind::Topic => AwsService::Sns,
        Kind::Stream => AwsService::Kinesis,
        Kind::Table => AwsService::DynamoDb,
        Kind::Pipe => AwsService::Pipes,
        Kind::Function => AwsService::Lambda,
        Kind::LogGroup => AwsService::Logs,
        Kind::StateMachine => AwsService::States,
        Kind::Firehose => AwsService::Firehose,
        Kind::Bucket => AwsService::S3,
        _ => return None,
    })
}
