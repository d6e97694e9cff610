//! `GEO_COORDINATES`: a precise position.
//!
//! Why it matters: the position of a phone at night is its owner's home.
//!
//! The rule: latitude −90 to 90 and longitude −180 to 180 (WGS 84, ISO 6709), as a pair of fields,
//! as `lat,lng` in one text, or as a `GeoJSON` position (RFC 7946: longitude first).

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

const LATITUDE: u8 = 0;
const LONGITUDE: u8 = 1;
/// Both numbers in one text.
const PAIR: u8 = 2;
/// One number of a list of them.
const POSITION: u8 = 3;
/// An ambiguous name without its other half. It is believed if it is as precise as a position.
const PRECISE_LATITUDE: u8 = 4;
const PRECISE_LONGITUDE: u8 = 5;
/// One of the two numbers of a place.
const HALF: u8 = 6;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::GeoCoordinates,
    names: &[
        Names::new("latitude").tag(PRECISE_LATITUDE),
        Names::new("longitude").tag(PRECISE_LONGITUDE),
        Names::new("latitude|longitude").tag(HALF).within(Roles::PLACE.or(Roles::ADDRESS)),
        Names::new("latitude")
            .tag(LATITUDE)
            .beside(Signals::LONGITUDE)
            .gives(Signals::LATITUDE),
        Names::new("longitude")
            .tag(LONGITUDE)
            .beside(Signals::LATITUDE)
            .gives(Signals::LONGITUDE),
        Names::new("geo latitude|gps latitude|geolatitude|breitengrad|latitud|latitudine|breedtegraad|szerokosc geograficzna|ido|緯度|\
             enlem|zemepisna sirka|breddegrad|leveysaste|위도|纬度|latitud gps|start latitude|\
             end latitude|pickup latitude|dropoff latitude|origin latitude|destination latitude")
            .tag(LATITUDE)
            .gives(Signals::LATITUDE),
        Names::new("geo longitude|gps longitude|laengengrad|langengrad|longitud|longitudine|lengtegraad|dlugosc geograficzna|keido|経度|\
             boylam|zemepisna delka|laengdegrad|lengdegrad|pituusaste|경도|经度|start longitude|\
             end longitude|pickup longitude|dropoff longitude|origin longitude|\
             destination longitude")
            .tag(LONGITUDE)
            .gives(Signals::LONGITUDE),
        Names::new("lat").tag(PRECISE_LATITUDE),
        Names::new("lng|lon").tag(PRECISE_LONGITUDE),
        Names::new("lat|geo lat|gps lat|breite")
            .tag(LATITUDE)
            .within(Roles::PLACE)
            .beside(Signals::LONGITUDE)
            .gives(Signals::LATITUDE),
        Names::new("lng|lon|long|geo lng|geo lon|gps lng|gps lon|laenge")
            .tag(LONGITUDE)
            .within(Roles::PLACE)
            .beside(Signals::LATITUDE)
            .gives(Signals::LONGITUDE),
        Names::new(
            "coordinates|coordinate|lat lng|lat lon|lat long|latlng|latlon|latlong|gps|gps coordinates|gps position|geo|geo location|\
             geolocation|geo point|geopoint|geo coordinates|location|position|loc|lat long pair|koordinaten|standort|\
             coordonnees|coordonnees gps|coordenadas|ubicacion|coordinate gps|coordinate geografiche|posizione|localizacao|\
             coordinaten|locatie|wspolrzedne|koordinater|zahyou|座標|位置情報|\
             konum|koordinatlar|souradnice|poloha|sijainti|좌표|위치|坐标|位置|经纬度|current location|\
             last location|last known location|pickup location|dropoff location|home location|\
             user location|device location|latlon pair|lat lng pair|start location|end location",
        )
        .tag(PAIR),
        Names::new("coordinates|coordinate|koordinaten|座標|position|point").tag(POSITION).within(Roles::PLACE),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"lat": 52.520008, "lng": 13.404954}"#,
        r#"{"latitude": "-44.2974325"}"#,
        r#"{"location": "52.520008, 13.404954"}"#,
        r#"{"geometry": {"type": "Point", "coordinates": [13.404954, 52.520008]}}"#,
        r#"{"driver": {"position": {"type": "Point", "coordinates": [-8.61, 41.15]}}}"#,
        r#"{"latitude": 52.5, "longitude": 13.4}"#,
        r#"{"緯度": 35.681236, "経度": 139.767125}"#,
    ],
    negative: &[
        r#"{"lat": 52.5}"#,
        r#"{"axis": {"longitude": 12.5}}"#,
        r#"{"chart": {"long": 3.14159}}"#,
        r#"{"lat": 520.5, "lng": 13.4}"#,
        r#"{"location": "Berlin, Germany"}"#,
        r#"{"position": 3}"#,
        r#"{"location": {"latitude": 0, "longitude": 0}}"#,
        r#"{"geo": {"lat": "0", "lng": "0"}}"#,
        r#"{"location": "0.00, 0.00"}"#,
        r#"{"long": "a long text", "lat": "x"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if is_zero(value.text) {
        return None;
    }
    match value.tag {
        LATITUDE if is_within(value.text, 90.0) => value.whole(85),
        LONGITUDE | HALF if is_within(value.text, 180.0) => value.whole(85),
        PRECISE_LATITUDE if decimals(value.text) >= 4 && is_within(value.text, 90.0) => {
            value.whole(60)
        }
        PRECISE_LONGITUDE if decimals(value.text) >= 4 && is_within(value.text, 180.0) => {
            value.whole(60)
        }
        PAIR if is_pair(value.text) => value.whole(88),
        // One of the numbers of an array, or a coordinate by itself.
        PAIR if decimals(value.text) >= 4 && is_within(value.text, 180.0) => value.whole(65),
        POSITION
            if value.is_number
                && decimals(value.text) >= least_decimals(value.roles)
                && is_within(value.text, 180.0) =>
        {
            value.whole(75)
        }
        _ => None,
    }
}

