//! How long an invocation may still wait for others.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// What an invocation keeps for itself, to answer in: what was not written by then is said to have
/// failed, and comes again.
const KEPT_TO_ANSWER: Duration = Duration::from_secs(2);

/// Until when calls may wait, where Lambda ends the invocation at `deadline`, in milliseconds since
/// 1970. `None` where it does not say.
pub fn of(deadline: u64, now: Timestamp) -> Option<Instant> {
    let left = i64::try_from(deadline)
        .ok()
        .filter(|deadline| *deadline > 0)?
        .checked_sub(now.as_millisecond())?;
    let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    Some(Instant::now() + left.saturating_sub(KEPT_TO_ANSWER))
}
