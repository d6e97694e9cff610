//! Claims about putting what was read in place of what an earlier reading found.

use proptest::prelude::*;

use jiff::Timestamp;

use super::*;
use crate::home::Located;
use crate::topology::declared::{
    Declaration, Declarations, DeclaredInput, DeclaredMapping, DeclaredResource, DeclaredRule,
    DeclaredSubscription, DeclaredTarget, Document,
};
use crate::topology::{
    End, FilterPolicyScope, Origin, PlainRoute, PlainRouteKind, ResourceKind as Kind, Topology,
};

const SERVICES: [AwsService; 7] = [
    AwsService::Events,
    AwsService::Scheduler,
    AwsService::Sqs,
    AwsService::Sns,
    AwsService::Lambda,
    AwsService::Firehose,
    AwsService::S3,
];

fn homes() -> [Home; 2] {
    ["111111111111", "222222222222"].map(|account| Home::of(account, "eu-west-1"))
}

fn end(kind: Kind, name: &str, home: Home) -> End {
    End::of_text(kind, name).at(home)
}

fn route(kind: PlainRouteKind, from: End, to: End, via: Option<&str>) -> Declaration {
    Declaration::Route(PlainRoute {
        kind,
        from,
        to,
        via: via.map(ToOwned::to_owned),
        filter: None,
        input: None,
        disabled: false,
        is_approximate: false,
        dead_letters: None,
        origin: Origin::default(),
    })
}

/// Everything that a reader may find in the small world of these tests.
#[expect(clippy::too_many_lines, reason = "one service after the other")]
fn everything(home: Home, service: AwsService) -> Vec<Declaration> {
    let [one, other] = homes();
    let resource = |kind, name| Declaration::Resource(DeclaredResource::new(end(kind, name, home)));
    let queue = |name, home| end(Kind::Queue, name, home);
    match service {
        AwsService::Events => {
            let rule = |name: &str, to: End, dead: Option<End>| {
                Declaration::Rule(DeclaredRule {
                    bus: end(Kind::Bus, "shop", home).name().clone(),
                    name: name.to_owned(),
                    id: None,
                    pattern: Some(Document::Json(serde_json::json!({ "source": [name] }))),
                    is_scheduled: false,
                    disabled: false,
                    targets: vec![DeclaredTarget {
                        to,
                        input: DeclaredInput::Whole,
                        dead_letters: dead,
                        is_approximate: false,
                        origin: Origin::default(),
                    }],
                    origin: Origin::default(),
                })
            };
            vec![
                resource(Kind::Bus, "shop"),
                rule("a", queue("a", one), None),
                rule("b", queue("b", other), Some(queue("dead", other))),
                route(
                    PlainRouteKind::Schedule,
                    End::clock().at(home),
                    queue("a", other),
                    Some("nightly"),
                ),
            ]
        }
        AwsService::Scheduler => vec![route(
            PlainRouteKind::Schedule,
            End::clock().at(home),
            queue("a", other),
            Some("default/nightly"),
        )],
        AwsService::Sqs => vec![
            resource(Kind::Queue, "a"),
            resource(Kind::Queue, "b"),
            resource(Kind::Queue, "dead"),
            route(
                PlainRouteKind::Redrive,
                queue("a", home),
                queue("dead", one),
                None,
            ),
        ],
        AwsService::Sns => vec![
            resource(Kind::Topic, "news"),
            Declaration::Subscription(DeclaredSubscription {
                topic: end(Kind::Topic, "news", home).name().clone(),
                to: queue("a", other),
                id: None,
                filter_policy: None,
                scope: FilterPolicyScope::default(),
                is_raw: true,
                dead_letters: Some(queue("dead", one)),
                origin: Origin::default(),
            }),
        ],
        AwsService::Lambda => {
            let mapping = |from: End| {
                Declaration::Mapping(DeclaredMapping {
                    from,
                    to: end(Kind::Function, "f", home),
                    id: None,
                    disabled: false,
                    filters: Vec::new(),
                    on_failure: Some(queue("dead", home)),
                    origin: Origin::default(),
                })
            };
            vec![
                resource(Kind::Function, "f"),
                mapping(queue("a", home)),
                mapping(queue("b", other)),
                mapping(end(Kind::Stream, "clicks", one)),
                route(
                    PlainRouteKind::OnFailure,
                    end(Kind::Function, "f", home),
                    queue("dead", other),
                    None,
                ),
            ]
        }
        AwsService::Firehose => vec![
            resource(Kind::Firehose, "hose"),
            route(
                PlainRouteKind::Delivery,
                end(Kind::Stream, "clicks", one),
                end(Kind::Firehose, "hose", home),
                None,
            ),
            route(
                PlainRouteKind::Delivery,
                end(Kind::Firehose, "hose", home),
                End::of_arn("arn:aws:s3:::lake").unwrap(),
                None,
            ),
        ],
        // Only one account has the bucket, as in AWS.
        _ if home == one => vec![resource(Kind::Bucket, "lake")],
        _ => Vec::new(),
    }
}

