//! The body of `annotation`.

use super::field::Field;
use super::limits;
use super::read::{self, Reader, Scalar};
use crate::event::{Annotation, EventBody};

pub(super) fn body(reader: &mut Reader<'_, '_>) -> Option<EventBody> {
    let title = reader.required(Field::Title, "annotation says in a few words what happened", title);
    let tags = reader.optional(Field::Tags, read::names).unwrap_or_default();
    Some(EventBody::Annotation(Annotation { at: None, title: title?, tags, by: None }))
}

fn title(scalar: Scalar<'_>) -> Result<String, String> {
    match read::cut(limits::TITLE)(scalar)? {
        title if title.trim().is_empty() => Err("is empty: say in a few words what happened".to_owned()),
        title => Ok(title),
    }
}
