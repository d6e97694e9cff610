//! The laws of merging, which let tracers, stores and reports merge parts in any order.

use crate::counts::{Counted, Counts, KnownOrLater, UnreadEvents};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Engine, Fingerprint, Subject, SubjectKind, Unread};
use proptest::prelude::*;

use super::*;
use crate::channel::ChannelKind;
use crate::edge::{Basis, ClassFacts, EdgePath, Flow, PATHS_MAX};
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::people::People;

fn path(n: u8) -> EdgePath {
    serde_json::from_value(format!("$.field_{n:03}[*].email").into()).unwrap()
}

fn class_facts() -> impl Strategy<Value = ClassFacts> {
    (
        1..1_000_u64,
        0..=100_u8,
        any::<bool>(),
        prop::collection::btree_set(any::<u8>(), 0..100),
        any::<bool>(),
    )
        .prop_map(|(events, percent, only_test_data, paths, more_paths)| {
            let paths: BTreeSet<EdgePath> = paths.into_iter().map(path).collect();
            ClassFacts {
                events,
                confidence: Confidence::new(percent),
                only_test_data,
                more_paths: more_paths || paths.len() > PATHS_MAX,
                paths: paths.into_iter().take(PATHS_MAX).collect(),
            }
        })
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (0..2_000_000_000_i64).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn edge_facts() -> impl Strategy<Value = EdgeFacts> {
    let class = prop::sample::select(vec![
        DataClass::EmailAddress,
        DataClass::CreditCard,
        DataClass::PersonName,
    ]);
    (
        prop_oneof![0..1_000_u64, Just(u64::MAX)],
        0..1_000_u64,
        0..10_u64,
        prop::option::of(instant()),
        prop::option::of(instant()),
        prop::collection::btree_map(class, class_facts(), 0..3),
        people(),
        unread(),
    )
        .prop_map(
            |(events, found, few, first_seen, last_seen, classes, people, unread)| EdgeFacts {
                events,
                events_with_findings: found,
                replayed: few,
                unreadable: few,
                part_unread: unread.values().copied().max().unwrap_or(0),
                unread,
                first_seen,
                last_seen,
                classes,
                people,
            },
        )
}

/// Events by reason. Only a later version knows one of the reasons.
fn unread() -> impl Strategy<Value = UnreadEvents> {
    let known = Unread::all().map(KnownOrLater::Known);
    let later = KnownOrLater::of_name("holographic");
    let names = known.chain([later]).collect::<Vec<_>>();
    let counts = prop_oneof![1..9_u64, Just(u64::MAX)];
    prop::collection::btree_map(prop::sample::select(names), counts, 0..4)
}

fn people() -> impl Strategy<Value = People> {
    let event = (
        prop::sample::select(vec!["2026-10", "2026-11"]),
        prop::sample::select(SubjectKind::ALL.to_vec()),
        any::<[u8; 16]>(),
    );
    prop::collection::vec(event, 0..4).prop_map(|events| {
        let mut people = People::default();
        for (epoch, kind, bytes) in events {
            let fingerprint = Fingerprint::from_bytes(bytes);
            let subject = Subject { kind, fingerprint };
            people.merge(&People::of_one_event(&epoch.parse().unwrap(), &[subject]));
        }
        people
    })
}

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn edge_key() -> impl Strategy<Value = EdgeKey> {
    let name = |n: u8| Name::masked(&ENGINE, &format!("service-{}", char::from(b'a' + n)));
    (0..2_u8, 0..2_u8, 0..2_u8, any::<bool>()).prop_map(move |(from, to, over, is_observed)| {
        EdgeKey {
            flow: Flow {
                producer: Party::new(PartyKind::Service, name(from)),
                consumer: if to == 0 {
                    Party::UNATTRIBUTED
                } else {
                    Party::new(PartyKind::Function, name(to))
                },
                channels: (0..over)
                    .map(|n| Channel::new(ChannelKind::Queue, name(n)))
                    .collect(),
                event_type: name(9),
            },
            basis: if is_observed {
                Basis::Observed
            } else {
                Basis::Matched
            },
        }
    })
}

fn coverage() -> impl Strategy<Value = Coverage> {
    fn counts<T: Counted + fmt::Debug + 'static>() -> impl Strategy<Value = Counts<T>> {
        let known = T::all().map(KnownOrLater::Known);
        let later = ["a", "b", "zoom"].map(KnownOrLater::of_name);
        let counted = known.chain(later).collect::<Vec<_>>();
        let times = prop_oneof![0..9_u64, Just(u64::MAX)];
        prop::collection::btree_map(prop::sample::select(counted), times, 0..3)
    }
    (0..99_u64, counts(), counts()).prop_map(|(deliveries, unreadable, limits)| Coverage {
        deliveries,
        unreadable,
        limits,
    })
}

