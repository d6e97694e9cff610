//! Reads nested stacks if their file is among the files, and notes them if it is not.

use std::collections::HashMap;

use crate::limits::MAX_STACKS;
use crate::node::Tree;
use crate::note::NoteKind;
use crate::value::{ResourceId, Value};
use crate::world::{Nested, Truth, World};

use super::stack::{Source, form_of};

/// The maximum nesting depth of stacks.
const MAX_NESTED: usize = 8;

/// Returns the property of a nested stack that names its template.
fn location_of(kind: &str) -> Option<&'static str> {
    match kind {
        "AWS::CloudFormation::Stack" => Some("TemplateURL"),
        "AWS::Serverless::Application" => Some("Location"),
        _ => None,
    }
}

/// Returns the file that a resource nests, if it names it literally.
pub(crate) fn literal_target(resource: &Tree) -> Option<&str> {
    let property = location_of(resource.get_text("Type")?)?;
    let asset = resource
        .get("Metadata")
        .and_then(|metadata| metadata.get_text("aws:asset:path"));
    if asset.is_some() {
        return asset;
    }
    resource.get("Properties")?.get_text(property)
}

impl World<'_> {
    /// Returns the stack that a resource nests. It is read on the first call.
    pub(crate) fn nested_stack(&mut self, stack: usize, id: &str) -> Nested {
        let key = (stack, id.to_owned());
        if let Some(known) = self.nested.get(&key) {
            return *known;
        }
        self.nested.insert(key.clone(), Nested::UnderWay);
        let current = self.current.replace(id.to_owned());
        let nested = match self.read_nested(stack, id) {
            Some(nested) => Nested::Read(nested),
            None => Nested::NotRead,
        };
        self.current = current;
        self.nested.insert(key, nested);
        nested
    }

    fn read_nested(&mut self, stack: usize, id: &str) -> Option<usize> {
        let raw = self.stacks[stack].resources.get(id)?;
        if raw.kind != "AWS::CloudFormation::Stack" {
            return None;
        }
        let line = raw.line;
        let asset = raw.asset.clone();
        let condition = raw.condition.clone();
        let location = raw.properties.get("TemplateURL").cloned();
        let parameters = raw.properties.get("Parameters").cloned();
        if let Some(condition) = condition
            && self.truth(stack, &condition, line) == Truth::No
        {
            return None;
        }
        let location = match asset {
            Some(asset) => Some(Value::Text(asset)),
            None => location.and_then(|tree| self.resolve(stack, &tree)),
        };
        let file = location
            .as_ref()
            .and_then(|value| value.as_text())
            .and_then(|path| self.file_at(stack, path));
        let root = file.and_then(|file| self.trees.get(file)?.clone());
        let form = root.as_ref().and_then(|root| form_of(root));
        let (Some(file), Some(root), Some(form)) = (file, root, form) else {
            self.note(stack, line, NoteKind::NestedNotRead);
            return None;
        };
        if self.stacks.len() >= MAX_STACKS || self.nesting(stack) >= MAX_NESTED {
            self.note(stack, line, NoteKind::NestedTooDeep);
            return None;
        }
        let mut given = HashMap::new();
        let parameters = parameters.as_ref().and_then(|tree| tree.as_map());
        for (name, tree) in parameters.into_iter().flatten() {
            if let Some(value) = self.resolve(stack, tree) {
                given.insert(name.clone(), value);
            }
        }
        let name = format!("{}/{id}", self.stacks[stack].name);
        let nested_in = ResourceId {
            template: stack,
            id: id.to_owned(),
        };
        // Notes about the nested resources have their own ids.
        let current = self.current.take();
        let nested = self.add_stack(
            &root,
            Source {
                file,
                nested_in: Some(nested_in),
                name,
                given,
                other_names: HashMap::new(),
                form,
            },
        );
        self.current = current;
        Some(nested)
    }

    /// Returns the number of stacks around this one.
    fn nesting(&self, stack: usize) -> usize {
        let mut around = 0;
        let mut at = stack;
        while let Some(outer) = &self.stacks[at].nested_in {
            at = outer.template;
            around += 1;
        }
        around
    }

    /// Returns the file of a path that is relative to a stack's file.
    fn file_at(&self, stack: usize, path: &str) -> Option<usize> {
        let from = self.files[self.stacks[stack].file].name;
        let wanted = beside(from, path);
        self.files
            .iter()
            .position(|file| beside("", file.name) == wanted)
    }
}

/// Returns a path relative to a file, with `.` and `..` resolved if possible.
pub(crate) fn beside(file: &str, path: &str) -> String {
    let folder = match file.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => folder,
        _ => "",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') || file.starts_with('/') {
        "/"
    } else {
        ""
    };
    format!("{root}{}", parts.join("/"))
}
