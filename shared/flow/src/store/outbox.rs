//! The outbox: announcements that were recorded and are still to be sent.

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::StoreError;
use super::first_seen::Announcement;
use super::reading::PageToken;

/// The part of a store that keeps announcements until they are sent.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Reads a page of the announcements that were recorded before `before` and never [marked as
    /// sent](Self::mark_announced), because their writer crashed or could not send them. They come
    /// in the order in which they were recorded. They come in pages so that a long outbox is sent
    /// while it is read.
    async fn pending_announcements(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError>;

    /// Marks an announcement as sent.
    async fn mark_announced(&self, announcement: &Announcement) -> Result<(), StoreError>;
}

/// A page of the outbox.
#[derive(Debug, Default, PartialEq)]
pub struct PendingAnnouncements {
    /// The announcements to send.
    pub announcements: Vec<Announcement>,
    /// The start of the next page, or `None` on the last page. It stays valid while announcements
    /// of this page are marked as sent.
    pub next: Option<PageToken>,
}

/// Reads all pages of the outbox.
pub async fn all_pending_announcements(
    store: &dyn Outbox,
    before: Timestamp,
) -> Result<Vec<Announcement>, StoreError> {
    let mut announcements = Vec::new();
    let mut page = PendingAnnouncements::default();
    loop {
        page = store
            .pending_announcements(before, page.next.as_ref())
            .await?;
        announcements.append(&mut page.announcements);
        if page.next.is_none() {
            return Ok(announcements);
        }
    }
}
