//! `DATE_OF_BIRTH`: the date on which a person was born, or only the year.
//!
//! Why it matters: banks and doctors ask for it to identify a caller.
//!
//! The rule: a date that exists, from 1900 on, in any of the usual notations, in a field whose name
//! matches, or after `born on` in prose, and not after the year that the engine is given. Dates
//! alone prove nothing.

use super::{Detector, Digits, Find, Hit, Value};
use crate::checksum::date;
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

const WHOLE: u8 = 0;
const YEAR: u8 = 1;
const MONTH_OR_DAY: u8 = 2;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::DateOfBirth,
    names: &[
        Names::new(
            "date of birth|birth date|birthdate|dob|d o b|birthday|birth day|born|born on|date born|birth dt|\
             geburtsdatum|geburtstag|geb datum|gebdat|geboren|geboren am|geburts datum|date de naissance|\
             date naissance|naissance|ne le|nee le|fecha de nacimiento|fecha nacimiento|nacimiento|fec nac|\
             fecha nac|data di nascita|data nascita|nascita|nato il|nata il|data de nascimento|\
             data nascimento|nascimento|dt nascimento|geboortedatum|geboortedag|geboorte datum|data urodzenia|\
             urodziny|fodelsedatum|fodelsedag|fodd|seinengappi|tanjoubi|tanjobi|生年月日|誕生日|生まれ|\
             dogum tarihi|dogumtarihi|datum narozeni|fodselsdato|fodselsdag|syntymaaika|\
             syntymapaiva|생년월일|생일|出生日期|出生年月日|生日|date naiss|ddn|data nasc|nasc|geb|\
             geb dat|gebdatum|pid 7|pid 7 1|00100030",
        )
        .tag(WHOLE)
        .gives(Signals::PERSON),
        Names::new(
            "dob year|birth year|birthyear|year of birth|yob|geburtsjahr|annee de naissance|annee naissance|ano de nacimiento|\
             ano nacimiento|anno di nascita|anno nascita|ano de nascimento|ano nascimento|geboortejaar|\
             rok urodzenia|fodelsear|生年|誕生年|\
             dogum yili|rok narozeni|fodselsar|syntymavuosi|출생연도|출생년도|出生年份",
        )
        .tag(YEAR)
        .gives(Signals::PERSON),
        Names::new("year|yr|yyyy|jahr|annee|ano|anno|jaar|rok|ar")
            .tag(YEAR)
            .within(Roles::BIRTH)
            .gives(Signals::PERSON),
        Names::new("month|mon|day|monat|tag|mois|jour|mes|dia|mese|giorno|maand|dag")
            .tag(MONTH_OR_DAY)
            .within(Roles::BIRTH),
        Names::new(
            "dob month|dob day|birth month|month of birth|day of birth|birth day of month|geburtsmonat|mois de naissance|\
             jour de naissance|mes de nacimiento|dia de nacimiento|geboortemaand|誕生月",
        )
        .tag(MONTH_OR_DAY),
    ],
    keywords: "",
    finds: &[Find::Announced(&Find::Digits(6, 8, find))],
    field: Some(fits),
    positive: &[
        r#"{"dob": "1985-07-30"}"#,
        r#"{"Geburtsdatum": "30.07.1985"}"#,
        r#"{"birth_date": "7/30/85"}"#,
        r#"{"birthday": "30 July 1985"}"#,
        r#"{"生年月日": "1985年7月30日"}"#,
        r#"{"birthyear": 1985}"#,
        r#"{"user": {"birthDate": {"year": 1984}}}"#,
        r#"{"dob": {"month": "7"}}"#,
        r#"{"dateOfBirth": {"day": 3}}"#,
        r#"{"dobYear": "1984"}"#,
        r#"{"date_of_birth": "1985-07-30T00:00:00Z"}"#,
        r#"{"note": "She was born on 12/15/1995."}"#,
        r#"{"dob": 19850730}"#,
        r#"{"date_of_birth": 5300}"#,
        r#"{"birthDate": 457920000000}"#,
        r#"{"birthDate": -86400000}"#,
        r#"{"dateOfBirth": "1984-07"}"#,
        r#"{"dob": {"$date": {"$numberLong": "-468979200000"}}}"#,
        r#"{"PID": {"PID.7": "19850730"}}"#,
        r#"{"PID": {"PID.7": {"PID.7.1": "19850730"}}}"#,
    ],
    negative: &[
        r#"{"date": "1985-07-30"}"#,
        r#"{"dob": "1985-02-30"}"#,
        r#"{"dob": "1785-07-30"}"#,
        r#"{"dob": "yes"}"#,
        r#"{"dob": 0}"#,
        r#"{"dob": "1984-13"}"#,
        r#"{"birthday_email_sent": "1985-07-30"}"#,
        r#"{"note": "ordered on 12/15/1995"}"#,
        r#"{"EVN": {"EVN.2": "19850730"}}"#,
        r#"{"pid": 19850730}"#,
        r#"{"expiry": {"year": 1984, "month": 7, "day": 3}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    // MongoDB writes a long number as a text.
    const SHORTEST_TIME: usize = 9;
    let fits = match value.tag {
        YEAR => value.text.parse().is_ok_and(is_birth_year),
        MONTH_OR_DAY => value
            .text
            .parse::<u8>()
            .is_ok_and(|number| (1..=31).contains(&number)),
        _ => {
            is_date(value.text)
                || is_month(value.text)
                || (value.is_number || value.text.len() >= SHORTEST_TIME)
                    && is_since_1970(value.text)
        }
    };
    if fits { value.whole(90) } else { None }
}

