//! What the API and the pages share: the registry of output paths, the router that can only be built from it, who
//! asks, and one map from failures to statuses.
//!
//! Owns everything between a connection and a handler. Refuses to know any face's format: a face gives a presenter
//! for failures and, where it needs one, an inspection of the request's head.
//!
//! A face declares its entries under [`registry`], writes handlers that take [`Viewer`], [`Path`], [`Query`] and
//! `State<Server>`, and adds them to [`Routes`]. Handlers extract, call the node through [`Server::blocking`] or
//! [`Server::writing`], map and return.

pub mod connections;
pub mod failure;
mod metrics;
pub mod payload;
pub mod places;
pub mod rates;
pub mod registry;
pub mod routes;
pub mod server;
mod shares;
pub mod viewer;

pub use connections::{serve, serve_peers};
pub use failure::{Failure, Place};
pub use payload::{Json, Path, Payload, Query};
pub use places::Patience;
pub use rates::{Rate, Rates};
pub use registry::OutputPath;
pub use routes::{BuildError, RequestId, Routes};
pub use server::{Caps, Permit, Server, asked};
pub use shares::StreamPlace;
pub use viewer::{Presented, Viewer, session_cookie};
