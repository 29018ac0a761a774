//! The curves as a picture.

use std::fmt::Write as _;

use super::{END, Figures, MINUTE, OUTAGE, RECOVERY, SECOND};

const WIDTH: f64 = 780.0;
const RIGHT: f64 = 30.0;
const PANEL: f64 = 150.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 26.0;
const GAP: f64 = 46.0;
/// What is shown before the outage.
const BEFORE: i64 = 10 * MINUTE;

/// One panel for each policy, all to the same scale of time and each to its own of height.
pub fn svg(figures: &[Figures]) -> String {
    let height = TOP + figures.len() as f64 * (PANEL + GAP);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <title>Requests to the token endpoint around an outage of five minutes</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (index, figure) in figures.iter().enumerate() {
        panel(&mut out, figure, TOP + index as f64 * (PANEL + GAP));
    }
    out.push_str("</svg>\n");
    out
}

fn x(t: i64) -> f64 {
    let from = OUTAGE - BEFORE;
    LEFT + (t - from) as f64 / (END - from) as f64 * (WIDTH - LEFT - RIGHT)
}

fn panel(out: &mut String, figure: &Figures, top: f64) {
    // Means of five seconds, as in the table.
    let first = ((OUTAGE - BEFORE) / SECOND) as usize;
    let means: Vec<f64> = figure.curve[first..]
        .chunks_exact(5)
        .map(|five| five.iter().sum::<f64>() / five.len() as f64)
        .collect();
    let most = means.iter().fold(4.0_f64, |most, mean| most.max(*mean)).ceil();
    let y = |rate: f64| top + PANEL - rate / most * PANEL;
    let _ = write!(
        out,
        "<rect x=\"{:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{PANEL}\" fill=\"#f3d9d9\"/>\n\
         <text x=\"{LEFT}\" y=\"{:.1}\" font-weight=\"600\">{}</text>\n",
        x(OUTAGE),
        x(RECOVERY) - x(OUTAGE),
        top - 8.0,
        figure.name
    );
    // Where one is too near to nothing to be told from it, nothing is left out.
    let least = if most > 12.0 { 1.0 } else { 0.0 };
    for rate in [least, 1.0, most] {
        let _ = write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"#bbb\" stroke-width=\"0.6\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#444\">{rate} ×</text>\n",
            WIDTH - RIGHT,
            y(rate),
            y(rate),
            LEFT - 6.0,
            y(rate) + 4.0
        );
    }
    for minute in (-10..=30).step_by(5) {
        let t = OUTAGE + minute * MINUTE;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444\">{minute} min</text>",
            x(t),
            top + PANEL + 15.0
        );
    }
    out.push_str("<polyline fill=\"none\" stroke=\"#1d4ed8\" stroke-width=\"1.3\" points=\"");
    for (index, mean) in means.iter().enumerate() {
        let t = OUTAGE - BEFORE + index as i64 * 5 * SECOND;
        let _ = write!(out, "{:.1},{:.1} ", x(t), y(*mean));
    }
    out.push_str("\"/>\n");
}
