//! The keys that people are told apart with, in AWS Secrets Manager.
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

/// How long the keys are used before the secret is read again.
const MAX_AGE: SignedDuration = SignedDuration::from_secs(300);

/// The keys in a secret.
#[derive(Debug)]
pub struct SubjectKeys {
    client: Client,
    secret: String,
    known: Mutex<Option<Known>>,
    deadline: Deadline,
}

/// The keys, and since when they have been used.
#[derive(Debug, Clone)]
struct Known {
    ring: Arc<KeyRing>,
    read_at: Timestamp,
}

/// Why there are no keys. Keeps no answer of the service as its source: it could hold the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectKeysError {
    /// The secret could not be read.
    #[error(
        "the secret with the subject keys could not be read: {reason}; the tracer needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key"
    )]
    Unavailable {
        /// The service's name for it (`AccessDeniedException`), or what became of the call.
        reason: String,
    },
    /// It is no key ring.
    #[error("the secret with the subject keys cannot be used")]
    NotAKeyRing(#[from] KeyRingError),
}

impl SubjectKeys {
    /// The keys in the secret of this ARN or name, read as a function does.
    pub fn open(aws: &Aws, secret: impl Into<String>, deadline: Deadline) -> Self {
        // Records wait for it, and are counted without people where it does not come.
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(2))
            .operation_timeout(Duration::from_secs(5));
        Self::new(Client::new(&aws.with_timeouts(timeouts)), secret, deadline)
    }

    /// The keys in this secret, read before the deadline.
    pub fn new(client: Client, secret: impl Into<String>, deadline: Deadline) -> Self {
        Self {
            client,
            secret: secret.into(),
            known: Mutex::default(),
            deadline,
        }
    }

    /// The keys, read again when they are old. Those at hand are used on where that fails: better
    /// the newest of some minutes ago than people who are not counted. [`Self::is_stale`] tells.
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

    /// Whether the keys at hand should have been read again and could not be.
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
        // Half of the time: what was read of events is written with or without it.
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
        // It is replaced as a whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_old(known: &Known, now: Timestamp) -> bool {
    now.duration_since(known.read_at) >= MAX_AGE
}

/// What became of a call, without anything it answered.
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
