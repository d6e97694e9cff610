//! Reads the topology from accounts: one file for each AWS service, and the registry of them here.
//!
//! A reader turns AWS's descriptions into the declarations that templates make too
//! (`piitrail_flow::topology::declared`). It reads one service in one home, and never fails: a call
//! that AWS refuses is a gap in what it read ([`calls`]). All readers of a home run concurrently,
//! because each service has its own rate limits. A few homes are read concurrently.
//!
//! Nothing is logged here: a topology is full of names, and a name may be personal data.

use std::collections::BTreeSet;

use aws_config::timeout::TimeoutConfig;
use aws_config::{Region as SdkRegion, SdkConfig};
use aws_sdk_eventbridge::config::{Credentials, SharedCredentialsProvider};
use futures_util::StreamExt as _;
use futures_util::future::{LocalBoxFuture, join_all};
use futures_util::stream;
use piitrail_flow::home::{Account, Home, Region};
use piitrail_flow::topology::{AwsService, Draft, Gap, GapReason, PulledPart};
use serde_json::{Value, json};

mod calls;
mod deliveries;
mod dynamodb;
mod events;
mod eventsv2;
mod firehose;
mod found;
mod kinesis;
mod lambda;
mod logs;
mod pipes;
mod refresh;
mod s3;
mod scheduler;
mod sns;
mod sqs;
mod states;
#[cfg(test)]
mod stub;
#[cfg(test)]
mod tests;

pub use calls::Action;
use calls::Calls;
use found::Found;
pub use found::LeftOut;
pub use refresh::{RefreshError, Refreshed, refresh};

/// The number of homes that are read at the same time. It bounds the connections, and the answers
/// in memory.
const HOMES_AT_ONCE: usize = 4;

/// The time for one attempt of a call.
const ATTEMPT: std::time::Duration = std::time::Duration::from_secs(20);

const IDENTITY: Action = Action::new("sts:GetCallerIdentity", 10);
const ASSUME: Action = Action::new("sts:AssumeRole", 10);

/// The name of the session in an account whose role is assumed. `CloudTrail` shows it there.
const SESSION: &str = "piitrail-topology";

/// A reader of one service.
struct Reader {
    service: AwsService,
    actions: &'static [Action],
    read: for<'r> fn(&'r Calls, &'r SdkConfig, &'r mut Found) -> LocalBoxFuture<'r, ()>,
}

macro_rules! reader {
    ($service:ident, $module:ident) => {
        Reader {
            service: AwsService::$service,
            actions: $module::ACTIONS,
            read: |calls, config, found| Box::pin($module::read(calls, config, found)),
        }
    };
}

/// Every reader. The order is that of the table that a pull ends with: what moves events first, then
/// what handles them, then what keeps them. No reader needs what another found.
const READERS: [Reader; 13] = [
    reader!(Events, events),
    reader!(EventsV2, eventsv2),
    reader!(Pipes, pipes),
    reader!(Scheduler, scheduler),
    reader!(Sqs, sqs),
    reader!(Sns, sns),
    reader!(Kinesis, kinesis),
    reader!(Lambda, lambda),
    reader!(States, states),
    reader!(DynamoDb, dynamodb),
    reader!(Firehose, firehose),
    reader!(S3, s3),
    reader!(Logs, logs),
];

/// Returns every IAM action that the readers need, ordered by name.
pub fn actions() -> Vec<&'static str> {
    let actions = READERS.iter().flat_map(|reader| reader.actions);
    let names: BTreeSet<&str> = actions.map(|action| action.name).collect();
    names.into_iter().collect()
}

/// Returns the IAM policy of a role that may read an account, and nothing else. The actions do not
/// support resources, or must see all of them.
pub fn policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "PiitrailReadsTheTopology",
            "Effect": "Allow",
            "Action": actions(),
            "Resource": "*",
        }],
    })
}

