//! What every store must hold to when everything fails: each delivered record counts once, none is
//! lost, and what is new is said.
//!
//! A run plays a queue that hands its messages out in random groups to tracers that are killed at
//! any await point, over a [`Backend`] that throttles, times out, drops answers and cuts pages short.
//! A message is gone from the queue only when a tracer that lived to answer did not name it. When
//! faults end and the queue is empty the store must equal the truth, which is the same messages
//! traced once into memory.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::LazyLock;
use std::task::{Context, Poll};

use jiff::{SignedDuration, Timestamp};
use piitrail_detect::Engine;
use serde_json::json;

use super::{Query, Retention, Store, read_all};
use crate::ledger::Ledger;
use crate::pipeline::{Outcome, Records, Tracer};
use crate::routes::Router;
use crate::store::{Announcement, MemoryStore, all_pending_announcements};
use crate::time::Span;
use crate::topology::Topology;
use crate::vocabulary::Vocabulary;

/// A store that outlives the instances that write them, and can be made to fail.
pub trait Backend {
    /// A new instance of the same store, as a cold start makes one.
    fn instance(&self, chance: &mut Chance) -> Box<dyn Store>;

    /// Whether calls fail from now on.
    fn set_faults(&self, on: bool);
}

/// Numbers that look random and follow from a seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Those of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number (`SplitMix64`; Steele, Lea and Flood, 2014).
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }
}

static ENGINE: LazyLock<std::sync::Arc<Engine>> =
    LazyLock::new(|| std::sync::Arc::new(Engine::new()));

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
    Router::new(&Topology::parse(topology).unwrap(), &ENGINE).unwrap()
});

/// How many scenarios to run: as many as `make faults` asks for when it builds the tests, or so many.
///
/// # Panics
/// Where it asks for something that is no number.
pub fn runs(usual: u64) -> u64 {
    option_env!("PIITRAIL_FAULT_RUNS").map_or(usual, |runs| runs.parse().unwrap())
}

/// A message of the queue.
#[derive(Clone, Debug)]
struct Message {
    id: String,
    body: String,
    receives: u32,
    first_received: Option<Timestamp>,
}

