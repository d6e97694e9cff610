//! `RELIGION`: religion or faith.
//!
//! Why it matters: religious beliefs are of the special categories of GDPR article 9.
//!
//! The rule: words in a field that is called so.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Religion,
    names: &[
        Names::new(
            "religion|religious belief|religious beliefs|religious affiliation|\
         religious preference|religious denomination|konfession|religionszugehorigkeit|\
         religionszugehoerigkeit|glaubensrichtung|croyance religieuse|confession religieuse|\
         creencia religiosa|confesion religiosa|religione|fede religiosa|religiao|\
         crenca religiosa|religie|geloofsovertuiging|religia|wyznanie|trosuppfattning|\
         trossamfund|shuukyou|shukyo|宗教|信仰",
        ),
        Names::new("faith|confession|denomination|belief|glaube|croyance|fe|fede|geloof|tro")
            .within(Roles::PERSON)
            .beside(Signals::PERSON),
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
    value.whole(90)
}
