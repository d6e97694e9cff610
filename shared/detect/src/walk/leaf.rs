//! One leaf: what its field's name expects, what its text holds, and which of them is right.

use std::cmp::Reverse;

use super::decode::is_base64;
use super::{Field, Here, Walk};
use crate::class::DataClass;
use crate::config::{self, OwnClasses, OwnPattern};
use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::{Hit, Value};
use crate::field_name::{FieldName, Keyword, Numbers, Roles, Signals};

use crate::finding::{Confidence, Finding, Marks};
use crate::json::Leaf;
use crate::limits::{Limit, LimitsReached};
use crate::path::Node;
use crate::plain;
use crate::shape::{self, Shape};

/// Whether a whole leaf fits a field of its name.
type FitsField = fn(&Value<'_>) -> Option<Hit>;

/// A hit with what it is believed to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(super) id: DetectorId,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) confidence: u8,
    /// What it is worth where a keyword stands near.
    pub(super) with_keyword: u8,
    pub(super) marks: Marks,
    /// One of a hundred numbers passes as much: among ids and hashes it is one of them.
    pub(super) is_common: bool,
}

/// A keyword counts within so many characters of a candidate.
const KEYWORD_DISTANCE: usize = 30;
/// What an identifier's name takes from a value that no name vouches for.
const ID_PENALTY: u8 = 40;
/// From here on a value is proof by itself (a JWT, a key with its prefix), whatever the field is
/// called: `sessionToken` is a good name for one.
const PROVED: u8 = 90;
/// A check that is weaker than this by itself does not outweigh an identifier's name, even where
/// the number is written in the usual groups.
const STRONG_ALONE: u8 = 60;
/// Nor one that is weaker than this the name of an order or a parcel, whose numbers are written in
/// groups as well.
const STRONGER_THAN_A_NAME: u8 = 80;
/// No keyword makes a candidate surer than this.
const BY_KEYWORD: u8 = 85;
/// What an unknown word after the phrase takes from a field's meaning (`city_xyz`).
const DOUBT_PENALTY: u8 = 35;
/// Shorter leaves can prove nothing by themselves.
const SHORTEST_PROOF: usize = 6;
/// With fewer digits than this a short text can prove nothing (`1.1.1.1` has four).
const FEWEST_DIGITS: u32 = 4;
const SHORTEST_TOKEN: usize = 16;
/// With fewer digits than this, digits and what stands between their groups prove nothing.
const FEWEST_DIGITS_ALONE: u32 = 7;

/// What the kinds of its bytes say about a leaf.
#[derive(Clone, Copy)]
pub(super) struct Glance {
    shape: Shape,
    /// Whether it can hold anything that proves itself.
    proves: bool,
    /// Whether it is searched for classes of one's own.
    is_for_own: bool,
}

