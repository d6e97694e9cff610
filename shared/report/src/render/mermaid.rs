//! Renders Mermaid, for READMEs, wikis and pull requests.
//!
//! <https://mermaid.js.org/syntax/flowchart.html>. Labels come from names in events, so everything
//! that could end a label or be read as markup is written as an entity code.

use std::fmt::Write as _;

use piitrail_detect::Tier;
use piitrail_flow::topology::Node;
use piitrail_flow::visible;

use super::{Body, Format, Layout, RenderError, label};
use crate::document::{Arrow, Contents, Document, Drawing};

pub(super) struct Mermaid;

impl Format for Mermaid {
    fn name(&self) -> &'static str {
        "mermaid"
    }

    fn media_type(&self) -> &'static str {
        "text/vnd.mermaid; charset=utf-8"
    }

    fn suits(&self, contents: Contents) -> bool {
        contents.is_drawn
    }

    fn render(&self, document: Document, _layout: Layout) -> Result<Body, RenderError> {
        let drawing = document.drawing.ok_or(RenderError::NoDrawing)?;
        let mut text = String::from("flowchart LR\n");
        for caveat in &document.caveats {
            let _ = writeln!(text, "    %% {}", visible::escaped(caveat));
        }
        for (index, node) in drawing.nodes.iter().enumerate() {
            let label = escaped(&label::node(node, document.names));
            let (open, close) = shape(node);
            let _ = writeln!(text, "    n{index}{open}\"{label}\"{close}");
        }
        for arrow in &drawing.arrows {
            let lines: Vec<String> = label::arrow(arrow, document.names)
                .iter()
                .map(|line| escaped(line))
                .collect();
            let _ = writeln!(
                text,
                "    n{} {}|\"{}\"| n{}",
                arrow.from,
                if arrow.keeps.is_some() { "-.->" } else { "-->" },
                lines.join("<br/>"),
                arrow.to
            );
        }
        for (tier, style) in [
            (Some(Tier::Restricted), "stroke:#c62828,stroke-width:2.5px"),
            (Some(Tier::Confidential), "stroke:#ef6c00,stroke-width:2px"),
            (Some(Tier::Internal), "stroke:#1565c0,stroke-width:1.5px"),
        ] {
            style_links(&mut text, &drawing, style, |arrow| {
                arrow.tier == tier && !arrow.is_part_unread
            });
            let dotted = format!("{style},stroke-dasharray:8 3");
            style_links(&mut text, &drawing, &dotted, |arrow| {
                arrow.tier == tier && arrow.is_part_unread
            });
        }
        style_links(
            &mut text,
            &drawing,
            "stroke:#9e9e9e,stroke-dasharray:4 3",
            |arrow| arrow.tier.is_none() && !arrow.is_part_unread,
        );
        // An edge with unknown content must not look like one without personal data.
        let unknown = "stroke:#6a1b9a,stroke-width:2px,stroke-dasharray:8 3";
        style_links(&mut text, &drawing, unknown, |arrow| {
            arrow.tier.is_none() && arrow.is_part_unread
        });
        for (index, node) in drawing.nodes.iter().enumerate() {
            if is_unknown(node) {
                let _ = writeln!(text, "    style n{index} stroke-dasharray:4 3");
            }
        }
        Ok(Body::Bytes(text.into_bytes()))
    }
}

/// Applies a style to the selected arrows.
fn style_links(
    text: &mut String,
    drawing: &Drawing,
    style: &str,
    is_chosen: impl Fn(&Arrow) -> bool,
) {
    let indices: Vec<String> = drawing
        .arrows
        .iter()
        .enumerate()
        .filter(|(_, arrow)| is_chosen(arrow))
        .map(|(index, _)| index.to_string())
        .collect();
    if !indices.is_empty() {
        let _ = writeln!(text, "    linkStyle {} {style}", indices.join(","));
    }
}

/// Parties that hold data are drawn as stores, unattributed parties as questions, channels with round
/// ends.
fn shape(node: &Node) -> (&'static str, &'static str) {
    match node {
        Node::Party(party) if party.kind.holds_data() => ("[(", ")]"),
        node if is_unknown(node) => ("{{", "}}"),
        Node::Channel(_) => ("([", "])"),
        Node::Party(_) => ("[", "]"),
    }
}

fn is_unknown(node: &Node) -> bool {
    matches!(node, Node::Party(party) if party.kind.is_unknown())
}

fn escaped(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    for c in visible::escaped(label).chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '%' | ';' => {
                let _ = write!(text, "#{};", u32::from(c));
            }
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
        assert_eq!(escaped("a\"] --> b"), "a#34;] --#62; b");
        assert_eq!(escaped("<script>"), "#60;script#62;");
    }
}
