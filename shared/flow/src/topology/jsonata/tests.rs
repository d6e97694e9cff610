//! Claims about expressions: what they leave of an event, and that none of them takes long.

use super::*;

const EVENT_JSON: &str = r#"{"Data":{"detail":{"id":7,"mail":"jane@example.com","items":[{"sku":"a","qty":2},{"sku":"b","qty":1}]}},"Metadata":{},"SystemMetadata":{"aws:Source":"shop"}}"#;

fn made(expression: &str) -> String {
    let expression = Jsonata::new(&format!("{{% {expression} %}}")).unwrap();
    match expression.apply(EVENT_JSON) {
        Made::Text(text) => text,
        Made::Nothing => "(nothing)".to_owned(),
        Made::Unknown => "(unknown)".to_owned(),
    }
}

#[test]
fn an_expression_sees_the_event_as_the_guide_says() {
    for (expression, expected) in [
        ("$events.Data.detail.id", "7"),
        ("$events.Data.detail.mail", "jane@example.com"),
        (
            r#"{"id": $events.Data.detail.id, "none": null}"#,
            r#"{"id":7,"none":null}"#,
        ),
        (r#"$events.SystemMetadata."aws:Source""#, "shop"),
        ("$events.Data.detail.items[qty > 1].sku", "a"),
        (
            "$events.Data.detail.items.{\"s\": sku}",
            r#"[{"s":"a"},{"s":"b"}]"#,
        ),
        ("$sum($events.Data.detail.items.qty)", "3"),
        ("$events.Data.detail.items^(>sku).sku", r#"["b","a"]"#),
        (
            "$map($events.Data.detail.items, function($i, $n) { $i.sku & $n })",
            r#"["a0","b1"]"#,
        ),
        (
            "($d := $events.Data.detail; $d.id = 7 ? $uppercase($d.mail) : 'other')",
            "JANE@EXAMPLE.COM",
        ),
        ("$join($events.Data.detail.items.sku, ', ')", "a, b"),
        ("$events.Data.detail.mail ~> $substringBefore('@')", "jane"),
        ("$replace($events.Data.detail.mail, /@.*/, '@…')", "jane@…"),
        ("$string([1..3])", "[1,2,3]"),
        // What is `null` or undefined is a failure.
        ("$events.Data.orderId", "(nothing)"),
        ("null", "(nothing)"),
    ] {
        assert_eq!(made(expression), expected, "{expression}");
    }
}

#[test]
fn what_depends_on_the_clock_or_on_chance_is_unknown() {
    for expression in [
        "$now()",
        "$millis()",
        "$random()",
        "$shuffle([1, 2, 3])",
        "$uuid()",
        "$toMillis('12:00', '[H]:[m]')",
        "{'at': $now(), 'id': $events.Data.detail.id}",
        "$events.Data.detail.items.{'at': $millis()}",
        "$map([1, 2], $random)",
    ] {
        assert_eq!(made(expression), "(unknown)", "{expression}");
    }
}

/// Also what only EventBridge has, and what stands for nothing where no path leads to it.
#[test]
fn what_the_library_does_not_know_is_unknown() {
    for expression in [
        "$parse('1')",
        "$hash('a', 'MD5')",
        "$eval('1')",
        "$$",
        "Data.detail",
        "$f",
        "$events.Data.detail.items@$i.sku",
        "$events.Data.detail.items.%.id",
        "1 + 'a'",
    ] {
        assert_eq!(made(expression), "(unknown)", "{expression}");
    }
}

#[test]
fn an_expression_that_could_run_for_ever_or_fill_memory_is_not_evaluated() {
    let doubled = |start: &str, step: &str| {
        let steps = format!("$s := {step};").repeat(40);
        format!("($s := {start}; {steps} $s)")
    };
    let hostile = [
        "($f := function() { $f() }; $f())".to_owned(),
        "($f := function($n) { 1 + $f($n) }; $f(1))".to_owned(),
        "(function($g) { $g($g) })(function($g) { $g($g) })".to_owned(),
        "[1..1000].([1..1000].([1..1000].(1)))".to_owned(),
        "[1..10000000]".to_owned(),
        "[1..$events.Data.detail.id]".to_owned(),
        "$pad('a', 1000000000)".to_owned(),
        doubled("'aaaaaaaaaa'", "$s & $s"),
        doubled("[1]", "[$s, $s]"),
        doubled("[1]", "$append($s, $s)"),
        doubled("'a'", "$string($s)"),
        format!("$events{}", ".**".repeat(60)),
        format!("$events.Data{}", ".($ & $)".repeat(60)),
        format!("$events.Data{}", ".[$, $]".repeat(60)),
        "$reduce([1..1000], function($a, $b) { $a & $a })".to_owned(),
        "$sort([1..1000], function($a, $b) { $sum([1..1000]) > 1 })".to_owned(),
        "$contains('a', /(((a{1000}){1000}){1000})/)".to_owned(),
        "$join($events.Data.detail.items.sku, $pad('', 1000))".to_owned(),
        "$replace($pad('', 1000), '', $pad('', 1000))".to_owned(),
    ];
    for expression in &hostile {
        assert_eq!(made(expression), "(unknown)", "{expression}");
    }
    // A regular expression that others try for ever is linear here.
    let slow = "$contains($pad('', 1000, 'a'), /^(a+)+$/)";
    assert_eq!(made(slow), "true");
}

#[test]
fn an_expression_that_nests_too_deep_or_is_no_expression_is_refused() {
    let error = |text: &str| Jsonata::new(text).unwrap_err().to_string();
    for wrong in ["", "$events", "{% $events", "x {% 1 %}"] {
        assert!(error(wrong).ends_with("in {% and %}"), "{wrong}");
    }
    for deep in [
        format!("{{% {}1{} %}}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("{{% {}{} %}}", "[".repeat(4_000), "]".repeat(4_000)),
        format!("{{% {}1 %}}", "-".repeat(8_000)),
        format!("{{% 1{} %}}", "+1".repeat(4_000)),
        format!(
            "{{% {}1{} %}}",
            "function($x){".repeat(550),
            "}".repeat(550)
        ),
        "{% { %}".to_owned(),
        "{% secret value ! %}".to_owned(),
    ] {
        assert_eq!(
            error(&deep),
            "the JSONata expression is not complete or has a mistake in it"
        );
    }
    let long = format!("{{% '{}' %}}", "a".repeat(8_192));
    assert_eq!(
        error(&long),
        "a JSONata expression has at most 8,192 characters"
    );
}

/// The bound holds: what is evaluated makes no more than it says.
#[test]
fn an_evaluation_makes_no_more_than_its_bound() {
    let deep = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    let many: Vec<String> = (0..300)
        .map(|n| format!("{{\"a\":\"{n}\",\"b\":[{n},{n}]}}"))
        .collect();
    let event = format!(
        r#"{{"Data":{{"deep":{deep},"many":[{}]}}}}"#,
        many.join(",")
    );
    for expression in [
        "$events.**",
        "$events.Data.many.b",
        "$events.Data.many.{'all': $events.Data.many.a}",
        "$events.Data.many{a: b}",
        "$events.Data.many.(a & $string(b))",
        "$string($events)",
        "$string($string($events))",
        "$split($string($events), '')",
        "$match($string($events), /\\d/)",
        "$replace($string($events), /\\d/, '<$0$0>')",
        "$map($events.Data.many, function($m) { $events.Data.many[0] })",
        "$zip($events.Data.many.a, $events.Data.many.b)",
        "$spread($events.Data.many)",
        "$each($events.Data.many[0], function($v, $k) { $k & $string($v) })",
        "$encodeUrlComponent($string($events))",
        "$keys($events.Data.many)",
        "$distinct($events.Data.many.a)",
    ] {
        let expression = Jsonata::new(&format!("{{% {expression} %}}")).unwrap();
        let most = cost::most(&expression.expression, event.len()).unwrap();
        match expression.evaluate(&event) {
            Made::Text(text) => assert!(text.len() as u64 <= most, "{expression:?} {most}"),
            _ => panic!("{expression:?}"),
        }
    }
}

/// The law of all this: no expression over these parts takes long, and none makes the library panic.
#[test]
fn a_typical_expression_is_followed_over_the_largest_event() {
    let items = r#"{"sku":"abcdef","qty":2},"#.repeat(10_000);
    let event = format!(
        r#"{{"Data":{{"detail":{{"id":7,"items":[{}]}}}}}}"#,
        items.trim_end_matches(',')
    );
    let expression = Jsonata::new(
        r#"{% {"id": $events.Data.detail.id, "count": $count($events.Data.detail.items), "first": $events.Data.detail.items[0].sku} %}"#,
    )
    .unwrap();
    assert!(matches!(expression.apply(&event), Made::Text(text) if text.contains("10000")));
}
