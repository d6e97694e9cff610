//! Reads `DynamoDB`: tables with their streams, and the Kinesis streams that changes are copied to.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{DestinationStatus, TableDescription};
use piitrail_flow::topology::declared::Setting;
use piitrail_flow::topology::{End, PlainRouteKind, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

// AWS publishes no rate for these.
const LIST: Action = Action::new("dynamodb:ListTables", 10);
const DESCRIBE: Action = Action::new("dynamodb:DescribeTable", 50);
const STREAMING: Action = Action::new("dynamodb:DescribeKinesisStreamingDestination", 50);

pub(super) const ACTIONS: &[Action] = &[LIST, DESCRIBE, STREAMING];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let names = calls
        .list(&LIST, async |token| {
            let request = || client.list_tables().limit(100);
            let ask = || {
                request()
                    .set_exclusive_start_table_name(token.clone())
                    .send()
            };
            let page = calls.call(&LIST, ask).await?;
            let names = page.table_names.unwrap_or_default();
            Some((names, page.last_evaluated_table_name))
        })
        .await;
    let tables = calls
        .each(names, |name| async move {
            let ask = || client.describe_table().table_name(&name).send();
            let table = calls.call(&DESCRIBE, ask).await?.table?;
            let request = || client.describe_kinesis_streaming_destination();
            let ask = || request().table_name(&name).send();
            let copies = calls.call(&STREAMING, ask).await;
            let copies = copies.and_then(|answer| answer.kinesis_data_stream_destinations);
            Some((table, copies.unwrap_or_default()))
        })
        .await;
    for (table, copies) in tables {
        let Some(own) = declare(found, &table) else {
            calls.unreadable(&DESCRIBE);
            continue;
        };
        for copy in copies {
            if let (Some(stream), Some(DestinationStatus::Active)) =
                (copy.stream_arn, copy.destination_status)
            {
                found.route(PlainRouteKind::Delivery, &own, end(Kind::Stream, &stream));
            }
        }
    }
}

fn declare(found: &mut Found, table: &TableDescription) -> Option<End> {
    let own = end(Kind::Table, table.table_arn.as_deref()?);
    // The ARN does not tell whether AWS or the customer manages the key of the account. It is shown
    // as the customer's, because it is named.
    let sse = table.sse_description.as_ref();
    let encryption = key(sse.and_then(|sse| sse.kms_master_key_arn.as_deref()));
    let stream = table.stream_specification.as_ref();
    let has_stream = stream.is_some_and(|stream| stream.stream_enabled);
    found.resource(&own, encryption, Setting::Default, has_stream);
    Some(own)
}