impl Walk<'_> {
    /// Whether a leaf that a glance does not stop at is done with.
    #[inline]
    pub(super) fn may_pass(&self, leaf: Leaf<'_>) -> bool {
        !leaf.string.is_escaped() && !self.subjects.are_wanted()
    }

    /// What is seen of a text at a glance. `None` of most leaves: they need no second look.
    #[inline]
    pub(super) fn glance(&self, text: &str, name: &FieldName) -> Option<Glance> {
        let has_meaning = name.has_meaning();
        let is_for_own = self.engine.own().is_some_and(OwnClasses::search_everything);
        if text.is_empty() || !has_meaning && !is_for_own && text.len() < SHORTEST_PROOF {
            return None;
        }
        let shape = Shape::of(text);
        let is_more_than_digits = has_meaning || !shape.is_only(shape::DIGIT);
        let proves = text.len() >= SHORTEST_PROOF
            && (is_more_than_digits || self.engine.dispatch().proves_bare(text.len()))
            && may_prove(text, shape);
        (has_meaning || proves || is_for_own).then_some(Glance {
            shape,
            proves,
            is_for_own,
        })
    }

    /// Searches a leaf that stands for itself.
    #[inline(never)]
    pub(super) fn leaf(
        &mut self,
        leaf: Leaf<'_>,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) {
        let text = leaf.string.raw;
        if self.subjects.are_wanted() {
            self.subjects.see_leaf(text, node, &mut self.limits);
        }
        if let Some(glance) = self.glance(text, &field.name) {
            self.look(leaf, glance, field, node, here, depth);
        }
    }

    /// Opens what is a document, and searches what is none.
    #[inline(never)]
    pub(super) fn look(
        &mut self,
        leaf: Leaf<'_>,
        glance: Glance,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
        depth: usize,
    ) {
        let (text, is_number) = (leaf.string.raw, leaf.is_number);
        let shape = glance.shape;
        let left = if is_number {
            text.len()
        } else {
            self.open(text, shape, field, node, depth)
        };
        if left == 0 {
            return;
        }
        let text = text.get(..left).unwrap_or(text);
        if shape.has(shape::NON_ASCII | shape::AMPERSAND) && plain::may_change(text) {
            self.search_plain(text, glance, is_number, field, node, here);
        } else {
            self.search(text, glance, is_number, field, node, here);
        }
    }

    /// Searches what a text reads as where it is written in another way.
    #[cold]
    fn search_plain(
        &mut self,
        text: &str,
        glance: Glance,
        is_number: bool,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        let mut plain = self.scratch.take_string();
        plain::write(text, &mut plain, &mut self.scratch.replaced);
        let shape = Shape::of(&plain);
        let folded = Glance {
            shape,
            proves: plain.len() >= SHORTEST_PROOF && may_prove(&plain, shape),
            ..glance
        };
        self.search(&plain, folded, is_number, field, node, here);
        self.scratch.replaced.clear();
        self.scratch.put_string(plain);
    }

    fn search(
        &mut self,
        text: &str,
        glance: Glance,
        is_number: bool,
        field: &Field,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        let shape = glance.shape;
        self.scratch.hits.clear();
        let named = if field.name.has_meaning() {
            self.ask_field(text, shape, is_number, field, here)
        } else {
            DetectorSet::EMPTY
        };
        // A city's or a person's name is most often nothing else.
        if !named.is_empty() || glance.proves {
            self.search_text(text, shape, is_number, field, &named);
        }
        if glance.is_for_own {
            self.search_own(text, &named);
        }
        if self.scratch.hits.is_empty() {
            return;
        }
        if self.scratch.hits.len() > 1 {
            self.settle();
        }
        self.report_hits(text, shape, node, here);
    }

    /// Asks the detectors that the field's name speaks for. Returns those that search the
    /// text themselves.
    ///
    /// Like all that few leaves reach, it stands apart: what most of them go through is then short
    /// enough to stay in the processor's cache of instructions.
    #[inline(never)]
    fn ask_field(
        &mut self,
        text: &str,
        shape: Shape,
        is_number: bool,
        field: &Field,
        here: &mut Option<Here<'_>>,
    ) -> DetectorSet {
        let mut looking = DetectorSet::EMPTY;
        let (trimmed, lead) = trim(text);
        for meaning in field.name.meanings() {
            let (id, names) = self.engine.lexicon().names(meaning);
            let is_satisfied = meaning.is_satisfied || names.roles.has(field.above);
            let (looks, field_fits) = match self.engine.detector(id) {
                Some(detector) => (!detector.finds.is_empty(), detector.field),
                None => self.own_asks(id),
            };
            if is_satisfied && !meaning.is_doubtful && looks {
                looking.insert(id);
            }
            if is_satisfied {
                looking.insert_all(self.engine.also(meaning));
            }
            let Some(fits) = field_fits else {
                continue;
            };
            if !is_satisfied && (names.beside.is_none() || here.is_none()) {
                continue;
            }
            let value = Value {
                text: trimmed,
                shape,
                is_number,
                tag: names.tag,
                roles: field.above.or(field.name.roles),
            };
            let Some(hit) = fits(&value) else {
                continue;
            };
            if self.engine.is_to_come(id, trimmed) {
                continue;
            }
            let doubt = if meaning.is_doubtful {
                DOUBT_PENALTY
            } else {
                0
            };
            let candidate = Candidate {
                id,
                start: hit.start + lead,
                end: hit.end + lead,
                confidence: hit.named.saturating_sub(doubt),
                with_keyword: 0,
                marks: hit.marks,
                is_common: false,
            };
            if let Some(here) = here {
                here.tell(names.gives);
            }
            if is_satisfied {
                self.scratch.hits.push(candidate);
            } else if let Some(here) = here {
                let (start, end) = if shape.has(shape::NON_ASCII) {
                    characters(text, candidate.start, candidate.end)
                } else {
                    (in_ascii(candidate.start), in_ascii(candidate.end))
                };
                let extent = self.in_leaf(start, end);
                let value = text.get(candidate.start..candidate.end).unwrap_or_default();
                let marks = self.engine.marks_of(value, candidate.marks);
                self.wait(here, Candidate { marks, ..candidate }, extent, names.beside);
            }
        }
        looking
    }

    /// Whether values of the declared class `id` are looked for in a field of its name,
    /// and else what such a field must fit.
    #[cold]
    fn own_asks(&self, id: DetectorId) -> (bool, Option<FitsField>) {
        let own = self.engine.own().and_then(|own| own.get(id));
        if own.is_some_and(OwnPattern::has_pattern) {
            (true, None)
        } else {
            (false, Some(config::fits_own))
        }
    }

    /// Looks for classes of one's own.
    #[cold]
    fn search_own(&mut self, text: &str, named: &DetectorSet) {
        let Some(own) = self.engine.own() else {
            return;
        };
        let threshold = self.engine.threshold();
        let hits = &mut self.scratch.hits;
        let has_more = own.scan(text, &mut |id, hit| {
            let is_named = named.has(id);
            let confidence = if is_named { hit.named } else { hit.alone };
            if confidence >= threshold {
                hits.push(Candidate {
                    id,
                    start: hit.start,
                    end: hit.end,
                    confidence,
                    with_keyword: 0,
                    is_common: false,
                    marks: hit.marks,
                });
            }
        });
        if has_more {
            self.limits.reached(Limit::Findings);
        }
    }

    #[inline(never)]
    fn search_text(
        &mut self,
        text: &str,
        shape: Shape,
        is_number: bool,
        field: &Field,
        named: &DetectorSet,
    ) {
        let engine = self.engine;
        let lexicon = engine.lexicon();
        let Field { name, above } = field;
        let explains = Roles::PERSON.or(Roles::CARD).or(Roles::BANK);
        let is_explained = above.or(name.roles).has(explains);
        let is_record = name.roles.has(Roles::RECORD)
            || name.numbers == Numbers::OfParent && above.has(Roles::RECORD);
        let is_id = name.numbers == Numbers::Ids || is_record;
        let is_other = is_id || name.numbers != Numbers::Unsaid;
        let threshold = self.engine.threshold();
        // Bare digits are no proof of anything, and what is less than that an id's name outweighs.
        let is_mere_id = named.is_empty() && is_id && shape.is_only(shape::DIGIT);
        if is_mere_id && PROVED - 1 - ID_PENALTY < threshold {
            return;
        }
        let hits = &mut self.scratch.hits;
        let mut wants_keyword = false;
        let mut found = |id: DetectorId, hit: Hit| {
            if engine.is_to_come(id, &text[hit.start..hit.end]) {
                return;
            }
            let is_named = named.has(id);
            let is_whole = hit.end - hit.start == text.len();
            let confidence = if is_named {
                hit.named
            } else if hit.alone < threshold {
                hit.alone
            } else {
                let value = &text[hit.start..hit.end];
                let is_of_id = is_id && hit.alone < PROVED && is_unbroken(value)
                    || is_record && hit.alone < STRONGER_THAN_A_NAME
                    || is_other && hit.alone < STRONG_ALONE && is_whole
                    || !is_whole
                        && (hit.alone < STRONG_ALONE || is_bare(value))
                        && lexicon.announces_record(&text[..hit.start]);
                let penalty = if is_of_id { ID_PENALTY } else { 0 };
                hit.alone - penalty
            };
            if confidence < threshold && (is_whole || hit.named < threshold) {
                return;
            }
            wants_keyword |= confidence < hit.named && !is_whole;
            let is_common = !is_named
                && !is_explained
                && is_whole
                && (hit.alone < STRONG_ALONE || is_bare(&text[hit.start..hit.end]))
                && engine.class(id) != DataClass::PhoneNumber;
            hits.push(Candidate {
                id,
                start: hit.start,
                end: hit.end,
                confidence,
                with_keyword: hit.named,
                marks: hit.marks,
                is_common,
            });
        };
        if is_number && shape.is_only(shape::DIGIT) {
            self.engine.dispatch().digits(text, named, &mut found);
        } else if !is_number {
            self.engine.dispatch().scan(text, named, &mut found);
        }
        if wants_keyword {
            self.drop_covered();
            self.listen_for_keywords(text);
        }
        self.scratch.hits.retain(|hit| hit.confidence >= threshold);
    }

    /// Drops what is a part of something that no keyword could make it surer than: the groups of a
    /// number that is proved.
    #[inline(never)]
    fn drop_covered(&mut self) {
        const MOST_COVERS: usize = 4;
        let engine = self.engine;
        let hits = &mut self.scratch.hits;
        let mut covers = [None; MOST_COVERS];
        let proved = hits.iter().filter(|hit| hit.confidence >= BY_KEYWORD);
        for (cover, hit) in covers.iter_mut().zip(proved) {
            *cover = Some((hit.start, hit.end, hit.id));
        }
        hits.retain(|hit| {
            !covers.iter().flatten().any(|&(start, end, id)| {
                start <= hit.start
                    && hit.end <= end
                    && hit.end - hit.start < end - start
                    && hit.confidence < BY_KEYWORD
                    && (hit.id == id || !may_share(engine.class(id), engine.class(hit.id)))
            })
        });
    }

    /// Raises the candidates that have a keyword of their class within reach.
    #[inline(never)]
    fn listen_for_keywords(&mut self, text: &str) {
        // No character takes more bytes.
        const REACH: usize = KEYWORD_DISTANCE * 4;
        let is_waiting = |hit: &&Candidate| hit.confidence < hit.with_keyword.min(BY_KEYWORD);
        let waiting = || self.scratch.hits.iter().filter(is_waiting);
        let (Some(from), Some(to)) = (
            waiting().map(|hit| hit.start.saturating_sub(REACH)).min(),
            waiting().map(|hit| hit.end + REACH).max(),
        ) else {
            return;
        };
        let keywords = &mut self.scratch.keywords;
        keywords.clear();
        self.engine.lexicon().keywords(text, from..=to, keywords);
        // Keywords come in the order of the text, and so do candidates, nearly: a bounded look
        // around each candidate keeps this linear.
        for hit in &mut self.scratch.hits {
            if !is_waiting(&&*hit) {
                continue;
            }
            let from = hit.start.saturating_sub(REACH);
            let first = keywords.partition_point(|keyword| keyword.start < from);
            let is_near = keywords[first..]
                .iter()
                .take_while(|keyword| keyword.start <= hit.end + REACH)
                .any(|keyword| keyword.detector == hit.id && is_near(text, keyword, hit));
            if is_near {
                hit.confidence = hit.with_keyword.min(BY_KEYWORD);
            }
        }
    }

    /// Decides between hits on the same characters: the surer is right, then the longer, then the
    /// earlier of the registry. Classes that say whose value it is stand beside any other.
    #[inline(never)]
    fn settle(&mut self) {
        let hits = &mut self.scratch.hits;
        hits.sort_by_key(|hit| (hit.start, Reverse(rank(hit))));
        let mut kept = 0;
        for at in 0..hits.len() {
            let hit = hits[at];
            let mut is_beaten = false;
            let mut from = kept;
            while from > 0 && !is_beaten {
                let earlier = hits[from - 1];
                let same_class = earlier.id == hit.id;
                let may_share = !same_class
                    && may_share(self.engine.class(earlier.id), self.engine.class(hit.id));
                if may_share {
                    from -= 1;
                    continue;
                }
                if earlier.end <= hit.start {
                    break;
                }
                if rank(&earlier) >= rank(&hit) {
                    is_beaten = true;
                } else {
                    // Only the last of those kept can overlap, but for those that may share.
                    hits.copy_within(from..kept, from - 1);
                    kept -= 1;
                    from -= 1;
                }
            }
            if !is_beaten {
                hits[kept] = hit;
                kept += 1;
            }
        }
        hits.truncate(kept);
    }

    #[inline(never)]
    fn report_hits(
        &mut self,
        text: &str,
        shape: Shape,
        node: &Node<'_>,
        here: &mut Option<Here<'_>>,
    ) {
        let mut hits = std::mem::take(&mut self.scratch.hits);
        let mut counted = (0, 0);
        for hit in &mut hits {
            let gives = self.engine.gives(hit.id);
            // What is not believed yet speaks for no person, or it would speak for itself.
            let is_believed = !hit.is_common || !gives.has(Signals::PERSON);
            if let Some(here) = here
                && hit.end - hit.start == text.len()
                && is_believed
            {
                here.tell(gives);
            }
            let value = text.get(hit.start..hit.end).unwrap_or_default();
            hit.marks = self.engine.marks_of(value, hit.marks);
            let (start, end) = if shape.has(shape::NON_ASCII) {
                let start = count_on(text, &mut counted, hit.start);
                (start, start + count(value))
            } else {
                (in_ascii(hit.start), in_ascii(hit.end))
            };
            let (start, end) = self.in_leaf(start, end);
            if let Some(here) = here
                && hit.is_common
            {
                self.wait(here, *hit, (start, end), Signals::NONE);
                continue;
            }
            let class = self.engine.class(hit.id);
            if hit.confidence >= self.engine.threshold() {
                self.see(class, value, hit.marks, node);
            }
            self.report_at(hit, start, end, node);
        }
        self.scratch.hits = hits;
    }

    /// Where a part of the text that was searched stands in the leaf.
    fn in_leaf(&self, start: u32, end: u32) -> (u32, u32) {
        let replaced = &self.scratch.replaced;
        (
            plain::place_in_leaf(replaced, start, false),
            plain::place_in_leaf(replaced, end, true),
        )
    }

    /// Makes a subject of `value`, where that is wanted and the finding is reported.
    #[inline]
    fn see(&mut self, class: DataClass, value: &str, marks: Marks, node: &Node<'_>) {
        if self.subjects.are_wanted() && self.is_reported(class, node) {
            self.subjects.see(class, value, marks, &mut self.limits);
        }
    }

    /// Whether the configuration leaves a finding of `class` at `node` in: of what is not reported no
    /// subject is made either.
    fn is_reported(&mut self, class: DataClass, node: &Node<'_>) -> bool {
        let engine = self.engine;
        let Some(config) = engine.filter() else {
            return true;
        };
        let mask = |key: &str| engine.mask(key).unwrap_or_else(|| key.to_owned());
        let mut limits = LimitsReached::default();
        let path = node.render(&mut self.scratch.path, &mask, &mut limits);
        config.reports(class, path.as_str(), self.source)
    }

    /// Reports a hit outside the settled list: in a key.
    pub(super) fn report(
        &mut self,
        class: DataClass,
        text: &str,
        hit: &Hit,
        confidence: u8,
        node: &Node<'_>,
    ) {
        let (start, end) = characters(text, hit.start, hit.end);
        let value = text.get(hit.start..hit.end).unwrap_or_default();
        self.see(class, value, hit.marks, node);
        self.push(class, start, end, confidence, hit.marks, node);
    }

    pub(super) fn report_at(&mut self, hit: &Candidate, start: u32, end: u32, node: &Node<'_>) {
        if hit.confidence < self.engine.threshold() {
            return;
        }
        let class = self.engine.class(hit.id);
        self.push(class, start, end, hit.confidence, hit.marks, node);
    }

    fn push(
        &mut self,
        class: DataClass,
        start: u32,
        end: u32,
        confidence: u8,
        marks: Marks,
        node: &Node<'_>,
    ) {
        if self.findings.len() >= Limit::Findings.bound() {
            self.limits.reached(Limit::Findings);
            return;
        }
        let engine = self.engine;
        let mask = |key: &str| engine.mask(key).unwrap_or_else(|| key.to_owned());
        let path = node.render(&mut self.scratch.path, &mask, &mut self.limits);
        self.findings.push(Finding {
            path,
            start,
            class,
            end,
            confidence: Confidence::new(confidence),
            marks,
        });
    }
}

