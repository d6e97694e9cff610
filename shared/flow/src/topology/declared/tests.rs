//! Claims about the parts that a declaration adds.

use serde_json::json;

use super::*;
use crate::topology::{Encryption, FilterPolicyScope, Origin, Retention, RouteKind, Topology};

fn end(kind: ResourceKind, name: &str) -> End {
    End::named(kind, name).unwrap()
}

fn queue(name: &str) -> End {
    end(ResourceKind::Queue, name)
}

fn located(name: &str) -> Located {
    Located::from(name)
}

fn rule(pattern: Option<Document>, is_scheduled: bool) -> DeclaredRule {
    let target = |name, input| DeclaredTarget {
        to: queue(name),
        input,
        dead_letters: Some(queue("undelivered")),
        is_approximate: false,
        origin: Origin::default(),
    };
    DeclaredRule {
        bus: located("shop"),
        name: "all".to_owned(),
        id: Some("AllRule".to_owned()),
        pattern,
        is_scheduled,
        disabled: false,
        targets: vec![
            target("jobs", DeclaredInput::Whole),
            target("bad", DeclaredInput::Path("not a path".to_owned())),
        ],
        origin: Origin::default(),
    }
}

fn kinds(declared: &Declarations) -> Vec<(RouteKind, String)> {
    let topology: Topology = declared.draft.clone().finish().unwrap();
    let routes = topology.routes().into_iter();
    routes
        .map(|route| (route.kind, route.to.name().to_string()))
        .collect()
}

