//! `BR_CPF`: Brazilian taxpayer numbers of persons (CPF).
//!
//! Why it matters: it is asked for at every purchase, and opens credit in a person's name.
//!
//! The rule: Receita Federal, two check digits modulo eleven, see `checksum::br_cpf`. In the form
//! NNN.NNN.NNN-NN it needs no name. Eleven bare digits need one.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::br_cpf;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::BrCpf,
    names: &[Names::new(
        "cpf|cpf number|cpf numero|numero cpf|numero do cpf|cadastro de pessoa fisica|\
         cadastro pessoa fisica|cpf cnpj|documento cpf|brazilian cpf|cpf titular",
    )],
    keywords: "cpf",
    finds: &[Find::Bare(0, &Find::Digits(11, 11, find))],
    field: None,
    positive: &[
        r#"{"cpf": "39053344705"}"#,
        r#"{"x": "390.533.447-05"}"#,
        r#"{"cpf": 52998224725}"#,
    ],
    negative: &[
        r#"{"x": "39053344705"}"#,
        r#"{"x": "390.533.447-06"}"#,
        r#"{"cpf": "11111111111"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[3, 3, 3, 2], &[9, 2]],
        br_cpf::is_valid,
        Alone {
            bare: 0,
            grouped: 85,
        },
    )
}
