//! The tracer function: takes any payload and records data-flow edges.
//!
//! It only connects the pipeline to Lambda and to the store.

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use piitrail_aws::announcer::Announcer;
use piitrail_aws::config::Config;
use piitrail_aws::deadline::Deadline;
use piitrail_aws::{Aws, dynamodb, telemetry};
use serde_json::value::RawValue;

mod handler;

use handler::Handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    piitrail_flow::panics::hide_messages();
    let config = Config::load()?;
    telemetry::log_to_stdout(&config.log);
    let detection = config.detection()?;
    let deadline = Deadline::default();
    deadline.begin_init();
    let aws = Aws::of_the_environment();
    let store = dynamodb::open(&aws, config.table)
        .with_deadline(deadline.clone())
        .with_lanes(config.lanes)
        .with_retention(config.retention);
    let announcer = config
        .announce_to
        .map(|bus| Announcer::open(&aws, bus, deadline.clone()));
    let handler = Handler::new(
        detection,
        store,
        announcer,
        config.tap,
        config.retention,
        deadline,
        now(),
    )
    .with_people(&aws, config.people);
    handler.warm_up(now()).await;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let handler = &handler;
        async move {
            handler
                .handle(event.payload.get(), &event.context, now)
                .await
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
