//! Reports, as the page shows them.

use super::codec::Json;
use crate::backend::{BackendError, ReportAsked, ReportShown};
use leptos::prelude::*;

/// The report of a period.
#[server(name = LoadReport, prefix = "/api/ui", endpoint = "report", input = Json, output = Json)]
pub async fn load_report(asked: ReportAsked) -> Result<ReportShown, BackendError> {
    super::backend()?.report(asked).await
}
