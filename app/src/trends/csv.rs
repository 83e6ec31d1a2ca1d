//! Charts' numbers as a file (RFC 4180), for spreadsheets and scripts.

use super::answer::Chart;
use super::period::Compare;
use super::question::Question;
use forewatch::time;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Writes what charts of the same time show: a row a step, a column a line, names and units in the header. Times are UTC,
/// numbers are in the metric's base unit; what is not known is empty.
pub fn write(charts: &[(&Question, &Chart)], step: f64, compare: Compare) -> String {
    let mut out = String::from("time [UTC]");
    let mut columns: Vec<&[Option<f64>]> = Vec::new();
    for (question, chart) in charts {
        let shown = |name: &str| question.only.as_deref().is_none_or(|only| only == name);
        for trace in chart.traces.iter().filter(|trace| shown(&trace.name)) {
            put(&mut out, &title(question, &trace.name, ""));
            columns.push(&trace.values);
            if !trace.before.is_empty() {
                put(&mut out, &title(question, &trace.name, &format!(", {}", compare.label())));
                columns.push(&trace.before);
            }
        }
    }
    out.push_str("\r\n");
    let first = charts.iter().find(|(_, chart)| !chart.traces.is_empty()).map_or(0.0, |(_, chart)| chart.first);
    let rows = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    for row in 0..rows {
        let at = time::from_unix_seconds(first + row as f64 * step).unwrap_or_default();
        out.push_str(&at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        for column in &columns {
            number(&mut out, column.get(row));
        }
        out.push_str("\r\n");
    }
    out
}

/// The header of a line's column.
fn title(question: &Question, name: &str, when: &str) -> String {
    let of = if name.is_empty() { String::new() } else { format!(", {name}") };
    let unit = match question.unit().prometheus_suffix() {
        "" => "count",
        suffix => suffix,
    };
    format!("{} of {}{of}{when} [{unit}]", question.aggregation().as_str(), question.metric)
}

fn number(out: &mut String, value: Option<&Option<f64>>) {
    out.push(',');
    if let Some(Some(value)) = value {
        // Writing to a string cannot fail. A number that is not finite never gets here.
        let _ = write!(out, "{value}");
    }
}

/// Adds a text in quotes where it needs them. One that a spreadsheet would take for a formula gets an apostrophe.
fn put(out: &mut String, text: &str) {
    let text = match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    };
    out.push(',');
    if text.contains([',', '"', '\r', '\n']) {
        let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
    } else {
        out.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Trace;
    use super::*;

    fn written(names: &[&str], only: Option<&str>) -> String {
        let trace = |name: &&str| Trace {
            name: (*name).to_owned(),
            values: vec![Some(0.5), None, Some(1e-7)],
            before: if name.is_empty() { vec![Some(0.25)] } else { Vec::new() },
        };
        let chart = Chart { first: 1_795_615_200.0, traces: names.iter().map(trace).collect(), total: names.len() };
        let question = Question { only: only.map(str::to_owned), ..Question::of("worker.cpu_usage") };
        write(&[(&question, &chart)], 60.0, Compare::Week)
    }

    #[test]
    fn names_and_units_stand_in_the_header_and_the_unknown_is_empty() {
        assert_eq!(
            written(&["", "b"], None),
            "time [UTC],avg of worker.cpu_usage [ratio],\"avg of worker.cpu_usage, a week before [ratio]\",\
             \"avg of worker.cpu_usage, b [ratio]\"\r\n\
             2026-11-25T14:00:00Z,0.5,0.25,0.5\r\n2026-11-25T14:01:00Z,,,\r\n2026-11-25T14:02:00Z,0.0000001,,0.0000001\r\n"
        );
        assert!(!written(&["a", "b"], Some("b")).contains(", a ["));
    }

    #[test]
    fn several_charts_stand_side_by_side_and_one_without_lines_has_no_column() {
        let chart = |values: &[f64]| {
            let values = values.iter().copied().map(Some).collect();
            Chart {
                first: 1_795_615_200.0,
                traces: vec![Trace { name: String::new(), values, before: Vec::new() }],
                total: 1,
            }
        };
        let (load, heat) = (Question::of("worker.cpu_usage"), Question::of("gpu.temperature"));
        let none = Chart { first: 0.0, traces: Vec::new(), total: 0 };
        let charts = [(&heat, &none), (&load, &chart(&[0.5])), (&heat, &chart(&[61.0, 62.0]))];
        assert_eq!(
            write(&charts, 60.0, Compare::Nothing),
            "time [UTC],avg of worker.cpu_usage [ratio],avg of gpu.temperature [celsius]\r\n\
             2026-11-25T14:00:00Z,0.5,61\r\n2026-11-25T14:01:00Z,,62\r\n"
        );
    }

    #[test]
    fn no_text_becomes_a_formula_or_another_cell() {
        let mut out = String::new();
        put(&mut out, "=1+1");
        put(&mut out, "@SUM(A1)");
        put(&mut out, "a \"b\", c");
        assert_eq!(out, ",'=1+1,'@SUM(A1),\"a \"\"b\"\", c\"");
    }
}
