//! Tests which crates and modules may use each other, inside the workspace and outside of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::machine_room::repository;

/// The crates of this workspace that each crate may use. A crate that is missing here fails the
/// test, so that whoever adds one decides what it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("piitrail-detect", &[]),
    ("eventbridge-pattern", &[]),
    ("piitrail-iam-policy", &[]),
    ("piitrail-flow", &["piitrail-detect", "eventbridge-pattern"]),
    (
        "piitrail-template",
        &["eventbridge-pattern", "piitrail-flow"],
    ),
    ("piitrail-sqlite", &["piitrail-flow"]),
    (
        "piitrail-report",
        &[
            "piitrail-detect",
            "eventbridge-pattern",
            "piitrail-iam-policy",
            "piitrail-flow",
        ],
    ),
    (
        "piitrail-policy",
        &[
            "piitrail-detect",
            "eventbridge-pattern",
            "piitrail-iam-policy",
            "piitrail-flow",
            "piitrail-template",
            "piitrail-report",
        ],
    ),
    (
        "piitrail-aws",
        &["piitrail-detect", "piitrail-iam-policy", "piitrail-flow"],
    ),
    (
        "piitrail-tracer",
        &["piitrail-detect", "piitrail-flow", "piitrail-aws"],
    ),
    (
        "piitrail-topology-function",
        &["piitrail-flow", "piitrail-aws"],
    ),
    (
        "piitrail-rollup",
        &[
            "piitrail-detect",
            "piitrail-flow",
            "piitrail-report",
            "piitrail-policy",
            "piitrail-aws",
        ],
    ),
    (
        "piitrail-report-function",
        &[
            "piitrail-flow",
            "piitrail-report",
            "piitrail-policy",
            "piitrail-aws",
        ],
    ),
    (
        "piitrail",
        &[
            "piitrail-detect",
            "piitrail-iam-policy",
            "piitrail-flow",
            "piitrail-template",
            "piitrail-sqlite",
            "piitrail-report",
            "piitrail-policy",
            "piitrail-aws",
        ],
    ),
    ("piitrail-tests", &[]),
];

/// The packages outside this workspace that only one crate may depend on.
const ONE_OWNER: &[(&str, &str)] = &[
    ("rusqlite", "piitrail-sqlite"),
    ("aws-config", "piitrail-aws"),
    ("aws-sdk-", "piitrail-aws"),
    ("csv", "piitrail-report"),
    ("comfy-table", "piitrail-report"),
    ("granit-parser", "piitrail-template"),
];

/// The packages that the function that reads payloads must not be built with.
const NOT_IN_THE_TRACER: &[&str] = &["rusqlite", "libsqlite3-sys", "csv", "comfy-table", "clap"];

/// The names that the sources of a module may not contain. Tests are excluded, as they are for
/// crates.
const INNER: &[(&str, &[&str])] = &[
    (
        "shared/template/src",
        &[
            "piitrail_flow::envelope",
            "piitrail_flow::ledger",
            "piitrail_flow::pipeline",
            "piitrail_flow::routes",
            "piitrail_flow::store",
        ],
    ),
    (
        "shared/report/src",
        &[
            "piitrail_flow::envelope",
            "piitrail_flow::pipeline",
            "piitrail_flow::routes",
        ],
    ),
    (
        "shared/report/src/question",
        &["crate::render", "crate::answer", "crate::request"],
    ),
    (
        "shared/report/src/graph",
        &[
            "crate::question",
            "crate::render",
            "crate::answer",
            "crate::document",
            "crate::request",
        ],
    ),
    (
        "shared/report/src/render",
        &[
            "crate::question",
            "crate::answer",
            "crate::request",
            "crate::error",
            "crate::graph",
            "piitrail_flow::store",
            "piitrail_flow::ledger",
        ],
    ),
    ("shared/report/src/document.rs", &["crate::"]),
    ("shared/report/src/refusal.rs", &["crate::"]),
    ("shared/report/src/page.rs", &["crate::"]),
    ("shared/report/src/fields.rs", ABOVE_A_REQUEST),
    ("shared/report/src/shared_fields.rs", ABOVE_A_REQUEST),
    // A request connects a question with a format. It does not answer.
    (
        "shared/report/src/request.rs",
        &["crate::answer", "crate::document", "crate::error"],
    ),
    (
        "shared/report/src/error.rs",
        &[
            "crate::question",
            "crate::request",
            "crate::answer",
            "crate::document",
        ],
    ),
];

