//! Makes the calls of one reader: no faster than AWS allows, again if AWS asks for patience, and
//! with a typed gap for each call that is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_eventbridge::config::http::HttpResponse;
use aws_sdk_eventbridge::error::{ProvideErrorMetadata, SdkError};
use futures_util::StreamExt as _;
use futures_util::stream;
use piitrail_flow::home::Home;
use piitrail_flow::topology::{Gap, GapReason};
use tokio::time::{Instant, sleep, sleep_until};

/// The number of calls of one reader at the same time. With answers after a tenth of a second it
/// reaches every rate in this module.
const AT_ONCE: usize = 16;

/// The number of attempts of a call. With the waits between them, AWS gets half a minute.
const ATTEMPTS: u32 = 8;

/// The wait before the second attempt. Each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// The number of pages of one list that are read. A page has 10 to 1,000 entries.
const PAGES_MAX: usize = 10_000;

/// The number of entries of one list that are kept.
const ENTRIES_MAX: usize = 200_000;

/// A call that a reader makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// The IAM action that allows it.
    pub name: &'static str,
    /// The calls a second in one account and region that AWS allows by default, or fewer.
    pub per_second: u32,
}

impl Action {
    pub(super) const fn new(name: &'static str, per_second: u32) -> Self {
        Self { name, per_second }
    }
}

/// The calls of one reader in one home.
#[derive(Debug)]
pub(super) struct Calls {
    home: Home,
    count: AtomicUsize,
    has_failed: AtomicBool,
    gaps: Mutex<BTreeSet<Gap>>,
    paces: Mutex<BTreeMap<&'static str, Pace>>,
}

/// The pace of an action.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The time before which no further call may be made.
    next: Instant,
    /// True after a call was throttled, or failed, in every attempt. No further calls are made.
    is_given_up: Option<GapReason>,
}

/// The reason why a call gave no answer.
enum Refused {
    /// The resource does not exist any more.
    Gone,
    /// It may succeed later.
    ForNow(GapReason),
    /// It does not succeed.
    ForGood(GapReason),
}

impl Calls {
    pub(super) fn new(home: Home) -> Self {
        Self {
            home,
            count: AtomicUsize::new(0),
            has_failed: AtomicBool::new(false),
            gaps: Mutex::default(),
            paces: Mutex::default(),
        }
    }

    /// Returns the account and the region.
    pub(super) fn home(&self) -> Home {
        self.home
    }

    /// Returns the number of requests that were sent.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Returns true if every call was answered.
    pub(super) fn all_answered(&self) -> bool {
        !self.has_failed.load(Ordering::Relaxed)
    }

    /// Returns what was not read.
    pub(super) fn into_gaps(self) -> Vec<Gap> {
        let gaps = self.gaps.into_inner();
        gaps.unwrap_or_else(PoisonError::into_inner)
            .into_iter()
            .collect()
    }

    /// Notes that a part of an answer was not understood.
    pub(super) fn unreadable(&self, action: &Action) {
        self.note(action, GapReason::Unreadable);
    }

    fn note(&self, action: &Action, reason: GapReason) {
        locked(&self.gaps).insert(Gap {
            action: action.name.to_owned(),
            reason,
        });
    }

    fn fail(&self, action: &Action, reason: GapReason) {
        self.has_failed.store(true, Ordering::Relaxed);
        self.note(action, reason);
    }

