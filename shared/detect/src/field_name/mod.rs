//! What a field's name says about its value, in ten languages and the commonest words of seven more.
//!
//! A name is cut into words (`billingAddressLine1` → billing, address, line, 1; `keystorepassword`
//! → keystore, password), and the words are matched, joined, against the phrases that the
//! detectors declare. Words around a phrase decide what it is worth: `email_template` is no
//! address (`template` names another thing), `customer_name` is a person and `product_name` is
//! not, and a bare `name` depends on the parents and the siblings, which the walk knows.
//!
//! A name is analysed once and remembered by the walk; nothing here runs per leaf.

mod split;
mod words;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::RangeInclusive;

use crate::class::DataClass;
use crate::detector_id::DetectorId;
use split::Split;
pub(crate) use split::fold;

/// What a name makes of the object it leads to, or of the name beside it. A small set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Roles(u16);

impl Roles {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const PERSON: Self = Self(1);
    pub(crate) const ADDRESS: Self = Self(1 << 1);
    pub(crate) const CARD: Self = Self(1 << 2);
    pub(crate) const BANK: Self = Self(1 << 3);
    pub(crate) const DEVICE: Self = Self(1 << 4);
    pub(crate) const HEALTH: Self = Self(1 << 5);
    pub(crate) const PLACE: Self = Self(1 << 6);
    /// A product, a file, a company: what a name in it names is no person.
    pub(crate) const THING: Self = Self(1 << 7);
    /// The very object the field stands in is a person's, not one further up.
    pub(crate) const PERSON_ITSELF: Self = Self(1 << 8);
    pub(crate) const WORK: Self = Self(1 << 9);
    pub(crate) const SESSION: Self = Self(1 << 10);
    pub(crate) const PHONE: Self = Self(1 << 11);
    /// The parts of a name stand in it.
    pub(crate) const NAME: Self = Self(1 << 12);
    /// A passport: the number in it is a passport's.
    pub(crate) const PASSPORT: Self = Self(1 << 13);
    /// A licence: a driver's, where a person is around it.
    pub(crate) const LICENSE: Self = Self(1 << 14);
    /// An order, a parcel, a token, an amount, a moment: a number in it is no person's.
    pub(crate) const RECORD: Self = Self(1 << 15);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// What a field tells its siblings: "a street stands beside you". A small set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Signals(u32);

impl Signals {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const STREET: Self = Self(1);
    pub(crate) const POSTAL_CODE: Self = Self(1 << 1);
    pub(crate) const CITY: Self = Self(1 << 2);
    /// A state, province or country.
    pub(crate) const TERRITORY: Self = Self(1 << 3);
    pub(crate) const LATITUDE: Self = Self(1 << 4);
    pub(crate) const LONGITUDE: Self = Self(1 << 5);
    pub(crate) const CARD: Self = Self(1 << 6);
    pub(crate) const CARD_DETAIL: Self = Self(1 << 7);
    pub(crate) const MONTH: Self = Self(1 << 8);
    /// What only a person has: an e-mail address, a birth date, a first name.
    pub(crate) const PERSON: Self = Self(1 << 10);
    /// What only a company or a product has: a VAT number, a price.
    pub(crate) const THING: Self = Self(1 << 11);
    pub(crate) const AREA_CODE: Self = Self(1 << 12);
    pub(crate) const LOCAL_NUMBER: Self = Self(1 << 13);
    pub(crate) const BANK_ACCOUNT: Self = Self(1 << 14);
    pub(crate) const BANK_CODE: Self = Self(1 << 15);
    /// The sort code of a British bank.
    pub(crate) const SORT_CODE: Self = Self(1 << 16);
    /// An order, a parcel, a hash, an id that is no person's.
    pub(crate) const RECORD: Self = Self(1 << 17);
    /// What a number that proves little by itself is believed beside. Without what it gives itself.
    pub(crate) const OF_PEOPLE: Self = Self(
        Self::PERSON.0
            | Self::CARD_DETAIL.0
            | Self::MONTH.0
            | Self::STREET.0
            | Self::BANK_ACCOUNT.0
            | Self::BANK_CODE.0
            | Self::SORT_CODE.0,
    );

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// Field names of one meaning, as a detector declares them.
pub(crate) struct Names {
    /// Phrases parted by `|`, their words by spaces: lower case, without accents.
    pub(crate) phrases: &'static str,
    /// Tells the detector which of its names it was (month or year, first name or any name).
    pub(crate) tag: u8,
    /// Parents or neighbouring words, one of which must be there, …
    pub(crate) roles: Roles,
    /// … or siblings, one of which must be there. With neither asked for, the name is enough.
    pub(crate) beside: Signals,
    /// What a value that fits tells its siblings.
    pub(crate) gives: Signals,
    /// Other classes that the names speak for, where a check proves them (`national_id`).
    pub(crate) also: &'static [DataClass],
    /// Nothing but fillers and persons may stand around the phrase (`recipient`, `user_login`, and
    /// not `recipient_mode`).
    pub(crate) is_alone: bool,
}

impl Names {
    pub(crate) const fn new(phrases: &'static str) -> Self {
        Self {
            phrases,
            tag: 0,
            roles: Roles::NONE,
            beside: Signals::NONE,
            gives: Signals::NONE,
            also: &[],
            is_alone: false,
        }
    }