/// Finds a date in prose. A keyword must be near.
fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let is_dated = candidate.groups.len() == 3 && !candidate.is_glued;
    let text = candidate.text.get(candidate.start..candidate.end)?;
    (is_dated && is_date(text)).then(|| candidate.hit(0, 85))
}

/// Recognises `1984-07`: a year and a month.
fn is_month(text: &str) -> bool {
    text.len() == 7
        && text.split_once(['-', '/']).is_some_and(|(year, month)| {
            year.parse().is_ok_and(is_birth_year)
                && month
                    .parse()
                    .is_ok_and(|month: u8| (1..=12).contains(&month))
        })
}

/// Recognises days, seconds or milliseconds since 1970, as databases and programs write a day. Zero
/// means that nothing was written.
fn is_since_1970(text: &str) -> bool {
    const DAY: i64 = 86_400;
    // From 1900 to the end of this century.
    const DAYS: std::ops::Range<i64> = -25_567..47_482;
    text.parse::<i64>().is_ok_and(|number| {
        let units = [1, DAY, DAY * 1000];
        number != 0
            && units
                .iter()
                .any(|unit| DAYS.contains(&number.div_euclid(*unit)))
    })
}

/// Returns the year in a date, if it has four digits.
pub(crate) fn year_in(date: &str) -> Option<u16> {
    let mut runs = Runs(date).filter(|run| run.starts_with(|c: char| c.is_ascii_digit()));
    runs.find_map(|run| match run.len() {
        4 => run.parse().ok().filter(|year| is_birth_year(*year)),
        8 => [&run[..4], &run[4..]]
            .into_iter()
            .filter_map(|half| half.parse().ok())
            .find(|year| is_birth_year(*year)),
        _ => None,
    })
}

fn is_birth_year(year: u16) -> bool {
    (1900..2100).contains(&year)
}

