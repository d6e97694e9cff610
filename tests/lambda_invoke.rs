//! Tests `cargo lambda invoke` with every sample payload of events/, as its README describes.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::machine_room::{
    Leash, MachineRoom, REGION, Stack, free_port, functions, repository, tool, wait_for,
};

/// The only payload with a message that cannot be read, and the message's index in it.
const POISONED: (&str, usize) = ("sqs/one-poison-message.json", 1);

#[test]
fn the_tracer_takes_every_sample_payload_from_cargo_lambda_invoke() {
    let room = MachineRoom::start();
    let stack = Stack::deploy(&room);
    let port = free_port().to_string();
    // This does what `cargo lambda watch` does, with the tracer that was built already.
    let _runtime = Leash::start(
        Leash::command(tool("cargo-lambda"))
            .args(
                "lambda watch --only-lambda-apis --timeout 60 --invoke-address 127.0.0.1 --invoke-port"
                    .split(' '),
            )
            .arg(&port)
            .current_dir(repository()),
    );
    // A function that finds no runtime exits, so the runtime must be started first.
    wait_for("cargo lambda watch", Duration::from_mins(1), || {
        TcpStream::connect(format!("127.0.0.1:{port}")).ok()
    });
    let _tracer = Leash::start(
        Leash::command(functions::program("tracer"))
            .env_clear()
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                format!("http://127.0.0.1:{port}/.rt/tracer"),
            )
            .env("AWS_LAMBDA_FUNCTION_NAME", "tracer")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_ENDPOINT_URL", room.aws().endpoint())
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("PIITRAIL_TABLE", stack.output("TableName")),
    );
    let payloads = payloads(&repository().join("events"), room.folder());
    assert!(
        payloads.len() > 20,
        "events/ has only {} payloads",
        payloads.len()
    );
    for (name, file) in payloads {
        let answer = invoke(&port, &file);
        assert_eq!(
            answer,
            json!({ "batchItemFailures": failures(&name, &file) }),
            "{name}"
        );
    }
}

fn invoke(port: &str, payload: &Path) -> Value {
    let output = Command::new(tool("cargo-lambda"))
        .args("lambda invoke tracer --invoke-address 127.0.0.1 --invoke-port".split(' '))
        .arg(port)
        .arg("--data-file")
        .arg(payload)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {output:?}", payload.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the records that the tracer must report as failed.
fn failures(name: &str, file: &Path) -> Value {
    let (poisoned, at) = POISONED;
    if name != poisoned {
        return json!([]);
    }
    let payload: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    json!([{ "itemIdentifier": payload["Records"][at]["messageId"] }])
}

/// Returns every payload of a folder by its name: each `.json` file, and the first line of each
/// `.jsonl` file, which `cargo lambda` cannot read itself.
fn payloads(folder: &Path, scratch: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(folder)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            match path.extension().and_then(|extension| extension.to_str()) {
                None => folders.push(path),
                Some("json") => found.push((name, path)),
                Some("jsonl") => {
                    let first = scratch.join(format!("{}.json", found.len()));
                    let lines = fs::read_to_string(path).unwrap();
                    fs::write(&first, lines.lines().next().unwrap()).unwrap();
                    found.push((name, first));
                }
                Some(_) => {}
            }
        }
    }
    found.sort();
    found
}
