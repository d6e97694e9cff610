//! Sends announcements of flows and classes that were seen for the first time to EventBridge.
//!
//! An announcement is written to the outbox in the same transaction as the batch that it announces,
//! before it is sent, and is removed after it was sent. If a tracer crashes in between, the roll-up
//! sends it. So it is sent at least once. It is sent again only if it is not certain that
//! EventBridge accepted it, and then with the same `detail.id`.

use std::error::Error;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use jiff::Timestamp;
use piitrail_flow::announcement::{EVENT_SOURCE, FIRST_SEEN_DETAIL_TYPE};
use piitrail_flow::store::{Announcement, OutOfTime, Outbox, PendingAnnouncements, StoreError};

use crate::deadline::Deadline;
use crate::sdk::Aws;

/// The maximum number of entries in one `PutEvents` call.
const ENTRIES_MAX: usize = 10;

/// The maximum size of all details in one `PutEvents` call, in bytes. EventBridge accepts 256 KB,
/// including names and the rest of each entry.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
const DETAILS_MAX: usize = 200_000;

/// The number of times entries are sent before the rest is left for later.
const ATTEMPTS: u32 = 3;

/// Sends announcements to an event bus.
#[derive(Debug)]
pub struct Announcer {
    client: Client,
    bus: String,
    deadline: Deadline,
}

/// The reason an announcement was not sent, or may not have been sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnounceError {
    /// The call to EventBridge failed.
    #[error(
        "EventBridge did not accept the announcements of data seen for the first time; they are sent again later"
    )]
    Send(#[source] Box<dyn Error + Send + Sync>),
    /// EventBridge refused some of the events.
    #[error("EventBridge refused {count} events with {code}; they are sent again later")]
    Refused {
        /// The number of refused events.
        count: usize,
        /// The error code of the first one: `InternalFailure`.
        code: String,
    },
    /// The time of the invocation ended before EventBridge answered.
    #[error(
        "there was no time left to send the announcements of data seen for the first time; they are sent later"
    )]
    OutOfTime(#[from] OutOfTime),
    /// The outbox could not be read, or an announcement could not be marked as sent.
    #[error("the outbox of the store could not be used; what is in it is sent later")]
    Store(#[from] StoreError),
}

/// The result of sending the announcements that were left in the outbox.
#[derive(Debug, Default)]
pub struct SentLate {
    /// The number of announcements that left the outbox.
    pub announcements: u64,
    /// The number of events sent for them.
    pub events: u64,
    /// The first error, if some announcements are still in the outbox.
    pub failed: Option<AnnounceError>,
}

impl AnnounceError {
    /// Returns true if running out of time is the only reason for a failure.
    pub fn is_out_of_time(&self) -> bool {
        matches!(
            self,
            Self::OutOfTime(_) | Self::Store(StoreError::OutOfTime { .. })
        )
    }
}

impl Announcer {
    /// Creates an announcer for a bus, with the credentials and the region of `aws`. Calls end at
    /// the deadline.
    pub fn open(aws: &Aws, bus: impl Into<String>, deadline: Deadline) -> Self {
        // An announcement that cannot be sent within seconds stays in the outbox. Nothing waits for
        // it, and records must not be held up by it.
        let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(5));
        Self::new(Client::new(&aws.with_timeouts(timeouts)), bus, deadline)
    }

    /// Creates an announcer for a bus. Calls end at the deadline.
    pub fn new(client: Client, bus: impl Into<String>, deadline: Deadline) -> Self {
        Self {
            client,
            bus: bus.into(),
            deadline,
        }
    }

    /// Sends an announcement, and marks it as sent.
    pub async fn announce(
        &self,
        store: &dyn Outbox,
        announcement: &Announcement,
    ) -> Result<(), AnnounceError> {
        self.send(announcement).await?;
        store.mark_announced(announcement).await?;
        Ok(())
    }

    /// Sends the announcements that were recorded before an instant and never sent, page by page.
    /// One that cannot be sent stays in the outbox and does not stop the others.
    pub async fn announce_left(&self, store: &dyn Outbox, before: Timestamp) -> SentLate {
        let mut late = SentLate::default();
        let mut page = PendingAnnouncements::default();
        loop {
            page = match store
                .pending_announcements(before, page.next.as_ref())
                .await
            {
                Ok(page) => page,
                Err(error) => {
                    late.failed.get_or_insert(error.into());
                    return late;
                }
            };
            for announcement in &page.announcements {
                match self.announce(store, announcement).await {
                    Ok(()) => {
                        late.announcements += 1;
                        late.events += announcement.first_seen.len() as u64;
                    }
                    Err(error) => {
                        late.failed.get_or_insert(error);
                    }
                }
                if self.deadline.is_over() {
                    late.failed.get_or_insert(OutOfTime.into());
                    return late;
                }
            }
            if page.next.is_none() {
                return late;
            }
        }
    }

    async fn send(&self, announcement: &Announcement) -> Result<(), AnnounceError> {
        let (mut entries, mut bytes) = (Vec::new(), 0);
        for detail in announcement.details() {
            let detail =
                serde_json::to_string(&detail).map_err(|e| AnnounceError::Send(e.into()))?;
            if entries.len() == ENTRIES_MAX || bytes + detail.len() > DETAILS_MAX {
                self.put(std::mem::take(&mut entries)).await?;
                bytes = 0;
            }
            bytes += detail.len();
            entries.push(
                PutEventsRequestEntry::builder()
                    .event_bus_name(&self.bus)
                    .source(EVENT_SOURCE)
                    .detail_type(FIRST_SEEN_DETAIL_TYPE)
                    .detail(detail)
                    .build(),
            );
        }
        if entries.is_empty() {
            return Ok(());
        }
        self.put(entries).await
    }

    async fn put(&self, mut entries: Vec<PutEventsRequestEntry>) -> Result<(), AnnounceError> {
        let mut code = String::new();
        for _ in 0..ATTEMPTS {
            let call = self
                .client
                .put_events()
                .set_entries(Some(entries.clone()))
                .send();
            let answer = self
                .deadline
                .bound(call)
                .await?
                .map_err(|e| AnnounceError::Send(Box::new(e)))?;
            if answer.failed_entry_count() == 0 {
                return Ok(());
            }
            let mut results = answer.entries().iter();
            // Entries that EventBridge accepted have an id and no error.
            entries.retain(|_| {
                let error = results.next().and_then(|result| result.error_code());
                if let Some(error) = error {
                    error.clone_into(&mut code);
                }
                error.is_some()
            });
        }
        Err(AnnounceError::Refused {
            count: entries.len(),
            code,
        })
    }
}
