//! The API's description as a page: one file, no script, nothing loaded from elsewhere.

use super::super::openapi::OPENAPI;
use crate::auth::sign_in::escape;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::LazyLock;

const STYLE: &str = include_str!("page.css");

/// What is the same for every reader, made once.
static BODY: LazyLock<String> = LazyLock::new(|| body(&serde_json::to_value(&*OPENAPI).unwrap_or_default()));

/// The page with its style under this nonce.
pub(super) fn page(nonce: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>API · Forewatch</title>\n\
         <style nonce=\"{nonce}\">{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
        *BODY
    )
}

fn body(api: &Value) -> String {
    let mut html = String::new();
    let _ = writeln!(
        html,
        "<h1>Forewatch API <small>{}</small></h1>\n<p>{}</p>\n<p><a href=\"/api/v1/openapi.json\">openapi.json</a> · <a href=\"/\">Dashboard</a></p>",
        text(&api["info"]["version"]),
        text(&api["info"]["description"])
    );
    for tag in list(&api["tags"]) {
        let _ = writeln!(html, "<h2 id=\"{0}\">{0}</h2>\n<p>{1}</p>", text(&tag["name"]), text(&tag["description"]));
        for (path, item) in entries(&api["paths"]) {
            for (method, operation) in entries(item).filter(|(_, o)| list(&o["tags"]).any(|name| name == &tag["name"]))
            {
                write_operation(&mut html, method, path, operation);
            }
        }
    }
    html.push_str("<h2 id=\"schemas\">Schemas</h2>\n");
    for (name, schema) in entries(&api["components"]["schemas"]) {
        write_schema(&mut html, name, schema);
    }
    html
}

fn write_operation(html: &mut String, method: &str, path: &str, operation: &Value) {
    let _ = writeln!(
        html,
        "<details>\n<summary><b>{}</b> <code>{}</code> {}</summary>",
        method.to_uppercase(),
        escape(path),
        text(&operation["summary"])
    );
    let _ = writeln!(html, "<p>{}</p>", text(&operation["description"]));
    let parameters: Vec<_> = list(&operation["parameters"]).collect();
    if !parameters.is_empty() {
        html.push_str("<table>\n<tr><th>Parameter<th>In<th>What it is\n");
        for parameter in parameters {
            let _ = writeln!(
                html,
                "<tr><td><code>{}</code><td>{}<td>{}",
                text(&parameter["name"]),
                text(&parameter["in"]),
                text(&parameter["description"])
            );
        }
        html.push_str("</table>\n");
    }
    for (media, content) in entries(&operation["requestBody"]["content"]) {
        let _ = writeln!(html, "<p>Body: {} as <code>{}</code></p>", kind(&content["schema"]), escape(media));
    }
    html.push_str("<table>\n<tr><th>Status<th>Answer\n");
    for (status, response) in entries(&operation["responses"]) {
        let kinds: Vec<_> = entries(&response["content"]).map(|(_, content)| kind(&content["schema"])).collect();
        let _ = writeln!(html, "<tr><td>{}<td>{} {}", escape(status), text(&response["description"]), kinds.join(", "));
    }
    html.push_str("</table>\n</details>\n");
}

fn write_schema(html: &mut String, name: &str, schema: &Value) {
    let _ = writeln!(
        html,
        "<details id=\"schema-{0}\">\n<summary><code>{0}</code> {1}</summary>",
        escape(name),
        text(&schema["description"])
    );
    let words: Vec<_> = list(&schema["enum"]).map(|word| format!("<code>{}</code>", text(word))).collect();
    if !words.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", words.join(", "));
    }
    write_fields(html, schema);
    for variant in list(&schema["oneOf"]).filter(|variant| variant["properties"].is_object()) {
        let _ = writeln!(html, "<p><b>{}</b></p>", text(&variant["title"]));
        write_fields(html, variant);
    }
    html.push_str("</details>\n");
}

fn write_fields(html: &mut String, schema: &Value) {
    let required: Vec<_> = list(&schema["required"]).collect();
    html.push_str("<table>\n");
    for (field, value) in entries(&schema["properties"]) {
        let must = if required.iter().any(|name| *name == field) { "" } else { " <small>optional</small>" };
        let _ = writeln!(
            html,
            "<tr><td><code>{}</code>{must}<td>{}<td>{}",
            escape(field),
            kind(value),
            text(&value["description"])
        );
    }
    html.push_str("</table>\n");
}

/// What a value is, with links to the schemas that it names.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let kinds: Vec<_> = list(&schema[choice]).map(kind).collect();
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" or "),
        other => text(other),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map(escape).unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_on_the_page_and_every_link_leads_somewhere() {
        let page = page("n0nce");
        for path in OPENAPI.paths.paths.keys() {
            assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
        }
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap_or_default();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        assert!(!page.contains("<script") && !page.contains("src="));
    }
}
