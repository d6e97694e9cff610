//! `EMAIL_ADDRESS`: RFC 5321 mailboxes, including internationalised ones (RFC 6531) and quoted
//! local parts.
//!
//! Why it matters: it identifies one person almost anywhere, and most systems join their records by
//! it.
//!
//! The rule: RFC 5321, section 4.5.3.1 limits the local part to 64 octets and the whole to 254. A
//! domain is labels of letters, digits and hyphens (RFC 1035, 2.3.1), of which the last is
//! alphabetic or punycode. Names for tests are those of RFC 2606 and RFC 6761.

use super::{Detector, Find, Hit};
use crate::class::DataClass;
use crate::field_name::{Names, Signals};
use crate::finding::Marks;
use crate::word_list::WordList;

const MOST_LOCAL: usize = 64;
const MOST_DOMAIN: usize = 253;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::EmailAddress,
    names: &[Names::new(
        "email|e mail|mail|email address|mail address|emailadresse|mailadresse|courriel|adresse email|\
         adresse mail|correo|correo electronico|direccion de correo|posta elettronica|indirizzo email|\
         endereco de email|correio eletronico|mailadres|poczta|adres email|epost|e post|epostadress|\
         meeru|meru adoresu|メール|メールアドレス|電子メール|eメール|\
         eposta|eposta adresi|emailova adresa|sahkoposti|sahkopostiosoite|이메일|이메일주소|邮箱|电子邮箱|\
         邮箱地址|电子邮件",
    )
    .gives(Signals::PERSON)],
    keywords: "",
    finds: &[Find::Byte(b"@", find)],
    field: None,
    positive: &[
        r#"{"note": "write to Jane.Doe+shop@mail.example.co.uk, please"}"#,
        r#"{"x": "jürgen@münchen.de"}"#,
        r#"{"x": "\"jane doe\"@shop.dev"}"#,
        r#"{"x": "mailto:jane@xn--mnchen-3ya.de?subject=hello"}"#,
        r#"{"x": "<0000014644fe5ef6@mail.shop.dev>, Jane <jane@shop.dev>"}"#,
    ],
    negative: &[
        r#"{"x": "logo@2x.png"}"#,
        r#"{"x": "git@github.com:org/repo.git"}"#,
        r#"{"x": "https://user:secret@db.shop.dev/x"}"#,
        r#"{"x": "@types/node@18.0.1"}"#,
        r#"{"x": "jane@localhost"}"#,
        r#"{"x": ".@shop.dev"}"#,
        r#"{"messageId": "<0123456789-abcdef@eu-west-1.amazonses.com>"}"#,
        r#"{"Message-ID": "20130503182626.18666.16540@mg.shop.dev"}"#,
        r#"{"in_reply_to": "<abc.def@mail.shop.dev>"}"#,
        r#"{"messageId": "<0000014644fe5ef6-9a483358-9170-4cb4-a269-f5dcdf415321-000000@mail.amazonses.com>"}"#,
    ],
};

fn find(text: &str, at: usize) -> Option<Hit> {
    let start = local_start(text, at)?;
    let end = domain_end(text, at + 1)?;
    let (local, domain) = (&text[start..at], &text[at + 1..end]);
    if end - start > 254 || is_no_mailbox(text, start, end, local) {
        return None;
    }
    let marks = if is_test_domain(domain) {
        Marks::TEST_DATA
    } else {
        Marks::NONE
    };
    Some(Hit::new(start, end, 95, 99).marked(marks))
}

/// Returns the start of the local part that ends at `at`.
fn local_start(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if at > 0 && bytes[at - 1] == b'"' {
        let from = at.saturating_sub(MOST_LOCAL);
        let quoted = &bytes[from..at - 1];
        let open = from + quoted.iter().rposition(|&b| b == b'"')?;
        return (open + 1 < at - 1).then_some(open);
    }
    let mut start = at;
    while start > 0 && LOCAL[usize::from(bytes[start - 1])] != Local::Ends {
        start -= 1;
        if at - start > MOST_LOCAL {
            return None;
        }
    }
    // Punctuation around an address would be valid in it, but is not meant as part of it.
    while start < at && LOCAL[usize::from(bytes[start])] == Local::Punctuation {
        start += 1;
    }
    let local = &bytes[start..at];
    let is_dotted_well = !local.ends_with(b".") && !local.windows(2).any(|pair| pair == b"..");
    (!local.is_empty() && is_dotted_well && text.is_char_boundary(start)).then_some(start)
}

