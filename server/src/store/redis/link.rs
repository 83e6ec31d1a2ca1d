//! A connection to Redis or to a Cluster: made when it is needed, and made anew after it broke.

use super::StoreError;
use super::server::{Connection, PATIENCE, Server};
use redis::cluster::cluster_pipe;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::{Cmd, ConnectionLike, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value};
use std::time::{Duration, Instant};

/// After a failed try to connect, the next is made this much later; calls until then fail at once.
const AGAIN: Duration = Duration::from_secs(1);
/// The same when no answer came: who calls has waited for [`PATIENCE`], and others should not most of the time.
const AFTER_SILENCE: Duration = Duration::from_secs(5);
/// See the module.
pub(super) struct Link {
    server: Server,
    connection: Option<Connection>,
    /// When the next try to connect is made, and why the last one failed.
    down: Option<(Instant, RedisError)>,
}

impl Link {
    pub(super) fn new(server: &Server) -> Self {
        Self { server: server.clone(), connection: None, down: None }
    }

    /// Works on the connection. After an error it is not known whether Redis has done what was asked, unless Redis
    /// itself has told the error.
    pub(super) fn run<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&mut dyn ConnectionLike) -> RedisResult<T>,
    ) -> Result<T, StoreError> {
        self.attempt(|connection| work(connection.as_like())).map_err(|error| self.explained(doing, error))
    }

    /// Makes several calls and waits for their answers once. The nodes of a Cluster answer side by side.
    pub(super) fn run_all<T: FromRedisValue>(
        &mut self,
        doing: &'static str,
        calls: impl IntoIterator<Item = Cmd>,
    ) -> Result<Vec<T>, StoreError> {
        let answers = self.attempt(|connection| match connection {
            Connection::Single(connection) => {
                let mut pipe = redis::pipe();
                for call in calls {
                    pipe.add_command(call);
                }
                pipe.query(connection.as_mut())
            }
            Connection::Cluster(connection) => {
                let mut pipe = cluster_pipe();
                for call in calls {
                    pipe.add_command(call);
                }
                pipe.query(connection)
            }
        });
        answers.map_err(|error| self.explained(doing, error))
    }

    fn explained(&self, doing: &'static str, source: RedisError) -> StoreError {
        match source.code() {
            Some("FENCED") => StoreError::TakenOver(format!(
                "another forewatch has taken over the store {}: stop one of the two, and start this one again",
                self.server.shown()
            )),
            _ => StoreError::Redis { doing, source },
        }
    }

    /// At the start: whether Redis answers.
    pub(super) fn reach(&mut self) -> Result<(), StoreError> {
        self.attempt(|connection| redis::cmd("PING").exec(connection.as_like())).map_err(|error| {
            StoreError::Unusable(format!(
                "the store {} does not answer: {error}; start Redis there, or choose another with --store",
                self.server.shown()
            ))
        })
    }

    /// At the start: why the store cannot be used, and what to do.
    pub(super) fn unusable(&self, reason: &str) -> StoreError {
        StoreError::Unusable(format!("the store {} cannot be used: {reason}", self.server.shown()))
    }

    /// Asks every node that takes writes.
    pub(super) fn ask_masters(&mut self, cmd: &Cmd) -> RedisResult<Vec<Value>> {
        self.attempt(|connection| match connection {
            Connection::Single(connection) => Ok(vec![cmd.query(connection.as_mut())?]),
            Connection::Cluster(connection) => {
                let masters = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                match connection.route_command(cmd, masters)? {
                    Value::Map(answers) => Ok(answers.into_iter().map(|(_, answer)| answer).collect()),
                    answer => Ok(vec![answer]),
                }
            }
        })
    }

    fn attempt<T>(&mut self, work: impl FnOnce(&mut Connection) -> RedisResult<T>) -> RedisResult<T> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let done = work(&mut connection).map_err(in_words);
        match &done {
            Err(error) if error.is_timeout() => self.down = Some((Instant::now() + AFTER_SILENCE, error.clone())),
            Err(error) if !is_told_by_redis(error) => {}
            _ => self.connection = Some(connection),
        }
        done
    }

    fn connect(&mut self) -> RedisResult<Connection> {
        if let Some((next, error)) = &self.down
            && Instant::now() < *next
        {
            return Err(error.clone());
        }
        let made = self.server.connect().map_err(in_words);
        self.down = made.as_ref().err().map(|error| {
            let pause = if error.is_timeout() { AFTER_SILENCE } else { AGAIN };
            (Instant::now() + pause, error.clone())
        });
        made
    }
}

/// Of an answer that did not come in time the system says that the resource is temporarily unavailable.
fn in_words(error: RedisError) -> RedisError {
    if !error.is_timeout() {
        return error;
    }
    let told = format!("Redis does not answer within {} s", PATIENCE.as_secs());
    std::io::Error::new(std::io::ErrorKind::TimedOut, told).into()
}

/// Whether an error is Redis's own answer, after which the connection is as good as before. A node that takes no writes
/// any more has been replaced by another, which a new connection may find.
fn is_told_by_redis(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => kind != ServerErrorKind::ReadOnly,
        ErrorKind::Extension => true,
        _ => false,
    }
}
