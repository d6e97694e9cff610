//! Reads Firehose: what each stream reads, where it delivers to, and the bucket beside that.

use aws_config::SdkConfig;
use aws_sdk_firehose::Client;
use aws_sdk_firehose::types::{
    DeliveryStreamDescription, DeliveryStreamEncryptionStatus, DestinationDescription,
    ProcessingConfiguration, ProcessorParameterName, S3DestinationDescription,
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

/// Returns the route to the bucket beside a destination by its `S3BackupMode`: of everything, or of what
/// failed.
/// <https://docs.aws.amazon.com/firehose/latest/dev/create-configure-backup.html>
fn kept(mode: Option<&str>) -> PlainRouteKind {
    match mode {
        Some(mode) if mode.starts_with("All") => PlainRouteKind::Delivery,
        _ => PlainRouteKind::OnFailure,
    }
}

/// Returns the functions to which the records are sent before they are delivered.
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>
fn transforming_functions(
    processing: Option<&ProcessingConfiguration>,
) -> impl Iterator<Item = &str> {
    let enabled = processing.filter(|one| one.enabled == Some(true));
    let processors = enabled.and_then(|one| one.processors.as_ref());
    let processors = processors.into_iter().flatten();
    let parameters = processors.flat_map(|one| one.parameters.iter().flatten());
    let of_functions =
        parameters.filter(|one| one.parameter_name == ProcessorParameterName::LambdaArn);
    of_functions.map(|one| one.parameter_value.as_str())
}

fn deliveries(found: &mut Found, own: &End, one: &DestinationDescription) {
    let mut deliver = |kind, to: Option<&str>| {
        if let Some(to) = to.filter(|to| !to.is_empty()) {
            found.route(PlainRouteKind::Delivery, own, end(kind, to));
        }
    };
    let mut processing = Vec::new();
    let mut beside: Vec<(PlainRouteKind, Option<&S3DestinationDescription>)> = Vec::new();
    if let Some(to) = &one.extended_s3_destination_description {
        deliver(Kind::Bucket, Some(&to.bucket_arn));
        processing.push(to.processing_configuration.as_ref());
        if to
            .s3_backup_mode
            .as_ref()
            .is_some_and(|mode| mode.as_str() == "Enabled")
        {
            beside.push((PlainRouteKind::Delivery, to.s3_backup_description.as_ref()));
        }
    } else if let Some(to) = &one.s3_destination_description {
        deliver(Kind::Bucket, Some(&to.bucket_arn));
    }
    if let Some(to) = &one.redshift_destination_description {
        deliver(Kind::Redshift, Some(&to.cluster_jdbcurl));
        processing.push(to.processing_configuration.as_ref());
        // Everything for Redshift passes through the bucket.
        beside.push((
            PlainRouteKind::Delivery,
            to.s3_destination_description.as_ref(),
        ));
        if to
            .s3_backup_mode
            .as_ref()
            .is_some_and(|mode| mode.as_str() == "Enabled")
        {
            beside.push((PlainRouteKind::Delivery, to.s3_backup_description.as_ref()));
        }
    }
    macro_rules! others {
        ($($description:ident: $kind:ident at |$to:ident| $name:expr;)+) => {$(
            if let Some($to) = &one.$description {
                deliver(Kind::$kind, $name);
                let mode = $to.s3_backup_mode.as_ref().map(|mode| mode.as_str());
                beside.push((kept(mode), $to.s3_destination_description.as_ref()));
                processing.push($to.processing_configuration.as_ref());
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
    for (kind, bucket) in beside {
        if let Some(bucket) = bucket {
            found.route(kind, own, end(Kind::Bucket, &bucket.bucket_arn));
        }
    }
    for function in processing.into_iter().flat_map(transforming_functions) {
        found.route(PlainRouteKind::Delivery, own, end(Kind::Function, function));
    }
}
