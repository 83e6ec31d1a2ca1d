//! A mail server that speaks SMTP (RFC 5321) and STARTTLS (RFC 3207), and takes mail only within TLS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How the server is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Takes,
    /// It knows no STARTTLS.
    Plain,
    /// It answers RCPT with this code.
    Answers(u16),
    /// It takes no mail of more bytes than this.
    #[allow(dead_code, reason = "the tests of the whole server ask for it")]
    Small(usize),
}

/// A running server.
pub(crate) struct Server {
    port: u16,
    ca: tempfile::NamedTempFile,
    /// Commands and mails within TLS.
    got: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts one, with a certificate of its own.
    pub(crate) async fn start(mood: Mood) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate can be made");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![cert.der().clone()], key).expect("it fits");
        let ca = tempfile::NamedTempFile::new().expect("a file can be made");
        let encoded = STANDARD.encode(cert.der());
        let lines = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.collect::<Vec<_>>().join("\n")
        );
        std::fs::write(&ca, pem).expect("it can be written");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has one").port();
        let got = Arc::<Mutex<Vec<String>>>::default();
        let (acceptor, log) = (TlsAcceptor::from(Arc::new(config)), got.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, acceptor.clone(), log.clone(), mood));
            }
        });
        Self { port, ca, got }
    }

    /// A channel that writes to it.
    pub(crate) fn setup(&self) -> String {
        format!(
            "type = \"email\"\nurl = \"smtp://localhost:{}\"\nfrom = \"Forewatch <f@example.com>\"\n\
             to = [\"Ada Ö <ada@example.com>\", \"bob@example.com\"]\nca_file = \"{}\"",
            self.port,
            self.ca.path().display()
        )
    }

    /// What came within TLS, line by line.
    pub(crate) fn got(&self) -> String {
        self.got.lock().expect("nobody panicked").join("\n")
    }
}

async fn serve(socket: TcpStream, acceptor: TlsAcceptor, log: Arc<Mutex<Vec<String>>>, mood: Mood) {
    let mut stream = BufReader::new(socket);
    let _ = stream.write_all(b"220 mail.example ESMTP\r\n").await;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        let command = std::mem::take(&mut line).to_ascii_uppercase();
        let answer: &[u8] = match command.split_whitespace().next().unwrap_or_default() {
            "EHLO" if mood == Mood::Plain => b"250 mail.example\r\n",
            "EHLO" => b"250-mail.example\r\n250 STARTTLS\r\n",
            "STARTTLS" => {
                let _ = stream.write_all(b"220 go ahead\r\n").await;
                if let Ok(secure) = acceptor.accept(stream.into_inner()).await {
                    within_tls(BufReader::new(secure), &log, mood).await;
                }
                return;
            }
            "QUIT" => b"221 bye\r\n",
            // Nothing is taken in clear text.
            _ => b"530 5.7.0 Must issue a STARTTLS command first\r\n",
        };
        let _ = stream.write_all(answer).await;
    }
}

async fn within_tls<S: AsyncRead + AsyncWrite + Unpin>(mut stream: BufReader<S>, log: &Mutex<Vec<String>>, mood: Mood) {
    let (mut line, mut in_data, mut bytes) = (String::new(), false, 0);
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        let said = std::mem::take(&mut line);
        log.lock().expect("nobody panicked").push(said.trim_end().to_owned());
        if in_data {
            bytes += said.len();
            if said == ".\r\n" {
                in_data = false;
                let answer: &[u8] = match mood {
                    Mood::Small(most) if bytes > most => b"552 5.3.4 this is too much\r\n",
                    _ => b"250 2.0.0 queued as 1\r\n",
                };
                let _ = stream.write_all(answer).await;
            }
            continue;
        }
        let answer = match said.split_whitespace().next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n".to_owned(),
            "AUTH" => "235 2.7.0 ok\r\n".to_owned(),
            "MAIL" => "250 2.1.0 ok\r\n".to_owned(),
            "RCPT" => match mood {
                Mood::Answers(code) => format!("{code} not this one\r\n"),
                _ => "250 2.1.5 ok\r\n".to_owned(),
            },
            "DATA" => {
                (in_data, bytes) = (true, 0);
                "354 go on\r\n".to_owned()
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "502 what?\r\n".to_owned(),
        };
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}
