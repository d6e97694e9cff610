//! The entry point of the crate: reads files into a reading.

use std::collections::HashMap;

use crate::cloudformation::{self, Source, form_of, literal_target};
use crate::limits::{Limit, MAX_NODES, MAX_STACKS};
use crate::node::{Kind, Tree};
use crate::note::NoteKind;
use crate::template::{File, Reading, Settings, Template};
use crate::world::World;
use crate::yaml;

/// Reads a set of files. Unrelated files may be read together too: a name that one exports and
/// another imports is then followed.
///
/// It never fails; notes describe what could not be read. Time and memory are proportional to the
/// files, and bounded by [`crate::limits`].
pub fn read(files: &[File<'_>], settings: &Settings) -> Reading {
    let mut world = World::new(files, settings);
    world.parse();
    let places = world.places();
    let mut terraform = Vec::new();
    for (file, place) in places.iter().enumerate() {
        if *place == Place::Root {
            world.add_root(file, &mut terraform);
        }
    }
    // Files that nest each other in a circle have no outermost file.
    for (file, place) in places.iter().enumerate() {
        if *place == Place::Nested && !world.reaches(file) {
            world.add_root(file, &mut terraform);
        }
    }
    world.find_exports(0);
    world.read_all_nested();
    // The stacks keep the parts of the trees that they still need.
    world.trees.clear();
    world.finish(terraform)
}

/// The role of a file among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A template of its own.
    Root,
    /// Another template's nested stack.
    Nested,
    /// A part that is read where a variable of a Serverless file names it.
    Part,
}

/// A form other than CloudFormation.
enum Other {
    Terraform,
    Serverless,
}

fn other_form(root: &Tree) -> Option<Other> {
    if root.get("format_version").is_some()
        && ["planned_values", "configuration", "values"]
            .iter()
            .any(|section| root.get(section).is_some())
    {
        return Some(Other::Terraform);
    }
    let is_serverless = root.get("service").is_some()
        && (root.get("provider").is_some() || root.get("functions").is_some());
    is_serverless.then_some(Other::Serverless)
}

