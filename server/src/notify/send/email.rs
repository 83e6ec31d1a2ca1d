//! Mail over SMTP with STARTTLS, or TLS from the first byte; without TLS nothing is sent.

use crate::notify::http::Failure;
use crate::notify::message::Message;
use crate::notify::shown::Shown;
use crate::notify::text::cut;
use crate::notify::{Channel, Mail};
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

/// Characters of a subject.
const SUBJECT: usize = 200;

/// Sends one mail to all.
pub(super) async fn send(
    channel: &Channel,
    mail: &Mail,
    shown: &Shown,
    message: &Message,
    id: &str,
) -> Result<String, Failure> {
    let letter = letter(channel, mail, shown, message, id).map_err(|error| Failure::for_good(error.to_string()))?;
    let work = async {
        // The connection is made to an address that was checked.
        let found = channel.reach.resolve(&mail.host, mail.port).await.map_err(Failure::later)?;
        let mut failure = Failure::later(format!("{} has no address", mail.host));
        for address in found {
            let server = transport(channel, mail, address.ip().to_string())?;
            match server.send(letter.clone()).await {
                Ok(answer) => {
                    let lines = answer.message().collect::<Vec<_>>().join(" ");
                    return Ok(channel.told(&format!("SMTP {} {lines}", answer.code())));
                }
                Err(error) if error.is_permanent() => return Err(Failure::for_good(told(channel, &error))),
                Err(error) => failure = Failure::later(told(channel, &error)),
            }
        }
        Err(failure)
    };
    let late = || Failure::later("the mail server did not answer in time");
    tokio::time::timeout(channel.timeout, work).await.unwrap_or_else(|_| Err(late()))
}

fn told(channel: &Channel, error: &lettre::transport::smtp::Error) -> String {
    let mut reason = error.to_string();
    if let Some(cause) = std::error::Error::source(error).map(ToString::to_string)
        && !reason.contains(&cause)
    {
        reason = format!("{reason}: {cause}");
    }
    channel.told(&reason)
}

fn transport(channel: &Channel, mail: &Mail, address: String) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let wrong = |error: lettre::transport::smtp::Error| Failure::later(format!("TLS cannot be set up: {error}"));
    let mut tls = TlsParameters::builder(mail.host.trim_matches(['[', ']']).to_owned());
    if let Some(file) = &mail.ca_file {
        let pem = std::fs::read(file).map_err(|error| Failure::later(format!("ca_file cannot be read: {error}")))?;
        tls = tls.add_root_certificate(Certificate::from_pem(&pem).map_err(wrong)?);
    }
    let tls = tls.build().map_err(wrong)?;
    let tls = if mail.is_wrapped { Tls::Wrapper(tls) } else { Tls::Required(tls) };
    let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address)
        .port(mail.port)
        .tls(tls)
        .timeout(Some(channel.timeout))
        .hello_name(ClientId::Domain("forewatch".to_owned()));
    if let Some((user, password)) = &mail.credentials {
        server = server.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    Ok(server.build())
}

fn letter(
    channel: &Channel,
    mail: &Mail,
    shown: &Shown,
    message: &Message,
    id: &str,
) -> Result<lettre::Message, lettre::error::Error> {
    let domain = mail.from.email.domain();
    // Mails about one group stand together.
    let thread = format!("<{}.{}.forewatch@{domain}>", message.group, channel.name());
    let mut letter = lettre::Message::builder()
        .from(mail.from.clone())
        .subject(cut(&shown.headline, SUBJECT))
        .date(message.at.into())
        .message_id(Some(format!("<{id}.forewatch@{domain}>")))
        .references(thread)
        .header(ContentType::TEXT_PLAIN);
    for to in &mail.to {
        letter = letter.to(to.clone());
    }
    letter.body(text(shown))
}

fn text(shown: &Shown) -> String {
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
    text.push_str(&format!("\nAll alerts: {}\n", shown.dashboard));
    text
}
