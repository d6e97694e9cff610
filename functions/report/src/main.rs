//! The report function: takes a request and returns the answer in any format.
//!
//! It only connects the reports to Lambda and to the store.

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use piitrail_aws::config::Config;
use piitrail_aws::deadline::Deadline;
use piitrail_aws::{Aws, dynamodb, telemetry};
use serde_json::Value;

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    piitrail_flow::panics::hide_messages();
    let config = Config::load()?;
    telemetry::log_to_stdout(&config.log);
    let deadline = Deadline::default();
    deadline.begin_init();
    let store =
        dynamodb::open(&Aws::of_the_environment(), config.table).with_deadline(deadline.clone());
    store.connect().await;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let (store, deadline) = (&store, &deadline);
        async move {
            deadline.begin_invocation(event.context.deadline, now());
            handler::handle(store.into(), event.payload, &event.context, now).await
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
