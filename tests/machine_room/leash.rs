//! A program that ends with the test that started it, with all it started itself.

use std::process::{Child, Command, ExitStatus, Stdio};

use super::{repository, tool};

/// A running program; gone when dropped, and when the test is killed.
pub(crate) struct Leash(Child);

impl Leash {
    /// A command that runs `program` on a leash: to be given its environment and outputs, and
    /// started with [`Self::start`].
    pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(tool("python3"));
        command
            .arg(repository().join("tests/machine_room/leash.py"))
            .arg(program);
        command
    }

    /// Starts what [`Self::command`] made.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::piped()).spawn().unwrap())
    }

    /// How the program ended, where it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
