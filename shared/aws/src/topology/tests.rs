//! Claims about the readers, with answers in the form that AWS documents for each operation.

mod account;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use piitrail_flow::topology::{End, Readings, ResourceKind as Kind, Topology};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::stub::{ACCOUNT, Answer, REGION, Request, Stub, ok, refuse};
use super::*;
use account::{answer, arn};

fn home() -> Home {
    Home::of(ACCOUNT, REGION)
}

async fn topology_of(stub: &Stub) -> (Topology, Pulled) {
    let pulled = pull(vec![stub.place()], |_, _| true, |_, _| {}).await;
    let mut draft = Draft::default();
    let parts = pulled.parts.clone();
    draft.replace(parts);
    (draft.finish().unwrap(), pulled)
}

/// Returns the gaps, each with its service.
fn gaps(pulled: &Pulled) -> Vec<String> {
    let parts = pulled.parts.iter();
    let gaps = parts.flat_map(|part| part.gaps.iter().map(move |gap| (part, gap)));
    gaps.map(|(part, gap)| format!("{}: {} {}", part.service, gap.action, gap.reason))
        .collect()
}

/// The whole account, as its topology file.
const EXPECTED: &str = include_str!("account.yaml");

#[tokio::test(start_paused = true)]
async fn every_description_becomes_a_part_of_the_topology() {
    let stub = Stub::new(answer);
    let (topology, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), Vec::<String>::new());
    assert!(pulled.left_out.is_empty(), "{:?}", pulled.left_out);
    assert!(pulled.parts.iter().all(|part| part.is_whole));
    let found = serde_json::to_value(&topology).unwrap();
    let expected = Topology::parse(EXPECTED).unwrap();
    assert!(
        topology.says_the_same_as(&expected),
        "{}",
        serde_json::to_string_pretty(&found).unwrap()
    );
    let resources: usize = pulled.figures.iter().map(|one| one.resources).sum();
    assert_eq!(resources, 17);
    assert_eq!(
        pulled.figures.iter().map(|one| one.calls).sum::<usize>(),
        stub.calls().len()
    );
    assert!(!found.to_string().contains("secret-of-a-function"));
}

