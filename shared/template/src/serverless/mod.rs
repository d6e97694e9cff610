//! Reads the Serverless Framework: its variables are replaced, its functions and their events
//! become the CloudFormation resources that version 3 makes of them, and the content of
//! `resources.Resources` is CloudFormation already.
//!
//! The id of a function is its key, because people use that name. Its name in CloudFormation,
//! `MyKeyLambdaFunction`, is understood too.

mod events;
mod grammar;
mod mapping;
mod rules;
mod topics;
mod variables;

use std::collections::HashMap;

use crate::cloudformation::Source;
use crate::node::{Build, Entries, Kind, Tree};
use crate::note::NoteKind;
use crate::template::Form;
use crate::world::World;

use events::Service;
use variables::Variables;

/// Adds the stack of a service.
pub(crate) fn add_stack(world: &mut World<'_>, file: usize, root: &Tree) {
    let mut variables = Variables::new(world, file, root);
    let resolved: Vec<(&str, Option<Tree>)> = ["service", "provider", "functions", "resources"]
        .map(|section| (section, root.get(section).map(|tree| variables.tree(tree))))
        .into();
    let section = |name: &str| {
        let found = resolved.iter().find(|(section, _)| *section == name);
        found.and_then(|(_, tree)| tree.clone())
    };
    for (key, plugin) in [
        ("stepFunctions", "serverless-step-functions"),
        ("constructs", "serverless-lift"),
    ] {
        if let Some(part) = root.get(key) {
            world.note_file(file, part.line, NoteKind::Transform(plugin.to_owned()));
        }
    }
    let service = section("service");
    let name = service.as_ref().and_then(|service| {
        let name = service.get("name").unwrap_or(service);
        name.scalar_text()
    });
    let stage = section("provider").and_then(|provider| provider.get("stage").cloned());
    // If only the command line knows the stage, the names that contain it are unknown too.
    let stage = match stage {
        Some(stage) => stage.scalar_text(),
        None => Some("dev".to_owned()),
    };
    let mut service = Service {
        world,
        file,
        prefix: name
            .zip(stage)
            .map(|(name, stage)| format!("{name}-{stage}")),
        resources: Entries::new(),
        names: HashMap::new(),
        condition: None,
    };
    for (key, function) in entries_of(section("functions").as_ref(), None) {
        service.function(&key, &function);
    }
    let names = service.names;
    let mut resources = service.resources;
    let own = section("resources");
    for (id, resource) in entries_of(own.as_ref(), Some("Resources")) {
        match resources.get(&id) {
            Some(made) => {
                let merged = merged(made, &resource);
                resources.insert(id, merged);
            }
            None => {
                resources.insert(id, resource);
            }
        }
    }
    let build = Build(root.line);
    let mut sections = vec![("Resources", build.node(Kind::Map(resources)))];
    for name in ["Parameters", "Mappings", "Conditions", "Outputs"] {
        let entries = entries_of(own.as_ref(), Some(name));
        sections.push((name, build.node(Kind::Map(entries))));
    }
    let template = build.map(sections);
    let source = Source {
        file,
        nested_in: None,
        name: world.files[file].name.to_owned(),
        given: HashMap::new(),
        other_names: names,
        form: Form::Serverless,
    };
    world.add_stack(&template, source);
}

/// Returns the entries of a section, which may be a map or a list of maps. With a name, returns
/// those of the subsection of this name.
fn entries_of(tree: Option<&Tree>, name: Option<&str>) -> Entries {
    let mut entries = Entries::new();
    let Some(tree) = tree else {
        return entries;
    };
    let maps = match tree.as_list() {
        Some(items) => items,
        None => std::slice::from_ref(tree),
    };
    for map in maps {
        let map = match name {
            Some(name) => map.get(name),
            None => Some(map),
        };
        for (key, value) in map.and_then(|map| map.as_map()).into_iter().flatten() {
            entries.insert(key.clone(), value.clone());
        }
    }
    entries
}

/// Merges a resource that the framework makes with the file's own settings for it.
fn merged(made: &Tree, own: &Tree) -> Tree {
    match (&made.kind, &own.kind) {
        (Kind::Map(first), Kind::Map(second)) => {
            let mut entries = first.clone();
            for (key, value) in second {
                let value = match first.get(key) {
                    Some(before) => merged(before, value),
                    None => value.clone(),
                };
                entries.insert(key.clone(), value);
            }
            Build(own.line).node(Kind::Map(entries))
        }
        _ => own.clone(),
    }
}

#[cfg(test)]
mod tests;
