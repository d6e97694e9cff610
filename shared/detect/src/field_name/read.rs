//! Reads a field's name: its words, the phrases among them, and the effect of the words around a
//! phrase on its meaning.

use super::hashing::{HASH_SEED, hash_on, key};
use super::lexicon::{Lexicon, Sharing};
use super::meaning::{FieldName, Meaning, Numbers, Packed, Slot};
use super::names::Bounds;
use super::roles::{Roles, Signals};
use super::special;
use super::split::{self, Split};
use super::words;

impl Lexicon {
    /// Reads `name`: its roles, its signals and the declarations that it matches.
    pub(crate) fn read(&self, name: &str) -> FieldName {
        let mut split = Split::new(name);
        split.refine(&self.vocabulary);
        let tokens = split.tokens();
        let words = tokens.map(|token| self.vocabulary.get(&key(token.hash(&split))).copied());
        let words = words.collect::<Vec<_>>();
        let mut field = FieldName {
            roles: roles_of(&words),
            is_neutral: !words.is_empty()
                && words
                    .iter()
                    .all(|word| word.is_some_and(words::Word::is_neutral)),
            numbers: numbers_of(&words),
            slot: slot_of(&words),
            ..FieldName::default()
        };
        if words
            .iter()
            .flatten()
            .all(|word| !word.is_negative() && !word.is_head())
        {
            field.gives = words
                .iter()
                .flatten()
                .fold(Signals::NONE, |all, word| all.or(word.gives()));
        }
        if field.numbers == Numbers::Ids && !field.roles.has(Roles::PERSON) {
            field.gives = field.gives.or(Signals::RECORD);
        }
        // `card_type` tells the `expiry` beside it that it belongs to a card.
        if field.roles.has(Roles::CARD) {
            field.gives = field.gives.or(Signals::CARD_DETAIL);
        }
        for found in self.matches(&split) {
            self.add_meanings(&mut field, &found, &words);
        }
        let texts = split.tokens().map(|token| token.text(&split));
        let texts = texts.collect::<Vec<_>>();
        self.add_special(&mut field, name, &texts);
        field.needs = self.roles_needed(&field);
        field
    }

    /// Returns the roles that the object around a field must have, if every meaning needs some.
    fn roles_needed(&self, field: &FieldName) -> Roles {
        let needs = field.meanings().map(|meaning| {
            let names = self.names(meaning).1;
            let needs_roles = !meaning.is_satisfied && names.beside.is_none();
            needs_roles.then_some(names.roles)
        });
        let all = needs.collect::<Option<Vec<_>>>().unwrap_or_default();
        all.into_iter().fold(Roles::NONE, Roles::or)
    }

    /// Adds the meaning that only the name as a whole has.
    fn add_special(&self, field: &mut FieldName, name: &str, texts: &[&[u8]]) {
        let is_wrapper = special::is_wrapper(name);
        if is_wrapper && (name.starts_with('$') || !field.has_meaning()) {
            field.slot = Slot::Wrapper;
            field.forget();
        }
        if special::is_typed_value(texts, &self.vocabulary) {
            field.slot = if texts
                .iter()
                .any(|text| matches!(*text, b"coding" | b"concept"))
            {
                Slot::Coding
            } else {
                Slot::Value
            };
            field.forget();
        }
        if let Some(slot) = special::slot_of(texts) {
            let is_type = slot == Slot::Kind && special::is_type(name);
            field.slot = if is_type { Slot::Type } else { slot };
        }
        if matches!(name, "i18n" | "l10n") {
            field.roles = Roles::TEXTS;
        }
        if special::is_message_id(texts) {
            field.numbers = Numbers::IdsOfMails;
        }
        // `closed_by`, `updatedBy`: the value is a person.
        if special::is_doer(texts) {
            field.roles = Roles::PERSON;
            field.numbers = Numbers::Unsaid;
            field.gives = Signals::NONE;
            let is_id = texts.last().is_some_and(|last| *last == b"id");
            self.add_phrase_meanings(
                field,
                if is_id {
                    special::ID_OF_DOER
                } else {
                    special::DOER
                },
            );
        }
        // `x-vault-token`, `x-gitlab-token`: a header's name for a credential.
        if special::is_token_header(texts) {
            self.add_phrase_meanings(field, special::TOKEN_HEADER);
        }
    }