/// The text without space around it, and how many bytes of it were before.
#[inline]
fn trim(text: &str) -> (&str, usize) {
    let is_tight = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_tight(bytes.first()) && is_tight(bytes.last()) {
        return (text, 0);
    }
    let rest = text.trim_start();
    (rest.trim_end(), text.len() - rest.len())
}

/// What the first line of a key in armour is written with.
const ARMOUR: u16 = shape::DASH | shape::UPPER | shape::SPACE;

/// Whether a text of this shape can hold anything that proves itself. Most leaves of most events
/// cannot: words, UUIDs, timestamps, amounts.
#[inline]
fn may_prove(text: &str, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    if shape.has(shape::AT | shape::PERCENT | shape::EQUALS)
        || matches!(bytes[0], b'{' | b'[' | b' ' | b'\n')
    {
        return true;
    }
    if shape.has(shape::NON_ASCII) {
        return shape.digits >= FEWEST_DIGITS || plain::may_change(text);
    }
    if shape.has(shape::AMPERSAND) && plain::has_entity(text) {
        return true;
    }
    if shape.digits < FEWEST_DIGITS {
        // Tokens and encodings are long and have digits, or capitals among small letters; keys start
        // with dashes.
        let is_armour = || shape.has_all(ARMOUR) && text.contains("-----BEGIN ");
        let is_cased = || shape.has(shape::UPPER) && (is_base64(shape) || has_capitals(bytes));
        return text.len() >= SHORTEST_TOKEN && (shape.digits > 0 || is_cased() || is_armour());
    }
    // Dates, times and amounts are shorter than any number, and `129.90` than any address.
    let is_plain_number = shape.is_only(shape::DIGIT | shape::DASH | shape::SLASH | shape::SPACE)
        && shape.digits < FEWEST_DIGITS_ALONE
        || shape.is_only(shape::DIGIT | shape::DOT) && text.len() <= SHORTEST_PROOF;
    if is_plain_number {
        return false;
    }
    // An ARN without a mailbox in it names things of an account.
    !is_uuid(bytes, shape)
        && !is_hash(bytes, shape)
        && !is_timestamp(bytes)
        && !bytes.starts_with(b"arn:aws")
}