fn day() -> impl Strategy<Value = Day> {
    (1..4_i8).prop_map(|day| Day::new(2026, 11, day).unwrap())
}

fn ledger() -> impl Strategy<Value = Ledger> {
    let place = prop::option::of(
        edge_key().prop_map(|key| Channel::new(ChannelKind::Topic, key.flow.event_type)),
    );
    (
        prop::collection::btree_map((day(), edge_key()), edge_facts(), 0..4),
        prop::collection::btree_map((day(), place), coverage(), 0..3),
    )
        .prop_map(|(edges, coverage)| Ledger { edges, coverage })
}

fn merged(parts: &[&Ledger]) -> Ledger {
    let mut whole = Ledger::default();
    for part in parts {
        whole.merge((*part).clone());
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_does_not_depend_on_the_order(a in ledger(), b in ledger()) {
        prop_assert_eq!(merged(&[&a, &b]), merged(&[&b, &a]));
    }

    #[test]
    fn merging_does_not_depend_on_the_grouping(a in ledger(), b in ledger(), c in ledger()) {
        let (left, right) = (merged(&[&a, &b]), merged(&[&b, &c]));
        prop_assert_eq!(merged(&[&left, &c]), merged(&[&a, &right]));
    }

    #[test]
    fn a_packed_ledger_unpacks_to_itself(a in ledger()) {
        prop_assert_eq!(Ledger::unpack(&a.pack().unwrap()).unwrap(), a);
    }

    #[test]
    fn damaged_bytes_are_an_error_and_no_panic(
        a in ledger(),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
        is_cut in any::<bool>(),
    ) {
        let mut packed = a.pack().unwrap();
        let at = at.index(packed.len());
        packed[at] = with;
        if is_cut {
            packed.truncate(at);
        }
        let _ = Ledger::unpack(&packed);
    }

    #[test]
    fn damaged_columns_are_an_error_and_no_panic(
        a in ledger(),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
    ) {
        // Past gzip's checksum: the columns themselves are damaged.
        let packed = a.pack().unwrap();
        let mut columns = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[1..]), &mut columns)
            .unwrap();
        let at = at.index(columns.len());
        columns[at] = with;
        let mut again = flate2::write::GzEncoder::new(vec![packed[0]], flate2::Compression::fast());
        std::io::Write::write_all(&mut again, &columns).unwrap();
        let _ = Ledger::unpack(&again.finish().unwrap());
    }

    #[test]
    fn an_empty_ledger_changes_nothing(a in ledger()) {
        let empty = Ledger::default();
        prop_assert_eq!(&merged(&[&a, &empty]), &a);
        prop_assert_eq!(&merged(&[&empty, &a]), &a);
    }

    #[test]
    fn the_paths_kept_are_the_smallest_of_all_however_they_came(
        parts in prop::collection::vec(prop::collection::btree_set(any::<u8>(), 1..90), 1..6),
    ) {
        let facts = |numbers: &BTreeSet<u8>| {
            let mut facts = ClassFacts {
                events: 1,
                confidence: Confidence::REPORTED,
                only_test_data: false,
                paths: BTreeSet::new(),
                more_paths: false,
            };
            for number in numbers {
                facts.add_path(path(*number));
            }
            facts
        };
        let mut kept = facts(&parts[0]);
        for part in &parts[1..] {
            kept.merge(&facts(part));
        }
        let all: BTreeSet<EdgePath> = parts.iter().flatten().map(|number| path(*number)).collect();
        prop_assert_eq!(kept.more_paths, all.len() > PATHS_MAX);
        prop_assert!(kept.paths.iter().eq(all.iter().take(PATHS_MAX)));
    }

    #[test]
    fn what_is_written_reads_back(a in ledger()) {
        let text = serde_json::to_string(&a).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Ledger>(&text).unwrap(), &a);
        for ((_, key), facts) in &a.edges {
            let key_text = serde_json::to_string(key).unwrap();
            prop_assert_eq!(&serde_json::from_str::<EdgeKey>(&key_text).unwrap(), key);
            let facts_text = serde_json::to_string(facts).unwrap();
            prop_assert_eq!(&serde_json::from_str::<EdgeFacts>(&facts_text).unwrap(), facts);
        }
    }

    #[test]
    fn a_span_keeps_its_days_and_no_others(a in ledger(), from in day(), to in day()) {
        let span = Span { from: Some(from), to: Some(to) };
        let mut kept = a.clone();
        kept.retain(span);
        prop_assert!(kept.edges.keys().all(|(day, _)| span.contains(*day)));
        let outside = a.edges.keys().filter(|(day, _)| !span.contains(*day)).count();
        prop_assert_eq!(kept.edges.len() + outside, a.edges.len());
    }
}

