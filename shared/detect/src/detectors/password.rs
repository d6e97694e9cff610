//! `PASSWORD`: passwords, passphrases, PINs, secret answers.
//!
//! Why it matters: it opens an account, and often others of the same person.
//!
//! The rule: a field whose name matches and whose value is a secret: not a mask, a boolean, a link,
//! or a policy in words.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// A PIN of digits. In an address in India it is a postal code, which has six.
const PIN: u8 = 1;
/// A PIN, or in India a postal code, which has six digits.
const PIN_CODE: u8 = 3;
/// A name that is a word of a language. Only a value that looks like a secret counts.
const BARE: u8 = 4;
/// An answer in words.
const ANSWER: u8 = 2;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Password,
    names: &[
        Names::new(
            "password|passwd|pwd|pass word|passphrase|pass phrase|passcode|user password|old password|new password|\
             keystore password|db password|database password|admin password|root password|master password|\
             password hash|password digest|hashed password|login password|wifi password|\
             passwort|kennwort|mot de passe|motdepasse|mdp|contrasena|contrasenia|clave de acceso|\
             clave acceso|parola d ordine|parola chiave accesso|senha|palavra passe|palavra chave|wachtwoord|haslo|losenord|\
             pasuwado|パスワード|\
             password confirmation|confirm password|password confirm|repeat password|\
             password repeat|retype password|user pass|userpass|sifre|parola|heslo|adgangskode|\
             kodeord|passord|salasana|비밀번호|암호|密码|口令|user pwd|current password|temporary password|\
             temp password|initial password|plaintext password|clave secreta|contrasenya|\
             db pass|database pass|root pass|admin pass|smtp pass|ftp pass|ssh pass|proxy pass|mysql pass|\
             pgpassword|pg password|mysql pwd|sshpass|db pw|dbpw|user pw|pw|psw|pswd|passw|\
             datenbankpasswort|kodeord|sandi|kata sandi|mat khau|jelszo|parool|slaptazodis|geslo|lozinka|zaporka|\
             пароль|парола|лозинка|סיסמה|كلمة المرور|пароль базы|암호키|密碼|\
             postgres pass|redis pass|sa pass|auth pass|login pass|service pass",
        )
        .text(),
        // Tests and tickets have it too.
        Names::new("pass").tag(BARE).unqualified().text(),
        Names::new("pin|pin number|atm pin|card pin|geheimzahl|code pin|codigo pin|codice pin|暗証番号|anshou bangou")
            .tag(PIN)
            .within(Roles::PERSON.or(Roles::CARD).or(Roles::BANK))
            .beside(Signals::CARD.or(Signals::PERSON)),
        Names::new("pin code|pincode")
            .tag(PIN_CODE)
            .within(Roles::PERSON.or(Roles::CARD).or(Roles::BANK))
            .beside(Signals::CARD.or(Signals::PERSON)),
        Names::new(
            "secret answer|security answer|security question answer|challenge answer|sicherheitsantwort|\
             reponse secrete|respuesta secreta|respuesta de seguridad|risposta segreta|\
             resposta secreta|geheim antwoord|tajna odpowiedz|sakerhetssvar|秘密の答え",
        )
        .tag(ANSWER),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"key__password": "%uAJCQPzl3"}"#,
        r#"{"keystorepassword": "n@9c!vf@e5"}"#,
        r#"{"Passwort": "geheim"}"#,
        r#"{"secret_answer": "my first cat"}"#,
        r#"{"conn": {"user": "app", "pass": "Kirsche77x"}}"#,
        r#"{"пароль": "Kirsche77x"}"#,
        r#"{"PGPASSWORD": "Kirsche77x"}"#,
        r#"{"card": {"pin": 1234}}"#,
    ],
    negative: &[
        r#"{"password": "********"}"#,
        r#"{"password": true}"#,
        r#"{"password": "https://shop.dev/reset"}"#,
        r#"{"errors": {"password": ["is too short"]}}"#,
        r#"{"i18n": {"de": {"password": "Passwort"}}}"#,
        r#"{"translations": {"password": "Mot de passe"}}"#,
        r#"{"errors": {"password": ["can't be blank"]}}"#,
        r#"{"password": "must have eight characters and a digit"}"#,
        r#"{"password_policy": "strict"}"#,
        r#"{"password_reset_at": "2026-11-21"}"#,
        r#"{"password": "[REDACTED]"}"#,
        r#"{"message": "Parameters: {\"password\"=>\"[FILTERED]\"}"}"#,
        r#"{"passwordId": "1d7c42e9-55ab-4c0e-9f31-08e6b7a2c5d4"}"#,
        r#"{"password": "CHANGE_REQUIRED"}"#,
        r#"{"passwordResult": "verified99"}"#,
        r#"{"pwd": "/var/task"}"#,
        r#"{"pass": "passed"}"#,
        r#"{"pass": 12345678}"#,
        r#"{"pass_rate": "Kirsche77x"}"#,
        r#"{"password": "{{resolve:secretsmanager:db}}"}"#,
        r#"{"customer": {"address": {"street": "12 MG Road", "city": "Mumbai", "pin": "400001"}}}"#,
    ],
};

/// Returns true for a statement about passwords: `CHANGE_REQUIRED`, `expired`, a folder (`PWD`).
fn is_setting(text: &str) -> bool {
    const SETTINGS: [&str; 20] = [
        "required",
        "optional",
        "enabled",
        "disabled",
        "allowed",
        "expired",
        "changed",
        "reset",
        "set",
        "unset",
        "valid",
        "invalid",
        "weak",
        "strong",
        "never",
        "always",
        "correct",
        "incorrect",
        "wrong",
        "missing",
    ];
    let is_constant = text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_constant
        || ["/var/", "/home/", "/usr/", "/opt/", "/tmp/", "/root"]
            .iter()
            .any(|folder| text.starts_with(folder))
        || SETTINGS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_placeholder() || value.is_masked() || value.is_reference() {
        return None;
    }
    if value.tag != ANSWER && (is_setting(value.text) || value.is_sentence()) {
        return None;
    }
    let length = value.text.chars().count();
    let words = value.text.split_whitespace().count();
    let is_paid_with = value.roles.has(Roles::CARD.or(Roles::BANK));
    let is_postal = match value.tag {
        PIN_CODE => length == 6 && !is_paid_with,
        PIN => length == 6 && !is_paid_with && value.roles.has(Roles::ADDRESS),
        _ => false,
    };
    if is_postal {
        return None;
    }
    let fits = match value.tag {
        PIN | PIN_CODE => {
            (4..=8).contains(&length) && value.shape.digits as usize == value.text.len()
        }
        BARE => {
            !value.is_number
                && (6..=64).contains(&length)
                && words == 1
                && value.shape.digits > 0
                && value.text.contains(char::is_alphabetic)
        }
        ANSWER => !value.is_number && (2..=100).contains(&length),
        // A passphrase may have spaces, but a sentence has more of them.
        _ => (3..=256).contains(&length) && words <= 5,
    };
    if fits { value.whole(90) } else { None }
}
