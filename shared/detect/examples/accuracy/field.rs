//! Scores real payloads that were judged leaf by leaf (`../shared/data/field`): macro precision and
//! recall.
//!
//! A group is one class at one folded path of one corpus, however many leaves it has, because a
//! thousand equal documents say no more than one of them. The precision of a group is the share of
//! its findings that are correct. Its recall is the share of its leaves that were found. The macro
//! figures are the means over the groups. Leaves that were judged debatable count for neither. A
//! finding without a verdict is listed and counts for neither.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use piitrail_detect::Engine;
use serde_json::Value;

const CORPORA: [&str; 2] = ["serverless-patterns", "fhir"];

/// One judged place of one document.
struct Verdict {
    path: String,
    class: String,
    also: Vec<String>,
    judged: Judged,
    leaves: usize,
    found: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged {
    Right,
    Wrong,
    Either,
}

impl Verdict {
    fn read(line: &Value) -> Self {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let also = line["or"].as_array().map_or(&[][..], Vec::as_slice);
        Self {
            path: text("path"),
            class: text("class"),
            also: also
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            judged: match line["v"].as_str() {
                Some("right" | "missing") => Judged::Right,
                Some("wrong") => Judged::Wrong,
                _ => Judged::Either,
            },
            leaves: line["n"]
                .as_u64()
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(1),
            found: BTreeSet::new(),
        }
    }

    fn is_of(&self, class: &str) -> bool {
        self.class == class || self.class == "*" || self.also.iter().any(|also| also == class)
    }
}

/// The result of one group, in leaves.
#[derive(Default)]
struct Group {
    hit: usize,
    missed: usize,
    wrong: usize,
}

/// Sums and counts of precision and recall over groups.
#[derive(Default)]
struct Macro {
    precision: (f64, usize),
    recall: (f64, usize),
}

impl Macro {
    fn add(&mut self, group: &Group) {
        let share = |part: usize, rest: usize, (sum, count): &mut (f64, usize)| {
            if part + rest > 0 {
                #[expect(clippy::cast_precision_loss, reason = "counts of leaves are small")]
                let share = part as f64 / (part + rest) as f64;
                *sum += share;
                *count += 1;
            }
        };
        share(group.hit, group.wrong, &mut self.precision);
        share(group.hit, group.missed, &mut self.recall);
    }

