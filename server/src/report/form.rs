//! The forms that a report comes in.

use super::{csv, html, pdf};
use forewatch::list::UnknownWord;
use forewatch::report::Report;
use serde::Deserialize;

/// A form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// Every figure, for programs.
    #[default]
    Json,
    /// Every figure of the sheet, a line each, for tables.
    Csv,
    /// One page that stands alone, to read and to print.
    Html,
    /// Pages to hand on.
    Pdf,
}

impl std::str::FromStr for Form {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word {
            "json" => Self::Json,
            "csv" => Self::Csv,
            "html" => Self::Html,
            "pdf" => Self::Pdf,
            _ => return Err(UnknownWord::new(word, ["json", "csv", "html", "pdf"].into_iter())),
        })
    }
}

impl Form {
    /// The media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }

    /// The end of a file's name.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Pdf => "pdf",
        }
    }

    /// A report in this form.
    pub(crate) fn write(self, report: &Report) -> Vec<u8> {
        match self {
            Self::Json => serde_json::to_vec_pretty(report).expect("a report of plain fields is valid JSON"),
            Self::Csv => csv::write(report).into_bytes(),
            Self::Html => html::page(report).into_bytes(),
            Self::Pdf => pdf::write(report),
        }
    }
}
