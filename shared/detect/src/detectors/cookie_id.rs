//! `COOKIE_ID`: session and cookie ids.
//!
//! Why it matters: a session id is as good as a password while it lives, and a cookie follows a
//! person across sites.
//!
//! The rule: one word as long as an id in a field whose name matches, or the pairs of a Cookie
//! header.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

/// The name says session, or is an abbreviation with other meanings: only an id as long as a
/// cookie's counts.
const LONE: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CookieId,
    names: &[
        Names::new(
            "session id|session uuid|session token|session key|session identifier|sessionid|\
         sess id|user session|user session id|web session id|browser session id|cookie id|\
         cookie|cookies|set cookie|cookie value|tracking cookie|tracking id|visitor id|\
         visitor uuid|anonymous id|anon id|browser id|browser fingerprint|jsessionid|\
         phpsessid|asp net session id|connect sid|ga client id|google client id|fbp|fbc|\
         gclid|sitzungs id|sitzungsid|sitzungskennung|besucher id|id de session|id session|\
         identifiant de session|id de sesion|id sesion|identificador de sesion|id sessione|\
         id di sessione|id da sessao|id sessao|sessie id|id sesji|identyfikator sesji|\
         sessions id|besokar id|sesshon id|kukki|セッションid|クッキー|クッキーid|\
         session cookie|cookie session|web session|ga cookie|ga client|google analytics id|\
         analytics id|visitor cookie|device cookie|oturum id|세션id|会话id|browser cookie id|\
         client session id|user cookie|domain user id|domain userid|network user id|\
         network userid",
        ),
        Names::new("id|uuid|token|key|sid|client id").within(Roles::SESSION),
        Names::new("session|sid|web session")
            .unqualified()
            .tag(LONE),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"sessionId": "9f86d081884c7d659a2f"}"#,
        r#"{"cookie": "sid=31d4d96e407aad42; theme=dark"}"#,
        r#"{"session": {"id": "b7f0c2aa91d34"}}"#,
        r#"{"visitor_id": "v-2291-00ac"}"#,
        r#"{"domain_userid": "9c65e7f3-8e8e-470d-b243-910b5b300da0"}"#,
    ],
    negative: &[
        r#"{"session_count": "12345678"}"#,
        r#"{"sessionId": "none"}"#,
        r#"{"cookie_consent": "2026"}"#,
        r#"{"session": "morning"}"#,
        r#"{"UserSid": "S-1-5-21-1177238915-843925142-602162358-1104"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    const LONGEST: usize = 4096;
    let text = value.text;
    let is_header = text.len() <= LONGEST
        && text.split_once('=').is_some_and(|(name, rest)| {
            !rest.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        });
    let is_word = (8..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    // A word of a language has no digits. An id hardly ever has none.
    let is_mixed = text.len() >= 16
        && value.shape.has(crate::shape::UPPER)
        && value.shape.has(crate::shape::LOWER);
    let is_id = is_header || is_word && (value.shape.digits >= 2 || is_mixed);
    if !is_id
        || value.tag == LONE && text.len() < 24
        || value.is_placeholder()
        || value.is_masked()
        || value.is_reference()
        || value.is_dated()
        // A security identifier of Windows.
        || text.starts_with("S-1-")
    {
        return None;
    }
    value.whole(85)
}
