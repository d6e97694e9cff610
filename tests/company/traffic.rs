//! Generates what the services of a company send, from a seed: events, messages and changes of
//! tables.

use serde_json::{Map, Value, json};

use super::generate::Dice;
use super::model::{Company, Event, Kind, Sent};
use crate::people::Person;

/// Returns the traffic of a seed.
pub(crate) fn traffic(company: &Company, seed: u64, count: usize) -> Vec<Event> {
    let mut dice = Dice::new(seed ^ 0x7a11);
    let mut events: Vec<Event> = Vec::new();
    for number in 0..count {
        let event = match dice.below(20) {
            0 | 1 => change(company, number, &mut dice),
            2 => message(company, number, &mut dice),
            3 => replay(company, &events, number, &mut dice),
            _ => None,
        };
        events.push(event.unwrap_or_else(|| published(company, number, &mut dice)));
    }
    events
}

fn verb(dice: &mut Dice) -> &'static str {
    const VERBS: [&str; 3] = ["Placed", "Moved", "Closed"];
    VERBS[dice.below(VERBS.len())]
}

/// Returns an event that a service publishes on a bus of its account.
fn published(company: &Company, number: usize, dice: &mut Dice) -> Event {
    let by = dice.below(company.services.len());
    let service = &company.services[by];
    let buses: Vec<_> = company
        .buses
        .iter()
        .filter(|bus| bus.at.account == service.account)
        .collect();
    let bus = dice.one(&buses).at.clone();
    let word = service.name[..1].to_uppercase() + &service.name[1..];
    let (body, planted) = detail(number, dice);
    Event {
        id: id(number),
        sent: Sent::Event { bus, replay: None },
        by,
        detail_type: format!("{word}{}", verb(dice)),
        body,
        planted,
    }
}

/// Returns the detail of an event, with the personal data in it.
fn detail(number: usize, dice: &mut Dice) -> (Value, Vec<(&'static str, String)>) {
    let person = Person::number(number as u64);
    let mut planted = Vec::new();
    let mut body = json!({
        "id": format!("o-{number}"),
        "tier": dice.one(&["gold", "silver", "tin"]),
        "total": dice.below(500),
        "path": dice.one(&["north/shelf/box", "south/shelf-two", "north/floor", "south/wash/box"]),
        "tags": dice.one(&[json!(["vip"]), json!(["new", "late"]), json!(["vip", "late"]), json!(["plain"])]),
        "lines": [
            { "sku": dice.one(&["a-one", "b-two"]), "qty": 1 + dice.below(4) },
            { "sku": dice.one(&["a-one", "b-two", "c-three"]), "qty": 1 + dice.below(4) },
        ],
        "flag": dice.often(50),
    });
    if dice.often(30) {
        body["coupon"] = json!("spring");
    }
    if dice.often(40) {
        body["note"] = dice
            .one(&[json!(null), json!(""), json!("fragile")])
            .clone();
    }
    if dice.often(30) {
        let ip = format!("81.{}.{}.7", 1 + dice.below(250), 1 + dice.below(250));
        body["ip"] = json!(ip);
        planted.push(("IP_ADDRESS", ip));
    }
    let mut customer = Map::new();
    let full_name = format!("{} {}", person.first_name, person.last_name);
    for (percent, field, class, value) in [
        (60, "email", "EMAIL_ADDRESS", &person.email),
        (30, "phone", "PHONE_NUMBER", &person.phone),
        (40, "fullName", "PERSON_NAME", &full_name),
    ] {
        if dice.often(percent) {
            customer.insert(field.to_owned(), json!(value));
            planted.push((class, value.clone()));
        }
    }
    if !customer.is_empty() {
        body["customer"] = Value::Object(customer);
    }
    match dice.below(5) {
        0 => {
            body["payment"] = json!({ "iban": person.iban });
            planted.push(("IBAN_CODE", person.iban));
        }
        1 => {
            body["payment"] = json!({ "cardNumber": person.card });
            planted.push(("CREDIT_CARD", person.card));
        }
        _ => {}
    }
    (body, planted)
}

/// Returns the replay of an earlier event, from an archive of the bus to which it was published.
fn replay(company: &Company, earlier: &[Event], number: usize, dice: &mut Dice) -> Option<Event> {
    let mut event = dice
        .one(earlier.get(..)?.get(..1.max(earlier.len()))?)
        .clone();
    let Sent::Event { bus, replay } = &mut event.sent else {
        return None;
    };
    company.bus(bus).archives.first()?;
    *replay = Some(format!("again-{number}"));
    Some(event)
}

/// Returns a message to a topic, with or without attributes.
fn message(company: &Company, number: usize, dice: &mut Dice) -> Option<Event> {
    let topics: Vec<_> = company
        .topics
        .iter()
        .filter_map(|topic| Some((topic, topic.producer.as_ref()?)))
        .collect();
    let (topic, producer) = *dice.one(&topics);
    let by = company
        .services
        .iter()
        .position(|service| service.name == *producer)?;
    let (body, planted) = detail(number, dice);
    let mut attributes = Vec::new();
    if dice.often(70) {
        attributes.push(("tier", *dice.one(&["gold", "silver", "tin"])));
    }
    if dice.often(50) {
        attributes.push(("region", "eu"));
    }
    Some(Event {
        id: id(number),
        sent: Sent::Message {
            topic: topic.at.clone(),
            attributes,
        },
        by,
        detail_type: "notification".to_owned(),
        body,
        planted,
    })
}

/// Returns a change of a table, in which attributes have types.
fn change(company: &Company, number: usize, dice: &mut Dice) -> Option<Event> {
    let tables: Vec<_> = company
        .streams
        .iter()
        .filter(|stream| stream.is_table)
        .collect();
    if tables.is_empty() {
        return None;
    }
    let table = dice.one(&tables).at.clone();
    let by = company.services.iter().position(|service| {
        service
            .owns
            .iter()
            .any(|to| to.kind == Kind::Table && to.at == table)
    })?;
    let person = Person::number(number as u64);
    let name = *dice.one(&["INSERT", "MODIFY"]);
    let mut planted = Vec::new();
    let mut image = json!({
        "id": { "S": id(number) }, "tier": { "S": dice.one(&["gold", "silver", "tin"]) },
    });
    for (percent, field, class, value) in [
        (60, "email", "EMAIL_ADDRESS", &person.email),
        (30, "iban", "IBAN_CODE", &person.iban),
    ] {
        if dice.often(percent) {
            image[field] = json!({ "S": value });
            planted.push((class, value.clone()));
        }
    }
    Some(Event {
        id: id(number),
        sent: Sent::Change { table, name },
        by,
        detail_type: name.to_owned(),
        body: image,
        planted,
    })
}

/// Returns an id in the form of EventBridge's ids.
fn id(number: usize) -> String {
    format!("5f0c2a7e-91d3-4b6a-8e2f-{number:012x}")
}
