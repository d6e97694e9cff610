//! The fault suite: with every call failing at random, each delivered record must count once, none
//! may be lost, and everything new must be announced.
//!
//! A run plays a queue that hands out its messages in random groups to tracers. Tracers are killed
//! at any await point, and the [`Backend`] throttles, times out, drops answers and cuts pages
//! short. A message leaves the queue only when a tracer that survived did not report it as failed.
//! When the faults end and the queue is empty, the store must equal the expected result: the same
//! messages traced once into memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::ledger::{Coverage, Ledger};
use crate::store::{MemoryStore, Query, Retention, Store, read_all};
use crate::time::Span;

mod chance;
mod mortal;
mod world;

pub use chance::Chance;
pub use mortal::until_killed;
use world::{Message, World, messages};

/// A store that outlives its instances and can be made to fail.
pub trait Backend {
    /// Creates a new instance of the same store, as a cold start does.
    fn instance(&self, chance: &mut Chance) -> Box<dyn Store>;

    /// Turns failing calls on or off.
    fn set_faults(&self, on: bool);
}

/// Returns the number of scenarios to run: the number that `make faults` set when it built the
/// tests, or `usual`.
///
/// # Panics
/// If that setting is not a number.
pub fn runs(usual: u64) -> u64 {
    option_env!("PIITRAIL_FAULT_RUNS").map_or(usual, |runs| runs.parse().unwrap())
}

/// Runs one scenario.
///
/// # Panics
/// If the store does not equal the expected result. The message contains the seed.
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
        // With faults off, no tracer is killed either.
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
            // The first run marks what is complete; the second merges it.
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

/// Kills a tracer at its first await point, then in another run at its second, and so on until the
/// tracer finishes. Each time a second tracer receives the same messages again.
///
/// # Panics
/// If the store does not equal the expected result.
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

/// Compares edges by day and coverage in total, because an unreadable record is counted on the day
/// of the first tracer that survived to report it.
fn assert_same(kept: &Ledger, truth: &Ledger, seed: u64) {
    assert_eq!(kept.edges, truth.edges, "seed {seed}");
    let total = |ledger: &Ledger| {
        let mut total = BTreeMap::new();
        for ((_, place), coverage) in &ledger.coverage {
            let place: &mut Coverage = total.entry(place.clone()).or_default();
            place.merge(coverage);
        }
        total
    };
    assert_eq!(total(kept), total(truth), "seed {seed}");
}
