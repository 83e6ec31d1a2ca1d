//! Whatever a type takes in goes out and comes in again unchanged, to the bit. Values are the golden ones with
//! some leaves exchanged for arbitrary texts, numbers, times and nulls.

use crate::records;
use forewatch::event::Event;
use forewatch::gpu::GpuMetrics;
use forewatch::heartbeat::Heartbeat;
use forewatch::live::{ClientMessage, Delta, ServerMessage};
use forewatch::problem::Problem;
use forewatch::registration::RegisterRequest;
use forewatch::series::QueryAnswer;
use forewatch::source::SourceStatus;
use forewatch::time::from_unix_seconds;
use forewatch::worker::{FleetGpu, WorkerMetrics, WorkerSummary};
use forewatch::{Alert, QueueStats, SystemMetrics, TaskGroup, TaskMetrics};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

/// What takes the place of a leaf.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any::<f64>().prop_map(Value::from),
        4 => (0.0..=1.0_f64).prop_map(Value::from),
        4 => any::<u64>().prop_map(Value::from),
        2 => any::<u8>().prop_map(Value::from),
        4 => any::<String>().prop_map(Value::from),
        2 => "\\PC{1,40}".prop_map(Value::from),
        4 => (-6.0e10..2.5e11_f64).prop_map(|at| serde_json::to_value(from_unix_seconds(at)).unwrap_or_default()),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn changes() -> impl Strategy<Value = Vec<(Index, Value)>> {
    prop::collection::vec((any::<Index>(), leaf()), 0..4)
}

fn leaves<'a>(value: &'a mut Value, into: &mut Vec<&'a mut Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leaves(item, into)),
        Value::Object(fields) => fields.values_mut().for_each(|field| leaves(field, into)),
        leaf => into.push(leaf),
    }
}

/// Reads the changed golden value; when it is taken, it must survive the wire. Says whether it was.
fn survives<T: Serialize + DeserializeOwned + Debug>(mut value: Value, changes: &[(Index, Value)]) -> bool {
    for (index, change) in changes {
        let mut places = Vec::new();
        leaves(&mut value, &mut places);
        *places.swap_remove(index.index(places.len())) = change.clone();
    }
    let Ok(first) = serde_json::from_value::<T>(value) else { return false };
    let sent = serde_json::to_string(&first).expect("JSON");
    let second: T = serde_json::from_str(&sent).unwrap_or_else(|error| panic!("{sent}: {error}"));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    assert_eq!(serde_json::to_string(&second).expect("JSON"), sent);
    true
}

macro_rules! survive {
    ($($name:ident: $type:ty = $golden:literal),+ $(,)?) => {
        proptest! {
            $(#[test]
            fn $name(changes in changes()) {
                let taken = survives::<$type>(records::read($golden), &changes);
                prop_assert!(taken || !changes.is_empty(), "the golden value itself is refused");
            })+
        }
    };
}

survive! {
    a_registration: RegisterRequest = "register_request",
    a_heartbeat_in_percent: Heartbeat = "heartbeat_percent",
    a_heartbeat_in_native_units: Heartbeat = "heartbeat_native",
    a_gpu: GpuMetrics = "gpu_metrics",
    a_worker: WorkerMetrics = "worker_metrics",
    a_row_of_workers: WorkerSummary = "worker_summary",
    a_gpu_of_the_fleet: FleetGpu = "fleet_gpu",
    a_task: TaskMetrics = "task_metrics",
    a_group: TaskGroup = "task_group",
    a_queue: QueueStats = "queue_stats",
    an_alert: Alert = "alert",
    the_system: SystemMetrics = "system_metrics",
    a_source: SourceStatus = "source_status",
    a_problem: Problem = "problem",
    an_answer_to_a_query: QueryAnswer = "query_answer",
    a_browsers_message: ClientMessage = "client_message",
    a_snapshot: ServerMessage = "live_snapshot",
    a_delta: ServerMessage = "live_delta",
}

proptest! {
    #[test]
    fn an_event_of_any_kind(changes in changes(), kind in any::<Index>()) {
        let events: Vec<Value> = records::read::<serde_json::Map<String, Value>>("events").into_iter().map(|(_, e)| e).collect();
        let taken = survives::<Event>(kind.get(&events).clone(), &changes);
        prop_assert!(taken || !changes.is_empty());
    }

    #[test]
    fn a_list_of_changes(removed in prop::collection::vec(any::<String>(), 0..4)) {
        let delta = Delta { upsert: vec![records::queue()], remove: removed };
        let sent = serde_json::to_string(&delta).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Delta<QueueStats>>(&sent).expect("a delta"), delta);
    }
}
