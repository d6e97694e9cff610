//! Tests statements that follow from the sample shop's topology. Expected numbers are counted in
//! the samples, not copied from the map.

use std::collections::BTreeSet;

use piitrail_report::render;
use serde_json::Value;

use super::reader::{Edge, Map, classes, events_on, paths};
use super::{Sample, Shop, events, samples};

#[test]
fn marketing_gets_a_segment_of_an_order_and_never_the_address_or_e_mail() {
    let map = Map::of_the_shop();
    let over_the_bus = map.edges(|edge| edge.consumer == "marketing" && edge.goes_over("bus/shop"));
    assert_eq!(classes(&over_the_bus), ["CUSTOMER_ID"].into());
    // Consumers that receive whole events get far more from the same events.
    let to_payments = map.edges(|edge| edge.consumer == "payments" && edge.goes_over("bus/shop"));
    assert!(classes(&to_payments).is_superset(&["EMAIL_ADDRESS", "STREET_ADDRESS"].into()));
}

#[test]
fn marketing_gets_the_orders_of_those_who_agreed_and_no_others() {
    let map = Map::of_the_shop();
    let agreed = count(|event| {
        event["detail-type"].as_str().unwrap().starts_with("Order")
            && event["detail"]["customer"]["marketingConsent"] == true
            && event["source"] == "shop.orders"
    });
    let received = map.edges(|edge| edge.consumer == "marketing" && edge.goes_over("bus/shop"));
    assert_eq!(events_on(&received), agreed);
    assert!(agreed < count(|event| event["source"] == "shop.orders"));
}

#[test]
fn shipping_gets_the_parcels_way_and_nothing_of_the_payment() {
    let map = Map::of_the_shop();
    let received = map.edges(|edge| edge.consumer == "shipping");
    let carried = classes(&received);
    assert!(carried.is_superset(&["PERSON_NAME", "PHONE_NUMBER", "STREET_ADDRESS"].into()));
    for class in ["EMAIL_ADDRESS", "IBAN_CODE", "SWIFT_CODE", "CUSTOMER_ID"] {
        assert!(!carried.contains(class), "shipping receives {class}");
    }
    // The paths are those in the message that was sent, not in the original event.
    for path in paths(&received) {
        assert!(
            path.starts_with("$.address.") || path.starts_with("$.recipient."),
            "{path}"
        );
    }
}

#[test]
fn a_digital_order_is_not_sent_to_shipping() {
    let map = Map::of_the_shop();
    let parcels = count(|event| {
        event["detail-type"] == "OrderPlaced" && event["detail"]["delivery"]["method"] == "parcel"
    });
    let received = map.edges(|edge| edge.consumer == "shipping");
    assert_eq!(events_on(&received), parcels);
}

#[test]
fn the_mail_provider_gets_an_address_and_a_first_name_from_three_services() {
    let map = Map::of_the_shop();
    let received = map.edges(|edge| edge.consumer == "mailwing");
    let producers: BTreeSet<&str> = received.iter().map(|edge| edge.producer.as_str()).collect();
    assert_eq!(producers, ["accounts", "orders", "shipping"].into());
    assert_eq!(classes(&received), ["EMAIL_ADDRESS", "PERSON_NAME"].into());
    assert_eq!(paths(&received), ["$.to.email", "$.to.firstName"].into());
}

#[test]
fn the_fraud_score_gets_dear_and_prepaid_orders_only() {
    let map = Map::of_the_shop();
    let risky = count(|event| {
        let order = &event["detail"];
        event["detail-type"] == "OrderPlaced"
            && (order["total"]["amount"].as_f64().unwrap() > 400.0
                || order["payment"]["method"]
                    .as_str()
                    .unwrap()
                    .starts_with("prepaid"))
    });
    let received = map.edges(|edge| edge.consumer == "function/fraud-score");
    assert_eq!(events_on(&received), risky);
}

#[test]
fn who_is_behind_another_accounts_bus_is_shown_as_unattributed() {
    let map = Map::of_the_shop();
    let ordered = count(|event| event["detail"]["channel"] == "marketplace");
    let left = map.edges(|edge| edge.goes_over("bus/marketplace-partner"));
    assert_eq!(events_on(&left), ordered);
    assert!(left.iter().all(|edge| edge.consumer == "unattributed"));
}

#[test]
fn an_event_that_no_rule_takes_is_on_the_map_and_carries_nothing() {
    let map = Map::of_the_shop();
    let planned = count(|event| event["source"] == "shop.marketing");
    let lost = map.edges(|edge| edge.producer == "marketing");
    assert_eq!(events_on(&lost), planned);
    assert!(lost.iter().all(|edge| edge.consumer == "no-consumer"));
    assert!(classes(&lost).is_empty());
}

