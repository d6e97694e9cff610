//! Claims about every kind of unreadable content, whole and as a field, and about content that must
//! not be mistaken for it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use crate::limits::Limit;
use crate::unread::Unread;
use crate::{Engine, Scan, UnreadSet};

fn scan(document: &serde_json::Value) -> Scan {
    Engine::new()
        .scan_json(document.to_string().as_bytes())
        .unwrap()
}

fn unread(document: &serde_json::Value) -> Vec<&'static str> {
    scan(document).unread.iter().map(Unread::name).collect()
}

fn of_text(text: &str) -> Vec<&'static str> {
    let scan = Engine::new().scan_text(text);
    scan.unread.iter().map(Unread::name).collect()
}

/// Returns bytes that are not text, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0] | 0x80
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn packed(mark: &[u8]) -> Vec<u8> {
    [mark, &noise(200)].concat()
}

/// Returns a JWE in compact form, whose content is encrypted with the key that its header names.
fn jwe() -> String {
    let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "2026" }).to_string();
    let parts = [
        header.into_bytes(),
        noise(256),
        noise(12),
        noise(300),
        noise(16),
    ];
    parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
}

const ARMOUR: &str = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5b2Xh1kRzKDAQf/ZmFrZQ==\n=abcd\n-----END PGP MESSAGE-----\n";

/// Bytes that begin with a mark, by kind.
const MARKED: [(&[u8], &str); 18] = [
    (&[1, 2, 2, 0, 0x78], "encrypted"),
    (&[1, 1, 2, 0, 0x78], "encrypted"),
    (&[1, 0x80, 3, 0x78, 9, 9], "encrypted"),
    (&[1, 0x80, 1, 0x78], "encrypted"),
    (&[2, 5, 0x78], "encrypted"),
    (&[0x85, 1, 0x0c, 3], "encrypted"),
    (&[0xc3, 0x0d, 4, 9], "encrypted"),
    (b"Salted__", "encrypted"),
    (&[0x80, 0, 0, 0, 0, 0x66], "encrypted"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "compressed"),
    (&[4, 0x22, 0x4d, 0x18], "compressed"),
    (b"\xff\x06\x00\x00sNaPpY", "compressed"),
    (b"BZh91AY&SY", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
    (b"PK\x03\x04", "compressed"),
    (b"Obj\x01", "binary"),
    (b"PAR1", "binary"),
    (b"\x89PNG\r\n\x1a\n", "binary"),
];

#[test]
fn marked_content_is_known_as_bytes_and_in_base64_and_in_hexadecimal_digits() {
    for (mark, name) in MARKED {
        let bytes = packed(mark);
        assert_eq!(Unread::of_bytes(&bytes).name(), name, "{mark:?}");
        for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            assert_eq!(of_text(&text), [name], "{mark:?}");
            let event = json!({
                "detail-type": "OrderPlaced", "source": "shop.orders",
                "detail": { "body": text, "isBase64Encoded": true },
            });
            assert_eq!(unread(&event), [name], "{mark:?}");
        }
        let digits = bytes.iter().fold(String::new(), |digits, byte| {
            digits + &format!("{byte:02x}")
        });
        assert_eq!(unread(&json!({ "body": digits })), [name], "{mark:?}");
    }
}

#[test]
fn encrypted_messages_are_known_by_their_text() {
    let sops = format!(
        "ENC[AES256_GCM,data:{},type:str]",
        STANDARD.encode(noise(40))
    );
    let vault = format!("vault:v1:{}", STANDARD.encode(noise(60)));
    for text in [ARMOUR, &jwe(), &sops, &vault] {
        assert_eq!(of_text(text), ["encrypted"], "{text}");
        assert_eq!(unread(&json!({ "a": 1, "payload": text })), ["encrypted"]);
        assert_eq!(unread(&json!([text])), ["encrypted"]);
        // A document inside a document inside a string.
        let inside = json!({ "payload": text }).to_string();
        assert_eq!(unread(&json!({ "message": inside })), ["encrypted"]);
    }
}

