//! DOT, for Graphviz.
//!
//! <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write as _;

use piitrail_detect::Tier;

use super::Format;
use crate::document::Document;

pub(super) struct Dot;

impl Format for Dot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn content_type(&self) -> &'static str {
        "text/vnd.drawingviz; charset=utf-8"
    }

    fn render(&self, document: &Document, _width: Option<u16>) -> Option<String> {
        let graph = document.drawing.as_ref()?;
        let mut text = String::from(
            "digraph piitrail {\n    rankdir=LR;\n    node [shape=box, style=rounded, fontname=\"Helvetica\"];\n    edge [fontname=\"Helvetica\", fontsize=10];\n",
        );
        for caveat in &document.caveats {
            let _ = writeln!(text, "    // {caveat}");
        }
        for (index, node) in graph.nodes.iter().enumerate() {
            let shape = match node.kind {
                "table" | "bucket" | "dead-letter-queue" | "archive" | "log-group" => "cylinder",
                "unattributed" | "no-consumer" => "diamond",
                _ => "box",
            };
            let _ = writeln!(
                text,
                "    n{index} [label=\"{}\", shape={shape}];",
                escaped(&node.label)
            );
        }
        for arrow in &graph.arrows {
            let lines: Vec<String> = arrow.label.iter().map(|line| escaped(line)).collect();
            let style = match arrow.tier {
                Some(Tier::Restricted) => "color=\"#c62828\", penwidth=2.5",
                Some(Tier::Confidential) => "color=\"#ef6c00\", penwidth=2",
                Some(Tier::Internal) => "color=\"#1565c0\"",
                None => "color=\"#9e9e9e\", style=dashed",
            };
            let _ = writeln!(
                text,
                "    n{} -> n{} [label=\"{}\", {style}];",
                arrow.from,
                arrow.to,
                lines.join("\\n")
            );
        }
        text.push_str("}\n");
        Some(text)
    }
}

fn escaped(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    for c in label.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_cannot_end_its_label() {
        assert_eq!(escaped(r#"a"]; b \"#), r#"a\"]; b \\"#);
    }
}