    fn print(&self, name: &str, groups: usize) {
        let mean = |(sum, count): (f64, usize)| {
            if count == 0 {
                return "    –".to_owned();
            }
            #[expect(clippy::cast_precision_loss, reason = "there are few groups")]
            let mean = sum / count as f64;
            format!("{mean:.3}")
        };
        println!(
            "{name:<30}{groups:>7}{:>11}{:>8}",
            mean(self.precision),
            mean(self.recall)
        );
    }
}

type Groups = BTreeMap<(String, String, String), Group>;

/// Scores the judged corpora in `folder` and prints a row for each class.
///
/// # Errors
///
/// If one of their files cannot be read. The error names the file and what to do about it.
pub(crate) fn score(folder: &Path, engine: &Engine, lists_misses: bool) -> Result<(), String> {
    let read = |name: &str| {
        let file = folder.join(name);
        std::fs::read_to_string(&file).map_err(|error| {
            format!(
                "{} cannot be read ({error}): put it there to have it scored",
                file.display()
            )
        })
    };
    let nothing = read("nothing.tsv")?;
    let nothing: BTreeSet<(&str, &str)> = nothing
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let mut verdicts: HashMap<(String, String), Vec<Verdict>> = HashMap::new();
    for line in json_lines(&read("verdicts.jsonl")?) {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        verdicts
            .entry((text("c"), text("src")))
            .or_default()
            .push(Verdict::read(&line));
    }
    let mut groups = Groups::new();
    let mut notes = BTreeMap::<String, usize>::new();
    for corpus in CORPORA {
        for line in json_lines(&read(&format!("{corpus}.jsonl"))?) {
            let src = line["src"].as_str().unwrap_or_default().to_owned();
            let mut judged = verdicts
                .remove(&(corpus.to_owned(), src))
                .unwrap_or_default();
            let is_nothing = |path: &str| nothing.contains(&(corpus, path));
            score_document(
                corpus,
                engine,
                &line["event"],
                &mut judged,
                is_nothing,
                &mut groups,
                &mut notes,
            );
        }
    }
    print(&groups);
    if lists_misses {
        for (note, count) in &notes {
            println!("{count:>5} {note}");
        }
    }
    Ok(())
}

fn score_document(
    corpus: &str,
    engine: &Engine,
    event: &Value,
    verdicts: &mut [Verdict],
    is_nothing: impl Fn(&str) -> bool,
    groups: &mut Groups,
    notes: &mut BTreeMap<String, usize>,
) {
    let Ok(scan) = engine.scan_json(event.to_string().as_bytes()) else {
        return;
    };
    let mut note = |kind: &str, class: &str, path: &str, count: usize| {
        *notes
            .entry(format!("{kind} {class} at {corpus} {path}"))
            .or_default() += count;
    };
    let found: BTreeSet<(String, &str)> = scan
        .findings
        .iter()
        .map(|finding| (finding.path.to_string(), finding.class.name()))
        .collect();
    for (path, class) in found {
        let at = places(&path)
            .into_iter()
            .find_map(|place| verdict_at(verdicts, &place, class));
        let Some(at) = at else {
            let folded = fold(&path);
            if places(&path).iter().any(|place| is_nothing(place)) {
                note("wrong", class, &folded, 1);
                let key = (corpus.to_owned(), folded, class.to_owned());
                groups.entry(key).or_default().wrong += 1;
            } else {
                note("not judged", class, &folded, 1);
            }
            continue;
        };
        let verdict = &mut verdicts[at];
        match verdict.judged {
            Judged::Right => {
                verdict.found.insert(path);
            }
            Judged::Wrong => {
                note("wrong", class, &fold(&path), 1);
                let key = (
                    corpus.to_owned(),
                    fold(&verdict.path),
                    verdict.class.clone(),
                );
                groups.entry(key).or_default().wrong += 1;
            }
            Judged::Either => {}
        }
    }
    for verdict in verdicts
        .iter()
        .filter(|verdict| verdict.judged == Judged::Right)
    {
        let hit = verdict.found.len().min(verdict.leaves);
        let missed = verdict.leaves - hit;
        if missed > 0 {
            note("missed", &verdict.class, &fold(&verdict.path), missed);
        }
        let key = (
            corpus.to_owned(),
            fold(&verdict.path),
            verdict.class.clone(),
        );
        let group = groups.entry(key).or_default();
        group.hit += hit;
        group.missed += missed;
    }
}

/// Returns the verdict on `class` at `place`. One on the class itself comes before one that accepts
/// it as well.
fn verdict_at(verdicts: &[Verdict], place: &str, class: &str) -> Option<usize> {
    let at = |fits: &dyn Fn(&Verdict) -> bool| {
        verdicts
            .iter()
            .position(|verdict| verdict.path == place && fits(verdict))
    };
    at(&|verdict| verdict.class == class).or_else(|| at(&|verdict| verdict.is_of(class)))
}

/// Returns the places of possible verdicts on a finding at `path`: the path with its indices
/// folded, and each opened string around it.
fn places(path: &str) -> Vec<String> {
    let mut places = vec![path.to_owned(), fold(path)];
    let opened = path
        .match_indices('(')
        .map(|(at, _)| at)
        .collect::<Vec<_>>();
    for at in opened.into_iter().rev() {
        places.extend([path[..at].to_owned(), fold(&path[..at])]);
    }
    places
}

/// Returns `$.a[0].b` as `$.a[].b`.
fn fold(path: &str) -> String {
    let mut folded = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('[') {
        folded.push_str(&rest[..=open]);
        rest = rest[open + 1..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '*');
    }
    folded.push_str(rest);
    folded
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn print(groups: &Groups) {
    let mut by_class = BTreeMap::<&str, (Macro, usize)>::new();
    let mut all = (Macro::default(), 0);
    for ((_, _, class), group) in groups {
        let row = by_class.entry(class).or_default();
        for (sums, count) in [row, &mut all] {
            sums.add(group);
            *count += 1;
        }
    }
    println!("\njudged payloads (means over groups of one class at one path)");
    println!(
        "{:<30}{:>7}{:>11}{:>8}",
        "class", "groups", "precision", "recall"
    );
    for (class, (sums, count)) in by_class {
        sums.print(class, count);
    }
    println!("{}", "─".repeat(56));
    all.0.print("all (macro)", all.1);
}
