//! Claims about the order of keys, which is the same in every build.

use super::*;
use crate::key_order::sorted;

/// Asserts that all objects in this text have sorted keys. The text is indented.
fn is_in_key_order(text: &str) {
    let Value::Object(fields) = serde_json::from_str(text).unwrap() else {
        panic!("no object: {text}");
    };
    let ordered = serde_json::to_string_pretty(&sorted(fields)).unwrap();
    assert_eq!(ordered, text.trim_end());
}

#[tokio::test]
async fn the_keys_of_json_come_in_one_order() {
    let store = sample().await;
    let subject = "2026-11:email:00000000000000000000000000000000";
    for asked in [
        json!({ "report": "map", "without_people": true, "limit": 1, "filters": { "tier": "confidential", "class": "EMAIL_ADDRESS" } }),
        json!({ "report": "subject", "subjects": [subject], "limit": 3, "filters": { "account": "111111111111", "region": "eu-west-1" } }),
    ] {
        let answered = answer(&store, &request(&asked), now()).await.unwrap();
        is_in_key_order(&text(answered));
        let mut as_csv = asked.clone();
        as_csv["format"] = json!("csv");
        let answered = answer(&store, &request(&as_csv), now()).await.unwrap();
        let about = Body::Data(answered.about.unwrap());
        is_in_key_order(&body_of(about));
    }
    is_in_key_order(&serde_json::to_string_pretty(&schema::schema()).unwrap());
}

#[test]
fn the_options_of_a_question_come_in_one_order() {
    for question in questions() {
        let fields = question.fields();
        for schema in question.schemas() {
            let own = crate::fields::fields(&schema);
            assert!(own.is_sorted_by_key(|field| field.path.clone()), "{own:?}");
            assert!(own.iter().all(|field| fields.contains(field)));
        }
    }
}

#[test]
fn of_several_faults_the_same_is_refused_in_whatever_order_they_are_written() {
    for [one, other] in [
        [
            r#"{"report":"map","from":"x","to":"y"}"#,
            r#"{"to":"y","from":"x","report":"map"}"#,
        ],
        [
            r#"{"report":"map","colour":1,"size":2,"filters":{"a":1,"z":2}}"#,
            r#"{"size":2,"filters":{"z":2,"a":1},"colour":1,"report":"map"}"#,
        ],
        [
            r#"{"report":"map","filters":{"tier":"x","class":"y"}}"#,
            r#"{"filters":{"class":"y","tier":"x"},"report":"map"}"#,
        ],
    ] {
        let [one, other] = [one, other].map(|text| refusal(&serde_json::from_str(text).unwrap()));
        assert_eq!(one.to_string(), other.to_string());
        assert_eq!(one.field, other.field);
    }
}