    /// Adds the declarations of `phrase`, as if it were the whole name.
    fn add_phrase_meanings(&self, field: &mut FieldName, phrase: &str) {
        let hash = phrase
            .split_ascii_whitespace()
            .fold(HASH_SEED, |hash, word| hash_on(hash, word.as_bytes()));
        let Some(sharing) = self.phrases.get(&key(hash)) else {
            return;
        };
        for &names in &sharing.names[..usize::from(sharing.count)] {
            field.add(Meaning {
                names,
                is_satisfied: self.names[usize::from(names)].1.is_enough(),
                is_doubtful: false,
            });
        }
    }

    /// Returns true if any word of `name` is known from field names.
    pub(crate) fn knows_a_word_of(&self, name: &str) -> bool {
        let mut split = Split::new(name);
        split.refine(&self.vocabulary);
        let known = |hash| self.vocabulary.contains_key(&key(hash));
        split.tokens().any(|token| known(token.hash(&split)))
    }

    /// Returns the longest phrases in the name that do not overlap.
    fn matches(&self, split: &Split) -> Vec<Match> {
        let tokens = split.tokens().collect::<Vec<_>>();
        let mut found = Vec::new();
        for first in 0..tokens.len() {
            let mut hash = HASH_SEED;
            for (last, token) in tokens
                .iter()
                .enumerate()
                .skip(first)
                .take(split::LONGEST_PHRASE)
            {
                hash = hash_on(hash, token.text(split));
                if let Some(sharing) = self.phrases.get(&key(hash)) {
                    found.push(Match {
                        first,
                        last,
                        sharing: *sharing,
                    });
                }
            }
        }
        found.sort_by_key(|m| std::cmp::Reverse(tokens[m.last].end - tokens[m.first].start));
        let mut longest: Vec<Match> = Vec::new();
        for candidate in found {
            if longest
                .iter()
                .all(|m| m.last < candidate.first || candidate.last < m.first)
            {
                longest.push(candidate);
            }
        }
        longest
    }

    fn add_meanings(&self, field: &mut FieldName, found: &Match, words: &[Option<words::Word>]) {
        let outside = |at: usize| at < found.first || at > found.last;
        let around = || {
            words
                .iter()
                .enumerate()
                .filter(|(at, _)| outside(*at))
                .map(|(_, word)| word)
        };
        let after = &words[found.last + 1..];
        if around().flatten().any(|word| word.is_negative())
            || after.iter().flatten().any(|word| word.is_head())
        {
            return;
        }
        let is_doubtful = after
            .iter()
            .any(|word| word.is_none_or(words::Word::is_record));
        // The word next to the phrase names the owner: `customer_order_name` is an order's,
        // `nombre_del_cliente` a customer's.
        let says_something =
            |word: &&Option<words::Word>| !word.is_some_and(words::Word::is_filler);
        let next = words[..found.first]
            .iter()
            .rfind(says_something)
            .or_else(|| words[found.last + 1..].iter().find(says_something));
        let owner = next
            .copied()
            .flatten()
            .map(words::Word::roles)
            .unwrap_or_default();
        // Siblings explain `account_name` no better than `xyz_name`.
        let has_unknown = next.is_some_and(|word| word.is_none_or(|word| word.roles().is_none()));
        for &names in &found.sharing.names[..usize::from(found.sharing.count)] {
            let declared = self.names[usize::from(names)].1;
            let is_satisfied = declared.is_enough() || declared.roles.has(owner.or(itself(owner)));
            let is_crowded = || {
                !around().all(|word| {
                    word.is_some_and(|word| {
                        word.is_filler() || word.roles().without(Roles::USER) == Roles::PERSON
                    })
                })
            };
            if declared.bounds.has(Bounds::UNQUALIFIED) && is_crowded() {
                continue;
            }
            if declared.bounds.has(Bounds::TEXT) && after.iter().flatten().any(|word| word.is_id())
            {
                continue;
            }
            if declared.bounds.has(Bounds::LAST)
                && !after.iter().flatten().all(|word| says_whose(*word))
            {
                continue;
            }
            // `customer.location_name` is the name of the location.
            let of_persons = Roles::PERSON.or(Roles::PERSON_ITSELF);
            let of_machines = Roles::DEVICE.or(Roles::SESSION);
            let is_of_another = !owner.is_none()
                && (!owner.has(of_persons) && declared.roles.has(of_persons)
                    || owner.has(of_persons) && declared.roles.has(of_machines));
            if !is_satisfied && (has_unknown || owner.has(Roles::THING) || is_of_another) {
                continue;
            }
            field.add(Meaning {
                names,
                is_satisfied,
                is_doubtful,
            });
        }
    }
}

