//! Flows that are one, although one of them knows a home that another does not.
//!
//! A tap on a bus knows the bus's home and not the queue's, a tap on the queue the reverse, and what
//! an earlier version recorded knows neither. Flows with the same kinds and names are therefore
//! compared part by part (`docs/IDENTITIES.md`, section 1): a part that is not known takes the value
//! that every flow which may be the same agrees on. Where they disagree it stays unknown, and the
//! flow stands for itself.

use std::collections::BTreeMap;

use piitrail_flow::channel::Channel;
use piitrail_flow::edge::Flow;
use piitrail_flow::home::Home;

/// The most comparisons of flows with the same names. More are only possible with hundreds of flows
/// that do not know their homes; those then keep them unknown, and a caveat says so.
const COMPARISONS_MAX: usize = 1_000_000;

/// Something with homes that may be compared: a flow, or the channel of a place.
pub(crate) trait Located: Clone + Ord {
    /// The same without homes.
    fn without_homes(&self) -> Self;
    /// Its homes, always in the same order.
    fn homes(&self) -> Vec<Home>;
    /// The same with other homes.
    fn with_homes(&self, homes: &[Home]) -> Self;
}

impl Located for Flow {
    fn without_homes(&self) -> Self {
        Self::without_homes(self)
    }

    fn homes(&self) -> Vec<Home> {
        self.homes().collect()
    }

    fn with_homes(&self, homes: &[Home]) -> Self {
        let mut homes = homes.iter().copied();
        let mut next = || homes.next().unwrap_or_default();
        Self {
            producer: self.producer.clone().at(next()),
            consumer: self.consumer.clone().at(next()),
            channels: self
                .channels
                .iter()
                .map(|channel| channel.clone().at(next()))
                .collect(),
            event_type: self.event_type.clone(),
        }
    }
}

impl Located for Option<Channel> {
    fn without_homes(&self) -> Self {
        self.clone().map(|channel| channel.at(Home::UNKNOWN))
    }

    fn homes(&self) -> Vec<Home> {
        self.iter().map(|channel| channel.home).collect()
    }

    fn with_homes(&self, homes: &[Home]) -> Self {
        let home = homes.first().copied().unwrap_or_default();
        self.clone().map(|channel| channel.at(home))
    }
}

/// Merges entries that are one. Returns them, and the number of names for which it is not decided which
/// entries are one, because there are too many.
pub(crate) fn unify<K: Located, V: Default>(
    entries: BTreeMap<K, V>,
    merge: impl Fn(&mut V, V),
) -> (BTreeMap<K, V>, usize) {
    let mut groups: BTreeMap<K, Vec<(K, V)>> = BTreeMap::new();
    for (key, value) in entries {
        let name = key.without_homes();
        groups.entry(name).or_default().push((key, value));
    }
    let mut unified: BTreeMap<K, V> = BTreeMap::new();
    let mut undecided = 0;
    for (name, group) in groups {
        let mut homes: Vec<Vec<Home>> = group.iter().map(|(key, _)| key.homes()).collect();
        undecided += usize::from(!complete(&mut homes));
        for ((_, value), homes) in group.into_iter().zip(&homes) {
            let key = name.with_homes(homes);
            merge(unified.entry(key).or_default(), value);
        }
    }
    (unified, undecided)
}

/// Fills in the parts on which all that may be the same agree, until nothing more follows. Returns
/// false if that takes too many comparisons.
fn complete(all: &mut [Vec<Home>]) -> bool {
    let mut comparisons = 0;
    loop {
        let mut changed: Vec<(usize, Vec<Home>)> = Vec::new();
        for (index, homes) in all.iter().enumerate() {
            let is_complete = |home: &Home| home.account.is_some() && home.region.is_some();
            if all.len() == 1 || homes.iter().all(is_complete) {
                continue;
            }
            comparisons += all.len();
            if comparisons > COMPARISONS_MAX {
                return false;
            }
            let may_be_same: Vec<&Vec<Home>> = all
                .iter()
                .filter(|other| homes.iter().zip(*other).all(|(one, other)| one.fits(other)))
                .collect();
            let completed: Vec<Home> = homes
                .iter()
                .enumerate()
                .map(|(place, home)| {
                    let others = || may_be_same.iter().map(|other| other[place]);
                    Home {
                        account: home.account.or_else(|| agreed(others().map(|o| o.account))),
                        region: home.region.or_else(|| agreed(others().map(|o| o.region))),
                    }
                })
                .collect();
            if completed != *homes {
                changed.push((index, completed));
            }
        }
        if changed.is_empty() {
            return true;
        }
        for (index, homes) in changed {
            all[index] = homes;
        }
    }
}