#[tokio::test(start_paused = true)]
async fn the_policy_allows_the_calls_that_are_made_and_no_others() {
    let stub = Stub::new(answer);
    topology_of(&stub).await;
    let made: BTreeSet<String> = stub.calls().into_iter().collect();
    let made: Vec<&str> = made.iter().map(String::as_str).collect();
    assert_eq!(made, actions());
    assert_eq!(policy()["Statement"][0]["Action"], json!(actions()));
    let documented = include_str!("../../../../docs/TOPOLOGY.md");
    for action in actions() {
        assert!(
            documented.contains(action),
            "{action} is not in docs/TOPOLOGY.md"
        );
        let verb = action.split_once(':').unwrap().1;
        assert!(
            ["List", "Describe", "Get"]
                .iter()
                .any(|read| verb.starts_with(read)),
            "{action}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_call_is_denied_is_a_gap_by_its_name_and_all_else_is_read() {
    for denied in actions() {
        let stub = Stub::new(move |request| {
            if request.action == denied {
                return refuse(403, "AccessDeniedException");
            }
            answer(request)
        });
        let (_, pulled) = topology_of(&stub).await;
        let needs = |reader: &&Reader| reader.actions.iter().any(|one| one.name == denied);
        let without: BTreeSet<AwsService> = READERS
            .iter()
            .filter(needs)
            .map(|reader| reader.service)
            .collect();
        let expected = without
            .iter()
            .map(|service| format!("{service}: {denied} denied"));
        let found: BTreeSet<String> = gaps(&pulled).into_iter().collect();
        assert_eq!(found, expected.collect());
        for part in &pulled.parts {
            assert_eq!(part.is_whole, !without.contains(&part.service), "{denied}");
        }
        let mut readings = Readings::default();
        readings.add(&pulled.parts, Timestamp::UNIX_EPOCH);
        for (_, service, last) in readings.iter() {
            assert_eq!(last.at.is_none(), without.contains(&service));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_throttled_for_good_is_a_gap_and_a_short_throttle_is_none() {
    let stub = Stub::new(|request| match request.action {
        "lambda:ListFunctions" => refuse(429, "TooManyRequestsException"),
        _ => answer(request),
    });
    let began = Instant::now();
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["lambda: lambda:ListFunctions throttled"]);
    assert!(began.elapsed() < Duration::from_mins(1));

    let refusals = AtomicUsize::new(0);
    let stub = Stub::new(move |request| match request.action {
        "sqs:ListQueues" if refusals.fetch_add(1, Ordering::Relaxed) < 3 => {
            refuse(400, "ThrottlingException")
        }
        "kinesis:DescribeStreamSummary" if refusals.fetch_add(1, Ordering::Relaxed) < 3 => {
            refuse(500, "InternalFailure")
        }
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_action_that_is_throttled_away_is_not_called_for_every_resource() {
    let stub = Stub::new(|request| match request.action {
        "sqs:ListQueues" => {
            let urls: Vec<String> = (0..2_000).map(|n| format!("https://q/{n}")).collect();
            ok(json!({ "QueueUrls": urls }))
        }
        "sqs:GetQueueAttributes" => refuse(400, "ThrottlingException"),
        _ => answer(request),
    });
    let began = Instant::now();
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["sqs: sqs:GetQueueAttributes throttled"]);
    assert!(
        began.elapsed() < Duration::from_mins(5),
        "{:?}",
        began.elapsed()
    );
    assert!(stub.calls().len() < 300);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_is_unavailable_and_one_that_answers_nonsense_unreadable() {
    let stub = Stub::new(|request| match request.action {
        "states:ListStateMachines" => refuse(503, "ServiceUnavailable"),
        "pipes:DescribePipe" => (200, "<html>".to_owned()),
        "firehose:ListDeliveryStreams" => refuse(400, "ValidationException"),
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(
        gaps(&pulled),
        [
            "pipes: pipes:DescribePipe unreadable",
            "states: states:ListStateMachines unavailable",
            "firehose: firehose:ListDeliveryStreams unreadable",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_is_deleted_while_it_is_read_is_no_gap() {
    let stub = Stub::new(|request| match request.action {
        "sqs:GetQueueAttributes" if request.text("QueueUrl").unwrap().ends_with("lost") => {
            refuse(400, "QueueDoesNotExist")
        }
        _ => answer(request),
    });
    let (topology, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), Vec::<String>::new());
    let lost = End::named(Kind::Queue, &arn("sqs", "lost")).unwrap();
    assert!(!topology.resources().contains_key(&lost));
}

#[tokio::test(start_paused = true)]
async fn a_list_without_an_end_is_not_followed_for_ever() {
    let stub = Stub::new(|request| match request.action {
        "sqs:ListQueues" => ok(json!({ "QueueUrls": [], "NextToken": "again" })),
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["sqs: sqs:ListQueues unreadable"]);
}

#[tokio::test(start_paused = true)]
async fn a_pattern_that_is_not_understood_is_named_and_removes_nothing_else() {
    let stub = Stub::new(|request| match request.action {
        "events:ListRules" => ok(json!({ "Rules": [
            { "Name": "strange", "State": "ENABLED", "EventPattern": "{\"source\":\"text\"}" },
        ]})),
        _ => answer(request),
    });
    let (_, pulled) = topology_of(&stub).await;
    assert_eq!(gaps(&pulled), ["events: events:ListRules unreadable"]);
    assert_eq!(pulled.left_out[0].name, "strange");
    assert!(pulled.parts.iter().all(|part| part.is_whole));
}

/// The answers of the service that gives roles out.
fn sts(request: &Request<'_>) -> Answer {
    let may = request.body.contains("222222222222");
    match request.action {
        "sts:GetCallerIdentity" => (
            200,
            format!("<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"),
        ),
        "sts:AssumeRole" if may => (
            200,
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>B\
             </SecretAccessKey><SessionToken>C</SessionToken><Expiration>2026-11-28T00:00:00Z</Expiration>\
             </Credentials></AssumeRoleResult></AssumeRoleResponse>"
                .to_owned(),
        ),
        "sts:AssumeRole" => refuse(403, "AccessDenied"),
        _ => answer(request),
    }
}

#[tokio::test(start_paused = true)]
async fn the_accounts_of_the_roles_are_read_and_one_that_may_not_be_assumed_is_a_gap() {
    let stub = Stub::new(sts);
    let role = |account: &str| Role::new(&format!("arn:aws:iam::{account}:role/piitrail")).unwrap();
    let roles = [role("222222222222"), role("333333333333")];
    let regions = ["eu-west-1", "us-east-1"].map(|name| Region::new(name).unwrap());
    let places = super::places(&stub.config(), &roles, &regions)
        .await
        .unwrap();
    let homes: Vec<String> = places.iter().map(|place| place.home.to_string()).collect();
    let [a, b] = ["222222222222", "333333333333"];
    let expected =
        [a, b].map(|account| regions.map(|region| format!("{}/{account}", region.as_str())));
    assert_eq!(homes, expected.concat());
    let pulled = pull(places, |_, _| true, |_, _| {}).await;
    assert_eq!(pulled.parts.len(), 4 * READERS.len());
    for part in &pulled.parts {
        let is_denied = part.home.account == Account::new(b);
        assert_eq!(part.is_whole, !is_denied);
        let gap = Gap {
            action: "sts:AssumeRole".to_owned(),
            reason: GapReason::Denied,
        };
        assert_eq!(part.gaps.contains(&gap), is_denied);
    }

    let twice = [role(a), role(a)];
    assert!(
        super::places(&stub.config(), &twice, &regions)
            .await
            .is_err()
    );
    let own = super::places(&stub.config(), &[], &[]).await.unwrap();
    assert_eq!(
        own.iter().map(|place| place.home).collect::<Vec<_>>(),
        [home()]
    );
    assert!(Role::new("arn:aws:iam::222222222222:user/x").is_none());
}

#[test]
fn every_service_has_one_reader() {
    let services: BTreeSet<AwsService> = READERS.iter().map(|reader| reader.service).collect();
    assert_eq!(services.len(), READERS.len());
    assert_eq!(services, AwsService::all().collect());
    for reader in &READERS {
        for action in reader.actions {
            let (prefix, _) = action.name.split_once(':').unwrap();
            let own = match reader.service {
                AwsService::EventsV2 => "events",
                service => service.as_str(),
            };
            // Where the logs of buses go stands in another service.
            assert!(prefix == own || (own == "events" && prefix == "logs"));
            assert!(action.per_second > 0);
        }
    }
}

/// A stand-in with AWS's own rates: a call above the rate of its action is throttled.
fn with_limits(queues: usize, rules: usize, functions: usize) -> Stub {
    let urls: Vec<String> = (0..queues).map(|n| format!("https://q/{n}")).collect();
    Stub::new(move |request| {
        let page = |all: usize, size: usize, token: Option<String>| {
            let from: usize = token.and_then(|token| token.parse().ok()).unwrap_or(0);
            let to = (from + size).min(all);
            (from..to, (to < all).then(|| to.to_string()))
        };
        match request.action {
            "sqs:ListQueues" => {
                let (range, next) = page(queues, 1_000, request.text("NextToken"));
                ok(json!({ "QueueUrls": urls[range], "NextToken": next }))
            }
            "sqs:GetQueueAttributes" => {
                let url = request.text("QueueUrl").unwrap();
                let name = url.rsplit('/').next().unwrap();
                ok(json!({ "Attributes": { "QueueArn": arn("sqs", name) } }))
            }
            "events:ListEventBuses" => ok(json!({ "EventBuses": [
                { "Name": "shop", "Arn": arn("events", "event-bus/shop") },
            ]})),
            "events:ListRules" => {
                let (range, next) = page(rules, 100, request.text("NextToken"));
                let rules: Vec<Value> = range
                    .map(|n| json!({ "Name": format!("r{n}"), "EventPattern": r#"{"source":["a"]}"# }))
                    .collect();
                ok(json!({ "Rules": rules, "NextToken": next }))
            }
            "events:ListTargetsByRule" => {
                ok(json!({ "Targets": [{ "Id": "1", "Arn": arn("sqs", "1") }] }))
            }
            "lambda:ListFunctions" => {
                let marker = request.uri.split("Marker=").nth(1);
                let marker = marker.map(|text| text.split('&').next().unwrap().to_owned());
                let (range, next) = page(functions, 50, marker);
                let functions: Vec<Value> = range
                    .map(|n| json!({ "FunctionArn": arn("lambda", &format!("function:f{n}")) }))
                    .collect();
                ok(json!({ "Functions": functions, "NextMarker": next }))
            }
            "lambda:ListFunctionEventInvokeConfigs" => {
                ok(json!({ "FunctionEventInvokeConfigs": [] }))
            }
            _ => answer(request),
        }
    })
    .with_limits(READERS.iter().flat_map(|reader| reader.actions).copied())
}

/// The time is that of a clock that jumps ahead while everything waits, so the answers of AWS take
/// no time in it.
#[tokio::test(start_paused = true)]
async fn a_large_account_is_read_within_ten_minutes_and_near_the_slowest_services_rate() {
    let stub = with_limits(10_000, 3_000, 5_000);
    let began = Instant::now();
    let pulled = pull(vec![stub.place()], |_, _| true, |_, _| {}).await;
    let took = began.elapsed();
    assert_eq!(gaps(&pulled), Vec::<String>::new());
    assert_eq!(stub.throttled(), 0);
    // Lambda is the slowest: a call for each function, and its lists, at 15 calls a second.
    let slowest = Duration::from_secs_f64((5_000.0 + 100.0 + 1.0) / 15.0);
    println!(
        "pull: {} calls in {took:?}; the slowest service's rate allows {slowest:?}",
        stub.calls().len()
    );
    assert!(took < Duration::from_mins(10), "{took:?}");
    assert!(took < slowest.mul_f64(1.2), "{took:?} for {slowest:?}");
}
