//! Recognises the names that CloudFormation generates.
//!
//! A template that gives a resource no name does not say what AWS will call it. The topology then has
//! its logical id, and traffic has the generated name: `shop-OrdersQueue-1A2B3C4D5E6F`. It consists of
//! the stack, the logical id and a random end
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html>), so
//! the id can be read back from it.

use std::collections::{BTreeMap, HashMap};

use super::{ResourceKind, Topology};
use crate::home::{Home, Located};

/// The fewest characters of a generated end.
const SUFFIX_MIN: usize = 8;

/// The length from which a part of a generated name may be cut, because the whole name is bounded.
const CUT_FROM: usize = 20;

/// The end of the generated name of a FIFO queue or topic.
const FIFO: &str = ".fifo";

/// The resources of a topology whose names AWS generates.
#[derive(Default)]
pub(crate) struct GeneratedNames {
    /// By kind and by logical id in lower case, because the names of buckets have no capitals.
    by_id: HashMap<ResourceKind, BTreeMap<String, Vec<Located>>>,
}

impl GeneratedNames {
    /// Collects the resources of a topology whose names are generated.
    pub(crate) fn of(topology: &Topology) -> Self {
        let mut names = Self::default();
        for (end, resource) in topology.resources() {
            if resource.is_name_generated {
                let of_kind = names.by_id.entry(end.kind()).or_default();
                let id = logical_id(&end.name().name).1.to_lowercase();
                of_kind.entry(id).or_default().push(end.name().clone());
            }
        }
        names
    }

    /// Returns the resource whose generated name this is. Returns `None` if there is none, or if it
    /// could be one of several.
    pub(crate) fn find(&self, kind: ResourceKind, name: &str, home: Home) -> Option<&Located> {
        let of_kind = self.by_id.get(&kind)?;
        let (stack, id) = parts(name)?;
        let id = id.to_lowercase();
        let beginning_so = of_kind.range(id.clone()..);
        let of_id = beginning_so
            .take_while(|(known, _)| known.starts_with(&id))
            .filter(|(known, _)| **known == id || id.len() >= CUT_FROM)
            .flat_map(|(_, located)| located);
        let mut fitting = of_id.filter(|located| {
            let in_stack = logical_id(&located.name).0;
            located.home.fits(&home) && in_stack.is_none_or(|known| is_stack(stack, known))
        });
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

/// Splits the name of a resource in the topology into its stack, which it has only if another stack
/// has a resource with the same id, and its logical id.
fn logical_id(name: &str) -> (Option<&str>, &str) {
    match name.rsplit_once('/') {
        Some((stack, id)) => (Some(stack), id),
        None => (None, name),
    }
}

/// Splits a generated name into its stack, which may be empty, and its logical id.
fn parts(name: &str) -> Option<(&str, &str)> {
    let name = name.strip_suffix(FIFO).unwrap_or(name);
    let (before, suffix) = name.rsplit_once('-')?;
    let is_random = suffix.len() >= SUFFIX_MIN && suffix.bytes().all(|b| b.is_ascii_alphanumeric());
    is_random.then(|| before.rsplit_once('-').unwrap_or(("", before)))
}

/// Returns true if the beginning of a generated name may be the name of this stack.
fn is_stack(written: &str, known: &str) -> bool {
    written.eq_ignore_ascii_case(known)
        || (written.len() >= CUT_FROM
            && known
                .get(..written.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(written)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> GeneratedNames {
        let topology = Topology::parse(
            "
version: 1
resources:
  - {queue: OrdersQueue, generated_name: true}
  - {queue: Named}
  - {queue: one/Shared, generated_name: true}
  - {queue: two/Shared, generated_name: true}
  - {function: ThumbnailOfEveryUploadedPicture, generated_name: true}
  - {bucket: Uploads, generated_name: true}
",
        );
        GeneratedNames::of(&topology.unwrap())
    }

    fn found(kind: ResourceKind, name: &str) -> Option<String> {
        let names = names();
        let found = names.find(kind, name, Home::UNKNOWN);
        found.map(|located| located.name.clone())
    }

    #[test]
    fn a_generated_name_is_that_of_its_logical_id() {
        let queue = |name| found(ResourceKind::Queue, name);
        let orders = Some("OrdersQueue".to_owned());
        assert_eq!(queue("shop-OrdersQueue-1A2B3C4D5E6F"), orders);
        assert_eq!(queue("shop-prod-OrdersQueue-aB2dE6gH1jK3"), orders);
        assert_eq!(queue("shop-OrdersQueue-1A2B3C4D5E6F.fifo"), orders);
        assert_eq!(queue("OrdersQueue-1A2B3C4D5E6F"), orders);
        for other in [
            "OrdersQueue",
            "shop-OrdersQueue",
            "shop-OrdersQueue-short",
            "shop-OtherQueue-1A2B3C4D5E6F",
            "shop-Named-1A2B3C4D5E6F",
            "shop-MyOrdersQueue-1A2B3C4D5E6F",
        ] {
            assert_eq!(queue(other), None, "{other}");
        }
        assert_eq!(
            found(ResourceKind::Topic, "shop-OrdersQueue-1A2B3C4D5E6F"),
            None
        );
    }

    #[test]
    fn two_stacks_with_one_id_are_told_apart_by_the_name_of_the_stack() {
        let queue = |name| found(ResourceKind::Queue, name);
        assert_eq!(
            queue("two-Shared-1A2B3C4D5E6F").as_deref(),
            Some("two/Shared")
        );
        assert_eq!(queue("three-Shared-1A2B3C4D5E6F"), None);
    }

    #[test]
    fn a_long_id_is_cut_and_a_bucket_has_no_capitals() {
        assert_eq!(
            found(
                ResourceKind::Function,
                "shop-ThumbnailOfEveryUploaded-1A2B3C4D5E6F"
            )
            .as_deref(),
            Some("ThumbnailOfEveryUploadedPicture")
        );
        assert_eq!(
            found(ResourceKind::Bucket, "shop-uploads-1a2b3c4d5e6f").as_deref(),
            Some("Uploads")
        );
    }
}
