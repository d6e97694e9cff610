//! `SEXUAL_ORIENTATION`: sexual orientation.
//!
//! Why it matters: a person's sexual orientation is a special category under GDPR article 9.
//!
//! The rule: words in a field whose name matches.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;

/// The name says orientation, which a screen has too.
const ANY: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::SexualOrientation,
    names: &[
        Names::new(
            "orientation|orientacion|orientamento|orientacao|orientierung|geaardheid|orientering",
        )
        .tag(ANY),
        Names::new(
            "sexual orientation|sexual preference|sexuality|sexual identity|\
         sexuelle orientierung|sexuelle identitat|orientation sexuelle|sexualite|\
         preference sexuelle|orientacion sexual|sexualidad|preferencia sexual|\
         orientamento sessuale|sessualita|orientacao sexual|sexualidade|seksuele geaardheid|\
         seksuele voorkeur|seksuele orientatie|orientacja seksualna|sexuell laggning|\
         sexuell orientering|seiteki shikou|seiteki shiko|性的指向|\
         seksuel orientering|seksuell orientering|cinsel yonelim|sexualni orientace|성적지향|性取向",
        ),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"sexualOrientation": "bisexual"}"#,
        r#"{"orientation_sexuelle": "hétérosexuelle"}"#,
        r#"{"性的指向": "異性愛"}"#,
    ],
    negative: &[
        r#"{"orientation": "landscape"}"#,
        r#"{"sexual_orientation": "null"}"#,
        r#"{"sexual_orientation_required": "no"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.tag == ANY && !is_sexual(value) {
        return None;
    }
    if value.is_number || value.is_placeholder() || value.is_masked() || !value.is_wordy(60) {
        return None;
    }
    value.whole(90)
}

/// Returns true if the value cannot be a screen's.
fn is_sexual(value: &Value<'_>) -> bool {
    const STEMS: [&str; 9] = [
        "hetero", "homo", "bisex", "gay", "lesb", "asex", "pansex", "queer", "straight",
    ];
    value
        .unaccented_letters(24)
        .is_some_and(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
}