/// The one value that is known, where no other is.
fn agreed<T: PartialEq>(values: impl Iterator<Item = Option<T>>) -> Option<T> {
    let mut known = values.flatten();
    let first = known.next()?;
    known.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use piitrail_detect::Engine;
    use piitrail_flow::channel::ChannelKind;
    use piitrail_flow::name::Name;
    use piitrail_flow::party::{Party, PartyKind};

    use super::*;

    const ONE: &str = "111111111111";
    const TWO: &str = "222222222222";

    /// The flow over a bus and a queue, whose accounts are these.
    fn flow(bus: &str, queue: &str) -> Flow {
        let engine = Engine::new();
        let name = |raw: &str| Name::masked(&engine, raw);
        let home = |account| Home::of(account, "");
        Flow {
            producer: Party::new(PartyKind::Service, name("shop")),
            consumer: Party::new(PartyKind::Service, name("mail")),
            channels: vec![
                Channel::new(ChannelKind::Bus, name("default")).at(home(bus)),
                Channel::new(ChannelKind::Queue, name("jobs")).at(home(queue)),
            ],
            event_type: name("Paid"),
        }
    }

    fn unified(flows: &[(&str, &str)]) -> Vec<(Flow, u64)> {
        let entries = flows.iter().map(|(bus, queue)| (flow(bus, queue), 1));
        let (flows, undecided) = unify(entries.collect(), |total, count: u64| *total += count);
        assert_eq!(undecided, 0);
        flows.into_iter().collect()
    }

    #[test]
    fn what_was_recorded_without_homes_and_with_them_is_one_flow() {
        assert_eq!(unified(&[("", ""), (ONE, ONE)]), [(flow(ONE, ONE), 2)]);
    }

    #[test]
    fn two_taps_that_each_know_another_home_measure_one_flow() {
        assert_eq!(unified(&[(ONE, ""), ("", TWO)]), [(flow(ONE, TWO), 2)]);
        assert_eq!(
            unified(&[(ONE, ""), ("", TWO), ("", "")]),
            [(flow(ONE, TWO), 3)]
        );
    }

    #[test]
    fn the_same_names_in_two_accounts_are_two_flows() {
        assert_eq!(
            unified(&[(ONE, ONE), (TWO, TWO)]),
            [(flow(ONE, ONE), 1), (flow(TWO, TWO), 1)]
        );
    }

    #[test]
    fn what_may_be_either_of_two_stands_for_itself_and_nothing_is_lost() {
        let flows = unified(&[("", ""), (ONE, ONE), (TWO, TWO)]);
        assert_eq!(flows.len(), 3);
        assert_eq!(flows[0], (flow("", ""), 1));
        // What is known of one part decides the other.
        assert_eq!(
            unified(&[("", TWO), (ONE, ONE), (TWO, TWO)]),
            [(flow(ONE, ONE), 1), (flow(TWO, TWO), 2)]
        );
    }

    #[test]
    fn a_thousand_flows_that_know_nothing_of_each_other_end() {
        let accounts: Vec<String> = (0..1_000).map(|n| format!("{n:012}")).collect();
        let flows: Vec<(&str, &str)> = accounts.iter().map(|one| (one.as_str(), "")).collect();
        assert_eq!(unified(&flows).len(), 1_000);
    }

    #[test]
    fn more_flows_than_are_compared_are_kept_and_counted_as_undecided() {
        let accounts = (0..1_100).map(|n| (flow(&format!("{n:012}"), ""), 1));
        let (flows, undecided) = unify(accounts.collect(), |total, count: u64| *total += count);
        assert_eq!((flows.len(), undecided), (1_100, 1));
    }
}
