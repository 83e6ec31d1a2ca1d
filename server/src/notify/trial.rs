//! Trying a channel out: one message that is about no alert, tried once.

use super::Delivery;
use super::delivery::New;
use super::message::{Message, Notice, What};
use super::{Notifier, Wired, shown};
use crate::collector::{clock, raised};
use crate::store::StoreError;
use forewatch::alert::{AlertComponent, ManualAlert};
use forewatch::event::Actor;
use forewatch::{AlertId, AlertSeverity};
use std::time::Duration;

/// Time between two looks at whether it was tried.
const STEP: Duration = Duration::from_millis(50);
/// Besides the channel's own time, for messages before it.
const PATIENCE: Duration = Duration::from_secs(5);

impl Notifier {
    /// Sends a test, and answers with what is known of it once it was tried, or after a while.
    pub(crate) async fn test(&self, wired: &Wired, actor: &Actor) -> Result<Option<Delivery>, StoreError> {
        let message = message(wired.channel.name(), actor);
        let (id, title) = (message.group.clone(), shown::headline(&message, &wired.channel));
        let channel = wired.channel.name().to_owned();
        let new = New { channel: channel.clone(), give_up_at: message.at, message, title };
        let id = self.ask(move |outbox| outbox.keep(&[], &[new]).map(|()| id)).await?;
        self.wake(&channel);
        let deadline = tokio::time::Instant::now() + wired.channel.timeout + PATIENCE;
        loop {
            let group = id.clone();
            let delivery = self.ask(move |outbox| outbox.of_group(&group)).await?;
            let is_tried = delivery.as_ref().is_some_and(|delivery| !delivery.attempts.is_empty());
            if is_tried || tokio::time::Instant::now() >= deadline {
                return Ok(delivery);
            }
            tokio::time::sleep(STEP).await;
        }
    }
}

fn message(channel: &str, actor: &Actor) -> Message {
    let (at, id) = (clock(), ulid::Ulid::new().to_string());
    let alert = ManualAlert {
        title: format!("{} tries the channel {channel} out", actor.name),
        description: "Nothing is wrong. An alert would look like this.".to_owned(),
        severity: AlertSeverity::Info,
        component: AlertComponent::System,
        component_id: "forewatch".to_owned(),
        tags: Vec::new(),
    };
    let id_of_alert = AlertId::new(&id).expect("a ULID is 26 letters and digits");
    let notices = vec![Notice { what: What::Test, alert: raised(&id_of_alert, &alert, at) }];
    // A group of its own waits for no other.
    Message { group: format!("test {id}"), at, notices, more: 0, files: Vec::new() }
}
