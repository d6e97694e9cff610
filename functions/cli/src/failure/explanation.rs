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
    remedy: fn(IsSet<'_>) -> String,
}

/// Returns true if a variable of the environment is set.
pub(super) type IsSet<'a> = &'a dyn Fn(&str) -> bool;

/// The faults of AWS that users meet, the most specific first.
const KNOWN: &[Known] = &[
    Known {
        words: &[
            "no providers in chain provided credentials",
            "the credential provider was not enabled",
        ],
        cause: "no AWS credentials were found",
        remedy: give_credentials,
    },
    Known {
        words: &[
            "ExpiredToken",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "UnrecognizedClientException",
        ],
        cause: "AWS refused the credentials, because they are wrong or have expired",
        remedy: |_| {
            "sign in again with `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID to valid credentials".to_owned()
        },
    },
    Known {
        words: &["AccessDenied"],
        cause: "the AWS credentials do not have the permission for this",
        remedy: |_| "allow it to the role, or set AWS_PROFILE to another role".to_owned(),
    },
    Known {
        words: &["ResourceNotFoundException"],
        cause: "there is no such table in this account and region",
        remedy: |_| {
            "correct the name after dynamodb://, or set AWS_REGION and AWS_PROFILE to where the table is".to_owned()
        },
    },
    Known {
        words: &["Missing Region", "A region must be set"],
        cause: "no AWS region is set",
        remedy: |_| {
            "set AWS_REGION to the region of the table, as in AWS_REGION=eu-west-1".to_owned()
        },
    },
    Known {
        words: &[
            "credentials provider timed out",
            "an error occurred while loading credentials",
            "the credentials provider was not properly configured",
            "unexpected credentials error",
        ],
        cause: "the AWS credentials could not be loaded",
        remedy: |is_set| {
            if is_set("AWS_PROFILE") {
                "check the profile that AWS_PROFILE names with `aws sts get-caller-identity`"
                    .to_owned()
            } else {
                give_credentials(is_set)
            }
        },
    },
    Known {
        words: &["dispatch failure", "request has timed out"],
        cause: "AWS could not be reached",
        remedy: |is_set| {
            let set: Vec<&str> = ["AWS_REGION", "AWS_ENDPOINT_URL", "HTTPS_PROXY"]
                .into_iter()
                .filter(|name| is_set(name))
                .collect();
            match set[..] {
                [] => "check the network".to_owned(),
                _ => format!("check the network, and the value of {}", set.join(", ")),
            }
        },
    },
];

fn give_credentials(_: IsSet<'_>) -> String {
    "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`".to_owned()
}

/// Returns the lines that explain a failure: at most three.
pub(super) fn lines(failure: &dyn Error, is_set: IsSet<'_>) -> Vec<String> {
    let first = failure.to_string();
    let mut causes: Vec<String> = Vec::new();
    let mut next = failure.source();
    while let Some(cause) = next {
        causes.push(sentence(cause).unwrap_or_else(|| cause.to_string()));
        next = cause.source();
    }
    let mut lines = vec![format!("piitrail: {first}")];
    if let Some((known, word)) = known(&causes) {
        let detail = detail(word, &causes).map(|detail| format!(": {detail}"));
        lines.push(format!(
            "  because: {}{}",
            known.cause,
            detail.unwrap_or_default()
        ));
        lines.push(format!("  {}", (known.remedy)(is_set)));
    } else {
        let told = told(&first, &causes);
        if !told.is_empty() {
            lines.push(format!("  because: {}", told.join(": ")));
        }
    }
    lines
}

