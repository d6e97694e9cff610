use super::*;

/// The event of AWS's documentation on input transformation.
const EVENT: &[u8] = br#"{
  "version": "0",
  "id": "7bf73129-1428-4cd3-a780-95db273d1602",
  "detail-type": "EC2 Instance State-change Notification",
  "source": "aws.ec2",
  "account": "123456789012",
  "time": "2015-11-11T21:29:54Z",
  "region": "us-east-1",
  "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
  "detail": {"instance-id": "i-0123456789", "state": "RUNNING", "quoted": "a \"b\"", "n": 3.0e2, "tags": ["x", "y"]}
}"#;

const INVOCATION: Invocation<'_> = Invocation {
    rule_arn: "arn:aws:events:us-east-2:123456789012:rule/example",
    rule_name: "example",
    ingestion_time: "2026-11-21T10:00:00Z",
};

fn received(input: &TargetInput) -> Received {
    let event = Event::parse(EVENT).unwrap();
    input.receives(&event, &INVOCATION).unwrap()
}

fn transformed(template: &str) -> Received {
    let paths = [
        ("instance", "$.detail.instance-id"),
        ("state", "$.detail.state"),
        ("detail", "$.detail"),
        ("quoted", "$.detail.quoted"),
        ("n", "$.detail.n"),
        ("tags", "$.detail.tags"),
        ("all", "$.detail.tags[*]"),
        ("missing", "$.detail.nothing"),
    ];
    received(&TargetInput::transformer(paths, template).unwrap())
}

fn json(text: &str) -> Received {
    Received::Json(text.to_owned())
}

fn text(text: &str) -> Received {
    Received::Text(text.to_owned())
}

