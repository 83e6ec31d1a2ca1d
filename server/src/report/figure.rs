//! A figure of a report: what it counts, its value in both periods, and how it reads.

use forewatch::format;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Count,
    /// 0..=1.
    Share,
    /// Told as a duration.
    Seconds,
    /// Seconds that are told in hours: of devices.
    Hours,
    /// Joules that are told in kilowatt-hours.
    Energy,
}

impl Of {
    /// The unit of the bare number.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share => "ratio",
            Self::Seconds | Self::Hours => "seconds",
            Self::Energy => "joules",
        }
    }

    /// For people.
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Count => format::number(value),
            Self::Share => format::ratio(value),
            Self::Seconds => format::duration(value),
            Self::Hours => format!("{} h", tenths(value / 3_600.0)),
            Self::Energy => format!("{} kWh", tenths(value / 3.6e6)),
        }
    }
}

/// Large figures whole, small ones with one digit; what is too small for that is not told as nothing.
fn tenths(value: f64) -> String {
    if value >= 100.0 {
        format::number(value.round())
    } else if value > 0.0 && value < 0.05 {
        "<0.1".to_owned()
    } else {
        format!("{value:.1}")
    }
}

/// Whether more of it is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    More,
    Less,
    Neither,
}

/// A figure: what it is, and its value in both periods.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) of: Of,
    pub(super) better: Better,
    pub(super) now: Option<f64>,
    pub(super) before: Option<f64>,
}

impl Figure {
    /// For people.
    pub(super) fn text(&self) -> String {
        self.now.map_or_else(|| format::UNKNOWN.to_owned(), |value| self.of.text(value))
    }

    /// By how much it differs from before, with its sign: in parts of it, or of a share in points. Where either is not
    /// known, or nothing differs, none.
    pub(super) fn change(&self) -> Option<String> {
        let (now, before) = (self.now?, self.before?);
        let difference = now - before;
        let sign = if difference > 0.0 { "+" } else { "−" };
        if self.of == Of::Share {
            let points = (difference.abs() * 1_000.0).round() / 10.0;
            return (points > 0.0).then(|| format!("{sign}{} pt", format::number(points)));
        }
        if before == 0.0 {
            return (now > 0.0).then(|| "new".to_owned());
        }
        let percent = (difference / before).abs() * 100.0;
        (percent >= 0.05).then(|| {
            if percent >= 1_000.0 {
                format!("{}×", format::number((now / before).round()))
            } else {
                format!("{sign}{}", format::ratio((percent / 100.0 * 1_000.0).round() / 1_000.0))
            }
        })
    }

    /// Whether it got better; of what is neither, none.
    pub(super) fn improved(&self) -> Option<bool> {
        let (now, before) = (self.now?, self.before?);
        let order = now.total_cmp(&before);
        match self.better {
            Better::More if order.is_ne() => Some(order.is_gt()),
            Better::Less if order.is_ne() => Some(order.is_lt()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(of: Of, better: Better, now: f64, before: Option<f64>) -> Figure {
        Figure { name: "x", of, better, now: Some(now), before }
    }

    #[test]
    fn a_change_is_told_in_parts_of_a_share_in_points_and_of_nothing_not_at_all() {
        let change = |of, now, before| figure(of, Better::Less, now, before).change();
        assert_eq!(change(Of::Count, 120.0, Some(100.0)).as_deref(), Some("+20 %"));
        assert_eq!(change(Of::Count, 50.0, Some(100.0)).as_deref(), Some("−50 %"));
        assert_eq!(change(Of::Share, 0.05, Some(0.02)).as_deref(), Some("+3 pt"));
        assert_eq!(change(Of::Count, 5.0, Some(0.0)).as_deref(), Some("new"));
        assert_eq!(change(Of::Seconds, 300.0, Some(2.0)).as_deref(), Some("150×"));
        assert_eq!(change(Of::Count, 7.0, Some(7.0)), None);
        assert_eq!(change(Of::Count, 7.0, None), None);
    }

    #[test]
    fn fewer_failures_are_better_and_more_of_what_is_neither_is_neither() {
        assert_eq!(figure(Of::Count, Better::Less, 1.0, Some(2.0)).improved(), Some(true));
        assert_eq!(figure(Of::Count, Better::More, 1.0, Some(2.0)).improved(), Some(false));
        assert_eq!(figure(Of::Hours, Better::Neither, 1.0, Some(2.0)).improved(), None);
    }
}
