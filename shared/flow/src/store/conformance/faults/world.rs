//! A queue that redelivers its messages, and the tracers that receive them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use jiff::{SignedDuration, Timestamp};
use piitrail_detect::Engine;
use serde_json::json;

use super::chance::Chance;
use super::mortal::until_killed;
use crate::pipeline::{Outcome, Records, Tracer};
use crate::routes::Router;
use crate::store::{Announcement, Retention, Store, all_pending_announcements};
use crate::topology::Topology;
use crate::vocabulary::Vocabulary;

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let topology = "
version: 1
buses:
  shop:
    rules:
      - name: mail
        pattern: {source: [shop.orders]}
        targets: [{function: mailer}]
      - name: pay
        pattern: {source: [shop.orders], detail-type: [OrderPlaced]}
        targets: [{function: payments}]
";
    Router::new(&Topology::parse(topology).unwrap(), &ENGINE)
});

/// A message of the queue.
#[derive(Clone, Debug)]
pub(super) struct Message {
    id: String,
    body: String,
    receives: u32,
    first_received: Option<Timestamp>,
}

pub(super) fn messages(chance: &mut Chance) -> Vec<Message> {
    let count = 1 + chance.below(12);
    (0..count)
        .map(|n| {
            let day = 19 + chance.below(3);
            let source = ["shop.orders", "shop.accounts"][usize::from(chance.below(3) == 0)];
            let detail_type = ["OrderPlaced", "OrderChanged"][usize::from(chance.below(2) == 0)];
            let detail = match chance.below(3) {
                0 => json!({ "email": format!("buyer{n}@fenwick-and-sons.org") }),
                1 => json!({ "iban": "GB33BUKB20201555555555", "quantity": n }),
                _ => json!({ "quantity": n }),
            };
            let event = json!({
                "id": format!("event-{n}"), "detail-type": detail_type, "source": source,
                "time": format!("2026-11-{day}T10:00:{:02}Z", chance.below(60)), "detail": detail,
            });
            // One in ten messages is unreadable and is redelivered until the queue gives it up.
            let body = if chance.below(10) == 0 {
                r#"{"detail": {"cut o"#.to_owned()
            } else {
                event.to_string()
            };
            Message {
                id: format!("message-{n}"),
                body,
                receives: 0,
                first_received: None,
            }
        })
        .collect()
}

/// The number of times that the queue hands out a message before it gives it up.
const RECEIVES_MAX: u32 = 40;

/// The queue, the clock, and the receiver of announcements.
pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) queue: Vec<Message>,
    /// The announcements that were sent, with the number of times.
    pub(super) said: BTreeMap<String, u32>,
    /// The announcements that were sent but could not be marked as sent, or whose sender was
    /// killed, with the number of times.
    pub(super) unsure: BTreeMap<String, u32>,
}

impl World {
    pub(super) fn new(queue: Vec<Message>) -> Self {
        Self {
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
            queue,
            said: BTreeMap::new(),
            unsure: BTreeMap::new(),
        }
    }

    /// Hands a random group of messages to a tracer.
    pub(super) async fn deliver(
        &mut self,
        store: &dyn Store,
        chance: &mut Chance,
        polls: Option<u64>,
    ) {
        let batch: Vec<usize> = (0..self.queue.len())
            .filter(|_| chance.below(3) > 0)
            .collect();
        self.hand_out(store, &batch, polls).await;
    }

    /// Hands messages to a tracer. Returns true if the tracer survived and answered.
    pub(super) async fn hand_out(
        &mut self,
        store: &dyn Store,
        batch: &[usize],
        polls: Option<u64>,
    ) -> bool {
        if batch.is_empty() {
            return true;
        }
        let mut records = Vec::new();
        for place in batch {
            let message = &mut self.queue[*place];
            message.receives += 1;
            let first = *message.first_received.get_or_insert(self.now);
            records.push(json!({
                "messageId": message.id, "body": message.body, "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:tap",
                "attributes": {
                    "ApproximateReceiveCount": message.receives.to_string(),
                    "SentTimestamp": first.as_millisecond().to_string(),
                    "ApproximateFirstReceiveTimestamp": first.as_millisecond().to_string(),
                },
            }));
        }
        let vocabulary = Vocabulary::default();
        let tracer = Tracer {
            engine: &ENGINE,
            router: &ROUTER,
            store,
            fingerprinting: None,
            vocabulary: &vocabulary,
            keep: Retention::default(),
        };
        let payload = json!({ "Records": records }).to_string();
        let mut opened = Records::default();
        opened.open(payload.as_bytes(), "invocation", 0);
        let Some(outcome) = until_killed(tracer.count(opened, self.now), polls).await else {
            return false;
        };
        self.say(store, &outcome).await;
        let failed: BTreeSet<String> = outcome
            .failed_items()
            .unwrap()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut place = 0;
        self.queue.retain(|message| {
            let was_handed_out = batch.contains(&place);
            place += 1;
            let is_unreadable = outcome
                .unreadable
                .iter()
                .any(|record| record.item.as_deref() == Some(&message.id));
            let was_not_written = outcome
                .unrecorded
                .iter()
                .any(|record| record.item.as_deref() == Some(&message.id));
            // The queue gives up unreadable messages and those it has handed out too often.
            let is_given_up = is_unreadable && !was_not_written && message.receives > 2;
            assert!(
                message.receives < RECEIVES_MAX || is_given_up,
                "{message:?}"
            );
            !was_handed_out || (failed.contains(&message.id) && !is_given_up)
        });
        true
    }

    async fn say(&mut self, store: &dyn Store, outcome: &Outcome) {
        for announcement in &outcome.announcements {
            self.send(store, announcement).await;
        }
    }

    async fn send(&mut self, store: &dyn Store, announcement: &Announcement) {
        let news: Vec<String> = announcement
            .first_seen
            .iter()
            .map(ToString::to_string)
            .collect();
        for news in &news {
            *self.said.entry(news.clone()).or_default() += 1;
        }
        if store.mark_announced(announcement).await.is_err() {
            for news in news {
                *self.unsure.entry(news).or_default() += 1;
            }
        }
    }

    pub(super) async fn announce_left(&mut self, store: &dyn Store, polls: Option<u64>) {
        let before = self.now - SignedDuration::from_mins(15);
        let pending = all_pending_announcements(store, before);
        if let Some(Ok(left)) = until_killed(pending, polls).await {
            for announcement in left {
                self.send(store, &announcement).await;
            }
        }
    }
}
