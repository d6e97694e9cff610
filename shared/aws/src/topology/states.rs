//! Reads Step Functions: state machines and their encryption. Their definitions are not asked for,
//! because they may hold what people wrote into them.

use aws_config::SdkConfig;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::IncludedData;
use piitrail_flow::topology::ResourceKind as Kind;
use piitrail_flow::topology::declared::Setting;

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

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
            let encryption = described.map(|one| one.encryption_configuration);
            Some((arn, encryption))
        })
        .await;
    for (arn, encryption) in machines {
        let encryption = match encryption {
            None => Setting::Unknown,
            Some(one) => key(one.and_then(|one| one.kms_key_id).as_deref()),
        };
        found.resource(
            &end(Kind::StateMachine, &arn),
            encryption,
            Setting::Default,
            false,
        );
    }
}
