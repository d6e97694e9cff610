//! `NATIONAL_ID`: national identity numbers of countries without a class.
//!
//! Why it matters: in any country it identifies a person in the state's files.
//!
//! The rule: letters and digits of the usual length in a field whose name matches. The same names
//! enable the classes of all countries first, and their checks decide. The values that none of them
//! accepts belong to this class.

use super::{Detector, Hit, Value};
use crate::checksum::normalise::normalise;
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// The name says identity number in general. A number that no country's rule accepts still counts.
const GENERAL: u8 = 0;
/// Programs use the name too, so only values that prove themselves count.
const VAGUE: u8 = 1;
/// The name says tax number, which a company has as well as a person.
const TAX: u8 = 2;
/// The name says one country's number, but the value is not one: it is mistyped, or another
/// country's.
const LOCAL: u8 = 3;
/// The name says the number of a country that has no class.
const ELSEWHERE: u8 = 4;

/// Every class that a national identity number can belong to.
const NATIONAL: &[DataClass] = &[
    DataClass::UsSsn,
    DataClass::UsItin,
    DataClass::UkNino,
    DataClass::CaSin,
    DataClass::DeTaxId,
    DataClass::DeIdCard,
    DataClass::FrNir,
    DataClass::EsNif,
    DataClass::EsNie,
    DataClass::ItFiscalCode,
    DataClass::NlBsn,
    DataClass::BeNrn,
    DataClass::PlPesel,
    DataClass::PtNif,
    DataClass::SePersonnummer,
    DataClass::NoFodselsnummer,
    DataClass::FiPersonalIdentityCode,
    DataClass::ChAhv,
    DataClass::TrNationalId,
    DataClass::InAadhaar,
    DataClass::InPan,
    DataClass::BrCpf,
    DataClass::MxCurp,
    DataClass::ClRut,
    DataClass::ZaIdNumber,
    DataClass::SgNricFin,
    DataClass::KrRrn,
    DataClass::JpMyNumber,
    DataClass::CnResidentId,
    DataClass::ThTnin,
];

/// The classes with a check that is strong enough for any number with the name of an id.
const STRONG: &[DataClass] = &[
    DataClass::FrNir,
    DataClass::EsNif,
    DataClass::EsNie,
    DataClass::ItFiscalCode,
    DataClass::BeNrn,
    DataClass::PlPesel,
    DataClass::NoFodselsnummer,
    DataClass::FiPersonalIdentityCode,
    DataClass::ChAhv,
    DataClass::BrCpf,
    DataClass::MxCurp,
    DataClass::ZaIdNumber,
    DataClass::SgNricFin,
    DataClass::CnResidentId,
    DataClass::InPan,
    DataClass::UkNino,
];

/// The classes whose arrangement of letters and digits hardly any other id has.
const WRITTEN_UNLIKE_OTHERS: &[DataClass] = &[
    DataClass::EsNif,
    DataClass::EsNie,
    DataClass::ItFiscalCode,
    DataClass::FiPersonalIdentityCode,
    DataClass::MxCurp,
    DataClass::SgNricFin,
    DataClass::InPan,
    DataClass::UkNino,
];

