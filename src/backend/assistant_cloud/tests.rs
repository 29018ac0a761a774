//! What goes out, and what is made of what comes back.
