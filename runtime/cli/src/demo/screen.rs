//! What the demonstration prints: numbered scenes, tables, and at the end what each step cost.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

pub struct Screen {
    colour: bool,
    scenes: usize,
    costs: Vec<(String, String)>,
    problems: Vec<String>,
    began: Instant,
}

/// How a piece of text is meant.
#[derive(Clone, Copy)]
pub enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
}

impl Screen {
    pub fn new() -> Self {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Screen {
            colour,
            scenes: 0,
            costs: Vec::new(),
            problems: Vec::new(),
            began: Instant::now(),
        }
    }

    pub fn title(&mut self, text: &str) {
        println!("{}\n", self.paint(Tone::Strong, text));
    }

    /// Begins a scene.
    pub fn scene(&mut self, text: &str) {
        self.scenes += 1;
        let heading = format!("{}  {text}", self.scenes);
        println!("{}", self.paint(Tone::Strong, &heading));
    }

    pub fn line(&self, tone: Tone, text: &str) {
        for line in text.lines() {
            println!("   {}", self.paint(tone, line));
        }
    }

    pub fn space(&self) {
        println!();
    }

    /// Text as it arrives, without a line end.
    pub fn piece(&self, text: &str) {
        print!("{text}");
        let _ = io::stdout().flush();
    }

    /// Rows under a header, columns as wide as their widest cell; the last one is as it is.
    pub fn table(&self, header: &[&str], rows: &[(Tone, Vec<String>)]) {
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|(_, row)| row.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(header.get(column).map_or(0, |cell| cell.len()))
        };
        let lay_out = |cells: &[String]| {
            let cells = cells.iter().enumerate();
            let line: String = cells
                .map(|(column, cell)| format!("{cell:<width$}  ", width = width(column)))
                .collect();
            line.trim_end().to_owned()
        };
        let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
        self.line(Tone::Faint, &lay_out(&header));
        for (tone, row) in rows {
            self.line(*tone, &lay_out(row));
        }
    }

    /// Says that something is not as it should be, and remembers it for the end.
    pub fn problem(&mut self, text: String) {
        self.line(Tone::Bad, &text);
        self.problems.push(text);
    }

    /// What was not as it should be.
    pub fn problems(self) -> Vec<String> {
        self.problems
    }

    /// Notes what a step cost, for the end.
    pub fn cost(&mut self, step: &str, cost: String) {
        self.costs.push((step.into(), cost));
    }

    /// What each step cost.
    pub fn costs(&mut self) {
        self.scene("What it cost");
        let costs = std::mem::take(&mut self.costs);
        let rows: Vec<(Tone, Vec<String>)> = costs
            .into_iter()
            .map(|(step, cost)| (Tone::Plain, vec![step, cost]))
            .collect();
        self.table(&["step", "cost"], &rows);
        self.space();
    }

    pub fn farewell(&self) {
        let elapsed = self.began.elapsed();
        self.line(
            Tone::Faint,
            &format!("All of this ran in this process, in {}.", duration(elapsed)),
        );
        self.line(
            Tone::Plain,
            "Next: `tidegate chat echo/echo-1 \"Hello\"` answers without a key,",
        );
        self.line(
            Tone::Plain,
            "      `tidegate inspect bundled:openai` shows what a provider wants,",
        );
        self.line(
            Tone::Plain,
            "      and `wit/README.md` how to write one, in any language.",
        );
    }

    pub fn paint(&self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Strong => "1",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Plain => return text.into(),
        };
        match self.colour {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.into(),
        }
    }
}

/// A duration with three digits and the unit that suits it.
pub fn duration(duration: Duration) -> String {
    let nanoseconds = duration.as_secs_f64() * 1e9;
    let (value, unit) = match nanoseconds {
        value if value < 1e3 => (value, "ns"),
        value if value < 1e6 => (value / 1e3, "µs"),
        value if value < 1e9 => (value / 1e6, "ms"),
        value => (value / 1e9, "s"),
    };
    match value {
        value if value < 10.0 => format!("{value:.2} {unit}"),
        value if value < 100.0 => format!("{value:.1} {unit}"),
        value => format!("{value:.0} {unit}"),
    }
}

/// A size in the unit that suits it.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
