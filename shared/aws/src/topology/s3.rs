//! Reads S3: the buckets of the region with their notifications and encryption.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_bucket_encryption::GetBucketEncryptionOutput;
use aws_sdk_s3::operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput as Notifications;
use aws_sdk_s3::types::{NotificationConfigurationFilter, ServerSideEncryption};
use piitrail_flow::home::Home;
use piitrail_flow::topology::declared::{KeySetting, Setting};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};
use serde_json::{Value, json};

use super::calls::{Action, Calls};
use super::found::{Found, end, key, plain};

// AWS publishes no rate for calls about buckets.
const LIST: Action = Action::new("s3:ListAllMyBuckets", 10);
const NOTIFICATIONS: Action = Action::new("s3:GetBucketNotification", 50);
const ENCRYPTION: Action = Action::new("s3:GetEncryptionConfiguration", 50);

pub(super) const ACTIONS: &[Action] = &[LIST, NOTIFICATIONS, ENCRYPTION];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let home = calls.home();
    let own = aws_sdk_s3::config::Builder::from(config);
    // Only AWS itself answers under the name of each bucket.
    let own = own
        .force_path_style(config.endpoint_url().is_some())
        .build();
    let client = &Client::from_conf(own);
    let region = config.region().map(AsRef::as_ref).unwrap_or_default();
    let buckets = calls
        .list(&LIST, async |token| {
            let request = || {
                client
                    .list_buckets()
                    .max_buckets(1_000)
                    .bucket_region(region)
            };
            let ask = || request().set_continuation_token(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            Some((page.buckets.unwrap_or_default(), page.continuation_token))
        })
        .await;
    let is_here = |at: &Option<String>| at.as_deref().is_none_or(|at| at == region);
    let buckets = buckets
        .into_iter()
        .filter(|bucket| is_here(&bucket.bucket_region));
    let names = buckets.filter_map(|bucket| bucket.name);
    let buckets = calls
        .each(names.collect(), |name| async move {
            let request = || client.get_bucket_notification_configuration();
            let notifications = calls.call(&NOTIFICATIONS, || request().bucket(&name).send());
            let notifications = notifications.await;
            let ask = || client.get_bucket_encryption().bucket(&name).send();
            let encryption = calls.call(&ENCRYPTION, ask).await;
            Some((name, notifications, encryption))
        })
        .await;
    for (name, notifications, encryption) in buckets {
        let own = End::of_text(Kind::Bucket, &name).at(home);
        found.resource(&own, key_of(encryption.as_ref()), Setting::Default, false);
        if let Some(notifications) = notifications {
            for route in routes(&own, home, &notifications) {
                found.plain_route(route);
            }
        }
    }
}

/// Returns the encryption; without an answer, it is unknown. A bucket without a setting of its own has the
/// default of S3.
fn key_of(answer: Option<&GetBucketEncryptionOutput>) -> Setting<KeySetting> {
    let Some(configuration) =
        answer.and_then(|answer| answer.server_side_encryption_configuration.as_ref())
    else {
        return Setting::Unknown;
    };
    let rule = configuration.rules.first();
    let rule = rule.and_then(|rule| rule.apply_server_side_encryption_by_default.as_ref());
    match rule {
        None => Setting::Default,
        Some(rule) => match (&rule.sse_algorithm, key(rule.kms_master_key_id.as_deref())) {
            (ServerSideEncryption::Aes256, _) => Setting::Is(KeySetting::ServiceOwned),
            (_, Setting::Default) => Setting::Is(KeySetting::AwsManaged),
            (_, key) => key,
        },
    }
}

fn routes(own: &End, home: Home, of: &Notifications) -> Vec<PlainRoute> {
    let mut routes = Vec::new();
    let mut add = |kind, arn: &str, filter: Option<&NotificationConfigurationFilter>| {
        routes.push(PlainRoute {
            filter: filter.and_then(filter_json),
            ..plain(
                PlainRouteKind::BucketNotification,
                own.clone(),
                end(kind, arn),
            )
        });
    };
    for one in of.queue_configurations.as_deref().unwrap_or_default() {
        add(Kind::Queue, &one.queue_arn, one.filter.as_ref());
    }
    for one in of.topic_configurations.as_deref().unwrap_or_default() {
        add(Kind::Topic, &one.topic_arn, one.filter.as_ref());
    }
    for one in of
        .lambda_function_configurations
        .as_deref()
        .unwrap_or_default()
    {
        add(
            Kind::Function,
            &one.lambda_function_arn,
            one.filter.as_ref(),
        );
    }
    if of.event_bridge_configuration.is_some() {
        let bus = End::of_text(Kind::Bus, "default").at(home);
        routes.push(plain(PlainRouteKind::BucketNotification, own.clone(), bus));
    }
    routes
}

/// Returns a filter in the form of CloudFormation, as templates give it.
fn filter_json(filter: &NotificationConfigurationFilter) -> Option<Value> {
    let rules = filter.key.as_ref()?.filter_rules.as_deref()?;
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let name = rule
                .name
                .as_ref()
                .map(|name| name.as_str().to_ascii_lowercase());
            json!({ "Name": name, "Value": rule.value })
        })
        .collect();
    (!rules.is_empty()).then(|| json!({ "S3Key": { "Rules": rules } }))
}
