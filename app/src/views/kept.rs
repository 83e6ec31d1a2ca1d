//! What a browser keeps: names and addresses, bounded in number and length. Pure.

use serde::{Deserialize, Serialize};

/// Views that are kept at most.
pub const MOST: usize = 50;
/// Characters of a name.
pub const NAME: usize = 60;
/// Bytes of an address.
pub const ADDRESS: usize = 2_000;
/// The version of what is written.
const VERSION: u32 = 1;
/// Bytes that are read at most: what all views can take, and some more.
const LONGEST: usize = MOST * (ADDRESS + 8 * NAME) * 2;

/// The pages whose address says what they show, and what people call them.
pub const PAGES: [(&str, &str); 6] = [
    ("/tasks", "Tasks"),
    ("/workers", "Workers"),
    ("/queues", "Queues"),
    ("/alerts", "Alerts"),
    ("/trends", "Trends"),
    ("/reports", "Reports"),
];

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its name, 1 to [`NAME`] characters.
    pub name: String,
    /// Path and query of its page.
    pub address: String,
}

impl View {
    /// The page that it is of: its path and what people call it.
    pub fn page(&self) -> Option<(&'static str, &'static str)> {
        let path = self.address.split('?').next()?;
        PAGES.into_iter().find(|(page, _)| *page == path)
    }

    fn is_sound(&self) -> bool {
        let plain = |text: &str| !text.chars().any(char::is_control);
        self.name == name(&self.name)
            && !self.name.is_empty()
            && self.address.len() <= ADDRESS
            && plain(&self.address)
            && self.page().is_some()
    }
}

/// What is written.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    views: Vec<serde_json::Value>,
}

/// What a browser keeps, as far as it can be used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// In the order in which they were saved.
    pub views: Vec<View>,
    /// What people must know of the rest, in a sentence.
    pub remark: Option<&'static str>,
    /// Whether nothing may be written over it.
    pub is_newer: bool,
}

impl Kept {
    /// Reads what was kept. What is no view is left out, and that is told.
    pub fn read(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::default() };
        let damaged = Self {
            remark: Some("The views saved in this browser cannot be read. Saving one begins anew."),
            ..Self::default()
        };
        if text.len() > LONGEST {
            return damaged;
        }
        let Ok(written) = serde_json::from_str::<Written>(text) else { return damaged };
        if written.version > VERSION {
            let remark = Some("The views in this browser were saved by a newer Forewatch, and are left as they are.");
            return Self { remark, is_newer: true, ..Self::default() };
        }
        let count = written.views.len();
        let read = written.views.into_iter().take(MOST).filter_map(|view| serde_json::from_value::<View>(view).ok());
        let views: Vec<View> = read.filter(View::is_sound).collect();
        let remark = (views.len() < count).then_some("Some saved views cannot be read, and are left out.");
        Self { views, remark, is_newer: false }
    }

    /// What is kept of it.
    pub fn write(&self) -> String {
        let views = self.views.iter().filter_map(|view| serde_json::to_value(view).ok()).collect();
        serde_json::to_string(&Written { version: VERSION, views }).unwrap_or_default()
    }

    /// Saves what an address shows. One of the same name on the same page gives way: answers with it, and where it stands.
    ///
    /// # Errors
    /// Why it cannot be saved, in a sentence.
    pub fn save(&mut self, name_given: &str, address: &str) -> Result<Option<(usize, View)>, &'static str> {
        let view = View { name: name(name_given), address: address.to_owned() };
        if view.name.is_empty() {
            return Err("A view needs a name.");
        }
        if view.address.len() > ADDRESS {
            return Err("The address of this page is too long to be saved: shorten the search.");
        }
        let same = self.views.iter().position(|other| other.name == view.name && other.page() == view.page());
        match same {
            Some(at) => {
                let before = std::mem::replace(&mut self.views[at], view);
                Ok((before != self.views[at]).then_some((at, before)))
            }
            None if self.views.len() >= MOST => Err("50 views are saved: delete one first."),
            None => {
                self.views.push(view);
                Ok(None)
            }
        }
    }

    /// Gives a view another name.
    ///
    /// # Errors
    /// Why it cannot be renamed, in a sentence.
    pub fn rename(&mut self, view: &View, name_given: &str) -> Result<(), &'static str> {
        let new = name(name_given);
        if new.is_empty() {
            return Err("A view needs a name.");
        }
        if self.views.iter().any(|other| other != view && other.name == new && other.page() == view.page()) {
            return Err("Another view of this page has that name.");
        }
        if let Some(own) = self.views.iter_mut().find(|own| *own == view) {
            own.name = new;
        }
        Ok(())
    }

    /// Deletes a view; answers where it stood.
    pub fn delete(&mut self, view: &View) -> Option<usize> {
        let at = self.views.iter().position(|own| own == view)?;
        self.views.remove(at);
        Some(at)
    }
}

