//! Tests the promises of template.yaml on the template after the SAM transform, so that what SAM
//! adds on its own (managed policies, for example) counts too.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::LazyLock;

use eventbridge_pattern::{Event, Pattern};
use piitrail_flow::announcement::{EVENT_SOURCE, FIRST_SEEN_DETAIL_TYPE};
use serde_json::{Map, Value, json};

use crate::machine_room::{MachineRoom, Stack};

mod permissions;

/// The template as CloudFormation has it after the SAM transform.
static TEMPLATE: LazyLock<Value> = LazyLock::new(|| {
    let room = MachineRoom::start();
    Stack::deploy(&room).template()
});

#[test]
fn the_tap_leaves_out_what_has_the_source_and_the_type_and_the_account_of_our_own_events() {
    const OURS: [&str; 3] = [EVENT_SOURCE, FIRST_SEEN_DETAIL_TYPE, ACCOUNT];
    for is_prefixed in [false, true] {
        let pattern = tap_pattern(is_prefixed.then_some("shop."));
        for [source, detail_type, account] in [
            OURS,
            ["shop.orders", OURS[1], OURS[2]],
            ["shop.orders", "OrderPlaced", OURS[2]],
            [OURS[0], "OrderPlaced", OURS[2]],
            [OURS[0], OURS[1], "999999999999"],
        ] {
            let event = json!({ "source": source, "detail-type": detail_type, "account": account });
            let is_heard = pattern
                .matches(&Event::from_value(&event).unwrap())
                .unwrap();
            let is_ours = [source, detail_type, account] == OURS;
            let is_asked_for = !is_prefixed || source.starts_with("shop.");
            assert_eq!(is_heard, is_asked_for && !is_ours, "{event}");
        }
    }
}

/// The account for which the template is evaluated.
const ACCOUNT: &str = "111122223333";

/// Returns the pattern of the tap's rule as CloudFormation builds it.
fn tap_pattern(prefix: Option<&str>) -> Pattern {
    let rule = &resources("AWS::Events::Rule")["TapRule"]["Properties"];
    let pattern = evaluated(&rule["EventPattern"], prefix);
    Pattern::parse(&pattern.to_string()).unwrap()
}

/// Returns a value of the template, with `TapSourcePrefix` given or left empty.
fn evaluated(value: &Value, prefix: Option<&str>) -> Value {
    match value {
        Value::Object(fields) => match fields.iter().next() {
            Some((key, name)) if key == "Ref" && name == "AWS::AccountId" => json!(ACCOUNT),
            Some((key, name)) if key == "Ref" && name == "TapSourcePrefix" => {
                json!(prefix.unwrap_or_default())
            }
            Some((key, parts)) if key == "Fn::If" && parts[0] == "HasSourcePrefix" => {
                evaluated(&parts[if prefix.is_some() { 1 } else { 2 }], prefix)
            }
            _ => fields
                .iter()
                .map(|(key, value)| (key.clone(), evaluated(value, prefix)))
                .collect(),
        },
        Value::Array(items) => items.iter().map(|item| evaluated(item, prefix)).collect(),
        other => other.clone(),
    }
}

#[test]
fn parameters_refuse_what_would_end_in_a_stack_that_does_not_work() {
    let takes = |parameter: &str, value: &str| {
        let pattern = TEMPLATE["Parameters"][parameter]["AllowedPattern"].as_str();
        // CloudFormation matches the whole value.
        let pattern = format!("^(?:{})$", pattern.unwrap());
        let script = "import re, sys; sys.exit(0 if re.match(sys.argv[1], sys.argv[2]) else 1)";
        let status = Command::new("python3")
            .args(["-c", script, &pattern, value])
            .status();
        status.unwrap().success()
    };
    for schedule in [
        "rate(1 hour)",
        "rate(1 minute)",
        "rate(15 minutes)",
        "rate(2 hours)",
    ] {
        assert!(takes("RollupSchedule", schedule), "{schedule}");
    }
    for schedule in [
        "rate(0 minutes)",
        "rate(00 hours)",
        "rate(1 minutes)",
        "rate(2 hour)",
    ] {
        assert!(!takes("RollupSchedule", schedule), "{schedule}");
    }
    for prefix in ["", "shop.", "pay", "piitrail.orders", "aws."] {
        assert!(takes("TapSourcePrefix", prefix), "{prefix}");
    }
    // With such a prefix the tap could not tell other events from Piitrail's own.
    for prefix in ["p", "pii", "piitrail"] {
        assert!(!takes("TapSourcePrefix", prefix), "{prefix}");
    }
}