/// Returns what AWS itself said in an answer: `AccessDeniedException: User: … is not authorized to
/// perform: dynamodb:Query on resource: …`.
#[cfg(feature = "aws")]
fn sentence(cause: &(dyn Error + 'static)) -> Option<String> {
    piitrail_aws::sentence_of(cause)
}

#[cfg(not(feature = "aws"))]
fn sentence(_: &(dyn Error + 'static)) -> Option<String> {
    None
}

/// Returns the known fault, and the word by which it was recognised.
fn known(causes: &[String]) -> Option<(&'static Known, &'static str)> {
    KNOWN.iter().find_map(|known| {
        let mut words = known.words.iter();
        let word = words.find(|word| causes.iter().any(|text| text.contains(**word)))?;
        Some((known, *word))
    })
}

/// Returns what the last cause says beside the word by which a fault was recognised: the words of
/// AWS, or of the operating system.
fn detail<'c>(word: &str, causes: &'c [String]) -> Option<&'c str> {
    let last = causes.last()?;
    match last.split_once(": ") {
        Some((code, sentence)) if code.contains(word) => Some(sentence),
        _ => Some(last.as_str()).filter(|last| !last.contains(word)),
    }
}

/// Returns the causes that say something that the texts above them do not. Of two that say the
/// same, the longer one is kept.
fn told<'c>(first: &str, causes: &'c [String]) -> Vec<&'c str> {
    let mut told: Vec<&str> = Vec::new();
    for cause in causes {
        let is_said = first.contains(cause) || told.iter().any(|above| above.contains(cause));
        if is_said || PLUMBING.contains(&cause.as_str()) {
            continue;
        }
        told.retain(|above| !cause.contains(above));
        told.push(cause);
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

    fn chain(texts: &[&'static str]) -> Link {
        let texts = texts.iter().rev();
        let chain = texts.fold(None, |source, text| Some(Box::new(Link { text, source })));
        *chain.unwrap()
    }

    fn explained(texts: &[&'static str]) -> Vec<String> {
        lines(&chain(texts), &|_| false)
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
                "could not open the store s",
                "unable to open database file",
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
                "the AWS credentials could not be loaded: the session is not found",
                "aws sso login",
            ),
            (
                &[
                    "service error",
                    "ResourceNotFoundException: Requested resource not found",
                ],
                "there is no such table in this account and region: Requested resource not found",
                "AWS_REGION",
            ),
            (
                &["service error", "unhandled error (AccessDeniedException)"],
                "the AWS credentials do not have the permission for this",
                "allow",
            ),
            (
                &[
                    "service error",
                    "unhandled error (AccessDeniedException)",
                    "AccessDeniedException: User: arn:aws:iam::1:user/a is not authorized to perform: dynamodb:Query",
                ],
                "the AWS credentials do not have the permission for this: User: arn:aws:iam::1:user/a is not authorized to perform: dynamodb:Query",
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
                "AWS could not be reached: Connection refused",
                "check the network",
            ),
        ] {
            let texts = [&["the store could not read items"], chain].concat();
            let lines = explained(&texts);
            assert_eq!(lines.len(), 3, "{lines:?}");
            assert_eq!(lines[1], format!("  because: {cause}"));
            assert!(lines[2].contains(remedy), "{lines:?}");
        }
    }

    /// Once, a profile was to be checked that `AWS_PROFILE` did not name.
    #[test]
    fn a_variable_is_to_be_checked_only_if_it_is_set() {
        let credentials = ["s", "an error occurred while loading credentials"];
        let network = ["s", "dispatch failure", "Connection refused"];
        for (texts, set, remedy) in [
            (
                &credentials[..],
                "AWS_PROFILE",
                "  check the profile that AWS_PROFILE names",
            ),
            (&credentials, "", "  set AWS_PROFILE, or "),
            (
                &network,
                "HTTPS_PROXY",
                "  check the network, and the value of HTTPS_PROXY",
            ),
            (&network, "", "  check the network"),
        ] {
            let told = lines(&chain(texts), &|name| name == set);
            assert!(told[2].starts_with(remedy), "{told:?}");
            assert_eq!(told[2].contains("value of"), remedy.contains("value of"));
        }
    }
}