#[test]
fn an_invalid_input_leaves_out_its_target_and_nothing_else() {
    let mut declared = Declarations::default();
    let pattern = Document::Text(r#"{"source": ["shop"]}"#.to_owned());
    let refusals = declared.add(Declaration::Rule(rule(Some(pattern), false)));
    assert!(matches!(refusals[..], [Refusal::Input { number: 2, .. }]));
    let to = |kind, name: &str| (kind, name.to_owned());
    assert_eq!(
        kinds(&declared),
        [
            to(RouteKind::Rule, "jobs"),
            to(RouteKind::OnFailure, "undelivered"),
        ]
    );
    assert!(declared.draft.queues[&located("undelivered")].dead_letter);
}

#[test]
fn a_rule_with_a_pattern_and_a_schedule_is_both() {
    let mut declared = Declarations::default();
    let pattern = Document::Json(json!({"source": ["shop"]}));
    declared.add(Declaration::Rule(rule(Some(pattern), true)));
    let kinds = kinds(&declared);
    for kind in [RouteKind::Rule, RouteKind::Schedule] {
        assert!(kinds.contains(&(kind, "jobs".to_owned())), "{kinds:?}");
    }
}

#[test]
fn an_invalid_pattern_leaves_out_the_rule() {
    for pattern in ["{", "{}", r#"{"source": "shop"}"#] {
        let mut declared = Declarations::default();
        let document = Document::Text(pattern.to_owned());
        let refusals = declared.add(Declaration::Rule(rule(Some(document), false)));
        assert_eq!(refusals.len(), 1, "{pattern}");
        assert_eq!(kinds(&declared), []);
    }
}

#[test]
fn two_rules_of_one_name_on_one_bus_are_both_kept() {
    let mut declared = Declarations::default();
    for _ in 0..2 {
        let pattern = Document::Json(json!({"source": ["shop"]}));
        declared.add(Declaration::Rule(rule(Some(pattern), false)));
    }
    assert_eq!(declared.draft.buses[&located("shop")].rules.len(), 2);
    declared.into_draft().finish().unwrap();
}

#[test]
fn what_says_nothing_of_its_encryption_has_the_default_of_its_kind() {
    use ResourceKind as Kind;
    for kind in Kind::ALL {
        let mut declared = Declarations::default();
        let one = end(kind, "x");
        declared.add(Declaration::Resource(DeclaredResource::new(one.clone())));
        let expected = match kind {
            Kind::Topic | Kind::Stream | Kind::Firehose => Encryption::None,
            Kind::Queue
            | Kind::Bus
            | Kind::Table
            | Kind::Bucket
            | Kind::LogGroup
            | Kind::Archive
            | Kind::StateMachine => Encryption::ServiceDefault,
            _ => Encryption::Unknown,
        };
        assert_eq!(
            declared.draft.resources[&one].encryption, expected,
            "{kind}"
        );
    }
}

#[test]
fn a_key_says_whose_it_is() {
    let aws = KeySetting::AwsManaged;
    assert_eq!(KeySetting::of_key("alias/aws/sqs"), aws);
    assert_eq!(
        KeySetting::of_key("arn:aws:kms:eu-west-1:222222222222:alias/aws/sns"),
        aws
    );
    for own in [
        "alias/orders",
        "0a1b",
        "arn:aws:kms:eu-west-1:222222222222:key/0a1b",
    ] {
        assert_eq!(KeySetting::of_key(own), KeySetting::Key(own.to_owned()));
    }
}

#[test]
fn retention_is_read_in_the_unit_of_each_kind() {
    use ResourceKind as Kind;
    for (kind, said, kept) in [
        (Kind::Queue, Setting::Default, Some("4d")),
        (Kind::Queue, Setting::Is(1_209_600), Some("14d")),
        (Kind::Queue, Setting::Unknown, None),
        (Kind::Stream, Setting::Default, Some("1d")),
        (Kind::Stream, Setting::Is(48), Some("2d")),
        (Kind::Archive, Setting::Is(0), Some("forever")),
        (
            Kind::Archive,
            Setting::Is(u64::MAX),
            Some("213503982334601d"),
        ),
        (Kind::LogGroup, Setting::Default, Some("forever")),
        (Kind::LogGroup, Setting::Is(30), Some("30d")),
        (Kind::Bus, Setting::Default, None),
    ] {
        let mut declared = Declarations::default();
        let mut resource = DeclaredResource::new(end(kind, "x"));
        resource.retention = said;
        declared.add(Declaration::Resource(resource));
        let known = declared.draft.resources[&end(kind, "x")].retention;
        if said == Setting::Is(u64::MAX) {
            assert!(matches!(known, Some(Retention::Seconds(_))));
        } else {
            assert_eq!(
                known.map(|known| known.to_string()).as_deref(),
                kept,
                "{kind} {said:?}"
            );
        }
    }
}

#[test]
fn an_invalid_filter_leaves_out_the_route_and_a_broker_is_not_followed() {
    let mut declared = Declarations::default();
    let mapping = |from, filter: &str| DeclaredMapping {
        from,
        to: end(ResourceKind::Function, "worker"),
        id: None,
        disabled: false,
        filters: vec![Document::Text(filter.to_owned())],
        on_failure: None,
        origin: Origin::default(),
    };
    let declare = |declared: &mut Declarations, from, filter| {
        declared.add(Declaration::Mapping(mapping(from, filter)))
    };
    let refused = declare(&mut declared, queue("jobs"), "nonsense");
    assert!(matches!(refused[..], [Refusal::NotJson(_)]));
    let refused = declare(&mut declared, queue("jobs"), r#"{"body": "text"}"#);
    assert!(matches!(refused[..], [Refusal::Filter(_)]));
    let broker = end(ResourceKind::Other, "broker");
    let refused = declare(&mut declared, broker, "{}");
    assert!(matches!(refused[..], [Refusal::SourceNotFollowed(_)]));
    let policy = DeclaredSubscription {
        topic: located("news"),
        to: queue("jobs"),
        id: None,
        filter_policy: Some(Document::Text("[]".to_owned())),
        scope: FilterPolicyScope::default(),
        is_raw: false,
        dead_letters: None,
        origin: Origin::default(),
    };
    let refused = declared.add(Declaration::Subscription(policy));
    assert!(matches!(refused[..], [Refusal::FilterPolicy(_)]));
    assert_eq!(kinds(&declared), []);
}

#[test]
fn every_text_becomes_an_end_that_reads_back_as_it_is_written() {
    for (text, kind, name) in [
        ("orders", "bus", "orders"),
        ("param:Bus", "bus", "param:Bus"),
        ("{{resolve:ssm:/a@b}}", "bus", "{{resolve:ssm:/a%40b}}"),
        ("", "bus", "unknown:"),
        (
            "arn:aws:sqs:eu-west-1:222222222222:q",
            "queue",
            "q@eu-west-1/222222222222",
        ),
        (
            "https://sqs.eu-west-1.amazonaws.com/222222222222/q",
            "queue",
            "q@eu-west-1/222222222222",
        ),
        (
            "arn:aws:sqs:${Region}:222222222222:q",
            "queue",
            "q@*/222222222222",
        ),
        (
            "arn:aws:sagemaker:eu-west-1:222222222222:pipeline/p",
            "other",
            "pipeline/p@eu-west-1/222222222222",
        ),
        ("arn:nonsense", "bus", ":arn:nonsense"),
    ] {
        let end = End::of_text(ResourceKind::Bus, text);
        assert_eq!(end.kind().as_str(), kind, "{text}");
        assert_eq!(end.name().to_string(), name, "{text}");
        let again = End::named(end.kind(), &end.name().to_string()).unwrap();
        assert_eq!(again, end, "{text}");
    }
}
