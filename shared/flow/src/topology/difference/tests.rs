//! Claims about the differences that count, and their direction.

use super::*;

fn topology(pattern: &str, target: &str, more: &str) -> Topology {
    let yaml = format!(
        "{{version: 1, buses: {{shop: {{rules: [{{name: r, pattern: {pattern}, targets: [{{queue: jobs{target}}}]}}]}}}}, \
         queues: {{jobs: {{consumers: [{{function: f}}]}}}}{more}}}"
    );
    Topology::parse(&yaml).unwrap()
}

/// Returns the `added`, `removed` and `changed` routes, each as a line.
fn lines(before: &Topology, after: &Topology) -> Vec<String> {
    let difference = before.difference(after);
    let line = |sign: &str, route: &Route| {
        format!(
            "{sign} {} {} -> {}",
            route.kind.as_str(),
            route.from.name(),
            route.to.name()
        )
    };
    let changed = difference.changed.iter().map(|changed| {
        let what: Vec<String> = changed
            .changes
            .iter()
            .map(|(aspect, direction)| format!("{} {}", aspect.as_str(), direction.as_str()))
            .collect();
        format!("{}: {}", line("~", &changed.after), what.join(", "))
    });
    let added = difference.added.iter().map(|route| line("+", route));
    let removed = difference.removed.iter().map(|route| line("-", route));
    added.chain(removed).chain(changed).collect()
}

const ORDERS: &str = "{source: [shop.orders, shop.carts]}";

#[test]
fn the_same_is_no_difference_whatever_its_order_and_its_ids() {
    let before = topology(ORDERS, "", "");
    assert_eq!(lines(&before, &before), Vec::<String>::new());
    let spelt = topology("{source: [shop.carts, shop.orders]}", "", "");
    assert_eq!(lines(&before, &spelt), Vec::<String>::new());
    let renamed = "{version: 1, buses: {shop: {rules: [{name: other, pattern: {source: [shop.orders, shop.carts]}, targets: [{queue: work}]}]}}, \
                   queues: {work: {consumers: [{function: f}]}}}";
    let ids = |queue: &str| format!(", resources: [{{queue: {queue}, generated_name: true}}]}}");
    let with_ids = |text: &str, queue: &str| {
        let text = text.trim_end().strip_suffix('}').unwrap().to_owned();
        Topology::parse(&(text + &ids(queue))).unwrap()
    };
    let yaml = "{version: 1, buses: {shop: {rules: [{name: r, pattern: {source: [shop.orders, shop.carts]}, targets: [{queue: jobs}]}]}}, \
                   queues: {jobs: {consumers: [{function: f}]}}}";
    let (old, new) = (with_ids(yaml, "jobs"), with_ids(renamed, "work"));
    assert_eq!(lines(&old, &new), Vec::<String>::new());
    // Another name in AWS is another queue.
    assert_eq!(lines(&before, &Topology::parse(renamed).unwrap()).len(), 4);
}

#[test]
fn a_changed_pattern_is_wider_unless_the_one_before_covers_it() {
    let before = topology(ORDERS, "", "");
    for (pattern, direction) in [
        ("{source: [shop.orders]}", "narrower"),
        (
            "{source: [shop.orders, shop.carts], detail: {vip: [true]}}",
            "narrower",
        ),
        ("{source: [{prefix: shop.}]}", "wider"),
        ("{source: [shop.mail]}", "wider"),
    ] {
        let after = topology(pattern, "", "");
        assert_eq!(
            lines(&before, &after),
            [format!("~ rule shop -> jobs: pattern {direction}")],
            "{pattern}"
        );
    }
}

#[test]
fn a_transformer_that_goes_passes_more_and_one_that_comes_passes_less() {
    let whole = topology(ORDERS, "", "");
    let part = topology(ORDERS, ", input_path: $.detail", "");
    let less = topology(ORDERS, ", input_path: $.detail.id", "");
    let constant = topology(ORDERS, ", input: {ping: true}", "");
    for (before, after, direction) in [
        (&part, &whole, "wider"),
        (&whole, &part, "narrower"),
        (&part, &less, "narrower"),
        (&less, &part, "wider"),
        (&part, &constant, "narrower"),
    ] {
        let expected = format!("~ rule shop -> jobs: transformer {direction}");
        assert_eq!(lines(before, after), [expected]);
    }
}

#[test]
fn a_second_target_a_route_that_is_gone_and_weaker_protection_are_said() {
    let before = topology(
        ORDERS,
        "",
        ", resources: [{queue: jobs, encryption: customer-managed, key: k}]",
    );
    let after = topology(
        ORDERS,
        "}, {queue: audit",
        ", resources: [{queue: jobs, encryption: none}]",
    );
    assert_eq!(
        lines(&before, &after),
        [
            "+ rule shop -> audit",
            "~ rule shop -> jobs: encryption wider"
        ]
    );
    assert_eq!(
        lines(&after, &before),
        [
            "- rule shop -> audit",
            "~ rule shop -> jobs: encryption narrower"
        ]
    );
}

#[test]
fn a_route_that_became_certain_is_wider() {
    let with = |approximate: bool| {
        let yaml = format!(
            "{{version: 1, buses: {{shop: {{rules: [{{name: r, pattern: {ORDERS}, targets: [{{queue: jobs, approximate: {approximate}}}]}}]}}}}}}"
        );
        Topology::parse(&yaml).unwrap()
    };
    assert_eq!(
        lines(&with(true), &with(false)),
        ["~ rule shop -> jobs: certainty wider"]
    );
    assert_eq!(
        lines(&with(false), &with(true)),
        ["~ rule shop -> jobs: certainty narrower"]
    );
}
