//! Threadpass: who the user is, and every chat call as that user.
