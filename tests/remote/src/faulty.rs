//! A web server that misbehaves as told.
