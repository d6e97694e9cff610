//! Checks that prove a candidate. There is one file for each scheme, written from its authority's
//! own definition, with the authority's published examples as tests beside it.
//!
//! It stands between the detectors, which cut out candidates, and the walk, which reports them. A
//! check is `is_valid(characters) -> bool` over characters from which [`normalise`] has removed the
//! separators. The few checks in which a separator or a letter's case has a meaning say so. All of
//! them allocate nothing and take time linear in their input. Sums, shapes and the algorithms of
//! standards are shared. Weights, ranges and exceptions stand in the file that names their
//! authority. If a rule is only a convention, or two authorities disagree, the file says so.

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

/// All checks with the common signature.
#[cfg(any(test, fuzzing))]
pub(crate) const CHECKS: &[fn(&[u8]) -> bool] = &[
    aba_routing::is_valid,
    au_abn::is_valid,
    au_medicare::is_valid,
    au_tfn::is_valid,
    aws_access_key::is_valid,
    base58check::is_valid,
    be_nrn::is_valid,
    bech32::is_valid,
    br_cnpj::is_valid,
    br_cpf::is_valid,
    ca_sin::is_valid,
    ch_ahv::is_valid,
    cl_rut::is_valid,
    cn_resident_id::is_valid,
    de_id_card::is_valid,
    de_tax_id::is_valid,
    dk_cpr::is_valid,
    driver_license::is_valid,
    e164::is_valid,
    eip55::is_valid,
    es_nie::is_valid,
    es_nif::is_valid,
    fi_personal_identity_code::is_valid,
    fr_nir::is_valid,
    fr_spi::is_valid,
    iban::is_valid,
    icao9303::is_valid,
    imei::is_valid,
    in_aadhaar::is_valid,
    in_pan::is_valid,
    it_fiscal_code::is_valid,
    jp_my_number::is_valid,
    kr_rrn::is_valid,
    luhn::is_valid,
    mx_curp::is_valid,
    nl_bsn::is_valid,
    no_fodselsnummer::is_valid,
    nz_ird::is_valid,
    passport::is_valid,
    pl_pesel::is_valid,
    postal_code::is_valid,
    pt_nif::is_valid,
    se_personnummer::is_valid,
    sg_nric_fin::is_valid,
    swift::is_valid,
    th_tnin::is_valid,
    token_crc32::is_valid,
    tr_national_id::is_valid,
    uk_nhs::is_valid,
    uk_nino::is_valid,
    uk_sort_code::is_valid,
    uk_utr::is_valid,
    us_dea::is_valid,
    us_ein::is_valid,
    us_itin::is_valid,
    us_mbi::is_valid,
    us_npi::is_valid,
    us_passport::is_valid,
    us_ssn::is_valid,
    vin::is_valid,
    za_id_number::is_valid,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_check_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..96)) {
            for is_valid in CHECKS {
                is_valid(&bytes);
            }
        }

        #[test]
        fn no_check_panics_on_what_looks_right(text in "[0-9A-Z<+-]{0,48}|[0-9]{6,18}|[0-9]{8}[A-Z]") {
            for is_valid in CHECKS {
                is_valid(text.as_bytes());
            }
        }
    }
}
