//! Servers on loopback for tests of remote stores: good ones, and ones that misbehave as told.