/// Returns true if `text` is a date in any of the usual notations. The part after a `T` is a time.
fn is_date(text: &str) -> bool {
    const MOST_BYTES: usize = 48;
    if text.len() > MOST_BYTES {
        return false;
    }
    let is_iso =
        text.len() > 10 && text.as_bytes()[4] == b'-' && matches!(text.as_bytes()[10], b'T' | b' ');
    let day = if is_iso {
        text.get(..10).unwrap_or_default()
    } else {
        text
    };
    let mut numbers = [0_u16; 3];
    let mut count = 0;
    let mut month_name = None;
    for part in Runs(day) {
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            let Some(room) = numbers.get_mut(count) else {
                return false;
            };
            if part.len() == 8 && count == 0 {
                return is_compact(part.as_bytes());
            }
            let Ok(number) = part.parse() else {
                return false;
            };
            *room = number;
            count += 1;
        } else if let Some(month) = month_named(part) {
            month_name = Some(month);
        } else if !is_filler(part) {
            return false;
        }
    }
    match (count, month_name) {
        (2, Some(month)) => is_any_order([numbers[0], month, numbers[1]]),
        (3, None) => is_any_order(numbers),
        _ => false,
    }
}

/// The runs of digits and the runs of letters in a text (`1985年7月30日` has no other separators).
struct Runs<'t>(&'t str);

impl<'t> Iterator for Runs<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.0.trim_start_matches(|c: char| !c.is_alphanumeric());
        let is_digit = text.chars().next()?.is_ascii_digit();
        let ends = |c: char| !c.is_alphanumeric() || c.is_ascii_digit() != is_digit;
        let (run, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
        self.0 = rest;
        Some(run)
    }
}

fn is_compact(digits: &[u8]) -> bool {
    let number = |range: std::ops::Range<usize>| {
        digits[range]
            .iter()
            .fold(0, |n, b| n * 10 + u16::from(b - b'0'))
    };
    is_real(number(0..4), number(4..6), number(6..8))
        || is_real(number(4..8), number(2..4), number(0..2))
}

/// Returns true if the year is first, or if it is last with day and month in either order.
fn is_any_order([first, second, third]: [u16; 3]) -> bool {
    let year = |number: u16| if number < 100 { 1900 + number } else { number };
    is_real(first, second, third)
        || is_real(year(third), second, first)
        || is_real(year(third), first, second)
}

fn is_real(year: u16, month: u16, day: u16) -> bool {
    let (Ok(month), Ok(day)) = (u8::try_from(month), u8::try_from(day)) else {
        return false;
    };
    is_birth_year(year) && date::is_real(year, month, day)
}

fn is_filler(part: &str) -> bool {
    matches!(
        part,
        "st" | "nd"
            | "rd"
            | "th"
            | "de"
            | "of"
            | "er"
            | "年"
            | "月"
            | "日"
            | "년"
            | "월"
            | "일"
            | "r"
    )
}

/// Returns the number of the month that `part` names, by its first letters, in the languages of the
/// field names.
fn month_named(part: &str) -> Option<u16> {
    const STARTS: [(&str, u16); 39] = [
        ("jan", 1),
        ("jän", 1),
        ("gen", 1),
        ("ene", 1),
        ("sty", 1),
        ("feb", 2),
        ("fév", 2),
        ("fev", 2),
        ("lut", 2),
        ("mar", 3),
        ("mär", 3),
        ("maa", 3),
        ("mrt", 3),
        ("apr", 4),
        ("avr", 4),
        ("abr", 4),
        ("kwi", 4),
        ("mai", 5),
        ("may", 5),
        ("mag", 5),
        ("mei", 5),
        ("maj", 5),
        ("jun", 6),
        ("juin", 6),
        ("giu", 6),
        ("cze", 6),
        ("jul", 7),
        ("juil", 7),
        ("lug", 7),
        ("lip", 7),
        ("aug", 8),
        ("aoû", 8),
        ("ago", 8),
        ("sie", 8),
        ("sep", 9),
        ("oct", 10),
        ("okt", 10),
        ("nov", 11),
        ("dec", 12),
    ];
    const MORE: [(&str, u16); 8] = [
        ("set", 9),
        ("wrz", 9),
        ("ott", 10),
        ("out", 10),
        ("paź", 10),
        ("lis", 11),
        ("dez", 12),
        ("dic", 12),
    ];
    let lower = part.to_lowercase();
    STARTS
        .iter()
        .chain(&MORE)
        .chain(&[("déc", 12), ("gru", 12)])
        .find(|(start, _)| lower.starts_with(start))
        .map(|(_, month)| *month)
}
