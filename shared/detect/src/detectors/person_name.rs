//! `PERSON_NAME`: names of people, whole or in part, by the name of the field.
//!
//! Why it matters: it identifies the person whom all other data concerns.
//!
//! The rule: `first_name` and similar names in ten languages are enough. A bare `name` is a
//! person's only if the parent (`customer.name`, and not `product.name`) or the siblings (an e-mail
//! address, a birth date) say so, and its value must look like one. Names in free text are not
//! found. Half of this file is lists of words.

use super::{Detector, Find, Hit, Value};
use crate::class::DataClass;
use crate::eight;
use crate::field_name::{Names, Roles, Signals};
use crate::word_list::WordList;

/// A part of a name, which may be a single word in any case.
const PART: u8 = 0;
const FULL: u8 = 1;
/// A name of something that may be a person.
const ANY: u8 = 2;
/// A field that is named after the person (`recipient`, `signed_by`).
const ROLE: u8 = 3;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PersonName,
    names: &[
        Names::new(
            "first name|given name|forename|forste navn|forstenavn|last name|surname|family name|middle name|maiden name|birth name|\
             firstname|lastname|fname|lname|mname|first nm|last nm|given names|second name|second last name|\
             middle initial|mothers maiden name|father name|mother name|spouse name|preferred name|\
             vorname|nachname|familienname|geburtsname|rufname|zuname|vornamen|madchenname|\
             prenom|prenoms|nom de famille|nom famille|nom de naissance|nom naissance|nom usage|nom d usage|\
             patronyme|nom marital|deuxieme prenom|\
             apellido|apellidos|primer apellido|segundo apellido|apellido paterno|apellido materno|primer nombre|\
             segundo nombre|nombre de pila|nombres|\
             cognome|nome proprio|nome di battesimo|cognome da nubile|\
             sobrenome|primeiro nome|ultimo nome|nome proprio|apelido|nome do meio|nome da mae|nome do pai|\
             voornaam|achternaam|tussenvoegsel|roepnaam|geboortenaam|voornamen|familienaam|meisjesnaam|\
             imie|nazwisko|imiona|drugie imie|nazwisko panienskie|nazwisko rodowe|\
             fornamn|efternamn|tilltalsnamn|mellannamn|flicknamn|slaktnamn|\
             myouji|myoji|namae mei|shimei sei|sei kana|mei kana|sei kanji|mei kanji|\
             苗字|名字|姓|下の名前|姓カナ|名カナ|姓フリガナ|名フリガナ|\
             fornavn|etternavn|efternavn|mellomnavn|mellemnavn|etunimi|sukunimi|soyad|soyadi|\
             soyisim|krestni jmeno|prijmeni|rodne prijmeni|paternal surname|maternal surname|\
             nombre pila",
        )
        .tag(PART)
        .text()
        .gives(Signals::PERSON.or(Signals::NAME)),
        Names::new("first|last|middle|given|family|sei|mei|prenom|pila|氏|セイ|メイ")
            .tag(PART)
            .within(Roles::NAME),
        // Pages and ranges have a first and a last too.
        Names::new("first|last|middle").tag(ANY).within(Roles::PERSON_ITSELF).beside(Signals::PERSON),
        Names::new(
            "full name|fullname|person name|contact name|contact person|cardholder name|cardholder|\
             card holder|card holder name|name on card|nameoncard|holder name|account holder|account holder name|\
             account owner name|beneficiary name|legal representative|emergency contact name|real name|\
             patient name|passenger name|recipient name|username real|billing name|shipping name|\
             first and last name|author name|owner name|sender name|receiver name|customer full name|\
             vollstandiger name|vollstaendiger name|vor und nachname|karteninhaber|kontoinhaber|ansprechpartner|\
             kundenname|nom complet|nom et prenom|nom prenom|titulaire carte|titulaire du compte|\
             titulaire de la carte|nom du titulaire|nombre completo|nombre y apellidos|nombre y apellido|\
             nombre apellidos|titular de la tarjeta|titular tarjeta|titular de la cuenta|nombre del titular|\
             nome completo|nome e cognome|nome cognome|nominativo|intestatario|intestatario carta|\
             titolare carta|titolare della carta|titular do cartao|nome do titular|nome no cartao|\
             volledige naam|naam kaarthouder|kaarthouder|rekeninghouder|contactpersoon|imie i nazwisko|\
             imie nazwisko|pelne imie|pelna nazwa osoby|posiadacz karty|posiadacz rachunku|fullstandigt namn|\
             for och efternamn|kortinnehavare|kontaktperson|kontoinnehavare|\
             shimei|onamae|氏名|お名前|姓名|シメイ|氏名カナ|フリガナ|ふりがな|名義人|口座名義|カード名義|担当者名|担当者|\
             お客様名|顧客名|会員名|受取人名|送信者名|\
             next of kin|full legal name|posiadacz konta|osoba kontaktowa|\
             kontakt person|kontaktni osoba|cele jmeno|jmeno a prijmeni|fulde navn|fullt navn|\
             koko nimi|kokonimi|yhteyshenkilo|ad soyad|adi soyadi|ad soyadi|isim soyisim|adsoyad|\
             musteri adi|kundenavn|kortholder|jmeno zakaznika|nazwa klienta|00100010|00101001|00101005|00101060|성명|고객명|예금주|수취인|담당자|\
             받는사람|客户姓名|收货人|联系人|收件人|持卡人|户名",
        )
        .tag(FULL)
        .text(),
        // `card.holder`, `account.owner`: the person to whom a card or an account belongs.
        Names::new(
            "holder|holders|owner|inhaber|titulaire|titular|titolare|intestatario|houder|posiadacz|innehavare|\
             meigi|meiginin|名義|名義人",
        )
        .tag(FULL)
        .within(Roles::CARD.or(Roles::BANK)),
        // The person who logs in, if the value is not a login: `user_name: "Oda Haugen"`.
        Names::new("user name|username|done by").tag(ROLE).text().of_persons(),
        // The display text of a reference to a person.
        Names::new("display").tag(ANY).within(Roles::PERSON_ITSELF),
        Names::new("summary|label").tag(ROLE).within(Roles::PERSON_ITSELF),
        Names::new("name").tag(ROLE).within(Roles::RECEIVER),
        Names::new("sei|mei|氏|name|names|nom|nombre|nome|naam|nazwa|namn|namae|なまえ|名前|名|nm|full nm|display name|displayname|public name|anzeigename|nom affiche|nombre para mostrar|表示名|\
             navn|nimi|jmeno|isim|ad|이름|성|姓氏")
            .tag(ANY)
            .text()
            .within(Roles::PERSON)
            .beside(Signals::PERSON.or(Signals::NAME)),
        Names::new(
            "holder|customer|client|buyer|passenger|patient|recipient|addressee|consignee|contact|sender|employee|owner|\
             assignee|reporter|author|beneficiary|guest|driver|signed by|signatory|attention|attn|requested by|\
             approved by|created by name|doctor|physician|teacher|student|manager|supervisor|payee|payer|member|\
             kunde|empfanger|empfaenger|absender|besteller|inhaber|patient|mitarbeiter|fahrer|\
             destinataire|expediteur|titulaire|passager|acheteur|salarie|\
             cliente|destinatario|remitente|titular|comprador|paciente|pasajero|empleado|\
             mittente|titolare|acquirente|passeggero|paziente|dipendente|remetente|passageiro|\
             klant|ontvanger|afzender|koper|medewerker|klient|odbiorca|nadawca|pacjent|pasazer|pracownik|\
             kund|mottagare|avsandare|kopare|passagerare|anstalld|houder|posiadacz|innehavare|\
             nurse|midwife|dentist|surgeon|therapist|clinician|practitioner|prescriber|caregiver|\
             referring physician|attending physician|attending doctor|primary physician|instructor|tutor|\
             coach|trainer|speaker|presenter|organizer|organiser|lawyer|attorney|broker|landlord|\
             guardian|spouse|next of kin|witness|applicant|candidate|claimant|interviewer|donor|signer|\
             reviewer|approver|requester|submitter|attendee|participant|visitor|borrower|insured|\
             policyholder|technician|inspector|cashier|courier|\
             受取人|送信者|宛名|乗客|患者|契約者",
        )
        .tag(ROLE)
        .unqualified(),
    ],
    keywords: "",
    finds: &[Find::Byte(b"<", find_before_mailbox)],
    field: Some(fits),
    positive: &[
        r#"{"firstName": "christopher"}"#,
        r#"{"full__name__male": "Jeffrey Liu"}"#,
        r#"{"customer": {"name": "Søren Ågård-Nielsen"}}"#,
        r#"{"name": "Jane Doe", "email": "jane@shop.dev"}"#,
        r#"{"recipient": "Dr. Ana María O'Neill"}"#,
        r#"{"氏名": "山田太郎"}"#,
        r#"{"Kunde": {"Name": "Müller"}}"#,
        r#"{"customer": {"name": {"first": "Jane", "last": "Doe"}}}"#,
        r#"{"attributes": [{"Name": "given_name", "Value": "Jane"}]}"#,
        r#"{"nazwisko": {"S": "Kowalska"}}"#,
        r#"{"card": {"holder": "Darnell Whitcombe"}}"#,
        r#"{"account": {"holder": "Darnell Whitcombe"}}"#,
        r#"{"karte": {"inhaber": "jana novak"}}"#,
        r#"{"user_name": "Oda Haugen"}"#,
        r#"{"attending_doctor": {"name": "Careful^Adam^^^Dr"}}"#,
        r#"{"CUST_NM": "ANNE KRETCHMAR"}"#,
        r#"{"Dbtr": {"Nm": "Oda Haugen", "PstlAdr": {"TwnNm": "Bergen"}}}"#,
        r#"{"closed_by": {"display_name": "Oda Haugen"}}"#,
        r#"{"inviter": {"name": "Larry Joensen"}}"#,
        r#"{"custName": "Oda Haugen"}"#,
        r#"{"employees": [{"name": "Oda Haugen"}]}"#,
        r#"{"nurse": "Ida Holm"}"#,
        r#"{"recruiter": {"name": "Ida Holm"}}"#,
        r#"{"owners": [{"names": ["Alberta Charleson"]}]}"#,
        r#"{"slots": {"LastName": {"value": {"interpretedValue": "Ek"}}}}"#,
        r#"{"Type": {"Text": "FIRST_NAME"}, "ValueDetection": {"Text": "GARCIA"}}"#,
        r#"{"individual": {"first": "Ana", "last": "Souza"}}"#,
        r#"{"first": "Ana", "last": "Souza", "email": "ana@posta.pt"}"#,
        r#"{"name": {"formatted": "Ana Souza", "familyName": "Souza"}}"#,
        r#"{"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Souza^Ana"}]}}"#,
        r#"{"from": ["Janelle Roux <janelle@lyon-mail.fr>"]}"#,
        r#"{"to": "help@acme.io, \"Ana O'Neill\" <ana@shop.dev>"}"#,
        r#"{"family_name": "Labadie908"}"#,
        r#"{"address_name": "Jan Dvorak"}"#,
        r#"{"subject": {"display": "Piet van Dael", "reference": "Patient/p77"}}"#,
        r#"{"agent": {"type": "user_reference", "id": "PLH1HKV", "summary": "Olu Adeyemi"}}"#,
        r#"{"entry": [{"name": [{"given": ["Jim"]}], "resourceType": "Patient"}]}"#,
    ],
    negative: &[
        r#"{"product": {"name": "Jane Doe"}}"#,
        r#"{"name": "Blue Shirt"}"#,
        r#"{"customer": {"plan": {"name": "Gold Plus"}}}"#,
        r#"{"first_name": "123e4567-e89b-12d3-a456-426614174000"}"#,
        r#"{"last_name": "null"}"#,
        r#"{"fileName": "Jane Doe"}"#,
        r#"{"name": "Acme GmbH", "email": "info@acme.dev"}"#,
        r#"{"recipient": "order-service"}"#,
        r#"{"card": {"holder": "Acme GmbH"}}"#,
        r#"{"lock": {"holder": "worker"}}"#,
        r#"{"first_name": "{{user.first}}"}"#,
        r#"{"user_name_length": "Twelve"}"#,
        r#"{"client_name": "All Applications"}"#,
        r#"{"from": "Acme Support <help@acme.io>"}"#,
        r#"{"x": "the Blue Shirt <b@c>"}"#,
        r#"{"brand": {"displayName": "Lumen Labs", "supportEmail": "help@acme.io"}}"#,
        r#"{"brand": {"displayName": "Lumen", "supportEmail": "help@acme.io"}}"#,
        r#"{"dealname": "Spring Renewal"}"#,
        r#"{"page": {"first": "Alpha", "last": "Omega"}}"#,
        r#"{"errors": {"first_name": ["is too short"]}}"#,
        r#"{"shipping_rates": [{"name": "Alpine Freight"}]}"#,
        r#"{"subject": {"reference": "Organization/1", "display": "Jane Doe"}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_number {
        return None;
    }
    let mut text = value.text;
    if value.shape.digits > 0 {
        if value.tag != PART || !is_numbered(value) {
            return None;
        }
        text = text.trim_end_matches(|c: char| c.is_ascii_digit());
    }
    let name = Name::read(text)?;
    let is_full = name.words >= 2 || name.is_caseless;
    let named = match value.tag {
        PART => 90,
        FULL => 88,
        ANY if name.is_capitalised => 80,
        ROLE if name.is_capitalised && is_full => 65,
        _ => return None,
    };
    if name.words >= 2 && name.has_small_word && value.is_sentence() {
        return None;
    }
    // Most texts in such fields are no names, and need no look into lists of words.
    if value.is_placeholder() || value.tag != PART && is_company(value.text) {
        return None;
    }
    value.whole(named)
}

