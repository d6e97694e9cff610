//! Runs a program that ends with the test that started it, together with everything it started
//! itself.

use std::process::{Child, Command, ExitStatus, Stdio};

use super::{repository, tool};

/// A running program. It ends when this is dropped, or when the test is killed.
pub(crate) struct Leash(Child);

impl Leash {
    /// Returns a command that runs `program` on a leash. The caller sets its environment and
    /// outputs, and starts it with [`Self::start`].
    pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(tool("python3"));
        command
            .arg(repository().join("tests/machine_room/leash.py"))
            .arg(program);
        command
    }

    /// Starts a command that [`Self::command`] returned.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::piped()).spawn().unwrap())
    }

    /// Returns the exit status if the program has ended.
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
