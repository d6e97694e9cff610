//! Writes markers, which record which batch showed a class on a flow for the first time.
//!
//! The markers of a class are one attribute of the flow's item. A writer that finds something new
//! replaces the attribute in a transaction with the batch that showed it, on the condition that the
//! attribute is still as the writer read it. So only one writer announces it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{
    Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use jiff::Timestamp;
use piitrail_detect::DataClass;
use piitrail_flow::store::{FlowId, Markers, New, ReceiptId, StoreError};

use super::record::ACTION;
use super::schema::{self, Item, PK};
use super::table::Transacted;
use super::{DynamoStore, MARKED_MAX, RACES_MAX, raced};

/// The maximum number of flows marked in one transaction. DynamoDB accepts a hundred items, two of
/// which are the batch and its entry in the outbox.
pub(super) const FLOWS_MAX: usize = 98;

impl DynamoStore {
    /// Writes the markers that change, and returns the ones that are new. The items in `puts` are
    /// written in the same transaction as the first markers, and the list is empty afterwards.
    pub(super) async fn mark_all(
        &self,
        batch: ReceiptId,
        puts: &mut Vec<Item>,
        mut seen: New,
    ) -> Result<New, StoreError> {
        let mut announced = New::new();
        let mut races = 0;
        while !seen.is_empty() {
            let rest = match seen.keys().nth(FLOWS_MAX).copied() {
                Some(beyond) => seen.split_off(&beyond),
                None => New::new(),
            };
            if let Some(mut new) = self.mark(batch, puts, &seen).await? {
                puts.clear();
                seen.clear();
                announced.append(&mut new);
            } else if races < RACES_MAX {
                races += 1;
                self.drop_marked(&mut seen);
            } else {
                return Err(raced(ACTION));
            }
            seen.extend(rest);
        }
        Ok(announced)
    }

    /// Writes markers and items in one transaction, and returns the markers that are new. Returns
    /// `None` if other writers were faster; their markers are then in the cache.
    async fn mark(
        &self,
        batch: ReceiptId,
        puts: &[Item],
        seen: &New,
    ) -> Result<Option<New>, StoreError> {
        let mut new = New::new();
        let mut items = Vec::with_capacity(seen.len() + puts.len());
        let mut written = BTreeMap::new();
        for (flow, classes) in seen {
            let mut changes = Vec::new();
            for (class, seen) in classes {
                let before = self.cached_markers(*flow, *class);
                let mut markers = before.clone().unwrap_or_default();
                let of_class = markers.admit(seen.clone(), batch);
                if !of_class.is_empty() {
                    new.entry(*flow).or_default().insert(*class, of_class);
                }
                changes.push((schema::class_attribute(*class), before, markers.clone()));
                written.insert((*flow, *class), markers);
            }
            items.push(self.marker(*flow, changes)?);
        }
        for item in puts {
            let put = Put::builder()
                .table_name(self.table.name())
                .set_item(Some(item.clone()))
                .build()
                .map_err(|e| StoreError::backend(ACTION, e))?;
            items.push(TransactWriteItem::builder().put(put).build());
        }
        let stood = match self.table.transact(ACTION, items).await? {
            Transacted::Applied => {
                self.cache_written(written);
                return Ok(Some(new));
            }
            Transacted::Rejected(stood) => stood,
        };
        let mut untold = Vec::new();
        for (flow, item) in seen.keys().zip(&stood) {
            match item {
                Some(item) if item.is_empty() => untold.push(flow),
                Some(item) => self.cache_markers(*flow, item),
                None => {}
            }
        }
        if !untold.is_empty() {
            // The answer did not contain the stored markers.
            self.read_marked(untold.into_iter(), true).await?;
        }
        // If the markers name this batch, an earlier attempt wrote them and its answer was lost.
        let is_ours = seen.iter().all(|(flow, classes)| {
            classes.iter().all(|(class, seen)| {
                let markers = self.cached_markers(*flow, *class).unwrap_or_default();
                let announced = new.get(flow).and_then(|classes| classes.get(class));
                let mut announced = announced.into_iter().flatten();
                announced.all(|first| markers.are_of(first, batch))
                    && seen.iter().all(|first| markers.have(first))
            })
        });
        Ok((is_ours && !new.is_empty()).then_some(new))
    }

