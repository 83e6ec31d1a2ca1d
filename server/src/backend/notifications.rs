//! What people were told of alerts, and how the channels fare.

use super::BackendFor;
use crate::collector::clock;
use crate::notify::{Delivery, GIVE_UP_AFTER, Status, Wanted};
use crate::store::StoreError;
use crate::store::sqlite::SqliteOutbox;
use app::backend::BackendError;
use forewatch::list::Page;
use forewatch::notification::ChannelStatus;

impl BackendFor {
    /// The channels, in the order of the configuration.
    pub(crate) async fn channel_statuses(&self) -> Result<Vec<ChannelStatus>, BackendError> {
        let mut counted = self.outbox(SqliteOutbox::counted).await?;
        let status = self.state.notifier.channels().iter().map(|wired| {
            let name = wired.channel.name().to_owned();
            let (counted, health) = (counted.remove(&name).unwrap_or_default(), wired.health.state());
            let [sent, failed, _] = wired.health.counts();
            ChannelStatus {
                name,
                kind: wired.channel.kind.word().to_owned(),
                waiting: counted.waiting,
                oldest_waiting_at: counted.oldest,
                dead: counted.dead,
                sent,
                failed,
                failing_since: health.failing_since,
                last_error: health.error,
                last_sent_at: health.sent_at,
            }
        });
        Ok(status.collect())
    }

    /// What was told and what waits to be told, newest first.
    pub(crate) async fn told(&self, wanted: Wanted) -> Result<Page<Delivery>, BackendError> {
        self.outbox(move |outbox| outbox.deliveries(&wanted)).await
    }

    /// Sends a test by a channel, once; answers with what came of it.
    pub(crate) async fn try_channel(&self, name: &str) -> Result<Delivery, BackendError> {
        let actor = self.person()?;
        let notifier = &self.state.notifier;
        let no_such =
            || BackendError::NotFound(format!("there is no channel {name}: see GET /api/v1/notifications/channels"));
        let tried = notifier.test(notifier.channel(name).ok_or_else(no_such)?, actor).await?;
        tried.ok_or_else(|| BackendError::Unavailable("what came of the test could not be read".to_owned()))
    }

    /// Lets a message that was given up wait again, for a day.
    pub(crate) async fn tell_again(&self, id: &str) -> Result<Delivery, BackendError> {
        let of = id.to_owned();
        let found = || {
            let id = of.clone();
            self.outbox(move |outbox| outbox.delivery(&id))
        };
        let no_such = || BackendError::NotFound(format!("there is no delivery {id}: it may have expired"));
        let delivery = found().await?.ok_or_else(no_such)?;
        let notifier = &self.state.notifier;
        if notifier.channel(&delivery.channel).is_none() {
            return Err(BackendError::Conflict(format!("the channel {} is no longer configured", delivery.channel)));
        }
        let (now, id) = (clock(), of.clone());
        let changed = self.outbox(move |outbox| outbox.send_again(&id, now, now + GIVE_UP_AFTER)).await?;
        if delivery.status != Status::Dead || !changed {
            return Err(BackendError::Conflict(format!("it is {}, not given up", delivery.status)));
        }
        notifier.wake(&delivery.channel);
        found().await?.ok_or_else(no_such)
    }

    async fn outbox<T: Send + 'static>(
        &self,
        question: impl FnOnce(&SqliteOutbox) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, BackendError> {
        self.person()?;
        Ok(self.state.notifier.ask(question).await?)
    }
}