/// Returns true for zero, which is written for an unknown position. No person is at 0, 0.
fn is_zero(text: &str) -> bool {
    text.bytes().any(|byte| byte == b'0')
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0' | b'.' | b',' | b'-' | b'+' | b' '))
}

/// Returns the fewest decimals of a number in a list that is a position. Of a person, a position as
/// wide as a town counts too.
const fn least_decimals(roles: Roles) -> usize {
    if roles.has(Roles::PERSON) { 2 } else { 3 }
}

fn is_within(text: &str, bound: f64) -> bool {
    const MOST_BYTES: usize = 24;
    let is_plain = text.len() <= MOST_BYTES
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'+'));
    is_plain
        && text
            .parse::<f64>()
            .is_ok_and(|number| number.abs() <= bound)
}

fn decimals(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

/// Recognises `52.52, 13.40`, `geo:52.52,13.40`, `POINT(13.40 52.52)`.
fn is_pair(text: &str) -> bool {
    const MOST_BYTES: usize = 64;
    if text.len() > MOST_BYTES {
        return false;
    }
    let inner = text
        .trim_start_matches("geo:")
        .trim_start_matches("POINT")
        .trim_matches([' ', '(', ')', '[', ']']);
    let mut parts = inner.split([',', ' ', ';']).filter(|part| !part.is_empty());
    let (Some(first), Some(second)) = (parts.next(), parts.next()) else {
        return false;
    };
    let are_precise = decimals(first) >= 2 && decimals(second) >= 2;
    let are_within = is_within(first, 180.0)
        && is_within(second, 180.0)
        && (is_within(first, 90.0) || is_within(second, 90.0));
    are_precise && are_within && parts.next().is_none_or(|third| is_within(third, 10_000.0))
}
