//! Every type that crosses a wire, as JSON. Names here are promised to others: a golden file changes only by
//! addition.

mod records;

mod wire {
    mod events;
    mod golden;
    mod live;
    mod required;
    mod round_trip;
}
