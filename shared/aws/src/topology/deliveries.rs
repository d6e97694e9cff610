//! Reads where the logs of buses go: their sources, the deliveries of these, and the destinations.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use piitrail_flow::topology::declared::Logged;
use piitrail_flow::topology::{PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end, plain};

// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html> names no rate of
// these calls; most others of the service have ten.
pub(super) const SOURCES: Action = Action::new("logs:DescribeDeliverySources", 10);
pub(super) const DELIVERIES: Action = Action::new("logs:DescribeDeliveries", 10);
pub(super) const DESTINATIONS: Action = Action::new("logs:DescribeDeliveryDestinations", 10);

/// The buses whose logs have what they received: by the ARN that their log sources name, the ARN of the bus
/// and the events.
pub(super) type LoggedBuses = HashMap<String, (String, Logged)>;

/// Adds a route from each bus to each destination of its logs. Without such buses, no call is made.
pub(super) async fn read(
    calls: &Calls,
    config: &SdkConfig,
    buses: &LoggedBuses,
    found: &mut Found,
) {
    if buses.is_empty() {
        return;
    }
    let client = &Client::new(config);
    let sources = calls
        .list(&SOURCES, async |token| {
            let request = || client.describe_delivery_sources();
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&SOURCES, ask).await?;
            Some((page.delivery_sources.unwrap_or_default(), page.next_token))
        })
        .await;
    let of_source: HashMap<String, (&String, Logged)> = sources
        .into_iter()
        .filter_map(|source| {
            let named = source.resource_arns.unwrap_or_default();
            let (bus, logged) = named.iter().find_map(|arn| buses.get(arn))?;
            let logged = logged.in_logs_of(source.log_type.as_deref())?;
            Some((source.name?, (bus, logged)))
        })
        .collect();
    if of_source.is_empty() {
        return;
    }
    let deliveries = calls
        .list(&DELIVERIES, async |token| {
            let request = || client.describe_deliveries();
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&DELIVERIES, ask).await?;
            Some((page.deliveries.unwrap_or_default(), page.next_token))
        })
        .await;
    let destinations = calls
        .list(&DESTINATIONS, async |token| {
            let request = || client.describe_delivery_destinations();
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&DESTINATIONS, ask).await?;
            let destinations = page.delivery_destinations.unwrap_or_default();
            Some((destinations, page.next_token))
        })
        .await;
    let of_destination: HashMap<String, String> = destinations
        .into_iter()
        .filter_map(|one| {
            let configuration = one.delivery_destination_configuration?;
            Some((one.arn?, configuration.destination_resource_arn))
        })
        .collect();
    for delivery in deliveries {
        let source = delivery.delivery_source_name;
        let Some((bus, logged)) = source.as_ref().and_then(|name| of_source.get(name)) else {
            continue;
        };
        // A destination that is not in the list is in another account, or the list was refused.
        let named = delivery.delivery_destination_arn.unwrap_or_default();
        let to = of_destination.get(&named).unwrap_or(&named);
        found.plain_route(PlainRoute {
            via: source,
            filter: logged.filter(),
            ..plain(
                PlainRouteKind::Logs,
                end(Kind::Bus, bus),
                end(Kind::LogGroup, to),
            )
        });
    }
}
