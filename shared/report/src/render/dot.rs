//! Renders DOT, for Graphviz.
//!
//! <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write as _;

use piitrail_detect::Tier;
use piitrail_flow::topology::Node;
use piitrail_flow::visible;

use super::{Body, Format, Layout, RenderError, label};
use crate::document::{Contents, Document};

pub(super) struct Dot;

impl Format for Dot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn media_type(&self) -> &'static str {
        "text/vnd.graphviz; charset=utf-8"
    }

    fn suits(&self, contents: Contents) -> bool {
        contents.is_drawn
    }

    fn render(&self, document: Document, _layout: Layout) -> Result<Body, RenderError> {
        let drawing = document.drawing.ok_or(RenderError::NoDrawing)?;
        let mut text = String::from(
            "digraph piitrail {\n    rankdir=LR;\n    node [shape=box, style=rounded, fontname=\"Helvetica\"];\n    edge [fontname=\"Helvetica\", fontsize=10];\n",
        );
        for caveat in &document.caveats {
            let _ = writeln!(text, "    // {}", visible::escaped(caveat));
        }
        for (index, node) in drawing.nodes.iter().enumerate() {
            let shape = match node {
                Node::Party(party) if party.kind.holds_data() => "cylinder",
                Node::Party(party) if party.kind.is_unknown() => "diamond",
                Node::Party(_) => "box",
                Node::Channel(_) => "cds",
            };
            let _ = writeln!(
                text,
                "    n{index} [label=\"{}\", shape={shape}];",
                escaped(&label::node(node, document.names))
            );
        }
        for arrow in &drawing.arrows {
            let lines: Vec<String> = label::arrow(arrow, document.names)
                .iter()
                .map(|line| escaped(line))
                .collect();
            let style = match (arrow.tier, arrow.is_part_unread) {
                (Some(Tier::Restricted), false) => "color=\"#c62828\", penwidth=2.5",
                (Some(Tier::Restricted), true) => "color=\"#c62828\", penwidth=2.5, style=dotted",
                (Some(Tier::Confidential), false) => "color=\"#ef6c00\", penwidth=2",
                (Some(Tier::Confidential), true) => "color=\"#ef6c00\", penwidth=2, style=dotted",
                (Some(Tier::Internal), false) => "color=\"#1565c0\"",
                (Some(Tier::Internal), true) => "color=\"#1565c0\", style=dotted",
                (None, false) => "color=\"#9e9e9e\", style=dashed",
                // An edge with unknown content must not look like one without personal data.
                (None, true) => "color=\"#6a1b9a\", penwidth=2, style=dotted",
            };
            let _ = writeln!(
                text,
                "    n{} -> n{} [label=\"{}\", {style}{}];",
                arrow.from,
                arrow.to,
                lines.join("\\n"),
                // No event was seen on its way there.
                if arrow.keeps.is_some() {
                    ", arrowhead=empty"
                } else {
                    ""
                }
            );
        }
        text.push_str("}\n");
        Ok(Body::Bytes(text.into_bytes()))
    }
}

fn escaped(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    for c in visible::escaped(label).chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
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
