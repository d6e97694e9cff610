//! Generates a company from a seed.
//!
//! Its buses have an order: the first four send events to each other in chains and cycles, and to
//! the last two, which also receive from pipes. Nothing leads from the last two back to a source of
//! a pipe, because such a company would send one event round for ever.
//!
//! The file has more than 400 lines: one function for each kind of resource, in the order in which
//! they depend on each other.

use piitrail_flow::store::conformance::faults::Chance;
use serde_json::json;

use super::model::{
    Archive, At, Bus, Company, Input, Kind, Mapping, Pipe, PipeSource, Queue, Rule, Service,
    Stream, Subscription, Target, To, Topic,
};

mod conditions;

pub(crate) use conditions::pattern;
use conditions::{body_filter, change_filter, input, pipe_pattern, policy};

pub(crate) const SERVICES: usize = 40;
pub(crate) const BUSES: usize = 6;
pub(crate) const RULES: usize = 120;
const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];

const WORDS: [&str; SERVICES] = [
    "basket", "billing", "booking", "catalog", "claims", "coupon", "credit", "delivery", "depot",
    "dunning", "exports", "factory", "finance", "fraud", "helpdesk", "identity", "imports",
    "invoices", "kitchen", "labels", "ledger", "loyalty", "mailing", "market", "metering",
    "orders", "packing", "payroll", "pricing", "printing", "quality", "refunds", "reports",
    "returns", "reviews", "routing", "search", "support", "tickets", "wallet",
];

/// Random numbers that follow from the seed.
pub(crate) struct Dice(Chance);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Chance::new(seed))
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.below(bound as u64)).unwrap()
    }

    /// Returns true in `percent` of a hundred cases.
    pub(crate) fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    fn shuffled<T: Clone>(&mut self, values: &[T]) -> Vec<T> {
        let mut rest = values.to_vec();
        let mut shuffled = Vec::new();
        while !rest.is_empty() {
            shuffled.push(rest.swap_remove(self.below(rest.len())));
        }
        shuffled
    }
}

/// The buses that pipes send to.
const LAST_BUSES: std::ops::Range<usize> = 4..BUSES;

/// Returns the company of a seed.
pub(crate) fn company(seed: u64) -> Company {
    let mut dice = Dice::new(seed);
    let mut company = Company::default();
    let words = dice.shuffled(&WORDS);
    services(&mut company, &words, &mut dice);
    buses(&mut company, &mut dice);
    readers(&mut company, &words, &mut dice);
    topics(&mut company, &words, &mut dice);
    pipes(&mut company, &words, &mut dice);
    rules(&mut company, &mut dice);
    company
}

fn services(company: &mut Company, words: &[&str], dice: &mut Dice) {
    for word in words {
        let account = *dice.one(&ACCOUNTS);
        let mut owns = vec![To::new(
            Kind::Function,
            &At::new(format!("{word}-intake"), account),
        )];
        for (percent, kind, name) in [
            (40, Kind::Function, format!("{word}-sync")),
            (15, Kind::StateMachine, format!("{word}-flow")),
            (10, Kind::Firehose, format!("{word}-lake")),
        ] {
            if dice.often(percent) {
                owns.push(To::new(kind, &At::new(name, account)));
            }
        }
        company.services.push(Service {
            name: (*word).to_owned(),
            account,
            source: format!("co.{word}"),
            owns,
        });
    }
}

