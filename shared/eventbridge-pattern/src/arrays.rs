//! AWS's rule for arrays of objects: what matches must not come from different elements of one
//! array.
//!
//! `{"items": {"sku": ["a"], "paid": [true]}}` does not match an order where one item has the sku
//! and another is paid. The engine takes the fields of a pattern in the order of their paths, and
//! for each looks for a value in agreement with the elements chosen so far; `exists: false` asks
//! that none is in agreement. So does this, keeping every choice that differs in what later fields
//! can see, and no more: a choice inside an array that no later field enters is forgotten.

use std::collections::{BTreeSet, HashMap};

use crate::paths::{Step, StepId};

/// How many values are compared for one event before a pattern is left undecided. Real events
/// need a handful; only one made for it (several arrays under one name, thousands of elements each)
/// comes near.
pub(crate) const MAX_COMPARISONS: usize = 500_000;

/// The comparisons that are left for one event.
#[derive(Debug)]
pub(crate) struct Budget(usize);

/// The budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent;

impl Budget {
    pub(crate) fn new() -> Self {
        Self(MAX_COMPARISONS)
    }

    fn spend(&mut self, comparisons: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(comparisons).ok_or(Spent)?;
        Ok(())
    }
}

/// What one field of a pattern has to offer.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    /// Every value of the field: where it lies, and whether it satisfies the pattern.
    pub(crate) values: Vec<(Option<StepId>, bool)>,
    /// Whether the pattern also accepts that there is none.
    pub(crate) absent: bool,
}

/// The element chosen in each array, outer arrays first.
type Chosen = Vec<(u32, u32)>;

/// Whether one value can be chosen for every field so that no two lie in different elements of one
/// array. `offers` stand in the order of their paths.
pub(crate) fn can_agree(
    offers: &[Offer],
    steps: &[Step],
    budget: &mut Budget,
) -> Result<bool, Spent> {
    let fields: Vec<FieldIndex> = offers
        .iter()
        .map(|offer| FieldIndex::new(offer, steps))
        .collect();
    let mut last_seen: HashMap<u32, usize> = HashMap::new();
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

/// Both choices together; `None` when they disagree. Both are sorted by array.
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

/// The values of one field, by the array elements they lie in.
struct FieldIndex {
    values: Vec<(Chosen, bool)>,
    absent: bool,
    within_element: HashMap<(u32, u32), Vec<usize>>,
    /// How many values lie in each array, and the element that holds the array itself.
    within_array: HashMap<u32, (usize, Option<(u32, u32)>)>,
}

impl FieldIndex {
    fn new(offer: &Offer, steps: &[Step]) -> Self {
        let mut index = Self {
            values: Vec::with_capacity(offer.values.len()),
            absent: offer.absent,
            within_element: HashMap::new(),
            within_array: HashMap::new(),
        };
        for (place, (within, satisfies)) in offer.values.iter().enumerate() {
            let mut chosen = Chosen::new();
            let mut at = *within;
            while let Some(step) = at.and_then(|step| steps.get(step as usize)) {
                chosen.push((step.array, step.element));
                at = step.parent;
            }
            // An array stands before what it holds, so outer arrays have lower ids.
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

    /// The values that may agree with a choice: those in the innermost chosen element that no value
    /// can bypass, or all of them.
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
