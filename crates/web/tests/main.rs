//! What the pages look like, and what must hold of each.

mod fixture;
mod gate;
mod markup;
mod pages;
mod translations;
