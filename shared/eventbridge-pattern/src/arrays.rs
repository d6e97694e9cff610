//! Implements AWS's rule for arrays of objects: the values that match must not come from different
//! elements of one array.
//!
//! `{"items": {"sku": ["a"], "paid": [true]}}` does not match an order in which one item has the
//! sku and another is paid. The engine takes the fields of a pattern in the order of their paths,
//! and for each searches for a value that agrees with the elements chosen so far; `exists: false`
//! requires that none agrees. This module does the same. It keeps only choices that differ for
//! later fields: a choice inside an array that no later field enters is forgotten.

use std::collections::{BTreeSet, HashMap};

use rustc_hash::FxBuildHasher;

use crate::event::NodeId;
use crate::paths::{Step, StepId};

/// The maximum number of values that are compared for one event before a pattern is left undecided.
/// Real events need a handful. Only an event made for it (several arrays under one name, thousands
/// of elements each) comes near.
pub(crate) const MAX_COMPARISONS: usize = 500_000;

/// The remaining comparisons for one event.
#[derive(Debug)]
pub(crate) struct Budget(usize);

/// The error that the budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent;

impl Budget {
    pub(crate) fn new() -> Self {
        Self(MAX_COMPARISONS)
    }

    pub(crate) fn spend(&mut self, comparisons: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(comparisons).ok_or(Spent)?;
        Ok(())
    }
}

/// The values of one field that a pattern may choose from.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    /// Every value of the field: its array element, and true if it satisfies the pattern.
    pub(crate) values: Vec<(Option<StepId>, bool)>,
    /// True if the pattern also accepts that there is no value.
    pub(crate) absent: bool,
}

/// An array, and an element of it.
type Element = (NodeId, NodeId);

/// The element chosen in each array, outer arrays first.
type Chosen = Vec<Element>;

/// Returns true if one value can be chosen for every field so that no two are in different elements
/// of one array. `offers` must be in the order of their paths.
pub(crate) fn can_agree(
    offers: &[Offer],
    steps: &[Step],
    budget: &mut Budget,
) -> Result<bool, Spent> {
    let values = offers.iter().map(|offer| offer.values.iter().copied());
    let may_be_absent = offers.iter().any(|offer| offer.absent);
    if !may_be_absent && let Some(answer) = one_level(values, steps) {
        return Ok(answer);
    }
    any_level(offers, steps, budget)
}

/// Goes through the fields and keeps every choice of elements that is still possible.
fn any_level(offers: &[Offer], steps: &[Step], budget: &mut Budget) -> Result<bool, Spent> {
    let fields: Vec<ElementIndex> = offers
        .iter()
        .map(|offer| ElementIndex::new(offer, steps))
        .collect();
    let mut last_seen: HashMap<NodeId, usize, FxBuildHasher> = HashMap::default();
    for (place, field) in fields.iter().enumerate() {
        last_seen.extend(field.within_array.keys().map(|&array| (array, place)));
    }

    let mut choices = BTreeSet::from([Chosen::new()]);
    for (place, field) in fields.iter().enumerate() {
        let mut next = BTreeSet::new();
        let mut keep = |mut chosen: Chosen| {
            chosen.retain(|(array, _)| last_seen.get(array).is_some_and(|&last| last > place));
            next.insert(chosen);
        };
        for chosen in &choices {
            let agreeing = field.candidates(chosen);
            budget.spend(agreeing.len() + 1)?;
            let mut any_agrees = false;
            for value in agreeing {
                let (within, satisfies) = &field.values[value];
                let Some(merged) = merge(chosen, within) else {
                    continue;
                };
                any_agrees = true;
                if *satisfies {
                    keep(merged);
                }
            }
            if field.absent && !any_agrees {
                keep(chosen.clone());
            }
        }
        choices = next;
        if choices.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Answers `can_agree` in the common case: no field may be absent, the values of each field are in
/// elements of one array that is in no other array, and there are few of both. Then the fields of
/// an array agree if one element satisfies them all. Returns `None` in other cases.
pub(crate) fn one_level<V>(fields: impl Iterator<Item = V>, steps: &[Step]) -> Option<bool>
where
    V: Iterator<Item = (Option<StepId>, bool)>,
{
    if steps.len() > 64 {
        return None;
    }
    // Each array, with a bit set of the steps into elements that satisfy all fields so far.
    let mut arrays: [Option<(NodeId, u64)>; 4] = [None; 4];
    for values in fields {
        let mut array = None;
        let mut satisfying = 0;
        let mut anywhere = false;
        for (within, satisfies) in values {
            let Some(place) = within else {
                anywhere |= satisfies;
                continue;
            };
            let step = steps.get(place as usize)?;
            let is_other = array.is_some_and(|array| array != step.array);
            if step.parent.is_some() || is_other {
                return None;
            }
            array = Some(step.array);
            satisfying |= u64::from(satisfies) << place;
        }
        // A value outside of all arrays agrees with everything.
        if anywhere {
            continue;
        }
        let Some(array) = array else {
            return Some(false);
        };
        let known = arrays
            .iter_mut()
            .find(|known| known.is_none_or(|(known, _)| known == array))?;
        let (_, all) = known.get_or_insert((array, u64::MAX));
        *all &= satisfying;
    }
    Some(arrays.iter().flatten().all(|(_, all)| *all != 0))
}

/// Merges two choices, which are both sorted by array. Returns `None` if they disagree.
fn merge(left: &Chosen, right: &Chosen) -> Option<Chosen> {
    let mut merged = Chosen::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(l), Some(r)) if l.0 == r.0 => {
                if l.1 != r.1 {
                    return None;
                }
                merged.push(**l);
                left.next();
                right.next();
            }
            (Some(l), Some(r)) if l.0 < r.0 => {
                merged.push(**l);
                left.next();
            }
            (_, Some(r)) => {
                merged.push(**r);
                right.next();
            }
            (Some(l), None) => {
                merged.push(**l);
                left.next();
            }
            (None, None) => return Some(merged),
        }
    }
}

