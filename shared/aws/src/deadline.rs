//! Ends every call to AWS before Lambda ends the running invocation.
//!
//! Lambda ends an invocation at its timeout, whatever it is doing. A tracer that is cut off there
//! has neither written its records nor reported which ones failed. So all clients of a function
//! share one [`Deadline`], and no call outlives it, whatever the SDK retries inside. The call is
//! dropped, and its caller reports what was not done while there is still time to answer.
//!
//! Dropping a call is like losing its answer: a write may have been applied. Every write here may
//! be repeated (see [`piitrail_flow::store`]).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use piitrail_flow::store::OutOfTime;
use tokio::time::{Instant, timeout_at};

/// The time that an invocation keeps for its answer. It stops waiting a quarter of a second before
/// it must have answered, to log and to write the answer, and it has answered two seconds before
/// Lambda's timeout.
const KEPT_TO_ANSWER: Duration = Duration::from_millis(2_250);

/// The time after which reading in the init phase is given up. Lambda restarts a function that has
/// not started within ten seconds.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib>
const INIT: Duration = Duration::from_secs(7);

/// The age from which a deadline is ignored, because it does not belong to this invocation. `cargo
/// lambda watch` sends 600000, which is ten minutes after 1970 began.
const LONG_AGO_MS: i64 = -3_600_000;

/// The instant until which calls may wait. Clones share one deadline, so that a function sets it
/// once for all of its clients. Without one, calls wait as long as their own timeouts allow.
#[derive(Clone, Debug, Default)]
pub struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    /// Sets the deadline for reading in the init phase, which begins now.
    pub fn begin_init(&self) {
        self.set(Some(Instant::now() + INIT));
    }

    /// Sets the deadline for an invocation that Lambda ends at `deadline`, in milliseconds since
    /// 1970 (`Lambda-Runtime-Deadline-Ms`), or 0 if unknown.
    pub fn begin_invocation(&self, deadline: u64, now: Timestamp) {
        self.set(left(deadline, now).map(|left| Instant::now() + left));
    }

    /// Sets or removes the deadline.
    pub fn set(&self, at: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if no call may begin any more.
    pub fn is_over(&self) -> bool {
        !self.has_time_for(Duration::ZERO)
    }

    /// Returns true if this much time is left.
    pub fn has_time_for(&self, work: Duration) -> bool {
        self.at()
            .is_none_or(|deadline| Instant::now() + work < deadline)
    }

    /// Returns a deadline after half of the remaining time, for a call whose failure must leave
    /// time for what follows.
    #[must_use]
    pub fn halfway(&self) -> Self {
        let now = Instant::now();
        let halfway = self
            .at()
            .map(|deadline| now + deadline.saturating_duration_since(now) / 2);
        Self(Arc::new(Mutex::new(halfway)))
    }

    /// Waits for a call until the deadline. After the deadline the call does not begin.
    pub async fn bound<F: Future>(&self, call: F) -> Result<F::Output, OutOfTime> {
        match self.at() {
            None => Ok(call.await),
            Some(deadline) if Instant::now() >= deadline => Err(OutOfTime),
            Some(deadline) => timeout_at(deadline, call).await.map_err(|_| OutOfTime),
        }
    }

    /// Returns true if a deadline is set. Calls are then repeated until it instead of a fixed
    /// number of times.
    pub(crate) fn is_set(&self) -> bool {
        self.at().is_some()
    }
}

/// Returns the time for which calls may wait in an invocation that Lambda ends at `deadline`.
fn left(deadline: u64, now: Timestamp) -> Option<Duration> {
    let left = i64::try_from(deadline)
        .ok()?
        .checked_sub(now.as_millisecond())?;
    if left < LONG_AGO_MS {
        return None;
    }
    let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    Some(left.saturating_sub(KEPT_TO_ANSWER))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-27T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_invocation_keeps_two_seconds_to_answer_in() {
        let in_ms = |ms: u64| {
            let now = u64::try_from(now().as_millisecond()).unwrap();
            left(now + ms, self::now())
        };
        assert_eq!(in_ms(60_000), Some(Duration::from_millis(57_750)));
        assert_eq!(in_ms(1_000), Some(Duration::ZERO));
        let just_over = u64::try_from(now().as_millisecond()).unwrap() - 5;
        assert_eq!(left(just_over, now()), Some(Duration::ZERO));
        for not_a_deadline in [0, 600_000, u64::MAX] {
            assert_eq!(left(not_a_deadline, now()), None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_ends_at_the_deadline_and_the_next_does_not_begin() {
        let deadline = Deadline::default();
        let began = Instant::now();
        deadline.set(Some(began + Duration::from_secs(3)));
        assert_eq!(deadline.bound(pending::<()>()).await, Err(OutOfTime));
        assert_eq!(began.elapsed(), Duration::from_secs(3));
        assert!(deadline.is_over());
        let mut has_begun = false;
        let next = deadline.bound(async { has_begun = true }).await;
        assert_eq!((next, has_begun), (Err(OutOfTime), false));
    }

    #[tokio::test(start_paused = true)]
    async fn half_of_the_time_is_left_for_what_follows() {
        let deadline = Deadline::default();
        let began = Instant::now();
        deadline.set(Some(began + Duration::from_secs(6)));
        let half = deadline.halfway();
        assert_eq!(half.bound(pending::<()>()).await, Err(OutOfTime));
        assert_eq!(began.elapsed(), Duration::from_secs(3));
        assert!(deadline.has_time_for(Duration::from_secs(2)));
        assert_eq!(deadline.bound(async { 1 }).await, Ok(1));
    }
}