    pub(crate) const fn alone(self) -> Self {
        Self {
            is_alone: true,
            ..self
        }
    }

    pub(crate) const fn tag(self, tag: u8) -> Self {
        Self { tag, ..self }
    }

    pub(crate) const fn within(self, roles: Roles) -> Self {
        Self { roles, ..self }
    }

    pub(crate) const fn beside(self, beside: Signals) -> Self {
        Self { beside, ..self }
    }

    pub(crate) const fn gives(self, gives: Signals) -> Self {
        Self { gives, ..self }
    }

    pub(crate) const fn also(self, also: &'static [DataClass]) -> Self {
        Self { also, ..self }
    }

    const fn is_enough(&self) -> bool {
        self.roles.is_none() && self.beside.is_none()
    }
}

/// What one detector declares about names: those of its fields, and the words that announce a value
/// in prose, parted by `|`.
pub(crate) struct Declaration {
    pub(crate) id: DetectorId,
    pub(crate) names: &'static [Names],
    pub(crate) keywords: &'static str,
}

/// One meaning of a name: which of the registry's [`Names`] it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meaning {
    pub(crate) names: u16,
    /// A word of the name itself is what the [`Names`] ask for (`customer_name`).
    pub(crate) is_satisfied: bool,
    /// A word after the phrase is unknown, so that the phrase may not be what the name is about
    /// (`phone_xyz`).
    pub(crate) is_doubtful: bool,
}

/// How a name is used by those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Slot {
    #[default]
    None,
    /// It only wraps: what its parent is called counts (`{"email": {"S": …}}`).
    Value,
    /// It holds the name of what the [`Slot::Value`] beside it holds (`{"name": "email", …}`).
    Name,
}

/// What a name says of numbers under it that no detector declared it for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Numbers {
    /// Nothing.
    #[default]
    Unsaid,
    /// That they are of something else than a person (`product`, `message`).
    OfThing,
    /// Only that they are numbers (`tracking.number`): the parent says of what.
    OfParent,
    /// That they are ids, amounts or moments: no card and no phone.
    Ids,
}

pub(crate) const MEANINGS: usize = 8;

/// A [`Meaning`] in two bytes: a name's meanings are copied with every field of every object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Packed(u16);

impl Packed {
    const IS_SATISFIED: u16 = 1 << 15;
    const IS_DOUBTFUL: u16 = 1 << 14;

    const fn pack(meaning: Meaning) -> Self {
        let satisfied = if meaning.is_satisfied {
            Self::IS_SATISFIED
        } else {
            0
        };
        let doubtful = if meaning.is_doubtful {
            Self::IS_DOUBTFUL
        } else {
            0
        };
        Self(meaning.names | satisfied | doubtful)
    }

