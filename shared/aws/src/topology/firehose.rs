//! Reads Firehose: what each stream reads, where it delivers to, and the bucket beside that.

use aws_config::SdkConfig;
use aws_sdk_firehose::Client;
use aws_sdk_firehose::types::{
    DeliveryStreamDescription, DeliveryStreamEncryptionStatus, DestinationDescription,
    S3DestinationDescription,
};
use piitrail_flow::topology::declared::{KeySetting, Setting};
use piitrail_flow::topology::{End, PlainRouteKind, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>
const LIST: Action = Action::new("firehose:ListDeliveryStreams", 5);
const DESCRIBE: Action = Action::new("firehose:DescribeDeliveryStream", 5);

pub(super) const ACTIONS: &[Action] = &[LIST, DESCRIBE];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = &Client::new(config);
    let names = calls
        .list(&LIST, async |token| {
            let request = || client.list_delivery_streams().limit(100);
            let from = || request().set_exclusive_start_delivery_stream_name(token.clone());
            let page = calls.call(&LIST, || from().send()).await?;
            let names = page.delivery_stream_names;
            let last = names.last().cloned();
            Some((names, last.filter(|_| page.has_more_delivery_streams)))
        })
        .await;
    let streams = calls
        .each(names, |name| async move {
            let request = || client.describe_delivery_stream();
            let ask = || request().delivery_stream_name(&name).send();
            calls
                .call(&DESCRIBE, ask)
                .await?
                .delivery_stream_description
        })
        .await;
    for stream in streams {
        declare(found, &stream);
    }
}

fn declare(found: &mut Found, stream: &DeliveryStreamDescription) {
    let own = end(Kind::Firehose, &stream.delivery_stream_arn);
    let encryption = stream.delivery_stream_encryption_configuration.as_ref();
    let encryption = match encryption {
        Some(one) if one.status == Some(DeliveryStreamEncryptionStatus::Enabled) => {
            match key(one.key_arn.as_deref()) {
                Setting::Default => Setting::Is(KeySetting::ServiceOwned),
                key => key,
            }
        }
        _ => Setting::Default,
    };
    found.resource(&own, encryption, Setting::Default, false);
    let source = stream.source.as_ref();
    let source = source.and_then(|one| one.kinesis_stream_source_description.as_ref());
    if let Some(arn) = source.and_then(|source| source.kinesis_stream_arn.as_deref()) {
        found.route(
            PlainRouteKind::Delivery,
            &end(Kind::Stream, arn),
            own.clone(),
        );
    }
    for destination in &stream.destinations {
        deliveries(found, &own, destination);
    }
}

/// The kept records in the bucket beside a destination.
enum Kept {
    Everything,
    Failures,
}

/// Returns what the bucket beside a destination keeps by its `S3BackupMode`: everything, or what
/// failed.
/// <https://docs.aws.amazon.com/firehose/latest/dev/create-configure-backup.html>
fn kept(mode: Option<&str>) -> Kept {
    match mode {
        Some(mode) if mode.starts_with("All") => Kept::Everything,
        _ => Kept::Failures,
    }
}

fn deliveries(found: &mut Found, own: &End, one: &DestinationDescription) {
    let mut deliver = |kind, to: Option<&str>| {
        if let Some(to) = to.filter(|to| !to.is_empty()) {
            found.route(PlainRouteKind::Delivery, own, end(kind, to));
        }
    };
    let mut beside: Vec<(Kept, Option<&S3DestinationDescription>)> = Vec::new();
    if let Some(to) = &one.extended_s3_destination_description {
        deliver(Kind::Bucket, Some(&to.bucket_arn));
        if to
            .s3_backup_mode
            .as_ref()
            .is_some_and(|mode| mode.as_str() == "Enabled")
        {
            beside.push((Kept::Everything, to.s3_backup_description.as_ref()));
        }
    } else if let Some(to) = &one.s3_destination_description {
        deliver(Kind::Bucket, Some(&to.bucket_arn));
    }
    if let Some(to) = &one.redshift_destination_description {
        deliver(Kind::Redshift, Some(&to.cluster_jdbcurl));
        // Everything for Redshift passes through the bucket.
        beside.push((Kept::Everything, to.s3_destination_description.as_ref()));
        if to
            .s3_backup_mode
            .as_ref()
            .is_some_and(|mode| mode.as_str() == "Enabled")
        {
            beside.push((Kept::Everything, to.s3_backup_description.as_ref()));
        }
    }
    macro_rules! others {
        ($($description:ident: $kind:ident at |$to:ident| $name:expr;)+) => {$(
            if let Some($to) = &one.$description {
                deliver(Kind::$kind, $name);
                let mode = $to.s3_backup_mode.as_ref().map(|mode| mode.as_str());
                beside.push((kept(mode), $to.s3_destination_description.as_ref()));
            }
        )+};
    }
    others! {
        elasticsearch_destination_description: OpenSearch at |to| to.domain_arn.as_deref();
        amazonopensearchservice_destination_description: OpenSearch at |to| to.domain_arn.as_deref();
        amazon_open_search_serverless_destination_description: OpenSearch at |to| to.collection_endpoint.as_deref();
        splunk_destination_description: Endpoint at |to| to.hec_endpoint.as_deref();
        snowflake_destination_description: Endpoint at |to| to.account_url.as_deref();
        http_endpoint_destination_description: Endpoint at |to| to.endpoint_configuration.as_ref().and_then(|one| one.url.as_deref());
        iceberg_destination_description: Other at |to| to.catalog_configuration.as_ref().and_then(|one| one.catalog_arn.as_deref());
    }
    for (kept, bucket) in beside {
        let Some(bucket) = bucket else {
            continue;
        };
        let kind = match kept {
            Kept::Everything => PlainRouteKind::Delivery,
            Kept::Failures => PlainRouteKind::OnFailure,
        };
        found.route(kind, own, end(Kind::Bucket, &bucket.bucket_arn));
    }
}
