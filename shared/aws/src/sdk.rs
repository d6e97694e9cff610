//! How clients of AWS are set up: with the credentials and the region of the environment, and with
//! bounds on how long they wait.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfigBuilder;
use aws_config::{BehaviorVersion, SdkConfig};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a call is made before it is given up.
const ATTEMPTS: u32 = 3;

/// What a client is made with that waits for answers no longer than this.
pub(crate) async fn config(timeouts: TimeoutConfigBuilder) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts.connect_timeout(CONNECT_TIMEOUT).build())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .load()
        .await
}
