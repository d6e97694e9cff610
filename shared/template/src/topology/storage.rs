//! Reads the resources that keep data: streams, tables, buckets, log groups and Firehose. It also
//! reads resources of which only the existence matters.

use piitrail_flow::topology::declared::{Declaration, DeclaredResource, KeySetting, Setting};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};
use serde_json::json;

use super::Part;
use super::values::number;
use crate::value::Value;

/// The destinations of a Firehose stream, with the property that names each.
const DESTINATIONS: &[(&str, &[&str], Kind)] = &[
    ("S3DestinationConfiguration", &["BucketARN"], Kind::Bucket),
    (
        "ExtendedS3DestinationConfiguration",
        &["BucketARN"],
        Kind::Bucket,
    ),
    (
        "RedshiftDestinationConfiguration",
        &["ClusterJDBCURL"],
        Kind::Redshift,
    ),
    (
        "ElasticsearchDestinationConfiguration",
        &["DomainARN"],
        Kind::OpenSearch,
    ),
    (
        "AmazonopensearchserviceDestinationConfiguration",
        &["DomainARN"],
        Kind::OpenSearch,
    ),
    (
        "AmazonOpenSearchServerlessDestinationConfiguration",
        &["CollectionEndpoint"],
        Kind::OpenSearch,
    ),
    (
        "SplunkDestinationConfiguration",
        &["HECEndpoint"],
        Kind::Endpoint,
    ),
    (
        "SnowflakeDestinationConfiguration",
        &["AccountUrl"],
        Kind::Endpoint,
    ),
    (
        "IcebergDestinationConfiguration",
        &["CatalogConfiguration", "CatalogArn"],
        Kind::Other,
    ),
    (
        "HttpEndpointDestinationConfiguration",
        &["EndpointConfiguration", "Url"],
        Kind::Endpoint,
    ),
];

/// The buckets for failed records or for a copy of all records.
const BACKUPS: &[&str] = &["S3Configuration", "S3BackupConfiguration"];

/// Returns the kind of route to a bucket beside a Firehose destination, or `None` if no record goes
/// there. S3 and Redshift back up everything if `S3BackupMode` is `Enabled`, and data for Redshift
/// always passes through `S3Configuration`. The other destinations keep the failed records there,
/// unless the mode says all.
/// <https://docs.aws.amazon.com/firehose/latest/dev/create-configure-backup.html>
fn kept_in_backup(
    destination: &str,
    backup: &str,
    configuration: &Value,
) -> Option<PlainRouteKind> {
    let mode = configuration.get("S3BackupMode");
    let text = mode.and_then(Value::scalar_text);
    match (backup, text.as_deref()) {
        ("S3BackupConfiguration", Some("Disabled")) => None,
        ("S3BackupConfiguration", None) if mode.is_none() => None,
        ("S3BackupConfiguration", _) => Some(PlainRouteKind::Delivery),
        _ if destination.starts_with("Redshift") => Some(PlainRouteKind::Delivery),
        (_, Some(mode)) if mode.starts_with("All") => Some(PlainRouteKind::Delivery),
        _ => Some(PlainRouteKind::OnFailure),
    }
}

/// The lists of a bucket's notifications, with the key that names the target. CloudFormation and
/// the S3 API name them differently.
const NOTIFICATIONS: &[(&str, &str, Kind)] = &[
    ("LambdaConfigurations", "Function", Kind::Function),
    (
        "LambdaFunctionConfigurations",
        "LambdaFunctionArn",
        Kind::Function,
    ),
    ("QueueConfigurations", "Queue", Kind::Queue),
    ("QueueConfigurations", "QueueArn", Kind::Queue),
    ("TopicConfigurations", "Topic", Kind::Topic),
    ("TopicConfigurations", "TopicArn", Kind::Topic),
];