fn buses(company: &mut Company, dice: &mut Dice) {
    // Two buses have the same name in different accounts.
    let places = [
        ("sales", ACCOUNTS[0]),
        ("events", ACCOUNTS[0]),
        ("money", ACCOUNTS[1]),
        ("events", ACCOUNTS[1]),
        ("partners", ACCOUNTS[2]),
        ("audit", ACCOUNTS[2]),
    ];
    for (number, (name, account)) in dice.shuffled(&places).into_iter().enumerate() {
        let letter = char::from(b'a' + u8::try_from(number).unwrap());
        let is_tapped = number == 0 || dice.often(60);
        let archives = match dice.below(3) {
            0 => Vec::new(),
            1 => vec![Archive {
                name: format!("all-of-{letter}"),
                pattern: None,
            }],
            _ => vec![
                Archive {
                    name: format!("all-of-{letter}"),
                    pattern: None,
                },
                Archive {
                    name: format!("some-of-{letter}"),
                    pattern: Some(pattern(dice)),
                },
            ],
        };
        company.buses.push(Bus {
            at: At::new(name, account),
            rules: Vec::new(),
            archives,
            tap: is_tapped.then(|| At::new(format!("ears-{letter}"), account)),
        });
    }
}

/// Adds queues with a poller, queues without a known consumer, dead-letter queues, and streams.
fn readers(company: &mut Company, words: &[&str], dice: &mut Dice) {
    for word in &words[..8] {
        let at = At::new(format!("{word}-dead"), dice.one::<&str>(&ACCOUNTS));
        company.queues.push(Queue {
            at,
            mapping: None,
            redrive: None,
            is_dead_letters: true,
        });
    }
    for word in &words[8..30] {
        let account = *dice.one(&ACCOUNTS);
        let filters = if dice.often(50) {
            (0..=dice.below(3))
                .map(|_| body_filter("body", dice))
                .collect()
        } else {
            Vec::new()
        };
        let mapping = dice.often(85).then(|| Mapping {
            to: function(company, dice),
            filters,
        });
        let dead = dice.below(8);
        company.queues.push(Queue {
            at: At::new(format!("{word}-jobs"), account),
            mapping,
            redrive: dice.often(40).then(|| company.queues[dead].at.clone()),
            is_dead_letters: false,
        });
    }
    for (number, word) in words[..8].iter().enumerate() {
        let is_table = number >= 5;
        let account = *dice.one(&ACCOUNTS);
        let mut mappings = Vec::new();
        for _ in 0..=dice.below(2) {
            let filters = if dice.often(40) {
                Vec::new()
            } else if is_table {
                vec![change_filter(dice)]
            } else {
                vec![body_filter("data", dice)]
            };
            mappings.push(Mapping {
                to: function(company, dice),
                filters,
            });
        }
        let name = if is_table {
            format!("{word}-table")
        } else {
            format!("{word}-clicks")
        };
        let at = At::new(name, account);
        if is_table {
            let owner = dice.below(SERVICES);
            company.services[owner].owns.push(To::new(Kind::Table, &at));
        }
        company.streams.push(Stream {
            at,
            mappings,
            is_table,
        });
    }
}

/// Returns a function of a service, or one that no service owns.
fn function(company: &Company, dice: &mut Dice) -> To {
    if dice.often(15) {
        let name = *dice.one(&["cleaner", "indexer", "mirror", "notifier"]);
        return To::new(Kind::Function, &At::new(name, ACCOUNTS[0]));
    }
    let service = dice.one(&company.services);
    let functions: Vec<&To> = service
        .owns
        .iter()
        .filter(|to| to.kind == Kind::Function)
        .collect();
    (*dice.one(&functions)).clone()
}

/// Returns a consumer that forwards nothing.
fn end(company: &Company, dice: &mut Dice) -> To {
    match dice.below(10) {
        0 => To::new(
            Kind::Service,
            &At::new(*dice.one(&["mailchamp", "paywise", "shipfast"]), ""),
        ),
        1 => To::new(Kind::LogGroup, &At::new("/co/audit", ACCOUNTS[1])),
        2 | 3 => {
            let service = dice.one(&company.services);
            dice.one(&service.owns[..1]).clone()
        }
        4 => {
            let owned: Vec<To> = company
                .services
                .iter()
                .flat_map(|service| &service.owns)
                .filter(|to| !matches!(to.kind, Kind::Function | Kind::Table))
                .cloned()
                .collect();
            dice.one(&owned).clone()
        }
        _ => function(company, dice),
    }
}

