//! Generates a thousand events of a shop, and the map that must follow from them.
//!
//! The map was written by reading the topology and the events, without code of Piitrail.

use serde_json::{Value, json};

use crate::machine_room::Stack;
use crate::people::Person;

/// The number of events of all five kinds.
pub(crate) const EVENTS: u64 = 1_000;

/// The number of events of each kind. Event `n` is of kind `n % 5`.
const EACH: u64 = EVENTS / 5;

/// Returns the topology of the shop.
pub(crate) fn topology() -> Value {
    json!({
        "version": 1,
        "services": {
            "orders": { "sources": ["shop.orders"] },
            "accounts": { "sources": ["shop.accounts"] },
            "payments": { "sources": ["shop.payments"] },
            "shipping": { "sources": ["shop.shipping"] },
            "mailer": {},
        },
        "buses": { "shop": {
            "rules": [
                {
                    "name": "orders-to-payments",
                    "pattern": { "source": ["shop.orders"], "detail-type": ["OrderPlaced"] },
                    "targets": [{ "queue": "payments-orders" }],
                },
                {
                    "name": "orders-to-shipping",
                    "pattern": { "detail-type": ["OrderPlaced"] },
                    "targets": [{ "queue": "shipping-jobs", "input_path": "$.detail.delivery" }],
                },
                {
                    "name": "welcome-mail",
                    "pattern": { "source": [{ "prefix": "shop.acc" }] },
                    "targets": [{
                        "service": "mailer",
                        "input_transformer": {
                            "paths": { "to": "$.detail.customer.email" },
                            "template": r#"{"to": {"email": <to>}}"#,
                        },
                    }],
                },
                {
                    "name": "parcels",
                    "pattern": { "detail-type": ["ParcelShipped"] },
                    "targets": [{ "queue": "parcels" }],
                },
            ],
            "archives": [{ "name": "payments-archive", "pattern": { "source": ["shop.payments"] } }],
        } },
        "queues": {
            "payments-orders": { "consumers": [{ "service": "payments" }] },
            "shipping-jobs": { "consumers": [{ "service": "shipping" }] },
        },
    })
}

/// Returns the events, as entries of `PutEvents`.
pub(crate) fn events() -> Vec<Value> {
    (0..EVENTS).map(event).collect()
}

fn event(n: u64) -> Value {
    let person = Person::number(n);
    let (source, detail_type, detail) = match n % 5 {
        0 => {
            let mut detail = json!({
                "order": n,
                "customer": { "email": person.email },
                "delivery": { "address": { "street": person.street, "city": person.city } },
            });
            // Every other order is paid by card.
            if n.is_multiple_of(2) {
                detail["payment"] = json!({ "cardNumber": person.card });
            }
            ("shop.orders", "OrderPlaced", detail)
        }
        1 => {
            let customer = json!({ "email": person.email, "phone": person.phone });
            (
                "shop.accounts",
                "CustomerRegistered",
                json!({ "customer": customer }),
            )
        }
        2 => (
            "shop.payments",
            "PaymentCaptured",
            json!({ "iban": person.iban, "amount": n }),
        ),
        3 => (
            "shop.shipping",
            "ParcelShipped",
            json!({ "parcels": 1, "fragile": false }),
        ),
        _ => (
            "shop.warehouse",
            "StockCounted",
            json!({ "shelf": "north", "counted": n }),
        ),
    };
    json!({
        "EventBusName": Stack::BUS,
        "Source": source,
        "DetailType": detail_type,
        "Detail": detail.to_string(),
    })
}

/// Returns the edges of those events, in order of producer, consumer and type.
pub(crate) fn edges() -> Value {
    let bus = "bus/shop";
    json!([
        {
            "producer": "accounts", "consumer": "mailer", "channels": [bus],
            "event_type": "CustomerRegistered", "basis": "matched",
            "events": EACH, "events_with_findings": EACH,
            // The template passes only the address on, so the phone number goes nowhere.
            "classes": { "EMAIL_ADDRESS": { "events": EACH, "paths": ["$.to.email"] } },
        },
        {
            "producer": "orders", "consumer": "payments", "channels": [bus, "queue/payments-orders"],
            "event_type": "OrderPlaced", "basis": "matched",
            "events": EACH, "events_with_findings": EACH,
            "classes": {
                "CITY": { "events": EACH, "paths": ["$.detail.delivery.address.city"] },
                "CREDIT_CARD": { "events": EACH / 2, "paths": ["$.detail.payment.cardNumber"] },
                "EMAIL_ADDRESS": { "events": EACH, "paths": ["$.detail.customer.email"] },
                "STREET_ADDRESS": { "events": EACH, "paths": ["$.detail.delivery.address.street"] },
            },
        },
        {
            "producer": "orders", "consumer": "shipping", "channels": [bus, "queue/shipping-jobs"],
            "event_type": "OrderPlaced", "basis": "matched",
            "events": EACH, "events_with_findings": EACH,
            // Only the delivery reaches shipping: neither the e-mail address nor the card.
            "classes": {
                "CITY": { "events": EACH, "paths": ["$.address.city"] },
                "STREET_ADDRESS": { "events": EACH, "paths": ["$.address.street"] },
            },
        },
        {
            "producer": "payments", "consumer": "archive/payments-archive", "channels": [bus],
            "event_type": "PaymentCaptured", "basis": "matched",
            "events": EACH, "events_with_findings": EACH,
            "classes": { "IBAN_CODE": { "events": EACH, "paths": ["$.detail.iban"] } },
        },
        {
            // The queue is known, but its poller is not.
            "producer": "shipping", "consumer": "unattributed", "channels": [bus, "queue/parcels"],
            "event_type": "ParcelShipped", "basis": "matched",
            "events": EACH, "events_with_findings": 0,
            "classes": {},
        },
        {
            // A source that no service claims appears under its own name, and no rule takes its
            // events.
            "producer": "shop.warehouse", "consumer": "no-consumer", "channels": [bus],
            "event_type": "StockCounted", "basis": "observed",
            "events": EACH, "events_with_findings": 0,
            "classes": {},
        },
    ])
}
