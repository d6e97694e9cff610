//! Expands the events through an API. They are not deliveries, but each has a permission, and the
//! API may be implicit.

use crate::node::{Entries, Tree};
use crate::note::NoteKind;

use super::event::Event;
use super::{Expansion, Target};

const ANY: &str = "x-amazon-apigateway-any-method";

impl Expansion<'_, '_> {
    pub(super) fn rest_request(&mut self, target: &Target, event: &Event) {
        self.note(&target.id, event.line, NoteKind::ApiEvent);
        let build = event.build();
        let given = event.get("RestApiId");
        let api = given.clone().unwrap_or_else(|| {
            self.implicit(
                "ServerlessRestApi",
                "AWS::ApiGateway::RestApi",
                target,
                event,
            );
            build.reference("ServerlessRestApi")
        });
        let suffix = match (&given, api.ref_id().or_else(|| api.as_text())) {
            (None, _) => "Prod".to_owned(),
            (Some(_), None) => "AllStages".to_owned(),
            (Some(_), Some(id)) => {
                let properties = self.originals.get(id).and_then(|api| api.get("Properties"));
                let stage = properties.and_then(|properties| properties.get_text("StageName"));
                stage.unwrap_or("Stage").to_owned()
            }
        };
        let method = event.get("Method");
        let method = method
            .as_ref()
            .and_then(|method| method.as_text())
            .unwrap_or("any");
        let method = match method.to_ascii_uppercase() {
            any if any == "ANY" => "*".to_owned(),
            method => method,
        };
        let path = event.get("Path");
        let path = permitted_path(path.as_ref().and_then(|path| path.as_text()).unwrap_or("/"));
        let text = format!(
            "arn:{}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{method}{path}",
            self.world.settings.partition
        );
        let variables = build.map([("__ApiId__", api), ("__Stage__", build.text("*"))]);
        let source = ("SourceArn", Some(build.sub(&text, Some(variables))));
        let principal = "apigateway.amazonaws.com";
        self.permission(target, event, principal, &[source], &id_suffix(&suffix));
    }

    pub(super) fn http_request(&mut self, target: &Target, event: &Event, events: &Entries) {
        self.note(&target.id, event.line, NoteKind::ApiEvent);
        let build = event.build();
        let api = event.get("ApiId").unwrap_or_else(|| {
            self.implicit("ServerlessHttpApi", "AWS::ApiGatewayV2::Api", target, event);
            build.reference("ServerlessHttpApi")
        });
        let (path, method) = path_and_method(&event.properties);
        // The permission of a default route covers all routes of the function.
        let covered = path != "$default"
            && events.values().any(|other| {
                let Some(properties) = other.get("Properties") else {
                    return other.get_text("Type") == Some("HttpApi")
                        && event.get("ApiId").is_none();
                };
                let same_api = match (properties.get("ApiId"), event.get("ApiId")) {
                    (Some(other), Some(api)) => super::same(other, &api),
                    (None, None) => true,
                    _ => false,
                };
                other.get_text("Type") == Some("HttpApi")
                    && same_api
                    && path_and_method(properties) == ("$default".to_owned(), ANY.to_owned())
            });
        if covered {
            return;
        }
        let is_any = method.eq_ignore_ascii_case("any") || method == ANY;
        let shown = if path == "$default" {
            String::new()
        } else {
            permitted_path(&path)
        };
        let rest = if method.eq_ignore_ascii_case("any") && path == "/$default" {
            shown
        } else if is_any {
            format!("/*{shown}")
        } else {
            format!("/{}{shown}", method.to_ascii_uppercase())
        };
        let text = format!(
            "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}{rest}"
        );
        let variables = build.map([("__ApiId__", api), ("__Stage__", build.text("*"))]);
        let source = ("SourceArn", Some(build.sub(&text, Some(variables))));
        self.permission(target, event, "apigateway.amazonaws.com", &[source], "");
    }

    fn implicit(&mut self, id: &str, kind: &str, target: &Target, event: &Event) {
        if !self.made.contains_key(id) && !self.originals.contains_key(id) {
            let properties = event.build().map([]);
            self.add(id.to_owned(), kind, &target.id, None, &properties);
        }
    }
}

fn path_and_method(properties: &Tree) -> (String, String) {
    let text = |name: &str| properties.get_text(name).unwrap_or_default().to_owned();
    let (path, method) = (text("Path"), text("Method"));
    if path.is_empty() && method.is_empty() {
        return ("$default".to_owned(), ANY.to_owned());
    }
    (path, method.to_ascii_lowercase())
}

/// Returns a path in the form of permissions: without a slash at its end, and with `*` for each
/// parameter.
fn permitted_path(path: &str) -> String {
    let path = match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter,
        _ => path,
    };
    let mut shown = String::new();
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let name = rest[start + 1..start + length].trim_end_matches('+');
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        shown.push_str(&rest[..start]);
        shown.push_str(if is_name {
            "*"
        } else {
            &rest[start..=start + length]
        });
        rest = &rest[start + length + 1..];
    }
    shown + rest
}

/// Returns a stage's name as the suffix of an id. The translator hashes names with characters other
/// than letters and digits. Our id differs then, which is harmless, because nothing refers to it.
fn id_suffix(stage: &str) -> String {
    stage.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_path_are_permitted_whatever_they_are() {
        assert_eq!(permitted_path("/a/{id}/{proxy+}/"), "/a/*/*");
        assert_eq!(permitted_path("/"), "/");
        assert_eq!(permitted_path("/a/{b c}"), "/a/{b c}");
        assert_eq!(permitted_path("/a/{"), "/a/{");
    }
}
