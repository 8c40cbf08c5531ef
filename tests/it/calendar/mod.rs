//! The calendar: how events move, and who reads what of it when.
mod cast;
mod life;
mod reach;
mod times;
