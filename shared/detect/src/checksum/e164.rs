//! International telephone numbers: country calling codes, and the lengths of national numbers.
//!
//! Source: ITU-T E.164 (at most 15 digits, including the country code) and the list of assigned
//! country codes annexed to the ITU Operational Bulletin. The lengths are those that the national
//! numbering plans deposited with the ITU give to fixed and mobile lines. E.164 has no check digit,
//! so an assigned code and a fitting length are all that a number can prove.

/// Country calling code, shortest and longest national (significant) number, in digits. Sorted.
#[rustfmt::skip]
const PLANS: [(u16, u8, u8); 215] = [
    (1, 10, 10), (7, 10, 10), (20, 8, 10), (27, 5, 9), (30, 10, 10), (31, 9, 11), (32, 8, 9),
    (33, 9, 9), (34, 9, 9), (36, 8, 9), (39, 6, 12), (40, 6, 9), (41, 9, 9), (43, 4, 13),
    (44, 9, 10), (45, 8, 8), (46, 7, 9), (47, 8, 8), (48, 7, 9), (49, 5, 13), (51, 8, 9),
    (52, 10, 10), (53, 6, 10), (54, 10, 11), (55, 10, 11), (56, 9, 9), (57, 8, 10), (58, 10, 10),
    (60, 8, 10), (61, 9, 9), (62, 7, 12), (63, 6, 10), (64, 8, 10), (65, 8, 8), (66, 8, 9),
    (81, 9, 10), (82, 5, 10), (84, 9, 10), (86, 7, 11), (90, 10, 10), (91, 10, 10), (92, 9, 10),
    (93, 9, 9), (94, 9, 9), (95, 6, 10), (98, 6, 10), (211, 9, 9), (212, 9, 9), (213, 8, 9),
    (216, 8, 8), (218, 9, 9), (220, 7, 9), (221, 9, 9), (222, 8, 8), (223, 8, 8), (224, 8, 9),
    (225, 10, 10), (226, 8, 8), (227, 8, 8), (228, 8, 8), (229, 10, 10), (230, 7, 8), (231, 7, 9),
    (232, 8, 8), (233, 9, 9), (234, 10, 10), (235, 8, 8), (236, 8, 8), (237, 9, 9), (238, 7, 7),
    (239, 7, 7), (240, 9, 9), (241, 7, 8), (242, 9, 9), (243, 7, 10), (244, 9, 9), (245, 9, 9),
    (246, 7, 7), (247, 5, 5), (248, 7, 7), (249, 9, 9), (250, 8, 9), (251, 9, 9), (252, 6, 9),
    (253, 8, 8), (254, 7, 9), (255, 9, 9), (256, 9, 9), (257, 8, 8), (258, 8, 9), (260, 9, 9),
    (261, 9, 9), (262, 9, 9), (263, 9, 9), (264, 8, 9), (265, 7, 9), (266, 8, 8), (267, 7, 8),
    (268, 8, 8), (269, 7, 7), (290, 4, 5), (291, 7, 7), (297, 7, 7), (298, 6, 6), (299, 6, 6),
    (350, 8, 8), (351, 9, 9), (352, 4, 11), (353, 7, 10), (354, 7, 9), (355, 8, 9), (356, 8, 8),
    (357, 8, 8), (358, 5, 10), (359, 6, 9), (370, 8, 8), (371, 8, 8), (372, 7, 8), (373, 8, 8),
    (374, 8, 8), (375, 9, 9), (376, 6, 9), (377, 8, 9), (378, 8, 10), (380, 9, 9), (381, 7, 12),
    (382, 8, 8), (383, 8, 12), (385, 8, 9), (386, 8, 8), (387, 8, 9), (389, 8, 8), (420, 9, 9),
    (421, 6, 9), (423, 7, 9), (500, 5, 5), (501, 7, 7), (502, 8, 8), (503, 8, 8), (504, 8, 8),
    (505, 8, 8), (506, 8, 8), (507, 7, 8), (508, 6, 9), (509, 8, 8), (590, 9, 9), (591, 8, 8),
    (592, 7, 7), (593, 8, 9), (594, 9, 9), (595, 7, 9), (596, 9, 9), (597, 6, 7), (598, 8, 8),
    (599, 7, 8), (670, 7, 8), (672, 6, 6), (673, 7, 7), (674, 7, 7), (675, 7, 8), (676, 5, 7),
    (677, 5, 7), (678, 5, 7), (679, 7, 7), (680, 7, 7), (681, 6, 6), (682, 5, 5), (683, 4, 7),
    (685, 5, 10), (686, 5, 8), (687, 6, 6), (688, 5, 7), (689, 8, 8), (690, 4, 7), (691, 7, 7),
    (692, 7, 7), (800, 8, 8), (808, 8, 8), (850, 8, 10), (852, 8, 8), (853, 8, 8), (855, 8, 9),
    (856, 8, 10), (870, 9, 12), (878, 12, 12), (880, 6, 10), (881, 9, 10), (882, 7, 12),
    (883, 8, 12), (886, 8, 9), (888, 11, 11), (960, 7, 7), (961, 7, 8), (962, 8, 9), (963, 8, 9),
    (964, 8, 10), (965, 8, 8), (966, 9, 9), (967, 7, 9), (968, 8, 8), (970, 8, 9), (971, 8, 9),
    (972, 8, 12), (973, 8, 8), (974, 8, 8), (975, 7, 8), (976, 8, 10), (977, 8, 10), (979, 9, 9),
    (992, 9, 9), (993, 8, 8), (994, 9, 9), (995, 9, 9), (996, 9, 9), (998, 9, 9),
];

