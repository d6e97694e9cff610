//! Packages the functions as Lambda expects them: built once for a run of the tests, and each
//! zipped as `bootstrap`.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Returns the path of a built program of this workspace.
///
/// It lets cargo build first, so that a test never runs an old binary. After `make test` has built
/// it, that takes a moment.
pub(crate) fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).join(name)
}

/// Returns a deployment package with one program.
pub(crate) fn package(name: &str) -> Vec<u8> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let executable = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o755);
    package.start_file("bootstrap", executable).unwrap();
    package
        .write_all(&fs::read(program(name)).unwrap())
        .unwrap();
    package.finish().unwrap().into_inner()
}

fn build() -> PathBuf {
    // …/target/PROFILE/deps/all-HASH
    let this_test = std::env::current_exe().unwrap();
    let profile_folder = this_test.ancestors().nth(2).unwrap();
    let profile = match profile_folder.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        other => other,
    };
    let built = Command::new(env!("CARGO"))
        // The same command as in `make test`, so that nothing is left to build.
        .args("build --workspace --bins --all-features --quiet".split(' '))
        .args(["--profile", profile])
        .arg("--target-dir")
        .arg(profile_folder.parent().unwrap())
        .current_dir(super::repository())
        .status()
        .unwrap();
    assert!(built.success(), "the programs do not build, see above");
    Path::new(profile_folder).to_owned()
}
