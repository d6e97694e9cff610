//! Reads `CloudWatch` Logs: log groups with their retention, and their subscription filters.

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use piitrail_flow::topology::declared::Setting;
use piitrail_flow::topology::{PlainRoute, PlainRouteKind, ResourceKind as Kind};
use serde_json::json;

use super::calls::{Action, Calls};
use super::found::{Found, end, key, plain};

// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const LIST: Action = Action::new("logs:DescribeLogGroups", 10);
const FILTERS: Action = Action::new("logs:DescribeSubscriptionFilters", 10);

pub(super) const ACTIONS: &[Action] = &[LIST, FILTERS];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let groups = calls
        .list(&LIST, async |token| {
            let request = || client.describe_log_groups().limit(50);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            Some((page.log_groups.unwrap_or_default(), page.next_token))
        })
        .await;
    let groups = calls
        .each(groups, |group| async move {
            let name = group.log_group_name.clone()?;
            let filters = calls
                .list(&FILTERS, async |token| {
                    let request = || client.describe_subscription_filters();
                    let ask = || {
                        request()
                            .log_group_name(&name)
                            .set_next_token(token.clone())
                            .send()
                    };
                    let page = calls.call(&FILTERS, ask).await?;
                    Some((
                        page.subscription_filters.unwrap_or_default(),
                        page.next_token,
                    ))
                })
                .await;
            Some((group, filters))
        })
        .await;
    for (group, filters) in groups {
        let Some(arn) = group.log_group_arn.or(group.arn) else {
            calls.unreadable(&LIST);
            continue;
        };
        let own = end(Kind::LogGroup, &arn);
        let days = group
            .retention_in_days
            .and_then(|days| u64::try_from(days).ok());
        let days = days.map_or(Setting::Default, Setting::Is);
        found.resource(&own, key(group.kms_key_id.as_deref()), days, false);
        for filter in filters {
            let Some(to) = filter.destination_arn else {
                calls.unreadable(&FILTERS);
                continue;
            };
            let pattern = filter
                .filter_pattern
                .filter(|pattern| !pattern.trim().is_empty());
            found.plain_route(PlainRoute {
                via: filter.filter_name,
                filter: pattern.map(|pattern| json!(pattern)),
                ..plain(PlainRouteKind::Logs, own.clone(), end(Kind::Other, &to))
            });
        }
    }
}
