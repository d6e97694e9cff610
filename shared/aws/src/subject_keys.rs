//! Reads the subject keys from AWS Secrets Manager.
//!
//! The secret is the document that `piitrail subject key` keeps in a file
//! ([`piitrail_flow::subject::KeyRing`]). It is read in the init phase and again every few minutes,
//! so that a rotated key comes into use, and a shredded one leaves memory, without a deployment.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata as _, SdkError};
use jiff::{SignedDuration, Timestamp};
use piitrail_flow::subject::{KeyRing, KeyRingError};
use zeroize::Zeroizing;

use crate::deadline::Deadline;
use crate::sdk::Aws;

/// The age at which the secret is read again.
const MAX_AGE: SignedDuration = SignedDuration::from_secs(300);

/// The keys in a secret.
#[derive(Debug)]
pub struct SubjectKeys {
    client: Client,
    secret: String,
    known: Mutex<Option<Known>>,
    deadline: Deadline,
}

/// The keys, with the time from which they have been used.
#[derive(Debug, Clone)]
struct Known {
    ring: Arc<KeyRing>,
    read_at: Timestamp,
}

/// The reason there are no keys. The answer of the service is not kept as the source, because it
/// could contain the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectKeysError {
    /// The secret could not be read.
    #[error(
        "the secret with the subject keys could not be read: {reason}; the tracer needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key"
    )]
    Unavailable {
        /// The service's error code (`AccessDeniedException`), or the outcome of the call.
        reason: String,
    },
    /// The secret is not a key ring.
    #[error("the secret with the subject keys cannot be used")]
    NotAKeyRing(#[from] KeyRingError),
}

impl SubjectKeys {
    /// Opens the secret with this ARN or name for a function.
    pub fn open(aws: &Aws, secret: impl Into<String>, deadline: Deadline) -> Self {
        // Records wait for the secret, and are counted without people if it does not arrive.
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(2))
            .operation_timeout(Duration::from_secs(5));
        Self::new(Client::new(&aws.with_timeouts(timeouts)), secret, deadline)
    }

    /// Creates a reader of this secret. Calls end at the deadline.
    pub fn new(client: Client, secret: impl Into<String>, deadline: Deadline) -> Self {
        Self {
            client,
            secret: secret.into(),
            known: Mutex::default(),
            deadline,
        }
    }

    /// Returns the keys, and reads them again if they are old. If that fails, the old keys stay in
    /// use, because keys of some minutes ago are better than not counting people.
    /// [`Self::is_stale`] tells.
    pub async fn ring(&self, now: Timestamp) -> Result<Arc<KeyRing>, SubjectKeysError> {
        let known = self.known().clone();
        if let Some(known) = &known
            && !is_old(known, now)
        {
            return Ok(Arc::clone(&known.ring));
        }
        match (self.read().await, known) {
            (Ok(ring), _) => {
                let ring = Arc::new(ring);
                *self.known() = Some(Known {
                    ring: Arc::clone(&ring),
                    read_at: now,
                });
                Ok(ring)
            }
            (Err(_), Some(known)) => Ok(known.ring),
            (Err(error), None) => Err(error),
        }
    }

    /// Returns true if the keys are older than they should be because reading them again failed.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.known()
            .as_ref()
            .is_some_and(|known| is_old(known, now))
    }

    async fn read(&self) -> Result<KeyRing, SubjectKeysError> {
        let call = self
            .client
            .get_secret_value()
            .secret_id(&self.secret)
            .send();
        // Half of the remaining time, because the records are written with or without the keys.
        let answer = self
            .deadline
            .halfway()
            .bound(call)
            .await
            .map_err(|_| SubjectKeysError::Unavailable {
                reason: "no answer in time".to_owned(),
            })?
            .map_err(|error| SubjectKeysError::Unavailable {
                reason: reason(&error),
            })?;
        let document = Zeroizing::new(answer.secret_string.unwrap_or_default());
        Ok(KeyRing::parse(&document)?)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        // The value is replaced as a whole, so a panic cannot leave it half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_old(known: &Known, now: Timestamp) -> bool {
    now.duration_since(known.read_at) >= MAX_AGE
}

/// Returns the outcome of a failed call, without any content of the answer.
fn reason<E: aws_sdk_secretsmanager::error::ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    let became = match error {
        SdkError::ConstructionFailure(_) => "the call could not be made",
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(_) => "the service could not be reached",
        SdkError::ResponseError(_) => "the answer could not be read",
        _ => "the service refused",
    };
    error.code().unwrap_or(became).to_owned()
}
