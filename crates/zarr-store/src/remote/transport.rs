//! The HTTP client under every service: time limits, redirects, `Retry-After`, and answers that are
//! not what was asked for. It knows HTTP, neither services nor keys; retries are made above it.

mod body;
mod client;
mod errors;
mod http;
mod reach;
mod reply;
mod validator;

pub(super) use self::{client::Connector, reach::Reach, validator::LastModified};
