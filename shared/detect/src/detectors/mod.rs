//! The detectors: one file for each data class or small family, and the registry of all detectors.
//!
//! A detector declares the names of its fields and the candidates that it searches for in text. The
//! engine makes one pass over a leaf and offers each detector only the candidates it asked for
//! (runs of a number of digits, words of a certain length, occurrences of a byte, prefixes). If
//! several detectors find the same characters, the walk decides between them afterwards.
//!
//! To add a class, add one file here and one line in [`REGISTRY`].

use crate::class::DataClass;
use crate::field_name::{Names, Roles};
use crate::finding::Marks;
use crate::shape::{self, Shape};

/// The declaration of how one data class is found.
pub(crate) struct Detector {
    pub(crate) class: DataClass,
    /// The names of fields that hold the class.
    pub(crate) names: &'static [Names],
    /// Words that announce a value in prose but are not field names (`call`, `born on`).
    pub(crate) keywords: &'static str,
    /// The candidates to search for in text.
    pub(crate) finds: &'static [Find],
    /// Returns a hit if a whole leaf fits a field of a matching name, for values that no [`Find`]
    /// proves.
    pub(crate) field: Option<fn(&Value<'_>) -> Option<Hit>>,
    /// JSON documents in which the class is found.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are run by the tests"))]
    pub(crate) positive: &'static [&'static str],
    /// JSON documents in which the class is not found.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are run by the tests"))]
    pub(crate) negative: &'static [&'static str],
}