fn topics(company: &mut Company, words: &[&str], dice: &mut Dice) {
    for (number, word) in words[30..38].iter().enumerate() {
        let account = *dice.one(&ACCOUNTS);
        let mut subscriptions = Vec::new();
        for _ in 0..2 + dice.below(3) {
            let to = if dice.often(60) {
                To::new(Kind::Queue, &some_queue(company, dice))
            } else {
                function(company, dice)
            };
            if subscriptions.iter().any(|one: &Subscription| one.to == to) {
                continue;
            }
            subscriptions.push(Subscription {
                to,
                policy: policy(dice),
                is_raw: dice.often(50),
            });
        }
        company.topics.push(Topic {
            at: At::new(format!("{word}-news"), account),
            subscriptions,
            producer: (number < 3).then(|| dice.one(&company.services).name.clone()),
        });
    }
}

/// Returns a queue that is neither a dead-letter queue nor the source of a pipe.
fn some_queue(company: &Company, dice: &mut Dice) -> At {
    let queues: Vec<&Queue> = company
        .queues
        .iter()
        .filter(|queue| !queue.is_dead_letters && !queue.at.name.ends_with("-pipe"))
        .collect();
    dice.one(&queues).at.clone()
}

fn pipes(company: &mut Company, words: &[&str], dice: &mut Dice) {
    for (number, word) in words[..9].iter().enumerate() {
        let account = *dice.one(&ACCOUNTS);
        let (from, field) = match number {
            0..=4 => {
                let at = At::new(format!("{word}-pipe"), account);
                company.queues.push(Queue {
                    at: at.clone(),
                    mapping: None,
                    redrive: None,
                    is_dead_letters: false,
                });
                // Topics send to it too, but not those that the last buses may reach.
                let topic = dice.below(5);
                company.topics[topic].subscriptions.push(Subscription {
                    to: To::new(Kind::Queue, &at),
                    policy: None,
                    is_raw: dice.often(50),
                });
                (PipeSource::Queue(at), Some("body"))
            }
            5 | 6 => (
                PipeSource::Stream(company.streams[number - 5].at.clone()),
                Some("data"),
            ),
            _ => (
                PipeSource::Table(company.streams[number - 2].at.clone()),
                None,
            ),
        };
        let filters = match field {
            _ if dice.often(60) => Vec::new(),
            Some(field) => vec![body_filter(field, dice)],
            None => vec![change_filter(dice)],
        };
        let mut account = account;
        let (to, enrichment) = match (number, dice.below(3)) {
            (0 | 5 | 7, _) | (1, 0) => {
                let number = LAST_BUSES.start + dice.below(LAST_BUSES.len());
                let bus = &company.buses[number].at;
                // A pipe sends to targets in its own account.
                account = bus.account;
                (To::new(Kind::Bus, bus), None)
            }
            (3, _) => (function(company, dice), Some(function(company, dice))),
            (_, 1) => (To::new(Kind::Queue, &some_queue(company, dice)), None),
            _ => (end(company, dice), None),
        };
        let input = match field {
            None if dice.often(50) => Input::Template(
                r#"{"email": <$.dynamodb.NewImage.email.S>, "tier": <$.dynamodb.NewImage.tier.S>}"#
                    .to_owned(),
            ),
            Some(field) if dice.often(50) => Input::Template(format!(
                r#"{{"email": <$.{field}.detail.customer.email>, "detail": {{"tier": <$.{field}.detail.tier>}}}}"#
            )),
            _ => Input::Whole,
        };
        let is_to_bus = to.kind == Kind::Bus;
        let event = (is_to_bus && dice.often(50))
            .then(|| (format!("co.pipes.{word}"), "RecordTaken".to_owned()));
        company.pipes.push(Pipe {
            at: At::new(format!("{word}-over"), account),
            from,
            filters,
            enrichment,
            to,
            input,
            event,
        });
    }
}

