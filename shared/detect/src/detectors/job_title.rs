//! `JOB_TITLE`: job title, occupation or position of a person.
//!
//! Why it matters: with an employer it identifies a person, and phishers use it.
//!
//! The rule: words in a field whose name matches. A bare title or position needs a person around
//! it, and must not be a form of address.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};
use crate::word_list::WordList;

/// The name says title, as for books and tickets too, so only words for a job count.
const BY_WORD: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::JobTitle,
    names: &[
        Names::new(
            "job title|job titles|job position|job role|position title|work title|\
         occupation|profession|employment title|employment|career|line of work|current occupation|beruf|berufsbezeichnung|stellenbezeichnung|\
         jobtitel|jobbezeichnung|berufsstand|tatigkeit|intitule du poste|intitule de poste|\
         titre du poste|metier|emploi|puesto|puesto de trabajo|cargo actual|ocupacion|\
         profesion|titolo professionale|professione|mansione|occupazione|cargo profissional|\
         profissao|ocupacao|functietitel|functienaam|beroep|stanowisko|stanowisko pracy|\
         zawod|yrke|yrkestitel|befattning|jobbtitel|yakushoku|shokugyou|shokushu|職業|役職|職種|肩書|\
         role title|current position|current job|current job title|\
         current title|position held|job function|stillingsbetegnelse|\
         erhverv|stilling|povolani|pracovni pozice|zamestnani|meslek|ammatti|tehtavanimike|\
         unvan|직업|직책|직위|직급|职业|职位|职务|职称|taetigkeit|tatigkeitsbezeichnung|intitule poste|\
         puesto trabajo",
        ),
        Names::new("title|position|titel|titre|titulo|titolo|posicion|posizione|pozisyon|pozice|vakinimike")
            .within(Roles::PERSON.or(Roles::WORK))
            .beside(Signals::NAME),
        Names::new(
            "designation|job|poste|fonction|cargo|funcion|funzione|qualifica|ruolo|funcao|functie",
        )
        .within(Roles::PERSON.or(Roles::WORK))
        .beside(Signals::PERSON),
        Names::new("title").tag(BY_WORD).beside(Signals::PERSON),
        Names::new("role|rolle|function|job name").within(Roles::WORK),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"job_title": "Senior Engineer"}"#,
        r#"{"employee": {"position": "Nurse"}}"#,
        r#"{"Beruf": "Bäcker"}"#,
        r#"{"contact": {"title": "CFO"}}"#,
        r#"{"職業": "医師"}"#,
        r#"{"occupation": "teacher"}"#,
        r#"{"first_name": "Jane", "title": "Senior Quality Engineer"}"#,
        r#"{"Email": "jane@shop.dev", "Title": "VP Purchasing"}"#,
        r#"{"userName": "bjensen", "title": "Tour Guide", "name": {"givenName": "Barbara"}}"#,
    ],
    negative: &[
        r#"{"title": "The Shining"}"#,
        r#"{"email": "jane@shop.dev", "title": "Label is cut off"}"#,
        r#"{"title": "Manager"}"#,
        r#"{"title": "The Shining", "author": {"firstName": "Jane"}}"#,
        r#"{"person": {"title": "Dr."}}"#,
        r#"{"position": "left"}"#,
        r#"{"job": "build-42"}"#,
        r#"{"user": {"role": "admin"}}"#,
        r#"{"detail": {"jobName": "nightly-orders-etl"}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_number || value.is_placeholder() || value.is_masked() || !is_title(value) {
        return None;
    }
    if is_form_of_address(value) || value.tag == BY_WORD && !has_word_of_jobs(value.text) {
        return None;
    }
    value.whole(85)
}

/// Returns true for words, with the other characters of titles: `R&D`, `Lehrer*in`, `Level 2`.
fn is_title(value: &Value<'_>) -> bool {
    const LONGEST: usize = 100;
    let text = value.text;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let count = text.chars().count();
    let is_of_titles =
        |c: char| c.is_alphanumeric() || " -'’.,()/&*:+ー\u{300}\u{301}\u{307}\u{308}".contains(c);
    count <= LONGEST
        && letters * 3 >= count * 2
        && text.chars().all(is_of_titles)
        && !value.is_technical()
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns true if a word in it names a job or a rank, and it is as short as a title.
fn has_word_of_jobs(text: &str) -> bool {
    const MOST_WORDS: usize = 6;
    text.split(' ').count() <= MOST_WORDS
        && text
            .split([' ', '-', '/', ',', '&'])
            .any(|word| OF_JOBS.has(word))
}

static OF_JOBS: WordList<56> = WordList::new([
    "ceo",
    "cto",
    "cfo",
    "coo",
    "cio",
    "cmo",
    "ciso",
    "vp",
    "svp",
    "evp",
    "president",
    "chairman",
    "director",
    "manager",
    "head",
    "chief",
    "officer",
    "lead",
    "engineer",
    "developer",
    "programmer",
    "architect",
    "designer",
    "analyst",
    "consultant",
    "specialist",
    "coordinator",
    "administrator",
    "assistant",
    "associate",
    "accountant",
    "auditor",
    "buyer",
    "lawyer",
    "attorney",
    "counsel",
    "nurse",
    "physician",
    "surgeon",
    "therapist",
    "pharmacist",
    "teacher",
    "professor",
    "researcher",
    "scientist",
    "technician",
    "mechanic",
    "electrician",
    "driver",
    "clerk",
    "secretary",
    "supervisor",
    "founder",
    "partner",
    "representative",
    "intern",
]);

/// Recognises forms of address: `Dr.`, `Frau Prof.`
fn is_form_of_address(value: &Value<'_>) -> bool {
    const FORMS: [&str; 40] = [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "madam",
        "rev",
        "hon",
        "herr",
        "frau",
        "herrn",
        "dipling",
        "profdr",
        "drmed",
        "herrdr",
        "fraudr",
        "m",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "mademoiselle",
        "sr",
        "sra",
        "srta",
        "don",
        "dona",
        "sig",
        "sigra",
        "dott",
        "dottssa",
        "dhr",
        "mevr",
        "mw",
        "pan",
        "pani",
    ];
    value
        .unaccented_letters(16)
        .is_some_and(|folded| FORMS.contains(&folded.as_str()))
}