/// The values of one field, by the array elements that contain them.
struct ElementIndex {
    values: Vec<(Chosen, bool)>,
    absent: bool,
    within_element: HashMap<Element, Vec<usize>, FxBuildHasher>,
    /// The number of values in each array, and the element that contains the array itself.
    within_array: HashMap<u32, (usize, Option<Element>), FxBuildHasher>,
}

impl ElementIndex {
    fn new(offer: &Offer, steps: &[Step]) -> Self {
        let mut index = Self {
            values: Vec::with_capacity(offer.values.len()),
            absent: offer.absent,
            within_element: HashMap::default(),
            within_array: HashMap::default(),
        };
        for (place, (within, satisfies)) in offer.values.iter().enumerate() {
            let mut chosen = Chosen::new();
            let mut at = *within;
            while let Some(step) = at.and_then(|step| steps.get(step as usize)) {
                chosen.push((step.array, step.element));
                at = step.parent;
            }
            // An array comes before its content, so outer arrays have lower ids.
            chosen.reverse();
            let mut parent = None;
            for &(array, element) in &chosen {
                index
                    .within_element
                    .entry((array, element))
                    .or_default()
                    .push(place);
                index.within_array.entry(array).or_insert((0, parent)).0 += 1;
                parent = Some((array, element));
            }
            index.values.push((chosen, *satisfies));
        }
        index
    }

    /// Returns the values that may agree with a choice: those in the innermost chosen element that
    /// no value can bypass, or all values.
    fn candidates(&self, chosen: &Chosen) -> Vec<usize> {
        let mut scope: Option<&Vec<usize>> = None;
        for pair in chosen {
            let Some((inside, parent)) = self.within_array.get(&pair.0) else {
                continue;
            };
            let in_parent = match parent {
                None => self.values.len(),
                Some(parent) => self.within_element.get(parent).map_or(0, Vec::len),
            };
            if *inside < in_parent {
                break;
            }
            match self.within_element.get(pair) {
                Some(values) => scope = Some(values),
                None => return Vec::new(),
            }
        }
        scope.map_or_else(|| (0..self.values.len()).collect(), Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the steps of two arrays of three elements, and of one of two elements inside the
    /// first element of the first array.
    fn steps() -> Vec<Step> {
        let step = |array, element, parent| Step {
            array,
            element,
            parent,
        };
        let mut steps: Vec<Step> = (0..3).map(|n| step(1, 10 + n, None)).collect();
        steps.extend((0..3).map(|n| step(2, 20 + n, None)));
        steps.extend((0..2).map(|n| step(10, 30 + n, Some(0))));
        steps
    }

    fn offer() -> impl Strategy<Value = Offer> {
        let value = (prop::option::weighted(0.9, 0u32..8), any::<bool>());
        let values = prop::collection::vec(value, 0..6);
        (values, prop::bool::weighted(0.1)).prop_map(|(mut values, absent)| {
            values.sort_unstable();
            Offer { values, absent }
        })
    }

    proptest! {
        #[test]
        fn the_common_case_is_answered_as_any_is(offers in prop::collection::vec(offer(), 1..4)) {
            let steps = steps();
            prop_assume!(!offers.iter().any(|offer| offer.absent));
            let values = offers.iter().map(|offer| offer.values.iter().copied());
            if let Some(answer) = one_level(values, &steps) {
                let slowly = any_level(&offers, &steps, &mut Budget::new());
                prop_assert_eq!(slowly, Ok(answer));
            }
        }
    }
}