/// The reason why nothing can be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PullError {
    /// No region is given or configured.
    #[error("no region is known; give --region, or set one for your AWS profile")]
    NoRegion,
    /// The account of the credentials is not known.
    #[error(
        "could not tell the account of your AWS credentials ({}); check that `aws sts get-caller-identity` works",
        .0.map_or("the answer has none", GapReason::as_str)
    )]
    NoIdentity(Option<GapReason>),
    /// Two roles are in one account.
    #[error("two roles are in one account; give one role for each account")]
    AccountTwice,
}

/// A role that may read an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    arn: String,
    account: Account,
}

impl Role {
    /// The form expected of a text that names a role.
    pub const EXPECTED: &str = "the ARN of a role, as in arn:aws:iam::222222222222:role/piitrail";

    /// Returns the role with this ARN, or `None` if the text is not the ARN of a role.
    pub fn new(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let is_role = parts.next() == Some("arn")
            && parts.nth(1) == Some("iam")
            && parts.nth(2).is_some_and(|name| name.starts_with("role/"));
        let account = Home::of_arn(arn).account.filter(|_| is_role)?;
        Some(Self {
            arn: arn.to_owned(),
            account,
        })
    }
}

/// An account and a region to read, with the configuration of its clients. Without one, the account
/// is a gap.
#[derive(Clone, Debug)]
pub struct Place {
    home: Home,
    config: Result<SdkConfig, Gap>,
}

/// Returns the places to read with the credentials of a person: the roles' accounts, or the
/// person's own account if there are no roles, in each of the regions, or in the configured one.
/// With an endpoint, all calls go there.
///
/// # Errors
/// If there is nothing to read.
#[cfg(feature = "profiles")]
pub async fn places_of_a_person(
    roles: &[Role],
    regions: &[Region],
    endpoint: Option<String>,
) -> Result<Vec<Place>, PullError> {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT);
    let config = crate::sdk::of_a_person(timeouts).await;
    let mut config = config.to_builder();
    if endpoint.is_some() {
        config.set_endpoint_url(endpoint);
    }
    places(&config.build(), roles, regions).await
}

/// Returns the places to read. See [`places_of_a_person`].
async fn places(
    config: &SdkConfig,
    roles: &[Role],
    regions: &[Region],
) -> Result<Vec<Place>, PullError> {
    let own = config
        .region()
        .and_then(|region| Region::new(region.as_ref()));
    let regions = if regions.is_empty() {
        vec![own.ok_or(PullError::NoRegion)?]
    } else {
        regions.to_vec()
    };
    let accounts: BTreeSet<Account> = roles.iter().map(|role| role.account).collect();
    if accounts.len() < roles.len() {
        return Err(PullError::AccountTwice);
    }
    // The calls of this module decide when to call again, and count every request.
    let config = config
        .to_builder()
        .retry_config(aws_config::retry::RetryConfig::disabled());
    let region = own.unwrap_or(regions[0]);
    let config = config
        .region(SdkRegion::new(region.as_str().to_owned()))
        .build();
    let mut accounts = Vec::new();
    if roles.is_empty() {
        accounts.push((own_account(&config).await?, Ok(config)));
    } else {
        for role in roles {
            accounts.push((role.account, assume(&config, role).await));
        }
    }
    let mut places = Vec::new();
    for (account, config) in accounts {
        for region in &regions {
            let in_region = config.as_ref().map_err(Clone::clone).map(|config| {
                let region = SdkRegion::new(region.as_str().to_owned());
                config.to_builder().region(region).build()
            });
            places.push(Place {
                home: Home {
                    account: Some(account),
                    region: Some(*region),
                },
                config: in_region,
            });
        }
    }
    Ok(places)
}

