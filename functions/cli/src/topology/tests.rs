//! Tests of the topologies that files are read into.

use std::fs;

use clap::Parser as _;

use super::*;

/// Creates a folder with these files, and returns their paths.
fn files(files: &[(&str, &str)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    (folder, paths)
}

const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Ship:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ship
      Tags: {Service: shipping}
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
        Call: {Type: Api, Properties: {Path: /, Method: get}}
";

const OVERLAY: &str =
    "{version: 1, services: {orders: {}}, queues: {orders: {producers: [orders]}}}";

const SERVICES: &str = "
version: 1
services:
  shipping: {tags: {Service: shipping}, about: {team: logistics}}
";

#[test]
fn a_template_an_overlay_and_a_services_file_become_one_topology() {
    let (_folder, paths) = files(&[
        ("template.yaml", TEMPLATE),
        ("overlay.yaml", OVERLAY),
        ("services.yaml", SERVICES),
    ]);
    let home = Home::of("222222222222", "eu-west-1");
    let loaded = load(&paths[..2], Some(&paths[2]), home).unwrap();
    let forms: Vec<&str> = loaded
        .recognised
        .iter()
        .map(|(_, form)| form.as_str())
        .collect();
    assert_eq!(forms, ["SAM", "topology file"]);
    let topology = &loaded.topology;
    let (name, queue) = topology.queues().iter().next().unwrap();
    assert_eq!(name.to_string(), "orders@eu-west-1/222222222222");
    assert_eq!(queue.producers[0].as_str(), "orders");
    assert_eq!(
        topology.services()["shipping"].owns,
        [queue.consumers[0].to.clone()]
    );
    let note = loaded.notes.iter().find(|note| note.line == 12).unwrap();
    assert!(note.to_string().contains("through an API"), "{note}");
}

#[test]
fn a_folder_of_the_cdk_stands_for_its_templates() {
    let template = r#"{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#;
    let (folder, _) = files(&[
        ("app/cdk.out/Shop.template.json", template),
        ("app/cdk.out/manifest.json", "{}"),
        ("empty/readme.txt", ""),
    ]);
    let load = |name: &str| load(&[folder.path().join(name)], None, Home::UNKNOWN);
    assert_eq!(load("app").unwrap().topology.queues().len(), 1);
    assert!(matches!(load("empty"), Err(Failure::NoTemplates(_))));
}

#[test]
fn a_file_of_no_form_is_refused_and_a_mistake_in_a_topology_is_said_with_its_line() {
    let refused = |text: &str| {
        let (_folder, paths) = files(&[("file.yaml", text)]);
        load(&paths, None, Home::UNKNOWN).err().unwrap()
    };
    for (text, problem) in [
        ("hello: world", "its form is not known"),
        ("a: [b", "line 1: the file is neither"),
        ("hello", "it holds no keys"),
        ("", "it holds no keys"),
    ] {
        let told = refused(text).to_string();
        assert!(told.contains(&format!("file.yaml: {problem}")), "{told}");
        assert!(
            told.contains("; expected a topology file, a SAM, "),
            "{told}"
        );
    }
    let (_folder, paths) = files(&[("t.yaml", TEMPLATE)]);
    let told = |end: &str| {
        let path = PathBuf::from(format!("{}{end}", paths[0].display()));
        load(&[path], None, Home::UNKNOWN)
            .err()
            .map(|failure| failure.to_string())
    };
    assert_eq!(told("@eu-west-1/222222222222"), None);
    let failure = told("@eu-west-1").unwrap();
    assert!(failure.contains("FILE@REGION/ACCOUNT"), "{failure}");
    let Failure::Topology { source, .. } = refused("version: 1\nbuses: {a: {rulez: []}}") else {
        panic!();
    };
    assert!(source.to_string().contains("line 2"), "{source}");
}

#[tokio::test]
async fn a_comparison_refuses_an_option_that_it_would_not_use() {
    let (_folder, paths) = files(&[("a.yaml", OVERLAY)]);
    let file = paths[0].display().to_string();
    let compare = async |sides: [&str; 2], options: &[&str]| {
        let arguments = ["piitrail", "topology", "diff"].into_iter();
        let arguments = arguments.chain(sides).chain(options.iter().copied());
        let args = args::Args::try_parse_from(arguments).unwrap();
        let args::Command::Topology(asked) = args.command else {
            panic!();
        };
        run(asked, true, Timestamp::UNIX_EPOCH).await
    };
    let days = ["2026-11-01", "2026-11-02"];
    let nosuch = ["--store", "nosuch"];
    let region = ["--region", "eu-west-1"];
    for (sides, options) in [([&*file, &*file], nosuch), (days, region)] {
        let refused = compare(sides, &options).await;
        assert!(
            matches!(refused, Err(Failure::UnusedOption { option, .. }) if option == options[0]),
            "{refused:?}"
        );
    }
    assert!(compare([&file, &file], &region).await.is_ok());
    // With a day and a file, both are used.
    for options in [nosuch, region] {
        let refused = compare([days[0], &*file], &options).await;
        assert!(
            matches!(refused, Err(Failure::NoStore { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn yaml_reads_back_the_same() {
    for text in [
        include_str!("../../../../shared/flow/src/topology/every_new_key.json"),
        include_str!("../../../../shared/flow/src/topology/stored_1.json"),
        include_str!("../../../../events/topology.yaml"),
        "{version: 1, queues: {'012': {}, 'true': {}, 'a: b #c': {}, \"x\\ty\": {}, '~': {}, '- a': {}}}",
    ] {
        let topology = Topology::parse(text).unwrap();
        let written = yaml(&topology).unwrap();
        assert_eq!(Topology::parse(&written).unwrap(), topology, "{written}");
    }
}

#[test]
fn the_table_names_every_route_and_shows_only_columns_in_which_something_stands() {
    let text = "
version: 1
buses: {shop: {rules: [{name: all, pattern: {source: [a]}, targets: [{queue: jobs, input_path: $.detail}]}]}}
resources: [{queue: jobs, id: Jobs, encryption: none, retention: 4d}]
";
    let mut out = Vec::new();
    let topology = Topology::parse(text).unwrap();
    table::write(&mut out, &topology, &Readings::default()).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\
KIND   RESOURCE  NAME IN AWS  ENCRYPTION  KEPT
bus    shop                   unknown
queue  Jobs      jobs         none        4d

FROM  TO      ROUTE  BY   WHAT PASSES        AT REST THERE
shop  \u{2192} Jobs  rule   all  some, transformed  not encrypted
"
    );
}

/// Returns the JSON map of all samples, traced with these options.
fn map_of_the_shop(options: &[&str]) -> serde_json::Value {
    use clap::Parser as _;

    use crate::args::{Args, Command};

    let events = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.sqlite");
    let store = path.to_str().unwrap();
    let options = options
        .iter()
        .map(|option| option.replace("events/", &format!("{events}/")));
    let arguments = ["piitrail", "trace", events, "--store", store].map(ToOwned::to_owned);
    let args = Args::try_parse_from(arguments.into_iter().chain(options)).unwrap();
    let Command::Trace(trace) = args.command else {
        panic!();
    };
    let now: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let loaded = trace.topology_files.load(&trace.topology).unwrap();
        crate::trace::run(trace, true, now).await.unwrap();
        // What keeps events is in the topology of the store.
        let written = store::open(store, Use::Write).await.unwrap();
        let from = "2026-11-01".parse().unwrap();
        written.put_topology(from, &loaded.topology).await.unwrap();
        let store = store::open(store, Use::Read).await.unwrap();
        let request = serde_json::json!({ "report": "map", "format": "json" });
        let request = piitrail_report::Request::from_value(request).unwrap();
        let answer = piitrail_report::answer(store.as_ref(), &request, now)
            .await
            .unwrap();
        serde_json::from_slice(&answer.body.into_bytes().unwrap()).unwrap()
    })
}

#[test]
fn the_sample_shop_has_the_same_map_from_its_template_as_from_the_file_that_a_person_wrote() {
    let written = map_of_the_shop(&["--topology", "events/topology.yaml"]);
    let imported = map_of_the_shop(&[
        "--topology",
        "events/template.yaml",
        "--topology",
        "events/overlay.yaml",
        "--services",
        "events/services.yaml",
    ]);
    assert!(written["edges"].as_array().unwrap().len() > 20);
    assert!(written["next"].is_null());
    assert_eq!(imported, written);
}

#[test]
fn the_sample_shop_is_imported_without_anything_that_is_not_understood() {
    let event = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");
        PathBuf::from(folder).join(name)
    };
    let files = [event("template.yaml"), event("overlay.yaml")];
    let loaded = load(&files, Some(&event("services.yaml")), Home::UNKNOWN).unwrap();
    assert_eq!(loaded.notes, []);
    let written = fs::read_to_string(event("topology.yaml")).unwrap();
    let written = Topology::parse(&written).unwrap();
    // An AWS queue has the same name in a template and in a topology file, and so has every rule.
    for (name, bus) in written.buses() {
        let imported = &loaded.topology.buses()[name];
        let names = |bus: &piitrail_flow::topology::Bus| {
            let mut names: Vec<String> = bus.rules.iter().map(|rule| rule.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(names(imported), names(bus));
        for rule in &bus.rules {
            let same = imported
                .rules
                .iter()
                .find(|one| one.name == rule.name)
                .unwrap();
            assert_eq!(same.pattern, rule.pattern, "{}", rule.name);
            assert_eq!(
                same.targets[0].input, rule.targets[0].input,
                "{}",
                rule.name
            );
        }
    }
    for name in written.queues().keys() {
        assert!(loaded.topology.queues().contains_key(name), "{name}");
    }
}

#[test]
fn a_topology_in_one_line_of_json_is_recognised_whatever_its_first_key() {
    let (_folder, paths) = files(&[("map.json", r#"{"buses": {"shop": {}}, "version": 1}"#)]);
    let loaded = load(&paths, None, Home::UNKNOWN).unwrap();
    assert_eq!(loaded.topology.buses().len(), 1);
}
