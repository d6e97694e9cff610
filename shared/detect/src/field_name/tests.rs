use crate::Engine;

/// Returns the classes that `name` announces without the help of parents or siblings.
fn says(name: &str) -> Vec<&'static str> {
    let engine = Engine::new();
    let read = engine.lexicon().read(name);
    let mut classes = read
        .meanings()
        .filter(|meaning| meaning.is_satisfied && !meaning.is_doubtful)
        .map(|meaning| engine.class(engine.lexicon().names(meaning).0).name())
        .collect::<Vec<_>>();
    classes.sort_unstable();
    classes.dedup();
    classes
}

#[test]
fn a_name_is_read_in_any_spelling() {
    for name in [
        "emailAddress",
        "EmailAddress",
        "email_address",
        "EMAIL-ADDRESS",
        "emailaddress",
        "contact__email",
        "e-mail",
        "customerEmail",
    ] {
        assert_eq!(says(name), ["EMAIL_ADDRESS"], "{name}");
    }
}

#[test]
fn a_word_that_names_another_thing_takes_the_meaning() {
    for name in [
        "email_template",
        "emailVerified",
        "email_sent_at",
        "email_count",
        "is_email",
        "emailDomain",
    ] {
        assert!(says(name).is_empty(), "{name}");
    }
}
