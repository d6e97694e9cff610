//! Reads Step Functions: state machines, their encryption, and the logs that keep what they receive. Their definitions are not asked for,
//! because they may hold what people wrote into them.

use aws_config::SdkConfig;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::{IncludedData, LogLevel, LoggingConfiguration};
use piitrail_flow::topology::declared::{Logged, Setting};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end, key, plain};

// The refill rates of the smaller regions.
// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const LIST: Action = Action::new("states:ListStateMachines", 5);
const DESCRIBE: Action = Action::new("states:DescribeStateMachine", 20);

pub(super) const ACTIONS: &[Action] = &[LIST, DESCRIBE];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let machines = calls
        .list(&LIST, async |token| {
            let request = || client.list_state_machines().max_results(1_000);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            Some((page.state_machines, page.next_token))
        })
        .await;
    let machines = calls
        .each(machines, |machine| async move {
            let arn = machine.state_machine_arn;
            let request = || client.describe_state_machine().state_machine_arn(&arn);
            let ask = || request().included_data(IncludedData::MetadataOnly).send();
            let described = calls.call(&DESCRIBE, ask).await;
            Some((arn, described))
        })
        .await;
    for (arn, described) in machines {
        let own = end(Kind::StateMachine, &arn);
        let (encryption, logging) = match described {
            None => (Setting::Unknown, None),
            Some(one) => {
                let of_key = one.encryption_configuration.and_then(|one| one.kms_key_id);
                (key(of_key.as_deref()), one.logging_configuration)
            }
        };
        found.resource(&own, encryption, Setting::Default, false);
        for route in logging.into_iter().flat_map(|given| logs(&own, given)) {
            found.plain_route(route);
        }
    }
}

/// Returns the routes to the log groups that have the data of executions.
fn logs(own: &End, given: LoggingConfiguration) -> Vec<PlainRoute> {
    let level = given.level.as_ref().map(LogLevel::as_str);
    let Some(logged) = Logged::of_executions(given.include_execution_data, level) else {
        return Vec::new();
    };
    let destinations = given.destinations.unwrap_or_default().into_iter();
    let groups = destinations.filter_map(|one| one.cloud_watch_logs_log_group?.log_group_arn);
    groups
        .map(|arn| PlainRoute {
            filter: logged.filter(),
            ..plain(PlainRouteKind::Logs, own.clone(), end(Kind::LogGroup, &arn))
        })
        .collect()
}
