//! Reads files of any form into one topology.
//!
//! Templates are read together, then the services file is applied, and topology files are merged
//! over the result. Templates of different accounts and regions are read each for their own.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use piitrail_flow::home::Home;
use piitrail_flow::topology::{Assignable, Draft, ServicesFile, Topology};
use piitrail_template::limits::MAX_FILE_BYTES;
use piitrail_template::{File, Note, NoteKind, Settings};
use walkdir::WalkDir;

use crate::failure::Failure;
use crate::input::{bounded, shown};
use crate::output;

/// The ending of template names in the output folder of a CDK app.
const CDK_TEMPLATE: &str = ".template.json";

/// The topology that was read, and what was recognised on the way.
pub(crate) struct Loaded {
    pub(crate) topology: Topology,
    /// Each file with the name of its form.
    pub(crate) recognised: Vec<(String, String)>,
    pub(crate) notes: Vec<Note>,
    pub(crate) notes_not_kept: usize,
}

impl Loaded {
    /// Prints to standard error that something was not understood, and how to see it.
    pub(crate) fn say_what_is_missing(&self) -> Result<(), Failure> {
        let count = self.notes.len() + self.notes_not_kept;
        if count > 0 {
            writeln!(
                output::stderr(),
                "note: {count} parts of the templates were not understood or left out; `piitrail topology import` lists them"
            )?;
        }
        Ok(())
    }
}

/// A file that was read.
struct Read {
    path: PathBuf,
    /// The file's name as notes print it.
    name: String,
    text: String,
    /// The account and region that it is deployed to.
    home: Home,
}

/// The templates of all homes, read and merged.
#[derive(Default)]
struct Imports {
    draft: Draft,
    notes: Vec<Note>,
    notes_not_kept: usize,
    resources: Vec<Assignable>,
    /// The forms of templates by the names of their files.
    forms: HashMap<String, String>,
}

impl Imports {
    /// Reads the templates that are deployed to a home together: one may import what another exports.
    fn add(&mut self, files: &[Read], home: Home) {
        let mut settings = Settings::default();
        if let Some(account) = home.account {
            settings.account = account.to_string();
        }
        if let Some(region) = &home.region {
            region.as_str().clone_into(&mut settings.region);
        }
        let files = files.iter().filter(|file| file.home == home);
        let given: Vec<File<'_>> = files
            .map(|file| File {
                name: &file.name,
                bytes: file.text.as_bytes(),
            })
            .collect();
        let reading = piitrail_template::read(&given, &settings);
        let imported = piitrail_template::topology(&reading, &settings, home);
        self.draft.overlay(imported.draft);
        self.resources.extend(imported.resources);
        for template in &reading.templates {
            self.forms
                .entry(template.file.clone())
                .or_insert_with(|| template.form.to_string());
        }
        self.notes.extend(reading.notes);
        self.notes.extend(imported.notes);
        self.notes_not_kept += reading.notes_not_kept;
    }
}

/// Reads files of any form. `home` is the account and region of the templates that do not name theirs.
pub(crate) fn load(
    paths: &[PathBuf],
    services: Option<&Path>,
    home: Home,
) -> Result<Loaded, Failure> {
    let rules = services.map(services_file).transpose()?;
    let files = read_all(paths, home)?;
    let mut homes: Vec<Home> = Vec::new();
    for file in &files {
        if !homes.contains(&file.home) {
            homes.push(file.home);
        }
    }
    let mut all = Imports::default();
    for home in homes {
        all.add(&files, home);
    }
    let Imports {
        mut draft,
        mut notes,
        notes_not_kept,
        resources,
        forms,
    } = all;
    let mut recognised = Vec::new();
    let mut overlays = Vec::new();
    for file in &files {
        if let Some(form) = forms.get(&file.name) {
            recognised.push((file.name.clone(), form.clone()));
        } else if let Some(overlay) = topology_file(file, &notes)? {
            recognised.push((file.name.clone(), "topology file".to_owned()));
            overlays.push(overlay);
        } else {
            // Another file refers to this one by a variable.
            recognised.push((file.name.clone(), "part of another file".to_owned()));
        }
    }
    let is_overlay =
        |note: &Note| matches!(note.kind, NoteKind::UnknownForm | NoteKind::Unreadable(_));
    notes.retain(|note| !is_overlay(note));
    if let (Some(rules), Some(path)) = (rules, services) {
        let file = path.to_string_lossy().into_owned();
        let unsettled = rules.apply(&mut draft, &resources);
        for twice in unsettled.twice {
            let names = twice.services.iter().map(ToString::to_string);
            notes.push(Note {
                file: file.clone(),
                line: twice.origin.line(),
                resource: Some(twice.end.name().to_string()),
                kind: NoteKind::ClaimedTwice(names.collect::<Vec<_>>().join(", ")),
            });
        }
        for claim in unsettled.nothing {
            notes.push(Note {
                file: file.clone(),
                line: claim.origin.line(),
                resource: Some(claim.service.to_string()),
                kind: NoteKind::ClaimsNothing(claim.claim),
            });
        }
    }
    for overlay in overlays {
        draft.overlay(overlay);
    }
    Ok(Loaded {
        topology: draft.finish().map_err(Failure::Contradiction)?,
        recognised,
        notes,
        notes_not_kept,
    })
}

