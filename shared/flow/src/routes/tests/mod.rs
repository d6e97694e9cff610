//! Claims about the consumers of a delivery.

use std::fmt::Write as _;
use std::sync::LazyLock;

use piitrail_detect::UnreadSet;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::delivery::{Holder, RawChannel, Sender};
use crate::home::Home;
use crate::party::PartyKind;

mod bounds;
mod consumers;
mod delivery;
mod filters;
mod homes;
mod pipes;
mod v2;

/// A pattern that accepts every event.
const ALL: &str = "{source: [{prefix: ''}]}";

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new()));

fn router(yaml: &str) -> Router {
    Router::new(&Topology::parse(yaml).unwrap(), &ENGINE)
}

/// Returns a delivery over channels such as `queue/jobs`. A bus without a name is `bus/?`.
fn delivery(channels: &[&str], document: &Value) -> Delivery {
    let mut arrival = Arrival::unknown("d-1".to_owned());
    arrival.channels = channels
        .iter()
        .map(|channel| {
            let (kind, name) = channel.split_once('/').unwrap();
            let kind = match kind {
                "bus" => ChannelKind::Bus,
                "queue" => ChannelKind::Queue,
                "topic" => ChannelKind::Topic,
                "stream" => ChannelKind::Stream,
                _ => ChannelKind::Pipe,
            };
            RawChannel {
                kind,
                name: (name != "?").then(|| name.to_owned()),
                home: Home::UNKNOWN,
            }
        })
        .collect();
    if let Some(source) = document.get("source").and_then(Value::as_str) {
        arrival.sender = Some(Sender::Source(source.to_owned()));
    }
    Delivery {
        arrival,
        document: Document::Json(document.to_string()),
        limit: None,
        unread: UnreadSet::default(),
    }
}

fn event(detail: &Value) -> Value {
    json!({
        "id": "e-1", "source": "com.shop.orders", "detail-type": "OrderPlaced",
        "time": "2026-11-20T10:00:00Z", "detail": detail,
    })
}

/// Returns lines `consumer < channel > channel (basis)`, sorted.
fn told(routed: &Routed) -> Vec<String> {
    let mut lines: Vec<String> = routed
        .consumptions
        .iter()
        .map(|consumption| {
            let way: Vec<String> = consumption
                .channels
                .iter()
                .map(ToString::to_string)
                .collect();
            format!(
                "{} < {} ({})",
                consumption.consumer,
                way.join(" > "),
                consumption.basis.as_str()
            )
        })
        .collect();
    lines.sort();
    lines
}

fn over(yaml: &str, channels: &[&str], document: &Value) -> Vec<String> {
    told(&router(yaml).route(&delivery(channels, document)))
}
