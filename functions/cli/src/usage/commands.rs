//! The commands as they are defined, and which of them the arguments name.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory as _};

use super::nearest::nearest_by;
use crate::args::Args;

/// A command with its names.
pub(super) struct NamedCommand {
    pub(super) command: Command,
    /// The name: `report map`, or `piitrail` for the program itself.
    pub(super) name: String,
    /// The full command: `piitrail report map`.
    pub(super) path: String,
}

/// Returns the program and all its commands, the program first.
pub(super) fn commands() -> Vec<NamedCommand> {
    let mut program = Args::command().bin_name("piitrail");
    program.build();
    let mut commands = vec![NamedCommand {
        name: "piitrail".to_owned(),
        path: "piitrail".to_owned(),
        command: program,
    }];
    let mut next = 0;
    while let Some(parent) = commands.get(next) {
        let is_program = next == 0;
        let children: Vec<NamedCommand> = parent
            .own_subcommands()
            .map(|child| NamedCommand {
                command: child.clone(),
                name: if is_program {
                    child.get_name().to_owned()
                } else {
                    format!("{} {}", parent.name, child.get_name())
                },
                path: format!("{} {}", parent.path, child.get_name()),
            })
            .collect();
        commands.extend(children);
        next += 1;
    }
    commands
}

impl NamedCommand {
    /// Follows the arguments as long as they are names of commands, and returns the last one. No
    /// command that has subcommands has an option with a value, so a value cannot be taken for a
    /// name.
    pub(super) fn follow<'c>(
        &'c self,
        commands: &'c [Self],
        arguments: impl Iterator<Item = OsString>,
    ) -> &'c Self {
        let mut followed = self;
        for argument in arguments {
            let Some(text) = argument.to_str() else { break };
            if text.starts_with('-') {
                continue;
            }
            let path = format!("{} {text}", followed.path);
            match commands.iter().find(|command| command.path == path) {
                Some(next) => followed = next,
                None => break,
            }
        }
        followed
    }

    /// Returns the subcommands without the parser's own `help`.
    fn own_subcommands(&self) -> impl Iterator<Item = &Command> {
        let subcommands = self.command.get_subcommands();
        subcommands.filter(|command| command.get_name() != "help")
    }

    /// Returns the word for the subcommands: question for `report`, command for the others.
    pub(super) fn kind_of_subcommands(&self) -> String {
        let heading = self.command.get_subcommand_value_name();
        heading.unwrap_or("COMMAND").to_lowercase()
    }

    /// Returns `its questions are map, subject`.
    pub(super) fn subcommands(&self) -> String {
        let names: Vec<&str> = self.own_subcommands().map(Command::get_name).collect();
        let kind = self.kind_of_subcommands();
        format!("its {kind}s are {}", names.join(", "))
    }

    /// Returns the names of the options, without hyphens.
    pub(super) fn options(&self) -> impl Iterator<Item = &str> {
        self.command.get_arguments().filter_map(Arg::get_long)
    }

    /// Returns `its options are --store, --output`.
    pub(super) fn list_of_options(&self) -> String {
        let names: Vec<String> = self.options().map(|name| format!("--{name}")).collect();
        format!("its options are {}", names.join(", "))
    }

    /// Returns how the command is written, with the arguments that it always needs and those that
    /// are missing.
    pub(super) fn usage(&self, missing: &[String]) -> String {
        let usage = self.command.clone().render_usage().to_string();
        let mut usage = usage.replacen("Usage:", "usage:", 1);
        for argument in missing {
            if !usage.contains(argument.as_str()) {
                usage = format!("{usage} {argument}");
            }
        }
        usage
    }

    /// Returns the full command that a mistyped name was meant to be: a subcommand of this command, or
    /// else any other command, by the last part of its name.
    pub(super) fn nearest_command<'c>(&self, given: &str, commands: &'c [Self]) -> Option<&'c str> {
        let within = format!("{} ", self.path);
        let (inner, outer): (Vec<_>, Vec<_>) = commands
            .iter()
            .skip(1)
            .partition(|command| command.path.starts_with(&within));
        let nearest_of = |commands: Vec<&'c Self>| {
            nearest_by(given, commands.into_iter(), |command| {
                command.command.get_name()
            })
        };
        let nearest = nearest_of(inner).or_else(|| nearest_of(outer))?;
        Some(&nearest.path)
    }
}
