//! `CUSTOMER_ID`: ids of customers, users, subscribers, employees: a person's number in a system.
//!
//! Why it matters: it is pseudonymous data (GDPR recital 26): anyone with the table can find the
//! person.
//!
//! The rule: a field whose name matches, or an `id` directly inside a person, with a value that can
//! be an id: one word, with a digit in it or as long as an id.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// The name says the id of a person.
const NAMED: u8 = 0;
/// An `id` inside a person.
const INSIDE: u8 = 1;
/// A number inside a person. If it is as short as a house number, it is one.
const NUMBER: u8 = 3;
/// The name is the person's, and the value is an id (`"customer": "cus_4fd…"`).
const PERSON: u8 = 2;
/// A client: of a shop, or an application of OAuth (RFC 6749, section 2.2).
const CLIENT: u8 = 4;
/// The `id` itself of a person, which may be a word.
const ID: u8 = 6;
/// A reference that includes the type of its target: `Patient/7`.
const REFERENCE: u8 = 5;

/// A security identifier of Windows. Other programs use the name for other ids.
const SID: u8 = 7;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CustomerId,
    names: &[
        Names::new(
            "customer id|customer number|customer no|customer num|customer nr|customer ref|customer reference|customer uuid|\
             customer code|customer key|cust id|custid|cust no|user id|userid|user uuid|user guid|user number|user no|\
             user ref|user key|user identifier|customer identifier|subscriber id|subscriber number|member id|member number|\
             member no|membership number|membership id|loyalty number|loyalty no|loyalty id|membership no|shopper reference|shopper ref|buyer reference|\
             buyer ref|member reference|member ref|employee reference|guest reference|employee id|employee number|\
             employee no|emp id|empid|staff id|staff number|personnel number|worker id|person id|person number|person uuid|\
             individual id|profile id|contact id|guest id|buyer id|purchaser id|shopper id|passenger id|student id|student number|\
             driver id|rider id|player id|recipient id|patient identifier|account holder id|\
             crm id|external customer id|end user id|actor id|author id|assignee id|reporter id|beneficiary id|payer id|payee id|\
             kunden nr|kundennr|kundennummer|kunden nummer|kunden id|kundenid|kunden kennung|benutzer id|nutzer id|mitglieds nummer|\
             mitgliedsnummer|mitglieds id|personalnummer|mitarbeiter id|mitarbeiternummer|personal nr|\
             numero client|numero de client|id client|code client|identifiant client|reference client|id utilisateur|\
             identifiant utilisateur|numero adherent|matricule|numero abonne|\
             id cliente|numero cliente|numero de cliente|codigo cliente|codigo de cliente|id usuario|id de usuario|\
             numero de socio|numero socio|id empleado|numero de empleado|\
             codice cliente|id utente|codice utente|numero tessera|id dipendente|\
             codigo do cliente|id do cliente|numero do cliente|id do usuario|id utilizador|\
             klantnummer|klant nr|klant id|klantnr|gebruikers id|gebruiker id|lidnummer|personeelsnummer|\
             numer klienta|id klienta|nr klienta|kod klienta|id uzytkownika|identyfikator klienta|\
             kundnummer|kund id|kundnr|anvandar id|anvandarid|medlemsnummer|anstallningsnummer|\
             kokyaku bangou|kokyaku id|kaiin bangou|kaiin id|yuuza id|yuza id|riyousha id|\
             顧客番号|顧客id|お客様番号|お客様id|会員番号|会員id|ユーザーid|利用者id|社員番号|従業員番号|\
             client uuid|client identifier|account holder ref|loyalty card number|\
             loyalty member id|loyalty card id|frequent flyer number|frequent flyer id|ffn|\
             rewards number|rewards id|traveler id|traveller id|applicant id|donor id|attendee id|\
             tenant user id|person ref|contact uuid|personid|customerref|kundenkonto|kunden uuid|\
             versicherungsnehmer id|numero employe|numero salarie|id salarie|id employe|\
             codigo usuario|codigo empleado|numero empleado|id persona|matricola|id pessoa|\
             codigo funcionario|matricula funcionario|id funcionario|klant uuid|medewerker id|\
             medewerkernummer|medewerker nr|numer pracownika|id pracownika|nr pracownika|\
             anstallnings id|anstallnings nr|medlems id|medlemsnr|musteri no|musteri id|\
             musteri numarasi|kullanici id|uye no|calisan no|cislo zakaznika|id zakaznika|\
             zakaznicke cislo|id uzivatele|osobni cislo|kundenummer|kunde id|kundenr|\
             medarbejdernummer|medarbejder id|bruker id|bruger id|ansattnummer|ansatt id|\
             asiakasnumero|asiakastunnus|kayttaja id|henkilonumero|고객번호|고객id|회원번호|회원id|사용자id|사번|\
             客户编号|客户号|客户id|用户id|用户编号|会员号|会员id|员工编号|工号|会员编号",
        )
        .tag(NAMED)
        .of_persons(),
        Names::new("user sid|subject user sid|target user sid|member sid|account sid").tag(SID),
        Names::new("id|ids|uuid|uuids|guid|guids|identifier")
            .tag(ID)
            .within(Roles::PERSON_ITSELF),
        Names::new("commit user|commit user id|done by id").tag(NAMED),
        Names::new("external id|externalid|key|ref|kennung|sub|code|account id|matricula")
            .tag(INSIDE)
            .within(Roles::PERSON_ITSELF),
        // Kubernetes, DICOM and OCSF give one to everything.
        Names::new("uid")
            .tag(INSIDE)
            .within(Roles::USER)
            .beside(Signals::PERSON),
        Names::new("reference|ref").tag(REFERENCE),
        Names::new("number|no|nr|num|nummer|numero|numer|番号|cislo|번호|编号")
            .tag(NUMBER)
            .within(Roles::PERSON_ITSELF),
        Names::new("client id|account id|client number|client ref|client code|customer account|sub|cid")
            .tag(CLIENT)
            .beside(Signals::PERSON),
        Names::new("customer|user|subscriber|member|buyer|employee|kunde|benutzer|client|utilisateur|cliente|usuario|utente|klant|gebruiker|klient|uzytkownik|kund|anvandare|done by|\
             patient|passenger|driver|guest|student|payer|payee|assignee|reporter|requester|approver|reviewer|\
             submitter|beneficiary|insured|policyholder|cardholder|applicant|borrower|attendee|participant")
            .tag(PERSON)
            .unqualified(),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"customerId": "C-10293"}"#,
        r#"{"Kundennummer": 4711234}"#,
        r#"{"customer": {"id": "123e4567-e89b-12d3-a456-426614174000"}}"#,
        r#"{"customer": "cus_P1gc6oB7WZ01zg"}"#,
        r#"{"顧客番号": "A12345"}"#,
        r#"{"user": {"id": 42}}"#,
        r#"{"subscriber": {"reference": "Patient/5"}}"#,
        r#"{"item": {"reference": "https://fhir.shop.dev/Practitioner/12/_history/2"}}"#,
        r#"{"user": {"uid": "u-7712"}}"#,
        r#"{"deleted_user_id": "user_01DEF"}"#,
        r#"{"updatedByUserId": "u-4711"}"#,
        r#"{"LastModifiedById": "0058d000001XyZwAAK"}"#,
        r#"{"collaborator_ids": [35334, 35335]}"#,
        r#"{"closed_by": "u-471100"}"#,
        r#"{"created_by_id": "u-448"}"#,
        r#"{"commitUser": "0055e000003abcdAAA"}"#,
        r#"{"subscription": {"id": "sub_1", "customer": "cus_NffrFeUfNVHibQ"}}"#,
        r#"{"patient": "Patient/p771"}"#,
        r#"{"invoice": {"payer": "cus_NffrFeUfNV2Hib"}}"#,
        r#"{"contact": {"user_id": 222}}"#,
        r#"{"UserSid": "S-1-5-21-1177238915-843925142-602162358-1104"}"#,
    ],
    negative: &[
        r#"{"order": {"id": "A12345"}}"#,
        r#"{"customerId": "null"}"#,
        r#"{"customer": "gold"}"#,
        r#"{"customer_id_type": "A1234"}"#,
        r#"{"user": {"settings": {"id": 42}}}"#,
        r#"{"customer": {"order": {"id": 42}}}"#,
        r#"{"user": "root"}"#,
        r#"{"userIdentity": {"type": "IAMUser", "accountId": "210987654321"}}"#,
        r#"{"attributes": {"SenderId": "210987654321"}}"#,
        r#"{"metadata": {"uid": "3e5f7a91-0b2c-4d6e-9f80-a1b2c3d4e5f6"}}"#,
        r#"{"owner": {"reference": "Organization/o8"}}"#,
        r#"{"client_id": "mT4xQ8zLr1VbN6kPw0YsHc7DgJ2uAe5F", "email": "jane@shop.dev"}"#,
        r#"{"delivery_id": "QkX7mNw2ZtLp9RvB4sYcHd1G"}"#,
        r#"{"return_shipping_fees": [{"id": 883120077451290}]}"#,
        r#"{"user": {"sid": "S-1-5-18"}}"#,
        r#"{"AccountSid": "AC0f1e2d3c4b5a69788796a5b4c3d2e1f0"}"#,
        r#"{"team_ids": [35334, 35335]}"#,
        r#"{"customer": "premium_subscription"}"#,
        r#"{"startedBy": "ecs-svc/1234567890123456789"}"#,
        r#"{"ownerReferences": [{"kind": "ReplicaSet", "uid": "4f6a8b02-1c3d-4e5f-8a9b-b2c3d4e5f607"}]}"#,
    ],
};

