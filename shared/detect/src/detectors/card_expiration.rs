//! `CREDIT_CARD_EXPIRATION`: a payment card's expiry, as one value or as month and year.
//!
//! Why it matters: with the number it is enough for a fraudulent order. PCI DSS protects it if it
//! is stored with the number.
//!
//! The rule: ISO/IEC 7813 writes it YYMM on the stripe; people write MM/YY. A date alone proves
//! nothing, so the field's name, a card-like parent or a card beside it must announce it.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

const WHOLE: u8 = 0;
const MONTH: u8 = 1;
const YEAR: u8 = 2;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CreditCardExpiration,
    names: &[
        Names::new(
            "card expiry|card expiration|card exp|card expiry date|card expiration date|card expires|card expire|\
             credit card expiry|credit card expiration|credit card expire|credit card expiration date|\
             credit card expiry date|credit card exp|cc exp|cc expiry|cc expiration|cc exp date|\
             valid thru|good thru|expiry card|kartenablauf|gueltig bis karte|expiration carte|\
             date expiration carte|vencimiento tarjeta|caducidad tarjeta|scadenza carta|validade cartao|\
             vervaldatum kaart|data waznosci karty|waznosc karty|kortets utgangsdatum",
        )
        .tag(WHOLE)
        .gives(Signals::CARD_DETAIL),
        Names::new(
            "expiry|expiration|expiry date|expiration date|exp|exp date|expires|expire|expire date|valid until|\
             valid to|expdate|ablaufdatum|gueltig bis|gultig bis|verfallsdatum|date expiration|\
             date d expiration|date de validite|expire le|fecha de vencimiento|fecha vencimiento|vencimiento|\
             fecha de caducidad|fecha caducidad|caducidad|fecha de expiracion|fecha expiracion|scadenza|\
             data di scadenza|data scadenza|validade|data de validade|data validade|vervaldatum|geldig tot|\
             data waznosci|wazna do|waznosc|utgangsdatum|giltig till|giltighetstid|yuukoukigen|有効期限|\
             son kullanma tarihi|son kullanma|platnost do|platnost karty|udlobsdato|udlober|\
             utlopsdato|voimassa|유효기간|유효기한|有效期|有效期至|termin waznosci|valable jusqu au|\
             valable jusqu a|valida hasta|valido hasta|valida ate|valido fino al|expira|expire on|\
             expires on|exp dt|expiry month year|card valid until",
        )
        .tag(WHOLE)
        .within(Roles::CARD)
        .beside(Signals::CARD.or(Signals::CARD_DETAIL))
        .gives(Signals::MONTH),
        Names::new(
            "exp month|expiry month|expiration month|expire month|expmonth|ablaufmonat|mois expiration|\
             mes vencimiento|mes caducidad|mes expiracion|mese scadenza|mes validade|vervalmaand|\
             miesiac waznosci|utgangsmanad",
        )
        .tag(MONTH)
        .gives(Signals::CARD_DETAIL),
        Names::new(
            "exp year|expiry year|expiration year|expire year|expyear|ablaufjahr|annee expiration|\
             ano vencimiento|ano caducidad|ano expiracion|anno scadenza|ano validade|vervaljaar|\
             rok waznosci|utgangsar",
        )
        .tag(YEAR)
        .gives(Signals::CARD_DETAIL),
        Names::new("month|mm|monat|mois|mes|mese|maand|miesiac|manad|tsuki|月").tag(MONTH).within(Roles::CARD),
        Names::new("year|yy|yyyy|jahr|annee|ano|anno|jaar|rok|ar|nen|年").tag(YEAR).within(Roles::CARD),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"credit_card_expire": "08/28"}"#,
        r#"{"card": {"exp_month": 8, "exp_year": 2028}}"#,
        r#"{"number": "4485527627509597", "expiry": "2028-08"}"#,
        r#"{"expiry": "0828", "cvv": "123"}"#,
        r#"{"Kreditkarte": {"Ablaufdatum": "08/2028"}}"#,
    ],
    negative: &[
        r#"{"coupon": {"expiry": "08/28"}}"#,
        r#"{"credit_card_expire": "18/28"}"#,
        r#"{"card": {"expires": "never"}}"#,
        r#"{"token": "x", "expires": "2028-08"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let fits = match value.tag {
        MONTH => number(value.text, 2).is_some_and(is_month),
        YEAR => number(value.text, 4).is_some_and(is_year),
        _ => is_expiry(value.text),
    };
    if fits { value.whole(90) } else { None }
}

fn number(text: &str, most_digits: usize) -> Option<u32> {
    let is_digits = text.bytes().all(|b| b.is_ascii_digit());
    (is_digits && (1..=most_digits).contains(&text.len()))
        .then(|| text.parse().ok())
        .flatten()
}

fn is_month(number: u32) -> bool {
    (1..=12).contains(&number)
}

fn is_year(number: u32) -> bool {
    number < 100 || (2000..2100).contains(&number)
}

fn is_expiry(text: &str) -> bool {
    let mut parts = text
        .split(['/', '-', '.', ' '])
        .filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        // MMYY or MMYYYY, unbroken
        (Some(whole), None, None) if matches!(whole.len(), 4 | 6) && whole.is_ascii() => {
            number(&whole[..2], 2).is_some_and(is_month)
                && number(&whole[2..], 4).is_some_and(is_year)
        }
        (Some(month), Some(year), None)
            if year.len() != 3 && year.len() > 1 && month.len() <= 2 =>
        {
            number(month, 2).is_some_and(is_month) && number(year, 4).is_some_and(is_year)
        }
        (Some(year), Some(month), None) => {
            year.len() == 4
                && number(year, 4).is_some_and(is_year)
                && number(month, 2).is_some_and(is_month)
        }
        // A full date.
        (Some(year), Some(month), Some(day)) if year.len() == 4 => {
            number(year, 4).is_some_and(is_year)
                && number(month, 2).is_some_and(is_month)
                && number(day, 2).is_some()
        }
        _ => false,
    }
}
