//! Generated events of a shop. The bytes are the same on every run.

use std::fmt::Write as _;

/// A small linear congruential generator (Knuth's MMIX constants), good enough to vary events.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.next(from.len() as u64);
        from[usize::try_from(at).unwrap_or_default()]
    }

    fn hex(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| {
                char::from(b"0123456789abcdef"[usize::try_from(self.next(16)).unwrap_or_default()])
            })
            .collect()
    }

    fn uuid(&mut self) -> String {
        format!(
            "{}-{}-4{}-a{}-{}",
            self.hex(8),
            self.hex(4),
            self.hex(3),
            self.hex(3),
            self.hex(12)
        )
    }
}

const FIRST: [&str; 8] = [
    "Jane",
    "Lukas",
    "Zoë",
    "Giulia",
    "Mateo",
    "Agnieszka",
    "Søren",
    "花子",
];
const LAST: [&str; 8] = [
    "Doe", "Müller", "Dupont", "Rossi", "García", "Kowalska", "Ågård", "山田",
];
const STREETS: [&str; 4] = [
    "Hauptstraße 5",
    "12 Main Street",
    "8 rue de la Paix",
    "Via Roma 3",
];
const CITIES: [&str; 4] = ["Mainz", "Springfield", "Lyon", "Torino"];
const SKUS: [&str; 4] = ["SKU-10293", "BK-7781-XL", "0099281", "TEA-GREEN-250"];

/// Returns EventBridge events, one JSON text each, with at least `bytes` in total.
pub(crate) fn events(bytes: usize) -> Vec<String> {
    let mut numbers = Numbers(42);
    let mut events = Vec::new();
    let mut total = 0;
    while total < bytes {
        let event = event(&mut numbers);
        total += event.len();
        events.push(event);
    }
    events
}

fn event(numbers: &mut Numbers) -> String {
    let (id, order) = (numbers.uuid(), numbers.uuid());
    let (first, last) = (numbers.pick(&FIRST), numbers.pick(&LAST));
    let (day, second) = (numbers.next(28) + 1, numbers.next(60));
    let mut items = String::new();
    for line in 0..=numbers.next(4) {
        let comma = if line > 0 { "," } else { "" };
        let (sku, quantity, cents) = (
            numbers.pick(&SKUS),
            numbers.next(5) + 1,
            numbers.next(90) + 10,
        );
        let _ = write!(
            items,
            r#"{comma}{{"sku":"{sku}","name":"Green tea, loose","quantity":{quantity},"unitPrice":{{"amount":"{quantity}9.{cents}","currency":"EUR"}},"tags":["gift","fragile"]}}"#
        );
    }
    let (street, city) = (numbers.pick(&STREETS), numbers.pick(&CITIES));
    let (user, phone, ip) = (
        numbers.next(1_000_000),
        numbers.next(9_000_000) + 1_000_000,
        numbers.next(200) + 1,
    );
    let trace = numbers.hex(24);
    format!(
        r#"{{"version":"0","id":"{id}","detail-type":"OrderPlaced","source":"com.shop.orders","account":"123456789012","time":"2026-11-{day:02}T10:11:{second:02}Z","region":"eu-central-1","resources":[],"detail":{{"metadata":{{"traceId":"1-{trace}","correlationId":"{order}","schemaVersion":"2.3.1","retry":false}},"orderId":"{order}","status":"CONFIRMED","createdAt":"2026-11-{day:02}T10:11:{second:02}.123Z","customer":{{"customerId":"C-{user}","firstName":"{first}","lastName":"{last}","email":"user{user}@shop.dev","phone":"+49 151 {phone}","marketingConsent":true}},"shippingAddress":{{"street":"{street}","city":"{city}","postalCode":"551{second:02}","country":"DE"}},"payment":{{"method":"card","brand":"visa","last4":"4242","authorizationCode":"{trace}"}},"items":[{items}],"total":{{"amount":"129.90","currency":"EUR"}},"client":{{"ip":"84.12.{ip}.7","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"}},"note":"Please leave the parcel with the neighbour if nobody answers the door."}}}}"#
    )
}
