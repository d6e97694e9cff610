//! Claims about the history of the topology.

use std::future::Future;

use jiff::Timestamp;

use super::samples::{day, now};
use crate::home::Home;
use crate::store::{KeptTopology, TopologyHistory};
use crate::time::day_of;
use crate::topology::{AwsService, Change, Draft, PulledPart, Readings, Topology};

/// Runs every claim against its own empty store.
pub(super) async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: TopologyHistory,
    F: Future<Output = S>,
{
    an_empty_store_has_no_topology(&empty_store().await).await;
    the_topology_is_the_one_of_the_day(&empty_store().await).await;
    the_changes_are_those_of_the_topologies_that_began_to_hold(&empty_store().await).await;
    the_last_readings_are_kept(&empty_store().await).await;
}

async fn an_empty_store_has_no_topology(store: &impl TopologyHistory) {
    assert!(store.topology(day_of(now())).await.unwrap().is_none());
}

async fn the_topology_is_the_one_of_the_day(store: &impl TopologyHistory) {
    let old = topology("version: 1\nqueues: {a: {}}");
    let new = topology("version: 1\nqueues: {b: {}}");
    store.put_topology(day("2026-11-01"), &old).await.unwrap();
    store.put_topology(day("2026-11-10"), &new).await.unwrap();
    assert_eq!(store.topology(day("2026-10-31")).await.unwrap(), None);
    assert_eq!(store.topology(day("2026-11-09")).await.unwrap(), Some(old));
    assert_eq!(
        store.topology(day("2026-11-21")).await.unwrap(),
        Some(new.clone())
    );
    let newer = topology("version: 1\nqueues: {c: {}}");
    store.put_topology(day("2026-11-10"), &newer).await.unwrap();
    let kept = KeptTopology {
        from: day("2026-11-10"),
        topology: newer,
    };
    let found = store.kept_topology(day("2026-11-21")).await.unwrap();
    assert_eq!(found, Some(kept));
}

async fn the_last_readings_are_kept(store: &impl TopologyHistory) {
    assert!(store.readings().await.unwrap().is_empty());
    for second in [1, 2] {
        let mut readings = Readings::default();
        let part = PulledPart {
            home: Home::of("111111111111", "eu-west-1"),
            service: AwsService::Sqs,
            draft: Draft::default(),
            gaps: Vec::new(),
            is_whole: true,
        };
        readings.add(&[part], Timestamp::from_second(second).unwrap());
        store.put_readings(&readings).await.unwrap();
        assert_eq!(store.readings().await.unwrap(), readings);
    }
    assert!(store.topology(day("2026-11-21")).await.unwrap().is_none());
}

async fn the_changes_are_those_of_the_topologies_that_began_to_hold(store: &impl TopologyHistory) {
    let change = |id: &str| Change {
        at: now(),
        id: id.to_owned(),
        action: None,
        names: Vec::new(),
    };
    for (from, id) in [
        ("2026-11-01", "1"),
        ("2026-11-10", "10"),
        ("2026-11-20", "20"),
    ] {
        let topology = topology(&format!("{{version: 1, queues: {{q{id}: {{}}}}}}"));
        let topology = topology.with_changes(vec![change(id)]);
        store.put_topology(day(from), &topology).await.unwrap();
    }
    let between = async |after: &str, until: &str| {
        let changes = store
            .topology_changes(day(after), day(until))
            .await
            .unwrap();
        let ids = changes.into_iter().map(|change| change.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(between("2026-11-01", "2026-11-20").await, ["10", "20"]);
    assert_eq!(between("2026-10-01", "2026-11-19").await, ["1", "10"]);
    assert_eq!(between("2026-11-10", "2026-11-19").await, [""; 0]);
}

fn topology(yaml: &str) -> Topology {
    Topology::parse(yaml).unwrap()
}
