//! The places where a rule applies: patterns of paths and of sources.

/// A path with wildcards. It covers everything beneath it too.
#[derive(Debug, Clone)]
pub(super) struct PathPattern {
    steps: Vec<String>,
}

/// The events of a source, with `*` for any characters.
#[derive(Debug, Clone)]
pub(super) struct SourcePattern {
    parts: Vec<String>,
}

impl PathPattern {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix('$').ok_or(
            "the path does not start with $; write it as findings show it: $.detail.items[*].name",
        )?;
        let steps = steps(rest).ok_or(
            "this is not a path; write it as findings show it: $.detail.items[*]['line-1'].name",
        )?;
        Ok(Self {
            steps: steps.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Returns true if `path`, as findings show it, is the pattern's or beneath it.
    pub(super) fn covers(&self, path: &str) -> bool {
        let Some(path) = path.strip_prefix('$').and_then(steps) else {
            return false;
        };
        // The position of the last `.**` and of the steps it has matched. Going back no further
        // than that keeps the time within the product of the two lengths.
        let (mut at, mut wanted) = (0, 0);
        let mut last_any = None;
        while wanted < self.steps.len() {
            if self.steps[wanted] == ".**" {
                last_any = Some((wanted, at));
                wanted += 1;
            } else if at < path.len() && fits(&self.steps[wanted], path[at]) {
                at += 1;
                wanted += 1;
            } else if let Some((any, from)) = last_any.filter(|_| at < path.len()) {
                last_any = Some((any, from + 1));
                at = from + 1;
                wanted = any + 1;
            } else {
                return false;
            }
        }
        true
    }
}

/// Returns true if a step of a pattern matches a step of a path.
fn fits(pattern: &str, step: &str) -> bool {
    match pattern {
        ".*" => step.starts_with('.') || step.starts_with("['"),
        "[*]" => step.starts_with('[') && !step.starts_with("['"),
        _ => pattern == step,
    }
}

/// Returns the steps of a path after its `$`: `.name`, `['line-1']`, `[0]`, `(json)`. Returns
/// `None` if the text is not a path.
fn steps(path: &str) -> Option<Vec<&str>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let length = match rest.as_bytes() {
            [b'.', ..] => {
                let name = &rest[1..];
                // A masked name has braces, which may contain anything but a brace.
                1 + name.find(['.', '[', '(']).unwrap_or(name.len())
            }
            [b'[', b'\'', ..] => quoted(rest)?,
            [b'[', ..] => rest.find(']')? + 1,
            [b'(', ..] => rest.find(')')? + 1,
            _ => return None,
        };
        if length < 2 {
            return None;
        }
        let (step, after) = rest.split_at(length);
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

/// Returns the length of the quoted step at the start of `text`.
fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(2) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'\'' => return (text.as_bytes().get(at + 1) == Some(&b']')).then_some(at + 2),
            _ => {}
        }
    }
    None
}

impl SourcePattern {
    pub(super) fn read(text: &str) -> Self {
        Self {
            parts: text.split('*').map(str::to_owned).collect(),
        }
    }

    pub(super) fn matches(&self, source: &str) -> bool {
        let [first, middle @ .., last] = &self.parts[..] else {
            // Without a `*` there is only one part.
            return self.parts.first().is_some_and(|all| all == source);
        };
        let Some(mut rest) = source.strip_prefix(first.as_str()) else {
            return false;
        };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, path: &str) -> bool {
        PathPattern::read(pattern).unwrap().covers(path)
    }

    #[test]
    fn a_path_covers_itself_and_what_is_beneath_it() {
        assert!(covers("$.a.b", "$.a.b"));
        assert!(covers("$.a.b", "$.a.b[0].c"));
        assert!(!covers("$.a.b", "$.a.bc"));
        assert!(!covers("$.a.b", "$.a"));
        assert!(covers("$", "$.anything"));
    }

    #[test]
    fn wildcards_stand_for_whole_steps() {
        assert!(covers("$.items[*].name", "$.items[12].name"));
        assert!(!covers("$.items[*].name", "$.items['12'].name"));
        assert!(covers("$.*.name", "$.a.name") && covers("$.*.name", "$['a-b'].name"));
        assert!(!covers("$.*.name", "$.a.b.name") && !covers("$.*", "$[0]"));
        assert!(covers("$.**.name", "$.a[0].b(json).name.last") && covers("$.**.name", "$.name"));
        assert!(covers("$.a.**.b.c", "$.a.b.b.c") && !covers("$.a.**.b.c", "$.a.b.b"));
        assert!(covers("$.body(json).x", "$.body(json).x"));
        assert!(covers("$['it\\'s.a[b]'].c", "$['it\\'s.a[b]'].c"));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["detail.a", "$a", "$..a", "$.a[", "$['a", "$.a."] {
            assert!(PathPattern::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_source_is_matched_as_a_whole() {
        let matches = |pattern: &str, source: &str| SourcePattern::read(pattern).matches(source);
        assert!(matches("com.shop.orders", "com.shop.orders"));
        assert!(!matches("com.shop", "com.shop.orders"));
        assert!(matches("com.*.orders", "com.shop.orders") && matches("*", ""));
        assert!(matches("a*b*c", "aXbYbZc") && !matches("a*b*c", "ac") && !matches("ab*bc", "abc"));
    }
}
