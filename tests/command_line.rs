//! Tests the command line by running it against the emulated AWS of a machine room.

use std::process::Command;

use crate::machine_room::{MachineRoom, REGION, functions};

/// Runs `piitrail` and returns its output. Panics if it fails.
pub(crate) fn piitrail(room: &MachineRoom, arguments: &[&str]) -> String {
    let output = Command::new(functions::program("piitrail"))
        .args(arguments)
        .env_clear()
        .env("HOME", room.folder())
        .env("AWS_ENDPOINT_URL", room.aws().endpoint())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "piitrail {arguments:?}: {}\n{errors}",
        output.status
    );
    String::from_utf8(output.stdout).unwrap()
}
