//! What is told of a wrong channel.

use super::*;

fn wrong(text: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct File {
        notify: Vec<Notify>,
    }
    let file: File = toml::from_str(text).expect("it can be read");
    match channels(&file.notify) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.into_iter().map(|(place, key, _)| format!("{place}.{key}")).collect(),
    }
}

fn one(text: &str) -> Vec<String> {
    wrong(&format!("[[notify]]\nname = \"a\"\n{text}"))
}

#[test]
fn every_type_needs_what_it_needs_and_takes_nothing_else() {
    let none: [&str; 0] = [];
    assert_eq!(one("type = \"webhook\"\nurl = \"https://hooks.example/a\""), none);
    assert_eq!(one("type = \"webhook\""), ["0.url"]);
    assert_eq!(one(""), ["0.type"]);
    assert_eq!(one("type = \"slack\"\nurl = \"https://hooks.slack.com/services/T/B/X\""), ["0.url"], "it is a secret");
    assert_eq!(one("type = \"slack\"\nargv = [\"a\"]\nchat = 5"), ["0.chat", "0.argv", "0.url"]);
    assert_eq!(one("type = \"telegram\"\nchat = \"somebody\""), ["0.secret", "0.chat"]);
    assert_eq!(one("type = \"pagerduty\""), ["0.secret"]);
    assert_eq!(one("type = \"ntfy\"\nurl = \"https://ntfy.sh/\""), ["0.url"]);
    assert_eq!(one("type = \"command\"\nurl = \"https://a.example\""), ["0.url", "0.argv"]);
    assert_eq!(one("type = \"email\""), ["0.url", "0.from", "0.to"]);
    let mail = "type = \"email\"\nurl = \"smtp://mail.example\"\nfrom = \"Forewatch <f@example.com>\"\nto = [\"a@example.com\"]";
    assert_eq!(one(mail), none);
    assert_eq!(one(&format!("{mail}\nuser = \"f\"\nca_file = \"/nowhere\"")), ["0.secret", "0.ca_file"]);
    assert_eq!(one("type = \"heartbeat\"\nurl = \"https://hc.example/u\"\nevery = \"1ms\""), ["0.every"]);
}

#[test]
fn addresses_that_must_not_be_reached_are_refused_before_the_start() {
    for url in
        ["http://127.0.0.1/a", "http://localhost/a", "http://10.0.0.1", "http://[::1]/", "http://169.254.169.254/"]
    {
        assert_eq!(one(&format!("type = \"webhook\"\nurl = \"{url}\"")), ["0.url"], "{url}");
        let allowed = one(&format!("type = \"webhook\"\nallow_private = true\nurl = \"{url}\""));
        assert_eq!(allowed.is_empty(), !url.contains("169.254"), "{url}");
    }
    for url in ["ftp://a.example", "a.example", "https://", "http://0x7f.1/a", "http://2130706433/"] {
        assert_eq!(one(&format!("type = \"webhook\"\nurl = \"{url}\"")), ["0.url"], "{url}");
    }
    for url in ["smtp://10.0.0.1", "https://mail.example", "smtp://user:secret@mail.example"] {
        let mail = format!("type = \"email\"\nurl = \"{url}\"\nfrom = \"f@example.com\"\nto = [\"a@example.com\"]");
        assert_eq!(one(&mail), ["0.url"], "{url}");
    }
}

#[test]
fn names_quiet_hours_labels_and_headlines_are_checked() {
    let webhook = "type = \"webhook\"\nurl = \"https://hooks.example/a\"";
    assert_eq!(wrong(&format!("[[notify]]\nname = \"on call\"\n{webhook}")), ["0.name"]);
    let quiet = "quiet = { from = \"25:00\", to = \"07:00\", zone = \"Europe/Atlantis\" }";
    assert_eq!(
        one(&format!("{webhook}\n{quiet}\ntitle = \"{{titel}}\"\nwhere = {{ queue = \"[\" }}")),
        ["0.title", "0.quiet.from", "0.quiet.zone", "0.where.queue"]
    );
}

#[test]
fn escalation_leads_somewhere_and_not_back() {
    let channel = |name: &str, more: &str| {
        format!("[[notify]]\nname = \"{name}\"\ntype = \"webhook\"\nurl = \"https://hooks.example/a\"\n{more}\n")
    };
    let then = |name: &str| format!("escalate_after = \"15m\"\nthen = \"{name}\"");
    let pair = |a: &str, b: &str| wrong(&[channel("a", a), channel("b", b)].concat());
    assert_eq!(pair(&then("b"), ""), [""; 0]);
    assert_eq!(pair(&then("c"), ""), ["0.then"]);
    assert_eq!(pair(&then("b"), &then("a")), ["0.then", "1.then"]);
    assert_eq!(pair("escalate_after = \"15m\"", "then = \"a\""), ["0.escalate_after", "1.then"]);
    assert_eq!(wrong(&[channel("a", ""), channel("a", "")].concat()), ["1.name"]);
}

#[test]
fn no_secret_is_printed_or_told() {
    let file: Vec<Notify> = vec![
        toml::from_str(
            "name = \"a\"\ntype = \"webhook\"\nurl = \"https://hooks.example/a-secret-path?key=verysecret\"",
        )
        .expect("it can be read"),
    ];
    let printed = format!("{file:?} {:?}", channels(&file).expect("it is right"));
    assert!(!printed.contains("secret-path") && !printed.contains("verysecret"), "{printed}");
    let channel = channels(&file).expect("it is right").remove(0);
    let told = channel.told("no route for /a-secret-path with key=verysecret\n\u{1b}[31m");
    assert!(!told.contains("a-secret-path") && !told.contains("verysecret") && !told.contains('\u{1b}'), "{told}");
}