impl Part<'_> {
    /// Declares the resource itself.
    pub(super) fn own_resource(&mut self, key: Setting<KeySetting>, retention: Setting<u64>) {
        self.own_table(key, retention, false);
    }

    fn own_table(&mut self, key: Setting<KeySetting>, retention: Setting<u64>, has_stream: bool) {
        let Some(end) = self.naming.own(self.id) else {
            return;
        };
        self.declare(Declaration::Resource(DeclaredResource {
            end,
            id: Some(self.label()),
            is_name_generated: self.naming.is_name_generated(self.id),
            key,
            retention,
            has_stream,
            origin: self.origin(),
        }));
    }

    /// Declares that the resource exists, and nothing else about it.
    pub(super) fn plain_resource(&mut self) {
        self.own_resource(Setting::Default, Setting::Default);
    }

    /// Declares a route from the resource itself.
    pub(super) fn own_route(&mut self, kind: PlainRouteKind, to: &Value, usual: Kind) {
        let Some(from) = self.naming.own(self.id) else {
            return;
        };
        for to in self.ends(to, usual) {
            self.route(kind, &from, to, None);
        }
    }

    pub(super) fn route(
        &mut self,
        kind: PlainRouteKind,
        from: &End,
        to: End,
        filter: Option<serde_json::Value>,
    ) {
        let is_own = self.naming.own(self.id).as_ref() == Some(from);
        self.declare(Declaration::Route(PlainRoute {
            kind,
            from: from.clone(),
            to,
            via: (!is_own).then(|| self.label()),
            filter,
            input: None,
            disabled: false,
            dead_letters: None,
            origin: self.origin(),
        }));
    }

    /// Declares the queue or topic for records that the resource could not deliver or process.
    pub(super) fn own_dead_letters(&mut self, keys: &[&str]) {
        if let Some(to) = self.at(keys).cloned() {
            self.own_route(PlainRouteKind::OnFailure, &to, Kind::Queue);
        }
    }

    pub(super) fn stream(&mut self) {
        let encryption = self.at(&["StreamEncryption"]);
        let key = encryption.and_then(|encryption| encryption.get("KeyId"));
        let key = match (encryption, key) {
            (Some(_), None) => Setting::Is(KeySetting::AwsManaged),
            (_, key) => self.key(key),
        };
        let hours = number(self.at(&["RetentionPeriodHours"]));
        self.own_resource(key, hours);
    }

    pub(super) fn table(&mut self) {
        let sse = self.at(&["SSESpecification"]);
        let is_on = sse
            .and_then(|sse| sse.get("SSEEnabled"))
            .and_then(Value::as_bool);
        let key = match self.key(sse.and_then(|sse| sse.get("KMSMasterKeyId"))) {
            Setting::Default if is_on == Some(true) => Setting::Is(KeySetting::AwsManaged),
            key => key,
        };
        let stream = self
            .at(&["StreamSpecification"])
            .filter(|one| **one != Value::Null);
        let is_off = stream
            .and_then(|stream| stream.get("StreamEnabled"))
            .and_then(Value::as_bool);
        let has_stream = stream.is_some() && is_off != Some(false);
        self.own_table(key, Setting::Default, has_stream);
        if let Some(to) = self
            .at(&["KinesisStreamSpecification", "StreamArn"])
            .cloned()
        {
            self.own_route(PlainRouteKind::Delivery, &to, Kind::Stream);
        }
    }

    pub(super) fn streaming_destination(&mut self) {
        let Some(table) = self.end_at(&["TableName"], Kind::Table) else {
            return;
        };
        if let Some(stream) = self.end_at(&["StreamArn"], Kind::Stream) {
            self.route(PlainRouteKind::Delivery, &table, stream, None);
        }
    }

    pub(super) fn bucket(&mut self) {
        let from = match self.naming.own(self.id) {
            Some(own) => {
                let key = self.bucket_key();
                self.own_resource(key, Setting::Default);
                own
            }
            // The CDK sets the notifications of a bucket with a custom resource that names it.
            None => match self.end_at(&["BucketName"], Kind::Bucket) {
                Some(bucket) => bucket,
                None => return,
            },
        };
        let Some(notifications) = self.at(&["NotificationConfiguration"]).cloned() else {
            return;
        };
        for (list, key, kind) in NOTIFICATIONS {
            let entries = notifications.get(list).and_then(Value::as_list);
            for entry in entries.unwrap_or_default() {
                let filter = entry.get("Filter").map(|filter| {
                    let unknown = json!("unknown");
                    filter.literal().unwrap_or(unknown)
                });
                for to in entry
                    .get(key)
                    .map(|to| self.ends(to, *kind))
                    .unwrap_or_default()
                {
                    self.route(
                        PlainRouteKind::BucketNotification,
                        &from,
                        to,
                        filter.clone(),
                    );
                }
            }
        }
        let bridge = notifications.get("EventBridgeConfiguration");
        let is_on = |bridge: &Value| {
            let is_on = bridge.get("EventBridgeEnabled").and_then(Value::as_bool);
            is_on != Some(false)
        };
        if bridge.is_some_and(is_on) {
            let bus = self.naming.default_bus();
            self.route(PlainRouteKind::BucketNotification, &from, bus, None);
        }
    }

    fn bucket_key(&self) -> Setting<KeySetting> {
        let rules = self.at(&["BucketEncryption", "ServerSideEncryptionConfiguration"]);
        let rule = rules.and_then(|rules| {
            rules
                .as_list()?
                .first()?
                .get("ServerSideEncryptionByDefault")
        });
        let Some(rule) = rule else {
            return Setting::Default;
        };
        let algorithm = rule.get("SSEAlgorithm").and_then(Value::as_text);
        match (self.key(rule.get("KMSMasterKeyID")), algorithm) {
            (Setting::Default, Some("AES256")) => Setting::Is(KeySetting::ServiceOwned),
            (Setting::Default, Some(_)) => Setting::Is(KeySetting::AwsManaged),
            (Setting::Default, None) => Setting::Unknown,
            (key, _) => key,
        }
    }

    pub(super) fn log_group(&mut self) {
        let key = self.key(self.at(&["KmsKeyId"]));
        let days = number(self.at(&["RetentionInDays"]));
        self.own_resource(key, days);
    }

    pub(super) fn log_subscription(&mut self) {
        let Some(from) = self.end_at(&["LogGroupName"], Kind::LogGroup) else {
            return;
        };
        let filter = self.at(&["FilterPattern"]).and_then(Value::as_text);
        let filter = filter.filter(|filter| !filter.trim().is_empty());
        let filter = filter.map(|filter| json!(filter));
        let Some(destination) = self.at(&["DestinationArn"]).cloned() else {
            return;
        };
        for to in self.ends(&destination, Kind::Other) {
            self.route(PlainRouteKind::Logs, &from, to, filter.clone());
        }
    }

    pub(super) fn firehose(&mut self) {
        let encryption = self.at(&["DeliveryStreamEncryptionConfigurationInput"]);
        let key = match encryption {
            None | Some(Value::Null) => Setting::Default,
            Some(encryption) => match self.key(encryption.get("KeyARN")) {
                Setting::Default => Setting::Is(KeySetting::ServiceOwned),
                key => key,
            },
        };
        self.own_resource(key, Setting::Default);
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let source = ["KinesisStreamSourceConfiguration", "KinesisStreamARN"];
        if let Some(stream) = self.end_at(&source, Kind::Stream) {
            self.declare(Declaration::Route(PlainRoute {
                kind: PlainRouteKind::Delivery,
                from: stream,
                to: own.clone(),
                via: Some(self.label()),
                filter: None,
                input: None,
                disabled: false,
                dead_letters: None,
                origin: self.origin(),
            }));
        }
        for (destination, property, kind) in DESTINATIONS {
            let Some(configuration) = self.at(&[destination]).cloned() else {
                continue;
            };
            if let Some(to) = configuration.at(property) {
                self.own_route(PlainRouteKind::Delivery, to, *kind);
            }
            for backup in BACKUPS {
                let kept = kept_in_backup(destination, backup, &configuration);
                if let (Some(kind), Some(to)) = (kept, configuration.at(&[backup, "BucketARN"])) {
                    self.own_route(kind, to, Kind::Bucket);
                }
            }
        }
    }
}
