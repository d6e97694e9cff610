//! Tests what the roles and the key's policy allow.

use super::*;

/// The calls that each function makes. Its role may allow no others.
const CALLS: [(&str, &[&str]); 3] = [
    (
        "TracerRole",
        &[
            // shared/aws: one transaction a batch; its parts are authorised one by one.
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            // what is seen for the first time
            "events:PutEvents",
            // the table's encryption
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            // the runtime, on the function's behalf
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
    ),
    (
        "RollupRole",
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "events:PutEvents",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
    ),
    (
        "ReportRole",
        &[
            "dynamodb:GetItem",
            "dynamodb:Query",
            "kms:Decrypt",
            "kms:DescribeKey",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
    ),
];

#[test]
fn each_role_names_the_actions_its_function_calls_and_no_other() {
    let roles = resources("AWS::IAM::Role");
    assert!(roles.keys().eq(&["ReportRole", "RollupRole", "TracerRole"]));
    for (name, calls) in CALLS {
        let named: BTreeSet<_> = statements(roles[name]).flat_map(actions).collect();
        assert_eq!(named, calls.iter().copied().collect(), "{name}");
    }
}

#[test]
fn functions_may_put_events_of_piitrail_only() {
    for name in ["TracerRole", "RollupRole"] {
        let may = statements(resources("AWS::IAM::Role")[name])
            .find(|statement| statement["Action"] == "events:PutEvents")
            .unwrap();
        let of_ours = json!({ "StringEqualsIfExists": { "events:source": EVENT_SOURCE } });
        assert_eq!(may["Condition"], of_ours, "{name}");
    }
}

#[test]
fn a_tracer_deletes_nothing_but_announcements_and_batch_writes_nothing_but_subjects() {
    let role = resources("AWS::IAM::Role")["TracerRole"];
    let index = resources("AWS::IAM::Policy")["TracerTellsPeopleApart"];
    let all = statements(role).chain(
        index["Properties"]["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap(),
    );
    let bounds: BTreeMap<_, _> = all
        .filter_map(|statement| {
            let action = statement["Action"].as_str()?;
            let is_bounded = ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"].contains(&action);
            is_bounded.then(|| (action, statement["Condition"].clone()))
        })
        .collect();
    let expected = [
        (
            "dynamodb:DeleteItem",
            json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["outbox"] } }),
        ),
        (
            "dynamodb:BatchWriteItem",
            json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["subject#*"] } }),
        ),
    ];
    assert_eq!(bounds, expected.into());
    // A statement with several actions has no bound above, so it must not contain this action.
    for statement in statements(role).filter(|statement| statement["Action"].is_array()) {
        assert!(actions(statement).all(|action| action != "dynamodb:DeleteItem"));
    }
}

#[test]
fn the_subject_keys_are_read_by_the_tracer_alone_and_only_where_there_are_any() {
    let policies = resources("AWS::IAM::Policy");
    assert!(policies.keys().eq(&["TracerTellsPeopleApart"]));
    let policy = policies["TracerTellsPeopleApart"];
    assert_eq!(policy["Condition"], "HasSubjectKey");
    assert_eq!(
        policy["Properties"]["Roles"],
        json!([{ "Ref": "TracerRole" }])
    );
    let statements = policy["Properties"]["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap();
    let named: BTreeSet<_> = statements.iter().flat_map(actions).collect();
    assert_eq!(
        named,
        [
            "dynamodb:BatchWriteItem",
            "kms:Decrypt",
            "secretsmanager:GetSecretValue"
        ]
        .into()
    );
    for statement in statements {
        assert_ne!(statement["Resource"], "*");
    }
}

#[test]
fn no_role_has_a_managed_policy() {
    for (name, role) in resources("AWS::IAM::Role") {
        assert_eq!(
            role["Properties"]["ManagedPolicyArns"],
            Value::Null,
            "{name}"
        );
    }
}

#[test]
fn every_permission_names_its_resource_but_tracing_which_has_none() {
    for (name, role) in resources("AWS::IAM::Role") {
        for statement in statements(role) {
            let traces = actions(statement).all(|action| action.starts_with("xray:"));
            assert_eq!(statement["Resource"] == "*", traces, "{name}: {statement}");
        }
    }
}

#[test]
fn the_key_is_used_by_the_roles_only_through_the_table_and_the_queue() {
    for (name, role) in resources("AWS::IAM::Role") {
        for statement in statements(role) {
            if actions(statement).any(|action| action.starts_with("kms:")) {
                let via = &statement["Condition"]["StringEquals"]["kms:ViaService"];
                assert!(via.is_object(), "{name}: {statement}");
            }
        }
    }
}

#[test]
fn the_key_is_open_to_the_account_the_bus_and_the_logs_and_to_nobody_else() {
    let key = &resources("AWS::KMS::Key")["Key"]["Properties"];
    let opened = key["KeyPolicy"]["Statement"].as_array().unwrap();
    for statement in opened {
        let account = statement["Principal"]["AWS"].is_object();
        assert!(account || statement["Condition"].is_object(), "{statement}");
        assert!(
            account || actions(statement).all(|action| !action.contains('*')),
            "{statement}"
        );
    }
    assert_eq!(opened.len(), 3);
    assert_eq!(key["EnableKeyRotation"], true);
}

fn statements(role: &Value) -> impl Iterator<Item = &Value> {
    let policies = role["Properties"]["Policies"].as_array().unwrap();
    policies
        .iter()
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
}

/// Returns the actions of a statement, in which `Action` is one or a list.
fn actions(statement: &Value) -> impl Iterator<Item = &str> {
    let list = statement["Action"].as_array();
    let one = list
        .is_none()
        .then(|| statement["Action"].as_str().unwrap());
    one.into_iter().chain(
        list.into_iter()
            .flatten()
            .map(|action| action.as_str().unwrap()),
    )
}
