//! History as a whole, on a real store, against a list of samples and the plain definition of each answer.

mod damage;
mod model;
mod walk;
mod world;
