//! A message as a mail: its text, and with a report's files the page as what is read and the rest as attachments.

use crate::notify::enclosed::{Enclosed, File};
use crate::notify::message::Message;
use crate::notify::shown::Shown;
use crate::notify::text::cut;
use crate::notify::{Channel, Mail};
use crate::report::Form;
use lettre::error::Error;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, MultiPart, SinglePart};

/// Characters of a subject.
const SUBJECT: usize = 200;

/// What is written.
#[derive(Clone, Copy)]
pub(super) struct Letter<'a> {
    pub(super) shown: &'a Shown,
    pub(super) message: &'a Message,
    pub(super) enclosed: &'a Enclosed,
    /// The idempotency key, which the mail's id is made of.
    pub(super) id: &'a str,
}

impl Letter<'_> {
    /// The mail, to all of the channel at once.
    pub(super) fn write(&self, channel: &Channel, mail: &Mail) -> Result<lettre::Message, Error> {
        let domain = mail.from.email.domain();
        // Mails about one group stand together.
        let thread = format!("<{}.{}.forewatch@{domain}>", self.message.group, channel.name());
        let mut letter = lettre::Message::builder()
            .from(mail.from.clone())
            .subject(cut(&self.shown.headline, SUBJECT))
            .date(self.message.at.into())
            .message_id(Some(format!("<{}.forewatch@{domain}>", self.id)))
            .references(thread);
        for to in &mail.to {
            letter = letter.to(to.clone());
        }
        let text = SinglePart::plain(self.text());
        let (pages, others): (Vec<&File>, _) = self.enclosed.files.iter().partition(|file| file.form == Form::Html);
        if pages.is_empty() && others.is_empty() {
            return letter.singlepart(text);
        }
        // Of several ways to read it the best comes last.
        let read = pages.into_iter().fold(MultiPart::alternative().singlepart(text), |read, page| {
            read.singlepart(SinglePart::html(page.bytes.clone()))
        });
        let whole = MultiPart::mixed().multipart(read);
        letter.multipart(others.into_iter().fold(whole, |whole, file| whole.singlepart(attached(file))))
    }

    fn text(&self) -> String {
        let Self { shown, enclosed, .. } = self;
        let mut text = format!("{}\n", shown.headline);
        for line in &shown.lines {
            text.push_str(&format!("\n{}\n{}\n", cut(&line.title, 500), line.facts));
            if !line.description.is_empty() {
                text.push_str(&format!("{}\n", cut(&line.description, 4_000)));
            }
            for (name, url) in &line.links {
                text.push_str(&format!("{name}: {url}\n"));
            }
        }
        if let Some(more) = shown.more() {
            text.push_str(&format!("\n{more}\n"));
        }
        if let Some(missing) = enclosed.missing {
            text.push_str(&format!("\n{missing}\n"));
        }
        text.push_str(&format!("\nAll alerts: {}\n", shown.dashboard));
        text
    }
}

fn attached(file: &File) -> SinglePart {
    let kind = ContentType::parse(file.form.media_type()).expect("the media type of a form is one");
    Attachment::new(file.name.clone()).body(file.bytes.clone(), kind)
}