/// The role of a byte in the part before the `@`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Local {
    Inside,
    /// Inside, and not at the start.
    Punctuation,
    Ends,
}

const LOCAL: [Local; 256] = {
    let mut kinds = [Local::Inside; 256];
    let mut byte: u8 = 0;
    while byte < 0x80 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'+' => Local::Inside,
            b'.' | b'\'' | b'-' | b'*' | b'~' | b'|' | b'&' | b'!' | b'#' | b'$' | b'%' | b'^'
            | b'`' | b'{' | b'}' => Local::Punctuation,
            _ => Local::Ends,
        };
        byte += 1;
    }
    kinds
};

/// Returns the end of the domain that starts at `start`, if it is one.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let mut end = 0;
    for (at, character) in rest.char_indices() {
        let is_domain = character.is_ascii_alphanumeric()
            || matches!(character, '-' | '.')
            || (!character.is_ascii() && character.is_alphanumeric());
        if !is_domain || at > MOST_DOMAIN {
            break;
        }
        end = at + character.len_utf8();
    }
    let mut domain = rest[..end].trim_end_matches(['.', '-']);
    // `jane@shop.dev.Then…`: the next sentence follows without a space.
    if let Some((before, last)) = domain.rsplit_once('.')
        && before.contains('.')
        && last.starts_with(|c: char| c.is_ascii_uppercase())
        && last.contains(|c: char| c.is_ascii_lowercase())
        && !before.contains(|c: char| c.is_ascii_uppercase())
    {
        domain = before;
    }
    let (labels, top) = domain.rsplit_once('.')?;
    let are_labels = labels.split('.').all(|label| {
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    });
    (are_labels && is_top_level(top)).then_some(start + domain.len())
}

/// Returns true for the shape of a top-level domain, except for the endings of files and private
/// networks.
fn is_top_level(top: &str) -> bool {
    let is_punycode = || {
        top.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    let is_word = || top.chars().all(char::is_alphabetic) && top.chars().nth(1).is_some();
    top.len() <= 63 && (is_word() || is_punycode()) && !NOT_PUBLIC.has(top)
}

static NOT_PUBLIC: WordList<22> = WordList::new([
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "webp",
    "css",
    "js",
    "mjs",
    "ts",
    "tsx",
    "jsx",
    "json",
    "html",
    "local",
    "localhost",
    "localdomain",
    "internal",
    "lan",
    "arpa",
    "pdf",
    "yaml",
]);

/// Returns true if a text only looks like a mailbox: credentials of a URL, the git user of an SSH
/// remote, a message id in angle brackets.
fn is_no_mailbox(text: &str, start: usize, end: usize, local: &str) -> bool {
    const REACH: usize = 255;
    let before = &text[..start];
    let after = text.as_bytes().get(end);
    let is_remote = local == "git" && after == Some(&b':');
    // The part of a URL between `//` and the `@`, searched within a bounded distance.
    let near = &before.as_bytes()[start.saturating_sub(REACH)..];
    let slashes = near.windows(2).rposition(|pair| pair == b"//");
    let is_userinfo = slashes.is_some_and(|slashes| {
        let user = &near[slashes + 2..];
        !user.iter().any(|byte| matches!(byte, b'/' | b' ' | b'?'))
    });
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    let closes = after == Some(&b'>');
    // Alone in its brackets it is more likely an id than after a person's name.
    let is_alone = before == "<" && closes && end + 1 == text.len();
    let least = if is_alone { 12 } else { 20 };
    let is_message_id = before.ends_with('<') && local.len() >= least && digits >= 6;
    is_remote || is_userinfo || is_message_id
}

fn is_test_domain(domain: &str) -> bool {
    let is_under = |parent: &str| {
        let at = domain.len().checked_sub(parent.len());
        at.and_then(|at| domain.split_at_checked(at))
            .is_some_and(|(rest, end)| {
                end.eq_ignore_ascii_case(parent) && (rest.is_empty() || rest.ends_with('.'))
            })
    };
    [
        "example.com",
        "example.org",
        "example.net",
        "example",
        "test",
        "invalid",
    ]
    .into_iter()
    .any(is_under)
}
