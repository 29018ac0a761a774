//! The local backend: the contracts of the chat backends on loopback, for demos, offline development and tests.
