//! Tests each intrinsic function, conditions, parameters and nested stacks.
//!
//! The file has more than 400 lines, because all tests use the one template at the top.

use crate::note::NoteKind;
use crate::template::{Certainty, File, Reading, Settings};
use crate::value::{Attribute, Outside, OutsideKind, Reason, Reference, ResourceId, Value};

/// Everything that the expressions of the tests refer to.
const AROUND: &str = "
Parameters:
  Given: {Type: String, Default: dev}
  Empty: {Type: String, Default: ''}
  Missing: {Type: String}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Parameter: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/bus}
Mappings:
  Stages: {dev: {Days: 7}, us-east-1: {Days: 1}}
Conditions:
  IsDev: !Equals [!Ref Given, dev]
  IsNotDev: !Not [!Condition IsDev]
  Unknown: !Equals [!Ref Missing, '']
  Itself: !Equals [!Ref Missing, !Ref Missing]
  OneKnown: !Or [!Condition Unknown, !Condition IsDev]
  OneFalse: !And [!Condition Unknown, !Condition IsNotDev]
  Open: !And [!Condition Unknown, !Condition IsDev]
  Circle: !Not [!Condition Circle]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Gone: {Type: AWS::SQS::Queue, Condition: IsNotDev}
  Maybe: {Type: AWS::SQS::Queue, Condition: Open}
  Some: {Type: AWS::SQS::Queue, Condition: OneKnown}
  None: {Type: AWS::SQS::Queue, Condition: OneFalse}
  Round: {Type: AWS::SQS::Queue, Condition: Circle}
  Same: {Type: AWS::SQS::Queue, Condition: Itself}
  It:
    Type: AWS::Events::Rule
    Properties:
      Value: ";

fn read_text(text: &str) -> Reading {
    let file = File {
        name: "t.yaml",
        bytes: text.as_bytes(),
    };
    crate::read(&[file], &Settings::default())
}

fn resolved(expression: &str) -> Option<Value> {
    let reading = read_text(&format!("{AROUND}{expression}\n"));
    let it = &reading.templates[0].resources["It"];
    it.property("Value").cloned()
}

fn value(expression: &str) -> Value {
    resolved(expression).unwrap()
}

