use proptest::prelude::*;

use super::*;

/// Returns a fingerprint as random as one of HMAC's: splitmix64, twice.
/// <https://prng.di.unimi.it/splitmix64.c>
fn fingerprint(seed: u64, n: u64) -> Fingerprint {
    let mut state = seed
        .wrapping_mul(0xd134_2543_de82_ef95)
        .wrapping_add(n << 1);
    let mut roll = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut bytes = [0; Fingerprint::BYTES];
    bytes[..8].copy_from_slice(&roll().to_be_bytes());
    bytes[8..].copy_from_slice(&roll().to_be_bytes());
    Fingerprint::from_bytes(bytes)
}

fn sketch(fingerprints: impl IntoIterator<Item = Fingerprint>) -> Sketch {
    let mut sketch = Sketch::default();
    for fingerprint in fingerprints {
        sketch.add(&fingerprint);
    }
    sketch
}

/// Sets of few and of many fingerprints, so that both forms and the change between them are tested.
fn any_set() -> impl Strategy<Value = Vec<u64>> {
    prop_oneof![
        prop::collection::vec(0..40_u64, 0..20),
        prop::collection::vec(0..5_000_u64, 500..1_500),
    ]
}

fn of(set: &[u64]) -> Sketch {
    sketch(set.iter().map(|n| fingerprint(7, *n)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_a_union_whatever_the_order_and_the_grouping(a in any_set(), b in any_set(), c in any_set()) {
        let (x, y, z) = (of(&a), of(&b), of(&c));
        let union = of(&[a.clone(), b.clone(), c].concat());
        let mut left = x.clone();
        left.merge(&y);
        let pair = left.clone();
        left.merge(&z);
        let mut right = z.clone();
        right.merge(&y);
        right.merge(&x);
        prop_assert_eq!(&left, &union);
        prop_assert_eq!(&right, &union);
        prop_assert_eq!(left.to_bytes(), right.to_bytes());
        let mut again = pair.clone();
        again.merge(&x);
        again.merge(&Sketch::default());
        prop_assert_eq!(again, pair);
    }

    #[test]
    fn a_sketch_comes_back_from_its_bytes_and_from_json(set in any_set()) {
        let sketch = of(&set);
        let bytes = sketch.to_bytes();
        prop_assert!(bytes.len() <= 1 + DENSE_BYTES);
        prop_assert_eq!(Sketch::from_bytes(&bytes), Ok(sketch.clone()));
        let json = serde_json::to_string(&sketch).unwrap();
        prop_assert_eq!(serde_json::from_str::<Sketch>(&json).unwrap(), sketch);
    }

    #[test]
    fn bytes_that_are_no_sketch_are_refused_and_others_come_back_as_they_are(
        bytes in prop::collection::vec(any::<u8>(), 0..1_400),
    ) {
        for bytes in [bytes.clone(), [&[FORMAT], &bytes[..]].concat()] {
            if let Ok(sketch) = Sketch::from_bytes(&bytes) {
                prop_assert_eq!(sketch.to_bytes(), bytes);
            }
        }
    }
}

#[test]
fn nobody_is_none_and_a_few_are_counted_exactly() {
    assert_eq!(Sketch::default().estimate(), 0);
    assert_eq!(Sketch::default().to_bytes(), [FORMAT]);
    for n in 1..=20 {
        let few = sketch((0..n).map(|n| fingerprint(1, n)));
        assert_eq!(few.estimate(), n, "{n}");
    }
}

/// Returns the relative error of an estimate.
fn error(seed: u64, people: u32) -> f64 {
    let sketch = sketch((0..people).map(|n| fingerprint(seed, n.into())));
    let estimate = u32::try_from(sketch.estimate()).unwrap();
    f64::from(estimate) / f64::from(people) - 1.0
}

#[test]
fn the_error_is_what_is_said_of_it() {
    const SEEDS: u32 = 60;
    for people in [100, 1_000, 3_000, 10_000, 40_000] {
        let errors: Vec<f64> = (0..SEEDS).map(|seed| error(seed.into(), people)).collect();
        // One estimate in 370 is more than three standard errors off, one in 15,800 more than four.
        let most = errors
            .iter()
            .fold(0.0_f64, |most, error| most.max(error.abs()));
        assert!(most < 4.0 * Sketch::STANDARD_ERROR, "{people}: {most}");
        let squares: f64 = errors.iter().map(|error| error * error).sum();
        let standard_error = (squares / f64::from(SEEDS)).sqrt();
        assert!(
            standard_error < 1.2 * Sketch::STANDARD_ERROR,
            "{people}: {standard_error}"
        );
    }
    assert!(error(99, 1_000_000).abs() < 3.0 * Sketch::STANDARD_ERROR);
}

#[test]
fn more_than_the_registers_can_count_is_still_a_number() {
    let full = Sketch(Registers::Dense(Box::new([31; REGISTERS])));
    assert!(full.estimate() > 1 << 40);
    assert_eq!(Sketch::from_bytes(&full.to_bytes()), Ok(full));
}
