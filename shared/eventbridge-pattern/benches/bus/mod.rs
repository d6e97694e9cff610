//! Generates a bus as shops have it: ten kinds of events, half of them the shop's own and half from
//! AWS services, and rules of the kinds that teams write, each for the events it is meant for.

use eventbridge_pattern::Pattern;

const REGIONS: [&str; 3] = ["eu-west-1", "eu-central-1", "us-east-1"];
const STATES: [&str; 6] = ["created", "paid", "packed", "shipped", "returned", "closed"];
const COUNTRIES: [&str; 5] = ["IE", "DE", "FR", "ES", "NL"];
const CARRIERS: [&str; 4] = ["anpost", "dhl", "ups", "postnl"];

/// Returns the event of a number: about 900 bytes on average, without white space, as AWS delivers
/// it.
pub(crate) fn event(number: usize) -> String {
    let (source, detail_type, resource, detail) = match number % 10 {
        0 | 1 => order(number),
        2 => payment(number),
        3 => account(number),
        4 => parcel(number),
        5 => ticket(number),
        6 => object_created(number),
        7 => api_call(number),
        8 => instance_state(number),
        _ => task_state(number),
    };
    let region = REGIONS[number % REGIONS.len()];
    format!(
        r#"{{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-{number:012}","detail-type":"{detail_type}","source":"{source}","account":"111122223333","time":"2026-11-21T10:{:02}:00Z","region":"{region}","resources":[{resource}],"detail":{detail}}}"#,
        number % 60,
    )
}

type Parts = (&'static str, String, String, String);

fn order(number: usize) -> Parts {
    let state = STATES[number % STATES.len()];
    let country = COUNTRIES[number % COUNTRIES.len()];
    let detail = format!(
        r#"{{"order":{{"id":"o-{number}","state":"{state}","total":{}.50,"currency":"EUR","gift":false,"coupon":null}},"customer":{{"id":"c-{number}","name":"Customer Number {number}","email":"customer{number}@example.com","segments":["newsletter","loyal"],"address":{{"street":"Some Street {number}","city":"Dublin","postal-code":"D02 AF30","country":"{country}"}}}},"items":[{{"sku":"sku-{}","quantity":{},"price":19.90}},{{"sku":"sku-{}","quantity":1,"price":4.50}}],"note":"left with the neighbour, said \"thanks\"","trace":{{"root":"1-67891233-abcdef012345678912345678","sampled":true}}}}"#,
        number % 500,
        number % 90,
        1 + number % 4,
        number % 70,
    );
    (
        "shop.orders",
        format!("Order {state}"),
        String::new(),
        detail,
    )
}

fn payment(number: usize) -> Parts {
    let failed = number % 70 == 2;
    let detail = format!(
        r#"{{"payment":{{"id":"p-{number}","order":"o-{number}","amount":{{"value":{},"currency":"EUR"}},"method":"card","card":{{"brand":"visa","last4":"4242","country":"{}"}},"failure":{}}},"risk":{{"score":{},"rules":["velocity","country"]}},"client":{{"ip":"10.{}.{}.7","agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"}},"idempotency-key":"0b8ad2a1-6f0c-4b58-9d1f-{number:012}"}}"#,
        number % 900,
        COUNTRIES[number % COUNTRIES.len()],
        if failed { "\"do_not_honor\"" } else { "null" },
        number % 100,
        number % 200,
        number % 250,
    );
    let name = if failed {
        "Payment Failed"
    } else {
        "Payment Captured"
    };
    ("shop.payments", name.to_owned(), String::new(), detail)
}

fn account(number: usize) -> Parts {
    let domain = ["example.com", "example.org", "Example.NET"][number % 3];
    let detail = format!(
        r#"{{"account":{{"id":"a-{number}","email":"person{number}@{domain}","name":{{"first":"First","last":"Last {number}"}},"plan":"{}","country":"{}","marketing":{}}},"changed":["email","address"],"actor":{{"type":"self","session":"s-{number}","ip":"10.1.{}.9"}}}}"#,
        ["free", "Plus", "BUSINESS"][number % 3],
        COUNTRIES[number % COUNTRIES.len()],
        number.is_multiple_of(2),
        number % 250,
    );
    (
        "shop.accounts",
        "Account Updated".to_owned(),
        String::new(),
        detail,
    )
}

fn parcel(number: usize) -> Parts {
    let detail = format!(
        r#"{{"parcel":{{"id":"sh-{number}","carrier":"{}","tracking":"TRK{number:09}IE","status":"{}","weight":{}.25}},"order":{{"id":"o-{number}"}},"recipient":{{"name":"Customer Number {number}","street":"Some Street {number}","city":"Cork","postal-code":"T12 W8CD","country":"{}","phone":"+353 1 496 0{:03}"}}}}"#,
        CARRIERS[number % CARRIERS.len()],
        ["label", "collected", "transit", "delivered"][number / 10 % 4],
        number % 30,
        COUNTRIES[number % COUNTRIES.len()],
        number % 1000,
    );
    (
        "shop.shipping",
        "Parcel Moved".to_owned(),
        String::new(),
        detail,
    )
}

fn ticket(number: usize) -> Parts {
    let detail = format!(
        r#"{{"ticket":{{"id":"t-{number}","priority":"{}","subject":"Where is my order o-{number}?","body":"Hello,\nI have been waiting for my parcel since last week. Could you have a look?\nKind regards","tags":["delivery","customer-{}"],"channel":"email"}},"requester":{{"email":"customer{number}@example.com","locale":"en-IE"}},"assignee":null}}"#,
        ["low", "normal", "high", "urgent"][number / 10 % 4],
        number % 40,
    );
    (
        "shop.helpdesk",
        "Ticket Opened".to_owned(),
        String::new(),
        detail,
    )
}

fn object_created(number: usize) -> Parts {
    let kind = ["invoices", "exports", "images", "logs"][number / 10 % 4];
    let end = ["pdf", "csv", "png", "json.gz"][number / 10 % 4];
    let detail = format!(
        r#"{{"version":"0","bucket":{{"name":"shop-{kind}-{}"}},"object":{{"key":"2026/11/21/team-{}/{kind}-{number}.{end}","size":{},"etag":"d41d8cd98f00b204e9800998ecf8427e","version-id":"IYV3p45BT0ac8hjHg1houSdS1a.Mro8e","sequencer":"00617F08299329D189"}},"request-id":"N4N7GDK58NMKJ12R","requester":"111122223333","source-ip-address":"10.2.{}.4","reason":"PutObject"}}"#,
        REGIONS[number % REGIONS.len()],
        number % 30,
        number * 37,
        number % 250,
    );
    let resource = format!(
        r#""arn:aws:s3:::shop-{kind}-{}""#,
        REGIONS[number % REGIONS.len()]
    );
    ("aws.s3", "Object Created".to_owned(), resource, detail)
}

fn api_call(number: usize) -> Parts {
    let (service, name) = [
        ("iam", "CreateAccessKey"),
        ("s3", "PutBucketPolicy"),
        ("ec2", "AuthorizeSecurityGroupIngress"),
        ("kms", "ScheduleKeyDeletion"),
        ("signin", "ConsoleLogin"),
    ][number / 10 % 5];
    let detail = format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE:session-{number}","arn":"arn:aws:sts::111122223333:assumed-role/team-{}/session-{number}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/team-{}","accountId":"111122223333","userName":"team-{}"}},"attributes":{{"creationDate":"2026-11-21T09:00:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-11-21T10:00:00Z","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"{}","sourceIPAddress":"10.3.{}.8","userAgent":"aws-cli/2.31.0 md/Botocore#1.40.0 ua/2.1 os/linux","requestParameters":{{"name":"thing-{number}"}},"responseElements":null,"requestID":"0f0e7c4f-0000-4000-8000-{number:012}","eventID":"9d7c0000-0000-4000-8000-{number:012}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#,
        number % 30,
        number % 30,
        number % 30,
        REGIONS[number % REGIONS.len()],
        number % 250,
    );
    (
        "aws.cloudtrail",
        "AWS API Call via CloudTrail".to_owned(),
        String::new(),
        detail,
    )
}

