//! What the trends page shows.

use super::codec::Json;
use crate::backend::BackendError;
use crate::trends::{Ask, Changes, Span, Trends};
use leptos::prelude::*;

/// The charts that an address asks for.
#[server(name = LoadTrends, prefix = "/api/ui", endpoint = "trends", input = Json, output = Json)]
pub async fn load_trends(ask: Ask) -> Result<Trends, BackendError> {
    crate::trends::gather::trends(&*super::backend()?, &ask).await
}

/// What differs in a span from what was just before.
#[server(name = LoadChanges, prefix = "/api/ui", endpoint = "changes", input = Json, output = Json)]
pub async fn load_changes(span: Span) -> Result<Changes, BackendError> {
    crate::trends::changes::changes(&*super::backend()?, span).await
}
