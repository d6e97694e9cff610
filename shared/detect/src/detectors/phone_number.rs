//! `PHONE_NUMBER`: telephone numbers, international and national.
//!
//! Why it matters: it reaches one person directly, and is a second factor for many accounts.
//!
//! The rule: ITU-T E.164 for numbers with a `+`: an assigned country code and a length of its plan.
//! National forms prove themselves only if nothing else has their punctuation (the North American
//! 3-3-4, the French pairs, a bracketed area code). All others need the name of the field or a
//! keyword. Numbers reserved for fiction (555-01xx) are marked.

use super::{Detector, Digits, Find, Hit, Value};
use crate::checksum::e164;
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};
use crate::finding::Marks;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PhoneNumber,
    names: &[
        Names::new(
            "phone|phone number|phone no|phone num|telephone|telephone number|tel|tel no|tel number|telno|mobile|\
             mobile number|mobile phone|mobile phone number|mobile no|cell|cell phone|cellphone|cell number|\
             cell phone number|landline|fax|fax number|whatsapp|whatsapp number|msisdn|contact number|\
             phonenumber|home phone|work phone|day phone|evening phone|sms number|caller number|\
             telefon|telefonnummer|telefonnr|telefon nr|handy|handynummer|handynr|mobilnummer|mobiltelefon|mobilfunk|\
             mobilfunknummer|festnetz|festnetznummer|rufnummer|rueckrufnummer|faxnummer|\
             numero de telephone|numero telephone|numero tel|tel portable|telephone portable|telephone mobile|\
             telephone fixe|numero portable|numero de portable|portable|gsm|telecopie|\
             telefono|numero de telefono|numero telefono|telefono movil|movil|celular|telefono fijo|\
             numero de celular|numero celular|numero di telefono|cellulare|numero cellulare|numero di cellulare|\
             recapito telefonico|telefono cellulare|telefone|numero de telefone|numero telefone|telemovel|\
             telefone celular|telefoonnummer|telefoon|telefoonnr|mobiel|mobiele nummer|mobiel nummer|\
             mobiele telefoon|gsm nummer|numer telefonu|telefon komorkowy|komorka|nr telefonu|nr tel|\
             telefon kontaktowy|mobiltelefonnummer|mobilnr|telnr|\
             denwa|denwa bangou|denwabangou|keitai|keitai denwa|keitai bangou|tel bangou|電話|電話番号|携帯|携帯電話|\
             携帯番号|携帯電話番号|固定電話|連絡先電話番号|ファックス|fax番号|\
             fone|callback number|callback phone|daytime phone|alternate phone|alt phone|\
             emergency phone|emergency contact phone|primary phone|secondary phone|mobil|\
             cep telefonu|cep numarasi|telefon numarasi|telefonni cislo|telefon cislo|\
             mobilni telefon|puhelin|puhelinnumero|matkapuhelin|matkapuhelinnumero|mobiltelefonnr|\
             wa id|whatsapp id|whatsapp phone|phone e164|phonee164|\
             전화번호|휴대폰|휴대폰번호|휴대전화|휴대전화번호|연락처|핸드폰|手机|手机号|手机号码|电话|电话号码|联系电话|联系方式",
        )
        .text()
        .gives(Signals::PERSON),
        // In a message to a telephone, an address is a number without its `+`.
        Names::new("from|to|sender|recipient|recipient id|sender id|originator|destination")
            .tag(ADDRESS)
            .beside(Signals::MESSAGE),
        // The parts of a number.
        Names::new("area code|city code|vorwahl|indicatif regional|prefijo|prefisso|codigo de area|ddd|netnummer|kierunkowy|riktnummer|shigai kyokuban|市外局番")
            .tag(AREA_CODE)
            .within(Roles::PHONE)
            .beside(Signals::LOCAL_NUMBER)
            .gives(Signals::AREA_CODE),
        Names::new("local number|subscriber number|phone number|number|national number|anschlussnummer|line number")
            .tag(LOCAL_NUMBER)
            .within(Roles::PHONE)
            .beside(Signals::AREA_CODE)
            .gives(Signals::LOCAL_NUMBER),
    ],
    keywords: "answer|answers|answering|voicemail|call|calls|called|calling|callback|office|reach|reachable|ring|rings|\
               dial|text|texting|contact|hotline|mob|ext|ph|\
               anruf|anrufe|anrufen|angerufen|anzurufen|ruf|rufe|rufen|ruft|ruckruf|rueckruf|zuruckrufen|zurueckrufen|\
               zuruckzurufen|zurueckzurufen|erreichbar|erreichen|erreichst|erreicht|durchwahl|fon|mobil|sms|\
               unter der nummer|unter folgender nummer|unter meiner nummer|mich unter|uns unter|ihn unter|mir unter|\
               telefonisch|\
               appel|appelez|appeler|appelle|appelles|rappel|rappelez|rappeler|rappelle|joindre|joignable|contacter|\
               contactez|telephoner|telephonez|\
               llama|llame|llamen|llamar|llamame|llamanos|llamarme|llamarnos|llamada|marque|marcar|contactar|\
               contactame|localizable|\
               chiama|chiamare|chiamami|chiamarmi|chiamateci|chiamatemi|chiami|richiamare|richiamami|richiamarmi|\
               contattare|contattami|raggiungibile|telefonare|telefonami|recapito|\
               ligue|liga|ligar|ligue me|liguem|contacte|contactavel|contatar|telefonar|\
               bel|belt|bellen|terugbellen|gebeld|bereikbaar|bereiken|telefonisch bereikbaar|\
               my number|meine nummer|mon numero|mi numero|mio numero|meu numero|mijn nummer|moj numer|mitt nummer|\
               mit nummer|arayin|arayiniz|arayabilirsiniz|numaram|zavolejte|zavolat|volejte|ring til|soita|soittakaa|yhteys|\
               zadzwon|zadzwonic|zadzwoncie|dzwon|dzwonic|oddzwonic|prosze dzwonic|kontakt telefoniczny|tel kom|\
               ringa|ringer|samtal|na mig pa|nas pa|telefonera|\
               denwa|odenwa|renrakusaki|お電話|連絡先|内線",
    finds: &[Find::Bare(30, &Find::Digits(7, 15, find))],
    field: Some(fits),
    positive: &[
        r#"{"phone": "+46 (0)8 669 562 53"}"#,
        r#"{"phone": "100-083-8602"}"#,
        r#"{"phone": 4915112345678}"#,
        r#"{"x": "+447700541307"}"#,
        r#"{"x": "(212) 555-2368 ext. 12"}"#,
        r#"{"note": "you can call 73 448 266 after six"}"#,
        r#"{"note": "appelez le 01 44 55 66 77"}"#,
        r#"{"note": "rufen Sie mich unter 0151 12948307 an"}"#,
        r#"{"note": "Sie erreichen uns unter 0341 5829 1746"}"#,
        r#"{"note": "llámame al 612 84 93 07"}"#,
        r#"{"note": "mi può chiamare al 347 8291 604"}"#,
        r#"{"note": "u kunt mij bellen op 06 4829 1736"}"#,
        r#"{"note": "proszę zadzwonić 604 829 173"}"#,
        r#"{"note": "ring mig på 070 482 91 73"}"#,
        r#"{"note": "電話番号は03-1234-5678です"}"#,
        r#"{"電話番号": "03-1234-5678"}"#,
        r#"{"x": "001-859-214-9852"}"#,
        r#"{"phone": {"area_code": "212", "number": "5552368"}}"#,
        r#"{"phone": "555-555-5555"}"#,
        r#"{"note": "call me on (555) 555-5555"}"#,
        r#"{"phone_numbers": [{"data": "1112223333"}]}"#,
        r#"{"q6_phone": {"full": "(415) 555-0177"}}"#,
        r#"{"contacts": [{"wa_id": "351912345678"}]}"#,
        r#"{"from": "447911123456", "text": {"body": "on my way"}}"#,
        r#"{"to": "351912345678", "body": "on my way"}"#,
    ],
    negative: &[
        r#"{"phone_verified": "2125552368"}"#,
        r#"{"x": "2125552368"}"#,
        r#"{"x": "2026-11-21"}"#,
        r#"{"phone": "2026-11-21"}"#,
        r#"{"x": "123-456-7890-1234"}"#,
        r#"{"note": "der Preis lag unter 4829 1746 Yen"}"#,
        r#"{"x": "+999 123 4567"}"#,
        r#"{"x": "1.123.456.789"}"#,
        r#"{"phone": "none"}"#,
        r#"{"metadata": {"phone_number_id": "106540352242922"}}"#,
        r#"{"range": {"from": "447911123456", "to": "447911123499"}}"#,
        r#"{"from": "1749416383000", "text": "x"}"#,
        r#"{"phone": "000-000-0000"}"#,
        r#"{"user_agent": "Chrome Mobile 71.0.3578 / Android 9.0.0"}"#,
    ],
};

