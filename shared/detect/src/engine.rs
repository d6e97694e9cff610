//! The engine: everything that is built once and shared by all scans.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use crate::class::DataClass;
use crate::config::{Config, OwnClasses};
use crate::detectors::{Detector, Hit, REGISTRY, date_of_birth};
use crate::field_name::{Lexicon, Meaning, Signals};
use crate::finding::{Marks, Scan};
use crate::name;
use crate::path::Node;
use crate::subject::Subjects;
use crate::text::Dispatch;
use crate::walk::{Field, Scratch, Walk};

/// A document that could not be searched. Says where, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The bytes are not UTF-8, which JSON must be (RFC 8259, section 8.1).
    #[error("not UTF-8 at byte {offset}: decode the body before it is scanned")]
    NotUtf8 {
        /// The first byte that cannot be read.
        offset: usize,
    },
    /// The text is not JSON.
    #[error("not JSON at byte {offset}: scan it as text, or send the whole document")]
    NotJson {
        /// Where the text stops being JSON.
        offset: usize,
    },
}

/// What is known of a document besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScanOptions<'a> {
    /// The source of the event, which the rules of a [`Config`] can name.
    pub source: Option<&'a str>,
    /// What to make subjects of the people in it with; without it none are made.
    pub subjects: Option<Subjects<'a>>,
}

/// Finds personal data. Built once (`Engine::new` takes a millisecond or two), then shared.
pub struct Engine {
    detectors: Vec<&'static Detector>,
    /// Found by patterns of a configuration, with places after those of the detectors.
    own: Option<OwnClasses>,
    lexicon: Lexicon,
    dispatch: Dispatch,
    threshold: u8,
    /// Nobody is born after it.
    this_year: u16,
    /// What is not reported, and what is test data; `None` where nothing is said about either.
    config: Option<Box<Config>>,
    /// By the number of the declared names: the places of the other detectors they speak for.
    also: Vec<u128>,
    /// By the detectors' places.
    gives: Vec<Signals>,
    /// Buffers of scans that have ended, for those to come.
    scratches: Mutex<Vec<Scratch>>,
}

impl std::fmt::Debug for Engine {
    /// Says what was built; the buffers of past scans are nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("detectors", &self.detectors.len())
            .field("threshold", &self.threshold)
            .finish_non_exhaustive()
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine with every class of the catalogue, reporting from [`Confidence::REPORTED`](crate::Confidence::REPORTED).
    pub fn new() -> Self {
        Self::with_config(Config::default())
    }

    /// An engine that does what the configuration says.
    pub fn with_config(config: Config) -> Self {
        let detectors = REGISTRY.to_vec();
        let mut lexicon = Lexicon::new(&detectors);
        let own = OwnClasses::new(config.own(), detectors.len());
        for (place, pattern) in own.iter().flat_map(OwnClasses::iter) {
            lexicon.declare(place, &pattern.fields);
        }
        let also = lexicon
            .declared()
            .map(|names| places_of(&detectors, names.also))
            .collect();
        let gives = detectors
            .iter()
            .map(|detector| gives(detector.class))
            .collect();
        Self {
            lexicon,
            also,
            gives,
            dispatch: Dispatch::new(&detectors, config.confidence().percent()),
            detectors,
            threshold: config.confidence().percent(),
            this_year: u16::MAX,
            own,
            config: (!config.reports_all() || config.has_test_data()).then(|| Box::new(config)),
            scratches: Mutex::default(),
        }
    }

    /// The engine, told that it is `year`: a later one is nobody's year of birth. Without it any
    /// year of this century can be.
    #[must_use]
    pub fn in_year(self, year: i16) -> Self {
        Self {
            this_year: u16::try_from(year).unwrap_or(u16::MAX),
            ..self
        }
    }

    /// Searches a JSON document. Findings are the same, and in the canonical order, whatever order
    /// the keys come in.
    ///
    /// Linear in the document; every bound that is reached is counted in [`Scan::limits`]. Past a
    /// bound what comes first is what is kept: only there does the order of keys show.
    ///
    /// # Errors
    ///
    /// When the bytes are not UTF-8 or not one JSON text: where, never what.
    pub fn scan_json(&self, bytes: &[u8]) -> Result<Scan, ScanError> {
        self.scan_json_with(bytes, ScanOptions::default())
    }