fn instance_state(number: usize) -> Parts {
    let detail = format!(
        r#"{{"instance-id":"i-0abc{number:012x}","state":"{}"}}"#,
        ["pending", "running", "stopping", "stopped", "terminated"][number / 10 % 5],
    );
    let resource = format!(
        r#""arn:aws:ec2:{}:111122223333:instance/i-0abc{number:012x}""#,
        REGIONS[number % REGIONS.len()],
    );
    let name = "EC2 Instance State-change Notification";
    ("aws.ec2", name.to_owned(), resource, detail)
}

fn task_state(number: usize) -> Parts {
    let region = REGIONS[number % REGIONS.len()];
    let status = ["PROVISIONING", "RUNNING", "STOPPED"][number / 10 % 3];
    let detail = format!(
        r#"{{"clusterArn":"arn:aws:ecs:{region}:111122223333:cluster/shop","containers":[{{"name":"app","lastStatus":"{status}","exitCode":{},"image":"111122223333.dkr.ecr.{region}.amazonaws.com/app:1.{number}"}},{{"name":"sidecar","lastStatus":"RUNNING","exitCode":0,"image":"public.ecr.aws/xray/aws-xray-daemon:latest"}}],"cpu":"256","memory":"512","desiredStatus":"RUNNING","group":"service:team-{}","lastStatus":"{status}","launchType":"FARGATE","stoppedReason":"Essential container in task exited","taskArn":"arn:aws:ecs:{region}:111122223333:task/shop/{number:032x}","version":{}}}"#,
        number % 3,
        number % 30,
        number % 9,
    );
    let resource = format!(r#""arn:aws:ecs:{region}:111122223333:task/shop/{number:032x}""#);
    (
        "aws.ecs",
        "ECS Task State Change".to_owned(),
        resource,
        detail,
    )
}

/// Returns the rules of the first teams. Each team has one rule of every kind before any has two.
pub(crate) fn patterns(count: usize) -> Vec<Pattern> {
    (0..count)
        .map(|number| Pattern::parse(&rule(number)).expect("the rule is a pattern"))
        .collect()
}

/// Returns the rule of a number. The kinds take turns, and each numbers its teams.
fn rule(number: usize) -> String {
    let team = number / 20;
    let state = STATES[team % STATES.len()];
    let country = COUNTRIES[team % COUNTRIES.len()];
    match number % 20 {
        0 => format!(r#"{{"source":["shop.orders"],"detail-type":["Order {state}"]}}"#),
        1 => format!(
            r#"{{"source":["shop.orders"],"detail":{{"order":{{"total":[{{"numeric":[">",{},"<=",{}]}}]}}}}}}"#,
            team * 30,
            team * 30 + 60,
        ),
        2 => format!(
            r#"{{"source":["shop.orders"],"detail":{{"items":{{"sku":["sku-{team}"],"quantity":[{{"numeric":[">=",2]}}]}}}}}}"#
        ),
        3 => format!(
            r#"{{"source":["shop.orders"],"detail":{{"order":{{"state":[{{"anything-but":["{state}","closed"]}}]}},"customer":{{"address":{{"country":["{country}"]}}}}}}}}"#
        ),
        4 => format!(
            r#"{{"source":["shop.orders"],"detail":{{"order":{{"state":["{state}"],"refund":[{{"exists":false}}]}},"customer":{{"segments":["loyal","vip-{team}"]}}}}}}"#
        ),
        5 => format!(
            r#"{{"source":["shop.payments"],"detail":{{"risk":{{"score":[{{"numeric":[">=",{}]}}]}}}}}}"#,
            40 + 4 * team,
        ),
        6 => format!(
            r#"{{"source":["shop.payments"],"$or":[{{"detail-type":["Payment Failed"]}},{{"detail":{{"client":{{"ip":[{{"cidr":"10.{}.0.0/16"}}]}}}}}}]}}"#,
            team * 10 + 2,
        ),
        7 => format!(
            r#"{{"source":["shop.accounts"],"detail":{{"account":{{"email":[{{"suffix":"{team}@example.com"}}]}}}}}}"#
        ),
        8 => format!(
            r#"{{"source":["shop.accounts"],"detail":{{"account":{{"plan":[{{"equals-ignore-case":"business"}}],"country":["{country}","GB"]}}}}}}"#
        ),
        9 => format!(
            r#"{{"source":["shop.shipping"],"detail":{{"parcel":{{"carrier":["{}"],"status":[{{"anything-but":"label"}}]}}}}}}"#,
            CARRIERS[team % CARRIERS.len()],
        ),
        10 => format!(
            r#"{{"source":["shop.helpdesk"],"detail":{{"ticket":{{"priority":["high","urgent"],"tags":["customer-{team}"]}}}}}}"#
        ),
        11 => format!(
            r#"{{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{{"bucket":{{"name":[{{"prefix":"shop-exports-"}}]}},"object":{{"key":[{{"wildcard":"2026/*/team-{team}/*.csv"}}]}}}}}}"#
        ),
        12 => format!(
            r#"{{"source":["aws.s3"],"detail":{{"object":{{"key":[{{"suffix":".pdf"}},{{"suffix":".{team}.zip"}}],"size":[{{"numeric":[">",{}]}}]}}}}}}"#,
            team * 500,
        ),
        13 => format!(
            r#"{{"source":["aws.cloudtrail"],"detail":{{"eventSource":["iam.amazonaws.com","kms.amazonaws.com"],"eventName":[{{"prefix":"Create"}},{{"prefix":"Schedule"}}],"userIdentity":{{"arn":[{{"wildcard":"*:assumed-role/team-{team}/*"}}]}}}}}}"#
        ),
        14 => format!(
            r#"{{"detail-type":["AWS API Call via CloudTrail"],"detail":{{"sourceIPAddress":[{{"cidr":"10.3.{}.0/24"}}],"eventName":["ConsoleLogin"]}}}}"#,
            team * 15 + 7,
        ),
        15 => format!(
            r#"{{"source":["aws.ec2"],"detail":{{"state":["stopped","terminated"],"instance-id":[{{"prefix":"i-0abc"}}]}},"region":["{}"]}}"#,
            REGIONS[team % REGIONS.len()],
        ),
        16 => format!(
            r#"{{"source":["aws.ecs"],"detail":{{"lastStatus":["STOPPED"],"group":["service:team-{team}"]}}}}"#
        ),
        17 => format!(
            r#"{{"source":["aws.ecs"],"detail":{{"containers":{{"lastStatus":["STOPPED"],"exitCode":[{{"anything-but":{team}}}]}}}}}}"#
        ),
        18 => format!(
            r#"{{"source":[{{"anything-but":{{"prefix":"aws."}}}}],"detail":{{"recipient":{{"country":["{country}"],"postal-code":[{{"prefix":{{"equals-ignore-case":"t{team}"}}}}]}}}}}}"#
        ),
        _ => format!(
            r#"{{"source":[{{"prefix":"shop."}}],"detail":{{"$or":[{{"customer":{{"id":["c-{team}"]}}}},{{"account":{{"id":["a-{team}"]}}}}]}}}}"#
        ),
    }
}
