//! Claims about the roll-up: it changes no number, whatever else happens meanwhile.

use std::collections::BTreeSet;
use std::future::Future;

use super::samples::{
    batch_of, coverage, day, facts, key, later, possible_redelivery, read_days, sample_ledger,
    whole,
};
use crate::ledger::Ledger;
use crate::store::{Counting, Grain, Query, Reading, Retention, RollUp, read_all};
use crate::time::{Day, Span};

/// Runs every claim against its own empty store.
pub(super) async fn run<S, F>(mut empty_store: impl FnMut() -> F)
where
    S: Counting + Reading + RollUp,
    F: Future<Output = S>,
{
    a_roll_up_changes_no_number(&empty_store().await).await;
    a_late_batch_joins_what_was_rolled_up(&empty_store().await).await;
    a_roll_up_between_two_pages_is_not_seen(&empty_store().await).await;
    old_days_become_months_and_old_months_go(&empty_store().await).await;
    what_was_counted_is_known_after_a_roll_up(&empty_store().await).await;
}

async fn a_roll_up_changes_no_number(store: &(impl Counting + Reading + RollUp)) {
    let mut sum = Ledger::default();
    for n in 0..8 {
        let mut ledger = sample_ledger(n);
        for edge in 0..40 {
            let on = day(&format!("2026-{:02}-{:02}", 9 + edge % 3, 1 + edge % 28));
            ledger.add_edge(on, key("orders", &format!("consumer-{edge}")), &facts(n));
        }
        let batch = batch_of(&[&format!("m-{n}")], ledger);
        store.record(&batch).await.unwrap();
        sum.merge(batch.ledger);
        if n % 3 == 0 {
            roll_up_to(store, 7_200, &Retention::default()).await;
        }
    }
    assert_eq!(whole(store).await, sum);
    for (from, to) in [
        ("2026-09-01", "2026-11-30"),
        ("2026-09-02", "2026-11-30"),
        ("2026-09-15", "2026-10-14"),
        ("2026-10-01", "2026-10-31"),
        ("2026-11-21", "2026-11-21"),
    ] {
        let span = Span {
            from: Some(day(from)),
            to: Some(day(to)),
        };
        let mut expected = sum.clone();
        expected.retain(span);
        assert_eq!(read_days(store, span).await, expected, "{from} to {to}");
        for seconds in [0, 100_000] {
            let query = Query::sum(span, later(seconds));
            let summed = read_all(store, &query).await.unwrap();
            assert_eq!(
                totals(summed.ledger),
                totals(expected.clone()),
                "{from} to {to}"
            );
            assert_eq!(summed.whole_months, BTreeSet::new());
        }
    }
}

async fn a_late_batch_joins_what_was_rolled_up(store: &(impl Counting + Reading + RollUp)) {
    let first = batch_of(&["m-1"], sample_ledger(1));
    store.record(&first).await.unwrap();
    roll_up_to(store, 7_200, &Retention::default()).await;
    // A batch of the same days, written after they were rolled up by a writer whose clock went
    // back.
    let mut second = batch_of(&["m-2"], sample_ledger(2));
    second.at = later(-3_600);
    store.record(&second).await.unwrap();
    let mut sum = first.ledger;
    sum.merge(second.ledger);
    assert_eq!(whole(store).await, sum);
    roll_up_to(store, 14_400, &Retention::default()).await;
    assert_eq!(whole(store).await, sum);
}

