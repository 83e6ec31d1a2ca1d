//! What queues and workers are, by their names: `[queue_class]` and `[worker_class]`.

use globset::{Glob, GlobMatcher};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// Names, with `*` for any text, and what each stands for. The first that fits decides, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Classes<T>(Vec<(GlobMatcher, T)>);

impl<T> Default for Classes<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Classes<T> {
    /// What `name` is, if anything was said of it.
    pub(crate) fn of(&self, name: &str) -> Option<T> {
        self.0.iter().find(|(glob, _)| glob.is_match(name)).map(|(_, class)| *class)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Classes<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData)).map(Self)
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Vec<(GlobMatcher, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names, each with its class")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut classes = Vec::new();
        while let Some((Name(name), class)) = map.next_entry()? {
            classes.push((name, class));
        }
        Ok(classes)
    }
}

/// A name with `*` for any text.
struct Name(GlobMatcher);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let glob = Glob::new(&name).map_err(|error| {
            D::Error::custom(format!("the name \"{name}\" cannot be read ({}): use * for any text", error.kind()))
        })?;
        Ok(Self(glob.compile_matcher()))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use forewatch::{QueueClass, WorkerCapability};

    #[test]
    fn the_first_name_in_the_file_that_fits_decides() {
        let read = |text: &str| toml::from_str::<Config>(text).expect("it can be read").queue_class;
        let general_first = read("[queue_class]\n\"z*\" = \"cpu\"\n\"a*\" = \"cpu\"\n\"*-big\" = \"gpu\"");
        assert_eq!(
            (general_first.of("zoo-big"), general_first.of("a-big")),
            (Some(QueueClass::Cpu), Some(QueueClass::Cpu))
        );
        let special_first = read("[queue_class]\n\"zoo-*\" = \"gpu\"\n\"*\" = \"fallback\"");
        assert_eq!(
            (special_first.of("zoo-big"), special_first.of("a")),
            (Some(QueueClass::Gpu), Some(QueueClass::Fallback))
        );
        assert_eq!(read("").of("a"), None);
    }

    #[test]
    fn a_name_that_is_no_pattern_and_a_class_that_is_none_are_refused() {
        let refused = |text: &str| toml::from_str::<Config>(text).expect_err("it is wrong").to_string();
        let told = refused("[worker_class]\n\"gpu[1\" = \"gpu\"");
        assert!(told.contains("gpu[1") && told.contains("use *"), "{told}");
        assert!(refused("[worker_class]\n\"gpu\" = \"quantum\"").contains("quantum"));
        let config: Config = toml::from_str("[worker_class]\nbox = \"hybrid\"").expect("it can be read");
        assert_eq!(config.worker_class.of("box"), Some(WorkerCapability::Hybrid));
    }
}
