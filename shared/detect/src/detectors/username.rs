//! `USERNAME`: the login name or handle of a person.
//!
//! Why it matters: people use one name in many places, so it joins separate data.
//!
//! The rule: a field whose name matches, with one word in it.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// The name of a user, which may be a person's.
const NAME_OF_USER: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Username,
    names: &[
        Names::new(
            "username|user name|userid name|login name|login id|loginid|user login|screen name|screenname|\
         user handle|nickname|nick name|preferred username|sam account name|twitter handle|instagram handle|telegram handle|github username|github login|skype id|gamertag|logon name|\
         benutzername|anmeldename|nutzername|benutzerkennung|spitzname|nom utilisateur|nom d utilisateur|\
         identifiant de connexion|pseudo|pseudonyme|nombre de usuario|nombre usuario|apodo|nome utente|\
         nome de usuario|nome usuario|nome de utilizador|gebruikersnaam|inlognaam|bijnaam|nazwa uzytkownika|\
         anvandarnamn|yuuza mei|yuza mei|roguin id|ユーザー名|ユーザーネーム|ログイン名|ログインid|ニックネーム|\
         kullanici adi|kullaniciadi|brugernavn|brukernavn|uzivatelske jmeno|kayttajatunnus|\
         kayttajanimi|사용자명|사용자이름|닉네임|아이디|用户名|昵称|登录名|user alias|twitch username|\
         discord username|account username",
        )
        .text()
        .of_persons(),
        Names::new(
            "login|logon|nick|usuario|twitter|instagram|telegram|skype|\
             utente|identifiant|pseudonym",
        )
        .unqualified()
        .of_persons(),
        // `user.name` in a log is a login name, unless it is written like a person's name.
        Names::new("name")
            .tag(NAME_OF_USER)
            .unqualified()
            .text()
            .of_persons()
            .within(Roles::USER),
        // Shops also use it for the last part of an address.
        Names::new("handle")
            .unqualified()
            .of_persons()
            .within(Roles::PERSON)
            .beside(Signals::PERSON),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"username": "jdoe_42"}"#,
        r#"{"preferredUsername": "jane.doe"}"#,
        r#"{"Benutzername": "müllerj"}"#,
        r#"{"user": {"login": "octocat"}}"#,
        r#"{"actor": {"user": {"name": "lena.brandt"}}}"#,
        r#"{"pusher": {"name": "ingridsol"}}"#,
    ],
    negative: &[
        r#"{"username": "two words here"}"#,
        r#"{"user": {"name": "Lena"}}"#,
        r#"{"user": {"group": {"name": "admins"}}}"#,
        r#"{"user_agent": {"name": "chrome"}}"#,
        r#"{"login": true}"#,
        r#"{"login": "https://shop.dev/login"}"#,
        r#"{"last_login": "2026-11-21"}"#,
        r#"{"username": "null"}"#,
        r#"{"handle": "12"}"#,
        r#"{"product": {"title": "Linen shirt", "handle": "linen-shirt"}}"#,
        r#"{"title": "Linen shirt", "handle": "linen-shirt"}"#,
        r#"{"issuer": {"type": "Role", "userName": "deploy-role"}}"#,
        r#"{"usernameAccess": "READ_ONLY"}"#,
        r#"{"loginResult": "VERIFICATION_ERROR"}"#,
        r#"{"lastLoginIp": "82.45.12.9"}"#,
        r#"{"organization": {"login": "acme-corp"}}"#,
        r#"{"user": {"login": "renovate[bot]"}}"#,
        r#"{"username": "svc_shop"}"#,
        r#"{"SubjectUserName": "DC01$"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let text = value.text;
    let is_word = (2..=128).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+' | '#' | '\\'));
    let has_letter = text.chars().any(char::is_alphabetic) || text.len() >= 5;
    let is_persons_name = value.tag == NAME_OF_USER
        && !value
            .text
            .starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    // An account of an organisation, or a program that acts by itself.
    let is_of_no_person = value.roles.has(Roles::ORGANIZATION) && !value.roles.has(Roles::PERSON)
        || is_of_program(text);
    let fits = !value.is_number
        && !is_of_no_person
        && !is_persons_name
        && is_word
        && has_letter
        && !value.is_placeholder()
        && !value.is_dated();
    if fits { value.whole(80) } else { None }
}

/// Returns true for the accounts of programs: `renovate[bot]`, `svc-deploy`, and the accounts that
/// every Windows has.
fn is_of_program(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts = |start: &str| {
        bytes
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    // `DC01$` is the account of a machine.
    text.ends_with("[bot]")
        || text.ends_with('$')
        || ["svc-", "svc_", "svc.", "service-", "system:"]
            .iter()
            .any(|start| starts(start))
        || text == "SYSTEM"
}