/// Returns true if a word has a few digits at its end, as in names of synthetic people
/// (`Labadie908`).
fn is_numbered(value: &Value<'_>) -> bool {
    const FEWEST_LETTERS: usize = 3;
    let letters = value.text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = value.text.len() - letters.len();
    (1..=3).contains(&digits)
        && value.shape.digits as usize == digits
        && letters.chars().count() >= FEWEST_LETTERS
        && letters.ends_with(char::is_alphabetic)
}

/// Finds `Jane Doe <jane@shop.dev>` (RFC 5322, section 3.4): the name before a mailbox in brackets.
fn find_before_mailbox(text: &str, at: usize) -> Option<Hit> {
    const LONGEST_NAME: usize = 80;
    const LONGEST_MAILBOX: usize = 254;
    let bytes = text.as_bytes();
    let mailbox = &bytes[at + 1..bytes.len().min(at + 1 + LONGEST_MAILBOX)];
    let end = mailbox
        .iter()
        .position(|byte| matches!(byte, b'>' | b'<' | b' '))?;
    let domain = mailbox[..end].iter().position(|byte| *byte == b'@')? + 1;
    if mailbox[end] != b'>' || !mailbox[domain..end].contains(&b'.') {
        return None;
    }
    let from = text.ceil_char_boundary(at.saturating_sub(LONGEST_NAME));
    let before = text.get(from..at)?;
    let start = before
        .trim_end()
        .trim_end_matches(['"', '\''])
        .rfind([',', ';', ':', '"', '\n', '>', '<'])
        .map_or(0, |ends| ends + 1);
    let name_text = before[start..].trim_matches([' ', '"', '\'']);
    let name = Name::read(name_text)?;
    let is_full = (2..=5).contains(&name.words) && (name.is_capitalised || name.is_caseless);
    if !is_full || is_company(name_text) {
        return None;
    }
    let start = from
        + start
        + (before[start..].len() - before[start..].trim_start_matches([' ', '"', '\'']).len());
    Some(Hit::new(start, start + name_text.len(), 75, 90))
}

