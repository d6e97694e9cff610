//! Tests small pull requests: the routes that they add and those that they change.

use std::collections::BTreeSet;

use piitrail_flow::topology::{Route, Topology};
use serde_json::Value as Json;

use crate::{given, topology_of};

/// Returns the ends and the kind of a route.
fn ends(topology: &Topology, route: &Route) -> String {
    format!(
        "{} {} -> {}",
        route.kind.as_str(),
        topology.id_of(&route.from),
        topology.id_of(&route.to)
    )
}

/// Returns what a route accepts and what it sends.
fn meaning(topology: &Topology, route: &Route) -> String {
    let condition: BTreeSet<String> = route.condition.iter().map(ToString::to_string).collect();
    format!("{} {condition:?} {:?}", ends(topology, route), route.input)
}

#[test]
fn a_change_adds_and_changes_the_routes_that_were_read_by_hand() {
    let Some(changes) = given("changes.jsonl") else {
        return;
    };
    let mut right = 0;
    for line in changes.lines() {
        let change: Json = serde_json::from_str(line).unwrap();
        let topology = |key: &str| {
            let name = change[key].as_str().unwrap();
            topology_of(name, &given(name).unwrap())
        };
        let (before, after) = (topology("file_before"), topology("file_after"));
        let all = |topology: &Topology, by: fn(&Topology, &Route) -> String| {
            let routes = topology.routes().into_iter();
            routes
                .map(|route| by(topology, &route))
                .collect::<BTreeSet<_>>()
        };
        let (was, is) = (all(&before, ends), all(&after, ends));
        let meant = all(&before, meaning);
        let added: BTreeSet<String> = is.difference(&was).cloned().collect();
        let differing: BTreeSet<String> = after
            .routes()
            .iter()
            .filter(|route| !meant.contains(&meaning(&after, route)))
            .map(|route| ends(&after, route))
            .filter(|route| was.contains(route))
            .collect();
        let asked = |key: &str| -> BTreeSet<String> {
            let routes = change[key].as_array().unwrap().iter();
            let text = |route: &Json, key: &str| route[key].as_str().unwrap().to_owned();
            routes
                .map(|route| {
                    let (kind, from, to) =
                        (text(route, "kind"), text(route, "from"), text(route, "to"));
                    format!("{kind} {from} -> {to}")
                })
                .collect()
        };
        assert_eq!(added, asked("adds"), "{change}");
        assert_eq!(differing, asked("widens"), "{change}");
        assert_eq!(was.difference(&is).count(), 0, "{change}");
        right += 1;
    }
    println!("changes: {right} of {right} right");
    assert_eq!(right, 5);
}