#[test]
fn the_documented_templates_give_the_documented_inputs() {
    assert_eq!(
        transformed(r#""instance <instance> is in <state>""#),
        json(r#""instance i-0123456789 is in RUNNING""#)
    );
    assert_eq!(
        transformed(r#""instance \"<instance>\" is in <state>""#),
        json(r#""instance \"i-0123456789\" is in RUNNING""#)
    );
    assert_eq!(
        transformed(r#"{"instance" : <instance>, "state": <state>}"#),
        json(r#"{"instance":"i-0123456789","state":"RUNNING"}"#)
    );
    assert_eq!(
        transformed(
            r#"{"instance": <instance>, "state": "<state>", "instanceStatus": "instance \"<instance>\" is in <state>"}"#
        ),
        json(
            r#"{"instance":"i-0123456789","state":"RUNNING","instanceStatus":"instance \"i-0123456789\" is in RUNNING"}"#
        )
    );
    assert_eq!(
        transformed(
            r#"{"instance": <instance>, "state": [9, <state>, true], "Transformed": "Yes"}"#
        ),
        json(r#"{"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"}"#)
    );
    assert_eq!(
        transformed(r#""<aws.events.rule-name> triggered""#),
        json(r#""example triggered""#)
    );
    assert_eq!(
        transformed(
            r#"{"ruleArn": <aws.events.rule-arn>, "at": <aws.events.event.ingestion-time>}"#
        ),
        json(
            r#"{"ruleArn":"arn:aws:events:us-east-2:123456789012:rule/example","at":"2026-11-21T10:00:00Z"}"#
        )
    );
}

#[test]
fn the_whole_event_is_a_value_with_or_without_its_detail() {
    let event: Value = serde_json::from_slice(EVENT).unwrap();
    let filled = transformed(r#"{"all": <aws.events.event.json>, "envelope": <aws.events.event>}"#);
    let filled: Value = serde_json::from_str(filled.as_str()).unwrap();
    assert_eq!(filled["all"], event);
    assert_eq!(filled["envelope"]["source"], "aws.ec2");
    assert_eq!(filled["envelope"].get("detail"), None);
}

#[test]
fn plain_text_is_filled_without_quotation_marks() {
    assert_eq!(
        transformed("<instance> is in state <state>"),
        text("i-0123456789 is in state RUNNING")
    );
    assert_eq!(
        transformed("\"first <instance>\"\n\"second <state>\""),
        text("\"first i-0123456789\"\n\"second RUNNING\"")
    );
}

#[test]
fn a_placeholder_alone_is_the_value() {
    assert_eq!(transformed("<state>"), json("\"RUNNING\""));
    assert_eq!(transformed(" <tags> "), json(r#"["x","y"]"#));
}

#[test]
fn a_path_that_finds_nothing_is_the_empty_string() {
    assert_eq!(
        transformed(r#"{"a": <missing>, "b": "<missing>!"}"#),
        json(r#"{"a":"","b":"!"}"#)
    );
}

#[test]
fn an_object_in_a_string_loses_its_quotation_marks() {
    assert_eq!(
        transformed(r#"{"a": "tags <tags>", "b": <tags>, "c": <all>}"#),
        json(r#"{"a":"tags [x,y]","b":["x","y"],"c":["x","y"]}"#)
    );
    assert_eq!(
        transformed(r#""<detail>""#),
        json(r#""{instance-id:i-0123456789,state:RUNNING,quoted:a b,n:3.0e2,tags:[x,y]}""#)
    );
}

#[test]
fn numbers_keep_their_spelling() {
    assert_eq!(
        transformed(r#"{"n": <n>, "s": "<n>"}"#),
        json(r#"{"n":3.0e2,"s":"3.0e2"}"#)
    );
}

#[test]
fn text_in_a_string_is_not_escaped() {
    assert_eq!(
        transformed(r#"{"q": <quoted>}"#),
        json(r#"{"q":"a \"b\""}"#)
    );
    // AWS's documentation warns of this: the input is not JSON any more.
    assert_eq!(
        transformed(r#"{"q": "<quoted>"}"#),
        text(r#"{"q": "a "b""}"#)
    );
}

#[test]
fn a_constant_keeps_the_event_away() {
    let input = TargetInput::constant(r#"{"run": "nightly"}"#).unwrap();
    assert_eq!(received(&input), json(r#"{"run": "nightly"}"#));
    assert!(input.survivors().is_empty());
    assert!(TargetInput::constant("{").is_err());
}

#[test]
fn a_path_passes_a_part_of_the_event() {
    let part = |path: &str| received(&TargetInput::path(path).unwrap());
    assert_eq!(part("$.detail.state"), json("\"RUNNING\""));
    assert_eq!(part("$.detail.tags[*]"), json(r#"["x","y"]"#));
    assert_eq!(part("$.detail.nothing"), json("null"));
    assert_eq!(
        part("$.resources[0]").as_str(),
        r#""arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111""#
    );
}

#[test]
fn only_what_the_template_uses_survives() {
    let input = TargetInput::transformer(
        [("order", "$.detail.order"), ("unused", "$.detail.email")],
        r#"{"order": <order>}"#,
    )
    .unwrap();
    assert!(input.passes("$.detail.order.lines[*].sku").unwrap());
    assert!(!input.passes("$.detail.email").unwrap());

    let envelope = TargetInput::transformer([("", ""); 0], r#"{"e": <aws.events.event>}"#).unwrap();
    assert!(envelope.passes("$.source").unwrap());
    assert!(!envelope.passes("$.detail.email").unwrap());

    assert!(TargetInput::event().passes("$.detail.email").unwrap());
}

#[test]
fn bad_transformers_are_refused() {
    let refused = |paths: &[(&str, &str)], template: &str| {
        TargetInput::transformer(paths.iter().copied(), template).is_err()
    };
    assert!(refused(&[], "\"<nobody>\""));
    assert!(refused(&[("aws.mine", "$.a")], "<aws.mine>"));
    assert!(refused(&[("AWS", "$.a"), ("a b", "$.a")], "<AWS>"));
    assert!(refused(&[("", "$.a")], "x"));
    assert!(refused(&[("a", &format!("$.{}", "b".repeat(300)))], "<a>"));
    assert!(refused(&[("a", "$.a[?(@.b)]")], "<a>"));
    assert!(refused(&[("a", "$.a")], r"{<a>: 1}"));
    assert!(refused(&[], &"x".repeat(9000)));
}

#[test]
fn a_small_template_cannot_make_an_endless_input() {
    let template = format!("[{}1]", "<aws.events.event.json>,".repeat(300));
    let large = format!(r#"{{"detail": "{}"}}"#, "x".repeat(10_000));
    let event = Event::parse(large.as_bytes()).unwrap();
    let input = TargetInput::transformer([("", ""); 0], &template).unwrap();
    assert_eq!(
        input.receives(&event, &INVOCATION),
        Err(TargetError::TooLarge)
    );
}

#[test]
fn targets_are_read_as_aws_writes_them() {
    let target = serde_json::json!({
        "Id": "1",
        "Arn": "arn:aws:sqs:eu-west-1:111122223333:q",
        "InputTransformer": {"InputPathsMap": {"s": "$.detail.state"}, "InputTemplate": "{\"s\": <s>}"}
    });
    let input = TargetInput::from_value(&target).unwrap();
    assert_eq!(received(&input), json(r#"{"s":"RUNNING"}"#));

    let both = serde_json::json!({"Input": "{}", "InputPath": "$.detail"});
    assert_eq!(
        TargetInput::from_value(&both).unwrap_err(),
        TargetError::MoreThanOne
    );
    assert!(TargetInput::from_value(&serde_json::json!({"InputPath": 5})).is_err());
    assert!(TargetInput::from_value(&serde_json::json!({})).is_ok());
}

#[test]
fn a_pipe_fills_paths_and_its_own_variables() {
    let record = Event::parse(
        br#"{"messageId": "m-1", "body": {"order": "o-17", "email": "jane@example.com", "lines": [1, 2]}}"#,
    )
    .unwrap();
    let invocation = Invocation {
        rule_arn: "arn",
        rule_name: "orders",
        ingestion_time: "2026-11-21T10:00:00Z",
    };
    let filled = |template: &str| {
        let input = TargetInput::pipe_template(template).unwrap();
        input
            .receives(&record, &invocation)
            .unwrap()
            .as_str()
            .to_owned()
    };
    assert_eq!(
        filled(r#"{"id": <$.body.order>, "of": "<aws.pipes.pipe-name>", "none": <$.body.x>}"#),
        r#"{"id":"o-17","of":"orders","none":""}"#
    );
    assert_eq!(filled("<$.body.lines[1]>"), "2");
    assert_eq!(filled("order <$.body.order>"), "order o-17");
    assert!(filled("<aws.pipes.event.json>").contains("jane@example.com"));
    let input = TargetInput::pipe_template(r#"{"id": <$.body.order>}"#).unwrap();
    assert!(!input.passes("$.body.email").unwrap());
    assert!(TargetInput::pipe_template("<order>").is_err());
    assert!(TargetInput::pipe_template("<aws.events.rule-name>").is_err());
}
