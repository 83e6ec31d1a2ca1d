//! The events of `POST /events` as a schema, for the description of the API. It is made from the tables by which they
//! are read, so that both say the same.

use super::field::Field;
use super::kind::{KINDS, Kind};
use crate::task::TaskEventKind;
use crate::{Heartbeat, Registration};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, Object, OneOfBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// Any event that can be reported.
pub struct ReportedEvent;

impl PartialSchema for ReportedEvent {
    fn schema() -> RefOr<Schema> {
        KINDS
            .iter()
            .fold(OneOfBuilder::new(), |events, (_, kind)| events.item(event(*kind)))
            .description(Some("An event; its `type` decides which fields it takes"))
            .into()
    }
}

impl ToSchema for ReportedEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [(Registration::name(), Registration::schema()), (Heartbeat::name(), Heartbeat::schema())]
        {
            schemas.push((name.into_owned(), schema));
        }
        Registration::schemas(schemas);
        Heartbeat::schemas(schemas);
    }
}

/// What an event cannot do without.
fn required(kind: Kind) -> &'static [Field] {
    use TaskEventKind::{Failed, Progress, Started, Submitted};
    match kind {
        Kind::Task(Submitted) => &[Field::At, Field::TaskId, Field::ContentType],
        Kind::Task(Started) => &[Field::At, Field::TaskId, Field::WorkerId],
        Kind::Task(Progress) => &[Field::At, Field::TaskId, Field::Progress],
        Kind::Task(Failed) => &[Field::At, Field::TaskId, Field::ErrorMessage],
        Kind::Task(_) => &[Field::At, Field::TaskId],
        Kind::QueueSampled => &[Field::At, Field::Queue, Field::Pending],
        Kind::WorkerRegistered => &[Field::At, Field::Registration],
        Kind::WorkerHeartbeat => &[Field::Heartbeat],
        Kind::WorkerDeregistered => &[Field::At, Field::WorkerId],
        Kind::Annotation => &[Field::At, Field::Title],
    }
}

fn event(kind: Kind) -> Object {
    let name = kind.name();
    let mut object = ObjectBuilder::new().title(Some(name));
    for field in Field::ALL.iter().filter(|field| kind.fields().has(**field)) {
        let value = match field {
            Field::Type => text().enum_values(Some([name])).into(),
            field => value(*field),
        };
        object = object.property(field.name(), value);
    }
    required(kind)
        .iter()
        .fold(object.required(Field::Type.name()), |object, field| object.required(field.name()))
        .build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn number(kind: Type, unit: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind).minimum(Some(0)).description(Some(unit))
}

/// What a field holds.
fn value(field: Field) -> RefOr<Schema> {
    match field {
        Field::At | Field::Eta | Field::Expires => {
            text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        }
        Field::Priority => ObjectBuilder::new().schema_type(Type::Integer),
        Field::Retries | Field::Pending | Field::Processing | Field::WorkerCount | Field::Delayed | Field::Reserved => {
            number(Type::Integer, "a count")
        }
        Field::InputFileSize | Field::OutputFileSize | Field::MemoryPeak => number(Type::Integer, "bytes"),
        Field::Runtime | Field::CpuTime | Field::GpuTime | Field::OldestAge => number(Type::Number, "seconds"),
        Field::Progress | Field::ConfidenceScore => number(Type::Number, "0 to 1").maximum(Some(1)),
        Field::TimedOut | Field::QualityDegraded | Field::Requeue => ObjectBuilder::new().schema_type(Type::Boolean),
        Field::Args | Field::Kwargs | Field::Result => text().description(Some("other JSON is kept as its text")),
        Field::EventId => text().description(Some("chosen by the sender: an event with a known one changes nothing")),
        Field::Tags => return ArrayBuilder::new().items(text()).into(),
        Field::Registration => return Ref::from_schema_name(Registration::name()).into(),
        Field::Heartbeat => return Ref::from_schema_name(Heartbeat::name()).into(),
        _ => text(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::parse_event;
    use crate::time::Timestamp;
    use serde_json::{Map, Value, json};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    /// A value of the kind that the schema tells.
    fn example(field: &str, schema: &Value) -> Value {
        match (field, schema["type"].as_str()) {
            ("registration", _) => json!({ "worker_id": "w" }),
            ("heartbeat", _) => json!({ "worker_id": "w", "status": "online", "timestamp": NOW }),
            (_, Some("integer" | "number")) => json!(1),
            (_, Some("boolean")) => json!(true),
            (_, Some("array")) => json!(["a"]),
            _ if schema["format"] == "date-time" => json!(NOW),
            _ => schema["enum"].get(0).cloned().unwrap_or_else(|| json!("text")),
        }
    }

    fn events() -> Vec<Value> {
        let schema = serde_json::to_value(ReportedEvent::schema()).expect("it is JSON");
        schema["oneOf"].as_array().expect("there are events").clone()
    }

    #[test]
    fn an_event_with_every_field_that_is_described_is_taken_whole() {
        for event in events() {
            let fields = event["properties"].as_object().expect("it has fields");
            let whole: Map<_, _> = fields.iter().map(|(name, schema)| (name.clone(), example(name, schema))).collect();
            let read = parse_event(&json!(whole).to_string(), NOW);
            assert!(read.as_ref().is_ok_and(|event| event.ignored.count == 0), "{}: {read:?}", event["title"]);
        }
    }

    #[test]
    fn what_is_required_is_what_an_event_needs() {
        for event in events() {
            let needed = event["required"].as_array().expect("something is needed");
            let names: Vec<&str> = needed.iter().filter_map(Value::as_str).collect();
            let with = |names: &[&str]| {
                let fields: Map<_, _> =
                    names.iter().map(|name| ((*name).to_owned(), example(name, &event["properties"][name]))).collect();
                parse_event(&json!(fields).to_string(), NOW).is_ok()
            };
            assert!(with(&names), "{}", event["title"]);
            for left_out in &names {
                let others: Vec<_> = names.iter().copied().filter(|name| name != left_out).collect();
                assert!(!with(&others), "{} without {left_out}", event["title"]);
            }
        }
    }
}