fn text(expression: &str) -> String {
    match value(expression) {
        Value::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

fn queue(attribute: Attribute) -> Value {
    Value::Resource(Reference {
        resource: ResourceId {
            template: 0,
            id: "Queue".to_owned(),
        },
        attribute,
    })
}

fn arn() -> Value {
    queue(Attribute::Named("Arn".to_owned()))
}

fn outside(kind: OutsideKind, name: &str) -> Value {
    Value::Outside(Outside {
        kind,
        name: name.to_owned(),
    })
}

fn missing() -> Value {
    outside(OutsideKind::Parameter, "Missing")
}

#[test]
fn a_reference_is_a_parameter_a_pseudo_parameter_or_a_resource() {
    assert_eq!(text("!Ref Given"), "dev");
    assert_eq!(value("!Ref Missing"), missing());
    assert_eq!(text("!Ref AWS::Region"), "us-east-1");
    assert_eq!(text("{Ref: 'AWS::AccountId'}"), "111122223333");
    assert_eq!(
        value("!Ref AWS::StackName"),
        outside(OutsideKind::Stack, "t.yaml")
    );
    assert_eq!(value("!Ref Queue"), queue(Attribute::Ref));
    assert_eq!(value("!Ref Gone"), Value::Unknown(Reason::LeftOut));
    assert_eq!(value("!Ref Nobody"), Value::Unknown(Reason::NoSuchName));
    assert_eq!(resolved("!Ref AWS::NoValue"), None);
}

#[test]
fn a_parameter_of_an_ssm_type_is_the_dynamic_reference_to_it() {
    let same = outside(OutsideKind::DynamicReference, "{{resolve:ssm:/shop/bus}}");
    assert_eq!(value("!Ref Parameter"), same);
    assert_eq!(value("'{{resolve:ssm:/shop/bus}}'"), same);
    assert_eq!(value("!Sub '{{resolve:ssm:/shop/${AWS::Partition}}}'"), {
        outside(OutsideKind::DynamicReference, "{{resolve:ssm:/shop/aws}}")
    });
}

#[test]
fn an_attribute_is_written_in_two_ways() {
    assert_eq!(value("!GetAtt Queue.Arn"), arn());
    assert_eq!(value("!GetAtt [Queue, Arn]"), arn());
    assert_eq!(value("{'Fn::GetAtt': [Queue, Arn]}"), arn());
    assert_eq!(value("!GetAtt Queue"), Value::Unknown(Reason::Malformed));
}

#[test]
fn sub_puts_in_names_attributes_and_its_own_variables() {
    assert_eq!(
        text("!Sub 'a-${Given}-${!Given}-${AWS::Region}'"),
        "a-dev-${Given}-us-east-1"
    );
    assert_eq!(value("!Sub '${Queue.Arn}'"), arn());
    assert_eq!(value("!Sub '${Queue}'"), queue(Attribute::Ref));
    assert_eq!(value("!Sub ['${X}', {X: !GetAtt Queue.Arn}]"), arn());
    let joined = Value::Joined(vec![Value::text("a/"), missing(), Value::text("/b")]);
    assert_eq!(value("!Sub 'a/${Missing}/b'"), joined);
}

#[test]
fn join_select_and_split_work_on_what_is_known() {
    assert_eq!(text("!Join ['-', [a, !Ref Given, 1]]"), "a-dev-1");
    assert_eq!(text("!Join [',', !Ref Names]"), "a,b");
    assert_eq!(text("!Join ['', [a, !Ref AWS::NoValue, b]]"), "ab");
    assert_eq!(value("!Join ['', [!GetAtt Queue.Arn]]"), arn());
    assert_eq!(text("!Select [1, !Ref Names]"), "b");
    assert_eq!(text("!Select ['2', !Split ['/', 'a/b/c']]"), "c");
    assert_eq!(value("!Select [5, !Split [':', !GetAtt Queue.Arn]]"), arn());
    assert_eq!(
        value("!Select [1, !Split ['/', !Sub 'a/${Missing}/b']]"),
        missing()
    );
    assert_eq!(
        value("!Select [9, !Ref Names]"),
        Value::Unknown(Reason::NoListItem)
    );
    assert_eq!(
        value("!Select [x, !Ref Names]"),
        Value::Unknown(Reason::NoListItem)
    );
}

#[test]
fn maps_are_looked_up_with_their_default() {
    assert_eq!(
        value("!FindInMap [Stages, !Ref Given, Days]"),
        Value::Number(7.into())
    );
    assert_eq!(
        value("!FindInMap [Stages, !Ref AWS::Region, Days]"),
        Value::Number(1.into())
    );
    assert_eq!(
        value("!FindInMap [Stages, x, Days]"),
        Value::Unknown(Reason::NoMapEntry)
    );
    assert_eq!(
        value("!FindInMap [Stages, x, Days, {DefaultValue: !Ref Missing}]"),
        missing()
    );
}

#[test]
fn other_functions_come_to_a_value_or_say_why_not() {
    assert_eq!(text("!Select [0, !GetAZs '']"), "us-east-1a");
    assert_eq!(value("!Length [1, 2]"), Value::Number(2.into()));
    assert_eq!(
        value("!Length {Ref: Missing}"),
        Value::Unknown(Reason::NoListItem)
    );
    assert_eq!(text("!ToJsonString {a: [1]}"), "{\"a\":[1]}");
    assert!(value("!ToJsonString {a: !Ref Missing}").get("a").is_some());
    assert_eq!(value("!Base64 x"), Value::Unknown(Reason::MadeByAws));
    assert_eq!(value("!Cidr [a, 1, 2]"), Value::Unknown(Reason::MadeByAws));
    assert_eq!(value("!Strange x"), Value::Unknown(Reason::UnknownFunction));
    assert_eq!(
        value("!ImportValue bus"),
        outside(OutsideKind::Import, "bus")
    );
    assert_eq!(
        value("!ImportValue {'Fn::Sub': '${Given}-${Missing}'}"),
        outside(OutsideKind::Import, "dev-${Missing}")
    );
    let include = "{'Fn::Transform': {Name: 'AWS::Include'}}";
    assert_eq!(value(include), Value::Unknown(Reason::MadeByAws));
}

#[test]
fn a_statement_may_have_a_condition_alone() {
    let statement = value("{Condition: {StringEquals: {a: !Ref Given}}}");
    assert_eq!(
        statement.at(&["Condition", "StringEquals", "a"]),
        Some(&Value::text("dev"))
    );
}

#[test]
fn a_choice_is_made_where_its_condition_is_known() {
    assert_eq!(text("!If [IsDev, a, b]"), "a");
    assert_eq!(text("!If [IsNotDev, a, b]"), "b");
    assert_eq!(resolved("!If [IsNotDev, a, !Ref AWS::NoValue]"), None);
    let either = Value::OneOf(vec![Value::text("a"), Value::text("b")]);
    assert_eq!(value("!If [Unknown, a, b]"), either);
    assert_eq!(text("!If [Unknown, a, a]"), "a");
    let perhaps = Value::OneOf(vec![Value::text("a"), Value::Null]);
    assert_eq!(value("!If [Unknown, a, !Ref AWS::NoValue]"), perhaps);
    assert_eq!(
        resolved("!If [Unknown, !Ref AWS::NoValue, !Ref AWS::NoValue]"),
        None
    );
    let texts = Value::OneOf(vec![Value::text("x-a"), Value::text("x-b")]);
    assert_eq!(value("!Join ['-', [x, !If [Unknown, a, b]]]"), texts);
    let shorter = Value::OneOf(vec![Value::text("x-a"), Value::text("x")]);
    assert_eq!(
        value("!Join ['-', [x, !If [Unknown, a, !Ref AWS::NoValue]]]"),
        shorter
    );
    assert_eq!(text("!If [Itself, a, b]"), "a");
}

#[test]
fn a_resource_is_left_out_kept_or_uncertain_by_its_condition() {
    let reading = read_text(&format!("{AROUND}x\n"));
    let resources = &reading.templates[0].resources;
    let is_certain = |id: &str| resources[id].certainty == Certainty::Certain;
    assert!(!resources.contains_key("Gone") && !resources.contains_key("None"));
    assert!(is_certain("Some") && is_certain("Same") && is_certain("Queue"));
    assert!(!is_certain("Maybe") && !is_certain("Round"));
    let left_out = |line| {
        let of_line = |note: &&crate::Note| note.line == line;
        let note = reading.notes.iter().find(of_line).unwrap();
        matches!(note.kind, NoteKind::LeftOut(_))
    };
    // Lines are counted in the whole template, which begins with an empty line.
    let line = |id: &str| resources.get(id).map_or(0, |resource| resource.line);
    assert_eq!(line("Queue"), 20);
    assert!(left_out(21));
}

#[test]
fn notes_say_what_it_means_and_nothing_of_values() {
    let reading = read_text(&format!("{AROUND}!Sub 'jane@example.com-${{Nobody}}'\n"));
    let said: Vec<String> = reading.notes.iter().map(ToString::to_string).collect();
    let said = said.join("\n");
    assert!(
        said.contains("t.yaml:30: It: the template does not define Nobody."),
        "{said}"
    );
    assert!(!said.contains("jane"), "{said}");
}

#[test]
fn a_loop_makes_its_entries_and_an_unknown_one_is_said() {
    let template = "
Transform: AWS::LanguageExtensions
Parameters:
  Known: {Type: CommaDelimitedList, Default: 'orders,stock'}
  Open: {Type: CommaDelimitedList}
Resources:
  'Fn::ForEach::Queues':
    - Name
    - !Ref Known
    - '${Name}Queue':
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub '${Name}-queue'
          Other: !Ref Name
          'Fn::ForEach::Inner':
            - Key
            - [x, y]
            - '${Name}${Key}': !Ref Key
  'Fn::ForEach::Unknown': [N, !Ref Open, {'${N}Topic': {Type: AWS::SNS::Topic}}]
";
    let reading = read_text(template);
    let resources = &reading.templates[0].resources;
    assert_eq!(
        resources.keys().collect::<Vec<_>>(),
        ["ordersQueue", "stockQueue"]
    );
    let orders = &resources["ordersQueue"];
    assert_eq!(
        orders.property("QueueName"),
        Some(&Value::text("orders-queue"))
    );
    assert_eq!(orders.property("Other"), Some(&Value::text("orders")));
    assert_eq!(orders.property("ordersy"), Some(&Value::text("y")));
    assert!(
        reading
            .notes
            .iter()
            .any(|note| note.kind == NoteKind::LoopUnknown)
    );
}

const OUTER: &str = "
Resources:
  Dead:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ../shared/dlq.yaml, Parameters: {Name: !Sub 'dead-${AWS::Region}'}}
  Elsewhere:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 'https://s3.amazonaws.com/bucket/other.yaml'}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Outputs.Arn}
      Named: !GetAtt Dead.Outputs.Name
      Other: !GetAtt Elsewhere.Outputs.Arn
      NoOutput: !GetAtt Dead.Outputs.Nothing
