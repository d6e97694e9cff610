//! Writes the company as a topology file. It is JSON, which is also YAML.

use serde_json::{Map, Value, json};

use super::model::{At, Company, Input, Kind, Mapping, Pipe, PipeSource, Scope, Target, To};

/// Returns the text of a file with what no template says: services, taps, and who publishes to
/// topics. In a template, a vendor is an API destination.
pub(crate) fn overlay(company: &Company) -> String {
    let mut whole: Value = serde_json::from_str(&topology(company)).unwrap();
    let rules = company.buses.iter().flat_map(|bus| &bus.rules);
    let targets = rules
        .flat_map(|rule| &rule.targets)
        .map(|target| &target.to);
    let pipes = company.pipes.iter().map(|pipe| &pipe.to);
    for vendor in targets.chain(pipes).filter(|to| to.kind == Kind::Service) {
        let name = &vendor.at.name;
        whole["services"][name] = json!({ "owns": [{ "api_destination": name }] });
    }
    let topics = whole["topics"].as_object().unwrap().iter();
    let topics: Map<String, Value> = topics
        .map(|(name, topic)| (name.clone(), json!({ "producers": topic["producers"] })))
        .collect();
    let overlay = json!({
        "version": 1, "services": whole["services"], "taps": whole["taps"], "topics": topics,
    });
    serde_json::to_string_pretty(&overlay).unwrap()
}

/// Returns the text of the file.
#[expect(
    clippy::too_many_lines,
    reason = "one section of the file after another"
)]
pub(crate) fn topology(company: &Company) -> String {
    let mut file = json!({ "version": 1 });
    let section = |entries: Vec<(String, Value)>| Value::Object(entries.into_iter().collect());
    file["services"] = section(
        company
            .services
            .iter()
            .map(|service| {
                let owned: Vec<Value> = service
                    .owns
                    .iter()
                    .map(|to| Value::Object(end(to)))
                    .collect();
                let form = json!({ "sources": [service.source], "owns": owned });
                (service.name.clone(), form)
            })
            .collect(),
    );
    file["taps"] = company
        .buses
        .iter()
        .filter_map(|bus| {
            let queue = bus.tap.as_ref()?;
            Some(json!({ "queue": queue.located(), "bus": bus.at.located() }))
        })
        .collect();
    file["buses"] = section(
        company
            .buses
            .iter()
            .map(|bus| {
                let rules: Vec<Value> = bus
                    .rules
                    .iter()
                    .map(|rule| {
                        let targets: Vec<Value> = rule.targets.iter().map(target).collect();
                        json!({
                            "name": rule.name, "pattern": rule.pattern, "targets": targets,
                            "disabled": rule.is_disabled,
                        })
                    })
                    .collect();
                let archives: Vec<Value> = bus
                    .archives
                    .iter()
                    .map(|archive| match &archive.pattern {
                        None => json!({ "name": archive.name }),
                        Some(pattern) => json!({ "name": archive.name, "pattern": pattern }),
                    })
                    .collect();
                (
                    bus.at.located(),
                    json!({ "rules": rules, "archives": archives }),
                )
            })
            .collect(),
    );
    file["queues"] = section(
        company
            .queues
            .iter()
            .map(|queue| {
                let consumers: Vec<Value> = queue.mapping.iter().map(mapping).collect();
                let form = json!({ "consumers": consumers, "dead_letter": queue.is_dead_letters });
                (queue.at.located(), form)
            })
            .collect(),
    );
    file["topics"] = section(
        company
            .topics
            .iter()
            .map(|topic| {
                let subscriptions: Vec<Value> = topic
                    .subscriptions
                    .iter()
                    .map(|subscription| {
                        let mut form = end(&subscription.to);
                        form.insert("raw".to_owned(), json!(subscription.is_raw));
                        if let Some((policy, scope)) = &subscription.policy {
                            form.insert("filter_policy".to_owned(), policy.clone());
                            let scope = match scope {
                                Scope::Attributes => "MessageAttributes",
                                Scope::Body => "MessageBody",
                            };
                            form.insert("filter_policy_scope".to_owned(), json!(scope));
                        }
                        Value::Object(form)
                    })
                    .collect();
                let producers: Vec<&String> = topic.producer.iter().collect();
                let form = json!({ "subscriptions": subscriptions, "producers": producers });
                (topic.at.located(), form)
            })
            .collect(),
    );
    for (key, is_table) in [("streams", false), ("tables", true)] {
        file[key] = section(
            company
                .streams
                .iter()
                .filter(|stream| stream.is_table == is_table)
                .map(|stream| {
                    let consumers: Vec<Value> = stream.mappings.iter().map(mapping).collect();
                    (stream.at.located(), json!({ "consumers": consumers }))
                })
                .collect(),
        );
    }
    file["pipes"] = section(
        company
            .pipes
            .iter()
            .map(|one| (one.at.located(), pipe(one)))
            .collect(),
    );
    file["routes"] = company
        .queues
        .iter()
        .filter_map(|queue| {
            let dead = queue.redrive.as_ref()?;
            Some(json!({
                "kind": "redrive", "from": { "queue": queue.at.located() },
                "to": { "queue": dead.located() },
            }))
        })
        .collect();
    serde_json::to_string_pretty(&file).unwrap()
}

/// Returns the name of a resource in the file. A service has no home.
fn called(kind: Kind, at: &At) -> String {
    match kind {
        Kind::Service => at.name.clone(),
        _ => at.located(),
    }
}

fn end(to: &To) -> Map<String, Value> {
    let mut form = Map::new();
    form.insert(to.kind.key().to_owned(), json!(called(to.kind, &to.at)));
    form
}

fn target(target: &Target) -> Value {
    let mut form = end(&target.to);
    input(&target.input, &mut form);
    if let Some(dead) = &target.dead_letters {
        form.insert("dlq".to_owned(), json!(dead.located()));
    }
    Value::Object(form)
}

fn input(input: &Input, form: &mut Map<String, Value>) {
    let (key, value) = match input {
        Input::Whole => return,
        Input::Constant(constant) => ("input", constant.clone()),
        Input::Path(path) => ("input_path", json!(path)),
        Input::Transformer(paths, template) => {
            let paths: Map<String, Value> = paths
                .iter()
                .map(|(name, path)| ((*name).to_owned(), json!(path)))
                .collect();
            (
                "input_transformer",
                json!({ "paths": paths, "template": template }),
            )
        }
        Input::Template(template) => ("input_template", json!(template)),
    };
    form.insert(key.to_owned(), value);
}

fn mapping(mapping: &Mapping) -> Value {
    let mut form = end(&mapping.to);
    if !mapping.filters.is_empty() {
        form.insert("filters".to_owned(), json!(mapping.filters));
    }
    Value::Object(form)
}

fn pipe(pipe: &Pipe) -> Value {
    let mut to = end(&pipe.to);
    input(&pipe.input, &mut to);
    if let Some((source, detail_type)) = &pipe.event {
        to.insert("event_source".to_owned(), json!(source));
        to.insert("event_detail_type".to_owned(), json!(detail_type));
    }
    let mut form = json!({ "filters": pipe.filters, "target": to });
    let (key, at) = match &pipe.from {
        PipeSource::Queue(at) => ("queue", at),
        PipeSource::Stream(at) => ("stream", at),
        PipeSource::Table(at) => ("table", at),
    };
    form[key] = json!(at.located());
    if let Some(enrichment) = &pipe.enrichment {
        form["enrichment"] = Value::Object(end(enrichment));
    }
    form
}
