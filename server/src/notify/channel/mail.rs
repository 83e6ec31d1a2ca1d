//! A mail server, and whom to write to.

use super::address;
use super::checked::Check;
use crate::config::Secret;
use lettre::message::Mailbox;
use std::path::PathBuf;

/// How mail is sent.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// TLS from the first byte; else STARTTLS, without which nothing is sent.
    pub(crate) is_wrapped: bool,
    pub(crate) credentials: Option<(String, Secret)>,
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
    /// Certificates to trust besides the usual.
    pub(crate) ca_file: Option<PathBuf>,
}

impl Check<'_> {
    pub(super) fn mail(&mut self) -> Option<Mail> {
        let notify = self.notify;
        let url =
            notify.url.as_ref().ok_or_else(|| "is missing: the server, such as smtp://mail.example:587".to_owned());
        let server = self.read("url", url.and_then(|url| address::mail(url.text.expose(), self.reach)));
        let from = notify.from.as_deref().ok_or_else(|| "is missing: the sender's address".to_owned());
        let from = self.read("from", from.and_then(mailbox));
        let to: Vec<_> = notify.to.iter().filter_map(|text| self.read("to", mailbox(text))).collect();
        if notify.to.is_empty() {
            self.wrong("to", "is missing: whom to write to, such as [\"oncall@example.com\"]");
        }
        match (&notify.user, &notify.secret) {
            (Some(_), None) => self.wrong("secret", "is missing: the password of `user`, as env:NAME or file:PATH"),
            (None, Some(_)) => self.wrong("user", "is missing: whose password `secret` is"),
            _ => {}
        }
        if let Some(Err(error)) = notify.ca_file.as_ref().map(std::fs::read) {
            self.wrong("ca_file", format!("cannot be read: {error}"));
        }
        let (host, port, is_wrapped) = server?;
        let credentials = notify.user.clone().zip(notify.secret.clone());
        Some(Mail { host, port, is_wrapped, credentials, from: from?, to, ca_file: notify.ca_file.clone() })
    }
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|error| format!("\"{text}\" is no mail address: {error}"))
}