#[test]
fn no_other_function_can_keep_the_roll_up_from_running() {
    let reserved =
        &resources("AWS::Lambda::Function")["Rollup"]["Properties"]["ReservedConcurrentExecutions"];
    assert_eq!(
        *reserved,
        json!({ "Fn::If": ["RollupReserves", 1, { "Ref": "AWS::NoValue" }] })
    );
    assert_eq!(
        TEMPLATE["Parameters"]["RollupReservesConcurrency"]["Default"],
        "on"
    );
}

#[test]
fn queues_are_encrypted_with_the_customer_key() {
    for (name, queue) in resources("AWS::SQS::Queue") {
        assert_eq!(
            queue["Properties"]["KmsMasterKeyId"],
            arn_of("Key"),
            "{name}"
        );
    }
}

#[test]
fn only_the_tap_rule_may_send_to_the_queues() {
    let policy = &resources("AWS::SQS::QueuePolicy")["QueuesTakeFromTheTapRule"]["Properties"];
    let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    let allowed: Vec<_> = statements
        .iter()
        .filter(|one| one["Effect"] == "Allow")
        .collect();
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0]["Principal"]["Service"], "events.amazonaws.com");
    assert_eq!(
        allowed[0]["Condition"]["ArnEquals"]["aws:SourceArn"],
        arn_of("TapRule")
    );
    let denied = |sid: &str| statements.iter().find(|one| one["Sid"] == sid).unwrap();
    let others = denied("NobodyElseSends");
    assert_eq!(others["Effect"], "Deny");
    assert_eq!(others["Principal"], "*");
    assert_eq!(others["Action"], "sqs:SendMessage");
    assert_eq!(
        others["Condition"]["ArnNotEquals"]["aws:SourceArn"],
        arn_of("TapRule")
    );
    assert_eq!(denied("NothingInTheClear")["Action"], "sqs:*");
    for statement in statements {
        let queues = json!([arn_of("TapQueue"), arn_of("DeadLetters")]);
        assert_eq!(statement["Resource"], queues, "{statement}");
    }
}

#[test]
fn a_message_stays_hidden_six_times_as_long_as_the_tracer_may_run_and_the_longest_window() {
    let hidden =
        resources("AWS::SQS::Queue")["TapQueue"]["Properties"]["VisibilityTimeout"].as_u64();
    let timeout = resources("AWS::Lambda::Function")["Tracer"]["Properties"]["Timeout"].as_u64();
    let window = TEMPLATE["Parameters"]["BatchWindowSeconds"]["MaxValue"].as_u64();
    assert!(hidden.unwrap() >= 6 * timeout.unwrap() + window.unwrap());
}

#[test]
fn what_cannot_be_read_or_delivered_waits_fourteen_days_in_the_dead_letters() {
    let queues = resources("AWS::SQS::Queue");
    let tap = &queues["TapQueue"]["Properties"];
    assert_eq!(
        tap["RedrivePolicy"]["deadLetterTargetArn"],
        arn_of("DeadLetters")
    );
    assert!(tap["RedrivePolicy"]["maxReceiveCount"].as_u64().unwrap() >= 5);
    let target = &resources("AWS::Events::Rule")["TapRule"]["Properties"]["Targets"][0];
    assert_eq!(target["DeadLetterConfig"]["Arn"], arn_of("DeadLetters"));
    let kept = &queues["DeadLetters"]["Properties"]["MessageRetentionPeriod"];
    assert_eq!(kept, 14 * 24 * 60 * 60);
}

