//! How clients of AWS are set up, with bounds on how long they wait.
//!
//! A function gets its credentials and its region from Lambda, in the environment, and looks nowhere
//! else. The SDK's default chain also looks into profiles, single sign-on, web identity tokens and the
//! metadata services of containers and instances. Its code is linked wherever it is called, so the
//! functions do not call it; the command line does.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;

use crate::config::AwsEnvironment;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a call is made before it is given up.
const ATTEMPTS: u32 = 3;

/// What a function's client is made with: credentials, region and endpoint come from the environment
/// alone. It waits for answers no longer than `timeouts` says.
pub(crate) fn of_the_environment(timeouts: TimeoutConfigBuilder) -> SdkConfig {
    let AwsEnvironment { region, endpoint } = AwsEnvironment::load();
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(bounded(timeouts))
        .retry_config(retries());
    config.set_region(region.map(Region::new));
    config.set_endpoint_url(endpoint);
    config.build()
}

/// The same with credentials as people have them: profiles and single sign-on too.
#[cfg(feature = "profiles")]
pub(crate) async fn of_a_person(timeouts: TimeoutConfigBuilder) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(bounded(timeouts))
        .retry_config(retries())
        .load()
        .await
}

fn bounded(timeouts: TimeoutConfigBuilder) -> TimeoutConfig {
    timeouts.connect_timeout(CONNECT_TIMEOUT).build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS)
}
