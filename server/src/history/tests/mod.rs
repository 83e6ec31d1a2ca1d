//! History as a whole, on a real store, against a list of samples and the plain definition of each answer.

mod damage;
mod during;
mod earlier;
mod mends;
mod model;
mod names;
mod offset;
mod percentiles;
mod redis;
mod walk;
mod watched;
mod world;
