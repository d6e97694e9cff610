//! Writes a failure in at most three lines: what happened and where, why, and what to do.
//!
//! A failure has a chain of causes. Most links of a chain only pass the next one on, above all those
//! of the AWS SDK, so they are dropped. Frequent faults are recognised by the words of the SDK and
//! get a plain explanation, because the SDK's words do not say what a user can do.

use std::error::Error;

/// The links of a chain that say nothing of their own, and are part of no fault in [`KNOWN`].
const PLUMBING: &[&str] = &[
    "service error",
    "the store could not open the file",
    "unhandled error",
];

/// A fault that is recognised by words in the chain of causes.
struct Known {
    /// Words of which one is in the chain.
    words: &'static [&'static str],
    cause: &'static str,
    remedy: &'static str,
}

/// The faults of AWS that users meet, the most specific first.
const KNOWN: &[Known] = &[
    Known {
        words: &[
            "no providers in chain provided credentials",
            "the credential provider was not enabled",
        ],
        cause: "no AWS credentials were found",
        remedy: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`",
    },
    Known {
        words: &[
            "ExpiredToken",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "UnrecognizedClientException",
        ],
        cause: "AWS refused the credentials, because they are wrong or have expired",
        remedy: "sign in again with `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID to valid credentials",
    },
    Known {
        words: &["AccessDenied"],
        cause: "the AWS credentials do not have the permission for this",
        remedy: "allow the role to read and write the table in DynamoDB, or set AWS_PROFILE to another role",
    },
    Known {
        words: &["ResourceNotFoundException"],
        cause: "there is no such table in this account and region",
        remedy: "correct the name after dynamodb://, or set AWS_REGION and AWS_PROFILE to where the table is",
    },
    Known {
        words: &["Missing Region", "A region must be set"],
        cause: "no AWS region is set",
        remedy: "set AWS_REGION to the region of the table, as in AWS_REGION=eu-west-1",
    },
    Known {
        words: &[
            "credentials provider timed out",
            "an error occurred while loading credentials",
            "the credentials provider was not properly configured",
            "unexpected credentials error",
        ],
        cause: "the AWS credentials could not be loaded",
        remedy: "check the profile that AWS_PROFILE names with `aws sts get-caller-identity`",
    },
    Known {
        words: &["dispatch failure", "request has timed out"],
        cause: "AWS could not be reached",
        remedy: "check the network, AWS_REGION, and AWS_ENDPOINT_URL and HTTPS_PROXY if they are set",
    },
];

/// Returns the lines that explain a failure: at most three.
pub(super) fn lines(failure: &dyn Error) -> Vec<String> {
    let first = failure.to_string();
    let mut causes: Vec<String> = Vec::new();
    let mut next = failure.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    let mut lines = vec![format!("piitrail: {first}")];
    if let Some(known) = known(&causes) {
        lines.push(format!("  because: {}", known.cause));
        lines.push(format!("  {}", known.remedy));
    } else {
        let told = told(&first, &causes);
        if !told.is_empty() {
            lines.push(format!("  because: {}", told.join(": ")));
        }
    }
    lines
}

fn known(causes: &[String]) -> Option<&'static Known> {
    KNOWN.iter().find(|known| {
        let mut texts = causes.iter();
        texts.any(|text| known.words.iter().any(|word| text.contains(word)))
    })
}

/// Returns the causes that say something that the texts above them do not.
fn told<'c>(first: &str, causes: &'c [String]) -> Vec<&'c str> {
    let mut told: Vec<&str> = Vec::new();
    for cause in causes {
        let is_said = first.contains(cause) || told.iter().any(|above| above.contains(cause));
        if !is_said && !PLUMBING.contains(&cause.as_str()) {
            told.push(cause);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link of a chain of causes.
    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    fn explained(texts: &[&'static str]) -> Vec<String> {
        let chain = texts
            .iter()
            .rev()
            .fold(None, |source, text| Some(Box::new(Link { text, source })));
        lines(&*chain.unwrap())
    }

    #[test]
    fn a_cause_that_only_passes_the_next_one_on_or_repeats_the_one_above_is_dropped() {
        assert_eq!(
            explained(&[
                "could not open the store s",
                "the store could not open the file",
                "Error code 14: unable to open database file",
                "Error code 14: unable to open database file",
            ]),
            [
                "piitrail: could not open the store s",
                "  because: Error code 14: unable to open database file"
            ]
        );
        assert_eq!(
            explained(&[
                "could not use the topology w.yaml",
                "line 3 cannot be read",
                "it is a list"
            ]),
            [
                "piitrail: could not use the topology w.yaml",
                "  because: line 3 cannot be read: it is a list"
            ]
        );
        assert_eq!(
            explained(&["nothing was read"]),
            ["piitrail: nothing was read"]
        );
    }

    #[test]
    fn a_fault_of_aws_is_told_with_what_to_do() {
        for (chain, cause, remedy) in [
            (
                &[
                    "dispatch failure",
                    "other",
                    "an error occurred while loading credentials",
                    "no providers in chain provided credentials",
                ][..],
                "no AWS credentials were found",
                "AWS_ACCESS_KEY_ID",
            ),
            (
                &[
                    "dispatch failure",
                    "other",
                    "the credential provider was not enabled",
                ],
                "no AWS credentials were found",
                "AWS_PROFILE",
            ),
            (
                &[
                    "dispatch failure",
                    "other",
                    "an error occurred while loading credentials",
                    "the session is not found",
                ],
                "the AWS credentials could not be loaded",
                "AWS_PROFILE",
            ),
            (
                &[
                    "service error",
                    "ResourceNotFoundException: Requested resource not found",
                ],
                "there is no such table in this account and region",
                "AWS_REGION",
            ),
            (
                &["service error", "unhandled error (AccessDeniedException)"],
                "the AWS credentials do not have the permission for this",
                "allow",
            ),
            (
                &["service error", "unhandled error (ExpiredTokenException)"],
                "AWS refused the credentials, because they are wrong or have expired",
                "sign in again",
            ),
            (
                &[
                    "failed to construct request",
                    "Invalid Configuration: Missing Region",
                ],
                "no AWS region is set",
                "AWS_REGION",
            ),
            (
                &[
                    "dispatch failure",
                    "io error",
                    "client error (Connect)",
                    "tcp connect error",
                    "Connection refused",
                ],
                "AWS could not be reached",
                "AWS_ENDPOINT_URL",
            ),
        ] {
            let texts = [&["the store could not read items"], chain].concat();
            let lines = explained(&texts);
            assert_eq!(lines.len(), 3, "{lines:?}");
            assert_eq!(lines[1], format!("  because: {cause}"));
            assert!(lines[2].contains(remedy), "{lines:?}");
        }
    }
}