/// The properties of a text that can be a name.
struct Name {
    words: usize,
    /// True if it is written like a name: each word with a capital, except for `van` and `de`.
    is_capitalised: bool,
    /// True if its script has no capitals.
    is_caseless: bool,
    /// A word without a capital is no `van` or `de`.
    has_small_word: bool,
}

impl Name {
    fn read(text: &str) -> Option<Self> {
        const MOST_BYTES: usize = 160;
        const MOST_WORDS: usize = 7;
        if text.len() > MOST_BYTES {
            return None;
        }
        let mut name = Self {
            words: 0,
            is_capitalised: false,
            is_caseless: true,
            has_small_word: false,
        };
        let (mut word, mut start) = (WordOfName::default(), 0);
        let mut at = 0;
        loop {
            // Most letters need no look of their own.
            let letters = eight::letters_at(text.as_bytes(), at);
            if letters > 0 {
                word.first.get_or_insert(char::from(text.as_bytes()[at]));
                at += letters;
            }
            let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else {
                break;
            };
            if matches!(character, ' ' | '　' | ',' | '^') {
                name.add(&word, &text[start..at])?;
                (word, start) = (WordOfName::default(), at + character.len_utf8());
            } else if character.is_alphabetic() {
                word.first.get_or_insert(character);
            } else {
                word.is_foreign |= !stands_in_names(character);
            }
            at += character.len_utf8();
        }
        name.add(&word, &text[start..])?;
        name.is_capitalised = name.is_caseless || (name.is_capitalised && !name.has_small_word);
        (1..=MOST_WORDS).contains(&name.words).then_some(name)
    }