/// A candidate that a detector asks for.
pub(crate) enum Find {
    /// Each occurrence of one of these bytes.
    Byte(&'static [u8], fn(&str, usize) -> Option<Hit>),
    /// Each occurrence of one of these bytes that is repeated this many bytes later.
    Repeated(&'static [u8], usize, fn(&str, usize) -> Option<Hit>),
    /// Runs of digits, grouped or not, with a number of digits between these two.
    Digits(u8, u8, fn(&Digits<'_>) -> Option<Hit>),
    /// This number of groups of digits, with any digits.
    Groups(u8, fn(&Digits<'_>) -> Option<Hit>),
    /// Unbroken runs of ASCII letters and digits, with both kinds in them, and a length between
    /// these two. Also up to four letters that digits follow after a separator.
    Word(u8, u8, fn(&str, usize, usize) -> Option<Hit>),
    /// Words as above that start with this pattern: `A` is a letter, `9` a digit, `*` either.
    Code(&'static str, u8, u8, fn(&str, usize, usize) -> Option<Hit>),
    /// Words of this number of capitals and nothing else, or of this number of letters if nothing
    /// else stands in the text.
    Letters(u8, fn(&str, usize, usize) -> Option<Hit>),
    /// Words that start with one of these prefixes.
    Prefix(&'static [&'static str], fn(&str, usize) -> Option<Hit>),
    /// A candidate that needs a name or a keyword ([`Hit::confidence_bare`] is zero). If it is a
    /// whole leaf, the detector is only asked if the leaf's field has the name.
    Announced(&'static Find),
    /// Digits with at most this confidence without a name or a keyword if they are unbroken. If
    /// they are a whole leaf, the detector is asked as above.
    Bare(u8, &'static Find),
}

impl Find {
    /// The [kinds of bytes](crate::shape) of which a text has at least one if it has a candidate.
    pub(crate) fn kinds(&self) -> u32 {
        let all = |bytes: &[u8]| {
            let kinds = bytes.iter().map(|byte| shape::kind_of(*byte));
            kinds.fold(0, |all, kind| all | kind)
        };
        match self {
            Self::Byte(bytes, _) | Self::Repeated(bytes, ..) => all(bytes),
            Self::Digits(..) | Self::Groups(..) | Self::Word(..) | Self::Code(..) => shape::DIGIT,
            Self::Letters(..) => shape::UPPER | shape::LOWER,
            Self::Prefix(prefixes, _) => prefixes
                .iter()
                .fold(0, |kinds, prefix| kinds | all(prefix.as_bytes())),
            Self::Announced(find) | Self::Bare(_, find) => find.kinds(),
        }
    }
}

/// A value that may belong to a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The start and end as byte offsets in the leaf's text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The confidence of the detector without a field name or keyword, in percent.
    pub(crate) confidence_bare: u8,
    /// The confidence of the detector with a field name or keyword, in percent.
    pub(crate) confidence_named: u8,
    pub(crate) marks: Marks,
}

impl Hit {
    pub(crate) const fn new(
        start: usize,
        end: usize,
        confidence_bare: u8,
        confidence_named: u8,
    ) -> Self {
        Self {
            start,
            end,
            confidence_bare,
            confidence_named,
            marks: Marks::NONE,
        }
    }

    pub(crate) const fn marked(self, marks: Marks) -> Self {
        Self { marks, ..self }
    }
}

/// A whole leaf under a name that a detector declared.
pub(crate) struct Value<'t> {
    /// The leaf's text without space around it, or the number as written.
    pub(crate) text: &'t str,
    pub(crate) shape: Shape,
    pub(crate) is_number: bool,
    /// The tag of the name that matched.
    pub(crate) tag: u8,
    /// The roles that the name and its parents give the owner.
    pub(crate) roles: Roles,
}

#[expect(clippy::struct_field_names, reason = "the digits of the digits")]
/// Digits with single separators between their groups, cut out of a text.
pub(crate) struct Digits<'t> {
    pub(crate) text: &'t str,
    /// The byte offsets of the first digit and of the end of the last.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The digits alone, in ASCII.
    pub(crate) digits: &'t [u8],
    /// The number of digits in each group.
    pub(crate) groups: &'t [u8],
    /// The first byte of each separator, one fewer than groups.
    pub(crate) separators: &'t [u8],
    /// True if a letter, digit or underscore touches it, so that it is a part of something longer.
    pub(crate) is_glued: bool,
    /// True if punctuation ties it to something: `ord-4111…`, `/users/4111…`, `$4111…`.
    pub(crate) is_linked: bool,
}

impl Digits<'_> {
    pub(crate) const fn is_free(&self) -> bool {
        !self.is_glued && !self.is_linked
    }

    /// Returns true if all separators are `separator`.
    pub(crate) fn is_separated_by(&self, separator: u8) -> bool {
        self.separators.iter().all(|&s| s == separator)
    }

    /// Returns true if nothing else stands in the text, so that it is not a part of a longer row or
    /// sentence.
    pub(crate) const fn is_whole(&self) -> bool {
        self.start == 0 && self.end == self.text.len()
    }

    /// Returns true if all separators are the same usual one: a space or a dash.
    pub(crate) fn is_evenly_separated(&self) -> bool {
        self.is_separated_by(b' ') || self.is_separated_by(b'-')
    }

    /// Returns the bytes from the first digit to the last.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text.as_bytes()[self.start..self.end]
    }

    pub(crate) const fn hit(&self, confidence_bare: u8, confidence_named: u8) -> Hit {
        Hit::new(self.start, self.end, confidence_bare, confidence_named)
    }

    /// Returns true if every digit is the same, as in placeholders.
    pub(crate) fn is_uniform(&self) -> bool {
        self.digits.iter().all(|&digit| digit == self.digits[0])
    }
}

mod aba_routing;
mod age;
mod api_token;
mod au_abn;
mod au_medicare;
mod au_tfn;
mod auth_header;
mod aws_access_key;
mod aws_secret_key;
mod be_nrn;
mod biometric;
mod br_cnpj;
mod br_cpf;
mod ca_sin;
mod card_expiration;
mod card_security_code;
mod ch_ahv;
mod city;
mod cl_rut;
mod cn_resident_id;
mod cookie_id;
mod credit_card;
mod crypto;
mod customer_id;
pub(crate) mod date_of_birth;
mod de_id_card;
mod de_tax_id;
mod device_id;
mod dk_cpr;
mod driver_license;
mod email_address;
mod es_nie;
mod es_nif;
mod fi_personal_identity_code;
mod fr_nir;
mod fr_spi;
mod gender;
mod geo_coordinates;
mod grouping;
mod health_condition;
mod iban_code;
mod imei;
mod in_aadhaar;
mod in_pan;
mod ip_address;
mod it_fiscal_code;
mod job_title;
mod jp_my_number;
mod jwt;
mod kr_rrn;
mod license_plate;
mod mac_address;
mod marital_status;
mod medical_record_number;
mod mx_curp;
mod national_id;
mod nationality;
mod nl_bsn;
mod no_fodselsnummer;
mod nz_ird;
mod passport;
mod password;
mod person_name;
mod phone_number;
mod pl_pesel;
mod political_opinion;
mod postal_code;
mod private_key;
mod pt_nif;
mod religion;
mod salary;
mod se_personnummer;
mod secret;
mod sexual_orientation;
mod sg_nric_fin;
mod street_address;
mod swift_code;
mod th_tnin;
mod tr_national_id;
mod uk_bank_account;
mod uk_nhs;
mod uk_nino;
mod uk_utr;
mod us_bank_number;
mod us_dea;
mod us_ein;
mod us_health_insurance_member_id;
mod us_itin;
mod us_mbi;
mod us_npi;
mod us_passport;
mod us_ssn;
mod username;
mod value;
mod vin;
mod za_id_number;

/// Every detector. If two find the same characters with the same confidence, the earlier one wins.
pub(crate) static REGISTRY: &[&Detector] = &[
    &email_address::DETECTOR,
    &private_key::DETECTOR,
    &jwt::DETECTOR,
    &aws_access_key::DETECTOR,
    &api_token::DETECTOR,
    &iban_code::DETECTOR,
    &credit_card::DETECTOR,
    &us_ssn::DETECTOR,
    &uk_nino::DETECTOR,
    &ip_address::DETECTOR,
    &mac_address::DETECTOR,
    &phone_number::DETECTOR,
    &swift_code::DETECTOR,
    &date_of_birth::DETECTOR,
    &card_expiration::DETECTOR,
    &card_security_code::DETECTOR,
    &password::DETECTOR,
    &person_name::DETECTOR,
    &street_address::DETECTOR,
    &city::DETECTOR,
    &postal_code::DETECTOR,
    &gender::DETECTOR,
    &geo_coordinates::DETECTOR,
    &username::DETECTOR,
    &customer_id::DETECTOR,
    &us_itin::DETECTOR,
    &us_ein::DETECTOR,
    &us_npi::DETECTOR,
    &us_dea::DETECTOR,
    &us_mbi::DETECTOR,
    &us_passport::DETECTOR,
    &passport::DETECTOR,
    &driver_license::DETECTOR,
    &uk_nhs::DETECTOR,
    &uk_utr::DETECTOR,
    &ca_sin::DETECTOR,
    &au_tfn::DETECTOR,
    &au_medicare::DETECTOR,
    &au_abn::DETECTOR,
    &nz_ird::DETECTOR,
    &de_tax_id::DETECTOR,
    &de_id_card::DETECTOR,
    &fr_nir::DETECTOR,
    &fr_spi::DETECTOR,
    &es_nif::DETECTOR,
    &es_nie::DETECTOR,
    &it_fiscal_code::DETECTOR,
    &nl_bsn::DETECTOR,
    &be_nrn::DETECTOR,
    &pl_pesel::DETECTOR,
    &pt_nif::DETECTOR,
    &se_personnummer::DETECTOR,
    &dk_cpr::DETECTOR,
    &no_fodselsnummer::DETECTOR,
    &fi_personal_identity_code::DETECTOR,
    &ch_ahv::DETECTOR,
    &tr_national_id::DETECTOR,
    &in_aadhaar::DETECTOR,
    &in_pan::DETECTOR,
    &br_cpf::DETECTOR,
    &br_cnpj::DETECTOR,
    &mx_curp::DETECTOR,
    &cl_rut::DETECTOR,
    &za_id_number::DETECTOR,
    &sg_nric_fin::DETECTOR,
    &kr_rrn::DETECTOR,
    &jp_my_number::DETECTOR,
    &cn_resident_id::DETECTOR,
    &th_tnin::DETECTOR,
    &national_id::DETECTOR,
    &aba_routing::DETECTOR,
    &us_bank_number::DETECTOR,
    &uk_bank_account::DETECTOR,
    &crypto::DETECTOR,
    &age::DETECTOR,
    &nationality::DETECTOR,
    &religion::DETECTOR,
    &political_opinion::DETECTOR,
    &sexual_orientation::DETECTOR,
    &marital_status::DETECTOR,
    &health_condition::DETECTOR,
    &medical_record_number::DETECTOR,
    &us_health_insurance_member_id::DETECTOR,
    &salary::DETECTOR,
    &job_title::DETECTOR,
    &imei::DETECTOR,
    &device_id::DETECTOR,
    &cookie_id::DETECTOR,
    &vin::DETECTOR,
    &license_plate::DETECTOR,
    &biometric::DETECTOR,
    &aws_secret_key::DETECTOR,
    &auth_header::DETECTOR,
    &secret::DETECTOR,
];

#[cfg(test)]
mod tests;
