//! Sending requests and gathering answers, in a list of their own that is taken away again.

use super::reply::{self, Reply};
use crate::ingest::celery::{Settings, request};
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use ulid::Ulid;

/// How often the list is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Seconds after which Redis takes the list away by itself. A last item that is no answer holds it as long, so
/// that a worker that answers late makes no list that stays.
const LIST_SECONDS: i64 = 3_600;
/// The same once all workers that are known have answered.
const STRANGERS_SECONDS: i64 = 60;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) arguments: Value,
    /// Who is asked; `None`: every worker.
    pub(super) nodes: Option<Vec<String>>,
    /// Whether workers answer it: a shutdown they do not.
    pub(super) is_answered: bool,
}

/// Sends requests in this order, but for those to a list of nobody, and gathers answers, as [`super::Commander::ask`] says.
pub(super) async fn ask(
    settings: &Settings,
    mut connection: MultiplexedConnection,
    requests: &[Request],
    online: &[String],
    patience: Duration,
) -> RedisResult<Vec<Reply>> {
    let reply_to = format!("forewatch.reply.{}", Ulid::new());
    let (list, channel) = (settings.key(&reply_to), settings.control_channel());
    let tickets: Vec<String> = requests.iter().map(|_| Ulid::new().to_string()).collect();
    let mut pipe = redis::pipe();
    // In one step: no answer comes between to make a list that does not expire.
    pipe.atomic().rpush(&list, "").ignore().expire(&list, LIST_SECONDS).ignore();
    for (Request { method, arguments, nodes, is_answered }, ticket) in requests.iter().zip(&tickets) {
        // Celery takes a list of nobody for everybody.
        if nodes.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let reply_to = is_answered.then_some(reply_to.as_str());
        pipe.publish(&channel, request::message(method, nodes.as_deref(), ticket, arguments, reply_to)).ignore();
    }
    pipe.query_async::<()>(&mut connection).await?;

    let mut missing = expected(requests, online);
    let mut replies = Vec::new();
    let end = Instant::now() + patience;
    while !missing.is_empty() && Instant::now() < end {
        sleep(LOOK).await;
        for reply in look(&list, &tickets, &mut connection).await? {
            missing.remove(&(reply.request, reply.node.clone()));
            replies.push(reply);
        }
    }
    if !missing.is_empty() {
        return Ok(replies);
    }
    if requests.iter().all(|request| request.nodes.is_some()) {
        redis::cmd("DEL").arg(&list).query_async::<()>(&mut connection).await?;
    } else {
        // A worker that nobody knew of may answer yet.
        redis::cmd("EXPIRE").arg(&list).arg(STRANGERS_SECONDS).query_async::<()>(&mut connection).await?;
    }
    Ok(replies)
}

/// Who is to answer which request.
fn expected(requests: &[Request], online: &[String]) -> BTreeSet<(usize, String)> {
    let answered = requests.iter().enumerate().filter(|(_, request)| request.is_answered);
    let each = answered.flat_map(|(place, request)| {
        request.nodes.as_deref().unwrap_or(online).iter().map(move |node| (place, node.clone()))
    });
    each.collect()
}

/// Takes the answers that have come, and leaves the item that holds the list.
async fn look(list: &str, tickets: &[String], connection: &mut MultiplexedConnection) -> RedisResult<Vec<Reply>> {
    let mut pipe = redis::pipe();
    pipe.atomic().lrange(list, 0, -2).ltrim(list, -1, -1).ignore();
    let (items,): (Vec<Vec<u8>>,) = pipe.query_async(connection).await?;
    let request_of = |ticket: &str| tickets.iter().position(|own| own == ticket);
    let read = |item: &Vec<u8>| {
        reply::read(item, request_of).inspect_err(|error| tracing::debug!(%error, "an answer cannot be read")).ok()
    };
    // Workers push at the head: the oldest is the last.
    Ok(items.iter().rev().filter_map(read).flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_that_is_asked_is_waited_for_and_of_a_request_to_all_those_that_are_online() {
        let request = |nodes: Option<&[&str]>, is_answered| Request {
            method: "ping",
            arguments: Value::Null,
            nodes: nodes.map(|nodes| nodes.iter().map(|&node| node.to_owned()).collect()),
            is_answered,
        };
        let online = ["a@h".to_owned(), "b@h".to_owned()];
        let asked = [request(Some(&["c@h"]), true), request(None, true), request(Some(&["c@h"]), false)];
        let wanted = [(0, "c@h"), (1, "a@h"), (1, "b@h")].map(|(place, node)| (place, node.to_owned()));
        assert_eq!(expected(&asked, &online), BTreeSet::from(wanted));
    }
}