const AREA_CODE: u8 = 1;
const LOCAL_NUMBER: u8 = 2;
/// The address of a message.
const ADDRESS: u8 = 3;

/// Accepts the parts of a number, and whole numbers that no candidate covers.
fn fits(value: &Value<'_>) -> Option<Hit> {
    let digits = value.shape.digits;
    let has_letters = value.text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_part = !has_letters && value.text.len() <= 12;
    match value.tag {
        AREA_CODE if is_part && (1..=6).contains(&digits) => value.whole(75),
        LOCAL_NUMBER if is_part && (4..=12).contains(&digits) => value.whole(75),
        ADDRESS if is_international(value) => value.whole(70),
        _ => None,
    }
}

/// Returns true for the digits of a whole E.164 number of a valid plan. A shorter one is an id.
fn is_international(value: &Value<'_>) -> bool {
    (11..=13).contains(&value.text.len())
        && value.shape.is_only(crate::shape::DIGIT)
        && e164::is_valid(value.text.as_bytes())
}

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    if candidate.is_glued
        || candidate.is_uniform() && !is_all_fives(candidate)
        || !is_spread_like_a_number(candidate)
    {
        return None;
    }
    let before = &candidate.text.as_bytes()[..candidate.start];
    let plus = plus_before(before);
    let is_decimal = || candidate.groups.len() == 2 && candidate.separators == b".";
    if plus.is_none() && (is_decimal() || is_date(candidate) || is_version(candidate)) {
        return None;
    }
    let end = candidate.end + extension(&candidate.text[candidate.end..]);
    let marks = if is_for_fiction(candidate.digits) || is_all_fives(candidate) {
        Marks::TEST_DATA
    } else {
        Marks::NONE
    };
    if let Some(start) = plus {
        // `+46 (0)8 …`: the trunk zero is written but not dialled.
        let is_valid = e164::is_valid(candidate.digits)
            || without_trunk_zero(candidate)
                .is_some_and(|(digits, length)| e164::is_valid(&digits[..length]));
        let alone = if is_valid { 85 } else { 0 };
        let named = if is_valid { 95 } else { 60 };
        return Some(Hit::new(start, end, alone, named).marked(marks));
    }
    let start = candidate.start - usize::from(before.ends_with(b"("));
    let alone = if candidate.is_free() {
        national(candidate, start < candidate.start)
    } else {
        0
    };
    let named = if candidate.is_linked && (candidate.groups.len() == 1 || linked_left(before)) {
        45
    } else {
        90
    };
    Some(Hit::new(start, end, alone, named).marked(marks))
}