    /// Makes a call, if need be several times. Returns `None` if the resource is gone, or if the
    /// call was refused, which leaves a gap.
    pub(super) async fn call<T, E, F>(&self, action: &Action, make: impl Fn() -> F) -> Option<T>
    where
        E: ProvideErrorMetadata,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            if let Some(reason) = self.turn(action).await {
                self.fail(action, reason);
                break;
            }
            self.count.fetch_add(1, Ordering::Relaxed);
            let error = match make().await {
                Ok(answer) => return Some(answer),
                Err(error) => error,
            };
            match refused(&error) {
                Refused::Gone => return None,
                Refused::ForGood(reason) => {
                    self.fail(action, reason);
                    break;
                }
                Refused::ForNow(reason) if attempt == ATTEMPTS => {
                    self.pace(action, |pace| pace.is_given_up = Some(reason));
                    self.fail(action, reason);
                    break;
                }
                Refused::ForNow(reason) => {
                    if reason == GapReason::Throttled {
                        // Others of the account call too, so all calls of the action wait.
                        self.pace(action, |pace| {
                            pace.next = pace.next.max(Instant::now() + wait);
                        });
                    } else {
                        sleep(wait).await;
                    }
                    wait *= 2;
                }
            }
        }
        None
    }

    /// Waits until a call may be made. Returns a reason if no more calls are made.
    async fn turn(&self, action: &Action) -> Option<GapReason> {
        let (at, is_given_up) = self.pace(action, |pace| {
            let at = pace.next.max(Instant::now());
            pace.next = at + Duration::from_secs(1) / action.per_second.max(1);
            (at, pace.is_given_up)
        });
        if is_given_up.is_none() {
            sleep_until(at).await;
        }
        is_given_up
    }

    fn pace<T>(&self, action: &Action, change: impl FnOnce(&mut Pace) -> T) -> T {
        let mut paces = locked(&self.paces);
        change(paces.entry(action.name).or_insert_with(|| Pace {
            next: Instant::now(),
            is_given_up: None,
        }))
    }

    /// Reads a list page by page. `page` gives the entries after a token and the next token, or
    /// `None` if the call was refused.
    pub(super) async fn list<T>(
        &self,
        action: &Action,
        mut page: impl AsyncFnMut(Option<String>) -> Option<(Vec<T>, Option<String>)>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        let mut token = None;
        for _ in 0..PAGES_MAX {
            let Some((entries, next)) = page(token.clone()).await else {
                return all;
            };
            all.extend(entries);
            let next = next.filter(|next| !next.is_empty());
            if next.is_none() {
                return all;
            }
            if all.len() >= ENTRIES_MAX {
                break;
            }
            if next == token {
                self.fail(action, GapReason::Unreadable);
                return all;
            }
            token = next;
        }
        self.fail(action, GapReason::Truncated);
        all
    }

    /// Asks for each entry of a list, several at the same time. Returns what was answered, in the
    /// order of the list.
    pub(super) async fn each<T, R, F: Future<Output = Option<R>>>(
        &self,
        entries: Vec<T>,
        ask: impl FnMut(T) -> F,
    ) -> Vec<R> {
        stream::iter(entries)
            .map(ask)
            .buffered(AT_ONCE)
            .filter_map(|answer| async { answer })
            .collect()
            .await
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The beginnings or parts of the codes by which the services say that a call is one too many.
const THROTTLED: &[&str] = &[
    "Throttl",
    "TooManyRequests",
    "RequestLimitExceeded",
    // Kinesis and Firehose.
    "LimitExceeded",
    "SlowDown",
    "BandwidthLimit",
];

/// Those by which they say that the caller may not, or is not known in this region.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AuthorizationError",
    "Unauthorized",
    "NotAuthorized",
    "UnrecognizedClient",
    "InvalidClientTokenId",
    "ExpiredToken",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
];

/// Those by which they say that a resource does not exist.
const GONE: &[&str] = &["NotFound", "NonExistent", "NoSuch", "DoesNotExist"];

fn refused<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Refused {
    let code = error.code().unwrap_or_default();
    let is = |parts: &[&str]| parts.iter().any(|part| code.contains(part));
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    match (error, status) {
        (SdkError::DispatchFailure(_) | SdkError::TimeoutError(_), _) => {
            Refused::ForNow(GapReason::Unavailable)
        }
        _ if is(THROTTLED) => Refused::ForNow(GapReason::Throttled),
        (_, Some(429)) => Refused::ForNow(GapReason::Throttled),
        _ if is(DENIED) => Refused::ForGood(GapReason::Denied),
        (_, Some(401 | 403)) => Refused::ForGood(GapReason::Denied),
        _ if is(GONE) => Refused::Gone,
        (_, Some(404)) if code.is_empty() => Refused::Gone,
        (_, Some(500..)) => Refused::ForNow(GapReason::Unavailable),
        _ => Refused::ForGood(GapReason::Unreadable),
    }
}