/// Returns true if `text` refers to a person by type and id (`Patient/7`,
/// `https://…/Practitioner/12`). Returns `None` if it names no type.
fn refers_to_person(text: &str) -> Option<bool> {
    const PERSONS: [&str; 12] = [
        "patient",
        "practitioner",
        "practitionerrole",
        "relatedperson",
        "person",
        "user",
        "customer",
        "member",
        "employee",
        "contact",
        "subscriber",
        "student",
    ];
    let path = text.split_once("/_history/").map_or(text, |(path, _)| path);
    let (before, id) = path.rsplit_once('/')?;
    let (_, kind) = before.rsplit_once('/').unwrap_or(("", before));
    let is_type = kind.starts_with(|c: char| c.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
        && kind.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_person = PERSONS
        .iter()
        .any(|person| person.eq_ignore_ascii_case(kind));
    (is_type || is_person && before.len() == kind.len()).then_some(is_person && !id.is_empty())
}

/// Returns true for an id of something else in the place of a person's id: an AWS account (twelve
/// digits), an application of OAuth (one long word of letters and digits), an object of DICOM or
/// ASN.1, a security identifier that every Windows has.
fn is_of_no_person(value: &Value<'_>) -> bool {
    const AWS_ACCOUNT: usize = 12;
    const SHORTEST_CLIENT: usize = 16;
    let text = value.text;
    let is_account =
        value.tag != NAMED && text.len() == AWS_ACCOUNT && value.shape.is_only(crate::shape::DIGIT);
    let is_application = value.tag == CLIENT
        && text.len() >= SHORTEST_CLIENT
        && value.shape.digits > 0
        && (text.ends_with(".apps.googleusercontent.com")
            || text.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && text.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let is_oid = text.starts_with("urn:oid:")
        || value.shape.is_only(crate::shape::DIGIT | crate::shape::DOT)
            && text.split('.').count() > 3;
    let is_well_known =
        text.starts_with("S-1-") && !text.starts_with("S-1-5-21-") && !text.starts_with("S-1-12-");
    is_account || is_application || is_oid || is_well_known
}

/// Recognises `cus_NffrFeUfNV2Hib`: a short prefix and random letters of both cases.
fn is_prefixed_id(text: &str) -> bool {
    const SHORTEST: usize = 10;
    let Some((prefix, random)) = text.split_once('_') else {
        return false;
    };
    (2..=8).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_lowercase())
        && random.len() >= SHORTEST
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && random.bytes().any(|byte| byte.is_ascii_lowercase())
        && random.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
}

fn fits(value: &Value<'_>) -> Option<Hit> {
    const SHORTEST_NUMBER: usize = 5;
    let text = value.text;
    let is_word = (1..=128).contains(&text.len())
        && text.bytes().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(
                    b,
                    b'-' | b'_' | b':' | b'.' | b'|' | b'/' | b'#' | b'=' | b'@' | b'+'
                )
        });
    if is_word
        && value.shape.has(crate::shape::SLASH)
        && let Some(is_person) = refers_to_person(text)
    {
        return if is_person { value.whole(80) } else { None };
    }
    if !is_word
        || value.is_placeholder()
        || value.is_reference()
        || value.is_masked() && !value.is_number
        || value.is_dated()
    {
        return None;
    }
    if value.tag == REFERENCE || is_of_no_person(value) {
        return None;
    }
    if value.tag == NUMBER && text.len() < SHORTEST_NUMBER {
        return None;
    }
    if value.is_number {
        let is_whole = value.shape.is_only(crate::shape::DIGIT);
        return if is_whole && value.tag != PERSON && text != "0" {
            value.whole(85)
        } else {
            None
        };
    }
    // An AWS principal is as often a role or a machine as a person.
    let is_principal = text.len() >= 21
        && ["AROA", "AIDA", "ANPA"]
            .iter()
            .any(|prefix| text.starts_with(prefix));
    if is_principal {
        return None;
    }
    let has_digit = value.shape.digits > 0;
    match value.tag {
        SID if text.starts_with("S-1-") => value.whole(85),
        NAMED | CLIENT if has_digit || text.len() >= 6 => value.whole(85),
        ID if has_digit || text.len() >= 6 => value.whole(80),
        INSIDE | NUMBER if has_digit || text.len() >= 16 => value.whole(80),
        PERSON
            if text.len() >= 6
                && !value.shape.has(crate::shape::SLASH)
                && (value.shape.digits >= 2 || is_prefixed_id(text)) =>
        {
            value.whole(65)
        }
        _ => None,
    }
}
