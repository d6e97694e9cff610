//! `AWS_ACCESS_KEY`: access key ids of users and of temporary sessions.
//!
//! Why it matters: with its secret it gives access to an account. By itself it names the account
//! and the user.
//!
//! The rule: AWS IAM User Guide, "IAM identifiers": `AKIA` or `ASIA` and sixteen characters of
//! base32. Role, user and policy ids (`AROA`, `AIDA`) are not credentials. The ids in AWS's own
//! documentation are marked.

use super::{Detector, Find, Hit};
use crate::class::DataClass;
use crate::field_name::Names;
use crate::finding::Marks;

const LENGTH: usize = 20;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AwsAccessKey,
    names: &[Names::new(
        "access key id|aws access key|aws access key id|access key",
    )],
    keywords: "",
    finds: &[Find::Prefix(&["AKIA", "ASIA"], find)],
    field: None,
    positive: &[
        r#"{"x": "AKIAIOSFODNN7EXAMPLE"}"#,
        r#"{"note": "key=ASIAQWERTYUIOPASDFGH;"}"#,
    ],
    negative: &[
        r#"{"x": "AROAIOSFODNN7EXAMPLE"}"#,
        r#"{"x": "AKIAIOSFODNN7EXAMPL"}"#,
        r#"{"x": "AKIAIOSFODNN7EXAMPLE1"}"#,
        r#"{"x": "AKIAIOSFODNN1EXAMPLE"}"#,
        r#"{"x": "XAKIAIOSFODNN7EXAMPLE"}"#,
    ],
};

fn find(text: &str, start: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let end = start + LENGTH;
    let body = bytes.get(start + 4..end)?;
    let is_base32 = body.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    let touches = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_held = start > 0 && touches(&bytes[start - 1]) || bytes.get(end).is_some_and(touches);
    let marks = if body.ends_with(b"EXAMPLE") {
        Marks::TEST_DATA
    } else {
        Marks::NONE
    };
    (is_base32 && !is_held).then(|| Hit::new(start, end, 96, 99).marked(marks))
}
