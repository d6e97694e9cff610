//! Documents that are made to be slow, at two sizes. The time for a byte must not grow with the
//! size.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::GzEncoder};

/// A kind of document, and a function that makes one with about the given number of bytes.
pub(crate) type Kind = (&'static str, fn(usize) -> String);

pub(crate) const KINDS: [Kind; 26] = [
    ("at_signs", |bytes| string(&"@".repeat(bytes))),
    ("addresses", |bytes| string(&"a@b.dev*".repeat(bytes / 8))),
    ("armours", |bytes| {
        string(&"-----BEGIN PRIVATE KEY-----".repeat(bytes / 27))
    }),
    ("schemes", |bytes| string(&"a://b:c@".repeat(bytes / 8))),
    ("kana", |bytes| {
        string(&"字4111111111111111".repeat(bytes / 19))
    }),
    ("prefixes", |bytes| {
        string(&"eyJ.sk_live_".repeat(bytes / 12))
    }),
    ("digits", |bytes| string(&"4".repeat(bytes))),
    ("digit_groups", |bytes| string(&"4111 ".repeat(bytes / 5))),
    ("number", |bytes| "4".repeat(bytes)),
    ("colons", |bytes| string(&"a1:".repeat(bytes / 3))),
    ("dots", |bytes| string(&"1.".repeat(bytes / 2))),
    ("keywords", |bytes| {
        string(&"phone number ".repeat(bytes / 13))
    }),
    ("braces", |bytes| {
        string(&format!("{{{}}}", "{".repeat(bytes)))
    }),
    ("percents", |bytes| {
        string(&format!("a{}40b", "%25".repeat(bytes / 3)))
    }),
    ("backslashes", |bytes| string(&"\\".repeat(bytes / 2))),
    ("nesting", |bytes| {
        "[".repeat(bytes / 2) + &"]".repeat(bytes / 2)
    }),
    ("keys", |bytes| {
        let fields = (0..bytes / 16).map(|at| format!("\"card{at:06}\":{at}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }),
    ("labels", |bytes| string(&"password=".repeat(bytes / 9))),
    ("label_words", |bytes| {
        string(&"a b: 'c' ".repeat(bytes / 9))
    }),
    ("tags", |bytes| string(&"<a>".repeat(bytes / 3))),
    ("parts", |bytes| {
        string(&"form-data; name=\"a\" ".repeat(bytes / 20))
    }),
    ("half_documents", |bytes| {
        string(&"{\"a\":[".repeat(bytes / 6))
    }),
    ("documents", |bytes| string(&"{\"a\":1} ".repeat(bytes / 8))),
    ("late_types", |bytes| {
        let depth = 60;
        let fill = "1,".repeat(bytes / 2 - depth * 32);
        let opened = r#"{"a":"#.repeat(depth);
        let closed = r#","type":"user"}"#.repeat(depth);
        format!("{opened}[{fill}1]{closed}")
    }),
    ("pairs", |bytes| {
        let depth = 60;
        let fill = "1,".repeat(bytes / 2 - depth * 32);
        let opened = r#"{"key":"email","value":"#.repeat(depth);
        format!("{opened}[{fill}1]{}", "}".repeat(depth))
    }),
    ("gzip_bombs", |bytes| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory cannot fail.
        let _ = encoder.write_all(&vec![b'a'; 1 << 16]);
        let bomb = string(&STANDARD.encode(encoder.finish().unwrap_or_default()));
        format!("[{}]", vec![bomb.as_str(); bytes / bomb.len()].join(","))
    }),
];

/// The same for keys: of objects, forms, JSON in strings and attribute maps of DynamoDB.
pub(crate) const KEYS: [Kind; 8] = [
    ("addresses", |bytes| object(&"a@b.co ".repeat(bytes / 7))),
    ("grown_together", |bytes| {
        object(&"a@b.dev*".repeat(bytes / 8))
    }),
    ("digits", |bytes| object(&"4111 ".repeat(bytes / 5))),
    ("tokens", |bytes| object(&"eyJ-".repeat(bytes / 4))),
    ("form", |bytes| {
        string(&format!("x=1&{}=1", "a@b.co+".repeat(bytes / 7)))
    }),
    ("json_in_string", |bytes| {
        string(&object(&"a@b.co ".repeat(bytes / 7)))
    }),
    ("attribute_map", |bytes| {
        let key = "a@b.co ".repeat(bytes / 7);
        format!(r#"{{"dynamodb":{{"NewImage":{{"m":{{"M":{{"{key}":{{"S":"x"}}}}}}}}}}}}"#)
    }),
    ("under_long_keys", |bytes| {
        let key = format!("{} a@b.co", "long ".repeat(190));
        let leaves = vec![r#""a@b.co""#; bytes / 9].join(",");
        let depth = 100;
        let opened = format!(r#"{{"{key}":"#).repeat(depth);
        format!("{opened}[{leaves}]{}", "}".repeat(depth))
    }),
];

/// Returns an object with `key` and a value under it that gives a finding.
fn object(key: &str) -> String {
    format!(r#"{{"{key}":"jane@shop.dev"}}"#)
}

/// Returns `text` as a JSON string.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