/// Eight capitals in a row: a bank identifier code needs no digits.
fn has_capitals(text: &[u8]) -> bool {
    let mut run = 0;
    text.iter().any(|byte| {
        run = if byte.is_ascii_uppercase() {
            run + 1
        } else {
            0
        };
        run == 8
    })
}

/// 8-4-4-4-12 letters and digits: nothing of the catalogue is written so.
fn is_uuid(text: &[u8], shape: Shape) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    text.len() == 36
        && DASHES.iter().all(|&at| text[at] == b'-')
        && shape.is_only(shape::DIGIT | shape::LOWER | shape::UPPER | shape::DASH)
}

/// Small hexadecimal digits in one piece, longer than any number of the catalogue; what is proved
/// at such a length (tokens, wallets) has letters beyond `f`.
fn is_hash(text: &[u8], shape: Shape) -> bool {
    const SHORTEST: usize = 24;
    text.len() >= SHORTEST
        && shape.has(shape::LOWER)
        && shape.is_only(shape::LOWER | shape::DIGIT)
        && text.iter().all(u8::is_ascii_hexdigit)
}

/// `2026-11-21T20:51:45…`, whatever follows the seconds.
fn is_timestamp(text: &[u8]) -> bool {
    const PATTERN: &[u8] = b"0000-00-00T00:00:00";
    // Most texts of such a length are told apart by one byte.
    (PATTERN.len()..=35).contains(&text.len())
        && text[13] == b':'
        && text
            .iter()
            .zip(PATTERN)
            .all(|(byte, expected)| match expected {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b' '),
                separator => byte == separator,
            })
        && text[PATTERN.len()..]
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'Z' | b'+' | b'-' | b':' | b' '))
}

