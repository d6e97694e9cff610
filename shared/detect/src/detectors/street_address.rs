//! `STREET_ADDRESS`: the street part of an address, or an address in one line.
//!
//! Why it matters: it says where a person lives.
//!
//! The rule: fields named after a street or an address line in ten languages. `address` alone may
//! be a mailbox, a host or a wallet, so its value must look like a place: a house number, a street
//! word, or several words.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// A street, with or without the number.
const STREET: u8 = 0;
/// Anything with the name address.
const ADDRESS: u8 = 1;
/// A house number, a flat.
const PART: u8 = 2;
/// The name means something else in other languages: an airport's gate.
const WORD: u8 = 4;
/// A number beside a street. If it is as short as a house number, it is one.
const LONE_PART: u8 = 3;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::StreetAddress,
    names: &[
        Names::new(
            "street|street address|street name|strt nm|street line|street line 1|street line 2|streetname|street 1|street 2|\
             address line|address line 1|address line 2|address line 3|addr line|addr line 1|addr line 2|\
             address 1|address 2|address 3|addressline|addr 1|addr 2|thoroughfare|street and number|\
             strasse|strassenname|strasse und hausnummer|strasse hausnummer|strasse nr|adresszeile|adresszeile 1|adresszusatz|\
             rue|nom de rue|nom de la rue|numero et rue|adresse ligne 1|adresse ligne 2|ligne adresse|ligne 1 adresse|\
             voie|nom de voie|complement adresse|calle|nombre de calle|calle y numero|linea de direccion|\
             direccion linea 1|direccion 1|direccion 2|nombre de la calle|domicilio|via e numero|nome via|indirizzo 1|\
             indirizzo riga 1|rua|logradouro|nome da rua|endereco linha 1|complemento|bairro|straat|straatnaam|\
             straat en huisnummer|adresregel|adresregel 1|ulica|ulica i numer|nazwa ulicy|adres linia 1|gata|gatuadress|\
             gatunamn|adressrad|adressrad 1|banchi|machi banchi|番地|町名番地|町域|丁目番地|住所1|住所2|建物名|番地建物名|\
             gade|gadenavn|vejnavn|gateadresse|gatenavn|veiadresse|katuosoite|lahiosoite|\
             ulice|sokak|cadde|acik adres|도로명주소|상세주소|지번주소|详细地址|街道|街道地址",
        )
        .tag(STREET)
        .gives(Signals::STREET),
        Names::new("line 1|line 2|line 3|line1|line2|street number name|zeile 1|zeile 2|ligne 1|ligne 2|linea 1|linea 2|riga 1|linha 1|regel 1|lines|line")
            .tag(STREET)
            .within(Roles::ADDRESS)
            .beside(Signals::POSTAL_CODE.or(Signals::CITY))
            .gives(Signals::STREET),
        Names::new("via|voie|piazza|place|road|avenue|plaza|praca|plein|plac|gade|vej|\
             gate|katu|mahalle")
            .tag(WORD)
            .within(Roles::ADDRESS)
            .beside(Signals::POSTAL_CODE.or(Signals::CITY))
            .gives(Signals::STREET),
        Names::new(
            "address|addresses|full address|home address|mailing address|postal address|shipping address|billing address|\
             delivery address|residential address|current address|permanent address|street addr|addr|\
             pickup address|dropoff address|residence|\
             adresse|anschrift|lieferadresse|rechnungsadresse|postanschrift|wohnadresse|wohnanschrift|privatadresse|\
             adresse postale|adresse de livraison|adresse livraison|adresse de facturation|adresse facturation|\
             adresse complete|direccion|direccion postal|direccion de envio|direccion envio|\
             direccion de facturacion|direccion completa|indirizzo|indirizzo di spedizione|\
             indirizzo spedizione|indirizzo di fatturazione|indirizzo completo|indirizzo di residenza|endereco|\
             morada|endereco de entrega|endereco entrega|endereco completo|adres|bezorgadres|afleveradres|\
             factuuradres|postadres|adres dostawy|adres zamieszkania|adres do korespondencji|adress|\
             leveransadress|postadress|fakturaadress|hemadress|juusho|jusho|住所|現住所|配送先住所|請求先住所|お届け先住所|ご住所|\
             osoite|adresa|adresa bydliste|dorucovaci adresa|dodaci adresa|주소|배송지|배송주소|자택주소|地址|\
             收货地址|住址|家庭住址|通讯地址|联系地址",
        )
        .tag(ADDRESS)
        .last()
        .gives(Signals::STREET),
        Names::new(
            "house number|house no|housenumber|building number|street number|street no|apartment|apartment number|apt|unit|apt number|suite|\
             unit number|flat|flat number|hausnummer|hausnr|haus nr|numero de rue|numero rue|numero de voie|\
             numero de calle|numero exterior|numero interior|piso|numero civico|civico|numero da casa|huisnummer|\
             huisnr|huisnummer toevoeging|numer domu|nr domu|numer mieszkania|nr mieszkania|husnummer|gatunummer|部屋番号|\
             po box|post box|postfach|boite postale|apartado postal|casella postale|caixa postal|postbus|skrytka pocztowa|\
             building no|bus number|cislo popisne|cislo domu|cislo orientacni|\
             bina no|kapi no|daire no|husnr|talonumero|동호수|门牌号",
        )
        .tag(PART)
        .within(Roles::ADDRESS)
        .beside(Signals::STREET.or(Signals::POSTAL_CODE)),
        // Of an office or a shop, unless a street is beside it.
        Names::new("building|floor")
            .tag(PART)
            .beside(Signals::STREET.or(Signals::POSTAL_CODE)),
        Names::new("unit|number|numero|nummer|no|nr|num|numer|cislo|door|stair|entrance|block")
            .tag(LONE_PART)
            .beside(Signals::STREET)
            .unqualified(),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"street_address": "91361 Carpenter Street"}"#,
        r#"{"address": "0689 Rocha Fork Suite 729, South William"}"#,
        r#"{"shipping": {"address": {"line1": "Hauptstraße 5"}}}"#,
        r#"{"straße": "Am Markt"}"#,
        r#"{"住所": "東京都千代田区丸の内1-1-1"}"#,
        r#"{"address": {"street": "Main", "houseNumber": "12a"}}"#,
        r#"{"address": {"street": 5, "postal_code": "55116", "floor": "3"}}"#,
    ],
    negative: &[
        r#"{"location": {"floor": "3", "room": "B12"}}"#,
        r#"{"address": "jane@shop.dev"}"#,
        r#"{"address": "10.1.2.3:8080"}"#,
        r#"{"address": "0x52908400098527886E0F7030069857D2E4169EE7"}"#,
        r#"{"address": "https://shop.dev/a b c"}"#,
        r#"{"address_count": "3 main streets"}"#,
        r#"{"street": "n/a"}"#,
        r#"{"address_country": "United States"}"#,
        r#"{"address_name": "Jan Dvorak"}"#,
        r#"{"via": "1.1 abc.cloudfront.net (CloudFront)"}"#,
        r#"{"poem": {"line1": "Shall I compare thee"}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_placeholder() || value.is_technical() {
        return None;
    }
    if matches!(value.tag, PART | LONE_PART) {
        let (most_characters, most_digits) = if value.tag == PART { (20, 20) } else { (10, 4) };
        let is_short = value.text.chars().count() <= most_characters
            && (1..=most_digits).contains(&value.shape.digits);
        return if is_short { value.whole(65) } else { None };
    }
    let length = value.text.chars().count();
    let has_letters = value.text.chars().any(char::is_alphabetic);
    if value.is_number || !has_letters || !(2..=300).contains(&length) {
        return None;
    }
    if value.tag == WORD && value.text.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return None;
    }
    if matches!(value.tag, STREET | WORD) {
        return value.whole(85);
    }
    let words = value.text.split_whitespace().count();
    let has_number = value.shape.digits > 0;
    let is_cjk = !value.text.is_ascii()
        && value
            .text
            .chars()
            .any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
    match () {
        () if has_number && words >= 2 => value.whole(85),
        () if is_cjk && length >= 4 => value.whole(80),
        () if words >= 3 => value.whole(62),
        () if words == 2 && value.text.starts_with(char::is_uppercase) => value.whole(55),
        () => None,
    }
}
