//! What the palette lists: something found, and what choosing it does.

use crate::attention::is_open;
use crate::components::alert_deeds::deeds_of;
use crate::components::icon::Glyph;
use crate::components::severity;
use crate::components::shortcuts::GOES;
use crate::escape::escape;
use crate::handling::Deed;
use crate::views::kept::View;
use forewatch::{Alert, AlertSeverity};
use serde::{Deserialize, Serialize};

/// What something found is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A page of the dashboard.
    Page,
    /// Something that can be done.
    Action,
    /// An alert.
    Alert,
    /// A worker.
    Worker,
    /// A queue.
    Queue,
    /// A task.
    Task,
    /// A view that this browser saved.
    View,
}

impl Kind {
    pub(super) fn glyph(self) -> Glyph {
        match self {
            Self::Page => Glyph::Next,
            Self::Action => Glyph::Check,
            Self::Alert => Glyph::Bell,
            Self::Worker => Glyph::Workers,
            Self::Queue => Glyph::Queues,
            Self::Task => Glyph::Tasks,
            Self::View => Glyph::Note,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Action => "Action",
            Self::Alert => "Alert",
            Self::Worker => "Worker",
            Self::Queue => "Queue",
            Self::Task => "Task",
            Self::View => "View",
        }
    }
}

/// Something that was found, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub title: String,
    /// What tells it from others of that name.
    pub detail: String,
    /// The address of its page.
    pub address: String,
}

/// What choosing something does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Does {
    /// Goes to its address.
    Goes,
    /// Changes between dark and light.
    Theme,
    /// Changes between UTC and the viewer's zone.
    Zone,
    /// Shows the shortcuts.
    Keys,
    /// Shows the wall.
    Wall,
    /// Does something with an alert.
    Handles(Deed, Box<Alert>),
    /// Presses the button of its title on the page.
    Presses,
}

/// A row of the palette.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) found: Found,
    pub(super) does: Does,
}

impl From<Found> for Hit {
    fn from(found: Found) -> Self {
        Self { found, does: Does::Goes }
    }
}

/// What is there without asking: the pages, what can be done, and the alerts that are active.
pub(super) fn at_hand(active: &[Alert]) -> Vec<Hit> {
    let page = |(_, address, name): (_, &str, &str)| {
        let detail = String::new();
        Hit::from(Found { kind: Kind::Page, title: name.to_owned(), detail, address: address.to_owned() })
    };
    let act = |title: &str, detail: &str, does| {
        let (title, detail) = (title.to_owned(), detail.to_owned());
        Hit { found: Found { kind: Kind::Action, title, detail, address: String::new() }, does }
    };
    let actions = [
        act("Switch theme", "dark or light", Does::Theme),
        act("Switch time zone", "UTC or yours", Does::Zone),
        act("Show shortcuts", "?", Does::Keys),
        act("Wall", "one thing after the other, for a screen across the room", Does::Wall),
    ];
    // Those that nobody has first, the worst of them before the others; of those that are alike, as they come.
    let ranks = [true, false].into_iter().flat_map(|open| AlertSeverity::ALL.iter().rev().map(move |how| (open, *how)));
    let of = |rank| active.iter().filter(move |alert| (is_open(alert), alert.severity) == rank);
    let active: Vec<&Alert> = ranks.flat_map(of).collect();
    let alerts = active.iter().map(|alert| {
        let (kind, title, address) = (Kind::Alert, alert.title.clone(), alert_address(alert));
        Hit::from(Found { kind, title, detail: how(alert), address })
    });
    let handling = active.iter().flat_map(|alert| {
        deeds_of(alert).iter().map(|deed| {
            let title = [deed.label(), ": ", &alert.title].concat();
            let found = Found { kind: Kind::Action, title, detail: how(alert), address: alert_address(alert) };
            Hit { found, does: Does::Handles(*deed, Box::new((*alert).clone())) }
        })
    });
    alerts.chain(GOES.map(page)).chain(actions).chain(handling).collect()
}

/// How bad an alert is, and who has it.
pub(crate) fn how(alert: &Alert) -> String {
    let severity = severity::word(alert.severity);
    match (&alert.suppressed_by, &alert.acknowledged_by) {
        (Some(_), _) => [severity, ", suppressed"].concat(),
        (None, Some(who)) => [severity, ", ", who, " has it"].concat(),
        (None, None) => severity.to_owned(),
    }
}

pub(crate) fn alert_address(alert: &Alert) -> String {
    ["/alerts/", alert.alert_id.as_ref()].concat()
}

/// The views that this browser saved.
pub(super) fn saved() -> Vec<Hit> {
    let hit = |view: View| {
        let detail = view.page().map_or("", |(_, name)| name).to_owned();
        Hit::from(Found { kind: Kind::View, title: view.name, detail, address: view.address })
    };
    crate::views::all().into_iter().map(hit).collect()
}

/// The search of the tasks for these words, as the last row.
pub(super) fn search_tasks(words: &str) -> Hit {
    let title = ["Search tasks for \"", words, "\""].concat();
    let address = ["/tasks?q=", &escape(words)].concat();
    Hit::from(Found { kind: Kind::Page, title, detail: String::new(), address })
}
