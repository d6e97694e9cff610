CREATE TABLE announcement (
    id         TEXT PRIMARY KEY,
    at         INTEGER NOT NULL,   -- ms since 1970
    first_seen TEXT NOT NULL       -- a list of FirstSeen as JSON
) WITHOUT ROWID;
CREATE TABLE coverage (
    day   TEXT NOT NULL,
    place TEXT NOT NULL,   -- Place as JSON
    facts TEXT NOT NULL,   -- Coverage as JSON
    PRIMARY KEY (day, place)
) WITHOUT ROWID;
INSERT INTO "coverage" VALUES('2026-11-17','{"kind":"stream","name":"clickstream"}','{"deliveries":3}');
INSERT INTO "coverage" VALUES('2026-11-18','{"kind":"stream","name":"clickstream"}','{"deliveries":2}');
INSERT INTO "coverage" VALUES('2026-11-20','{"kind":"bus","name":"shop"}','{"deliveries":1}');
INSERT INTO "coverage" VALUES('2026-11-20','{"kind":"queue","name":"orders-payments"}','{"deliveries":1}');
INSERT INTO "coverage" VALUES('2026-11-20','{"kind":"queue","name":"payments-orders"}','{"deliveries":1}');
CREATE TABLE coverage_month (
    day   TEXT NOT NULL,
    place TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (day, place)
) WITHOUT ROWID;
CREATE TABLE edge (
    day   TEXT NOT NULL,
    edge  TEXT NOT NULL,   -- EdgeKey as JSON
    facts TEXT NOT NULL,   -- EdgeFacts as JSON
    PRIMARY KEY (day, edge)
) WITHOUT ROWID;
INSERT INTO "edge" VALUES('2026-11-17','{"producer":{"kind":"service","name":"storefront"},"consumer":{"kind":"service","name":"analytics"},"channels":[{"kind":"stream","name":"clickstream"}],"event_type":"record","basis":"observed"}','{"events":3,"events_with_findings":3,"first_seen":"2026-11-17T18:00:03.273Z","last_seen":"2026-11-17T18:00:09.655Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":99,"paths":["$.page(url).email"]},"IP_ADDRESS":{"events":3,"confidence":97,"paths":["$.ip"]},"COOKIE_ID":{"events":3,"confidence":85,"paths":["$.sessionId"]}}}');
INSERT INTO "edge" VALUES('2026-11-17','{"producer":{"kind":"service","name":"storefront"},"consumer":{"kind":"service","name":"marketing"},"channels":[{"kind":"stream","name":"clickstream"}],"event_type":"record","basis":"matched"}','{"events":2,"events_with_findings":2,"first_seen":"2026-11-17T18:00:03.273Z","last_seen":"2026-11-17T18:00:09.655Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":99,"paths":["$.page(url).email"]},"IP_ADDRESS":{"events":2,"confidence":97,"paths":["$.ip"]},"COOKIE_ID":{"events":2,"confidence":85,"paths":["$.sessionId"]}}}');
INSERT INTO "edge" VALUES('2026-11-18','{"producer":{"kind":"service","name":"storefront"},"consumer":{"kind":"service","name":"analytics"},"channels":[{"kind":"stream","name":"clickstream"}],"event_type":"record","basis":"observed"}','{"events":2,"events_with_findings":2,"first_seen":"2026-11-18T20:15:40.44Z","last_seen":"2026-11-18T20:15:41.217Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":95,"paths":["$.partitionKey"]},"IP_ADDRESS":{"events":2,"confidence":97,"paths":["$.ip"]},"DEVICE_ID":{"events":1,"confidence":85,"paths":["$.device.advertisingId"]},"COOKIE_ID":{"events":2,"confidence":85,"paths":["$.sessionId"]},"GEO_COORDINATES":{"events":1,"confidence":85,"paths":["$.location.latitude","$.location.longitude"]}}}');
INSERT INTO "edge" VALUES('2026-11-18','{"producer":{"kind":"service","name":"storefront"},"consumer":{"kind":"service","name":"marketing"},"channels":[{"kind":"stream","name":"clickstream"}],"event_type":"record","basis":"matched"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-18T20:15:40.44Z","last_seen":"2026-11-18T20:15:40.44Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":95,"paths":["$.partitionKey"]},"IP_ADDRESS":{"events":1,"confidence":97,"paths":["$.ip"]},"DEVICE_ID":{"events":1,"confidence":85,"paths":["$.device.advertisingId"]},"COOKIE_ID":{"events":1,"confidence":85,"paths":["$.sessionId"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"function","name":"fraud-score"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"matched"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T09:12:44Z","last_seen":"2026-11-20T09:12:44Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":99,"paths":["$.detail.customer.email"]},"PHONE_NUMBER":{"events":1,"confidence":95,"paths":["$.detail.customer.phone","$.detail.delivery.recipient.phone"]},"PERSON_NAME":{"events":1,"confidence":90,"paths":["$.detail.customer.firstName","$.detail.customer.lastName","$.detail.delivery.recipient.fullName","$.detail.payment.cardholderName"]},"STREET_ADDRESS":{"events":1,"confidence":85,"paths":["$.detail.delivery.address.street"]},"CITY":{"events":1,"confidence":80,"paths":["$.detail.delivery.address.city"]},"POSTAL_CODE":{"events":1,"confidence":85,"paths":["$.detail.delivery.address.postalCode"]},"CUSTOMER_ID":{"events":1,"confidence":85,"paths":["$.detail.customer.customerId"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"service","name":"mailwing"},"channels":[{"kind":"bus","name":"shop"}],"event_type":"OrderPlaced","basis":"matched"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T09:12:44Z","last_seen":"2026-11-20T09:12:44Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":99,"paths":["$.to.email"]},"PERSON_NAME":{"events":1,"confidence":90,"paths":["$.to.firstName"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"service","name":"marketing"},"channels":[{"kind":"bus","name":"shop"},{"kind":"queue","name":"marketing-segments"}],"event_type":"OrderPlaced","basis":"matched"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T09:12:44Z","last_seen":"2026-11-20T09:12:44Z","classes":{"CUSTOMER_ID":{"events":1,"confidence":85,"paths":["$.customerId"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"service","name":"payments"},"channels":[{"kind":"bus","name":"shop"},{"kind":"queue","name":"payments-orders"}],"event_type":"OrderPlaced","basis":"matched"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T09:12:44Z","last_seen":"2026-11-20T09:12:44Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":99,"paths":["$.detail.customer.email"]},"PHONE_NUMBER":{"events":1,"confidence":95,"paths":["$.detail.customer.phone","$.detail.delivery.recipient.phone"]},"PERSON_NAME":{"events":1,"confidence":90,"paths":["$.detail.customer.firstName","$.detail.customer.lastName","$.detail.delivery.recipient.fullName","$.detail.payment.cardholderName"]},"STREET_ADDRESS":{"events":1,"confidence":85,"paths":["$.detail.delivery.address.street"]},"CITY":{"events":1,"confidence":80,"paths":["$.detail.delivery.address.city"]},"POSTAL_CODE":{"events":1,"confidence":85,"paths":["$.detail.delivery.address.postalCode"]},"CUSTOMER_ID":{"events":1,"confidence":85,"paths":["$.detail.customer.customerId"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"service","name":"payments"},"channels":[{"kind":"bus","name":"shop"},{"kind":"queue","name":"payments-orders"}],"event_type":"OrderPlaced","basis":"observed"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T11:18:45Z","last_seen":"2026-11-20T11:18:45Z","classes":{"EMAIL_ADDRESS":{"events":1,"confidence":99,"paths":["$.detail.customer.email"]},"PHONE_NUMBER":{"events":1,"confidence":95,"paths":["$.detail.customer.phone","$.detail.delivery.recipient.phone"]},"PERSON_NAME":{"events":1,"confidence":90,"paths":["$.detail.customer.firstName","$.detail.customer.lastName","$.detail.delivery.recipient.fullName","$.detail.payment.cardholderName"]},"STREET_ADDRESS":{"events":1,"confidence":85,"paths":["$.detail.delivery.address.street"]},"CITY":{"events":1,"confidence":80,"paths":["$.detail.delivery.address.city"]},"POSTAL_CODE":{"events":1,"confidence":85,"paths":["$.detail.delivery.address.postalCode"]},"CUSTOMER_ID":{"events":1,"confidence":85,"paths":["$.detail.customer.customerId"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"orders"},"consumer":{"kind":"service","name":"shipping"},"channels":[{"kind":"bus","name":"shop"},{"kind":"queue","name":"shipping-jobs"}],"event_type":"OrderPlaced","basis":"matched"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T09:12:44Z","last_seen":"2026-11-20T09:12:44Z","classes":{"PHONE_NUMBER":{"events":1,"confidence":95,"paths":["$.recipient.phone"]},"PERSON_NAME":{"events":1,"confidence":88,"paths":["$.recipient.fullName"]},"STREET_ADDRESS":{"events":1,"confidence":85,"paths":["$.address.street"]},"CITY":{"events":1,"confidence":80,"paths":["$.address.city"]},"POSTAL_CODE":{"events":1,"confidence":85,"paths":["$.address.postalCode"]}}}');
INSERT INTO "edge" VALUES('2026-11-20','{"producer":{"kind":"service","name":"payments"},"consumer":{"kind":"service","name":"orders"},"channels":[{"kind":"bus","name":"shop"},{"kind":"queue","name":"orders-payments"}],"event_type":"PaymentCaptured","basis":"observed"}','{"events":1,"events_with_findings":1,"first_seen":"2026-11-20T11:19:18Z","last_seen":"2026-11-20T11:19:18Z","classes":{"PERSON_NAME":{"events":1,"confidence":88,"paths":["$.detail.payer.fullName"]},"CUSTOMER_ID":{"events":1,"confidence":85,"paths":["$.detail.payer.customerId"]}}}');
CREATE TABLE edge_month (
    day   TEXT NOT NULL,
    edge  TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (day, edge)
) WITHOUT ROWID;
CREATE TABLE first_seen (
    flow  BLOB NOT NULL,   -- FlowId
    class TEXT NOT NULL,
    at    TEXT NOT NULL,
    PRIMARY KEY (flow, class)
) WITHOUT ROWID;
INSERT INTO "first_seen" VALUES(X'1F7C1ABC1881C6B8300DDD7333FD8851','CUSTOMER_ID','2026-11-20T11:19:18Z');
INSERT INTO "first_seen" VALUES(X'1F7C1ABC1881C6B8300DDD7333FD8851','PERSON_NAME','2026-11-20T11:19:18Z');
INSERT INTO "first_seen" VALUES(X'3F87BC06D21659905B5D1C9D790EED82','CITY','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'3F87BC06D21659905B5D1C9D790EED82','PERSON_NAME','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'3F87BC06D21659905B5D1C9D790EED82','PHONE_NUMBER','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'3F87BC06D21659905B5D1C9D790EED82','POSTAL_CODE','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'3F87BC06D21659905B5D1C9D790EED82','STREET_ADDRESS','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'5F1E51ED812E300C5A8BA4C5526A5CBD','COOKIE_ID','2026-11-17T18:00:03.273Z');
INSERT INTO "first_seen" VALUES(X'5F1E51ED812E300C5A8BA4C5526A5CBD','DEVICE_ID','2026-11-18T20:15:40.44Z');
INSERT INTO "first_seen" VALUES(X'5F1E51ED812E300C5A8BA4C5526A5CBD','EMAIL_ADDRESS','2026-11-17T18:00:03.273Z');
INSERT INTO "first_seen" VALUES(X'5F1E51ED812E300C5A8BA4C5526A5CBD','IP_ADDRESS','2026-11-17T18:00:03.273Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','CITY','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','CUSTOMER_ID','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','EMAIL_ADDRESS','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','PERSON_NAME','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','PHONE_NUMBER','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','POSTAL_CODE','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'72CF888DB439CBD39BA68F42FD66F7D5','STREET_ADDRESS','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'90A06857E325E9E6DBDC683B042EFD86','CUSTOMER_ID','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'B1274817A8D89E7BA05569C7905FDE49','EMAIL_ADDRESS','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'B1274817A8D89E7BA05569C7905FDE49','PERSON_NAME','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'B9A37A4F595EFD9A59D8DC54B7AC835B','COOKIE_ID','2026-11-17T18:00:03.273Z');
INSERT INTO "first_seen" VALUES(X'B9A37A4F595EFD9A59D8DC54B7AC835B','DEVICE_ID','2026-11-18T20:15:40.44Z');
INSERT INTO "first_seen" VALUES(X'B9A37A4F595EFD9A59D8DC54B7AC835B','EMAIL_ADDRESS','2026-11-17T18:00:03.273Z');
INSERT INTO "first_seen" VALUES(X'B9A37A4F595EFD9A59D8DC54B7AC835B','GEO_COORDINATES','2026-11-18T20:15:40.44Z');
INSERT INTO "first_seen" VALUES(X'B9A37A4F595EFD9A59D8DC54B7AC835B','IP_ADDRESS','2026-11-17T18:00:03.273Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','CITY','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','CUSTOMER_ID','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','EMAIL_ADDRESS','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','PERSON_NAME','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','PHONE_NUMBER','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','POSTAL_CODE','2026-11-20T09:12:44Z');
INSERT INTO "first_seen" VALUES(X'E231F50919BCDE96B2BAA9270827770E','STREET_ADDRESS','2026-11-20T09:12:44Z');
CREATE TABLE receipt (
    id BLOB PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO "receipt" VALUES(X'10772E647044D841F8EC244C2605B9EF');
INSERT INTO "receipt" VALUES(X'54EC22BA1B28F858E7BC5C444674C97D');
INSERT INTO "receipt" VALUES(X'8B8BC4F869CE7F9803BD11F40A62AFA5');
INSERT INTO "receipt" VALUES(X'A0A66CD728FFF99878B8BDF4115E81AE');
INSERT INTO "receipt" VALUES(X'A139124CC9EE53375627A78B895F56A2');
INSERT INTO "receipt" VALUES(X'A6EF57C52DD73574232AC431B1156968');
INSERT INTO "receipt" VALUES(X'BD53167BF89EE0FDDFC123411A4EA63A');
INSERT INTO "receipt" VALUES(X'E6EED41BE329FE07E4DCD94BEDEF1A73');
INSERT INTO "receipt" VALUES(X'E92A9A2F9502BEE2439FA8ADE404909D');
CREATE TABLE sighted_edge (
    id   INTEGER PRIMARY KEY,
    edge TEXT NOT NULL UNIQUE   -- EdgeKey as JSON
);
CREATE TABLE sighting (
    subject    TEXT NOT NULL,     -- EPOCH:KIND:FINGERPRINT
    edge       INTEGER NOT NULL REFERENCES sighted_edge,
    first_seen TEXT NOT NULL,
    last_seen  TEXT NOT NULL,
    classes    TEXT NOT NULL,     -- JSON
    PRIMARY KEY (subject, edge)
) WITHOUT ROWID;
CREATE TABLE topology (
    valid_from TEXT PRIMARY KEY,
    topology   TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "topology" VALUES('2026-01-01','{"version":1,"services":{"accounts":{"sources":["shop.accounts"],"tables":["customers"]},"analytics":{"functions":["analytics-sink"]},"helpdesk":{"sources":["shop.helpdesk"],"functions":["helpdesk-intake"]},"loyaltree":{"sources":["https://events.loyaltree.net/rewards"]},"mailwing":{},"marketing":{"sources":["shop.marketing"],"functions":["marketing-segments"]},"orders":{"sources":["shop.orders"],"functions":["orders-returns","orders-status"]},"payments":{"sources":["shop.payments"],"functions":["payments-capture"]},"shipping":{"sources":["shop.shipping"],"functions":["shipping-labels"]},"storefront":{"sources":["shop.storefront"],"functions":["storefront-web"],"buckets":["shop-uploads"]},"textwave":{}},"taps":[{"queue":"piitrail-tap","bus":"shop"}],"buses":{"shop":{"rules":[{"name":"orders-to-payments","pattern":{"detail-type":["OrderPlaced"],"source":["shop.orders"]},"targets":[{"queue":"payments-orders"}]},{"name":"orders-to-shipping","pattern":{"detail":{"delivery":{"method":[{"anything-but":["download","gift-card"]}]}},"detail-type":["OrderPlaced"],"source":["shop.orders"]},"targets":[{"queue":"shipping-jobs","input_path":"$.detail.delivery"}]},{"name":"orders-to-marketing","pattern":{"detail":{"customer":{"marketingConsent":[true]}},"detail-type":[{"prefix":"Order"}],"source":["shop.orders"]},"targets":[{"queue":"marketing-segments","input_transformer":{"paths":{"country":"$.detail.delivery.address.country","currency":"$.detail.total.currency","customer":"$.detail.customer.customerId","total":"$.detail.total.amount"},"template":"{\"customerId\": <customer>, \"country\": <country>, \"basket\": {\"amount\": <total>, \"currency\": <currency>}}"}}]},{"name":"risky-orders","pattern":{"$or":[{"detail":{"total":{"amount":[{"numeric":[">",400]}]}}},{"detail":{"payment":{"method":[{"prefix":"prepaid"}]}}}],"detail-type":["OrderPlaced"],"source":["shop.orders"]},"targets":[{"function":"fraud-score"}]},{"name":"marketplace-orders","pattern":{"detail":{"channel":["marketplace"]},"detail-type":["OrderPlaced"],"source":["shop.orders"]},"targets":[{"bus":"marketplace-partner"}]},{"name":"transactional-mail","pattern":{"detail-type":["CustomerRegistered","OrderPlaced","ParcelShipped"],"source":["shop.accounts","shop.orders","shop.shipping"]},"targets":[{"service":"mailwing","input_transformer":{"paths":{"email":"$.detail.customer.email","locale":"$.detail.customer.locale","mail":"$.detail-type","name":"$.detail.customer.firstName"},"template":"{\"template\": <mail>, \"to\": {\"email\": <email>, \"firstName\": <name>}, \"locale\": <locale>}"}}]},{"name":"payment-results","pattern":{"detail-type":[{"prefix":"Payment"}],"source":["shop.payments"]},"targets":[{"queue":"orders-payments"}]},{"name":"accounts-to-helpdesk","pattern":{"detail-type":[{"prefix":"Customer"}],"source":["shop.accounts"]},"targets":[{"queue":"helpdesk-customers"}]},{"name":"debug-helpdesk","pattern":{"source":["shop.helpdesk"]},"targets":[{"log_group":"/aws/events/helpdesk-debug"}]},{"name":"orders-to-old-warehouse","disabled":true,"pattern":{"source":["shop.orders"]},"targets":[{"service":"old-warehouse"}]}],"archives":[{"name":"payments-10-years","pattern":{"source":["shop.payments"]}}]}},"queues":{"helpdesk-customers":{"consumers":[{"service":"helpdesk"}]},"helpdesk-mail":{"consumers":[{"function":"helpdesk-intake"}],"producers":["mailwing"]},"helpdesk-parcels":{"consumers":[{"function":"helpdesk-intake"}]},"helpdesk-uploads":{"consumers":[{"service":"helpdesk"}]},"loyalty-rewards":{"consumers":[{"function":"marketing-segments"}],"producers":["loyaltree"]},"marketing-segments":{"consumers":[{"function":"marketing-segments"}],"producers":["orders"]},"orders-payments":{"consumers":[{"function":"orders-status"}]},"payments-orders":{"consumers":[{"function":"payments-capture"}]},"returns":{"producers":["orders"]},"shipping-jobs":{"consumers":[{"function":"shipping-labels"}],"producers":["orders"]},"shop-undelivered":{"dead_letter":true}},"topics":{"parcel-updates":{"subscriptions":[{"queue":"helpdesk-parcels","filter_policy":{"status":["delayed","lost",{"prefix":"customs-"}]},"filter_policy_scope":"MessageAttributes"},{"service":"textwave","filter_policy":{"recipient":{"mobile":[{"exists":true}]}},"filter_policy_scope":"MessageBody"}],"producers":["shipping"]}},"streams":{"clickstream":{"consumers":[{"function":"analytics-sink"},{"function":"marketing-segments","filters":[{"data":{"consent":{"marketing":[true]}}}]}],"producers":["storefront"]},"customers":{"consumers":[{"function":"analytics-sink"}]}},"pipes":{"returns-to-refunds":{"queue":"returns","filters":[{"body":{"refund":{"amount":[{"numeric":[">",0]}]}}}],"target":{"service":"payments"}}}}');
PRAGMA user_version = 2;
