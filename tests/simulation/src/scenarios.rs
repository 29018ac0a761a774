//! Situations that are worth a look of their own: wrong clocks, and a backend that answers 401 to everything.

mod clocks;
mod refusing;

/// All of them. True if everything stayed within bounds.
pub fn run() -> bool {
    let clocks = clocks::run();
    let refusing = refusing::run();
    clocks && refusing
}
