//! The two connections to a broker: one that only listens, one for everything else; and how each is known
//! to be lost.

use super::Settings;
use super::queues::{self, Sampler};
use forewatch::EventBody;
use redis::aio::{MultiplexedConnection, PubSub, PubSubSink};
use redis::{AsyncConnectionConfig, RedisError, RedisResult};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// How long connecting, or one answer of the broker, may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the connection that only listens is asked whether it still is one.
const PING: Duration = Duration::from_secs(10);

/// Connects for what people ask of workers.
pub(super) async fn command_connection(settings: &Settings) -> Result<MultiplexedConnection, String> {
    let connecting = async {
        let client = redis::Client::open(settings.broker.clone())?;
        client.get_multiplexed_async_connection_with_config(&patient()).await
    };
    within_patience(connecting).await
}

fn patient() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE))
}

async fn within_patience<T>(connecting: impl Future<Output = RedisResult<T>>) -> Result<T, String> {
    match timeout(PATIENCE, connecting).await {
        Ok(connected) => connected.map_err(|error: RedisError| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

/// Connects and subscribes to the application's events.
pub(super) async fn connect(settings: &Settings) -> Result<(PubSub, MultiplexedConnection), String> {
    let connecting = async {
        let client = redis::Client::open(settings.broker.clone())?;
        let connection = client.get_multiplexed_async_connection_with_config(&patient()).await?;
        let mut pubsub = client.get_async_pubsub().await?;
        pubsub.psubscribe(&settings.event_channels()).await?;
        Ok((pubsub, connection))
    };
    within_patience(connecting).await
}

/// Samples queues until the connection fails; then tells how. A refused command ends only the sampling.
pub(super) async fn sample(mut sampler: Sampler, lengths: mpsc::Sender<Vec<EventBody>>) -> String {
    let mut pace = interval(queues::INTERVAL);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut refused = false;
    loop {
        pace.tick().await;
        match sampler.look().await {
            Ok(bodies) if bodies.is_empty() => {}
            Ok(bodies) => {
                if lengths.send(bodies).await.is_err() {
                    return "nobody takes samples".to_owned();
                }
            }
            Err(error) if error.is_io_error() || error.is_connection_dropped() || error.is_timeout() => {
                return error.to_string();
            }
            Err(error) => {
                if !std::mem::replace(&mut refused, true) {
                    tracing::warn!(%error, "queue lengths cannot be read: let this user SCAN, SRANDMEMBER, LLEN, HLEN, HKEYS, HSTRLEN and HGET");
                }
            }
        }
    }
}

/// Asks the listening connection for a sign of life: one cut on its way is otherwise never noticed.
pub(super) async fn ping(mut sink: PubSubSink) -> String {
    loop {
        sleep(PING).await;
        let answer: Result<RedisResult<redis::Value>, _> = timeout(PATIENCE, sink.ping()).await;
        match answer {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return error.to_string(),
            Err(_) => return format!("no sign of life within {} s", PATIENCE.as_secs()),
        }
    }
}
