//! `NATIONALITY`: nationality, citizenship, ethnicity or race.
//!
//! Why it matters: racial and ethnic origin is a special category under GDPR article 9.
//!
//! The rule: words, or a country's code, in a field whose name matches. `race` needs a person
//! around it, because it also means a contest.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Nationality,
    names: &[
        Names::new(
            "nationality|nationalities|citizenship|country of citizenship|citizen of|ethnicity|\
         ethnic group|ethnic origin|ethnic background|ethnicity code|racial origin|\
         racial group|race ethnicity|us core race|race code|race and ethnicity|staatsangehorigkeit|\
         staatsangehoerigkeit|staatsburgerschaft|staatsbuergerschaft|nationalitaet|\
         nationalitat|ethnie|ethnische zugehorigkeit|ethnische herkunft|nationalite|\
         citoyennete|origine ethnique|nacionalidad|ciudadania|etnia|origen etnico|\
         nazionalita|cittadinanza|origine etnica|nacionalidade|cidadania|nationaliteit|\
         staatsburgerschap|etniciteit|afkomst|narodowosc|obywatelstwo|pochodzenie etniczne|\
         nationalitet|medborgarskap|etnicitet|kokuseki|minzoku|jinshu|国籍|民族|人種|\
         uyruk|statni prislusnost|statsborgerskab|statsborgerskap|nasjonalitet|kansalaisuus|\
         narodnost|국적|민족",
        ),
        Names::new("race|rasse|raza|razza|raca|ras|rasa")
            .within(Roles::PERSON)
            .beside(Signals::PERSON),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"nationality": "French"}"#,
        r#"{"Staatsangehörigkeit": "deutsch"}"#,
        r#"{"citizenship": "US"}"#,
        r#"{"patient": {"race": "Asian"}}"#,
        r#"{"国籍": "日本"}"#,
    ],
    negative: &[
        r#"{"race": "Le Mans"}"#,
        r#"{"nationality": ""}"#,
        r#"{"nationality_required": "no"}"#,
        r#"{"nationality": 4}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_number || value.is_placeholder() || value.is_masked() || !value.is_wordy(60) {
        return None;
    }
    value.whole(90)
}