/// The names that the parts of a request may not contain, because they are below questions and
/// formats.
const ABOVE_A_REQUEST: &[&str] = &[
    "crate::question",
    "crate::render",
    "crate::request",
    "crate::answer",
    "crate::document",
    "crate::graph",
    "crate::error",
];

/// Ways to import a module that a search for its name would not find.
const UNSEARCHABLE: &[&str] = &[
    "crate::{",
    "super::super",
    "piitrail_flow::{",
    "piitrail_flow as",
];

fn metadata() -> Value {
    let answer = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(
        answer.status.success(),
        "{}",
        String::from_utf8_lossy(&answer.stderr)
    );
    serde_json::from_slice(&answer.stdout).unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

/// Returns the packages of the workspace with their dependencies, except those for tests only.
fn workspace(metadata: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let members: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| members.contains(text(package, "id")))
        .map(|package| {
            let named = package["dependencies"].as_array().unwrap().iter();
            let named = named
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| text(dependency, "name"));
            (text(package, "name"), named.collect())
        })
        .collect()
}

#[test]
fn a_crate_uses_only_those_that_stand_below_it() {
    let metadata = metadata();
    let workspace = workspace(&metadata);
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for (name, named) in &workspace {
        let may_use = allowed
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no row in the table of allowed dependencies"));
        for other in named.iter().filter(|other| workspace.contains_key(*other)) {
            assert!(may_use.contains(other), "{name} may not use {other}");
        }
    }
}

#[test]
fn some_packages_have_one_owner() {
    for (name, named) in workspace(&metadata()) {
        for (package, owner) in ONE_OWNER {
            let is_it = |other: &&&str| {
                if package.ends_with('-') {
                    other.starts_with(package)
                } else {
                    *other == package
                }
            };
            let found = named.iter().find(is_it);
            assert!(
                found.is_none() || name == *owner,
                "{name} names {found:?}, which only {owner} may"
            );
        }
    }
}

#[test]
fn the_command_line_is_built_with_aws_only_where_the_feature_asks_for_it() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let is_command_line = |package: &&Value| package["name"] == "piitrail";
    let command_line = packages.iter().find(is_command_line).unwrap();
    let named = command_line["dependencies"].as_array().unwrap();
    let aws = named.iter().find(|other| other["name"] == "piitrail-aws");
    assert_eq!(aws.unwrap()["optional"], true);
    let by_default = command_line["features"].get("default");
    assert!(by_default.is_none(), "on by default: {by_default:?}");
}

#[test]
fn the_tracer_is_built_without_what_it_does_not_need() {
    let metadata = metadata();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (text(node, "id"), node))
        .collect();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect();
    let tracer = names.iter().find(|(_, name)| **name == "piitrail-tracer");
    let mut waiting = vec![*tracer.unwrap().0];
    let mut tree = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !tree.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                waiting.push(text(dependency, "pkg"));
            }
        }
    }
    assert!(tree.len() > 50, "only {} packages", tree.len());
    for id in tree {
        let name = names[id];
        assert!(
            !NOT_IN_THE_TRACER.contains(&name),
            "{name} is in the tracer"
        );
    }
}

#[test]
fn inside_a_crate_nothing_looks_up() {
    for (place, forbidden) in INNER {
        let path = repository().join(place);
        let sources = sources(&path);
        assert!(!sources.is_empty(), "{place} is gone; mend the table");
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            for name in forbidden.iter().chain(UNSEARCHABLE) {
                assert!(!text.contains(name), "{} names {name}", source.display());
            }
        }
    }
}

/// Returns the files of a module, without its tests.
fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .filter(|entry| entry.file_stem().is_none_or(|name| name != "tests"))
        .flat_map(|entry| sources(&entry))
        .collect()
}