    /// Returns the update of a flow's markers, on the condition that they are as they were read.
    fn marker(
        &self,
        flow: FlowId,
        changes: Vec<(String, Option<Markers>, Markers)>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(schema::flow_key(flow)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut set = Vec::new();
        let mut condition = Vec::new();
        for (place, (attribute, before, markers)) in changes.into_iter().enumerate() {
            set.push(format!("#c{place} = :c{place}"));
            update = update
                .expression_attribute_names(format!("#c{place}"), attribute)
                .expression_attribute_values(format!(":c{place}"), schema::marks(&markers));
            match before {
                None => condition.push(format!("attribute_not_exists(#c{place})")),
                Some(before) => {
                    condition.push(format!("#c{place} = :b{place}"));
                    update = update
                        .expression_attribute_values(format!(":b{place}"), schema::marks(&before));
                }
            }
        }
        let update = update
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(condition.join(" AND "))
            .build()
            .map_err(|e| StoreError::backend(ACTION, e))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Returns the markers of a class, as they were last read or written.
    fn cached_markers(&self, flow: FlowId, class: DataClass) -> Option<Markers> {
        self.cache().marked.get(&(flow, class)).cloned()
    }

    /// Removes the entries that change none of the cached markers.
    pub(super) fn drop_marked(&self, seen: &mut New) {
        let cache = self.cache();
        let nobody = ReceiptId::from_bytes([0; ReceiptId::BYTES]);
        seen.retain(|flow, classes| {
            classes.retain(|class, seen| {
                cache.marked.get(&(*flow, *class)).is_none_or(|markers| {
                    let mut admitted = markers.clone();
                    admitted.admit(seen.clone(), nobody);
                    admitted != *markers
                })
            });
            !classes.is_empty()
        });
    }

    /// Returns true if the cache lacks a marker for any of these. A home that becomes known is not
    /// new.
    pub(super) fn has_news(&self, seen: &New) -> bool {
        let cache = self.cache();
        seen.iter().any(|(flow, classes)| {
            classes.iter().any(|(class, seen)| {
                let markers = cache.marked.get(&(*flow, *class));
                seen.iter()
                    .any(|first| markers.is_none_or(|markers| !markers.have(first)))
            })
        })
    }

    fn cache_written(&self, written: BTreeMap<(FlowId, DataClass), Markers>) {
        let mut cache = self.cache();
        if cache.marked.len() > MARKED_MAX {
            cache.marked.clear();
        }
        cache.marked.extend(written);
    }

    /// Caches the markers of a flow's item.
    fn cache_markers(&self, flow: FlowId, item: &Item) {
        let markers = schema::markers_of(item).map(|(class, markers)| ((flow, class), markers));
        self.cache_written(markers.collect());
    }

    /// Reads the markers of these flows into the cache, each flow once for all batches with this
    /// time. If another writer changes them later, the rejected write returns the change.
    pub(super) async fn ask_once(
        &self,
        flows: impl Iterator<Item = &FlowId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let unknown: Vec<FlowId> = {
            let (asked_at, asked) = &mut self.cache().asked;
            if asked_at.replace(at) != Some(at) {
                asked.clear();
            }
            let unknown = flows.filter(|flow| !asked.contains(flow));
            unknown.copied().collect()
        };
        if !unknown.is_empty() {
            self.read_marked(unknown.iter(), false).await?;
            self.cache().asked.1.extend(unknown);
        }
        Ok(())
    }

    /// Reads the markers of these flows into the cache.
    pub(super) async fn read_marked(
        &self,
        flows: impl Iterator<Item = &FlowId>,
        consistent: bool,
    ) -> Result<(), StoreError> {
        for (flow, item) in self.marks_of(flows, consistent).await? {
            self.cache_markers(flow, &item);
        }
        Ok(())
    }

    /// Reads the markers of these flows.
    pub(super) async fn marks_of(
        &self,
        flows: impl Iterator<Item = &FlowId>,
        consistent: bool,
    ) -> Result<BTreeMap<FlowId, Item>, StoreError> {
        let by_key: BTreeMap<String, FlowId> =
            flows.map(|flow| (schema::flow(*flow), *flow)).collect();
        let keys = by_key.values().map(|flow| schema::flow_key(*flow));
        let items = self.table.get_all(keys.collect(), consistent).await?;
        let flow_of = |item: &Item| by_key.get(item.get(PK)?.as_s().ok()?).copied();
        Ok(items
            .into_iter()
            .filter_map(|item| Some((flow_of(&item)?, item)))
            .collect())
    }
}
