//! What crosses a domain boundary: packages, and the guard that they must pass.

mod formats;
mod mutations;
mod objects;
mod scene;
mod sequence;
