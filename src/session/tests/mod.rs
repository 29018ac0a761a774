//! Scenarios of the machine, in virtual time. The numbers in names are the cases of the list of fifty known bugs.

mod calls;
mod clocks;
mod endings;
mod failures;
mod generations;
mod keeping;
mod renewals;
mod rig;
mod rotation;
mod simulated;
mod strings;
mod tabs;
