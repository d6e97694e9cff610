//! Claims about homes: the choice between two resources with the same name, and the homes on an
//! edge.

use super::*;
use crate::home::Home;

const TWO_ACCOUNTS: &str = "
version: 1
services: {mail: {functions: [mailer@eu-west-1/111111111111, mailer@eu-west-1/222222222222]}}
taps:
  - {queue: ears@eu-west-1/111111111111, bus: default}
buses:
  default: {rules: [{name: all, pattern: {source: [{prefix: ''}]}, targets: [{queue: orders}]}]}
queues:
  orders@eu-west-1/111111111111: {consumers: [{function: mailer@eu-west-1/111111111111}]}
  orders@eu-west-1/222222222222: {consumers: [{function: labels}]}
  ears: {}
";

fn at(account: &str) -> Home {
    Home::of(account, "eu-west-1")
}

/// Returns a delivery to a queue in an account.
fn arriving_at(queue: &str, home: Home) -> Delivery {
    let mut delivery = delivery(&[&format!("queue/{queue}")], &json!({ "a": 1 }));
    delivery.arrival.channels[0].home = home;
    delivery
}

#[test]
fn two_queues_of_one_name_have_consumers_of_their_own() {
    let routes = router(TWO_ACCOUNTS);
    for (account, consumer) in [
        ("111111111111", "mail"),
        ("222222222222", "function/labels"),
    ] {
        let reached = routes.route(&arriving_at("orders", at(account)));
        let [consumption] = &*reached.consumptions else {
            panic!("{} consumers", reached.consumptions.len());
        };
        assert_eq!(consumption.consumer.to_string(), consumer);
        assert_eq!(consumption.channels[0].home, at(account));
    }
}

#[test]
fn a_queue_that_may_be_either_of_two_has_no_known_consumer() {
    let routes = router(TWO_ACCOUNTS);
    for home in [Home::UNKNOWN, at("333333333333")] {
        let reached = routes.route(&arriving_at("orders", home));
        assert_eq!(reached.consumptions[0].consumer, Party::UNATTRIBUTED);
    }
}

#[test]
fn a_service_in_two_accounts_is_one_party_and_a_function_of_nobody_is_not() {
    let routes = router(TWO_ACCOUNTS);
    let producer = |name: &str, account: &str| {
        let mut delivery = arriving_at("orders", at("111111111111"));
        delivery.arrival.sender = Some(Sender::Function(name.to_owned()));
        delivery.arrival.sender_home = at(account);
        routes.route(&delivery).producer
    };
    assert_eq!(
        producer("mailer", "111111111111"),
        producer("mailer", "222222222222")
    );
    assert!(producer("mailer", "111111111111").home.is_unknown());
    assert_ne!(
        producer("resize", "111111111111"),
        producer("resize", "222222222222")
    );
}

#[test]
fn a_bus_is_where_its_tap_is_and_not_where_its_sender_is() {
    let routes = router(TWO_ACCOUNTS);
    let mut delivery = delivery(
        &["bus/?", "queue/ears"],
        &json!({ "source": "shop", "detail-type": "Paid", "detail": {} }),
    );
    delivery.arrival.channels[1].home = at("111111111111");
    delivery.arrival.sender_home = at("999999999999");
    let reached = routes.route(&delivery);
    assert_eq!(reached.taken_from.unwrap().home, at("111111111111"));
    assert_eq!(reached.producer.home, at("999999999999"));
}

#[test]
fn a_topology_without_homes_fits_every_home() {
    let routes = router("{version: 1, queues: {orders: {consumers: [{function: mailer}]}}}");
    for account in ["111111111111", "222222222222"] {
        let reached = routes.route(&arriving_at("orders", at(account)));
        assert_eq!(
            reached.consumptions[0].consumer.to_string(),
            "function/mailer"
        );
        assert_eq!(reached.consumptions[0].channels[0].home, at(account));
    }
}
