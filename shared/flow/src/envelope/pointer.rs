//! References that stand in place of a body, because the body is too large for the channel or
//! should not travel. AWS's extended clients write them, and so do senders of objects with only a
//! bucket and a key.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-managing-large-messages.html>

use serde_json::Value;

/// The longest reference, in bytes. An object's key has at most 1,024.
const LONGEST: usize = 4 << 10;

/// Returns true if JSON text is a reference to a body stored elsewhere.
pub(super) fn is_pointer(json: &str) -> bool {
    if json.len() > LONGEST || !(json.contains("ucket") || json.contains("S3Pointer")) {
        return false;
    }
    serde_json::from_str(json).is_ok_and(|value| is_reference(&value))
}

fn is_reference(value: &Value) -> bool {
    match value {
        // `["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName","s3Key"}]`, and the
        // same with `com.amazon.sqs.javamessaging.MessageS3Pointer`.
        Value::Array(elements) => {
            let class = elements.first().and_then(Value::as_str);
            class.is_some_and(|class| class.ends_with("S3Pointer"))
        }
        // `{"s3BucketName","s3Key"}`, `{"s3Pointer":{"bucket","key"}}`
        Value::Object(fields) => match fields.iter().next() {
            Some((_, inside @ Value::Object(_))) if fields.len() == 1 => names_an_object(inside),
            _ => names_an_object(value),
        },
        _ => false,
    }
}

/// Returns true if an object has a bucket, a key and no other content.
fn names_an_object(value: &Value) -> bool {
    const BUCKET: [&str; 3] = ["bucket", "bucketname", "s3bucket"];
    const KEY: [&str; 3] = ["key", "s3key", "objectkey"];
    const BESIDE: [&str; 9] = [
        "s3bucketname",
        "region",
        "versionid",
        "etag",
        "size",
        "contentlength",
        "contenttype",
        "type",
        "uri",
    ];
    let Some(fields) = value.as_object() else {
        return false;
    };
    let names: Vec<String> = fields
        .keys()
        .map(|name| name.replace(['_', '-'], "").to_ascii_lowercase())
        .collect();
    let is = |name: &String, list: &[&str]| list.contains(&name.as_str());
    let is_bucket = |name: &String| is(name, &BUCKET) || name == "s3bucketname";
    names.iter().any(is_bucket)
        && names.iter().any(|name| is(name, &KEY))
        && names
            .iter()
            .all(|name| is(name, &BUCKET) || is(name, &KEY) || is(name, &BESIDE))
}

#[cfg(test)]
mod tests {
    use super::is_pointer;

    #[test]
    fn every_form_of_reference_is_known() {
        for pointer in [
            r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]"#,
            r#"[ "software.amazon.payloadoffloading.PayloadS3Pointer", { "s3BucketName": "b" } ]"#,
            r#"["com.amazon.sqs.javamessaging.MessageS3Pointer",{"s3BucketName":"b","s3Key":"k"}]"#,
            r#"{"s3BucketName":"b","s3Key":"k"}"#,
            r#"{"Bucket":"b","Key":"k","VersionId":"7"}"#,
            r#"{"s3Pointer":{"bucket_name":"b","object_key":"k"}}"#,
        ] {
            assert!(is_pointer(pointer), "{pointer}");
        }
    }

    #[test]
    fn a_document_that_names_a_bucket_among_other_things_is_none() {
        for document in [
            r#"{"bucket":"b","key":"k","customer":"Ada Lovelace"}"#,
            r#"{"bucket":"b"}"#,
            r#"["bucket","key"]"#,
            r#"{"key":"k"}"#,
            "\"S3Pointer\"",
            "s3Bucket",
        ] {
            assert!(!is_pointer(document), "{document}");
        }
    }
}
