//! Runs a whole AWS on this machine for one test: `MiniStack` on a free port of 127.0.0.1.
//!
//! Each test starts its own room, so tests run in parallel and none sees another's data. IAM is
//! enforced (`AUTH=true`): a function that makes a call its role does not allow is refused here as
//! it would be in AWS. Where the emulator differs from AWS, a comment at the workaround says so.

mod aws;
pub(crate) mod functions;
mod leash;
pub(crate) mod loopback;
mod stack;

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) use aws::{Aws, REGION};
pub(crate) use leash::Leash;
pub(crate) use stack::Stack;

/// The time limit of a start: longer than any start seen on two busy cores (half a second on idle
/// ones).
const START_LIMIT: Duration = Duration::from_mins(1);

/// A running `MiniStack`. It ends when this is dropped, together with everything it started.
pub(crate) struct MachineRoom {
    // Dropped in this order, so that the folder is deleted when no process writes into it any more.
    _ministack: Leash,
    folder: TempDir,
    aws: Aws,
}

impl MachineRoom {
    /// Starts `MiniStack` and waits until it answers.
    pub(crate) fn start() -> Self {
        let folder = TempDir::with_prefix_in("room-", env!("CARGO_TARGET_TMPDIR")).unwrap();
        let port = free_port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let log = File::create(folder.path().join("ministack.log")).unwrap();
        let mut command = Leash::command(tool("python3"));
        command
            .args(["-m", "ministack"])
            // Nothing from the caller's environment: no credentials, no profile, no endpoint.
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .env("STATE_DIR", folder.path())
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("AWS_ENDPOINT_URL", &endpoint)
            .env("MINISTACK_REGION", REGION)
            .env("AUTH", "true")
            .env("SFTP_ENABLED", "false")
            .env("IOT_MTLS_ENABLED", "false")
            .env("RUST_BACKTRACE", "1")
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let mut ministack = Leash::start(&mut command);
        let aws = Aws::at(endpoint);
        let deadline = Instant::now() + START_LIMIT;
        while !aws.is_up() {
            let ended = ministack.ended();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "MiniStack did not start ({ended:?}):\n{}",
                last_lines(&folder.path().join("ministack.log"))
            );
            thread::sleep(Duration::from_millis(20));
        }
        Self {
            _ministack: ministack,
            folder,
            aws,
        }
    }

    /// Returns the services of this room.
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// Returns a folder of this room, which is deleted with it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for MachineRoom {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!(
                "── the last of MiniStack's log\n{}",
                last_lines(&self.folder.path().join("ministack.log"))
            );
        }
    }
}

/// Calls `check` until it returns a value. Panics after `limit` with a message that `what` did not
/// happen.
pub(crate) fn wait_for<T>(what: &str, limit: Duration, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: not within {limit:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Returns the root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Returns the path of a program that `make tools` installed.
pub(crate) fn tool(name: &str) -> PathBuf {
    let path = repository().join(".tools/venv/bin").join(name);
    assert!(
        path.exists(),
        "{name} is not installed: run `make tools`, or `make test`, which does"
    );
    path
}

/// Returns a port on which nothing listens. Another process may take it before it is used; the
/// program that needs it then fails to start and reports that.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn last_lines(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}
