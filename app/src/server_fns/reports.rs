//! Reports, as the page shows them.

use super::codec::Json;
use crate::backend::{BackendError, ReportAsked, ReportShown};
use forewatch::report::KeptReport;
use leptos::prelude::*;

/// The report of a period.
#[server(name = LoadReport, prefix = "/api/ui", endpoint = "report", input = Json, output = Json)]
pub async fn load_report(asked: ReportAsked) -> Result<ReportShown, BackendError> {
    super::backend()?.report(asked).await
}

/// The reports that the schedule made.
#[server(name = LoadKeptReports, prefix = "/api/ui", endpoint = "kept-reports", input = Json, output = Json)]
pub async fn load_kept_reports() -> Result<Vec<KeptReport>, BackendError> {
    super::backend()?.kept_reports().await
}
