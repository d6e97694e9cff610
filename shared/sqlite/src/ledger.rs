//! Reads edges and coverage by day and month, and rolls days up to months.

use jiff::Timestamp;
use piitrail_flow::edge::{EdgeFacts, EdgeKey};
use piitrail_flow::ledger::{Coverage, Ledger, Place};
use piitrail_flow::store::{Page, Query, Retention, RolledUp, StoreError};
use piitrail_flow::time::{Day, Span, day_of, last_of_month, month_of};
use rusqlite::{Connection, TransactionBehavior};

use crate::fault::failed;
use crate::merged::{COVERAGE_MONTHS, EDGE_MONTHS, for_each_entry};
use crate::{reading, receipts, subjects};

/// Reads the days and months of a span.
pub(crate) fn read(connection: &mut Connection, query: &Query) -> Result<Page, StoreError> {
    let Span { from, to } = query.span;
    let last = to.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
    let first = |from: Option<Day>| from.map_or_else(String::new, |day| day.to_string());
    let (first_day, first_month) = (first(from), first(from.map(month_of)));
    let days = [&*first_day, &*last];
    let months = [&*first_month, &*last];

    let mut page = Page::default();
    let Page {
        ledger,
        whole_months,
        ..
    } = &mut page;
    let mut note_month = |month: Day| {
        if !query.span.covers(month, last_of_month(month)) {
            whole_months.insert(month);
        }
    };
    // One transaction reads everything, so that content that a roll-up moves meanwhile is neither
    // missed nor read twice.
    let moment = connection.transaction().map_err(reading)?;
    let sql = "SELECT day, edge, facts, checksum FROM edge_month WHERE day BETWEEN ?1 AND ?2";
    for_each_entry(&moment, sql, &months, |month, key: EdgeKey, facts| {
        note_month(month);
        ledger.add_edge(month, key, &facts);
    })?;
    let sql = "SELECT day, edge, facts, checksum FROM edge WHERE day BETWEEN ?1 AND ?2";
    for_each_entry(&moment, sql, &days, |day, key: EdgeKey, facts| {
        ledger.add_edge(day, key, &facts);
    })?;
    let sql = "SELECT day, place, facts, checksum FROM coverage_month WHERE day BETWEEN ?1 AND ?2";
    for_each_entry(&moment, sql, &months, |month, place: Place, coverage| {
        note_month(month);
        ledger.add_coverage(month, place, &coverage);
    })?;
    let sql = "SELECT day, place, facts, checksum FROM coverage WHERE day BETWEEN ?1 AND ?2";
    for_each_entry(&moment, sql, &days, |day, place: Place, coverage| {
        ledger.add_coverage(day, place, &coverage);
    })?;
    Ok(page)
}

/// Counts the days before the first day that is kept, and the months before the first month.
pub(crate) fn expired(
    connection: &Connection,
    first_day: &str,
    first_month: &str,
) -> rusqlite::Result<(u64, u64)> {
    let count = |sql: &str, first: &str| {
        let found: rusqlite::Result<u32> = connection.query_row(sql, [first], |row| row.get(0));
        found.map(u64::from)
    };
    let days = count(
        "SELECT count(*) FROM (SELECT day FROM edge WHERE day < ?1
         UNION SELECT day FROM coverage WHERE day < ?1)",
        first_day,
    )?;
    let months = count(
        "SELECT count(*) FROM (SELECT day FROM edge_month WHERE day < ?1
         UNION SELECT day FROM coverage_month WHERE day < ?1)",
        first_month,
    )?;
    Ok((days, months))
}

/// Merges days that are no longer kept separately into months, and deletes expired months.
pub(crate) fn roll_up(
    connection: &mut Connection,
    now: Timestamp,
    keep: Retention,
) -> Result<RolledUp, StoreError> {
    let rolling = |e| failed("roll days up to months", e);
    let first_day = keep.first_day(now).to_string();
    let first_month = keep.first_month(now).to_string();
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(rolling)?;
    let (days_merged, months_deleted) =
        expired(&transaction, &first_day, &first_month).map_err(rolling)?;
    let mut past = Ledger::default();
    let sql = "SELECT day, edge, facts, checksum FROM edge WHERE day < ?1";
    for_each_entry(
        &transaction,
        sql,
        &[&first_day],
        |day, key: EdgeKey, facts| {
            past.add_edge(month_of(day), key, &facts);
        },
    )?;
    let sql = "SELECT day, place, facts, checksum FROM coverage WHERE day < ?1";
    for_each_entry(
        &transaction,
        sql,
        &[&first_day],
        |day, place: Place, coverage| {
            past.add_coverage(month_of(day), place, &coverage);
        },
    )?;
    EDGE_MONTHS.merge(&transaction, &past.edges, EdgeFacts::merge)?;
    COVERAGE_MONTHS.merge(&transaction, &past.coverage, Coverage::merge)?;
    for (table, first) in [
        ("edge", &first_day),
        ("coverage", &first_day),
        ("edge_month", &first_month),
        ("coverage_month", &first_month),
    ] {
        transaction
            .execute(&format!("DELETE FROM {table} WHERE day < ?1"), [first])
            .map_err(rolling)?;
    }
    subjects::forget_before(&transaction, &first_day).map_err(rolling)?;
    receipts::forget_earlier(&transaction, day_of(now)).map_err(rolling)?;
    transaction.commit().map_err(rolling)?;
    Ok(RolledUp {
        days_merged,
        months_deleted,
        ..RolledUp::default()
    })
}