    /// Searches a JSON document as [`Self::scan_json`] does, with what is known of it.
    ///
    /// # Errors
    ///
    /// As [`Self::scan_json`].
    pub fn scan_json_with(
        &self,
        bytes: &[u8],
        options: ScanOptions<'_>,
    ) -> Result<Scan, ScanError> {
        let text = std::str::from_utf8(bytes).map_err(|error| ScanError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        self.scan(options, |walk| {
            walk.document(text, &Node::ROOT, Field::default(), 0)
                .map_err(|malformed| ScanError::NotJson {
                    offset: malformed.at,
                })
        })
    }

    /// Searches a text that is no JSON document, as if it were a string leaf at `$`: a text that
    /// holds a document is entered (`$(json).email`).
    pub fn scan_text(&self, text: &str) -> Scan {
        self.scan_text_with(text, ScanOptions::default())
    }

    /// Searches a text as [`Self::scan_text`] does, with what is known of it.
    pub fn scan_text_with(&self, text: &str, options: ScanOptions<'_>) -> Scan {
        let searched: Result<Scan, std::convert::Infallible> = self.scan(options, |walk| {
            walk.text(text, &Node::ROOT);
            Ok(())
        });
        match searched {
            Ok(scan) => scan,
            Err(never) => match never {},
        }
    }

    fn scan<E>(
        &self,
        options: ScanOptions<'_>,
        search: impl FnOnce(&mut Walk<'_>) -> Result<(), E>,
    ) -> Result<Scan, E> {
        let mut scratch = self.take_scratch();
        let mut walk = Walk::new(self, &mut scratch, options);
        let searched = search(&mut walk);
        let (mut findings, limits) = (walk.findings, walk.limits);
        let subjects = walk.subjects.into_subjects();
        self.put_scratch(scratch);
        searched?;
        if let Some(config) = self.filter() {
            findings.retain(|finding| config.reports_finding(finding, options.source));
        }
        findings.sort_unstable();
        Ok(Scan {
            findings,
            subjects,
            limits,
        })
    }

    fn take_scratch(&self) -> Scratch {
        let mut scratches = self
            .scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scratches.pop().unwrap_or_default()
    }

    fn put_scratch(&self, mut scratch: Scratch) {
        scratch.reset();
        let mut scratches = self
            .scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scratches.push(scratch);
    }

    /// A name fit to be kept and shown: personal data in it becomes `{EMAIL_ADDRESS}`, ids, dates
    /// and hashes fold to `*`. Ordinary names (`com.shop.orders`, `order-events-2`) come back as
    /// they are. For event sources, detail types, queue names.
    pub fn mask_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.mask(name).map_or(Cow::Borrowed(name), Cow::Owned)
    }

    /// Masking brings forth what stood too close to be told apart (`a@b.dev*c@d.dev`), so it is
    /// repeated; a name that does not settle is hidden whole.
    pub(crate) fn mask(&self, name: &str) -> Option<String> {
        const MOST_REPEATS: usize = 4;
        let mut masked = self.mask_once(name)?;
        for _ in 0..MOST_REPEATS {
            let Some(again) = self.mask_once(&masked) else {
                return Some(masked);
            };
            masked = again;
        }
        Some("*".to_owned())
    }

    fn mask_once(&self, name: &str) -> Option<String> {
        // Where hits overlap all of what they cover is hidden, under the name of the surest: what
        // sticks out of the one that is kept is a part of a value too.
        let mut hits: Vec<(usize, u8, Hit)> = self
            .hits_in(name)
            .into_iter()
            .enumerate()
            .map(|(rank, (place, hit))| (rank, place, hit))
            .collect();
        hits.sort_by_key(|(_, _, hit)| hit.start);
        let mut hidden: Vec<(usize, u8, usize, usize)> = Vec::new();
        for (rank, place, hit) in hits {
            match hidden.last_mut() {
                Some((best, class_place, _, end)) if hit.start < *end => {
                    *end = hit.end.max(*end);
                    if rank < *best {
                        (*best, *class_place) = (rank, place);
                    }
                }
                _ => hidden.push((rank, place, hit.start, hit.end)),
            }
        }
        let places = hidden
            .into_iter()
            .map(|(_, place, start, end)| (start, end, self.class(place)));
        name::mask(name, places)
    }

    /// What proves itself in a name, in order, without overlaps.
    pub(crate) fn personal_in(&self, name: &str) -> Vec<(DataClass, Hit, u8)> {
        let mut kept: Vec<(u8, Hit)> = Vec::new();
        for (place, hit) in self.hits_in(name) {
            if kept
                .iter()
                .all(|(_, other)| hit.end <= other.start || other.end <= hit.start)
            {
                kept.push((place, hit));
            }
        }
        kept.sort_by_key(|(_, hit)| hit.start);
        kept.into_iter()
            .map(|(place, hit)| (self.class(place), hit, hit.alone))
            .collect()
    }

    /// Every proof in a name: the surest first, then the longest, then the earlier of the registry.
    fn hits_in(&self, name: &str) -> Vec<(u8, Hit)> {
        let mut hits = Vec::new();
        let mut found = |place, hit: Hit| {
            if hit.alone >= self.threshold {
                hits.push((place, hit));
            }
        };
        let named = 0;
        self.dispatch.scan(name, named, &mut found);
        if let Some(own) = &self.own {
            // More than is looked at: what is left of it shows, as in a finding's place.
            own.scan(name, &mut found);
        }
        hits.sort_by_key(|(place, hit)| {
            (std::cmp::Reverse((hit.alone, hit.end - hit.start)), *place)
        });
        hits
    }

    /// The detector at a place; `None` of a class of one's own.
    #[inline]
    pub(crate) fn detector(&self, place: u8) -> Option<&'static Detector> {
        self.detectors.get(usize::from(place)).copied()
    }

