//! Mail over SMTP with STARTTLS, or TLS from the first byte; without TLS nothing is sent.

use super::letter::Letter;
use crate::notify::enclosed::Enclosed;
use crate::notify::{Channel, Mail};
use crate::outbound::Failure;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::net::SocketAddr;

/// "Message size exceeds fixed maximum message size" (RFC 1870).
const TOO_LARGE: u16 = 552;

/// Sends one mail to all; without its files to a server for which it is too large with them.
pub(super) async fn send(channel: &Channel, mail: &Mail, letter: Letter<'_>) -> Result<String, Failure> {
    let work = async {
        // The connection is made to an address that was checked.
        let found = channel.reach.resolve(&mail.host, mail.port).await.map_err(Failure::later)?;
        let sent = hand_over(channel, mail, letter, &found).await;
        let is_too_large = |failed: &Failed| matches!(failed, Failed::Smtp(error) if code(error) == Some(TOO_LARGE));
        let sent = match sent {
            Err(failed) if is_too_large(&failed) && !letter.enclosed.files.is_empty() => {
                let missing = Some("The mail server did not take the report: follow the link.");
                let enclosed = Enclosed { files: Vec::new(), missing };
                hand_over(channel, mail, Letter { enclosed: &enclosed, ..letter }, &found).await
            }
            sent => sent,
        };
        sent.map_err(|failed| match failed {
            Failed::Smtp(error) if error.is_permanent() => Failure::for_good(told(channel, &error)),
            Failed::Smtp(error) => Failure::later(told(channel, &error)),
            Failed::Before(failure) => failure,
        })
    };
    let late = || Failure::later("the mail server did not answer in time");
    tokio::time::timeout(channel.timeout, work).await.unwrap_or_else(|_| Err(late()))
}

/// Why a mail was not taken.
enum Failed {
    /// What the server or the way there says.
    Smtp(Error),
    /// It did not come to that.
    Before(Failure),
}

/// Tries the addresses in turn until one takes the mail or refuses it for good.
async fn hand_over(
    channel: &Channel,
    mail: &Mail,
    letter: Letter<'_>,
    addresses: &[SocketAddr],
) -> Result<String, Failed> {
    let written = letter.write(channel, mail);
    let written = written.map_err(|error| Failed::Before(Failure::for_good(error.to_string())))?;
    let mut failed = Failed::Before(Failure::later(format!("{} has no address", mail.host)));
    for address in addresses {
        let server = transport(channel, mail, address.ip().to_string()).map_err(Failed::Before)?;
        match server.send(written.clone()).await {
            Ok(answer) => {
                let lines = answer.message().collect::<Vec<_>>().join(" ");
                return Ok(channel.told(&format!("SMTP {} {lines}", answer.code())));
            }
            Err(error) if error.is_permanent() => return Err(Failed::Smtp(error)),
            Err(error) => failed = Failed::Smtp(error),
        }
    }
    Err(failed)
}

fn code(error: &Error) -> Option<u16> {
    error.status().map(u16::from)
}

fn told(channel: &Channel, error: &Error) -> String {
    let mut reason = error.to_string();
    if let Some(cause) = std::error::Error::source(error).map(ToString::to_string)
        && !reason.contains(&cause)
    {
        reason = format!("{reason}: {cause}");
    }
    channel.told(&reason)
}

fn transport(channel: &Channel, mail: &Mail, address: String) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let wrong = |error: Error| Failure::later(format!("TLS cannot be set up: {error}"));
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
