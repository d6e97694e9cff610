//! Writing a batch: one `PutItem`, or one transaction where it shows something for the first time.

use aws_sdk_dynamodb::types::{
    Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use jiff::ToSpan as _;
use piitrail_flow::store::{FirstSeen, first_seen};

use super::schema::{Head, Item, PK};
use super::table::{Range, Transacted};
use super::{
    Announcement, BTreeMap, Batch, DataClass, DynamoStore, FlowId, JOURNAL_DAYS, MARKED_MAX,
    PageToken, PendingAnnouncements, PossibleRedelivery, RACES_MAX, ReceiptId, Sightings,
    StoreError, Timestamp, day_of, raced, schema,
};

/// Flows marked in one transaction: DynamoDB takes a hundred items, and the batch and the outbox are
/// two.
const FLOWS_MAX: usize = 98;

/// Entries of the outbox that are read at a time. Each names a batch of up to 400 KB.
const OUTBOX_PAGE: i32 = 20;

/// What a page token of the outbox begins with.
const OUTBOX_TOKEN: &str = "outbox#";

const ACTION: &str = "record a batch";

type New = BTreeMap<FlowId, BTreeMap<DataClass, FirstSeen>>;

impl DynamoStore {
    pub(super) async fn write(
        &self,
        batch: &Batch,
        head: &Head,
    ) -> Result<Option<Announcement>, StoreError> {
        let at = head.behind_fence(batch.at);
        if at != batch.at {
            // By a clock that went back, or again after so long that it may have been folded: what
            // stands before the fence is not written to, so ask whether this is among it.
            let counted = self.receipts(&redeliveries(batch)).await?;
            if !counted.is_empty() {
                return if counted.len() == batch.receipts.len() {
                    Ok(None)
                } else {
                    Err(StoreError::AlreadyCounted(counted))
                };
            }
        }
        let lane = schema::lane_of(batch.id(), self.lanes);
        let expires_at = at.checked_add((24 * JOURNAL_DAYS).hours()).ok();
        let item = schema::batch_item(batch, at, lane, expires_at)?;

        let mut new = first_seen(batch);
        self.forget_marked(&mut new);
        if !new.is_empty() {
            self.learn_marked(new.keys(), false).await?;
            self.forget_marked(&mut new);
        }
        if new.len() > FLOWS_MAX && batch.receipts.len() > 1 {
            return Err(StoreError::TooLarge {
                bytes: new.len(),
                limit: FLOWS_MAX,
            });
        }
        let id = batch.id();
        let mut puts = vec![item, schema::outbox_item(at, lane, id)];
        match self.mark_all(id, &mut puts, new).await {
            Ok(first_seen) if puts.is_empty() => Ok(Some(Announcement {
                id: schema::outbox_entry(at, lane, id),
                first_seen: in_order(first_seen),
            })),
            // Nothing is new, or others marked all of it in the meantime.
            Ok(_) => {
                self.table.put(ACTION, puts.swap_remove(0)).await?;
                Ok(None)
            }
            // The batch is in, and what reads the outbox marks and says what is left.
            Err(_) if puts.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Marks what nobody marked yet, and says what that was. Items go with the first of it, all or
    /// nothing, and are taken out of the list when they are written.
    async fn mark_all(
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
                self.remember(&new);
                marked.append(&mut new);
            } else if races < RACES_MAX {
                races += 1;
                self.forget_marked(&mut new);
            } else {
                return Err(raced(ACTION));
            }
            new.extend(rest);
        }
        Ok(marked)
    }

    /// Marks flows and puts items, all or none. Whether it did; where others were faster, what they
    /// marked is remembered.
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
        // What is ours was written by us: the answer to an attempt before was lost.
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
                Some(item) => self.remember_item(*flow, item),
                None => {}
            }
        }
        if !untold.is_empty() {
            // It was not said what stood there.
            self.learn_marked(untold.into_iter(), true).await?;
        }
        Ok(false)
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
            .map_err(|e| StoreError::backend(ACTION, e))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn forget_marked(&self, new: &mut New) {
        let cache = self.cache();
        new.retain(|flow, classes| {
            classes.retain(|class, _| !cache.marked.contains(&(*flow, *class)));
            !classes.is_empty()
        });
    }

    fn remember(&self, new: &New) {
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

    fn remember_item(&self, flow: FlowId, item: &Item) {
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

    /// Reads what is marked of these flows, as it is or as it was within the last second.
    async fn learn_marked(
        &self,
        flows: impl Iterator<Item = &FlowId>,
        consistent: bool,
    ) -> Result<(), StoreError> {
        for (flow, item) in self.marks_of(flows, consistent).await? {
            self.remember_item(flow, &item);
        }
        Ok(())
    }

    async fn marks_of(
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

    /// A page of what was recorded before an instant and not sent since. Few entries, because what is
    /// read is sent before the next page is read.
    pub(super) async fn outbox(
        &self,
        before: Timestamp,
        page: Option<&PageToken>,
    ) -> Result<PendingAnnouncements, StoreError> {
        const ACTION: &str = "read the outbox";
        // The key of the last entry of the page before, which may be one that cannot be read.
        let after = page
            .map(|PageToken(token)| {
                token
                    .strip_prefix(OUTBOX_TOKEN)
                    .ok_or(StoreError::BadPageToken)
            })
            .transpose()?;
        let range = Range {
            pk: schema::OUTBOX.to_owned(),
            condition: "#sk < :before",
            values: vec![(":before", schema::instant(before))],
            attributes: &[],
            consistent: true,
            start: after.map(|sk| schema::key(schema::OUTBOX.to_owned(), sk.to_owned())),
            limit: Some(OUTBOX_PAGE),
        };
        let (items, next) = self.table.query(ACTION, &range).await?;
        let entries: Vec<OutboxEntry> = items
            .iter()
            .filter_map(|item| OutboxEntry::of(item.get(schema::SK)?.as_s().ok()?))
            .collect();
        let keys = entries.iter().map(OutboxEntry::batch_key).collect();
        let key_of = |item: &Item| {
            let part = |name| item.get(name)?.as_s().ok().cloned();
            Some((part(PK)?, part(schema::SK)?))
        };
        let batches = self.table.get_all(keys, true).await?.into_iter();
        let mut batches: BTreeMap<_, Item> = batches
            .filter_map(|item| Some((key_of(&item)?, item)))
            .collect();
        let mut announcements = Vec::with_capacity(entries.len());
        for entry in entries {
            // Where the batch is no longer kept, nothing is left to say but that it was said.
            let batch = key_of(&entry.batch_key()).and_then(|key| batches.remove(&key));
            let first_seen = match batch {
                None => Vec::new(),
                Some(item) => match self.news_of(&entry, &item).await {
                    Ok(first_seen) => first_seen,
                    // It stays in the outbox, and the others are sent.
                    Err(StoreError::Unreadable { what, .. }) => {
                        tracing::error!(what, entry = entry.sk, "an announcement cannot be read");
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            announcements.push(Announcement {
                id: entry.sk,
                first_seen,
            });
        }
        Ok(PendingAnnouncements {
            announcements,
            next: next
                .and_then(|key| key.get(schema::SK)?.as_s().ok().cloned())
                .map(|sk| PageToken(format!("{OUTBOX_TOKEN}{sk}"))),
        })
    }

    /// What the batch of an entry of the outbox showed for the first time: the classes whose marker
    /// names it, and those that nobody marked, because its writer died before it came to them.
    async fn news_of(
        &self,
        entry: &OutboxEntry,
        item: &Item,
    ) -> Result<Vec<FirstSeen>, StoreError> {
        let batch = Batch {
            at: entry.at,
            receipts: schema::receipts_of(item)?,
            ledger: schema::ledger_of(item)?,
            sightings: Sightings::default(),
        };
        let id = entry.batch;
        let mut news = first_seen(&batch);
        let marks = self.marks_of(news.keys(), true).await?;
        let mut unmarked = New::new();
        for (flow, classes) in &mut news {
            let stands = marks.get(flow);
            let is_free = |class: &DataClass| {
                stands.is_none_or(|item| !item.contains_key(&schema::class_attribute(*class)))
            };
            let free: BTreeMap<_, _> = classes.extract_if(.., |class, _| is_free(class)).collect();
            if !free.is_empty() {
                unmarked.insert(*flow, free);
            }
            classes.retain(|class, _| stands.is_some_and(|item| is_marked_by(item, *class, id)));
        }
        for (flow, classes) in self.mark_all(id, &mut Vec::new(), unmarked).await? {
            news.entry(flow).or_default().extend(classes);
        }
        Ok(in_order(news))
    }
}

/// An entry of the outbox, and the batch that it announces.
struct OutboxEntry {
    sk: String,
    at: Timestamp,
    lane: u16,
    batch_sk: String,
    batch: ReceiptId,
}

impl OutboxEntry {
    /// The entry with this sort key. One that cannot be read is logged, and stays in the outbox.
    fn of(sk: &str) -> Option<Self> {
        let Some((at, lane, batch_sk, batch)) = schema::batch_of_outbox(sk) else {
            tracing::error!(entry = sk, "an entry of the outbox names no batch");
            return None;
        };
        Some(Self {
            sk: sk.to_owned(),
            at,
            lane,
            batch_sk,
            batch,
        })
    }

    fn batch_key(&self) -> Item {
        let partition = schema::journal(day_of(self.at), self.lane);
        schema::key(partition, self.batch_sk.clone())
    }
}

/// Whether the marker of a class names a batch.
fn is_marked_by(flow: &Item, class: DataClass, batch: ReceiptId) -> bool {
    let class = schema::class_attribute(class);
    schema::marks_of(flow).any(|(name, by)| name == class && by == batch.as_bytes())
}

fn in_order(news: New) -> Vec<FirstSeen> {
    news.into_values().flat_map(BTreeMap::into_values).collect()
}

/// What to ask of a batch that may have been written before.
fn redeliveries(batch: &Batch) -> Vec<PossibleRedelivery> {
    batch
        .receipts
        .iter()
        .map(|id| PossibleRedelivery {
            id: *id,
            since: batch.at,
            until: batch.at,
        })
        .collect()
}