impl FieldName {
    fn add(&mut self, meaning: Meaning) {
        if let Some(room) = self.meanings.get_mut(usize::from(self.count)) {
            *room = Packed::pack(meaning);
            self.count += 1;
        }
    }
}

/// Returns true if a word after a phrase only names the owner of the value, or adds nothing.
const fn says_whose(word: words::Word) -> bool {
    let whose = Roles::PERSON.or(Roles::ADDRESS).or(Roles::RECEIVER);
    word.is_neutral() || word.roles().has(whose) && !word.roles().has(Roles::THING)
}

struct Match {
    first: usize,
    last: usize,
    sharing: Sharing,
}

/// Returns the role that a word for a person adds: the field belongs to the person directly.
const fn itself(roles: Roles) -> Roles {
    if roles.has(Roles::PERSON) {
        Roles::PERSON_ITSELF
    } else {
        Roles::NONE
    }
}

/// Returns the roles of the object under the name. The last word that has a role decides if it is a
/// person: `customer_orders` are orders.
fn roles_of(words: &[Option<words::Word>]) -> Roles {
    let mut all = Roles::NONE;
    let mut last = Roles::NONE;
    for word in words.iter().flatten() {
        if !word.roles().is_none() {
            last = word.roles();
            all = all.or(last);
        }
    }
    // An unknown last word names the object: a `client_cert` is not a client. The same goes for
    // words that are not a person's data: `shipping_rate`, `user_settings`.
    let is_about_another = words
        .last()
        .is_some_and(|word| word.is_none_or(|word| word.is_negative() && !word.is_neutral()));
    if last.has(Roles::THING) || is_about_another {
        return all.without(Roles::PERSON.or(Roles::USER).or(Roles::RECEIVER));
    }
    all.without(Roles::THING.or(Roles::RECORD))
}

/// Returns the meaning of the name for numbers: `order_number` is an id, a lone `number` can be
/// anything.
fn numbers_of(words: &[Option<words::Word>]) -> Numbers {
    let known = || words.iter().flatten();
    let is_number = known().any(|word| word.is_number());
    if known().any(|word| word.is_id() || word.is_record()) || words.len() > 1 && is_number {
        Numbers::Ids
    } else if is_number {
        Numbers::OfParent
    } else if known()
        .any(|word| word.is_negative() || word.is_head() || word.roles().has(Roles::THING))
    {
        Numbers::OfThing
    } else {
        Numbers::Unsaid
    }
}

fn slot_of(words: &[Option<words::Word>]) -> Slot {
    match words {
        [Some(word)] => word.slot(),
        [Some(first), Some(second)] if first.is_neutral() => second.slot(),
        _ => Slot::None,
    }
}