    const fn unpack(self) -> Meaning {
        Meaning {
            names: self.0 & !(Self::IS_SATISFIED | Self::IS_DOUBTFUL),
            is_satisfied: self.0 & Self::IS_SATISFIED != 0,
            is_doubtful: self.0 & Self::IS_DOUBTFUL != 0,
        }
    }
}

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct FieldName {
    meanings: [Packed; MEANINGS],
    count: u8,
    pub(crate) roles: Roles,
    /// What the mere name tells its siblings (`country`, `vat_number`).
    pub(crate) gives: Signals,
    pub(crate) slot: Slot,
    /// Says nothing by itself, so that the parents' roles reach through it (`data`, `attributes`).
    pub(crate) is_neutral: bool,
    pub(crate) numbers: Numbers,
}

impl FieldName {
    pub(crate) fn meanings(self) -> impl Iterator<Item = Meaning> {
        self.meanings
            .into_iter()
            .take(usize::from(self.count))
            .map(Packed::unpack)
    }

    pub(crate) const fn has_meaning(&self) -> bool {
        self.count > 0
    }
}

/// Keys are already hashes.
#[derive(Default)]
pub(crate) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Identity>>;

/// The [`Names`] that share a phrase.
#[derive(Clone, Copy, Default)]
struct Sharing {
    names: [u16; MEANINGS],
    count: u8,
}

/// The phrases of all detectors and the words around them.
pub(crate) struct Lexicon {
    phrases: ByHash<Sharing>,
    vocabulary: ByHash<words::Word>,
    /// What announces a value in prose only, with the ids of its detectors.
    prose: ByHash<Vec<DetectorId>>,
    /// The first words of whatever announces a value in prose.
    openings: HashSet<u64, BuildHasherDefault<Identity>>,
    /// The declarations that [`Meaning::names`] points at, with their detector's id.
    names: Vec<(DetectorId, &'static Names)>,
}

/// FNV-1a, which goes on where it stopped: the hash of a phrase from those of its words.
const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn hash_on(mut hash: u64, bytes: &[u8]) -> u64 {
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // FNV's low bits mix well, its high bits do not, and the tables use both.
    hash
}

fn key(hash: u64) -> u64 {
    hash ^ hash.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Lexicon {
    /// A lexicon of what the detectors declare.
    pub(crate) fn new(declarations: impl Iterator<Item = Declaration>) -> Self {
        let mut lexicon = Self {
            phrases: ByHash::with_capacity_and_hasher(4096, BuildHasherDefault::default()),
            vocabulary: ByHash::with_capacity_and_hasher(4096, BuildHasherDefault::default()),
            prose: ByHash::default(),
            openings: HashSet::with_capacity_and_hasher(4096, BuildHasherDefault::default()),
            names: Vec::with_capacity(256),
        };
        for (kind, list) in words::TABLE {
            for word in list.split_ascii_whitespace() {
                let hash = key(hash_on(HASH_SEED, word.as_bytes()));
                lexicon.vocabulary.entry(hash).or_default().merge(*kind);
            }
        }
        for Declaration {
            id,
            names,
            keywords,
        } in declarations
        {
            for phrase in keywords.split('|').filter(|phrase| !phrase.is_empty()) {
                lexicon.add_keyword(phrase, id);
            }
            for names in names {
                let at = u16::try_from(lexicon.names.len()).unwrap_or(u16::MAX);
                lexicon.names.push((id, names));
                for phrase in names.phrases.split('|') {
                    if names.is_enough() {
                        lexicon.add_opening(phrase);
                    }
                    lexicon.add_phrase(phrase, at);
                }
            }
        }
        lexicon
    }

    /// Adds field names that no detector of the registry declares, for the class `id`. Written
    /// as names are anywhere: `loyaltyCard`, `loyalty card`.
    pub(crate) fn declare(&mut self, id: DetectorId, names: &[String]) {
        static DECLARED: Names = Names::new("");
        let at = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        self.names.push((id, &DECLARED));
        for name in names {
            let split = Split::new(name);
            let words = split
                .tokens()
                .map(|token| String::from_utf8_lossy(token.text(&split)).into_owned());
            let phrase = words.collect::<Vec<_>>().join(" ");
            if !phrase.is_empty() {
                self.add_opening(&phrase);
                self.add_phrase(&phrase, at);
            }
        }
    }

    fn add_opening(&mut self, phrase: &str) {
        let first = phrase.split_ascii_whitespace().next().unwrap_or_default();
        let opening = if first.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            hash_on(HASH_SEED, first.as_bytes())
        } else {
            // Cut as prose is: `macアドレス` opens with `mac`.
            let mut window = split::Window::from(first, 0);
            window.advance();
            let mut words = window.words();
            words
                .next()
                .map_or(HASH_SEED, |(word, _)| hash_on(HASH_SEED, word))
        };
        self.openings.insert(key(opening));
    }

    fn add_keyword(&mut self, phrase: &str, id: DetectorId) {
        self.add_opening(phrase);
        let joined = phrase
            .split_ascii_whitespace()
            .fold(HASH_SEED, |hash, word| hash_on(hash, word.as_bytes()));
        self.prose.entry(key(joined)).or_default().push(id);
    }

    fn add_phrase(&mut self, phrase: &str, names: u16) {
        let mut hash = HASH_SEED;
        for word in phrase.split_ascii_whitespace() {
            hash = hash_on(hash, word.as_bytes());
            let word = key(hash_on(HASH_SEED, word.as_bytes()));
            self.vocabulary.entry(word).or_default();
        }
        let sharing = self.phrases.entry(key(hash)).or_default();
        let count = usize::from(sharing.count);
        if count < MEANINGS && !sharing.names[..count].contains(&names) {
            sharing.names[count] = names;
            sharing.count += 1;
        }
    }

    /// The declaration a meaning points at, and its detector's id.
    pub(crate) fn names(&self, meaning: Meaning) -> (DetectorId, &'static Names) {
        self.names[usize::from(meaning.names)]
    }

    /// Every declaration, in the order that [`Meaning::names`] counts.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &'static Names> {
        self.names.iter().map(|(_, names)| *names)
    }