#[test]
fn only_the_records_that_failed_come_again() {
    let mapping = &resources("AWS::Lambda::EventSourceMapping")["TracerTap"]["Properties"];
    assert_eq!(
        mapping["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
}

#[test]
fn the_table_is_on_demand_encrypted_recoverable_expiring_and_protected() {
    let table = &resources("AWS::DynamoDB::Table")["Table"]["Properties"];
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table["SSESpecification"]["SSEType"], "KMS");
    assert_eq!(table["SSESpecification"]["KMSMasterKeyId"], arn_of("Key"));
    assert_eq!(
        table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"],
        true
    );
    assert_eq!(
        table["TimeToLiveSpecification"],
        json!({ "AttributeName": "expires_at", "Enabled": true })
    );
    assert_eq!(table["DeletionProtectionEnabled"], true);
}

#[test]
fn the_evidence_and_the_key_it_is_read_with_outlive_the_stack() {
    for (kind, name) in [("AWS::DynamoDB::Table", "Table"), ("AWS::KMS::Key", "Key")] {
        let resource = resources(kind)[name];
        assert_eq!(resource["DeletionPolicy"], "Retain", "{name}");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
}

#[test]
fn each_function_is_traced_and_logs_json_into_an_encrypted_group_that_forgets() {
    let groups = resources("AWS::Logs::LogGroup");
    for (name, function) in resources("AWS::Lambda::Function") {
        let function = &function["Properties"];
        assert_eq!(function["TracingConfig"]["Mode"], "Active", "{name}");
        assert_eq!(function["LoggingConfig"]["LogFormat"], "JSON", "{name}");
        let group = function["LoggingConfig"]["LogGroup"]["Ref"]
            .as_str()
            .unwrap();
        let group = &groups[group]["Properties"];
        assert_eq!(
            group["RetentionInDays"],
            json!({ "Ref": "LogRetentionDays" }),
            "{name}"
        );
        assert_eq!(group["KmsKeyId"], arn_of("Key"), "{name}");
    }
}

#[test]
fn functions_run_on_the_architecture_asked_for_and_arm64_unasked() {
    for (name, function) in resources("AWS::Lambda::Function") {
        let function = &function["Properties"];
        assert_eq!(function["Runtime"], "provided.al2023", "{name}");
        assert_eq!(
            function["Architectures"],
            json!([{ "Ref": "Architecture" }]),
            "{name}"
        );
    }
    assert_eq!(TEMPLATE["Parameters"]["Architecture"]["Default"], "arm64");
}

#[test]
fn a_layer_brings_the_tracers_configuration_and_without_one_there_is_none() {
    for (name, function) in resources("AWS::Lambda::Function") {
        let function = &function["Properties"];
        let file = &function["Environment"]["Variables"]["PIITRAIL_CONFIG"];
        if name == "Tracer" {
            assert_eq!(
                function["Layers"],
                json!({
                    "Fn::If": ["HasConfigLayer", [{ "Ref": "ConfigLayerArn" }], { "Ref": "AWS::NoValue" }]
                })
            );
            assert_eq!(
                *file,
                json!({ "Fn::If": ["HasConfigLayer", { "Ref": "ConfigFile" }, ""] })
            );
        } else {
            assert_eq!(function["Layers"], Value::Null, "{name}");
            assert_eq!(*file, Value::Null, "{name}");
        }
    }
    let parameters = &TEMPLATE["Parameters"];
    assert_eq!(parameters["ConfigLayerArn"]["Default"], "");
    assert_eq!(parameters["ConfigFile"]["Default"], "/opt/piitrail.yaml");
}

#[test]
fn the_alarms_watch_every_way_a_record_can_be_missed_and_tell_the_topic_given() {
    let alarms = resources("AWS::CloudWatch::Alarm");
    let watched: BTreeMap<_, _> = alarms
        .iter()
        .map(|(name, alarm)| (*name, alarm["Properties"]["MetricName"].as_str()))
        .collect();
    let expected = [
        (
            "DeadLettersAlarm",
            Some("ApproximateNumberOfMessagesVisible"),
        ),
        ("ReportErrorsAlarm", Some("Errors")),
        ("RollupAlarm", Some("Invocations")),
        ("RollupErrorsAlarm", Some("Errors")),
        ("TapAgeAlarm", Some("ApproximateAgeOfOldestMessage")),
        ("TapAlarm", Some("FailedInvocations")),
        ("TapLossAlarm", Some("InvocationsFailedToBeSentToDlq")),
        ("TopologyAlarm", Some("TopologyUnreadable")),
        ("TracerErrorsAlarm", Some("Errors")),
        ("TracerThrottlesAlarm", Some("Throttles")),
    ];
    assert_eq!(watched, expected.into());
    let told = json!({
        "Fn::If": ["HasAlarmTopic", [{ "Ref": "AlarmTopicArn" }], { "Ref": "AWS::NoValue" }]
    });
    for (name, alarm) in alarms {
        assert_eq!(alarm["Properties"]["AlarmActions"], told, "{name}");
    }
}

fn resources(kind: &str) -> BTreeMap<&'static str, &'static Value> {
    let all: &Map<String, Value> = TEMPLATE["Resources"].as_object().unwrap();
    let found: BTreeMap<_, _> = all
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name.as_str(), resource))
        .collect();
    assert!(!found.is_empty(), "the template has no {kind}");
    found
}

fn arn_of(name: &str) -> Value {
    json!({ "Fn::GetAtt": [name, "Arn"] })
}
