//! What a notification says of alerts that are new at once.

use crate::components::severity::word;
use forewatch::Alert;

/// New alerts that are notified of one by one; more at once are told in one notification.
const ONE_BY_ONE: usize = 3;

/// What a notification says, and where it leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) title: String,
    pub(super) address: String,
}

/// What is notified of alerts that are new at once.
pub(super) fn notes(new: &[Alert]) -> Vec<Note> {
    if new.len() > ONE_BY_ONE {
        let title = [&new.len().to_string(), " new alerts need someone"].concat();
        return vec![Note { title, address: "/alerts".to_owned() }];
    }
    let note = |alert: &Alert| Note {
        title: [word(alert.severity), ": ", &alert.title].concat(),
        address: "/alerts/".to_owned() + &alert.alert_id,
    };
    new.iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(number: u32) -> Alert {
        let text = include_str!("../../../tests/golden/alert.json");
        let alert: Alert = serde_json::from_str(text).expect("an alert");
        Alert { title: format!("Number {number}"), ..alert }
    }

    #[test]
    fn few_alerts_are_notified_of_one_by_one_and_many_together() {
        let few: Vec<Alert> = (0..3).map(alert).collect();
        let told = notes(&few);
        assert_eq!(told.len(), 3);
        let address = "/alerts/".to_owned() + &few[1].alert_id;
        assert_eq!(told[1], Note { title: "Warning: Number 1".to_owned(), address });
        let many: Vec<Alert> = (0..4).map(alert).collect();
        let together = Note { title: "4 new alerts need someone".to_owned(), address: "/alerts".to_owned() };
        assert_eq!(notes(&many), [together]);
    }
}