pub(super) fn services_file(path: &Path) -> Result<ServicesFile, Failure> {
    let text = bounded::text_of(path, bounded::TOPOLOGY_MAX)?;
    ServicesFile::parse(&text).map_err(|source| Failure::Services {
        path: path.to_owned(),
        source,
    })
}

/// Any file with a version. A topology file has one.
#[derive(serde::Deserialize)]
struct Versioned {
    #[serde(rename = "version")]
    _version: u32,
}

/// Parses a file that is not a template as a topology file. Returns `None` if it is a part of a
/// template.
fn topology_file(file: &Read, notes: &[Note]) -> Result<Option<Draft>, Failure> {
    let of_file = |note: &&Note| note.file == file.name;
    let why = notes
        .iter()
        .filter(of_file)
        .find_map(|note| match note.kind {
            NoteKind::UnknownForm => Some("its form is not known".to_owned()),
            NoteKind::Unreadable(_) if note.line > 0 => {
                Some(format!("line {}: {}", note.line, note.kind))
            }
            NoteKind::Unreadable(_) => Some(note.kind.to_string()),
            _ => None,
        });
    let Some(problem) = why else {
        return Ok(None);
    };
    let says_version = |line: &str| {
        line.trim_start()
            .trim_matches(['{', '"'])
            .starts_with("version")
    };
    // The keys of a JSON file may stand on one line and in any order.
    let has_version = || serde_saphyr::from_str::<Versioned>(&file.text).is_ok();
    if file.text.lines().any(says_version) || has_version() {
        return match Draft::parse(&file.text) {
            Ok(draft) => Ok(Some(draft)),
            Err(source) => Err(Failure::Topology {
                path: file.path.clone(),
                source,
            }),
        };
    }
    Err(Failure::NotRecognised {
        path: file.path.clone(),
        problem,
    })
}

/// Splits the home off a path: `orders.yaml@eu-west-1/222222222222`. A file whose own name has such
/// an end is taken as it is. An end that is no home is refused if there is a file without it.
fn with_home(given: &Path, home: Home) -> Result<(PathBuf, Home), Failure> {
    let split = given.to_str().and_then(|text| text.rsplit_once('@'));
    match split {
        Some((path, at)) if !given.exists() => match Home::parse(at) {
            Some(at) => Ok((PathBuf::from(path), at)),
            None if Path::new(path).exists() => Err(Failure::NotAHome(given.to_owned())),
            None => Ok((given.to_owned(), home)),
        },
        _ => Ok((given.to_owned(), home)),
    }
}

fn read_all(paths: &[PathBuf], home: Home) -> Result<Vec<Read>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let (path, home) = with_home(path, home)?;
        if path.is_dir() {
            let before = files.len();
            for path in cdk_templates(&path) {
                files.push(read(path, home)?);
            }
            if files.len() == before {
                return Err(Failure::NoTemplates(path));
            }
        } else {
            files.push(read(path, home)?);
        }
    }
    Ok(files)
}

/// Lists the templates of a CDK app: those in its output folder `cdk.out` if it has one, otherwise
/// those in the directory.
fn cdk_templates(directory: &Path) -> Vec<PathBuf> {
    let output = directory.join("cdk.out");
    let directory = if output.is_dir() { &output } else { directory };
    WalkDir::new(directory)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.to_string_lossy().ends_with(CDK_TEMPLATE) && path.is_file())
        .collect()
}

fn read(path: PathBuf, home: Home) -> Result<Read, Failure> {
    let mut text = bounded::text_of(&path, MAX_FILE_BYTES as u64)?;
    let name = shown(&path).replace('\\', "/");
    let text = std::mem::take(&mut *text);
    Ok(Read {
        path,
        name,
        text,
        home,
    })
}
