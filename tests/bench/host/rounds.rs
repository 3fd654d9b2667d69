//! Runs contenders in turn and prints the medians.

use std::time::Duration;

use crate::clock::cpu;

/// Rounds per contender. Odd, so that the median is a round that was run.
const ROUNDS: usize = 15;

pub struct Round<'a> {
    pub name: &'a str,
    calls: u32,
    call: Box<dyn FnMut() + 'a>,
    /// Microseconds per call, one entry a round.
    figures: Vec<f64>,
}

impl<'a> Round<'a> {
    pub fn new(name: &'a str, calls: u32, call: impl FnMut() + 'a) -> Self {
        Round {
            name,
            calls,
            call: Box::new(call),
            figures: Vec::new(),
        }
    }

    fn run(&mut self) -> f64 {
        let before = cpu();
        for _ in 0..self.calls {
            (self.call)();
        }
        (cpu() - before).as_secs_f64() * 1e6 / f64::from(self.calls)
    }

    /// Makes one call, and measures nothing.
    pub fn run_once(&mut self) {
        (self.call)();
    }

    /// Runs until this much CPU time is used, and prints nothing.
    pub fn run_for(&mut self, time: Duration) {
        let before = cpu();
        while cpu() - before < time {
            (self.call)();
        }
    }

    fn median(&self) -> f64 {
        let mut figures = self.figures.clone();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    }
}

/// Prints each contender's median, and by how much it differs from the first.
pub fn compare(title: &str, contenders: &mut [Round]) {
    for contender in contenders.iter_mut() {
        contender.run();
    }
    for _ in 0..ROUNDS {
        for contender in contenders.iter_mut() {
            let figure = contender.run();
            contender.figures.push(figure);
        }
    }
    println!("\n{title}");
    let first = contenders[0].median();
    for contender in contenders.iter() {
        let median = contender.median();
        let mut sorted = contender.figures.clone();
        sorted.sort_by(f64::total_cmp);
        println!(
            "  {:<36} {median:>10.2} µs   ({:.2} to {:.2}; {:+.2} to the first)",
            contender.name,
            sorted[0],
            sorted[sorted.len() - 1],
            median - first,
        );
    }
}
