//! Holds the state of one reading: the files, the stacks made of them, and the remaining budget.
//! The modules of `cloudformation` add the functions that resolve values.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::limits::{MAX_DEPTH, MAX_NOTES, MAX_TEXT, MAX_VALUES};
use crate::node::{Entries, Tree};
use crate::note::{Note, NoteKind};
use crate::template::{File, Form, Settings};
use crate::value::{ResourceId, Value};

/// A resource before its values are resolved.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) kind: String,
    pub(crate) line: u32,
    pub(crate) properties: Entries,
    pub(crate) condition: Option<String>,
    pub(crate) made_from: Option<String>,
    pub(crate) cdk_path: Option<String>,
    /// The file of a nested stack that the CDK wrote beside this one.
    pub(crate) asset: Option<String>,
    pub(crate) policies: Vec<String>,
}

/// The result of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    Unknown,
}

/// A stack whose values can be resolved.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) file: usize,
    pub(crate) form: Form,
    pub(crate) nested_in: Option<ResourceId>,
    /// The stack's name, for references to it.
    pub(crate) name: String,
    pub(crate) parameters: HashMap<String, Value>,
    pub(crate) mappings: Option<Tree>,
    pub(crate) conditions: HashMap<String, Tree>,
    /// The results of conditions. `None` while a condition is evaluated.
    pub(crate) truths: HashMap<String, Option<Truth>>,
    pub(crate) resources: IndexMap<String, Raw>,
    pub(crate) outputs: Entries,
    /// Other names of resources: the names of Serverless Framework functions in CloudFormation.
    pub(crate) other_names: HashMap<String, String>,
}

/// The state of a nested stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nested {
    UnderWay,
    NotRead,
    Read(usize),
}

pub(crate) struct World<'f> {
    pub(crate) files: &'f [File<'f>],
    /// The tree of each file, if it could be read.
    pub(crate) trees: Vec<Option<Tree>>,
    pub(crate) settings: &'f Settings,
    pub(crate) stacks: Vec<Stack>,
    pub(crate) nested: HashMap<(usize, String), Nested>,
    /// The stack and the output that are exported under a name.
    pub(crate) exports: HashMap<String, (usize, String)>,
    pub(crate) notes: Vec<Note>,
    pub(crate) notes_not_kept: usize,
    /// The resource whose values are being resolved, for notes.
    pub(crate) current: Option<String>,
    pub(crate) depth: usize,
    values_left: usize,
    text_left: usize,
}

impl<'f> World<'f> {
    pub(crate) fn new(files: &'f [File<'f>], settings: &'f Settings) -> Self {
        Self {
            files,
            trees: Vec::new(),
            settings,
            stacks: Vec::new(),
            nested: HashMap::new(),
            exports: HashMap::new(),
            notes: Vec::new(),
            notes_not_kept: 0,
            current: None,
            depth: 0,
            values_left: MAX_VALUES,
            text_left: MAX_TEXT,
        }
    }

    /// Takes one value with this many bytes of text from the budget. Returns `false` if nothing is
    /// left.
    pub(crate) fn spend(&mut self, text: usize) -> bool {
        match (
            self.values_left.checked_sub(1),
            self.text_left.checked_sub(text),
        ) {
            (Some(values), Some(text)) => {
                self.values_left = values;
                self.text_left = text;
                true
            }
            _ => false,
        }
    }

    /// Goes one level deeper. Returns `false` if that is too deep; otherwise the caller must call
    /// [`World::leave`].
    pub(crate) fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            return false;
        }
        self.depth += 1;
        true
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Adds a note about a file and the current resource.
    pub(crate) fn note_file(&mut self, file: usize, line: u32, kind: NoteKind) {
        let resource = self.current.clone();
        self.note_of(file, line, resource, kind);
    }

    /// Adds a note about a stack and the current resource.
    pub(crate) fn note(&mut self, stack: usize, line: u32, kind: NoteKind) {
        let file = self.stacks.get(stack).map_or(0, |stack| stack.file);
        self.note_file(file, line, kind);
    }

    pub(crate) fn note_of(
        &mut self,
        file: usize,
        line: u32,
        resource: Option<String>,
        kind: NoteKind,
    ) {
        let name = self.files.get(file).map_or("", |file| file.name);
        let repeats = self.notes.last().is_some_and(|last| {
            last.file == name && last.line == line && last.kind == kind && last.resource == resource
        });
        if repeats {
            return;
        }
        if self.notes.len() >= MAX_NOTES {
            self.notes_not_kept += 1;
            return;
        }
        self.notes.push(Note {
            file: name.to_owned(),
            line,
            resource,
            kind,
        });
    }
}