/// Recognises `555-555-5555`, which people write as a placeholder.
fn is_all_fives(candidate: &Digits<'_>) -> bool {
    matches!(candidate.groups, [3, 3, 4]) && candidate.digits.iter().all(|digit| *digit == b'5')
}

/// Returns the offset of the `+` before the digits, skipping brackets.
fn plus_before(before: &[u8]) -> Option<usize> {
    match before {
        [.., b'+'] => Some(before.len() - 1),
        [.., b'+', b'(' | b' '] => Some(before.len() - 2),
        _ => None,
    }
}

fn linked_left(before: &[u8]) -> bool {
    matches!(before, [.., b'/' | b'-' | b'.' | b'$' | b'_'])
}

/// Recognises `71.0.3578`: between points, a single digit only occurs in versions, except for the
/// country code of North America.
fn is_version(candidate: &Digits<'_>) -> bool {
    let is_plan = matches!(candidate.groups, [1, 3, 3, 4]) && candidate.digits[0] == b'1';
    candidate.groups.len() > 1
        && candidate.is_separated_by(b'.')
        && candidate.groups.contains(&1)
        && !is_plan
}

/// Returns true unless the groups are too short (`1 2 3 4 5 6 7`), or one digit and a long run.
fn is_spread_like_a_number(candidate: &Digits<'_>) -> bool {
    let groups = candidate.groups;
    let lengths = groups.iter();
    let single = lengths
        .map(|length| usize::from(*length == 1))
        .sum::<usize>();
    groups.len() <= 7
        && single <= 2
        && (groups.len() == 1 || groups.iter().all(|&length| length <= 10))
}

