//! Servers on loopback for tests of remote stores: good ones, and ones that misbehave as told. Each
//! runs on threads of its own until it is dropped, so that tests of any shape can use it.

#![allow(
    clippy::expect_used,
    reason = "a server that does not start ends the test, like `assert!`"
)]

pub mod faulty;
pub mod s3;
pub mod threads;
pub mod toxic;
