//! Recorded exchanges of the real backends as fixtures.
