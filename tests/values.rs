//! Checked values: identifiers, numbers, times, topics.

mod values {
    mod identifiers;
    mod numbers;
    mod series;
    mod spent;
    mod times;
    mod topics;
}
