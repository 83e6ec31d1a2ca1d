//! The headline of a message, with placeholders. It can only insert values: what is inserted is never looked at again.

use super::message::Notice;
use crate::template;

/// A text with placeholders.
#[derive(Debug, Clone)]
pub(crate) struct Template(template::Template<Field>);

/// What a placeholder stands for.
type Field = fn(&Notice) -> String;

/// The placeholders that exist.
const FIELDS: [(&str, Field); 9] = [
    ("status", |notice| notice.status().to_owned()),
    ("title", |notice| notice.alert.title.clone()),
    ("description", |notice| notice.alert.description.clone()),
    ("severity", |notice| notice.alert.severity.to_string()),
    ("rule", |notice| notice.alert.rule_id.to_string()),
    ("component", |notice| notice.alert.component.to_string()),
    ("component_id", |notice| notice.alert.component_id.clone()),
    ("value", |notice| value(notice).unwrap_or_default()),
    ("runbook", |notice| notice.alert.runbook.clone().unwrap_or_default()),
];

/// The metric's value, as people read it.
pub(crate) fn value(notice: &Notice) -> Option<String> {
    notice.alert.write(notice.alert.metric_value)
}

impl Template {
    /// Reads a text; `{{` and `}}` stand for the braces themselves.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        template::Template::read(text, &FIELDS).map(Self)
    }

    /// The text for one alert.
    pub(crate) fn fill(&self, notice: &Notice) -> String {
        self.0.fill(|field| Some(field(notice))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::What;
    use crate::notify::tests::alert;

    #[test]
    fn values_are_inserted_and_never_read_as_placeholders() {
        let mut about = alert("queue-backlog", "q");
        about.title = "{severity} waits".to_owned();
        let notice = Notice { what: What::New, alert: about };
        let filled = |text: &str| Template::of(text).expect("it is right").fill(&notice);
        assert_eq!(filled("{{{severity}}} {title}: {rule}"), "{error} {severity} waits: queue-backlog");
        assert_eq!(filled("no placeholder"), "no placeholder");
    }

    #[test]
    fn what_stands_for_nothing_is_named_with_what_exists() {
        let wrong = Template::of("{titel}").expect_err("there is no such thing");
        assert!(wrong.contains("{titel}") && wrong.contains("{title}"), "{wrong}");
        assert!(Template::of("a } b").is_err() && Template::of("a {title").is_err());
    }
}
