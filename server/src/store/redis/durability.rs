//! What Redis is set up to do with what is acknowledged, said once at the start.

use super::link::Link;
use redis::{RedisResult, from_redis_value};
use std::collections::HashMap;

/// Warns where Redis may lose what it has taken.
pub(super) fn check(link: &mut Link) {
    match setting(link, "appendonly") {
        Ok(values) if values.iter().any(|value| value != "yes") => tracing::warn!(
            "Redis keeps the store in memory only (appendonly is not \"yes\"): when it ends, what was acknowledged is lost"
        ),
        Ok(_) => match setting(link, "appendfsync") {
            Ok(values) if values.iter().any(|value| value == "no") => tracing::warn!(
                "Redis leaves it to its machine when to write to disk (appendfsync is \"no\"): a crash of that machine \
                 can lose half a minute of what was acknowledged"
            ),
            Ok(values) if values.iter().any(|value| value == "everysec") => tracing::info!(
                "Redis writes to disk once a second (appendfsync is \"everysec\"): a crash of its machine can lose the \
                 last second of what was acknowledged"
            ),
            _ => {}
        },
        Err(error) => tracing::warn!(
            %error,
            "it could not be found out whether Redis keeps the store on disk: it must have appendonly \"yes\""
        ),
    }
    if let Ok(values) = setting(link, "maxmemory-policy")
        && let Some(policy) = values.iter().find(|value| value.starts_with("allkeys") || value.starts_with("volatile"))
    {
        tracing::warn!(
            policy,
            "Redis deletes keys when its memory is full: give the store one with maxmemory-policy \"noeviction\""
        );
    }
}

/// A setting of every node that takes writes.
fn setting(link: &mut Link, name: &str) -> RedisResult<Vec<String>> {
    let answers = link.ask_masters(redis::cmd("CONFIG").arg("GET").arg(name))?;
    let mut values = Vec::new();
    for answer in answers {
        let mut answer: HashMap<String, String> = from_redis_value(answer)?;
        values.extend(answer.remove(name));
    }
    Ok(values)
}