async fn own_account(config: &SdkConfig) -> Result<Account, PullError> {
    let calls = Calls::new(Home::UNKNOWN);
    let client = aws_sdk_sts::Client::new(config);
    let identity = calls
        .call(&IDENTITY, || client.get_caller_identity().send())
        .await;
    let account = identity.and_then(|identity| Account::new(&identity.account?));
    account.ok_or_else(|| {
        let gaps = calls.into_gaps();
        PullError::NoIdentity(gaps.first().map(|gap| gap.reason))
    })
}

async fn assume(config: &SdkConfig, role: &Role) -> Result<SdkConfig, Gap> {
    let calls = Calls::new(Home::UNKNOWN);
    let client = aws_sdk_sts::Client::new(config);
    let request = || client.assume_role().role_arn(&role.arn);
    let ask = || request().role_session_name(SESSION).send();
    let answer = calls.call(&ASSUME, ask).await;
    let credentials = answer.and_then(|answer| answer.credentials);
    let Some(credentials) = credentials else {
        let gap = calls.into_gaps().into_iter().next();
        return Err(gap.unwrap_or_else(|| Gap {
            action: ASSUME.name.to_owned(),
            reason: GapReason::Unreadable,
        }));
    };
    // They are valid for an hour, and a pull takes minutes.
    let credentials = Credentials::new(
        credentials.access_key_id,
        credentials.secret_access_key,
        Some(credentials.session_token),
        None,
        SESSION,
    );
    let credentials = SharedCredentialsProvider::new(credentials);
    Ok(config
        .to_builder()
        .credentials_provider(credentials)
        .build())
}

/// What a pull found.
#[derive(Debug, Default)]
pub struct Pulled {
    /// What each reader found, by home and in the order of the readers.
    pub parts: Vec<PulledPart>,
    /// The figures of each part, in the same order.
    pub figures: Vec<Figures>,
    /// The parts of descriptions that are not on the map.
    pub left_out: Vec<LeftOut>,
}

/// The figures of what one reader did in one home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The number of resources that were found.
    pub resources: usize,
    /// The number of requests that were sent.
    pub calls: usize,
}

/// Reads the services that `is_asked` accepts in every place. `has_read` is called after each service in a
/// place.
pub async fn pull(
    places: Vec<Place>,
    is_asked: impl Fn(Home, AwsService) -> bool,
    has_read: impl Fn(Home, AwsService),
) -> Pulled {
    let (has_read, is_asked) = (&has_read, &is_asked);
    let mut pulled = Pulled::default();
    let mut homes = stream::iter(places)
        .map(|place| async move {
            let home = place.home;
            let readers = READERS
                .iter()
                .filter(|reader| is_asked(home, reader.service));
            let readers = readers.map(|reader| {
                let config = &place.config;
                async move {
                    let read = read(reader, home, config).await;
                    has_read(home, reader.service);
                    read
                }
            });
            join_all(readers).await
        })
        .buffered(HOMES_AT_ONCE);
    while let Some(readers) = homes.next().await {
        for (part, figures, left_out) in readers {
            pulled.parts.push(part);
            pulled.figures.push(figures);
            pulled.left_out.extend(left_out);
        }
    }
    pulled
}

async fn read(
    reader: &Reader,
    home: Home,
    config: &Result<SdkConfig, Gap>,
) -> (PulledPart, Figures, Vec<LeftOut>) {
    let mut part = PulledPart {
        home,
        service: reader.service,
        draft: Draft::default(),
        gaps: Vec::new(),
        is_whole: false,
    };
    let config = match config {
        Ok(config) => config,
        Err(gap) => {
            part.gaps.push(gap.clone());
            return (part, Figures::default(), Vec::new());
        }
    };
    let calls = Calls::new(home);
    let mut found = Found::default();
    (reader.read)(&calls, config, &mut found).await;
    let (draft, left_out, resources) = found.finish(home);
    let figures = Figures {
        resources,
        calls: calls.count(),
    };
    part.draft = draft;
    part.is_whole = calls.all_answered();
    part.gaps = calls.into_gaps();
    (part, figures, left_out)
}
