//! For people: a line for each area, then whatever is wrong, with what to do.

use std::time::Duration;

use tidegate_kit::check::{Costs, Score};

use super::Checked;
use crate::table::columns;

pub(super) fn of(checked: &Checked) -> String {
    let Checked {
        found,
        fixtures,
        report,
    } = checked;
    let info = found.component.info();
    let (passed, points) = report.points();
    let verdict = match report.failures() {
        0 => "nothing is wrong".into(),
        1 => "1 thing is wrong".into(),
        more => format!("{more} things are wrong"),
    };
    let folder = match fixtures {
        Some(folder) if report.cases == 1 => format!("1 fixture of `{}`", folder.display()),
        Some(folder) => format!("{} fixtures of `{}`", report.cases, folder.display()),
        None => "no fixtures".into(),
    };
    let mut text = format!(
        "{} {}  {}\n{verdict}: {passed} of {points} points; {folder}, {} runs\n\n",
        info.name, info.version, found.source, report.runs
    );
    let rows: Vec<[String; 3]> = report.areas.iter().map(row).collect();
    text.push_str(&columns(&rows, "  "));
    if let Some(costs) = &report.cost {
        text.push_str(&format!("\n{}\n", cost(costs)));
    }
    for score in &report.areas {
        for finding in &score.failures {
            let finding = finding.to_string().replace('\n', "\n  ");
            text.push_str(&format!("\n{}: {finding}\n", score.area));
        }
    }
    text
}

fn row(score: &Score) -> [String; 3] {
    let points = match (score.total, score.applies) {
        (0, false) => "does not apply".into(),
        (0, true) => "not shown".into(),
        (total, _) => format!("{}/{total}", score.passed),
    };
    let not_shown = score.not_shown.join(", ");
    let remark = match (score.total, not_shown.is_empty()) {
        (_, true) => String::new(),
        (0, false) => not_shown,
        (_, false) => format!("not shown: {not_shown}"),
    };
    [score.area.to_string(), points, remark]
}

fn cost(costs: &Costs) -> String {
    let chunk = costs
        .chunk
        .map(|chunk| format!(", {} a chunk", time(chunk)));
    format!(
        "a call takes {} of CPU and {} of memory{}; at most {} and {}",
        time(costs.call),
        size(costs.memory),
        chunk.unwrap_or_default(),
        time(costs.peak_cpu),
        size(costs.peak_memory)
    )
}

fn time(duration: Duration) -> String {
    match duration.as_micros() {
        0..1000 => format!("{} µs", duration.as_micros()),
        _ => format!("{:.1} ms", duration.as_secs_f64() * 1000.0),
    }
}

fn size(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
