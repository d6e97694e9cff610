//! The roll-up function, which runs on a schedule. It merges complete batches into days and months,
//! deletes expired data, and sends the announcements that tracers left unsent.

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use piitrail_aws::announcer::Announcer;
use piitrail_aws::config::Config;
use piitrail_aws::deadline::Deadline;
use piitrail_aws::{Aws, dynamodb, telemetry};
use serde::de::IgnoredAny;

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    piitrail_flow::panics::hide_messages();
    let config = Config::load()?;
    telemetry::log_to_stdout(&config.log);
    let deadline = Deadline::default();
    let aws = Aws::of_the_environment();
    let store = dynamodb::open(&aws, config.table).with_deadline(deadline.clone());
    let announcer = config
        .announce_to
        .map(|bus| Announcer::open(&aws, bus, deadline.clone()));
    lambda_runtime::run(service_fn(|event: LambdaEvent<IgnoredAny>| {
        let (store, announcer, keep) = (&store, announcer.as_ref(), &config.retention);
        let deadline = &deadline;
        async move {
            deadline.begin_invocation(event.context.deadline, now());
            handler::handle(store, announcer, keep, &event.context, now).await
        }
    }))
    .await
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}
