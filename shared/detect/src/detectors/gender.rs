//! `GENDER`: gender or sex.
//!
//! Why it matters: discrimination law protects it, and it helps to single a person out.
//!
//! The rule: a field whose name matches and one of the usual words or letters. ISO/IEC 5218's
//! digits are accepted too.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Gender,
    names: &[Names::new(
        "gender|sex|gender identity|gender code|sex code|biological sex|birth sex|birthsex|geschlecht|genre|sexe|sexo|genero|\
         sesso|genere|geslacht|plec|kon|seibetsu|性別|civilite|anrede|salutation|\
         cinsiyet|pohlavi|kjonn|sukupuoli|성별|性别|kjoenn|koen|cinsiyeti",
    )
    .gives(Signals::PERSON)],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"gender": "Female"}"#,
        r#"{"geschlecht": "männlich"}"#,
        r#"{"sex": "M"}"#,
        r#"{"性別": "女性"}"#,
        r#"{"gender": "non-binary"}"#,
    ],
    negative: &[
        r#"{"genre": "Science Fiction"}"#,
        r#"{"gender_required": "M"}"#,
        r#"{"gender": 17}"#,
        r#"{"gender": ""}"#,
    ],
};

/// The usual words, in lower case and without accents.
const WORDS: &str = "
    m f w d x u o h k v male female man woman men women boy girl nonbinary diverse other
    transgender trans genderqueer genderfluid agender intersex transmale transfemale
    transman transwoman cisgender mannlich maennlich weiblich divers herr frau homme femme
    masculin feminin autre hombre mujer masculino femenino otro maschio femmina maschile
    femminile uomo donna feminino homem mulher outro vrouw mannelijk vrouwelijk anders
    mezczyzna kobieta meski zenski kvinna manlig kvinnlig annat dansei josei otoko onna 男 女
    男性 女性 その他 erkek kadin mand kvinde mann kvinne muz zena mies nainen hane 남 여 남자 여자 남성 여성 e j mr mrs ms monsieur madame senor senora unspecified genderneutral
";

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_number {
        return if matches!(value.text, "0" | "1" | "2" | "9") {
            value.whole(60)
        } else {
            None
        };
    }
    let folded = value.unaccented_letters(24)?;
    if WORDS.split_ascii_whitespace().any(|word| word == folded) {
        value.whole(90)
    } else {
        None
    }
}
