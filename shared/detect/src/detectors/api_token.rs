//! `API_TOKEN`: tokens of known providers, with the provider in their prefix.
//!
//! Why it matters: anyone who reads it can use an account at a third party.
//!
//! The rule: prefix, alphabet and length as each provider documents its format, and the checksum if
//! there is one (GitHub, npm: CRC-32 in base 62). A token with a wrong checksum was never valid. It
//! is only reported as likely, because it may be a mistyped secret.

use super::{Detector, Find, Hit};
use crate::checksum::token_crc32;
use crate::class::DataClass;
use crate::field_name::Names;

/// The format of one provider: the alphabet and the length after the prefix.
struct Format {
    prefix: &'static str,
    least: usize,
    most: usize,
    alphabet: fn(u8) -> bool,
}

const fn format(
    prefix: &'static str,
    least: usize,
    most: usize,
    alphabet: fn(u8) -> bool,
) -> Format {
    Format {
        prefix,
        least,
        most,
        alphabet,
    }
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn dotted(byte: u8) -> bool {
    url_safe(byte) || byte == b'.'
}

fn segments(byte: u8) -> bool {
    url_safe(byte) || matches!(byte, b'/' | b'@')
}

/// Longer prefixes come before the shorter ones with which they start.
const FORMATS: [Format; 63] = [
    // GitHub
    format("ghp_", 36, 36, alphanumeric),
    format("gho_", 36, 36, alphanumeric),
    format("ghu_", 36, 36, alphanumeric),
    format("ghs_", 36, 36, alphanumeric),
    format("ghr_", 36, 76, alphanumeric),
    format("github_pat_", 82, 82, url_safe),
    // GitLab
    format("glpat-", 20, 64, dotted),
    format("gldt-", 20, 64, url_safe),
    format("glrt-", 20, 64, dotted),
    format("glptt-", 40, 40, hex),
    format("glcbt-", 20, 64, dotted),
    // Slack
    format("xoxb-", 20, 255, url_safe),
    format("xoxp-", 20, 255, url_safe),
    format("xoxa-", 20, 255, url_safe),
    format("xoxr-", 20, 255, url_safe),
    format("xoxs-", 20, 255, url_safe),
    format("xoxe-", 20, 255, url_safe),
    format("xapp-", 20, 255, url_safe),
    // Stripe
    format("sk_live_", 16, 255, alphanumeric),
    format("sk_test_", 16, 255, alphanumeric),
    format("rk_live_", 16, 255, alphanumeric),
    format("rk_test_", 16, 255, alphanumeric),
    format("whsec_", 24, 255, alphanumeric),
    // Google
    format("AIza", 35, 35, url_safe),
    format("GOCSPX-", 28, 28, url_safe),
    format("ya29.", 20, 2048, dotted),
    // Twilio, SendGrid, Mailgun, Mailchimp
    format("SK", 32, 32, hex),
    format("SG.", 66, 66, dotted),
    format("key-", 32, 32, hex),
    // Package registries
    format("npm_", 36, 36, alphanumeric),
    format("pypi-", 85, 255, url_safe),
    format("rubygems_", 48, 48, hex),
    format("dckr_pat_", 27, 27, url_safe),
    // Model providers
    format("sk-ant-", 24, 255, url_safe),
    format("sk-proj-", 20, 255, url_safe),
    format("sk-svcacct-", 20, 255, url_safe),
    format("sk-or-v1-", 64, 64, hex),
    format("sk-", 32, 64, alphanumeric),
    format("hf_", 34, 40, alphanumeric),
    format("gsk_", 48, 64, alphanumeric),
    format("r8_", 37, 40, alphanumeric),
    // Clouds and tools
    format("dop_v1_", 64, 64, hex),
    format("doo_v1_", 64, 64, hex),
    format("shpat_", 32, 32, hex),
    format("shpss_", 32, 32, hex),
    format("shpca_", 32, 32, hex),
    format("sq0atp-", 22, 22, url_safe),
    format("sq0csp-", 43, 43, url_safe),
    format("EAAA", 60, 64, url_safe),
    format("lin_api_", 40, 40, alphanumeric),
    format("ntn_", 46, 46, alphanumeric),
    format("secret_", 43, 43, alphanumeric),
    format("hvs.", 24, 255, url_safe),
    format("dapi", 32, 34, |byte| hex(byte) || byte == b'-'),
    format("NRAK-", 27, 27, alphanumeric),
    format("PMAK-", 59, 59, |byte| hex(byte) || byte == b'-'),
    format("figd_", 40, 48, url_safe),
    format("atlasv1.", 60, 80, dotted),
    // Addresses that accept messages from anyone who knows them
    format("hooks.slack.com/services/", 40, 80, segments),
    format("discord.com/api/webhooks/", 70, 110, segments),
    format("discordapp.com/api/webhooks/", 70, 110, segments),
    format("webhook.office.com/webhookb2/", 90, 200, segments),
    format("api.telegram.org/bot", 40, 50, |byte| {
        url_safe(byte) || byte == b':'
    }),
];

/// The prefixes alone, for the scanner.
const PREFIXES: [&str; FORMATS.len()] = {
    let mut prefixes = [""; FORMATS.len()];
    let mut at = 0;
    while at < FORMATS.len() {
        prefixes[at] = FORMATS[at].prefix;
        at += 1;
    }
    prefixes
};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::ApiToken,
    names: &[Names::new(
        "api key|apikey|api token|auth token|secret key|personal access token|client secret|token|\
             access token|bot token|service token|stripe key|stripe secret|stripe secret key|\
             webhook secret|webhook signing secret|signing secret|github token|gitlab token|\
             slack token|npm token|npm auth token|pypi token|openai api key|anthropic api key|\
             sendgrid api key|twilio api key|google api key|app secret|app token|secret|access key|\
             refresh token|pat|integration token|deploy token",
    )],
    keywords: "",
    finds: &[Find::Prefix(&PREFIXES, find)],
    field: None,
    // The examples are joined here, so that no scanner of repositories reports them as leaks.
    positive: &[
        concat!(
            r#"{"x": "ghp"#,
            r#"_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"}"#
        ),
        concat!(
            r#"{"x": "use sk_live"#,
            r#"_4eC39HqLyjWDarjtT1zdp7dc now"}"#
        ),
        concat!(
            r#"{"x": "xoxb"#,
            r#"-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"}"#
        ),
        concat!(r#"{"x": "AIza"#, r#"SyA1234567890abcdefghijklmnopqrstuv"}"#),
        concat!(r#"{"x": "glpat"#, r#"-AbCdEfGhIj5lMnOp9rSt"}"#),
        concat!(
            r#"{"x": "sk-ant"#,
            r#"-api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"}"#
        ),
    ],
    negative: &[
        r#"{"x": "ghp_short"}"#,
        r#"{"x": "sk_live_"}"#,
        r#"{"x": "SKU-1234567890"}"#,
        r#"{"x": "npm_config_registry"}"#,
        r#"{"x": "task-1234567890abcdefghijklmnopqrstuvwxyz0123"}"#,
    ],
};

fn find(text: &str, start: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let is_held = start > 0
        && (bytes[start - 1].is_ascii_alphanumeric() || matches!(bytes[start - 1], b'_' | b'-'));
    if is_held {
        return None;
    }
    let rest = &bytes[start..];
    let format = FORMATS
        .iter()
        .find(|format| rest.starts_with(format.prefix.as_bytes()))?;
    let body = &rest[format.prefix.len()..];
    let mut length = body
        .iter()
        .take(format.most + 1)
        .take_while(|b| (format.alphabet)(**b))
        .count();
    while length > 0 && body[length - 1] == b'.' {
        length -= 1;
    }
    let goes_on = body
        .get(length)
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if !(format.least..=format.most).contains(&length) || goes_on || !is_random(&body[..length]) {
        return None;
    }
    let has_checksum = matches!(format.prefix, "ghp_" | "gho_" | "ghu_" | "ghs_" | "npm_");
    let (alone, named) = match has_checksum {
        false => (92, 97),
        true if token_crc32::is_valid(&body[..length]) => (99, 99),
        true => (60, 75),
    };
    let end = start + format.prefix.len() + length;
    Some(Hit::new(start, end, alone, named))
}

/// Returns true for tokens, which have digits among their letters, or letters of both cases. Names
/// in code do not.
fn is_random(body: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| body.iter().any(kind);
    let (small, capital) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    has(u8::is_ascii_digit) && (small || capital) || small && capital
}
