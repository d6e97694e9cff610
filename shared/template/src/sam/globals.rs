//! Applies the `Globals` section: properties that every resource of a kind has by default.

use std::sync::Arc;

use crate::node::{Build, Entries, Kind, Node, Tree};

/// The lists that a resource replaces. All other lists are appended to the global ones.
const REPLACED: &[&str] = &["Architectures"];

/// Merges the global properties of a kind with those of one resource. Maps are merged, lists are
/// appended to the global ones, and any other value of the resource replaces the global one.
pub(super) fn merge(
    kind: &str,
    globals: Option<&Tree>,
    ignored: Option<&Tree>,
    properties: &mut Entries,
) {
    let section = if kind == "LayerVersion" {
        "LayerVersion"
    } else {
        kind
    };
    let Some(globals) = globals.and_then(|globals| globals.get(section)?.as_map()) else {
        return;
    };
    if ignored.and_then(|node| node.as_text()) == Some("*") {
        return;
    }
    let ignored = ignored.and_then(|node| node.as_list()).unwrap_or_default();
    for (name, global) in globals {
        if ignored.iter().any(|item| item.as_text() == Some(name)) {
            continue;
        }
        // The translator copies the globals for a resource that ignores some of them. Other
        // resources share them, which matters for destinations that are made (see `destinations`).
        let global = &if ignored.is_empty() {
            global.clone()
        } else {
            unshared(global, 3)
        };
        let value = match properties.get(name) {
            Some(local) if !REPLACED.contains(&name.as_str()) => merged(global, local),
            Some(local) => local.clone(),
            None => global.clone(),
        };
        properties.insert(name.clone(), value);
    }
}

/// Copies the nodes that a destination is written into.
fn unshared(tree: &Tree, levels: usize) -> Tree {
    let mut node = Node::clone(tree);
    if let (Kind::Map(entries), true) = (&mut node.kind, levels > 0) {
        for name in ["DestinationConfig", "OnSuccess", "OnFailure"] {
            if let Some(entry) = entries.get_mut(name) {
                *entry = unshared(entry, levels - 1);
            }
        }
    }
    Arc::new(node)
}

fn merged(global: &Tree, local: &Tree) -> Tree {
    let build = Build(local.line);
    match (&global.kind, &local.kind) {
        (Kind::Map(_), Kind::Map(_))
            if global.intrinsic().is_some() || local.intrinsic().is_some() =>
        {
            local.clone()
        }
        (Kind::Map(globals), Kind::Map(locals)) => {
            let mut entries = globals.clone();
            for (key, local) in locals {
                let value = match globals.get(key) {
                    Some(global) => merged(global, local),
                    None => local.clone(),
                };
                entries.insert(key.clone(), value);
            }
            build.node(Kind::Map(entries))
        }
        (Kind::List(globals), Kind::List(locals)) => {
            build.list(globals.iter().chain(locals).cloned().collect())
        }
        _ => local.clone(),
    }
}
