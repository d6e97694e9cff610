//! Batches, ledgers and times that the claims share.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use piitrail_detect::{DataClass, Fingerprint, Limit, Subject, SubjectKind, Unread};

use super::ENGINE;
use crate::channel::{Channel, ChannelKind};
use crate::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, EdgePath, Flow};
use crate::envelope::Reason;
use crate::ledger::{Coverage, Ledger};
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::people::People;
use crate::store::{Batch, PossibleRedelivery, Query, Reading, ReceiptId, read_all};
use crate::subject::{Epoch, Sightings};
use crate::time::{Day, Span, day_of};

pub(super) async fn whole(store: &impl Reading) -> Ledger {
    read_days(store, Span::default()).await
}

pub(super) async fn read_days(store: &impl Reading, span: Span) -> Ledger {
    // Before a roll-up, right after it, and long after it.
    let [first, second, third] = [0, 7_201, 100_000].map(later);
    let read = |at: Timestamp| async move {
        let page = read_all(store, &Query::days(span, at)).await.unwrap();
        assert_eq!(page.whole_months, BTreeSet::new());
        page.ledger
    };
    let ledger = read(first).await;
    assert_eq!(read(second).await, ledger);
    assert_eq!(read(third).await, ledger);
    ledger
}

pub(super) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(super) fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn possible_redelivery(id: &str) -> PossibleRedelivery {
    PossibleRedelivery {
        id: ReceiptId::of(id),
        since: "2026-11-20T23:59:00Z".parse().unwrap(),
        until: now(),
    }
}

pub(super) fn batch_of(ids: &[&str], ledger: Ledger) -> Batch {
    Batch {
        at: now(),
        receipts: ids.iter().map(|id| ReceiptId::of(id)).collect(),
        ledger,
        sightings: Sightings::default(),
    }
}

/// Returns a ledger with one edge that is the same for every `n` and one that only `n` has.
pub(super) fn sample_ledger(n: u64) -> Ledger {
    let mut ledger = Ledger::default();
    ledger.add_edge(day("2026-11-21"), key("orders", "mailer"), &facts(n));
    ledger.add_edge(
        day("2026-11-20"),
        key("orders", &format!("consumer-{n}")),
        &facts(n),
    );
    ledger.add_coverage(day("2026-11-21"), None, &coverage(n));
    ledger
}

pub(super) fn key(producer: &str, consumer: &str) -> EdgeKey {
    let name = |text: &str| Name::masked(&ENGINE, text);
    EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, name(producer)),
            consumer: Party::new(PartyKind::Function, name(consumer)),
            channels: vec![Channel::new(ChannelKind::Bus, name("shop"))],
            event_type: name("OrderPlaced"),
        },
        basis: Basis::Matched,
    }
}

pub(super) fn facts(n: u64) -> EdgeFacts {
    let scan = ENGINE
        .scan_json(br#"{"customer":{"email":"ada.lovelace@analytical-engines.org"}}"#)
        .unwrap();
    let paths = scan
        .findings
        .iter()
        .map(|finding| EdgePath::from(&finding.path))
        .collect();
    let at = now();
    EdgeFacts {
        events: 10 + n,
        events_with_findings: n,
        replayed: n,
        unreadable: 1,
        part_unread: n,
        unread: [
            (Unread::Encrypted.into(), 1),
            (Unread::Limit(Limit::Depth).into(), n),
        ]
        .into(),
        first_seen: Some(at),
        last_seen: Some(at),
        classes: BTreeMap::from([(
            DataClass::EmailAddress,
            ClassFacts {
                events: n,
                confidence: scan.findings[0].confidence,
                only_test_data: n.is_multiple_of(2),
                paths,
                more_paths: false,
            },
        )]),
        people: People::of_one_event(&epoch(), &[person(n)]),
    }
}

pub(super) fn epoch() -> Epoch {
    "2026-11".parse().unwrap()
}

/// Returns a different person for every `n`.
pub(super) fn person(n: u64) -> Subject {
    let mut bytes = [7; Fingerprint::BYTES];
    bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    Subject {
        kind: SubjectKind::Email,
        fingerprint: Fingerprint::from_bytes(bytes),
    }
}

pub(super) fn coverage(n: u64) -> Coverage {
    Coverage {
        deliveries: n,
        unreadable: BTreeMap::from([(Reason::NotJson.into(), n)]),
        limits: BTreeMap::from([(crate::limit::Limit::Search(Limit::Depth).into(), 1)]),
    }
}

/// Returns a batch with a receipt for each id and a ledger that counts one event for each.
pub fn batch_of_events(ids: &[usize]) -> Batch {
    let key = EdgeKey {
        flow: Flow {
            producer: Party::new(PartyKind::Service, Name::masked(&ENGINE, "orders")),
            consumer: Party::UNATTRIBUTED,
            channels: Vec::new(),
            event_type: Name::masked(&ENGINE, "OrderPlaced"),
        },
        basis: Basis::Observed,
    };
    let facts = EdgeFacts {
        events: 1,
        ..EdgeFacts::default()
    };
    let seen = Coverage {
        deliveries: 1,
        ..Coverage::default()
    };
    let mut ledger = Ledger::default();
    let today = day_of(now());
    for _ in ids {
        ledger.add_edge(today, key.clone(), &facts);
        ledger.add_coverage(today, None, &seen);
    }
    Batch {
        at: now(),
        receipts: ids.iter().map(|n| ReceiptId::of(&n.to_string())).collect(),
        ledger,
        sightings: Sightings::default(),
    }
}

/// Returns the total of events and of deliveries.
pub async fn events_in(store: &dyn Reading) -> (u64, u64) {
    let whole = read_all(store, &Query::days(Span::default(), now()))
        .await
        .unwrap()
        .ledger;
    (
        whole.edges.values().map(|facts| facts.events).sum(),
        whole.coverage.values().map(|seen| seen.deliveries).sum(),
    )
}