    /// Adds a word that has been read. `None` if no name has such a word.
    #[inline]
    fn add(&mut self, word: &WordOfName, text: &str) -> Option<()> {
        // A dash between two names does not belong to a word.
        let Some(first) = word.first else {
            return Some(());
        };
        if word.is_foreign {
            return None;
        }
        let (is_small, is_capital) = (first.is_lowercase(), first.is_uppercase());
        self.words += 1;
        self.is_caseless &= !is_small && !is_capital;
        self.is_capitalised |= is_capital;
        self.has_small_word |= is_small && !self.has_small_word && !is_particle(text);
        Some(())
    }
}

/// The part of a word of a name that has been read.
#[derive(Default)]
struct WordOfName {
    /// Its first letter.
    first: Option<char>,
    /// It contains a character that stands in no name.
    is_foreign: bool,
}

/// Returns true for the characters other than letters that names have.
fn stands_in_names(character: char) -> bool {
    matches!(
        character,
        '-' | '\'' | '.' | '’' | '‘' | '`' | '´' | '・' | '･' | 'ー' | '\u{300}'
            ..='\u{36f}' | '\u{3099}'
    )
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "van"
            | "von"
            | "der"
            | "den"
            | "de"
            | "da"
            | "di"
            | "do"
            | "dos"
            | "das"
            | "del"
            | "della"
            | "la"
            | "le"
            | "du"
            | "des"
            | "ter"
            | "ten"
            | "te"
            | "zu"
            | "zum"
            | "zur"
            | "af"
            | "av"
            | "y"
            | "e"
            | "i"
            | "bin"
            | "ibn"
            | "al"
            | "el"
            | "lo"
            | "op"
            | "het"
            | "'t"
            | "und"
            | "och"
    )
}