    /// What `name` says.
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
        if words.iter().flatten().all(|word| !word.is_negative()) {
            field.gives = words
                .iter()
                .flatten()
                .fold(Signals::NONE, |all, word| all.or(word.gives()));
        }
        if field.numbers == Numbers::Ids && !field.roles.has(Roles::PERSON) {
            field.gives = field.gives.or(Signals::RECORD);
        }
        // `card_type` says of the `expiry` beside it whose it is.
        if field.roles.has(Roles::CARD) {
            field.gives = field.gives.or(Signals::CARD_DETAIL);
        }
        for found in self.matches(&split) {
            self.add_meanings(&mut field, &found, &words);
        }
        field
    }

    /// Whether a word of `name` is one that fields are called by.
    pub(crate) fn knows_a_word_of(&self, name: &str) -> bool {
        let mut split = Split::new(name);
        split.refine(&self.vocabulary);
        let known = |hash| self.vocabulary.contains_key(&key(hash));
        split.tokens().any(|token| known(token.hash(&split)))
    }

    /// The longest phrases in the name that do not overlap.
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
        if around().flatten().any(|word| word.is_negative()) {
            return;
        }
        let is_doubtful = words[found.last + 1..]
            .iter()
            .any(|word| word.is_none_or(words::Word::is_record));
        // The word next to the phrase says whose it is: `customer_order_name` is an order's,
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
        // `account_name` is no better explained by its siblings than `xyz_name`.
        let has_unknown = next.is_some_and(|word| word.is_none_or(|word| word.roles().is_none()));
        for &names in &found.sharing.names[..usize::from(found.sharing.count)] {
            let declared = self.names[usize::from(names)].1;
            let is_satisfied = declared.is_enough() || declared.roles.has(owner.or(itself(owner)));
            let is_crowded = || {
                !around().all(|word| {
                    word.is_some_and(|word| word.is_filler() || word.roles() == Roles::PERSON)
                })
            };
            if declared.is_alone && is_crowded() {
                continue;
            }
            // `customer.location_name` is the location's.
            let of_persons = Roles::PERSON.or(Roles::PERSON_ITSELF);
            let of_machines = Roles::DEVICE.or(Roles::SESSION);
            let is_of_another = !owner.is_none()
                && (!owner.has(of_persons) && declared.roles.has(of_persons)
                    || owner.has(of_persons) && declared.roles.has(of_machines));
            if !is_satisfied && (has_unknown || owner.has(Roles::THING) || is_of_another) {
                continue;
            }
            if usize::from(field.count) < MEANINGS {
                field.meanings[usize::from(field.count)] = Packed::pack(Meaning {
                    names,
                    is_satisfied,
                    is_doubtful,
                });
                field.count += 1;
            }
        }
    }

    /// Whether a text ends with what announces the number of an order, a parcel, an invoice
    /// (`tracking no. `): a field's name in prose.
    pub(crate) fn announces_record(&self, text: &str) -> bool {
        // Enough for `tracking number is`.
        const MOST_WORDS: usize = 3;
        const LONGEST_WORD: usize = 24;
        const REACH: usize = 160;
        let from = (0..=text.len().saturating_sub(REACH)).rfind(|&at| text.is_char_boundary(at));
        text[from.unwrap_or_default()..]
            .rsplit(|c: char| !c.is_alphanumeric())
            .take(MOST_WORDS * 2)
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .map_while(|word| {
                let is_short = word.len() <= LONGEST_WORD;
                let folded = is_short.then(|| Split::new(word));
                let hash = folded.map_or(HASH_SEED, |split| {
                    split
                        .tokens()
                        .fold(HASH_SEED, |hash, token| hash_on(hash, token.text(&split)))
                });
                self.vocabulary.get(&key(hash))
            })
            .find(|word| !word.is_neutral())
            .is_some_and(|word| word.is_record())
    }

    /// Every phrase of `text` that starts in `reach` and needs no parent, as byte ranges with the
    /// id of its detector: the keywords of prose.
    pub(crate) fn keywords(
        &self,
        text: &str,
        reach: RangeInclusive<usize>,
        out: &mut Vec<Keyword>,
    ) {
        let mut window = split::Window::from(text, *reach.start());
        while let Some(start) = window.advance() {
            if start > *reach.end() {
                return;
            }
            // Most words open no phrase.
            let opens = |word: &[u8]| self.openings.contains(&key(hash_on(HASH_SEED, word)));
            if !window.words().next().is_some_and(|(word, _)| opens(word)) {
                continue;
            }
            let mut hash = HASH_SEED;
            for (word, end) in window.words() {
                hash = hash_on(hash, word);
                for &detector in self.prose.get(&key(hash)).into_iter().flatten() {
                    out.push(Keyword {
                        start,
                        end,
                        detector,
                    });
                }
                let Some(sharing) = self.phrases.get(&key(hash)) else {
                    continue;
                };
                for &names in &sharing.names[..usize::from(sharing.count)] {
                    let (detector, declared) = self.names[usize::from(names)];
                    if declared.is_enough() {
                        out.push(Keyword {
                            start,
                            end,
                            detector,
                        });
                    }
                }
            }
        }
    }
}

