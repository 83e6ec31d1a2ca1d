//! The description of the API, made from the handlers' own.

use super::{
    alerts, annotations, control, dashboard, docs, groups, live, metrics, notifications, objectives, operations, query,
    queues, reports, rules, silences, sources, stats, tasks, workers,
};
use crate::error::PROBLEM_JSON;
use crate::ingest::http as ingest;
use forewatch::ingest::ReportedEvent;
use forewatch::problem::Problem;
use std::sync::LazyLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Description, PathItem, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

/// The description, made once.
pub(super) static OPENAPI: LazyLock<Description> = LazyLock::new(Api::openapi);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Forewatch",
        description = "The control room for fleets of remote GPU workers. Ratios are 0 to 1, durations seconds, sizes bytes, \
            times RFC 3339 in UTC; unknown is null or absent, never zero. Every refusal is a problem document (RFC 9457).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        dashboard::dashboard, dashboard::system, sources::list,
        workers::list, workers::stats, workers::one,
        queues::list, queues::one,
        tasks::list, tasks::one, groups::groups,
        control::tasks::revoke, control::tasks::retry, control::tasks::revoke_all, control::tasks::retry_all,
        control::queues::pause, control::queues::resume, control::workers::drain, control::workers::undrain,
        control::workers::ping, control::workers::shutdown, control::workers::pool, control::workers::rate_limit,
        stats::hourly, stats::daily, reports::report, reports::kept, reports::kept_file,
        alerts::list, alerts::one, alerts::raise, alerts::acknowledge, alerts::unacknowledge, alerts::resolve,
        alerts::reopen, alerts::comment,
        silences::list, silences::make, silences::end, rules::list, rules::test, objectives::list,
        notifications::list, notifications::channels, notifications::test, notifications::send_again,
        query::query, query::metrics, annotations::list,
        ingest::workers::register, ingest::workers::heartbeat, ingest::workers::deregister, ingest::events::events,
        live::follow,
        operations::health, operations::ready, metrics::metrics, docs::description,
    ),
    components(schemas(Problem, ReportedEvent)),
    modifiers(&Common),
    tags(
        (name = "system", description = "The whole at once"),
        (name = "workers", description = "Workers as they are now"),
        (name = "queues", description = "Queues as they are now"),
        (name = "tasks", description = "Tasks of any age"),
        (name = "alerts", description = "Alerts, and what people do with them"),
        (name = "notifications", description = "What people were told, and by which channels"),
        (name = "metrics", description = "The past of metrics"),
        (name = "statistics", description = "The system by hour and by day"),
        (name = "live", description = "Changes as they happen"),
        (name = "ingest", description = "What workers report"),
        (name = "operations", description = "Forewatch itself"),
    ),
)]
struct Api;

/// What every operation has in common: who may call it, and how it refuses.
struct Common;

impl Modify for Common {
    fn modify(&self, api: &mut Description) {
        let components = api.components.get_or_insert_default();
        for (name, scheme) in [("ingest_token", HttpAuthScheme::Bearer), ("password", HttpAuthScheme::Basic)] {
            components.add_security_scheme(name, SecurityScheme::Http(Http::new(scheme)));
        }
        for item in api.paths.paths.values_mut() {
            operations(item).for_each(describe);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten()
}

fn describe(operation: &mut Operation) {
    let is_ingest = operation.tags.iter().flatten().any(|tag| tag == "ingest");
    let is_open = operation.operation_id.as_deref().is_some_and(|id| matches!(id, "health" | "ready"));
    if !is_open {
        let scheme = if is_ingest { "ingest_token" } else { "password" };
        let requirement = utoipa::openapi::security::SecurityRequirement::new::<_, [&str; 0], &str>(scheme, []);
        operation.security.get_or_insert_default().push(requirement);
    }
    let mut refusals = vec![("400", "The request is wrong; `errors` points at each bad field")];
    if !is_open {
        refusals.push(("401", "Nobody is signed in, or the token is not right"));
        refusals.push(("403", "Not allowed: another origin's page, or the wrong kind of credentials"));
        refusals.push(("503", "Not now; Retry-After says when to come again"));
    }
    if operation.request_body.is_some() {
        refusals.push(("413", "The body is larger than limits.body_bytes"));
    }
    for (status, description) in refusals {
        let refusal = ResponseBuilder::new().description(description).build();
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(refusal));
    }
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
            let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            response.content.insert(PROBLEM_JSON.to_owned(), problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_what_it_is_for_and_how_it_refuses() {
        let mut api = OPENAPI.clone();
        for (path, item) in &mut api.paths.paths {
            for operation in operations(item) {
                let described = operation.summary.as_ref().or(operation.description.as_ref());
                assert!(described.is_some_and(|text| !text.is_empty()), "{path}");
                assert!(operation.responses.responses.contains_key("400"), "{path}");
            }
        }
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        let json = OPENAPI.to_json().expect("it is JSON");
        let value: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        let schemas = value["components"]["schemas"].as_object().expect("there are schemas");
        for part in json.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
