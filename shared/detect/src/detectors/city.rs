//! `CITY`: the town of an address.
//!
//! Why it matters: with a birth date and a gender it singles out most people.
//!
//! The rule: a field named after a town, inside an address or beside another part of one. A city by
//! itself (a list of branches, a timetable) is not a person's.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::City,
    names: &[
        Names::new(
            "city|town|urban area|locality|municipality|city name|suburb|village|post town|city town|town city|twn nm|\
             ort|stadt|ortsname|gemeinde|ortschaft|ville|localite|commune|nom de ville|\
             ciudad|localidad|poblacion|municipio|citta|comune|localita|cidade|localidade|\
             stad|plaats|plaatsnaam|gemeente|miasto|miejscowosc|postort|\
             shikuchouson|shikuchoson|toshi|shi|市区町村|市町村|都市|市|区市町村|町村|\
             sehir|ilce|semt|poststed|postdistrikt|bynavn|mesto|obec|kaupunki|\
             postitoimipaikka|paikkakunta|kommune|도시|시군구|시도|城市",
        )
        .within(Roles::ADDRESS)
        .beside(Signals::STREET.or(Signals::POSTAL_CODE).or(Signals::TERRITORY))
        .gives(Signals::CITY),
        // Words that mean something else in other languages.
        Names::new("by|il|lan")
            .within(Roles::ADDRESS)
            .beside(Signals::STREET.or(Signals::POSTAL_CODE))
            .gives(Signals::CITY)
            .unqualified(),
        Names::new(
            "home town|hometown|city of residence|residence city|home city|wohnort|ville de residence|\
             ciudad de residencia|citta di residenza|cidade de residencia|woonplaats|\
             miejsce zamieszkania|bostadsort|hemort",
        )
        .gives(Signals::CITY),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"city": "Mainz", "zip": "55116"}"#,
        r#"{"address": {"city": "São Paulo"}}"#,
        r#"{"ort": "Köln", "straße": "Ring 5"}"#,
        r#"{"shippingCity": "St. John's"}"#,
        r#"{"市区町村": "千代田区", "郵便番号": "100-0001"}"#,
    ],
    negative: &[
        r#"{"city": "Mainz"}"#,
        r#"{"city_count": "Mainz", "zip": "55116"}"#,
        r#"{"address": {"city": "42"}}"#,
        r#"{"address": {"city": "unknown"}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let is_named = !value.is_number && !value.is_placeholder() && value.is_wordy(60);
    if is_named { value.whole(80) } else { None }
}