/// Whether nothing but letters, digits and dots stands in it, as in ids and versions: a number
/// written in groups is what it looks like, even where an id is expected.
fn is_unbroken(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

/// Whether nothing but digits stands in it.
fn is_bare(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Greater is surer.
fn rank(hit: &Candidate) -> (u8, usize, Reverse<DetectorId>) {
    (hit.confidence, hit.end - hit.start, Reverse(hit.id))
}

/// A user name or a customer's id says whose a value is, and what it is besides is another class:
/// an e-mail address, a tax number. Two ids that only a field's name speaks for are one.
const fn may_share(one: DataClass, other: DataClass) -> bool {
    says_whose(one) && !is_named_id(other) || says_whose(other) && !is_named_id(one)
}

const fn says_whose(class: DataClass) -> bool {
    matches!(class, DataClass::Username | DataClass::CustomerId)
}

const fn is_named_id(class: DataClass) -> bool {
    says_whose(class)
        || matches!(
            class,
            DataClass::MedicalRecordNumber
                | DataClass::UsHealthInsuranceMemberId
                | DataClass::DeviceId
                | DataClass::CookieId
                | DataClass::NationalId
                | DataClass::DriverLicense
                | DataClass::Passport
                | DataClass::UsPassport
                | DataClass::LicensePlate
                | DataClass::UsBankNumber
        )
}

fn is_near(text: &str, keyword: &Keyword, hit: &Candidate) -> bool {
    let between = if keyword.end <= hit.start {
        text.get(keyword.end..hit.start)
    } else if hit.end <= keyword.start {
        text.get(hit.end..keyword.start)
    } else {
        Some("")
    };
    between.is_some_and(|between| between.chars().count() <= KEYWORD_DISTANCE)
}

/// Characters of ASCII are bytes.
fn in_ascii(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn count(text: &str) -> u32 {
    in_ascii(if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    })
}

/// Counts on from `(bytes, characters)` to `at`, so that the hits of a leaf cost one pass.
fn count_on(text: &str, counted: &mut (usize, u32), at: usize) -> u32 {
    if at >= counted.0 {
        counted.1 += count(text.get(counted.0..at).unwrap_or_default());
        counted.0 = at;
        return counted.1;
    }
    count(text.get(..at).unwrap_or_default())
}

fn characters(text: &str, start: usize, end: usize) -> (u32, u32) {
    let before = count(text.get(..start).unwrap_or_default());
    (
        before,
        before + count(text.get(start..end).unwrap_or_default()),
    )
}
