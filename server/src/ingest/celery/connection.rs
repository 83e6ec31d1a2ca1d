//! The two connections to a broker: one that only listens ([`Subscriber`]), one for everything else; and how the latter is
//! known to be lost.

use super::Settings;
use super::queues::{self, Sampler};
use super::subscriber::Subscriber;
use forewatch::EventBody;
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use std::fmt::Display;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How long connecting, or one answer of the broker, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Connects for everything but listening.
pub(super) async fn command_connection(settings: &Settings) -> Result<MultiplexedConnection, String> {
    let patient =
        AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
    let connecting = async {
        let client = redis::Client::open(settings.broker.clone())?;
        client.get_multiplexed_async_connection_with_config(&patient).await
    };
    within_patience::<_, redis::RedisError>(connecting).await
}

async fn within_patience<T, E: Display>(connecting: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match timeout(PATIENCE, connecting).await {
        Ok(connected) => connected.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

/// Connects and subscribes to the application's events.
pub(super) async fn connect(settings: &Settings) -> Result<(Subscriber, MultiplexedConnection), String> {
    let connecting = async {
        let connection = command_connection(settings).await?;
        Ok::<_, String>((Subscriber::connect(settings).await?, connection))
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
