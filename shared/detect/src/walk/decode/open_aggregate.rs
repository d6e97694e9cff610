//! Opens aggregates of the Kinesis Producer Library.

use crate::aggregate::Aggregate;
use crate::json::Leaf;
use crate::path::{Node, Opener, Step};
use crate::walk::unread::Began;
use crate::walk::{Field, Walk};

impl Walk<'_> {
    /// Searches the records of an aggregate and their partition keys, which the producer chooses.
    pub(super) fn open_aggregate(
        &mut self,
        bytes: &[u8],
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let Some(aggregate) = Aggregate::open(bytes) else {
            return false;
        };
        if !self.may_open() {
            return false;
        }
        let inside = node.child(Step::Opened(Opener::Kpl));
        self.opened += 1;
        for key in aggregate.partition_keys() {
            self.visit_leaf(Leaf::text(key), field, &inside, &mut None, depth);
        }
        for (index, (_, data)) in aggregate.records().enumerate() {
            let record = inside.child(Step::Index(index));
            if !self.open_bytes(data.to_vec(), field, &record, depth) {
                self.note_unopened(Began::Text, data.len());
            }
        }
        self.opened -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::{DataClass, Engine, Scan, Unread};

    /// Two records with an address each, and the partition key `jane.doe@shop.dev`.
    const AGGREGATE: &str = "84mawgoRamFuZS5kb2VAc2hvcC5kZXYaHAgAGhh7ImVtYWlsIjoiYWRhQHNob3AuZGV2In0aHAgAGhh7ImVtYWlsIjoiam9lQHNob3AuZGV2In3OHwwg15KxtKm8feVYfbGl";

    fn scan(data: &str) -> Scan {
        let record = serde_json::json!({ "kinesis": { "data": data } }).to_string();
        Engine::new().scan_json(record.as_bytes()).unwrap()
    }

    #[test]
    fn the_records_of_an_aggregate_and_their_keys_are_searched() {
        let scan = scan(AGGREGATE);
        let emails = scan
            .findings
            .iter()
            .filter(|one| one.class == DataClass::EmailAddress);
        let paths: Vec<&str> = emails.map(|one| one.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "$.kinesis.data(base64)(kpl)",
                "$.kinesis.data(base64)(kpl)[0](json).email",
                "$.kinesis.data(base64)(kpl)[1](json).email",
            ]
        );
        assert!(scan.unread.is_empty());
    }

    #[test]
    fn an_aggregate_with_another_checksum_is_unread() {
        let damaged = AGGREGATE.replace("4Hww", "4Hwx").replace("OHwwg", "OHwxg");
        assert_ne!(damaged, AGGREGATE);
        let scan = scan(&damaged);
        assert!(scan.findings.is_empty());
        assert!(scan.unread.contains(Unread::Binary));
    }
}
