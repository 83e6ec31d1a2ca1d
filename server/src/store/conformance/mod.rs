//! What every store must do: generated operations beside a model, the same on SQLite, on a Redis and on a Redis Cluster.

mod history;
mod log;
pub(crate) mod places;

/// Runs a suite's cases on every kind of store.
macro_rules! on_every_store {
    ($suite:path, $name:ident) => {
        mod $name {
            use crate::store::conformance::places::{Cluster, Kind, Redis};

            #[test]
            fn on_sqlite() {
                $suite(&Kind::Sqlite);
            }

            #[test]
            fn on_redis() {
                let redis = Redis::start(&[]);
                $suite(&Kind::Redis(redis.url(0)));
            }

            #[test]
            fn on_a_redis_cluster() {
                let cluster = Cluster::start();
                $suite(&Kind::Redis(cluster.url()));
            }
        }
    };
}
use on_every_store;