/// Returns true if a word of it is a legal form, or a word for organisations and programs.
fn is_company(text: &str) -> bool {
    let is_form = |word: &str| OF_COMPANIES.has(word.trim_end_matches('.'));
    text.split([' ', ',']).any(is_form)
        || !text.is_ascii()
            && ["株式会社", "有限会社", "合同会社"]
                .iter()
                .any(|form| text.contains(form))
}

static OF_COMPANIES: WordList<101> = WordList::new([
    "github",
    "gitlab",
    "twitter",
    "facebook",
    "linkedin",
    "instagram",
    "google",
    "microsoft",
    "gmbh",
    "inc",
    "ltd",
    "llc",
    "ag",
    "kg",
    "ug",
    "ohg",
    "gbr",
    "plc",
    "corp",
    "corporation",
    "company",
    "limited",
    "sarl",
    "sas",
    "sa",
    "s.a",
    "srl",
    "s.r.l",
    "spa",
    "s.p.a",
    "bv",
    "b.v",
    "nv",
    "n.v",
    "ab",
    "oy",
    "aps",
    "as",
    "sp",
    "o.o",
    "group",
    "holding",
    "bank",
    "university",
    "shop",
    "store",
    "team",
    "department",
    "service",
    "support",
    "services",
    "app",
    "application",
    "applications",
    "portal",
    "api",
    "sdk",
    "cli",
    "console",
    "dashboard",
    "website",
    "web",
    "mobile",
    "android",
    "ios",
    "platform",
    "system",
    "systems",
    "labs",
    "studio",
    "studios",
    "solutions",
    "software",
    "technologies",
    "media",
    "agency",
    "foundation",
    "institute",
    "hospital",
    "clinic",
    "center",
    "centre",
    "school",
    "college",
    "academy",
    "council",
    "committee",
    "association",
    "society",
    "partners",
    "consulting",
    "industries",
    "international",
    "logistics",
    "insurance",
    "laboratory",
    "pharmacy",
    "healthcare",
    "office",
    "warehouse",
    "dept",
]);
