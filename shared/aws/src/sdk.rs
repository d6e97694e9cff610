//! Configures the AWS clients, with bounds on how long they wait.
//!
//! A function takes its credentials and its region only from the environment, where Lambda puts
//! them. The SDK's default chain also searches profiles, single sign-on, web identity tokens and
//! the metadata services of containers and instances. Its code is linked wherever it is called, so
//! the functions do not call it; the command line does.
//!
//! All clients of a function share one HTTP client, so that the root certificates of the platform
//! are read only once. Reading them takes half of the time in which a tracer starts.

use std::error::Error;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};

use crate::config::AwsEnvironment;

/// The maximum time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The number of attempts of a call.
const ATTEMPTS: u32 = 3;

/// Returns what AWS said in the answer that this link of a chain of causes holds, as `CODE: message`.
/// `None` if it holds no answer.
pub fn sentence_of(cause: &(dyn Error + 'static)) -> Option<String> {
    let said: &ErrorMetadata = cause.downcast_ref()?;
    match (said.code(), said.message()) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (one, None) | (None, one) => one.map(str::to_owned),
    }
}

/// The configuration that all clients of a function share: credentials, region and endpoint, all
/// from the environment, and the HTTP client.
#[derive(Clone, Debug)]
pub struct Aws(SdkConfig);

impl Aws {
    /// Reads the environment.
    pub fn of_the_environment() -> Self {
        let AwsEnvironment { region, endpoint } = AwsEnvironment::load();
        let credentials = EnvironmentVariableCredentialsProvider::new();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client())
            .retry_config(retries());
        config.set_region(region.map(Region::new));
        config.set_endpoint_url(endpoint);
        Self(config.build())
    }

    /// Returns the configuration of a client with these timeouts.
    pub(crate) fn with_timeouts(&self, timeouts: TimeoutConfigBuilder) -> SdkConfig {
        let config = self.0.to_builder();
        config.timeout_config(bounded(timeouts)).build()
    }
}

/// Returns the configuration of a client for the command line, with credentials from profiles and
/// single sign-on too.
#[cfg(feature = "profiles")]
pub(crate) async fn of_a_person(timeouts: TimeoutConfigBuilder) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .timeout_config(bounded(timeouts))
        .retry_config(retries())
        .load()
        .await
}

/// Returns a client with Rustls and aws-lc, which supports key exchange that resists quantum
/// computers: the subject keys travel over these connections.
fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::rustls(CryptoMode::AwsLc))
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    })
}

fn bounded(timeouts: TimeoutConfigBuilder) -> TimeoutConfig {
    timeouts.connect_timeout(CONNECT_TIMEOUT).build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_an_answer_is_kept() {
        let said = ErrorMetadata::builder()
            .code("AccessDeniedException")
            .message("User: arn:aws:iam::1:user/a is not authorized")
            .build();
        assert_eq!(
            sentence_of(&said).unwrap(),
            "AccessDeniedException: User: arn:aws:iam::1:user/a is not authorized"
        );
        assert_eq!(sentence_of(&std::fmt::Error), None);
    }
}
