//! Names that are read as a whole: wrappers of a value, names for the person who did something, and
//! headers with a credential.

use super::hashing::{ByHash, HASH_SEED, hash_on, key};
use super::meaning::Slot;
use super::words::Word;

/// The phrase with which a detector declares fields that name the person who did something
/// (`closed_by`).
pub(super) const DOER: &str = "done by";
/// The phrase for the id of that person (`created_by_id`).
pub(super) const ID_OF_DOER: &str = "done by id";
/// The phrase with which a detector declares `x-…-token`.
pub(super) const TOKEN_HEADER: &str = "x token";

/// Returns true for a name that formats put between a name and its value: `$date` and similar
/// (`MongoDB`'s extended JSON), `#text` (XML in JSON), a language (`en`, `en-US`).
pub(super) fn is_wrapper(name: &str) -> bool {
    const WRAPPERS: [&str; 18] = [
        "$date",
        "$numberLong",
        "$numberInt",
        "$numberDouble",
        "$numberDecimal",
        "$oid",
        "$uuid",
        "$timestamp",
        "$string",
        "$value",
        "$text",
        "$t",
        "$",
        "#text",
        "_text",
        "_value",
        "_",
        "__text",
    ];
    WRAPPERS.contains(&name) || is_language(name)
}

/// Returns true for a language (ISO 639-1), alone or with a country (BCP 47): `de`, `en-US`,
/// `pt_BR`.
fn is_language(name: &str) -> bool {
    const LANGUAGES: &str = "ar bg cs da de el en es et fi fr he hi hr hu it ja ko lt lv nb nl nn pl pt ro ru \
                             sk sl sv th tr uk vi zh";
    let (language, country) = match name.split_once(['-', '_']) {
        Some((language, country)) => (language, Some(country)),
        None => (name, None),
    };
    let is_country = |country: &str| {
        matches!(country.len(), 2 | 4) && country.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    language.len() == 2
        && country.is_none_or(is_country)
        && LANGUAGES
            .split_ascii_whitespace()
            .any(|known| known == language)
}

/// Recognises `stringValue`, `valueCode`, `valueCodeableConcept`: `value` with the type of its
/// notation.
pub(super) fn is_typed_value(texts: &[&[u8]], vocabulary: &ByHash<Word>) -> bool {
    let is_type = |text: &[u8]| {
        vocabulary
            .get(&key(hash_on(HASH_SEED, text)))
            .is_some_and(|word| word.is_type())
    };
    texts.len() > 1
        && texts.contains(&&b"value"[..])
        && texts.iter().all(|text| *text == b"value" || is_type(text))
}

pub(super) fn slot_of(texts: &[&[u8]]) -> Option<Slot> {
    Some(match texts {
        [b"number" | b"no" | b"nr"]
        | [
            b"document" | b"doc" | b"id" | b"identification" | b"identity",
            b"number" | b"no",
        ] => Slot::Number,
        [b"reference" | b"ref"] => Slot::Reference,
        [b"coding" | b"codings" | b"code"] => Slot::Coding,
        [
            b"type" | b"kind" | b"object" | b"typename" | b"system" | b"title" | b"url"
            | b"resourcetype"
            // JSON Patch (RFC 6902) and the patches of SCIM (RFC 7644).
            | b"path",
        ]
        | [
            b"resource" | b"object" | b"entity" | b"record" | b"document" | b"id" | b"contact"
            | b"identifier" | b"phone",
            b"type",
        ]
        | [b"display", b"name"] => Slot::Kind,
        // Tags of maps and metrics.
        [b"k"]
        | [
            b"attribute" | b"property" | b"param" | b"parameter" | b"variable" | b"question"
            | b"column",
            b"code" | b"key" | b"id" | b"ref" | b"label" | b"title" | b"name",
        ]
        | [
            b"field",
            b"key" | b"id" | b"code" | b"label" | b"title" | b"name",
        ] => Slot::Name,
        [b"v" | b"val"] | [b"value", b"detection"] => Slot::Value,
        [
            b"column" | b"columns" | b"headers" | b"header" | b"fields" | b"schema" | b"metadata"
            | b"cols" | b"meta",
        ]
        | [b"meta", b"data"]
        | [b"column" | b"field", b"meta", b"data"]
        | [
            b"column" | b"field",
            b"names" | b"info" | b"metadata" | b"infos" | b"types" | b"headers" | b"defs"
            | b"definitions",
        ]
        | [b"row", b"type"]
        | [b"result", b"set", b"meta", b"data" | b"metadata"]
        | [b"result", b"set", b"metadata"] => Slot::Columns,
        [b"rows" | b"data" | b"records" | b"results" | b"tuples" | b"f" | b"cells"] => Slot::Rows,
        _ => return None,
    })
}

/// Returns true for the keys under which formats write the type of an object: JSON:API, JSON-LD,
/// GraphQL, FHIR, Stripe, Kubernetes.
pub(super) fn is_type(name: &str) -> bool {
    matches!(
        name,
        "type"
            | "Type"
            | "kind"
            | "Kind"
            | "object"
            | "resourceType"
            | "resource_type"
            | "objectType"
            | "object_type"
            | "entityType"
            | "entity_type"
            | "__typename"
            | "@type"
            | "_type"
    )
}

/// Returns true for the headers of RFC 5322, section 3.6.4, that hold ids of e-mails.
pub(super) fn is_message_id(texts: &[&[u8]]) -> bool {
    matches!(
        texts,
        [.., b"message" | b"content", b"id"]
            | [.., b"in", b"reply", b"to"]
            | [b"references" | b"msgid" | b"messageid"]
    )
}

/// Recognises `closed_by`, `updatedBy`: the name ends with an action and `by`. `sort_by` and
/// similar names are excluded.
pub(super) fn is_doer(texts: &[&[u8]]) -> bool {
    const IRREGULAR: [&[u8]; 12] = [
        b"sent", b"made", b"paid", b"written", b"taken", b"given", b"done", b"drawn", b"sold",
        b"held", b"seen", b"run",
    ];
    const HOW: [&[u8]; 12] = [
        b"sorted",
        b"ordered",
        b"grouped",
        b"filtered",
        b"powered",
        b"caused",
        b"followed",
        b"divided",
        b"indexed",
        b"partitioned",
        b"limited",
        b"triggered",
    ];
    match texts {
        [.., done, b"by"] | [.., done, b"by", b"id"] => {
            (done.ends_with(b"ed") || IRREGULAR.contains(done)) && !HOW.contains(done)
        }
        _ => false,
    }
}

/// Recognises `x-vault-token`, but not the tokens of pages and forms.
pub(super) fn is_token_header(texts: &[&[u8]]) -> bool {
    const NO_CREDENTIALS: [&[u8]; 9] = [
        b"csrf",
        b"xsrf",
        b"page",
        b"next",
        b"request",
        b"continuation",
        b"idempotency",
        b"client",
        b"device",
    ];
    match texts {
        [b"x", middle @ .., b"token" | b"secret"] => {
            !middle.iter().any(|word| NO_CREDENTIALS.contains(word))
        }
        _ => false,
    }
}