/// A phrase of a detector's names in prose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keyword {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) detector: DetectorId,
}

struct Match {
    first: usize,
    last: usize,
    sharing: Sharing,
}

/// A word that names a person makes the field the person's own.
const fn itself(roles: Roles) -> Roles {
    if roles.has(Roles::PERSON) {
        Roles::PERSON_ITSELF
    } else {
        Roles::NONE
    }
}

/// What the words make of the object they lead to. The last word that says something decides
/// whether it is a person: `customer_orders` are orders.
fn roles_of(words: &[Option<words::Word>]) -> Roles {
    let mut all = Roles::NONE;
    let mut last = Roles::NONE;
    for word in words.iter().flatten() {
        if !word.roles().is_none() {
            last = word.roles();
            all = all.or(last);
        }
    }
    // An unknown last word is what it is about: a `client_cert` is no client.
    let is_about_unknown = words.last().is_some_and(Option::is_none);
    if last.has(Roles::THING) || is_about_unknown {
        return all.without(Roles::PERSON);
    }
    all.without(Roles::THING.or(Roles::RECORD))
}

/// `order_number` is an id, a lone `number` may be anything's.
fn numbers_of(words: &[Option<words::Word>]) -> Numbers {
    let known = || words.iter().flatten();
    let is_number = known().any(|word| word.is_number());
    if known().any(|word| word.is_id() || word.is_record()) || words.len() > 1 && is_number {
        Numbers::Ids
    } else if is_number {
        Numbers::OfParent
    } else if known().any(|word| word.is_negative() || word.roles().has(Roles::THING)) {
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

#[cfg(test)]
mod tests;