/// The classes that a tax office issues, to persons and to companies.
const TAXES: &[DataClass] = &[
    DataClass::UsItin,
    DataClass::UsEin,
    DataClass::UkUtr,
    DataClass::UkNino,
    DataClass::CaSin,
    DataClass::AuTfn,
    DataClass::AuAbn,
    DataClass::NzIrd,
    DataClass::DeTaxId,
    DataClass::FrSpi,
    DataClass::EsNif,
    DataClass::EsNie,
    DataClass::ItFiscalCode,
    DataClass::NlBsn,
    DataClass::PlPesel,
    DataClass::PtNif,
    DataClass::InPan,
    DataClass::BrCpf,
    DataClass::BrCnpj,
    DataClass::ClRut,
    DataClass::ThTnin,
    DataClass::BeNrn,
    DataClass::SePersonnummer,
    DataClass::NoFodselsnummer,
    DataClass::FiPersonalIdentityCode,
    DataClass::ChAhv,
    DataClass::TrNationalId,
    DataClass::KrRrn,
    DataClass::CnResidentId,
];

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::NationalId,
    names: &[
        Names::new("national id|national id number|national id no|national identification|\
         national identification number|national identity number|national identity|\
         national identifier|national number|government id|government id number|\
         government issued id|govt id|gov id|state id|state id number|citizen id|\
         citizen number|citizenship number|identity card|identity card number|id card|\
         id card number|idcard|identity number|identity document|identity document number|\
         personal identification number|personal identity number|personal identity code|\
         personal id|personal id number|personal identifier|civil id|\
         civil registration number|social insurance id|social id|nationale id|\
         nationale identifikationsnummer|identitatsnummer|identitaetsnummer|\
         personenkennziffer|sozialversicherungsnummer|versicherungsnummer sozial|\
         rentenversicherungsnummer|numero identite|numero d identite|numero carte identite|\
         carte d identite|carte identite|carte nationale d identite|cni|piece identite|\
         piece d identite|identifiant national|cedula|cedula de ciudadania|\
         cedula de identidad|numero de cedula|documento de identidad|documento identidad|\
         numero de identidad|numero documento identidad|numero de identificacion|\
         carta d identita|carta identita|numero carta identita|documento di identita|\
         bilhete de identidade|cartao de cidadao|numero cartao cidadao|\
         documento de identificacao|rg|numero rg|registro geral|identiteitskaart|\
         identiteitsnummer|identiteitskaartnummer|identiteitsbewijs|dowod osobisty|\
         numer dowodu|nr dowodu|numer dowodu osobistego|seria i numer dowodu|\
         numer identyfikacyjny|legitimation|legitimationsnummer|id kort|id kortsnummer|\
         mibun shoumeisho|mibunshou bangou|身分証番号|身分証明書番号|\
         nin|nin number|national registration number|identification document number|tc kimlik|\
         rodne cislo|cislo obcanskeho prukazu|cislo op|kimlik no|\
         numero carta d identita|ausweis id|citizen card number|voter id|\
         voter id number|ration card number|numero cedula|\
         numero de documento de identidad").tag(GENERAL).also(NATIONAL).gives(Signals::PERSON),
        Names::new("id number|id no|identification number|identification no|identification|\
         document number|document id|id document|id document number|ident number|\
         numero identificacion|numero documento|numero de documento|documento|\
         numero identificativo").tag(VAGUE).also(STRONG),
        Names::new("identifier|identifiers|identificador|identifiant|identificatore|identifikator|kennung")
            .tag(VAGUE)
            .also(WRITTEN_UNLIKE_OTHERS),
        Names::new("id number|id no|identification number|identification no|identification|\
         document number|document id|id document|id document number|ident number|\
         numero identificacion|numero documento|numero de documento|documento|\
         numero identificativo").tag(GENERAL).within(Roles::PERSON_ITSELF).also(NATIONAL),
        Names::new("tax id|tax id number|tax number|tax no|tax identification number|tax identification|\
         tax identifier|tax payer id|taxpayer id|taxpayer number|\
         taxpayer identification number|taxpayer identification|tax reference|\
         tax reference number|tin|tin number|fiscal id|fiscal number|fiscal code|\
         steuernummer|numero fiscal|identifiant fiscal|numero de identificacion fiscal|\
         numero de identificacion tributaria|codigo fiscal|numero identificazione fiscale|\
         numero de identificacao fiscal|fiscaal nummer|numer identyfikacji podatkowej|\
         numer podatkowy|skattenummer|nouzei bangou|納税者番号").tag(TAX).also(TAXES),
        Names::new("pesel|bsn|burgerservicenummer|aadhaar|aadhaar number|aadhar|cpf|curp|dni|\
         numero de dni|codice fiscale|personnummer|samordningsnummer|fodselsnummer|\
         henkilotunnus|hetu|cpr nummer|rijksregisternummer|niss|steuer id|\
         steueridentifikationsnummer|steuer identifikationsnummer|personalausweis|\
         personalausweisnummer|ausweisnummer|numero de securite sociale|\
         numero securite sociale|nric|nric fin|tckn|tc kimlik no|mynumber|my number|nino|\
         national insurance number|social insurance number|tax file number|ahv nummer|\
         numero avs|resident registration number|マイナンバー|個人番号|身份证号|身份证|주민등록번호").tag(LOCAL).gives(Signals::PERSON),
        // In the order of the countries' names: Argentina, Baltic states, Bulgaria, Croatia,
        // Czechia, Ghana, Greece, Hong Kong, Hungary, Iceland, Indonesia, Ireland, Israel, Kenya,
        // Malaysia, Nigeria, Pakistan, Philippines, Romania, Russia, Serbia, Slovenia, Taiwan,
        // Ukraine, the Emirates, Vietnam.
        Names::new("cuil|isikukood|ik kood|asmens kodas|personas kods|personaskods|egn|oib|\
         osobni identifikacijski broj|rodne cislo|ghana card|ghana card number|amka|hkid|hkid number|\
         szemelyi szam|szemelyi azonosito|szemelyi igazolvany szam|taj szam|tajszam|szemelyiszam|\
         kennitala|nik|nomor ktp|no ktp|ppsn|pps number|pps no|teudat zehut|mispar zehut|huduma number|\
         kra pin|mykad|mykad number|nric number|bvn|bank verification number|cnic|cnic number|nicop|\
         philsys number|umid|sss number|cnp|cod numeric personal|snils|jmbg|umcn|maticni broj|\
         jedinstveni maticni broj|emso|ipn|rnokpp|emirates id|emirates id number|cccd|cmnd|\
         снилс|егн|јмбг|иин|תעודת זהות|身分證字號|身份證字號")
            .tag(ELSEWHERE)
            .text()
            .gives(Signals::PERSON),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"national_id": "CM90034567AB"}"#,
        r#"{"person": {"id_number": "34-990-221-7"}}"#,
        r#"{"dni": "30111222"}"#,
        r#"{"cedula": 1017234567}"#,
        r#"{"pesel": "44051401358"}"#,
        r#"{"身分証番号": "A123456789"}"#,
        r#"{"oib": "94577403194"}"#,
        r#"{"asmens_kodas": "38001085718"}"#,
        r#"{"personasKods": "161175-19997"}"#,
        r#"{"szemelyi_szam": "1-750402-1231"}"#,
        r#"{"cnic": "37405-1234567-9"}"#,
        r#"{"ppsn": "1234567FA"}"#,
        r#"{"ЕГН": "7523169263"}"#,
    ],
    negative: &[
        r#"{"national_id": "none"}"#,
        r#"{"id_number": "34990221"}"#,
        r#"{"national_id_type": "12345678"}"#,
        r#"{"tax_id": "12345678"}"#,
        r#"{"national_id": "111111111"}"#,
        r#"{"document_number": "INV-20391"}"#,
        r#"{"national_id": "39053344705"}"#,
        r#"{"nik": "Nikolaus"}"#,
        r#"{"egn": "energy-7"}"#,
        r#"{"cnp_status": "1800101221144"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let is_of_a_person = value.roles.has(Roles::PERSON);
    let confidence = match value.tag {
        GENERAL => 62,
        TAX if is_of_a_person => 58,
        LOCAL => 55,
        ELSEWHERE => 85,
        _ => return None,
    };
    let characters = normalise(value.text)?;
    let digits = characters
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .count();
    let is_uniform = characters.windows(2).all(|pair| pair[0] == pair[1]);
    let is_number = (6..=20).contains(&characters.len())
        && digits >= 5
        && characters.iter().all(u8::is_ascii_alphanumeric);
    if !is_number || is_uniform || value.is_masked() || value.is_dated() {
        return None;
    }
    value.whole(confidence)
}
