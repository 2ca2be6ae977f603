//! Tasks of contributors.
fn main() {}
