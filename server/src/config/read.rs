//! Reading the file with all of its mistakes at once, each with its line.
//!
//! What is wrong is told and taken out, and the rest read again, until nothing is wrong with it.

use super::key::{Step, parse, steps, written};
use super::{Config, ConfigError};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// A file that was taken apart, for finding the lines of its keys.
pub(super) struct Source<'a> {
    name: String,
    text: &'a str,
    table: Spanned<DeTable<'a>>,
}

/// What was read of a file.
pub(super) struct Read {
    pub(super) config: Config,
    pub(super) mistakes: Vec<ConfigError>,
    /// The keys of entries of lists that could not be read at all: those behind them keep their places in the file.
    pub(super) left_out: Vec<String>,
}

impl<'a> Source<'a> {
    /// Takes the text of the file `name` apart; errors tell of everything that is no TOML.
    pub(super) fn of(name: String, text: &'a str) -> Result<Self, Vec<ConfigError>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let source = Self { name, text, table };
        if errors.is_empty() {
            return Ok(source);
        }
        let told = errors.iter().map(|error| {
            let line = source.line(error.span().map_or(0, |span| span.start));
            ConfigError::new(format!("{}:{line}", source.name), error.message())
        });
        Err(told.collect())
    }

    /// The configuration without what is wrong in it, and every mistake.
    pub(super) fn read(&self) -> Read {
        let (mut table, mut mistakes, mut left_out) = (self.table.clone(), Vec::new(), Vec::new());
        loop {
            match serde_path_to_error::deserialize(Deserializer::from(table.clone())) {
                Ok(config) => return Read { config, mistakes, left_out },
                Err(error) => {
                    let steps = steps(error.path());
                    let mistake = self.mistake(&self.original(&table, &steps), error.inner().message());
                    let within = format!("{}.", mistake.key);
                    if mistake.key.ends_with(']') {
                        left_out.push(mistake.key.clone());
                    }
                    let follows = |before: &ConfigError| before.key.starts_with(&within);
                    // What is missing because it was wrong and taken out has been told.
                    if !(mistake.reason.starts_with("missing field") && mistakes.iter().any(follows)) {
                        mistakes.push(mistake);
                    }
                    if !remove(table.get_mut(), &steps) {
                        return Read { config: Config::default(), mistakes, left_out };
                    }
                }
            }
        }
    }

    /// Adds its line to a mistake that was found later, if its key stands in the file.
    pub(super) fn locate(&self, mistake: ConfigError) -> ConfigError {
        let steps = parse(&mistake.key);
        match self.position(&steps) {
            Some(position) => ConfigError { at: Some(self.place(position)), ..mistake },
            None => mistake,
        }
    }

    fn mistake(&self, steps: &[Step], reason: &str) -> ConfigError {
        let reason = reason.lines().collect::<Vec<_>>().join(" ");
        let at = self.position(steps).map(|position| self.place(position));
        ConfigError { at: Some(at.unwrap_or_else(|| self.name.clone())), ..ConfigError::new(written(steps), reason) }
    }

    /// The steps in the file as it stands; in what is left of it, places in lists may have moved up.
    fn original(&self, left: &Spanned<DeTable<'_>>, steps: &[Step]) -> Vec<Step> {
        let (mut left, mut whole) =
            (DeValue::Table(left.get_ref().clone()), DeValue::Table(self.table.get_ref().clone()));
        let mut original = Vec::new();
        for step in steps {
            let Some((_, next)) = child(&left, step) else { break };
            let step = match (&whole, step) {
                (DeValue::Array(all), Step::Place(place)) => {
                    Step::Place(all.iter().position(|one| one.span() == next.span()).unwrap_or(*place))
                }
                _ => step.clone(),
            };
            let Some((_, there)) = child(&whole, &step) else { break };
            original.push(step);
            (left, whole) = (next.get_ref().clone(), there.get_ref().clone());
        }
        original
    }

    /// Where a key stands, bytes from the start.
    fn position(&self, steps: &[Step]) -> Option<usize> {
        let whole = DeValue::Table(self.table.get_ref().clone());
        let (mut value, mut position) = (&whole, None);
        for step in steps {
            let (at, next) = child(value, step)?;
            position = Some(at);
            value = next.get_ref();
        }
        position
    }

    fn place(&self, position: usize) -> String {
        format!("{}:{}", self.name, self.line(position))
    }

