//! What the trends page shows.

use super::codec::Json;
use crate::backend::BackendError;
use crate::trends::{Ask, Changes, Happening, Span, Trends};
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

/// Makes a note on the time line: the target of the plain form, too. `tags` are words with commas between them, `at` is a
/// moment as a form's field has it (UTC), now when it is empty. Answers with what is marked on the charts then.
#[server(name = Annotate, prefix = "/api/ui", endpoint = "annotate", output = Json)]
pub async fn annotate(
    title: String,
    #[server(default)] tags: String,
    #[server(default)] at: String,
) -> Result<Happening, BackendError> {
    let moment = || forewatch::time::from_unix_seconds(crate::trends::span::read(&at)?);
    let at = match (at.trim(), moment()) {
        ("", _) => None,
        (_, Some(at)) => Some(at),
        (text, None) => {
            let problem = ["\"", text, "\" is no moment. Write it as 2026-11-24T14:02, in UTC."].concat();
            return Err(BackendError::Invalid(problem));
        }
    };
    let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    let note = super::backend()?.annotate(title, tags, at).await?;
    Happening::of_note(&note).ok_or_else(|| BackendError::Unavailable("The note has no time.".to_owned()))
}