#[test]
fn an_envelope_of_ciphertext_is_known_by_the_names_of_its_fields() {
    let secret = || STANDARD.encode(noise(90));
    for document in [
        json!({ "ciphertext": secret(), "encryptedDataKey": secret(), "iv": "9Yx0" }),
        json!({ "encrypted_payload": secret(), "kid": "2026" }),
        json!({ "EncryptedData": secret() }),
        json!({ "protected": "eyJlbmMiOiJBMjU2R0NNIn0", "iv": "48V1", "ciphertext": secret(), "tag": "XFBo" }),
    ] {
        assert_eq!(unread(&document), ["encrypted"], "{document}");
    }
    // The key alone hides no content, and a field named as encrypted may be readable.
    let kms = STANDARD.encode(packed(&[1, 2, 2, 0, 0x78]));
    assert!(unread(&json!({ "encryptedDataKey": kms, "note": "see the object" })).is_empty());
    assert!(
        unread(&json!({ "encrypted": "false, as it was sent before the change of keys" }))
            .is_empty()
    );
}

#[test]
fn references_to_content_stored_elsewhere_are_known() {
    let uri = "s3://claims-archive/2026/11/27/7f3a.json";
    assert_eq!(of_text(uri), ["stored_elsewhere"]);
    let event = |detail: serde_json::Value| {
        let source = "shop.orders";
        json!({ "source": source, "detail-type": "OrderPlaced", "region": "eu-west-1", "detail": detail })
    };
    for document in [
        json!(uri),
        json!({ "claimCheck": uri }),
        json!({ "location": uri }),
        event(json!({ "claim_check": uri, "orderId": "o-17" })),
        event(json!({ "payloadS3Uri": uri, "orderId": "o-17" })),
        event(json!({ "dataref": "https://archive.s3.eu-west-1.amazonaws.com/2026/7f3a.json" })),
    ] {
        assert_eq!(unread(&document), ["stored_elsewhere"], "{document}");
    }
    // A link among other content is only a link.
    assert!(unread(&event(json!({ "invoice": uri, "orderId": "o-17" }))).is_empty());
}

#[test]
fn bytes_without_a_mark_count_where_they_are_the_bulk() {
    let bytes = STANDARD.encode(noise(400));
    let lines = format!("{}\r\n{}", &bytes[..76], &bytes[76..]);
    let url = format!("data:application/octet-stream;base64,{bytes}");
    for text in [&bytes, &lines, &url] {
        assert_eq!(unread(&json!({ "data": text, "id": 7 })), ["binary"]);
        assert_eq!(of_text(text), ["binary"]);
        let much = "a sentence that can be read ".repeat(100);
        assert!(unread(&json!({ "data": text, "text": much })).is_empty());
    }
    // A record of Avro or Protobuf with short strings is UTF-8 by chance.
    assert_eq!(
        of_text("\u{0}\u{0}\u{0}\u{0}\u{7}\u{c}Amelia\u{2}"),
        ["binary"]
    );
}

#[test]
fn gzip_that_holds_no_text_is_unread() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&noise(500)).unwrap();
    let gzip = STANDARD.encode(encoder.finish().unwrap());
    assert_eq!(unread(&json!({ "data": gzip })), ["compressed"]);
}

#[test]
fn gzip_that_is_damaged_is_read_in_part_and_says_so() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let lines = (0..200).map(|n| format!("order {n} of user{n}@shop.dev\n"));
    encoder
        .write_all(lines.collect::<String>().as_bytes())
        .unwrap();
    let whole = encoder.finish().unwrap();
    assert!(unread(&json!({ "data": STANDARD.encode(&whole) })).is_empty());
    let scan = scan(&json!({ "data": STANDARD.encode(&whole[..whole.len() / 2]) }));
    assert!(!scan.findings.is_empty());
    assert_eq!(scan.unread, UnreadSet::of(Unread::Compressed));
}

