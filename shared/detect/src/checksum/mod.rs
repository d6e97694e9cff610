//! The check digits that prove a candidate: one file per algorithm, each from its authority's own
//! definition, its published examples as tests beside it.
//!
//! Every function here takes bytes that a detector has already cut out, allocates nothing, and
//! answers yes or no in time linear in its input.

pub(crate) mod aba_routing;
pub(crate) mod au_abn;
pub(crate) mod au_medicare;
pub(crate) mod au_tfn;
pub(crate) mod aws_access_key;
pub(crate) mod base58check;
pub(crate) mod be_nrn;
pub(crate) mod bech32;
pub(crate) mod br_cnpj;
pub(crate) mod br_cpf;
pub(crate) mod ca_sin;
pub(crate) mod ch_ahv;
pub(crate) mod cl_rut;
pub(crate) mod cn_resident_id;
pub(crate) mod date;
pub(crate) mod de_id_card;
pub(crate) mod de_tax_id;
pub(crate) mod dk_cpr;
pub(crate) mod driver_license;
pub(crate) mod e164;
pub(crate) mod eip55;
pub(crate) mod es_nie;
pub(crate) mod es_nif;
pub(crate) mod fi_personal_identity_code;
pub(crate) mod fr_nir;
pub(crate) mod fr_spi;
pub(crate) mod iban;
pub(crate) mod icao9303;
pub(crate) mod imei;
pub(crate) mod in_aadhaar;
pub(crate) mod in_pan;
pub(crate) mod iso3166;
mod iso7064;
pub(crate) mod it_fiscal_code;
pub(crate) mod jp_my_number;
pub(crate) mod kr_rrn;
#[cfg(test)]
mod laws;
pub(crate) mod luhn;
pub(crate) mod mod97;
pub(crate) mod mx_curp;
pub(crate) mod nl_bsn;
pub(crate) mod no_fodselsnummer;
pub(crate) mod normalise;
pub(crate) mod nz_ird;
pub(crate) mod passport;
pub(crate) mod pl_pesel;
pub(crate) mod postal_code;
pub(crate) mod pt_nif;
pub(crate) mod se_personnummer;
pub(crate) mod sg_nric_fin;
mod shape;
pub(crate) mod swift;
pub(crate) mod th_tnin;
pub(crate) mod token_crc32;
pub(crate) mod tr_national_id;
pub(crate) mod uk_nhs;
pub(crate) mod uk_nino;
pub(crate) mod uk_sort_code;
pub(crate) mod uk_utr;
pub(crate) mod us_dea;
pub(crate) mod us_ein;
pub(crate) mod us_itin;
pub(crate) mod us_mbi;
pub(crate) mod us_npi;
pub(crate) mod us_passport;
pub(crate) mod us_ssn;
mod verhoeff;
pub(crate) mod vin;
mod weighted_sum;
pub(crate) mod za_id_number;
