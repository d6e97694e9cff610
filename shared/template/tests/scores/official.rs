//! Tests that the routes of a SAM template are those of the official translator's output.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::{given, topology_of};

#[test]
fn a_sam_template_has_the_routes_of_its_official_expansion() {
    let Some(pairs) = given("sam_translator.jsonl") else {
        return;
    };
    let (mut agreed, mut refused, mut routes, mut differing) = (0, 0, 0, String::new());
    for line in pairs.lines() {
        let pair: Json = serde_json::from_str(line).unwrap();
        let name = pair["name"].as_str().unwrap();
        let ours = topology_of(name, pair["input"].as_str().unwrap());
        if pair["output"].get("Resources").is_none() {
            refused += 1;
            continue;
        }
        let official = topology_of(name, &pair["output"].to_string());
        let routes_of = |topology: &piitrail_flow::topology::Topology| -> BTreeSet<String> {
            let listed = topology.listing().routes;
            let routes = topology.routes();
            routes
                .iter()
                .zip(listed)
                .map(|(route, listed)| {
                    let listed = serde_json::to_string(&listed).unwrap();
                    format!("{listed} {:?} {:?}", route.condition, route.input)
                })
                .collect()
        };
        let (ours, official) = (routes_of(&ours), routes_of(&official));
        routes += official.len();
        if ours == official {
            agreed += 1;
        } else {
            for only in ours.difference(&official) {
                writeln!(differing, "{name}: only ours {only}").unwrap();
            }
            for only in official.difference(&ours) {
                writeln!(differing, "{name}: only official {only}").unwrap();
            }
        }
    }
    println!(
        "SAM pairs: {agreed} agree on {routes} routes, {refused} are refused by the translator and were read"
    );
    assert!(differing.is_empty(), "{differing}");
    assert_eq!(agreed + refused, 98);
}