/// A ledger in format 2, from before homes were packed.
const FORMAT_2: &str = include_str!("packed/format_2.hex");

/// A ledger in format 3, from before unread events were packed.
const FORMAT_3: &str = include_str!("packed/format_3.hex");

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    hexadecimal
        .trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn a_ledger_that_an_earlier_version_packed_is_read_with_homes_unknown() {
    let bytes = bytes_of(FORMAT_2);
    assert_eq!(bytes[0], 2);
    let ledger = Ledger::unpack(&bytes).unwrap();
    let events: u64 = ledger.edges.values().map(|facts| facts.events).sum();
    assert_eq!((ledger.edges.len(), events), (11, 15));
    for (_, key) in ledger.edges.keys() {
        assert!(key.flow.homes().all(|home| home.is_unknown()));
    }
    // Packing the ledger again writes this version's format, and the content stays the same.
    let again = Ledger::unpack(&ledger.pack().unwrap()).unwrap();
    assert_eq!(again, ledger);
}

#[test]
fn a_ledger_of_the_version_before_unread_events_is_read_with_its_homes_and_without_reasons() {
    let bytes = bytes_of(FORMAT_3);
    assert_eq!(bytes[0], 3);
    let ledger = Ledger::unpack(&bytes).unwrap();
    let sum = |count: fn(&EdgeFacts) -> u64| ledger.edges.values().map(count).sum::<u64>();
    assert_eq!((ledger.edges.len(), sum(|facts| facts.events)), (6, 36));
    assert_eq!(sum(|facts| facts.unreadable), 6);
    assert_eq!(sum(|facts| facts.part_unread), 0);
    assert!(ledger.edges.values().all(|facts| facts.unread.is_empty()));
    let homes = ledger.edges.keys().flat_map(|(_, key)| key.flow.homes());
    assert_eq!(homes.filter(|home| !home.is_unknown()).count(), 8);
    let again = Ledger::unpack(&ledger.pack().unwrap()).unwrap();
    assert_eq!(again, ledger);
}

/// A ledger in format 4, from before state machines and other AWS resources were consumers.
const FORMAT_4: &str = include_str!("packed/format_4.hex");

#[test]
fn a_ledger_of_the_version_before_other_aws_consumers_is_read_with_its_reasons() {
    let bytes = bytes_of(FORMAT_4);
    assert_eq!(bytes[0], 4);
    let ledger = Ledger::unpack(&bytes).unwrap();
    let sum = |count: fn(&EdgeFacts) -> u64| ledger.edges.values().map(count).sum::<u64>();
    assert_eq!((ledger.edges.len(), sum(|facts| facts.events)), (6, 36));
    assert_eq!(sum(|facts| facts.part_unread), 2);
    let again = Ledger::unpack(&ledger.pack().unwrap()).unwrap();
    assert_eq!(again, ledger);
}

#[test]
fn a_version_that_knows_fewer_kinds_of_consumers_refuses_what_this_one_packs() {
    let packed = Ledger::default().pack().unwrap();
    assert!(packed[0] > 4);
    let mut newer = packed;
    newer[0] += 1;
    assert!(matches!(
        Ledger::unpack(&newer),
        Err(PackError::Newer(format)) if format == newer[0]
    ));
}
