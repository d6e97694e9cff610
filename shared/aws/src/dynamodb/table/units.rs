//! Adds up the cost of calls, in the units that DynamoDB bills.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// The cost of calls as DynamoDB counts it. A write unit is 1 KB written; a read unit is 4 KB read
/// consistently, or 8 KB read eventually consistently.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub written: f64,
}

/// The cost of the calls so far, in thousandths of a unit.
#[derive(Debug, Default)]
pub(super) struct Consumed {
    read: AtomicU64,
    written: AtomicU64,
}

impl Consumed {
    /// Returns the cost since the last time this was called.
    pub(super) fn take(&self) -> Units {
        Units {
            read: from_thousandths(self.read.swap(0, Ordering::Relaxed)),
            written: from_thousandths(self.written.swap(0, Ordering::Relaxed)),
        }
    }

    /// Adds the cost of a read.
    pub(super) fn add_read(&self, consumed: Option<&ConsumedCapacity>) {
        count(&self.read, consumed);
    }

    /// Adds the cost of a write.
    pub(super) fn add_written(&self, consumed: Option<&ConsumedCapacity>) {
        count(&self.written, consumed);
    }

    /// Adds one write unit.
    pub(super) fn add_write_unit(&self) {
        self.written.fetch_add(1_000, Ordering::Relaxed);
    }
}

/// Adds the cost of a call. DynamoDB reports it in halves of a unit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cost is small and not negative"
)]
fn count(total: &AtomicU64, consumed: Option<&ConsumedCapacity>) {
    let units = consumed
        .and_then(ConsumedCapacity::capacity_units)
        .unwrap_or(0.0);
    total.fetch_add((units * 1000.0).round() as u64, Ordering::Relaxed);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn from_thousandths(thousandths: u64) -> f64 {
    thousandths as f64 / 1000.0
}
