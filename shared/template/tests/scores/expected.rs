//! Computes precision and recall of routes and channels.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::{FOLDER, given, import, topology_of};

/// Returns a route as text. Ends with several names appear under the first.
fn route(route: &Json, first: &BTreeMap<String, String>) -> String {
    let end = |key: &str| {
        let name = route[key].as_str().unwrap_or("-");
        first.get(name).map_or(name, String::as_str).to_owned()
    };
    format!(
        "{} {} -> {} via {} filter {} transformer {} dlq {} encrypted {} enrichment {}",
        route["kind"].as_str().unwrap(),
        end("from"),
        end("to"),
        end("via"),
        route["pattern_or_filter"],
        route["transformer"],
        end("dlq"),
        route["encrypted"],
        route["enrichment"] == true,
    )
}

/// Returns the route to the dead-letter queue of a route, if it has one.
fn to_dlq(one: &Json, channels: &[Json]) -> Option<Json> {
    let dlq = one["dlq"].as_str()?;
    let held = channels.iter().find(|channel| channel["id"] == dlq);
    let mut other = one.clone();
    let fields = other.as_object_mut()?;
    fields.insert("to".to_owned(), dlq.into());
    fields.insert("kind".to_owned(), "on-failure".into());
    fields.insert("pattern_or_filter".to_owned(), false.into());
    fields.insert("transformer".to_owned(), false.into());
    fields.insert("dlq".to_owned(), Json::Null);
    let encrypted = held.map_or(Json::from("unknown"), |held| held["encrypted"].clone());
    fields.insert("encrypted".to_owned(), encrypted);
    Some(other)
}

#[test]
fn routes_and_channels_are_those_that_were_read_by_hand() {
    let Some(expected) = given("expected.jsonl") else {
        return;
    };
    let (mut right, mut missing, mut wrong) = (0, Vec::new(), Vec::new());
    let (mut channels_right, mut channels_wrong, mut templates) = (0, Vec::new(), 0);
    for line in expected.lines() {
        let expected: Json = serde_json::from_str(line).unwrap();
        let name = expected["file"].as_str().unwrap();
        let text = given(name).unwrap();
        let list = |key: &str| expected[key].as_array().unwrap().clone();
        let mut first = BTreeMap::new();
        for (id, others) in expected["aliases"].as_object().unwrap() {
            for other in others.as_array().unwrap() {
                first.insert(other.as_str().unwrap().to_owned(), id.clone());
            }
        }
        if expected["certain"] != true {
            let (reading, imported) = import(name, &text);
            assert!(!reading.notes.is_empty(), "{name} says what it cannot know");
            let listing = imported.draft.finish().unwrap().listing();
            assert!(listing.resources.is_empty() && listing.routes.is_empty());
            continue;
        }
        templates += 1;
        let listing = serde_json::to_value(topology_of(name, &text).listing()).unwrap();
        let channels = list("channels");
        let asked: Vec<String> = list("routes")
            .into_iter()
            .flat_map(|one| [to_dlq(&one, &channels), Some(one)])
            .flatten()
            .map(|one| route(&one, &first))
            .collect();
        // Optional routes are compared by their ends only.
        let optional: Vec<(Json, Json)> = list("optional")
            .into_iter()
            .map(|one| (one["from"].clone(), one["to"].clone()))
            .collect();
        let is_optional = |one: &Json| {
            one["disabled"] == true || optional.contains(&(one["from"].clone(), one["to"].clone()))
        };
        let found: Vec<(String, bool)> = listing["routes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (route(one, &first), is_optional(one)))
            .collect();
        for asked in &asked {
            if found.iter().any(|(found, _)| found == asked) {
                right += 1;
            } else {
                missing.push(format!("{name}: {asked}"));
            }
        }
        for (found, is_optional) in &found {
            if !is_optional && !asked.contains(found) {
                wrong.push(format!("{name}: {found}"));
            }
        }
        for channel in &channels {
            let id = &channel["id"];
            let is_right = listing["resources"].as_array().unwrap().iter().any(|one| {
                one["id"] == *id
                    && one["kind"] == channel["kind"]
                    && one["encrypted"] == channel["encrypted"]
                    && one["encryption"] == channel["encryption"]
                    && channel.get("name").is_none_or(|name| one["name"] == *name)
            });
            if is_right {
                channels_right += 1;
            } else {
                channels_wrong.push(format!("{name}: {channel}"));
            }
        }
    }
    println!(
        "templates: {templates}, routes right {right}, missing {}, wrong {}; channels right {channels_right}, wrong {}",
        missing.len(),
        wrong.len(),
        channels_wrong.len()
    );
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "missing {missing:#?}\nwrong {wrong:#?}"
    );
    assert!(channels_wrong.is_empty(), "{channels_wrong:#?}");
    assert!(templates >= 11);
}

#[test]
fn no_template_is_refused_and_each_reads_back_as_it_is_written() {
    let Ok(entries) = fs::read_dir(FOLDER) else {
        eprintln!("skipped: ../shared/data/templates is not here");
        return;
    };
    let (mut templates, mut routes) = (0, 0);
    for entry in entries {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let extension = Path::new(&name).extension();
        if extension.is_none_or(|kind| kind == "md" || kind == "jsonl") {
            continue;
        }
        let topology = topology_of(&name, &given(&name).unwrap());
        let written = serde_json::to_string(&topology).unwrap();
        let again = piitrail_flow::topology::Topology::parse(&written).unwrap();
        assert_eq!(again, topology, "{name}");
        templates += 1;
        routes += topology.routes().len();
    }
    println!("templates: {templates} imported without a refusal, {routes} routes");
    assert!(templates >= 33);
}