/// A name as it is kept: on one line, without what nobody sees, not too long.
fn name(given: &str) -> String {
    let words: Vec<&str> =
        given.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let name: String = words.join(" ").chars().take(NAME).collect();
    name.trim_end().to_owned()
}

/// What an address shows, without where in the list one is.
pub fn state(path: &str, search: &str) -> String {
    let kept = |part: &&str| !part.is_empty() && !part.starts_with("cursor=") && !part.starts_with("page=");
    let parts: Vec<&str> = search.trim_start_matches('?').split('&').filter(kept).collect();
    if parts.is_empty() { path.to_owned() } else { [path, "?", &parts.join("&")].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(views: &[(&str, &str)]) -> Kept {
        let mut kept = Kept::default();
        for (name, address) in views {
            kept.save(name, address).expect("it can be saved");
        }
        kept
    }

    #[test]
    fn what_is_saved_is_read_again_in_the_same_order() {
        let kept =
            with(&[("Failed  today ", "/tasks?q=status%3Afailed"), ("Lärm", "/alerts?state=all"), ("All", "/tasks")]);
        assert_eq!(Kept::read(Some(&kept.write())), kept);
        assert_eq!(kept.views[0].name, "Failed today");
        assert_eq!(kept.views[0].page(), Some(("/tasks", "Tasks")));
    }

    #[test]
    fn the_same_name_on_the_same_page_is_the_same_view() {
        let mut kept = with(&[("Mine", "/tasks"), ("Mine", "/alerts"), ("Mine", "/tasks?q=a")]);
        let before = kept.views[0].clone();
        assert_eq!(kept.save("Mine", &before.address), Ok(None), "the same again replaces nothing");
        assert_eq!(kept.save("Mine", "/tasks?q=c"), Ok(Some((0, before.clone()))));
        assert_eq!(kept.save("Mine", &before.address).map(|gone| gone.is_some()), Ok(true));
        assert_eq!(kept.views.iter().map(|v| &*v.address).collect::<Vec<_>>(), ["/tasks?q=a", "/alerts"]);
        let view = kept.views[0].clone();
        kept.rename(&view, "Yours").expect("no other has that name");
        assert_eq!(kept.views[0].name, "Yours");
        kept.save("Other", "/tasks?q=b").expect("there is room");
        let other = kept.views[2].clone();
        assert_eq!(kept.rename(&other, "Yours"), Err("Another view of this page has that name."));
        assert_eq!(kept.delete(&other), Some(2));
        assert_eq!(kept.delete(&other), None);
    }

    #[test]
    fn number_and_length_are_bounded() {
        let mut kept = Kept::default();
        for n in 0..MOST {
            kept.save(&n.to_string(), "/tasks").expect("there is room");
        }
        assert!(kept.save("one more", "/tasks").is_err());
        assert!(kept.save("7", "/tasks?q=b").is_ok(), "it takes the place of another");
        assert!(Kept::default().save("  ", "/tasks").is_err());
        assert!(Kept::default().save("long", &["/tasks?q=", &"a".repeat(ADDRESS)].concat()).is_err());
        let long = with(&[(&"ü".repeat(500), "/tasks")]);
        assert_eq!(long.views[0].name.chars().count(), NAME);
        assert_eq!(Kept::read(Some(&long.write())), long);
    }

    #[test]
    fn bad_content_is_left_out_and_told() {
        for text in ["", "nonsense", "[]", r#"{"version":1}"#, &"x".repeat(LONGEST + 1)] {
            let kept = Kept::read(Some(text));
            assert!(kept.views.is_empty() && kept.remark.is_some() && !kept.is_newer, "{kept:?}");
        }
        let mixed = r#"{"version":1,"views":[{"name":"Good","address":"/tasks?q=a"},7,{"name":"","address":"/tasks"},
            {"name":"Elsewhere","address":"https://example.org/tasks"},{"name":"No page","address":"/settings"},
            {"name":"Script","address":"javascript:alert(1)"},{"name":"Two\u0000","address":"/tasks"}]}"#;
        let kept = Kept::read(Some(mixed));
        assert_eq!(kept.views.iter().map(|v| &*v.name).collect::<Vec<_>>(), ["Good"]);
        assert_eq!(kept.remark, Some("Some saved views cannot be read, and are left out."));
        let newer = Kept::read(Some(r#"{"version":2,"views":[]}"#));
        assert!(newer.is_newer && newer.remark.is_some());
        assert_eq!(Kept::read(None), Kept::default());
    }

    #[test]
    fn where_in_a_list_one_is_belongs_to_no_view() {
        assert_eq!(state("/tasks", "?q=a&cursor=xyz"), "/tasks?q=a");
        assert_eq!(state("/workers", "q=&page=3"), "/workers?q=");
        assert_eq!(state("/queues", ""), "/queues");
    }
}
