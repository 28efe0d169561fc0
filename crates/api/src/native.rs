//! The native API.

use kizuna_http::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
}
