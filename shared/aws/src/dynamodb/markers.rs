//! Markers: which class was seen on which flow first, and by which batch.
//!
//! A marker is written once, in a transaction with the batch that showed the class, so that one writer
//! alone announces it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{
    Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use piitrail_detect::DataClass;
use piitrail_flow::store::{FirstSeen, FlowId, ReceiptId, StoreError};

use super::record::ACTION;
use super::schema::{self, Item, PK};
use super::table::Transacted;
use super::{DynamoStore, MARKED_MAX, RACES_MAX, raced};

/// The most flows marked in one transaction: DynamoDB takes a hundred items, and the batch and its
/// entry in the outbox are two of them.
pub(super) const FLOWS_MAX: usize = 98;

/// Classes that may be new, by flow.
pub(super) type New = BTreeMap<FlowId, BTreeMap<DataClass, FirstSeen>>;

impl DynamoStore {
    /// Writes the markers that do not exist yet, and returns what they mark. The items in `puts` are
    /// written in the same transaction as the first markers; the list is empty when they are written.
    pub(super) async fn mark_all(
        &self,
        batch: ReceiptId,
        puts: &mut Vec<Item>,
        mut new: New,
    ) -> Result<New, StoreError> {
        let mut marked = New::new();
        let mut races = 0;
        while !new.is_empty() {
            let rest = match new.keys().nth(FLOWS_MAX).copied() {
                Some(beyond) => new.split_off(&beyond),
                None => New::new(),
            };
            if self.mark(batch, puts, &new).await? {
                puts.clear();
                self.cache_marked(&new);
                marked.append(&mut new);
            } else if races < RACES_MAX {
                races += 1;
                self.drop_marked(&mut new);
            } else {
                return Err(raced(ACTION));
            }
            new.extend(rest);
        }
        Ok(marked)
    }

    /// Writes markers and items in one transaction. Returns whether they were written; where other
    /// writers were faster, their markers are cached.
    async fn mark(&self, batch: ReceiptId, puts: &[Item], new: &New) -> Result<bool, StoreError> {
        let mut items = Vec::with_capacity(new.len() + puts.len());
        for (flow, classes) in new {
            items.push(self.marker(*flow, classes, batch)?);
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
            Transacted::Applied => return Ok(true),
            Transacted::Rejected(stood) => stood,
        };
        // The markers name this batch: an earlier attempt wrote them and its answer was lost.
        let is_ours = new.iter().zip(&stood).all(|((_, classes), item)| {
            item.as_ref().is_some_and(|item| {
                classes
                    .keys()
                    .all(|class| is_marked_by(item, *class, batch))
            })
        });
        if is_ours {
            return Ok(true);
        }
        let mut untold = Vec::new();
        for (flow, item) in new.keys().zip(&stood) {
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
        Ok(false)
    }

    /// The marker of a flow's classes, on the condition that none of them is marked.
    fn marker(
        &self,
        flow: FlowId,
        classes: &BTreeMap<DataClass, FirstSeen>,
        batch: ReceiptId,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(schema::flow_key(flow)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut set = Vec::new();
        let mut condition = Vec::new();
        for (place, (class, first)) in classes.iter().enumerate() {
            set.push(format!("#c{place} = :c{place}"));
            condition.push(format!("attribute_not_exists(#c{place})"));
            update = update
                .expression_attribute_names(format!("#c{place}"), schema::class_attribute(*class))
                .expression_attribute_values(format!(":c{place}"), schema::mark(first.at, batch));
        }
        let update = update
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(condition.join(" AND "))
            .build()
            .map_err(|e| StoreError::backend(ACTION, e))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Drops the classes that are cached as marked.
    pub(super) fn drop_marked(&self, new: &mut New) {
        let cache = self.cache();
        new.retain(|flow, classes| {
            classes.retain(|class, _| !cache.marked.contains(&(*flow, *class)));
            !classes.is_empty()
        });
    }

    /// Caches that these classes are marked.
    fn cache_marked(&self, new: &New) {
        let mut cache = self.cache();
        if cache.marked.len() > MARKED_MAX {
            cache.marked.clear();
        }
        for (flow, classes) in new {
            for class in classes.keys() {
                cache.marked.insert((*flow, *class));
            }
        }
    }

    /// Caches the classes that a marker names.
    fn cache_markers(&self, flow: FlowId, item: &Item) {
        let mut cache = self.cache();
        if cache.marked.len() > MARKED_MAX {
            cache.marked.clear();
        }
        for (name, _) in schema::marks_of(item) {
            if let Ok(class) = name.parse() {
                cache.marked.insert((flow, class));
            }
        }
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

/// Whether the marker of a class names this batch.
pub(super) fn is_marked_by(flow: &Item, class: DataClass, batch: ReceiptId) -> bool {
    let class = schema::class_attribute(class);
    schema::marks_of(flow).any(|(name, by)| name == class && by == batch.as_bytes())
}