impl World<'_> {
    fn parse(&mut self) {
        let mut nodes = MAX_NODES;
        for (index, file) in self.files.iter().enumerate() {
            match yaml::read(file.bytes, &mut nodes) {
                Ok(document) => {
                    for line in document.repeated_keys {
                        self.note_file(index, line, NoteKind::RepeatedKey);
                    }
                    if let Some(line) = document.cut_at {
                        self.note_file(index, line, NoteKind::Limit(Limit::Values));
                    }
                    self.trees.push(Some(document.root));
                }
                Err(why) => {
                    let line = why.line();
                    self.note_file(index, line, NoteKind::Unreadable(why));
                    self.trees.push(None);
                }
            }
        }
    }

    /// Returns the role of each file, as far as other files name it by a literal path.
    fn places(&mut self) -> Vec<Place> {
        let mut places = vec![Place::Root; self.files.len()];
        let by_path: HashMap<String, usize> = self
            .files
            .iter()
            .enumerate()
            .map(|(index, file)| (cloudformation::beside("", file.name), index))
            .collect();
        let trees = self.trees.clone();
        for (index, tree) in trees.iter().enumerate() {
            let Some(tree) = tree else {
                continue;
            };
            let mut named: Vec<(String, Place)> = Vec::new();
            if matches!(other_form(tree), Some(Other::Serverless)) {
                self.files_of_variables(tree, &mut named);
            }
            let resources = tree.get("Resources").and_then(|node| node.as_map());
            let targets = resources.into_iter().flatten();
            let targets = targets.filter_map(|(_, resource)| literal_target(resource));
            named.extend(targets.map(|path| (path.to_owned(), Place::Nested)));
            for (path, place) in named {
                let path = cloudformation::beside(self.files[index].name, &path);
                if let Some(target) = by_path.get(&path).filter(|target| **target != index) {
                    places[*target] = place;
                }
            }
        }
        places
    }

    /// Collects the paths in the `${file(path)}` of a Serverless file.
    fn files_of_variables(&mut self, tree: &Tree, named: &mut Vec<(String, Place)>) {
        if !self.spend(0) {
            return;
        }
        match &tree.kind {
            Kind::Text(text) => {
                for after in text.split("file(").skip(1) {
                    if let Some((path, _)) = after.split_once(')') {
                        named.push((path.to_owned(), Place::Part));
                    }
                }
            }
            Kind::List(items) => {
                for item in items {
                    self.files_of_variables(item, named);
                }
            }
            Kind::Map(entries) => {
                for value in entries.values() {
                    self.files_of_variables(value, named);
                }
            }
            _ => {}
        }
    }

    /// Returns true if a file is among the stacks.
    fn reaches(&mut self, file: usize) -> bool {
        self.read_all_nested();
        self.stacks.iter().any(|stack| stack.file == file)
    }

    fn add_root(&mut self, file: usize, terraform: &mut Vec<Template>) {
        let Some(root) = self.trees[file].clone() else {
            return;
        };
        if self.stacks.len() >= MAX_STACKS {
            self.note_file(file, 0, NoteKind::Limit(Limit::Stacks));
            return;
        }
        match other_form(&root) {
            Some(Other::Terraform) => terraform.push(crate::terraform::read(self, file, &root)),
            Some(Other::Serverless) => crate::serverless::add_stack(self, file, &root),
            None => {
                let Some(form) = form_of(&root) else {
                    self.note_file(file, 0, NoteKind::UnknownForm);
                    return;
                };
                self.add_stack(
                    &root,
                    Source {
                        file,
                        nested_in: None,
                        name: self.files[file].name.to_owned(),
                        given: HashMap::new(),
                        other_names: HashMap::new(),
                        form,
                    },
                );
            }
        }
    }

    /// Reads the nested stacks of every stack, including those that are added meanwhile.
    fn read_all_nested(&mut self) {
        let mut stack = 0;
        while stack < self.stacks.len() {
            let nesting: Vec<String> = self.stacks[stack]
                .resources
                .iter()
                .filter(|(_, raw)| raw.kind == "AWS::CloudFormation::Stack")
                .map(|(id, _)| id.clone())
                .collect();
            let before = self.stacks.len();
            for id in nesting {
                self.nested_stack(stack, &id);
            }
            self.find_exports(before);
            stack += 1;
        }
    }

    /// Collects the exported outputs of the stacks from an index on.
    fn find_exports(&mut self, from: usize) {
        for stack in from..self.stacks.len() {
            let exports: Vec<(String, Tree)> = self.stacks[stack]
                .outputs
                .iter()
                .filter_map(|(name, output)| {
                    let export = output.get("Export")?.get("Name")?;
                    Some((name.clone(), export.clone()))
                })
                .collect();
            for (output, export) in exports {
                if let Some(name) = self.resolve(stack, &export) {
                    let name = crate::value::placeholder(&name);
                    self.exports.entry(name).or_insert((stack, output));
                }
            }
        }
    }

    fn finish(mut self, terraform: Vec<Template>) -> Reading {
        let mut templates: Vec<Template> = (0..self.stacks.len())
            .map(|stack| self.template(stack))
            .collect();
        let first = templates.len();
        templates.extend(
            terraform
                .into_iter()
                .enumerate()
                .map(|(index, plan)| crate::terraform::at_index(plan, first + index)),
        );
        let order: HashMap<&str, usize> = self
            .files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.name, index))
            .collect();
        self.notes
            .sort_by_key(|note| (order.get(note.file.as_str()).copied(), note.line));
        self.notes.dedup();
        Reading {
            templates,
            notes: self.notes,
            notes_not_kept: self.notes_not_kept,
        }
    }
}