    /// The class that is found at a place.
    pub(crate) fn class(&self, place: u8) -> DataClass {
        match (self.detector(place), self.own()) {
            (Some(detector), _) => detector.class,
            (None, Some(own)) => own.get(place).map_or(UNNAMED, |own| own.class),
            (None, None) => UNNAMED,
        }
    }

    /// The classes of one's own.
    #[inline]
    pub(crate) const fn own(&self) -> Option<&OwnClasses> {
        self.own.as_ref()
    }

    /// The configuration, where it leaves findings out.
    pub(crate) fn filter(&self) -> Option<&Config> {
        self.config
            .as_deref()
            .filter(|config| !config.reports_all())
    }

    /// The marks of a value, with what the configuration knows of it.
    #[inline]
    pub(crate) fn marks_of(&self, value: &str, marks: Marks) -> Marks {
        match &self.config {
            Some(config) if config.is_test_data(value) => marks.union(Marks::TEST_DATA),
            _ => marks,
        }
    }

    /// The places of the other detectors that a name speaks for, as a set.
    pub(crate) fn also(&self, meaning: Meaning) -> u128 {
        self.also[usize::from(meaning.names)]
    }

    /// What a value of the class tells its siblings, however it was proved.
    pub(crate) fn gives(&self, place: u8) -> Signals {
        self.gives
            .get(usize::from(place))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) const fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(crate) const fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Whether `value` is a date that has not come yet, in a class that is about the past.
    pub(crate) fn is_to_come(&self, place: u8, value: &str) -> bool {
        self.class(place) == DataClass::DateOfBirth
            && date_of_birth::year_in(value).is_some_and(|year| year > self.this_year)
    }

    pub(crate) const fn threshold(&self) -> u8 {
        self.threshold
    }
}

/// No place is without a class; this is what would be said of one.
const UNNAMED: DataClass = DataClass::NationalId;

/// The places of the detectors of `classes`, as a set.
fn places_of(detectors: &[&Detector], classes: &[DataClass]) -> u128 {
    detectors
        .iter()
        .enumerate()
        .filter(|(_, detector)| classes.contains(&detector.class))
        .fold(0, |set, (place, _)| set | 1 << place)
}

/// What a value that proves itself tells its siblings.
fn gives(class: DataClass) -> Signals {
    match class {
        DataClass::EmailAddress => Signals::PERSON,
        DataClass::CreditCard => Signals::CARD,
        DataClass::PostalCode => Signals::POSTAL_CODE,
        DataClass::AbaRoutingNumber => Signals::BANK_CODE,
        DataClass::UkBankAccount => Signals::SORT_CODE,
        class if class.category().starts_with("user.government_id.national") => Signals::PERSON,
        _ => Signals::NONE,
    }
}
