//! `SALARY`: salary, wage or income of a person.
//!
//! Why it matters: people are selected, priced and robbed by it.
//!
//! The rule: an amount, with or without its currency, in a field whose name matches. Income and
//! compensation may be a company's, and need a person around them.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// The value must be larger than any longitude.
const LON: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Salary,
    names: &[
        Names::new(
            "salary|salaries|annual salary|base salary|current salary|gross salary|net salary|\
         monthly salary|yearly salary|salary amount|wage|wages|hourly wage|hourly pay|\
         gross pay|net pay|base pay|annual income|monthly income|yearly income|\
         household income|gross income|net income monthly|personal income|take home pay|\
         gehalt|jahresgehalt|monatsgehalt|bruttogehalt|nettogehalt|lohn|stundenlohn|\
         bruttolohn|einkommen|jahreseinkommen|salaire|salaire annuel|salaire brut|\
         salaire net|salaire mensuel|remuneration annuelle|revenu annuel|revenu mensuel|\
         revenus|sueldo|salario|salario bruto|salario anual|salario mensual|ingresos|\
         ingresos anuales|ingresos mensuales|nomina|stipendio|retribuzione|reddito|\
         reddito annuo|ral|salario mensal|ordenado|renda mensal|renda anual|salaris|\
         brutosalaris|nettosalaris|jaarsalaris|maandsalaris|loon|inkomen|jaarinkomen|\
         wynagrodzenie|wynagrodzenie brutto|pensja|zarobki|dochod|manadslon|arslon|\
         bruttolon|inkomst|kyuuyo|kyuryo|gekkyuu|gekkyu|nenshuu|nenshu|nensyu|給与|給料|年収|月給|月収|\
         基本給|所得|\
         hourly rate|hourly rate amount|salary per year|annual compensation|total compensation|\
         base compensation|annual wage|monthly wage|monthly salary gross|arsinkomst|arsinntekt|\
         maas|gelir|yillik gelir|mzda|plat mesicni|hruba mzda|cisty prijem|indkomst|\
         arsindkomst|manedslon|arslonn|manedslonn|bruttolonn|palkka|kuukausipalkka|tulot|연봉|급여|\
         월급|연소득|工资|薪资|薪水|年薪|月薪|年收入|月收入",
        ),
        Names::new(
            "income|compensation|remuneration|pay rate|earnings|revenu|pay|rendimento|renda|\
         bonus|stock options|\
         lonn|plat|prijem|소득|收入|inntekt",
        )
        .within(Roles::PERSON.or(Roles::WORK))
        .beside(Signals::PERSON),
        // Danish and Swedish for a wage, elsewhere a longitude.
        Names::new("lon")
            .tag(LON)
            .within(Roles::PERSON.or(Roles::WORK))
            .beside(Signals::PERSON)
            .unqualified(),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"salary": {"amount": 62000, "currency": "EUR"}}"#,
        r#"{"salary": 85000}"#,
        r#"{"Gehalt": "4.500,00 €"}"#,
        r#"{"employee": {"compensation": "USD 120,000"}}"#,
        r#"{"annual_income": "85k"}"#,
        r#"{"年収": "500万円"}"#,
    ],
    negative: &[
        r#"{"salary": "competitive"}"#,
        r#"{"income": 85000}"#,
        r#"{"salary": 0}"#,
        r#"{"salary_type": "4500"}"#,
        r#"{"salary": "2026-01-01"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    const LONGEST: usize = 32;
    let letters = value.text.chars().filter(|c| c.is_alphabetic()).count();
    let is_zero = !value.text.contains(|c: char| matches!(c, '1'..='9'));
    // The letters are a currency, a scale or a period: `USD 120k / month`.
    let is_amount = value.text.len() <= LONGEST && value.shape.digits > 0 && letters <= 12;
    let is_longitude = value.tag == LON
        && value
            .text
            .parse::<f64>()
            .is_ok_and(|number| number.abs() <= 180.0);
    if !is_amount
        || is_longitude
        || is_zero
        || value.is_dated()
        || value.is_reference()
        || value.is_masked()
    {
        return None;
    }
    value.whole(88)
}