fn messages(chance: &mut Chance) -> Vec<Message> {
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
            // One in ten cannot be read, and is handed out until the queue gives it up.
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

/// How often the queue hands a message out before it gives it up.
const RECEIVES_MAX: u32 = 40;

/// Runs one scenario.
///
/// # Panics
/// Where the store does not equal the truth; the message says the seed.
pub async fn run(backend: &impl Backend, seed: u64) {
    let mut chance = Chance::new(seed);
    let sent = messages(&mut chance);
    let truth = truth(&sent).await;

    let mut world = World::new(sent);
    backend.set_faults(true);
    let mut instance = backend.instance(&mut chance);
    for round in 0..60 {
        if round == 30 {
            backend.set_faults(false);
        }
        if chance.below(4) == 0 {
            instance = backend.instance(&mut chance);
        }
        world.now += SignedDuration::from_secs(i64::try_from(1 + chance.below(1_500)).unwrap());
        // With faults off nobody is killed either.
        let polls = (round < 30 && chance.below(3) > 0).then(|| chance.below(60));
        match chance.below(8) {
            0 => {
                let keep = Retention::default();
                let done = until_killed(instance.roll_up(world.now, &keep), polls).await;
                assert!(
                    round < 30 || matches!(done, Some(Ok(_))),
                    "seed {seed}: {done:?}"
                );
            }
            1 => world.announce_left(&*instance, polls).await,
            _ => world.deliver(&*instance, &mut chance, polls).await,
        }
        if round >= 30 && world.queue.is_empty() {
            break;
        }
    }
    assert!(
        world.queue.is_empty(),
        "seed {seed}: {:?} were never taken",
        world.queue
    );

    backend.set_faults(false);
    let instance = backend.instance(&mut chance);
    world.now += SignedDuration::from_hours(2);
    world.announce_left(&*instance, None).await;
    for at in [0, 1, 7_200] {
        let now = world.now + SignedDuration::from_secs(at);
        let read = read_all(&*instance, &Query::days(Span::default(), now))
            .await
            .unwrap();
        assert_same(&read.ledger, &truth.ledger, seed);
        if at == 1 {
            // What the one sets out to fold, the other folds when it is settled.
            for now in [now, now + SignedDuration::from_hours(1)] {
                instance.roll_up(now, &Retention::default()).await.unwrap();
            }
        }
    }
    let said: BTreeSet<String> = world.said.keys().cloned().collect();
    assert_eq!(said, truth.news, "seed {seed}");
    for (news, times) in &world.said {
        let unsure = world.unsure.get(news).copied().unwrap_or(0);
        assert!(
            *times <= 1 + unsure,
            "seed {seed}: {news} was said {times} times, and only {unsure} times was it not certain"
        );
    }
}

/// Kills a tracer at its first await point, then in another run at its second, and so on until it
/// lives to the end; each time a second tracer is handed the same messages again.
///
/// # Panics
/// Where the store does not equal the truth.
pub async fn kill_at_every_await_point<B: Backend>(mut backend: impl FnMut() -> B) {
    for point in 0.. {
        let backend = backend();
        backend.set_faults(false);
        let mut chance = Chance::new(7);
        let sent = messages(&mut chance);
        let truth = truth(&sent).await;
        let mut world = World::new(sent);
        let batch: Vec<usize> = (0..world.queue.len()).collect();
        let instance = backend.instance(&mut chance);
        let lived = world.hand_out(&*instance, &batch, Some(point)).await;
        while !world.queue.is_empty() {
            world.now += SignedDuration::from_mins(12);
            let batch: Vec<usize> = (0..world.queue.len()).collect();
            let instance = backend.instance(&mut chance);
            world.hand_out(&*instance, &batch, None).await;
        }
        let instance = backend.instance(&mut chance);
        world.now += SignedDuration::from_hours(1);
        world.announce_left(&*instance, None).await;
        let query = Query::days(Span::default(), world.now);
        let read = read_all(&*instance, &query).await.unwrap();
        assert_same(&read.ledger, &truth.ledger, point);
        assert!(world.said.keys().eq(&truth.news), "killed at {point}");
        if lived {
            assert!(point > 1, "only {point} await points");
            return;
        }
    }
}

struct Truth {
    ledger: Ledger,
    news: BTreeSet<String>,
}

async fn truth(sent: &[Message]) -> Truth {
    let store = MemoryStore::default();
    let mut world = World::new(sent.to_vec());
    let batch: Vec<usize> = (0..sent.len()).collect();
    world.hand_out(&store, &batch, None).await;
    let query = Query::days(Span::default(), world.now);
    Truth {
        ledger: read_all(&store, &query).await.unwrap().ledger,
        news: world.said.into_keys().collect(),
    }
}

/// Edges day by day, and coverage in all: a record that cannot be read counts on the day somebody
/// lived to say so.
fn assert_same(kept: &Ledger, truth: &Ledger, seed: u64) {
    assert_eq!(kept.edges, truth.edges, "seed {seed}");
    let total = |ledger: &Ledger| {
        let mut total = BTreeMap::new();
        for ((_, place), coverage) in &ledger.coverage {
            let place: &mut crate::ledger::Coverage = total.entry(place.clone()).or_default();
            place.merge(coverage);
        }
        total
    };
    assert_eq!(total(kept), total(truth), "seed {seed}");
}

/// The queue, the clock and who listens to what is new.
struct World {
    now: Timestamp,
    queue: Vec<Message>,
    /// What was said, and how often.
    said: BTreeMap<String, u32>,
    /// How often it was said and then could not be taken down, or the sender was killed.
    unsure: BTreeMap<String, u32>,
}

impl World {
    fn new(queue: Vec<Message>) -> Self {
        Self {
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
            queue,
            said: BTreeMap::new(),
            unsure: BTreeMap::new(),
        }
    }

    /// Hands some messages to a tracer.
    async fn deliver(&mut self, store: &dyn Store, chance: &mut Chance, polls: Option<u64>) {
        let batch: Vec<usize> = (0..self.queue.len())
            .filter(|_| chance.below(3) > 0)
            .collect();
        self.hand_out(store, &batch, polls).await;
    }

    /// Whether the tracer lived.
    async fn hand_out(&mut self, store: &dyn Store, batch: &[usize], polls: Option<u64>) -> bool {
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
        let mut opened = Records::default();
        opened.open(
            json!({ "Records": records }).to_string().as_bytes(),
            "invocation",
            0,
        );
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
            // The queue gives up what cannot be read, and what it has handed out too often.
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

    async fn announce_left(&mut self, store: &dyn Store, polls: Option<u64>) {
        let before = self.now - SignedDuration::from_mins(15);
        let pending = all_pending_announcements(store, before);
        if let Some(Ok(left)) = until_killed(pending, polls).await {
            for announcement in left {
                self.send(store, &announcement).await;
            }
        }
    }
}

/// Runs something until it ends or was polled so often: then it is dropped where it waits, as a
/// function is that is killed. `None` where it was.
pub async fn until_killed<F: Future>(future: F, polls: Option<u64>) -> Option<F::Output> {
    let Some(polls) = polls else {
        return Some(future.await);
    };
    Mortal {
        future: pin!(future),
        polls,
    }
    .await
}

struct Mortal<'f, F> {
    future: Pin<&'f mut F>,
    polls: u64,
}

impl<F: Future> Future for Mortal<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.future.as_mut().poll(cx).map(Some)
    }
}