async fn a_roll_up_between_two_pages_is_not_seen(store: &(impl Counting + Reading + RollUp)) {
    let mut sum = Ledger::default();
    for n in 0..6 {
        let mut ledger = Ledger::default();
        for edge in 0..60 {
            let consumer = format!("consumer-{n}-{edge}");
            // Two days are old enough to be merged into a month; the third stays a day.
            let on = day(["2025-06-10", "2025-06-20", "2026-11-20"][edge % 3]);
            ledger.add_edge(on, key("orders", &consumer), &facts(n));
            ledger.add_coverage(on, None, &coverage(n));
        }
        let batch = batch_of(&[&format!("m-{n}")], ledger);
        store.record(&batch).await.unwrap();
        sum.merge(batch.ledger);
    }
    let query = Query::sum(Span::default(), later(7_000));
    let first = store.read(&query, None).await.unwrap();
    roll_up_to(store, 7_200, &Retention::default()).await;
    let mut read = first.ledger;
    let mut next = first.next;
    while let Some(token) = next {
        let page = store.read(&query, Some(&token)).await.unwrap();
        read.merge(page.ledger);
        next = page.next;
    }
    assert_eq!(totals(read), totals(sum));
}

async fn old_days_become_months_and_old_months_go(store: &(impl Counting + Reading + RollUp)) {
    let mut ledger = Ledger::default();
    for text in [
        "2024-02-10",
        "2025-05-31",
        "2025-06-01",
        "2025-06-20",
        "2026-11-20",
    ] {
        ledger.add_edge(day(text), key("orders", "mailer"), &facts(1));
        ledger.add_coverage(day(text), None, &coverage(1));
    }
    store.record(&batch_of(&["m-1"], ledger)).await.unwrap();
    let keep = Retention {
        days: 400,
        months: 24,
    };
    roll_up_to(store, 7_200, &keep).await;

    let read = |from: &str, to: &str| Query {
        span: Span {
            from: Some(day(from)),
            to: Some(day(to)),
        },
        now: later(10_900),
        grain: Grain::Days,
        people: true,
    };
    // The span has one of two days of a month that is kept only as a whole. The store returns the
    // whole month and says so.
    let page = read_all(store, &read("2025-06-10", "2026-11-21"))
        .await
        .unwrap();
    assert_eq!(page.whole_months, BTreeSet::from([day("2025-06-01")]));
    let days: Vec<Day> = page.ledger.edges.keys().map(|(day, _)| *day).collect();
    assert_eq!(days, [day("2025-06-01"), day("2026-11-20")]);
    let mut both = facts(1);
    both.merge(&facts(1));
    // A store may keep the number of people by day only.
    let whole_month = page.ledger.edges.into_values().next().unwrap();
    assert_eq!(whole_month.split_people().0, both.split_people().0);

    // A month that lies in the span completely is not marked as a whole month.
    let page = read_all(store, &read("2025-05-01", "2025-05-31"))
        .await
        .unwrap();
    assert_eq!(page.whole_months, BTreeSet::new());
    assert_eq!(page.ledger.edges.len(), 1);
    // Months past their retention are deleted.
    let page = read_all(store, &read("2024-01-01", "2024-03-31"))
        .await
        .unwrap();
    assert_eq!(page.ledger, Ledger::default());
}

async fn what_was_counted_is_known_after_a_roll_up(store: &(impl Counting + Reading + RollUp)) {
    let batch = batch_of(&["m-1", "m-2"], sample_ledger(1));
    store.record(&batch).await.unwrap();
    roll_up_to(store, 7_200, &Retention::default()).await;
    assert_eq!(
        store
            .which_were_counted(&[possible_redelivery("m-2")])
            .await
            .unwrap()
            .len(),
        1
    );
    store.record(&batch).await.unwrap();
    assert_eq!(whole(store).await, batch.ledger);
}

/// Rolls up `seconds` from now, immediately again, and an hour later, when what the first run
/// marked is complete.
async fn roll_up_to(store: &(impl Counting + Reading + RollUp), seconds: i64, keep: &Retention) {
    for after in [0, 0, 3_600] {
        store.roll_up(later(seconds + after), keep).await.unwrap();
    }
}

/// Returns the sums of edges and places over all days.
fn totals(ledger: Ledger) -> Ledger {
    let mut totals = Ledger::default();
    for ((_, key), facts) in ledger.edges {
        totals.add_edge(day("2026-01-01"), key, &facts);
    }
    for ((_, place), coverage) in ledger.coverage {
        totals.add_coverage(day("2026-01-01"), place, &coverage);
    }
    totals
}
