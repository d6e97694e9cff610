//! Claims about adding up sketches of people.

use piitrail_detect::Fingerprint;

use super::*;

fn subject(kind: SubjectKind, n: u8) -> Subject {
    let bytes = [
        n.wrapping_mul(41),
        n,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
    ];
    Subject {
        kind,
        fingerprint: Fingerprint::from_bytes(bytes),
    }
}

fn epoch(name: &str) -> Epoch {
    name.parse().unwrap()
}

#[test]
fn an_address_and_a_number_of_one_person_are_not_two_people() {
    let subjects = [
        subject(SubjectKind::Email, 1),
        subject(SubjectKind::Phone, 2),
        subject(SubjectKind::Customer, 3),
    ];
    let people = People::of_one_event(&epoch("2026-11"), &subjects);
    assert_eq!(people.headcount(), Some(Headcount { low: 1, high: 1 }));
}

#[test]
fn epochs_are_kept_apart_and_make_a_span() {
    let mut people = People::default();
    for (name, n) in [
        ("2026-10", 1),
        ("2026-10", 2),
        ("2026-11", 3),
        ("2026-11", 3),
    ] {
        people.merge(&People::of_one_event(
            &epoch(name),
            &[subject(SubjectKind::Email, n)],
        ));
    }
    assert_eq!(people.events, 4);
    assert_eq!(people.headcount(), Some(Headcount { low: 2, high: 3 }));
}

#[test]
fn nobody_looked_is_unknown_and_nobody_found_is_none() {
    assert_eq!(People::default().headcount(), None);
    let nobody = People::of_one_event(&epoch("2026-11"), &[]);
    assert_eq!(nobody.headcount(), Some(Headcount { low: 0, high: 0 }));
}