#[test]
fn what_is_unread_is_recognised_however_long_it_is() {
    let chain = "x5c".repeat(3_000);
    let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "x5c": [chain] }).to_string();
    let parts = [
        header.into_bytes(),
        noise(256),
        noise(12),
        noise(300),
        noise(16),
    ];
    let jwe = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    assert_eq!(unread(&json!({ "body": jwe })), ["encrypted"]);
    let signature = "a".repeat(3_000);
    let url = format!("https://shop.s3.eu-west-1.amazonaws.com/orders/7?X-Amz-Token={signature}");
    assert_eq!(unread(&json!({ "payloadUrl": url })), ["stored_elsewhere"]);
    let url = format!(
        "data:application/octet-stream;name={};base64,{}",
        "a".repeat(200),
        STANDARD.encode(packed(&[0x28, 0xb5, 0x2f, 0xfd]))
    );
    assert_eq!(unread(&json!({ "body": url })), ["compressed"]);
}

#[test]
fn limits_that_leave_something_unread_say_so() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let scan = Engine::new().scan_json(deep.as_bytes()).unwrap();
    assert_eq!(scan.unread, UnreadSet::of(Unread::Limit(Limit::Depth)));
    let form = (0..2_000).fold(String::from("a=1"), |form, n| form + &format!("&f{n}=1"));
    assert_eq!(unread(&json!({ "body": form })), ["form_fields"]);
    let form = form.split('&').take(1_024).collect::<Vec<_>>().join("&");
    assert!(unread(&json!({ "body": form })).is_empty());
}

#[test]
fn what_can_be_read_is_not_unread() {
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let token =
        "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImphbmVAc2hvcC5kZXYifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
    let text =
        STANDARD.encode(r#"{"customer": {"email": "jane@shop.dev"}, "note": "nothing else"}"#);
    for document in [
        json!({ "body": text }),
        json!({ "sha256": hash, "sha512": hash.repeat(2) }),
        json!({ "signature": STANDARD.encode(noise(256)), "algorithm": "RS256" }),
        json!({ "token": token }),
        json!({ "refresh_token": jwe() }),
        json!({ "arn": "arn:aws:states:eu-west-1:111122223333:execution:orders:7f3a7f3a7f3a" }),
        json!({ "agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)" }),
        json!({ "path": "/var/log/containers/payments-7f3a7f3a7f-kube-system/payments/payments0" }),
        json!({ "type": "CustomerPasswordResetRequestedNotificationHandlerFactoryForTheShop" }),
        json!({ "line": "\u{1b}[32mINFO\u{1b}[0m a line with colours" }),
        json!({ "key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----" }),
    ] {
        assert!(unread(&document).is_empty(), "{document}");
    }
    assert!(of_text("\u{1b}[32mINFO\u{1b}[0m started").is_empty());
}

#[test]
fn text_in_utf_16_and_utf_32_is_read() {
    let document = r#"{"customer": {"email": "jane@shop.dev"}}"#;
    let units = || document.encode_utf16();
    let points = || document.chars().map(u32::from);
    let [little_16, big_16, little_32, big_32] = [
        [
            vec![0xff, 0xfe],
            units().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat(),
        [
            vec![0xfe, 0xff],
            units().flat_map(u16::to_be_bytes).collect(),
        ]
        .concat(),
        [
            vec![0xff, 0xfe, 0, 0],
            points().flat_map(u32::to_le_bytes).collect(),
        ]
        .concat(),
        [
            vec![0, 0, 0xfe, 0xff],
            points().flat_map(u32::to_be_bytes).collect(),
        ]
        .concat(),
    ];
    let marked = [b"\xef\xbb\xbf", document.as_bytes()].concat();
    for bytes in [little_16, big_16, little_32, big_32, marked] {
        assert_eq!(crate::decode_text(&bytes).unwrap(), document);
        let whole = Engine::new().scan_json(&bytes).unwrap();
        assert_eq!(whole.findings[0].path.as_str(), "$.customer.email");
        let field = scan(&json!({ "body": STANDARD.encode(&bytes) }));
        assert_eq!(
            field.findings[0].path.as_str(),
            "$.body(base64)(json).customer.email"
        );
        assert!(whole.unread.is_empty() && field.unread.is_empty());
    }
    assert_eq!(crate::decode_text(b"\xff\xfa"), None);
}