fn rules(company: &mut Company, dice: &mut Dice) {
    // The pairs of buses with a rule from the first to the second. A second rule for a pair would
    // send every event twice.
    let ways = [
        (0, 1),
        (1, 0),
        (0, 2),
        (2, 3),
        (3, 0),
        (1, 3),
        (2, 4),
        (3, 5),
        (4, 5),
    ];
    for (from, to) in ways {
        if dice.often(20) {
            continue;
        }
        let target = Target {
            to: To::new(Kind::Bus, &company.buses[to].at.clone()),
            input: Input::Whole,
            dead_letters: dead_letters(company, dice, 50),
        };
        let wide = json!({ "source": [{ "prefix": "co." }] });
        let rule = Rule {
            name: format!("on-to-{}", char::from(b'a' + u8::try_from(to).unwrap())),
            pattern: if dice.often(40) { wide } else { pattern(dice) },
            is_disabled: dice.often(5),
            targets: vec![target],
        };
        company.buses[from].rules.push(rule);
    }
    for number in 0..BUSES {
        let wanted = RULES / BUSES;
        while company.buses[number].rules.len() < wanted {
            let count = company.buses[number].rules.len();
            let twin = count > 0 && dice.often(8);
            let mut targets = Vec::new();
            for _ in 0..=dice.below(2) {
                targets.push(target(company, number, dice));
            }
            let mut accepted = pattern(dice);
            if LAST_BUSES.contains(&number) && dice.often(25) {
                accepted = pipe_pattern(dice);
            }
            if let (true, Some(before)) = (twin, company.buses[number].rules.last()) {
                // Two rules send the same event to one consumer.
                if before.targets.iter().all(|one| one.to.kind != Kind::Bus) {
                    accepted = before.pattern.clone();
                    targets.clone_from(&before.targets);
                }
            }
            company.buses[number].rules.push(Rule {
                name: format!("rule-{}", letters(count)),
                pattern: accepted,
                is_disabled: dice.often(4),
                targets,
            });
        }
        if let Some(tap) = company.buses[number].tap.clone() {
            company.buses[number].rules.push(Rule {
                name: "the-tap".to_owned(),
                pattern: json!({ "source": [{ "prefix": "" }] }),
                is_disabled: false,
                targets: vec![Target {
                    to: To::new(Kind::Queue, &tap),
                    input: Input::Whole,
                    dead_letters: None,
                }],
            });
        }
    }
}

fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    [letter(number / 26), letter(number)].iter().collect()
}

fn dead_letters(company: &Company, dice: &mut Dice, percent: usize) -> Option<At> {
    let number = dice.below(8);
    dice.often(percent)
        .then(|| company.queues[number].at.clone())
}

/// Returns a target of a rule on the bus of this number.
fn target(company: &Company, number: usize, dice: &mut Dice) -> Target {
    let is_last = LAST_BUSES.contains(&number);
    let to = match dice.below(10) {
        0..=2 => To::new(Kind::Queue, &some_queue(company, dice)),
        3 if !is_last => {
            let pipe = dice.below(5);
            match &company.pipes[pipe].from {
                PipeSource::Queue(at) => To::new(Kind::Queue, at),
                _ => end(company, dice),
            }
        }
        4 | 5 => {
            let first = if is_last { 5 } else { 0 };
            let number = first + dice.below(company.topics.len() - first);
            To::new(Kind::Topic, &company.topics[number].at)
        }
        6 => {
            // The first two streams are read by pipes.
            let first = if is_last { 2 } else { 0 };
            To::new(
                Kind::Stream,
                &company.streams[first + dice.below(5 - first)].at,
            )
        }
        _ => end(company, dice),
    };
    Target {
        input: input(dice),
        to,
        dead_letters: dead_letters(company, dice, 20),
    }
}