/// The part with those of all declarations whose bit is set.
fn part(home: Home, service: AwsService, bits: u8, is_whole: bool) -> PulledPart {
    let mut declarations = Declarations::default();
    for (number, declaration) in everything(home, service).into_iter().enumerate() {
        if bits & (1 << number) != 0 {
            assert!(declarations.add(declaration).is_empty());
        }
    }
    PulledPart {
        home,
        service,
        draft: declarations.into_draft(),
        gaps: Vec::new(),
        is_whole,
    }
}

fn parts(bits: &[u8], is_read: impl Fn(usize) -> bool) -> Vec<PulledPart> {
    let places = homes()
        .into_iter()
        .flat_map(|home| SERVICES.map(|service| (home, service)));
    let chosen = places.zip(bits).enumerate();
    chosen
        .filter(|(number, _)| is_read(*number))
        .map(|(_, ((home, service), bits))| part(home, service, *bits, true))
        .collect()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

/// What only people say, with and without homes.
const BY_HAND: &str = "
version: 1
services:
  orders: {functions: [f], sources: [shop.orders]}
taps: [{queue: tap, bus: shop@eu-west-1/111111111111}]
buses:
  shop@eu-west-1/111111111111: {}
  elsewhere: {rules: [{name: r, pattern: {source: [a]}, targets: [{queue: a}]}]}
queues:
  a: {producers: [orders], consumers: [{service: billing}]}
  b: {dead_letter: true}
  b@eu-west-1/222222222222: {producers: [orders]}
topics:
  news@eu-west-1/222222222222: {producers: [orders], subscriptions: [{service: textwave}]}
";

fn by_hand() -> Draft {
    Topology::parse(BY_HAND).unwrap().into_draft()
}

const COUNT: usize = 14;

proptest! {
    #[test]
    fn reading_again_changes_nothing(bits in prop::collection::vec(any::<u8>(), COUNT)) {
        let mut draft = by_hand();
        draft.replace(parts(&bits, |_| true));
        let first = draft.clone().finish().unwrap();
        draft.replace(parts(&bits, |_| true));
        let second = draft.finish().unwrap();
        prop_assert!(first.says_the_same_as(&second), "{first:#?}\n{second:#?}");
    }

    #[test]
    fn what_was_read_is_as_if_nothing_else_had_been_there_and_the_rest_stays(
        before in prop::collection::vec(any::<u8>(), COUNT),
        after in prop::collection::vec(any::<u8>(), COUNT),
        read in any::<u16>(),
    ) {
        let is_read = |number: usize| read & (1 << number) != 0;
        let mut draft = Draft::default();
        draft.replace(parts(&before, |_| true));
        draft.replace(parts(&after, is_read));
        let mut expected = Draft::default();
        let mut all = parts(&before, |number| !is_read(number));
        all.extend(parts(&after, is_read));
        expected.replace(all);
        let (found, expected) = (draft.finish().unwrap(), expected.finish().unwrap());
        prop_assert!(found.says_the_same_as(&expected), "{found:#?}\n{expected:#?}");
    }

    #[test]
    fn what_people_say_stays(bits in prop::collection::vec(any::<u8>(), COUNT)) {
        let mut draft = by_hand();
        draft.replace(parts(&bits, |_| true));
        let hand = by_hand();
        prop_assert_eq!(&draft.services, &hand.services);
        prop_assert_eq!(&draft.taps, &hand.taps);
        let nowhere = |name: &Located| name.home.is_unknown();
        for (name, queue) in hand.queues.iter().filter(|(name, _)| nowhere(name)) {
            prop_assert_eq!(draft.queues.get(name), Some(queue));
        }
        prop_assert!(draft.buses.contains_key(&Located::from("elsewhere")));
        draft.finish().unwrap();
    }
}

#[test]
fn an_entry_without_a_home_gives_what_a_person_said_to_those_that_fit() {
    let mut draft = by_hand();
    draft.replace(parts(&[u8::MAX; COUNT], |_| true));
    let orders = crate::topology::ServiceName::new("orders").unwrap();
    for home in homes() {
        let queue = &draft.queues[end(Kind::Queue, "a", home).name()];
        assert_eq!(queue.producers, std::slice::from_ref(&orders));
        let services = queue.consumers.iter();
        let services = services.filter(|one| one.to.kind() == Kind::Service);
        assert_eq!(services.count(), 1);
        assert!(draft.queues[end(Kind::Queue, "b", home).name()].dead_letter);
    }
    let [_, other] = homes();
    let news = &draft.topics[end(Kind::Topic, "news", other).name()];
    assert_eq!((news.producers.len(), news.subscriptions.len()), (1, 2));
}

#[test]
fn a_bucket_that_an_arn_names_gets_the_home_in_which_it_was_found() {
    let mut draft = Draft::default();
    draft.replace(parts(&[u8::MAX; COUNT], |_| true));
    let [one, _] = homes();
    let to_buckets = draft
        .routes
        .iter()
        .filter(|route| route.to.kind() == Kind::Bucket);
    assert_eq!(
        to_buckets
            .map(|route| route.to.name().home)
            .collect::<Vec<_>>(),
        [one, one]
    );
}

#[test]
fn a_reading_in_which_a_call_failed_removes_nothing() {
    let [one, _] = homes();
    let mut draft = Draft::default();
    draft.replace(vec![part(one, AwsService::Sqs, u8::MAX, true)]);
    let before = draft.clone().finish().unwrap();
    let mut failed = part(one, AwsService::Sqs, 1, false);
    let gap = Gap {
        action: "sqs:GetQueueAttributes".to_owned(),
        reason: GapReason::Denied,
    };
    failed.gaps = vec![gap.clone(), gap.clone()];
    let mut readings = Readings::default();
    readings.add(&[part(one, AwsService::Sqs, u8::MAX, true)], at(0));
    readings.add(std::slice::from_ref(&failed), at(1));
    readings.add(std::slice::from_ref(&failed), at(2));
    draft.replace(vec![failed]);
    assert!(draft.finish().unwrap().says_the_same_as(&before));
    let last = |readings: &Readings| readings.iter().next().unwrap().2.clone();
    let expected = LastRead {
        at: Some(at(0)),
        gaps: vec![gap],
        gaps_since: Some(at(1)),
    };
    assert_eq!(last(&readings), expected);
    readings.add(&[part(one, AwsService::Sqs, u8::MAX, true)], at(3));
    assert_eq!(last(&readings).at, Some(at(3)));
    assert_eq!(last(&readings).gaps_since, None);
}

#[test]
fn the_readings_are_written_as_they_are_read() {
    let text = r#"[{"home":"eu-west-1/111111111111","service":"sqs","at":"2026-11-28T00:00:00Z"},{"home":"eu-west-1/111111111111","service":"dynamodb","gaps":[{"action":"dynamodb:ListTables","reason":"denied"}],"gaps_since":"2026-11-27T00:00:00Z"}]"#;
    let readings: Readings = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&readings).unwrap(), text);
    let wrong = serde_json::from_str::<Readings>(r#"[{"home": "here", "service": "sqs"}]"#);
    assert!(wrong.is_err());
}
