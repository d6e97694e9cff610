//! `POLITICAL_OPINION`: political party or opinion of a person.
//!
//! Why it matters: political opinions are a special category under GDPR article 9.
//!
//! The rule: words in a field whose name matches.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PoliticalOpinion,
    names: &[Names::new(
        "political party|political opinion|political opinions|political affiliation|\
         political view|political views|political leaning|political preference|\
         party affiliation|party membership|voting intention|vote intention|\
         voting preference|politische meinung|politische einstellung|parteizugehorigkeit|\
         parteizugehoerigkeit|parteimitgliedschaft|opinion politique|opinions politiques|\
         parti politique|affiliation politique|intention de vote|opinion politica|\
         partido politico|afiliacion politica|ideologia politica|intencion de voto|\
         opinione politica|partito politico|orientamento politico|opiniao politica|\
         filiacao partidaria|filiacao politica|politieke voorkeur|politieke partij|\
         politieke overtuiging|poglady polityczne|partia polityczna|preferencje polityczne|\
         politisk asikt|politisk tillhorighet|politiskt parti|partitillhorighet|\
         seijiteki iken|shiji seitou|支持政党|政治的意見|\
         political orientation|political party affiliation|political beliefs|political belief|\
         politisk holdning|politisk parti|politische partei|siyasi gorus|siyasi parti|\
         politicky nazor|정치성향|지지정당|政治面貌|政治观点",
    )],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"politicalParty": "Democrat"}"#,
        r#"{"Parteizugehörigkeit": "Bündnis 90/Die Grünen"}"#,
        r#"{"opinion_politique": "centriste"}"#,
        r#"{"支持政党": "無党派"}"#,
    ],
    negative: &[
        r#"{"party": "Democrat"}"#,
        r#"{"political_party": "unknown"}"#,
        r#"{"political_party_id": "77"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    const LONGEST: usize = 120;
    let is_said = value.text.contains(char::is_alphabetic) && value.text.len() <= LONGEST;
    if value.is_number
        || value.is_placeholder()
        || value.is_masked()
        || value.is_technical()
        || !is_said
    {
        return None;
    }
    value.whole(90)
}
