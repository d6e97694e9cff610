//! Reads Kinesis Data Streams: retention and encryption.
//!
//! Registered consumers (enhanced fan-out) are not read: a mapping of Lambda names its stream too,
//! and any other program behind one is not named by it.

use aws_config::SdkConfig;
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::types::EncryptionType;
use piitrail_flow::topology::ResourceKind as Kind;
use piitrail_flow::topology::declared::{KeySetting, Setting};

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
const LIST: Action = Action::new("kinesis:ListStreams", 5);
const DESCRIBE: Action = Action::new("kinesis:DescribeStreamSummary", 20);

pub(super) const ACTIONS: &[Action] = &[LIST, DESCRIBE];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let names = calls
        .list(&LIST, async |token| {
            let request = || client.list_streams().limit(100);
            let ask = || {
                request()
                    .set_exclusive_start_stream_name(token.clone())
                    .send()
            };
            let page = calls.call(&LIST, ask).await?;
            let last = page.stream_names.last().cloned();
            Some((page.stream_names, last.filter(|_| page.has_more_streams)))
        })
        .await;
    let streams = calls
        .each(names, |name| async move {
            let ask = || client.describe_stream_summary().stream_name(&name).send();
            calls.call(&DESCRIBE, ask).await
        })
        .await;
    for stream in streams {
        let Some(stream) = stream.stream_description_summary else {
            calls.unreadable(&DESCRIBE);
            continue;
        };
        let own = end(Kind::Stream, &stream.stream_arn);
        let encryption = match stream.encryption_type {
            Some(EncryptionType::Kms) => key(stream.key_id.as_deref()),
            _ => Setting::Is(KeySetting::Off),
        };
        let hours = u64::try_from(stream.retention_period_hours);
        let hours = hours.map_or(Setting::Unknown, Setting::Is);
        found.resource(&own, encryption, hours, false);
    }
}
