//! `POSTAL_CODE`: postal and ZIP codes.
//!
//! Why it matters: a full British or Dutch code covers a few doors. Elsewhere it narrows a person
//! down.
//!
//! The rule: the Universal Postal Union's shape for the code of some country, in a field whose name
//! matches.

use super::{Detector, Hit, Value};
use crate::checksum::{normalise, postal_code};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// A PIN code: India's postal index number, or the secret of a card.
const INDIAN: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PostalCode,
    names: &[
        Names::new(
            "zip|zip code|zipcode|postal code|postalcode|postcode|post code|zip postal code|zip 5|zip 4|zip plus 4|pst cd|\
             postal zip|postal|eircode|plz|postleitzahl|code postal|codigo postal|cod postal|codice postale|\
             codice di avviamento postale|codigo de enderecamento postal|kod pocztowy|postnummer|postnr|\
             yuubin bangou|yubin bangou|yuubinbangou|yubinbango|郵便番号|郵便|〒|\
             posta kodu|postinumero|psc|우편번호|邮编|邮政编码",
        )
        .gives(Signals::POSTAL_CODE),
        Names::new("pincode|pin code|pin")
            .tag(INDIAN)
            .beside(Signals::STREET.or(Signals::CITY))
            .within(Roles::ADDRESS)
            .gives(Signals::POSTAL_CODE),
        Names::new("cp|cap|cep|kod|post index|postindex|kodeks")
            .within(Roles::ADDRESS)
            .beside(Signals::STREET.or(Signals::CITY))
            .gives(Signals::POSTAL_CODE),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"postcode": "SW1A 1AA"}"#,
        r#"{"zip": "55116-0001"}"#,
        r#"{"plz": 55116}"#,
        r#"{"cap": "00184", "città": "Roma"}"#,
        r#"{"郵便番号": "100-0001"}"#,
        r#"{"customer": {"address": {"street": "12 MG Road", "city": "Mumbai", "pin": "400001"}}}"#,
        r#"{"kod pocztowy": "00-950"}"#,
    ],
    negative: &[
        r#"{"zip": "archive.zip"}"#,
        r#"{"zip": true}"#,
        r#"{"postcode": "ABCDEFG"}"#,
        r#"{"cap": "00184"}"#,
        r#"{"postal_code_required": "55116"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.shape.digits == 0 {
        return None;
    }
    let code = normalise::normalise(value.text)?;
    let characters: &[u8] = &code;
    if value.tag == INDIAN && (characters.len() != 6 || characters[0] == b'0') {
        return None;
    }
    // A JSON number has lost its leading zeros. ZIP+4 has nine digits.
    let is_number = value.is_number && (3..=8).contains(&value.text.len());
    let is_code = postal_code::is_valid(characters)
        || is_number && value.shape.digits as usize == value.text.len();
    if is_code { value.whole(85) } else { None }
}
