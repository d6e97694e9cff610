//! `RELIGION`: religion or faith.
//!
//! Why it matters: religious beliefs are a special category under GDPR article 9.
//!
//! The rule: words in a field whose name matches.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// The name has other meanings too, so the value must be a religion.
const ANY: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Religion,
    names: &[
        Names::new(
            "religion|religious belief|religious beliefs|religious affiliation|\
         religious preference|religious denomination|konfession|religionszugehorigkeit|\
         religionszugehoerigkeit|glaubensrichtung|croyance religieuse|confession religieuse|\
         creencia religiosa|confesion religiosa|religione|fede religiosa|religiao|\
         crenca religiosa|religie|geloofsovertuiging|religia|wyznanie|trosuppfattning|\
         trossamfund|shuukyou|shukyo|宗教|信仰|\
         nabozenstvi|vyznani|uskonto|종교|宗教信仰|trosretning|religious faith|\
         religious views",
        ),
        Names::new(
            "faith|confession|denomination|belief|glaube|croyance|fe|fede|geloof|tro|\
             din",
        )
        .within(Roles::PERSON)
        .beside(Signals::PERSON),
        Names::new("faith|confession|denomination|belief|glaube|geloof|din|religious").tag(ANY),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"religion": "Buddhist"}"#,
        r#"{"Konfession": "evangelisch"}"#,
        r#"{"person": {"faith": "Jewish"}}"#,
        r#"{"宗教": "仏教"}"#,
    ],
    negative: &[
        r#"{"religion": "n/a"}"#,
        r#"{"faith": "good"}"#,
        r#"{"religion_count": "three"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_number || value.is_placeholder() || value.is_masked() || !value.is_wordy(60) {
        return None;
    }
    if value.tag == ANY && !is_religion(value) {
        return None;
    }
    value.whole(90)
}

/// Returns true if a word starts like the name of a large religion in most languages of Europe.
fn is_religion(value: &Value<'_>) -> bool {
    const STEMS: [&str; 20] = [
        "christ", "kristen", "cristian", "catho", "katho", "catol", "prot", "evang", "luther",
        "angli", "bapti", "orthod", "islam", "musl", "musulm", "jew", "jud", "hindu", "bud",
        "sikh",
    ];
    value
        .unaccented_letters(40)
        .is_some_and(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
}