";

const INNER: &str = "
Parameters: {Name: {Type: String, Default: x}}
Resources:
  Dlq: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}
Outputs:
  Arn: {Value: !GetAtt Dlq.Arn, Export: {Name: !Sub 'exported-${AWS::Region}'}}
  Name: {Value: !Ref Name}
";

fn read_files(files: &[(&str, &str)]) -> Reading {
    let files: Vec<File<'_>> = files
        .iter()
        .map(|(name, text)| File {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    crate::read(&files, &Settings::default())
}

#[test]
fn a_nested_stack_is_read_with_its_parameters_and_its_outputs_are_followed() {
    let reading = read_files(&[("orders/template.yaml", OUTER), ("shared/dlq.yaml", INNER)]);
    assert_eq!(reading.templates.len(), 2);
    let (outer, inner) = (&reading.templates[0], &reading.templates[1]);
    let nested_in = inner.nested_in.as_ref().unwrap();
    assert_eq!((nested_in.template, nested_in.id.as_str()), (0, "Dead"));
    let name = inner.resources["Dlq"].property("QueueName");
    assert_eq!(name, Some(&Value::text("dead-us-east-1")));
    let queue = &outer.resources["Queue"];
    let redrive = queue.property("RedrivePolicy").unwrap();
    let Some(Value::Resource(dead)) = redrive.get("deadLetterTargetArn") else {
        panic!("{redrive:?}");
    };
    assert_eq!(
        (dead.resource.template, dead.resource.id.as_str()),
        (1, "Dlq")
    );
    assert_eq!(
        queue.property("Named"),
        Some(&Value::text("dead-us-east-1"))
    );
    assert_eq!(
        queue.property("NoOutput"),
        Some(&Value::Unknown(Reason::NoSuchOutput))
    );
    let Some(Value::Resource(other)) = queue.property("Other") else {
        panic!("{queue:?}");
    };
    assert_eq!(other.resource.id, "Elsewhere");
    assert_eq!(other.attribute, Attribute::Named("Outputs.Arn".to_owned()));
    let not_read: Vec<_> = reading
        .notes
        .iter()
        .map(|note| (&note.resource, &note.kind))
        .collect();
    assert_eq!(
        not_read,
        [(&Some("Elsewhere".to_owned()), &NoteKind::NestedNotRead)]
    );
}

#[test]
fn an_export_of_another_file_is_followed() {
    let importing = "
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties: {Arn: !ImportValue exported-us-east-1}
";
    let reading = read_files(&[("a.yaml", importing), ("b.yaml", INNER)]);
    let rule = &reading.templates[0].resources["Rule"];
    let Some(Value::Resource(queue)) = rule.property("Arn") else {
        panic!("{rule:?}");
    };
    assert_eq!(
        (queue.resource.template, queue.resource.id.as_str()),
        (1, "Dlq")
    );
}

#[test]
fn stacks_that_nest_each_other_end() {
    let nests = |other: &str| {
        format!(
            "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {other}, Parameters: {{P: !GetAtt Inner.Outputs.O}}}}\nParameters: {{P: {{Type: String}}}}\nOutputs: {{O: {{Value: !Ref P}}}}\n"
        )
    };
    let (a, b) = (nests("b.yaml"), nests("a.yaml"));
    let reading = read_files(&[("a.yaml", &a), ("b.yaml", &b)]);
    assert!(reading.templates.len() < 20);
    assert!(
        reading
            .notes
            .iter()
            .any(|note| note.kind == NoteKind::NestedTooDeep)
    );
}

#[test]
fn an_alias_bomb_is_cut_off_when_it_is_resolved() {
    use std::fmt::Write as _;
    let mut text = String::from("a0: &a0 [x, x]\n");
    for i in 1..60 {
        writeln!(text, "a{i}: &a{i} [*a{}, *a{}]", i - 1, i - 1).unwrap();
    }
    text += "Resources:\n  R: {Type: AWS::SQS::Queue, Properties: {Bomb: *a59}}\n";
    let reading = read_text(&text);
    assert!(
        reading
            .notes
            .iter()
            .any(|note| matches!(note.kind, NoteKind::Limit(_)))
    );
}

#[test]
fn a_nested_stack_of_the_cdk_is_found_by_its_asset_and_one_that_is_left_out_is_not_read() {
    let outer = "
Conditions: {Never: !Equals [a, b]}
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: {'Fn::Sub': 'https://s3.${AWS::Region}.${AWS::URLSuffix}/assets/1.json'}}
    Metadata: {'aws:cdk:path': App/Inner, 'aws:asset:path': dlq.yaml}
  Gone:
    Type: AWS::CloudFormation::Stack
    Condition: Never
    Properties: {TemplateURL: dlq.yaml}
";
    let reading = read_files(&[("cdk.out/outer.yaml", outer), ("cdk.out/dlq.yaml", INNER)]);
    assert_eq!(reading.templates.len(), 2);
    assert_eq!(reading.templates[1].nested_in.as_ref().unwrap().id, "Inner");
    let kinds: Vec<_> = reading.notes.iter().map(|note| &note.kind).collect();
    assert_eq!(kinds, [&NoteKind::LeftOut("Never".to_owned())]);
}
