//! The connection that only listens, from connecting to its end: a plain stream and its own small reader of what Redis
//! pushes, which costs a third of a general client's.

use super::Settings;
use super::connection::PATIENCE;
use super::envelope::MAX_MESSAGE;
use super::push::{Broken, Parser, Push};
use redis::{Cmd, ConnectionAddr, cmd};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Bytes of one reading, and of the room that stays.
const CHUNK: usize = 256 * 1024;
/// After a reading that emptied the socket: so that a busy broker is read in pieces that are worth it.
const PAUSE: Duration = Duration::from_millis(5);
/// After so long without a byte the broker is asked for a sign of life: a connection cut on its way is otherwise never noticed.
const QUIET: Duration = Duration::from_secs(10);

/// A subscribed connection.
pub(super) struct Subscriber {
    stream: TcpStream,
    parser: Parser,
    /// What was read, of which so many bytes are done with.
    read: Vec<u8>,
    done: usize,
}

impl Subscriber {
    /// Connects, and subscribes to the application's events.
    pub(super) async fn connect(settings: &Settings) -> Result<Self, String> {
        let ConnectionAddr::Tcp(host, port) = settings.broker.addr() else {
            return Err("only a plain address is listened to".to_owned());
        };
        let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(told)?;
        stream.set_nodelay(true).map_err(told)?;
        let mut subscriber = Self { stream, parser: Parser::new(MAX_MESSAGE), read: Vec::new(), done: 0 };
        let broker = settings.broker.redis_settings();
        if let Some(password) = broker.password() {
            let mut auth = cmd("AUTH");
            if let Some(user) = broker.username() {
                auth.arg(user);
            }
            subscriber.ask(auth.arg(password), 1).await?;
        }
        let patterns = settings.event_channels();
        // In one command: no message comes between the answers to it.
        subscriber.ask(cmd("PSUBSCRIBE").arg(&patterns), patterns.len()).await?;
        Ok(subscriber)
    }

    /// Sends a command, and waits for its answers.
    async fn ask(&mut self, command: &Cmd, answers: usize) -> Result<(), String> {
        self.stream.write_all(&command.get_packed_command()).await.map_err(told)?;
        for _ in 0..answers {
            loop {
                match self.next().map_err(|broken| broken.to_string())? {
                    Some(Push::Answer | Push::Subscribed) => break,
                    Some(_) => return Err(Broken::Unexpected.to_string()),
                    None => self.more().await?,
                };
            }
        }
        Ok(())
    }

    /// The next push of what was read; `None` when all of it is done with.
    pub(super) fn next(&mut self) -> Result<Option<Push<'_>>, Broken> {
        let (taken, push) = self.parser.next(&self.read[self.done..])?;
        self.done += taken;
        Ok(push)
    }

    /// Waits for more; tells why there will be none. Asks for a sign of life while nothing comes.
    pub(super) async fn heard(&mut self) -> Result<(), String> {
        let read = match timeout(QUIET, self.more()).await {
            Ok(read) => read?,
            Err(_) => {
                self.stream.write_all(&cmd("PING").get_packed_command()).await.map_err(told)?;
                let answer = timeout(PATIENCE, self.more()).await;
                answer.unwrap_or_else(|_| Err(format!("no sign of life within {} s", PATIENCE.as_secs())))?
            }
        };
        if read < CHUNK {
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Reads what there is, as far as there is room.
    async fn more(&mut self) -> Result<usize, String> {
        self.read.drain(..std::mem::take(&mut self.done));
        self.read.shrink_to(2 * CHUNK);
        self.read.reserve(CHUNK);
        match self.stream.read_buf(&mut self.read).await.map_err(told)? {
            0 => Err("the broker closed the connection".to_owned()),
            read => Ok(read),
        }
    }
}

fn told(error: std::io::Error) -> String {
    error.to_string()
}
