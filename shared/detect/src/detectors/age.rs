//! `AGE`: the age of a person, in years or as a range.
//!
//! Why it matters: with a place and a sex it singles people out.
//!
//! The rule: a whole number from 0 to 125, or a range of two, in a person's field whose name
//! matches.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// A name without a person around it.
const NOBODYS: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Age,
    names: &[
        Names::new(
            "age|age years|age in years|current age|alter|edad|eta|idade|leeftijd|\
         wiek|alder|nenrei|年齢|年令|age group|age range|age bracket|age band|altersgruppe|\
         tranche age|grupo de edad|rango de edad|fascia eta|faixa etaria|leeftijdsgroep|\
         grupa wiekowa|aldersgrupp|nendai|年代|\
         yas|vek|ika|나이|연령|年龄|年纪",
        )
        .within(Roles::PERSON)
        .beside(Signals::PERSON),
        // No name around it says whose age it is, and none says that it is a thing's.
        Names::new(
            "age|age years|age in years|alter|edad|eta|idade|leeftijd|wiek|alder|nenrei|年齢",
        )
        .tag(NOBODYS)
        .unqualified(),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"person": {"age": 34}}"#,
        r#"{"age": "42", "first_name": "Ana"}"#,
        r#"{"customer_age": 7}"#,
        r#"{"patient": {"ageRange": "25-34"}}"#,
        r#"{"customer": {"age": "65+"}}"#,
        r#"{"user": {"年齢": 29}}"#,
        r#"{"age": 42, "ref": "a"}"#,
    ],
    negative: &[
        r#"{"container": {"age": 34}}"#,
        r#"{"person": {"age": 126}}"#,
        r#"{"person": {"max_age": 30}}"#,
        r#"{"person": {"age": "old"}}"#,
        r#"{"age": 3600}"#,
        r#"{"http": {"cache": {"age": 35}}}"#,
        r#"{"headers": {"age": "35", "server": "nginx"}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let (youngest, oldest) = match value.text.strip_suffix('+') {
        Some(from) => (from, from),
        None => value
            .text
            .split_once(['-', '–'])
            .unwrap_or((value.text, value.text)),
    };
    let is_age = |text: &str| text.trim().parse::<u8>().is_ok_and(|age| age <= 125);
    (is_age(youngest) && is_age(oldest)).then_some(())?;
    match value.tag {
        NOBODYS if !value.roles.is_none() => None,
        NOBODYS => value.whole(55),
        _ => value.whole(85),
    }
}
