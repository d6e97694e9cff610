//! Resolves variables: `${self:custom.bus, 'default'}`. A value that only the command line, the
//! environment or another account knows becomes a name that is defined elsewhere, unless a default
//! follows it. `${Name}` and `${AWS::Region}` belong to CloudFormation and are left unchanged.
//! Source: <https://www.serverless.com/framework/docs/guides/variables>

use crate::cloudformation::beside;
use crate::node::{Build, Entries, Kind, Tree};
use crate::note::NoteKind;
use crate::world::World;

use super::grammar::{Piece, candidates, literal, pieces, source_and_address};

/// The maximum number of variables that are nested or refer to each other.
const MAX_CHAIN: usize = 32;

pub(super) struct Variables<'v, 'f> {
    world: &'v mut World<'f>,
    file: usize,
    root: Tree,
    /// The variables that are being resolved, to detect circles.
    chain: Vec<String>,
}

/// The result of resolving a variable.
enum Found {
    Tree(Tree),
    /// The value does not exist, so a default may follow.
    Missing,
    /// The variable is not one of the framework's.
    Foreign,
}

impl<'v, 'f> Variables<'v, 'f> {
    pub(super) fn new(world: &'v mut World<'f>, file: usize, root: &Tree) -> Self {
        Self {
            world,
            file,
            root: root.clone(),
            chain: Vec::new(),
        }
    }

    /// Returns a tree with its variables replaced.
    pub(super) fn tree(&mut self, tree: &Tree) -> Tree {
        if !self.world.spend(0) || !self.world.enter() {
            return Build(tree.line).node(Kind::Null);
        }
        let resolved = match &tree.kind {
            Kind::Text(text) if text.contains("${") => self.text(text, tree.line),
            Kind::List(items) => {
                let items = items.iter().map(|item| self.tree(item)).collect();
                Build(tree.line).list(items)
            }
            Kind::Map(entries) => {
                let resolved: Entries = entries
                    .iter()
                    .map(|(key, value)| (key.clone(), self.tree(value)))
                    .collect();
                Build(tree.line).node(Kind::Map(resolved))
            }
            _ => tree.clone(),
        };
        self.world.leave();
        resolved
    }

    fn text(&mut self, text: &str, line: u32) -> Tree {
        let build = Build(line);
        if !self.world.spend(text.len()) {
            return build.node(Kind::Null);
        }
        let pieces = pieces(text);
        if let [Piece::Variable(inside)] = pieces.as_slice() {
            return match self.variable(inside, line) {
                Found::Tree(tree) => tree,
                Found::Missing => self.outside(inside, line),
                Found::Foreign => build.text(self.inner(text, inside, line)),
            };
        }
        let mut parts: Vec<Tree> = Vec::new();
        for piece in pieces {
            let part = match piece {
                Piece::Literal(text) => build.text(text),
                Piece::Variable(inside) => match self.variable(inside, line) {
                    Found::Tree(tree) => tree,
                    Found::Missing => self.outside(inside, line),
                    Found::Foreign => {
                        let whole = format!("${{{inside}}}");
                        build.text(self.inner(&whole, inside, line))
                    }
                },
            };
            match (parts.last_mut(), part.scalar_text()) {
                (Some(last), Some(text)) if last.as_text().is_some() => {
                    let joined = format!("{}{text}", last.as_text().unwrap_or_default());
                    *last = build.text(joined);
                }
                (_, Some(text)) => parts.push(build.text(text)),
                (_, None) => parts.push(part),
            }
        }
        match parts.as_slice() {
            [one] => one.clone(),
            _ => build.map([(
                "Fn::Join",
                build.list(vec![build.text(""), build.list(parts)]),
            )]),
        }
    }

    /// Replaces variables of the framework inside a `${…}` of CloudFormation.
    fn inner(&mut self, whole: &str, inside: &str, line: u32) -> String {
        if !inside.contains("${") {
            return whole.to_owned();
        }
        match self.text(inside, line).scalar_text() {
            Some(text) => whole.replacen(inside, &text, 1),
            None => whole.to_owned(),
        }
    }

    fn outside(&mut self, inside: &str, line: u32) -> Tree {
        let first = candidates(inside).first().copied().unwrap_or_default();
        let name = first.trim().to_owned();
        self.world
            .note_file(self.file, line, NoteKind::Variable(name.clone()));
        let name = match name.strip_prefix("cf:") {
            Some(output) => format!("cf {output}"),
            None => format!("var {name}"),
        };
        Build(line).outside(&name)
    }