/// Returns the digits without a bracketed zero after the country code.
fn without_trunk_zero(candidate: &Digits<'_>) -> Option<([u8; 15], usize)> {
    let bytes = candidate.bytes();
    let at = bytes.windows(3).position(|three| three == b"(0)")?;
    let zero = bytes[..at].iter().filter(|b| b.is_ascii_digit()).count();
    let mut digits = [0; 15];
    let kept = candidate
        .digits
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != zero)
        .map(|(_, digit)| *digit);
    for (room, digit) in digits.iter_mut().zip(kept) {
        *room = digit;
    }
    Some((digits, candidate.digits.len() - 1))
}

/// Returns the confidence of a punctuated national form without a name.
fn national(candidate: &Digits<'_>, is_bracketed: bool) -> u8 {
    let digits = candidate.digits;
    let (groups, separators) = (candidate.groups, candidate.separators);
    // North America: 3-3-4, with or without the country code.
    let (area, rest, marks) = match (groups, digits.first()) {
        ([1, rest @ ..], Some(b'1')) => (&digits[1..], rest, &separators[1..]),
        ([3, rest @ ..], Some(b'0')) if digits.starts_with(b"001") => {
            (&digits[3..], rest, &separators[1..])
        }
        _ => (digits, groups, separators),
    };
    if let [3, 3, 4] = rest {
        let is_plan =
            area[0] >= b'2' && area[3] >= b'2' && area[1..3] != *b"11" && area[4..6] != *b"11";
        let is_punctuated =
            matches!(marks, [b'-', b'-'] | [b'.', b'.']) || (marks[0] == b')' && marks[1] == b'-');
        return match (is_plan, is_punctuated, is_bracketed) {
            (true, true, _) => 65,
            (true, false, true) => 60,
            _ => 30,
        };
    }
    let has_trunk_zero = digits[0] == b'0' && digits[1] != b'0';
    match groups {
        // France, Belgium: 01 44 55 66 77
        [2, 2, 2, 2, 2]
            if has_trunk_zero
                && (candidate.is_separated_by(b' ') || candidate.is_separated_by(b'.')) =>
        {
            62
        }
        // Japan, Taiwan: 03-1234-5678, 090-1234-5678
        [2..=4, 3 | 4, 4]
            if has_trunk_zero
                && candidate.is_separated_by(b'-')
                && (10..=11).contains(&digits.len()) =>
        {
            62
        }
        // Brazil: (11) 91234-5678
        [2, 4 | 5, 4] if is_bracketed && separators[1] == b'-' => 65,
        // United Kingdom, Australia: 020 7946 0958, 07700 900123, 0412 345 678
        [3, 4, 4] | [5, 6] | [5, 3, 3] | [4, 3, 3 | 4]
            if has_trunk_zero && candidate.is_separated_by(b' ') =>
        {
            55
        }
        // (030) 1234567, (0171) 234 5678
        [2..=5, ..] if is_bracketed && has_trunk_zero && separators.first() == Some(&b')') => 60,
        // 0171/1234567, 06-12345678
        [2..=5, 6..=8] if has_trunk_zero && matches!(separators, [b'/' | b'-']) => 52,
        _ => 30,
    }
}

/// Returns true for dates and times, which look like numbers of eight digits and more.
fn is_date(candidate: &Digits<'_>) -> bool {
    let digits = candidate.digits;
    let two = |at: usize| (digits[at] - b'0') * 10 + digits[at + 1] - b'0';
    let is_year = |at: usize| matches!(two(at), 19 | 20);
    match candidate.groups {
        [4, 2, 2, ..] => is_year(0) && (1..=12).contains(&two(4)) && (1..=31).contains(&two(6)),
        [2, 2, 4, ..] => is_year(4) && two(0) <= 31 && two(2) <= 31,
        [4, 4] => is_year(0) && is_year(4),
        _ => false,
    }
}

/// Returns the length of an extension: `x92556`, ` ext. 12`.
fn extension(after: &str) -> usize {
    let trimmed = after.trim_start_matches(' ');
    let marker = ["x", "ext.", "ext", "Ext.", "Ext"]
        .into_iter()
        .find_map(|marker| trimmed.strip_prefix(marker));
    let Some(number) = marker.map(|rest| rest.trim_start_matches(' ')) else {
        return 0;
    };
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=6).contains(&digits) {
        after.len() - number.len() + digits
    } else {
        0
    }
}

/// Returns true for 555-0100 to 555-0199 in North America, and for Ofcom's numbers for drama.
fn is_for_fiction(digits: &[u8]) -> bool {
    let tail = digits.len().saturating_sub(7);
    digits[tail..].starts_with(b"55501")
        || [&b"447700900"[..], b"07700900", b"442079460", b"02079460"]
            .iter()
            .any(|prefix| digits.starts_with(prefix))
}
