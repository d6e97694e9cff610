//! Writing a batch: one `PutItem`, or one transaction where it shows something for the first time.

use aws_sdk_dynamodb::types::{
    Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use jiff::ToSpan as _;
use piitrail_flow::store::{FirstSeen, first_seen};

use super::schema::{Item, PK};
use super::table::{Range, Transacted};
use super::{
    Announcement, BTreeMap, Batch, Claim, DataClass, DynamoStore, FlowId, JOURNAL_DAYS, MARKED_MAX,
    RACES_MAX, ReceiptId, Sightings, StoreError, Timestamp, day_of, raced, schema,
};

/// Flows marked in one transaction: DynamoDB takes a hundred items, and the batch and the outbox are
/// two.
const FLOWS_MAX: usize = 98;

type New = BTreeMap<FlowId, BTreeMap<DataClass, FirstSeen>>;

impl DynamoStore {
    pub(super) async fn write(&self, batch: &Batch) -> Result<Option<Announcement>, StoreError> {
        let head = self.head_for(batch.at).await?;
        let mut at = batch.at;
        if let Some(through) = head.through
            && at <= through
        {
            // By a clock that went back, or again after it was rolled up: what stands below is
            // folded already and read by nobody, so ask whether this is among it.
            let counted = self.receipts(&claims(batch)).await?;
            if !counted.is_empty() {
                return if counted.len() == batch.receipts.len() {
                    Ok(None)
                } else {
                    Err(StoreError::AlreadyCounted(counted))
                };
            }
            at = through + 1.millisecond();
        }
        let lane = schema::lane_of(batch.id(), self.lanes);
        let expires_at = at.checked_add((24 * JOURNAL_DAYS).hours()).ok();
        let item = schema::batch_item(batch, at, lane, expires_at)?;

        let mut new = first_seen(batch);
        self.forget_marked(&mut new);
        if !new.is_empty() {
            self.learn_marked(&new).await?;
            self.forget_marked(&mut new);
        }
        if new.is_empty() {
            self.table.put("record a batch", item).await?;
            return Ok(None);
        }
        if new.len() > FLOWS_MAX && batch.receipts.len() > 1 {
            return Err(StoreError::TooLarge {
                bytes: new.len(),
                limit: FLOWS_MAX,
            });
        }
        self.write_news(batch, item, at, lane, new).await
    }

    /// A batch with its markers and an entry in the outbox.
    async fn write_news(
        &self,
        batch: &Batch,
        item: Item,
        at: Timestamp,
        lane: u16,
        mut new: New,
    ) -> Result<Option<Announcement>, StoreError> {
        const ACTION: &str = "record a batch";
        // One record with more consumers than a transaction has room for: the last hundred go with
        // it, the others just before.
        let mut written: New = BTreeMap::new();
        while new.len() > FLOWS_MAX {
            let Some((&split, _)) = new.iter().nth(FLOWS_MAX) else {
                break;
            };
            let rest = new.split_off(&split);
            let before = std::mem::replace(&mut new, rest);
            written.append(&mut self.transact(batch, None, at, lane, before).await?);
        }
        for _ in 0..RACES_MAX {
            if new.is_empty() && written.is_empty() {
                // Others marked all of it in the meantime.
                self.table.put(ACTION, item).await?;
                return Ok(None);
            }
            let wanted = new.clone();
            let done = self
                .transact(batch, Some(item.clone()), at, lane, wanted)
                .await?;
            if done.is_empty() && !new.is_empty() {
                self.forget_marked(&mut new);
                continue;
            }
            written.extend(done);
            return Ok(Some(Announcement {
                id: schema::outbox_entry(at, lane, batch.id()),
                first_seen: written
                    .into_values()
                    .flat_map(BTreeMap::into_values)
                    .collect(),
            }));
        }
        Err(raced(ACTION))
    }

    /// Marks flows, with the batch where it is given, and says which were marked: all or none.
    async fn transact(
        &self,
        batch: &Batch,
        item: Option<Item>,
        at: Timestamp,
        lane: u16,
        new: New,
    ) -> Result<New, StoreError> {
        const ACTION: &str = "record a batch";
        let id = batch.id();
        let mut items = Vec::with_capacity(new.len() + 2);
        let flows: Vec<FlowId> = new.keys().copied().collect();
        for (flow, classes) in &new {
            items.push(self.marker(*flow, classes, id)?);
        }
        let mut puts = vec![schema::outbox_item(at, lane, id)];
        puts.extend(item);
        for item in puts {
            let put = Put::builder()
                .table_name(self.table.name())
                .set_item(Some(item))
                .build()
                .map_err(|e| StoreError::backend(ACTION, e))?;
            items.push(TransactWriteItem::builder().put(put).build());
        }
        match self.table.transact(ACTION, items).await? {
            Transacted::Yes => {
                self.remember(&new);
                Ok(new)
            }
            Transacted::No(stood) => {
                // What is ours was written by us: the answer to an attempt before was lost.
                let is_ours = flows.iter().zip(&stood).any(|(_, item)| {
                    item.iter()
                        .flat_map(schema::marks_of)
                        .any(|(_, batch)| batch == id.as_bytes())
                });
                if is_ours {
                    self.remember(&new);
                    return Ok(new);
                }
                let mut is_told = true;
                for (flow, item) in flows.iter().zip(&stood) {
                    if let Some(item) = item {
                        is_told &= !item.is_empty();
                        self.remember_item(*flow, item);
                    }
                }
                if !is_told {
                    // It was not said what stood there.
                    self.learn_marked(&new).await?;
                }
                Ok(BTreeMap::new())
            }
        }
    }

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
            .map_err(|e| StoreError::backend("record a batch", e))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn forget_marked(&self, new: &mut New) {
        let memory = self.memory();
        new.retain(|flow, classes| {
            classes.retain(|class, _| !memory.marked.contains(&(*flow, *class)));
            !classes.is_empty()
        });
    }

    fn remember(&self, new: &New) {
        let mut memory = self.memory();
        if memory.marked.len() > MARKED_MAX {
            memory.marked.clear();
        }
        for (flow, classes) in new {
            for class in classes.keys() {
                memory.marked.insert((*flow, *class));
            }
        }
    }

    fn remember_item(&self, flow: FlowId, item: &Item) {
        let mut memory = self.memory();
        for (name, _) in schema::marks_of(item) {
            if let Ok(class) = name.parse() {
                memory.marked.insert((flow, class));
            }
        }
    }

    /// Reads what is marked of these flows.
    async fn learn_marked(&self, new: &New) -> Result<(), StoreError> {
        let by_key: BTreeMap<String, FlowId> = new
            .keys()
            .filter_map(|flow| {
                let key = schema::flow_key(*flow);
                Some((key.get(PK)?.as_s().ok()?.clone(), *flow))
            })
            .collect();
        let keys = new.keys().map(|flow| schema::flow_key(*flow)).collect();
        for item in self.table.get_all(keys).await? {
            let flow = item
                .get(PK)
                .and_then(|pk| by_key.get(pk.as_s().ok()?).copied());
            if let Some(flow) = flow {
                self.remember_item(flow, &item);
            }
        }
        Ok(())
    }

    /// What was written before an instant and not sent since.
    pub(super) async fn outbox(&self, before: Timestamp) -> Result<Vec<Announcement>, StoreError> {
        const ACTION: &str = "read the outbox";
        let mut waiting = Vec::new();
        let mut start = None;
        loop {
            let range = Range {
                pk: schema::OUTBOX.to_owned(),
                condition: "#sk < :before",
                values: vec![(":before", schema::instant(before))],
                attributes: &[],
                consistent: true,
                start,
            };
            let (items, next) = self.table.query(ACTION, &range).await?;
            for item in items {
                let Some(sk) = item.get(schema::SK).and_then(|sk| sk.as_s().ok()) else {
                    continue;
                };
                let first_seen = self.news_of(sk).await?;
                waiting.push(Announcement {
                    id: sk.clone(),
                    first_seen,
                });
            }
            start = next;
            if start.is_none() {
                return Ok(waiting);
            }
        }
    }

    /// What the batch of an entry of the outbox showed for the first time: the classes whose marker
    /// names it.
    async fn news_of(&self, outbox_sk: &str) -> Result<Vec<FirstSeen>, StoreError> {
        let unreadable = |why: &'static str| StoreError::unreadable("an announcement", why);
        let (at, lane, entry, id) =
            schema::batch_of_outbox(outbox_sk).ok_or(unreadable("its key is none"))?;
        let key = schema::key(schema::journal(day_of(at), lane), entry);
        let Some(item) = self.table.get(key, true).await? else {
            // Marked before its batch, which then was not written: it comes again, and is no news.
            return Ok(Vec::new());
        };
        let batch = Batch {
            at,
            receipts: schema::receipts_of(&item)?,
            ledger: schema::ledger_of(&item)?,
            sightings: Sightings::default(),
        };
        let seen = first_seen(&batch);
        let mut by_key = BTreeMap::new();
        for (flow, classes) in seen {
            if let Some(pk) = schema::flow_key(flow)
                .remove(PK)
                .and_then(|pk| pk.as_s().ok().cloned())
            {
                by_key.insert(pk, (flow, classes));
            }
        }
        let keys = by_key
            .values()
            .map(|(flow, _)| schema::flow_key(*flow))
            .collect();
        let mut news = BTreeMap::new();
        for item in self.table.get_all(keys).await? {
            let Some((flow, mut classes)) =
                item.get(PK).and_then(|pk| by_key.remove(pk.as_s().ok()?))
            else {
                continue;
            };
            classes.retain(|class, _| {
                schema::marks_of(&item)
                    .any(|(name, batch)| name == class.to_string() && batch == id)
            });
            news.insert(flow, classes);
        }
        Ok(news.into_values().flat_map(BTreeMap::into_values).collect())
    }
}

/// What to ask of a batch that may have been written before.
fn claims(batch: &Batch) -> Vec<Claim> {
    batch
        .receipts
        .iter()
        .map(|id| Claim {
            id: *id,
            since: batch.at,
            until: batch.at,
        })
        .collect()
}