    /// Returns the first of a variable's candidates that exists.
    fn variable(&mut self, inside: &str, line: u32) -> Found {
        let candidates = candidates(inside);
        for (index, candidate) in candidates.iter().enumerate() {
            let candidate = candidate.trim();
            if index > 0
                && let Some(literal) = literal(candidate, line)
            {
                return Found::Tree(literal);
            }
            let candidate = match candidate
                .strip_prefix("${")
                .and_then(|c| c.strip_suffix('}'))
            {
                Some(nested) => nested,
                None => candidate,
            };
            match self.candidate(candidate, line) {
                Found::Missing => {}
                found => return found,
            }
        }
        Found::Missing
    }

    fn candidate(&mut self, candidate: &str, line: u32) -> Found {
        let expanded;
        let candidate = if candidate.contains("${") {
            match self.text(candidate, line).scalar_text() {
                Some(text) => {
                    expanded = text;
                    expanded.as_str()
                }
                None => return Found::Missing,
            }
        } else {
            candidate
        };
        let Some((source, address)) = source_and_address(candidate) else {
            return Found::Foreign;
        };
        if self.chain.len() >= MAX_CHAIN || self.chain.iter().any(|known| known == candidate) {
            return Found::Missing;
        }
        self.chain.push(candidate.to_owned());
        let found = self.look_up(source, address, line);
        self.chain.pop();
        found
    }

    fn look_up(&mut self, source: &str, address: &str, line: u32) -> Found {
        let build = Build(line);
        let (kind, parameter) = match source.split_once('(') {
            Some((kind, parameter)) => (kind, parameter.trim_end_matches(')')),
            None => (source, ""),
        };
        match kind {
            "self" => match self.at(&self.root.clone(), address) {
                Some(tree) => Found::Tree(tree),
                None => default_of(address, build),
            },
            "file" => self.look_up_file(parameter, address, line),
            "ssm" => Found::Tree(build.text(format!("{{{{resolve:ssm:{address}}}}}"))),
            "cf" => Found::Tree(build.outside(&format!("cf {address}"))),
            "param" => {
                let stage = self.at(&self.root.clone(), "provider.stage");
                let stage = stage.and_then(|stage| stage.scalar_text());
                let stage = stage.unwrap_or_else(|| "dev".to_owned());
                [stage.as_str(), "default"]
                    .iter()
                    .find_map(|stage| {
                        let own = self.root.get("params").and_then(|all| all.get(stage));
                        // Version 4 has them among the stages.
                        let of_stage = self.root.get("stages").and_then(|all| all.get(stage));
                        let of_stage = of_stage.and_then(|stage| stage.get("params"));
                        let parameters = own.or(of_stage)?.clone();
                        self.at(&parameters, address)
                    })
                    .map_or(Found::Missing, Found::Tree)
            }
            "sls" if address == "stage" => match self.at(&self.root.clone(), "provider.stage") {
                Some(stage) => Found::Tree(stage),
                None => Found::Tree(build.text("dev")),
            },
            "aws" if address == "accountId" => Found::Tree(build.reference("AWS::AccountId")),
            "aws" if address == "region" => Found::Tree(build.reference("AWS::Region")),
            "strToBool" => {
                let text = self.text(parameter, line).scalar_text().unwrap_or_default();
                Found::Tree(build.bool(matches!(text.trim(), "true" | "1")))
            }
            // The command line, the environment, and outputs of other services.
            _ => Found::Missing,
        }
    }

    fn look_up_file(&mut self, path: &str, address: &str, line: u32) -> Found {
        let wanted = beside(self.world.files[self.file].name, path);
        let mut files = self.world.files.iter();
        let index = files.position(|file| beside("", file.name) == wanted);
        let tree = index.and_then(|index| self.world.trees.get(index)?.clone());
        let Some(tree) = tree else {
            let kind = NoteKind::Variable(format!("file({path})"));
            self.world.note_file(self.file, line, kind);
            return Found::Missing;
        };
        if address.is_empty() {
            return Found::Tree(self.tree(&tree));
        }
        self.at(&tree, address).map_or(Found::Missing, Found::Tree)
    }

    /// Returns the value at an address of keys and indices, separated by dots.
    fn at(&mut self, tree: &Tree, address: &str) -> Option<Tree> {
        let mut found = tree.clone();
        for key in address.split('.').filter(|key| !key.is_empty()) {
            // A step may itself be a variable.
            if let Some(text) = found.as_text().filter(|text| text.contains("${")) {
                found = self.text(text, found.line);
            }
            found = match &found.kind {
                Kind::Map(entries) => entries.get(key)?.clone(),
                Kind::List(items) => items.get(key.parse::<usize>().ok()?)?.clone(),
                _ => return None,
            };
        }
        (!found.is_null()).then(|| self.tree(&found))
    }
}

/// Returns the framework's default of a stage or a region that the file does not name.
fn default_of(address: &str, build: Build) -> Found {
    match address {
        "provider.stage" => Found::Tree(build.text("dev")),
        "provider.region" => Found::Tree(build.reference("AWS::Region")),
        _ => Found::Missing,
    }
}
