//! `AWS_SECRET_KEY`: secret access keys of AWS.
//!
//! Why it matters: with its access key id it gives access to the account.
//!
//! The rule: forty characters of base 64 with a random mix of capitals, small letters and digits,
//! in a field whose name matches, or after an assignment to a matching name. Forty hexadecimal
//! digits are a hash.

use super::{Detector, Find, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;

const LENGTH: usize = 40;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AwsSecretKey,
    names: &[Names::new(
        "aws secret|aws secret key|aws secret access key|secret access key|secret key|\
         aws secret token|access secret|access key secret|aws access key secret|s3 secret|\
         s3 secret key|iam secret|geheimer zugriffsschlussel|cle secrete aws|\
         clave secreta aws|chiave segreta aws|chave secreta aws",
    )],
    keywords: "",
    finds: &[Find::Prefix(
        &[
            "aws_secret",
            "AWS_SECRET",
            "awsSecret",
            "secret_access_key",
            "secretAccessKey",
            "SecretAccessKey",
            "SECRET_ACCESS_KEY",
        ],
        find_assigned,
    )],
    field: Some(fits),
    positive: &[
        r#"{"secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#,
        r#"{"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#,
        r#"{"log": "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#,
        r#"{"ini": "aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"}"#,
    ],
    negative: &[
        r#"{"x": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#,
        r#"{"secret_key": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}"#,
        r#"{"secretAccessKey": "${AWS_SECRET}"}"#,
        r#"{"aws_secret": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    is_secret(value.text.as_bytes()).then_some(())?;
    value.whole(95)
}

/// Finds `aws_secret_access_key = …` in a file of settings or a log.
fn find_assigned(text: &str, start: usize) -> Option<Hit> {
    /// The distance from the start of the name to the value: the longest name, quotes, spaces and
    /// the sign.
    const MOST_BEFORE: usize = 40;
    let rest = text.as_bytes().get(start..)?;
    let sign = rest
        .iter()
        .take(MOST_BEFORE)
        .position(|byte| matches!(byte, b'=' | b':'))?;
    let gap = rest[sign + 1..]
        .iter()
        .take(4)
        .take_while(|byte| matches!(byte, b' ' | b'"' | b'\''))
        .count();
    let from = sign + 1 + gap;
    let key = rest.get(from..from + LENGTH)?;
    let goes_on = rest
        .get(from + LENGTH)
        .is_some_and(|byte| is_base_64(*byte));
    (!goes_on && is_secret(key)).then(|| Hit::new(start + from, start + from + LENGTH, 95, 98))
}

fn is_base_64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Returns true for forty characters of base 64 that look random: at least half of them differ, and
/// all three kinds occur. Of 40 random ones about 29 differ.
fn is_secret(key: &[u8]) -> bool {
    let mut seen = 0_u128;
    for &byte in key {
        if !is_base_64(byte) {
            return false;
        }
        seen |= 1 << byte;
    }
    key.len() == LENGTH
        && seen.count_ones() >= 18
        && key.iter().any(u8::is_ascii_lowercase)
        && key.iter().any(u8::is_ascii_uppercase)
        && key.iter().any(u8::is_ascii_digit)
}