#[test]
fn nothing_goes_over_a_rule_that_is_switched_off() {
    let map = Map::of_the_shop();
    assert!(
        map.edges(|edge| edge.consumer.contains("old-warehouse"))
            .is_empty()
    );
}

#[test]
fn the_tap_is_nobodys_channel() {
    let map = Map::of_the_shop();
    assert!(
        map.edges(|edge| edge.goes_over("queue/piitrail-tap"))
            .is_empty()
    );
}

#[test]
fn the_archive_holds_card_numbers_as_long_as_it_lives() {
    let map = Map::of_the_shop();
    let kept = map.edges(|edge| edge.consumer == "archive/payments-10-years");
    assert_eq!(
        events_on(&kept),
        // The archive excludes the events that were replayed from it.
        count(|event| event["source"] == "shop.payments" && event["replay-name"].is_null())
    );
    assert!(classes(&kept).contains("CREDIT_CARD"));
    assert!(paths(&kept).contains("$.detail.gatewayResponse(json).card.number"));
}

#[test]
fn the_sms_provider_gets_what_has_a_number_and_the_helpdesk_what_went_wrong() {
    let map = Map::of_the_shop();
    let parcels = |name: &str| {
        map.edges(|edge| edge.consumer == name && edge.goes_over("topic/parcel-updates"))
    };
    let types = |edges: &[&Edge]| {
        edges
            .iter()
            .map(|edge| edge.event_type.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        types(&parcels("textwave")),
        ["ParcelDelivered".to_owned()].into()
    );
    assert_eq!(
        types(&parcels("helpdesk")),
        ["ParcelAtCustoms", "ParcelDelayed", "ParcelLost"]
            .map(str::to_owned)
            .into()
    );
}

#[test]
fn marketing_reads_the_clicks_of_those_who_agreed() {
    let map = Map::of_the_shop();
    let clicks = |name: &str| {
        map.edges(|edge| edge.consumer == name && edge.goes_over("stream/clickstream"))
    };
    assert_eq!(events_on(&clicks("analytics")), 5);
    assert_eq!(events_on(&clicks("marketing")), 3);
    // The visitor's location was in a click without consent.
    assert!(classes(&clicks("analytics")).contains("GEO_COORDINATES"));
    assert!(!classes(&clicks("marketing")).contains("GEO_COORDINATES"));
}

#[test]
fn a_return_without_a_refund_is_dropped_by_the_pipe() {
    let map = Map::of_the_shop();
    let refunds = map.edges(|edge| edge.goes_over("pipe/returns-to-refunds"));
    let dropped = map.edges(|edge| edge.producer == "orders" && edge.consumer == "no-consumer");
    assert_eq!((events_on(&refunds), events_on(&dropped)), (3, 1));
}

#[test]
fn a_redelivered_message_is_counted_once() {
    let shop = Shop::open();
    let names = ["sqs/plain-json.json", "sqs/redelivered.json"];
    let both: Vec<Sample> = samples()
        .into_iter()
        .filter(|sample| names.contains(&sample.name.as_str()))
        .collect();
    let traced = shop.trace(&both);
    assert_eq!((traced.outcome.deliveries, traced.outcome.again), (4, 1));
    assert_eq!(events_on(&Map::of(&traced).edges(|_| true)), 3);
}

#[test]
fn one_poison_message_fails_alone() {
    let shop = Shop::open();
    let poison = sample("sqs/one-poison-message.json");
    let cut_off = poison.values()[0]["Records"][1]["messageId"]
        .as_str()
        .unwrap()
        .to_owned();
    let traced = shop.trace(&[poison]);
    assert_eq!(
        traced.outcome.failed_items(),
        Some([cut_off.as_str()].into())
    );
    assert_eq!(traced.outcome.deliveries, 1);
}

#[test]
fn every_other_sample_is_read_without_a_failure() {
    let shop = Shop::open();
    let others: Vec<Sample> = samples()
        .into_iter()
        .filter(|sample| sample.name != "sqs/one-poison-message.json")
        .collect();
    assert!(shop.trace(&others).outcome.is_clean());
}

#[test]
fn a_replayed_event_is_counted_as_replayed() {
    let replayed = Shop::open()
        .trace(&[sample("eventbridge/replayed-payment.json")])
        .map();
    for edge in replayed["edges"].as_array().unwrap() {
        assert_eq!((&edge["events"], &edge["replayed"]), (&1.into(), &1.into()));
    }
}

#[test]
fn what_could_not_be_delivered_is_held_by_the_dead_letter_queue() {
    let held = Map::of(&Shop::open().trace(&[sample("sqs/dead-lettered.json")]));
    let edges = held.edges(|_| true);
    assert_eq!(edges.len(), 1);
    assert_eq!(edges[0].consumer, "dead-letter-queue/shop-undelivered");
    assert!(classes(&edges).contains("STREET_ADDRESS"));
}

#[test]
fn first_and_last_seen_are_those_of_the_events() {
    let map = Map::of_the_shop();
    let times = |event_type: &str| -> BTreeSet<String> {
        bus_events()
            .iter()
            .filter(|event| event["detail-type"] == event_type)
            .map(|event| event["time"].as_str().unwrap().to_owned())
            .collect()
    };
    for event_type in ["CustomerRegistered", "ParcelShipped", "TicketClosed"] {
        let times = times(event_type);
        for edge in map.edges(|edge| edge.event_type == event_type) {
            assert_eq!(Some(&edge.first_seen), times.first(), "{event_type}");
            assert_eq!(Some(&edge.last_seen), times.last(), "{event_type}");
        }
    }
}

#[test]
fn an_address_in_a_key_or_a_name_is_masked() {
    let shop = Shop::open();
    let key = Map::of(&shop.trace(&[sample("eventbridge/personal-data-in-a-key.json")]));
    assert!(paths(&key.edges(|_| true)).contains("$.detail.watchers.{EMAIL_ADDRESS}"));
    let name = Map::of(&shop.trace(&[sample("eventbridge/personal-data-in-a-name.json")]));
    let types: Vec<String> = name.edges.into_iter().map(|edge| edge.event_type).collect();
    assert_eq!(types, ["Callback requested by {EMAIL_ADDRESS}"]);
}

#[test]
fn no_address_number_or_key_of_a_sample_is_in_any_answer() {
    let traced = Shop::open().trace(&samples());
    let mut values = BTreeSet::new();
    for value in samples().iter().flat_map(Sample::values) {
        personal_values(&value, &mut values);
    }
    assert!(
        values.len() > 100,
        "only {} values are looked for",
        values.len()
    );
    for format in render::names() {
        let answer = traced.report(format);
        for value in &values {
            assert!(
                !answer.contains(value.as_str()),
                "a value of a sample is in the {format} map"
            );
        }
    }
}

#[test]
fn every_sample_is_explained_in_the_readme() {
    let readme = std::fs::read_to_string(events().join("README.md")).unwrap();
    let missing: Vec<String> = samples()
        .into_iter()
        .map(|sample| sample.name)
        .filter(|name| !readme.contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "events/README.md does not speak of {missing:?}"
    );
}

/// Collects the personal values to search for in answers: text under the names of personal fields,
/// and all text and keys with an `@`.
fn personal_values(value: &Value, found: &mut BTreeSet<String>) {
    const NAMES: [&str; 22] = [
        "email",
        "phone",
        "mobile",
        "firstName",
        "lastName",
        "fullName",
        "cardholderName",
        "username",
        "street",
        "postalCode",
        "dateOfBirth",
        "iban",
        "number",
        "customerId",
        "ipAddress",
        "ssn",
        "pesel",
        "vorname",
        "nachname",
        "strasse",
        "geburtsdatum",
        "kundennummer",
    ];
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name.contains('@') {
                    found.insert(name.clone());
                }
                match value.as_str() {
                    Some(text) if NAMES.contains(&name.as_str()) => {
                        found.insert(text.to_owned());
                    }
                    _ => personal_values(value, found),
                }
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| personal_values(value, found)),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => personal_values(&inner, found),
            _ => found.extend(
                text.split_whitespace()
                    .filter(|word| word.contains('@'))
                    .map(str::to_owned),
            ),
        },
        _ => {}
    }
}

fn sample(name: &str) -> Sample {
    samples()
        .into_iter()
        .find(|sample| sample.name == name)
        .unwrap()
}

/// Returns the events that went over the bus. An event that was also seen in a queue after the bus
/// is returned once. A replay goes over the bus a second time.
fn bus_events() -> Vec<Value> {
    let mut seen = BTreeSet::new();
    samples()
        .iter()
        .flat_map(Sample::values)
        .flat_map(|payload| match payload["Records"].as_array() {
            Some(records) => records
                .iter()
                .filter_map(|record| serde_json::from_str(record["body"].as_str()?).ok())
                .collect(),
            None => vec![payload],
        })
        .filter(|event| event["detail-type"].is_string())
        .filter(|event| seen.insert((event["id"].to_string(), event["replay-name"].to_string())))
        .collect()
}

fn count(is_counted: impl Fn(&Value) -> bool) -> u64 {
    bus_events()
        .iter()
        .filter(|event| is_counted(event))
        .count() as u64
}