/// The codes after which a national number may begin with zero. Everywhere else a zero is the trunk
/// prefix, which is not dialled after the country code.
const LEADING_ZERO_IS_SIGNIFICANT: [u16; 13] = [
    39, 225, 226, 227, 229, 241, 242, 247, 250, 378, 800, 888, 992,
];

/// Returns true if `digits`, country code first and without the `+`, can be a number of its
/// country's plan.
pub(crate) fn is_valid(digits: &[u8]) -> bool {
    split(digits).is_some()
}

/// Returns the country calling code of a valid number, and the national number after it.
pub(crate) fn split(digits: &[u8]) -> Option<(u16, &[u8])> {
    if digits.len() > 15 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // No code begins with another, so at most one of the three lengths is assigned.
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code
            .iter()
            .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        let row = PLANS
            .binary_search_by_key(&code, |&(assigned, ..)| assigned)
            .ok()?;
        let (_, shortest, longest) = PLANS[row];
        let length_fits = (usize::from(shortest)..=usize::from(longest)).contains(&national.len());
        (length_fits && starts_like_a_number(code, national)).then_some((code, national))
    })
}

fn starts_like_a_number(code: u16, national: &[u8]) -> bool {
    match (code, national) {
        // North American Numbering Plan: neither the area code nor the exchange begins with 0 or 1,
        // and the area code's middle digit is not 9 (reserved for the plan's expansion).
        (1, [area, middle, _, exchange, ..]) => {
            *area >= b'2' && *middle != b'9' && *exchange >= b'2'
        }
        (_, [b'0', ..]) => LEADING_ZERO_IS_SIGNIFICANT.contains(&code),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_sorted_and_fit_fifteen_digits() {
        assert!(PLANS.is_sorted_by(|one, next| one.0 < next.0));
        for (code, shortest, longest) in PLANS {
            assert!(shortest <= longest);
            assert!(code.to_string().len() + usize::from(longest) <= 15);
        }
    }

    #[test]
    fn numbers_reserved_for_examples_fit_their_plans() {
        for (number, code, national) in [
            // Ofcom's numbers for drama, ITU-T E.123's example, the NANP's 555-01XX, ARCEP's and
            // the Bundesnetzagentur's numbers for fiction.
            ("442079460958", 44, "2079460958"),
            ("22607123456789", 0, ""),
            ("12025550143", 1, "2025550143"),
            ("33639980123", 33, "639980123"),
            ("493023125123", 49, "3023125123"),
            ("390669812345", 39, "0669812345"),
            ("81312345678", 81, "312345678"),
        ] {
            let expected = (code != 0).then_some((code, national.as_bytes()));
            assert!(split(number.as_bytes()) == expected, "{number}");
        }
    }

    #[test]
    fn an_unassigned_code_a_wrong_length_or_a_trunk_zero_is_refused() {
        for number in [
            "",
            "1",
            "2101234567890",
            "4420794609",
            "44207946095812",
            "4402079460958",
            "11025550143",
            "12021550143",
            "12925550143",
            "1234567890123456",
            "44207946095x",
        ] {
            assert!(!is_valid(number.as_bytes()), "{number}");
        }
    }
}
