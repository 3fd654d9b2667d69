//! The admin API: what operators see, and what they do, while a gateway serves.

mod providers;

mod swaps;

mod load;

mod standing;

mod calls;

mod audit;

mod process;

mod support;
