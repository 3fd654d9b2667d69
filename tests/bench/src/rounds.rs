//! Contenders take turns; the median of what each of them needed is printed.

use anyhow::Result;

/// What a scenario found out about its contenders.
pub struct Figures<'a> {
    rows: Vec<(&'a str, Vec<f64>)>,
}

impl<'a> Figures<'a> {
    pub fn new() -> Self {
        Figures { rows: Vec::new() }
    }

    /// Has every contender measured so many times, in turn.
    pub async fn measure<C>(
        &mut self,
        rounds: usize,
        contenders: &'a [C],
        name: impl Fn(&'a C) -> &'a str,
        measure: impl AsyncFn(&C) -> Result<f64>,
    ) -> Result<()> {
        self.rows
            .extend(contenders.iter().map(|it| (name(it), Vec::new())));
        for _ in 0..rounds {
            for (contender, (_, figures)) in contenders.iter().zip(&mut self.rows) {
                figures.push(measure(contender).await?);
            }
        }
        Ok(())
    }

    /// Prints them, each beside the first.
    pub fn print(&self, title: &str, unit: &str) {
        println!("\n{title}");
        let first = self
            .rows
            .first()
            .map_or(0.0, |(_, figures)| median(figures));
        for (name, figures) in &self.rows {
            let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
            let most = figures.iter().copied().fold(0.0, f64::max);
            let median = median(figures);
            println!(
                "  {name:<34} {median:>9.2} {unit:<4} ({least:.2} to {most:.2}; {:.2} of the first)",
                median / first
            );
        }
    }
}

pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
