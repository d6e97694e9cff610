//! Tests of announcements: what is announced, and when.

use super::*;

/// Returns a batch with one event to this many consumers, numbered from `from`, each edge with an
/// e-mail address.
pub(super) fn fan_out(id: &str, from: usize, consumers: usize, at: Timestamp) -> Batch {
    let mut fanned = batch(id, at);
    let ((day, key), mut facts) = fanned.ledger.edges.pop_first().unwrap();
    facts.classes.insert(
        DataClass::EmailAddress,
        ClassFacts {
            events: 1,
            confidence: Confidence::new(90),
            only_test_data: false,
            paths: BTreeSet::new(),
            more_paths: false,
        },
    );
    for n in from..from + consumers {
        let name = Name::masked(&Engine::new(), &spelt(n));
        let key = EdgeKey {
            flow: Flow {
                consumer: Party::new(PartyKind::Function, name),
                ..key.flow.clone()
            },
            ..key.clone()
        };
        fanned.ledger.add_edge(day, key, &facts);
    }
    fanned
}

/// Spells a number in letters, because digits in a name may be an id and are then replaced.
fn spelt(n: usize) -> String {
    let digits = n.to_string();
    digits
        .bytes()
        .map(|digit| char::from(digit - b'0' + b'a'))
        .collect()
}

/// Counts how often each first-seen class was announced.
fn say(said: &mut BTreeMap<String, u32>, announcements: impl IntoIterator<Item = Announcement>) {
    for announcement in announcements {
        for first in announcement.first_seen {
            *said.entry(first.to_string()).or_default() += 1;
        }
    }
}

/// A bus that accepts every event after a delay.
#[derive(Clone, Debug)]
struct SlowBus(Duration);

impl HttpConnector for SlowBus {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let takes = self.0;
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(takes).await;
            let answer = r#"{"FailedEntryCount":0,"Entries":[]}"#;
            Ok(HttpResponse::new(200.try_into().unwrap(), answer.into()))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_outbox_longer_than_the_time_is_sent_in_several_runs() {
    const ENTRIES: u64 = 200;
    let call_takes = Duration::from_millis(40);
    let table = StubBackend::new(0);
    let (deadline, writer) = (Deadline::default(), table.store());
    for n in 0..ENTRIES {
        let n = usize::try_from(n).unwrap();
        writer
            .record(&fan_out(&n.to_string(), n, 1, now()))
            .await
            .unwrap();
    }
    table.take(call_takes);
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "stub"))
        .http_client(http_client_fn(move |_, _| {
            SharedHttpConnector::new(SlowBus(call_takes))
        }))
        .build();
    let client = aws_sdk_eventbridge::Client::from_conf(config);
    let announcer = Announcer::new(client, "shop", deadline.clone());
    let (mut taken_out, mut runs) = (0, 0);
    loop {
        runs += 1;
        let end = Instant::now() + Duration::from_secs(10);
        deadline.set(Some(end));
        let store = table.store().with_deadline(deadline.clone());
        let sent = announcer.announce_left(&store, now() + 1.hours()).await;
        assert!(Instant::now() <= end, "run {runs}");
        assert!(sent.announcements > 0, "run {runs}: {sent:?}");
        taken_out += sent.announcements;
        match sent.failed {
            None => break,
            Some(error) => assert!(error.is_out_of_time(), "{error:?}"),
        }
    }
    assert!(runs > 1);
    assert_eq!(taken_out, ENTRIES);
}

#[tokio::test(start_paused = true)]
async fn entries_of_the_outbox_that_cannot_be_read_keep_no_other_from_being_sent() {
    let table = StubBackend::new(0);
    let store = table.store();
    let announced = store.record(&fan_out("1", 0, 1, now())).await.unwrap();
    // More than a page of damaged entries, before the one that can be read.
    for n in 10..50 {
        let sk = format!("2026-11-01 damaged {n}");
        table.put(&json!({ "pk": { "S": "outbox" }, "sk": { "S": sk } }));
    }
    let pending = all_pending_announcements(&store, now() + 1.hours()).await;
    assert_eq!(pending.unwrap(), [announced.unwrap()]);
}

/// More consumers than fit into one transaction.
const MANY: usize = 230;

#[tokio::test(start_paused = true)]
async fn news_of_more_flows_than_a_transaction_takes_are_said_whenever_the_writer_dies() {
    let all = first_seen(&fan_out("m-1", 0, MANY, now())).len();
    assert_eq!(all, MANY);
    for point in 0.. {
        let table = StubBackend::new(0);
        let first = fan_out("m-1", 0, MANY, now());
        let killed = table.store();
        let lived = until_killed(killed.record(&first), Some(point)).await;
        let is_over = lived.is_some();
        let mut said = BTreeMap::new();
        say(&mut said, lived.and_then(Result::unwrap));
        let later = now() + 20.minutes();
        let redelivery = PossibleRedelivery {
            id: ReceiptId::of("m-1"),
            since: now(),
            until: later,
        };
        if table
            .store()
            .which_were_counted(&[redelivery])
            .await
            .unwrap()
            .is_empty()
        {
            let again = fan_out("m-1", 0, MANY, later);
            say(&mut said, table.store().record(&again).await.unwrap());
        } else if !is_over {
            let pending = all_pending_announcements(&table.store(), later).await;
            say(&mut said, pending.unwrap());
        }
        assert_eq!(said.len(), MANY, "killed at {point}");
        assert!(said.values().all(|times| *times == 1), "killed at {point}");
        if is_over {
            assert!(point > 3, "only {point} await points");
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_writers_of_many_new_flows_one_says_each() {
    for from in [0, 40, 97, 150] {
        let table = StubBackend::new(0);
        let (one, other) = (table.store(), table.store());
        let batches = [
            fan_out("m-1", 0, MANY, now()),
            fan_out("m-2", from, MANY, now()),
        ];
        let (first, second) = tokio::join!(one.record(&batches[0]), other.record(&batches[1]));
        let mut said = BTreeMap::new();
        say(&mut said, first.unwrap());
        say(&mut said, second.unwrap());
        assert_eq!(said.len(), MANY + from);
        assert!(said.values().all(|times| *times == 1), "from {from}");
    }
}
