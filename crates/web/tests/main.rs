//! What the pages look like, and what must hold of each.

mod demo;
mod fixture;
mod forms;
mod gate;
mod markup;
mod pages;
mod tearlines;
mod translations;
