//! The faces for programs: TAXII 2.1 under `/taxii2/`, the native API under `/api/v1/`, and the node's own state.
//!
//! Owns the mapping between messages and use cases. Refuses to decide who may read what (a view does) and how
//! failures map to statuses (`kizuna_http` does). Handlers extract, call the node, map and return.
//!
//! Start at [`routes`].

mod federation;
mod log;
pub mod native;
mod node;
pub mod taxii;
pub mod taxii_check;

/// What binds routes to a node, for whoever runs the server.
pub use kizuna_http as http;

use kizuna_http::Routes;

/// Every route for programs.
pub fn routes() -> Routes {
    node::routes()
        .merge(federation::routes())
        .merge(log::routes())
        .merge(taxii::routes())
        .merge(native::routes())
}