    fn line(&self, position: usize) -> usize {
        self.text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
    }
}

/// What lies at a step, and where it begins: at its key if it has one.
fn child<'v, 'i>(value: &'v DeValue<'i>, step: &Step) -> Option<(usize, &'v Spanned<DeValue<'i>>)> {
    match (value, step) {
        (DeValue::Table(table), Step::Name(name)) => {
            let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
            Some((key.span().start, value))
        }
        (DeValue::Array(list), Step::Place(place)) => list.get(*place).map(|value| (value.span().start, value)),
        _ => None,
    }
}

/// Takes out what lies at the steps; false when there is nothing.
fn remove(table: &mut DeTable<'_>, steps: &[Step]) -> bool {
    let Some((Step::Name(name), rest)) = steps.split_first() else { return false };
    if rest.is_empty() {
        return table.remove(name.as_str()).is_some();
    }
    let found = table.iter_mut().find(|(key, _)| key.get_ref() == name);
    found.is_some_and(|(_, value)| remove_within(value.get_mut(), rest))
}

fn remove_within(value: &mut DeValue<'_>, steps: &[Step]) -> bool {
    match (value, steps) {
        (DeValue::Table(table), steps) => remove(table, steps),
        (DeValue::Array(list), [Step::Place(place)]) if *place < list.len() => {
            let rest = list.iter().enumerate().filter(|(at, _)| at != place).map(|(_, value)| value.clone());
            *list = rest.collect();
            true
        }
        (DeValue::Array(list), [Step::Place(place), rest @ ..]) => {
            list.get_mut(*place).is_some_and(|value| remove_within(value.get_mut(), rest))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        match Source::of("f.toml".to_owned(), text) {
            Ok(source) => source.read().mistakes.iter().map(ToString::to_string).collect(),
            Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
        }
    }

    #[track_caller]
    fn begin(told: &[String], with: &[&str]) {
        assert_eq!(told.len(), with.len(), "{told:#?}");
        for begin in with {
            assert!(told.iter().any(|line| line.starts_with(begin)), "{begin}: {told:#?}");
        }
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_key() {
        let text = "[server]\nlissten = \"127.0.0.1:1\"\ntick = \"soon\"\n\n[limits]\nworkers = \"many\"\nbodies = 1\n\
                    [queue_class]\n\"gpu[1\" = \"gpu\"\nfast = \"quantum\"\n[nonsense]\na = 1\n";
        begin(
            &mistakes(text),
            &[
                "f.toml:2: server.lissten: ",
                "f.toml:3: server.tick: ",
                "f.toml:6: limits.workers: ",
                "f.toml:7: limits.bodies: ",
                "f.toml:9: queue_class.gpu[1: ",
                "f.toml:10: queue_class.fast: ",
                "f.toml:11: nonsense: ",
            ],
        );
    }

    #[test]
    fn entries_of_a_list_are_told_by_their_place_in_the_file() {
        let text = "[[celery]]\nname = \"a\"\n[[celery]]\nurl = \"redis://h\"\nevents = \"sometimes\"\n[[celery]]\nurl = 3\n\
                    [server]\ntrusted_proxies = [\"10.0.0.0/99\", \"10.0.0.1\", \"nowhere\"]\n";
        begin(
            &mistakes(text),
            &[
                "f.toml:1: celery[0]: missing field",
                "f.toml:5: celery[1].events: ",
                "f.toml:7: celery[2].url: ",
                "f.toml:9: server.trusted_proxies[0]: ",
                "f.toml:9: server.trusted_proxies[2]: ",
            ],
        );
    }

    #[test]
    fn what_is_no_toml_is_told_by_its_line_alone() {
        begin(&mistakes("[server]\nlisten = \n"), &["f.toml:2: "]);
    }

    #[test]
    fn what_is_right_is_kept_beside_what_is_wrong() {
        let text = "[limits]\nworkers = 7\nqueues = \"x\"\n";
        let source = Source::of(String::new(), text).expect("it is TOML");
        assert_eq!(source.read().config.limits.workers, 7);
        let found = source.locate(ConfigError::new("limits.workers", "is odd"));
        assert_eq!(found.at.as_deref(), Some(":2"));
        assert_eq!(source.locate(ConfigError::new("limits.sockets", "is odd")).at, None);
    }
}
