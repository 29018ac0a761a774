//! The page in the guides.

use std::fs;
use std::path::Path;

use super::{Figures, plot};
use crate::report;

const HEAD: [&str; 7] = [
    "Client",
    "during the outage",
    "recovery",
    "first echo",
    "second echo",
    "99 % identified after",
    "left behind",
];

fn row(figure: &Figures) -> [String; 7] {
    let times = |rate: f64| format!("{rate:.1} ×");
    [
        figure.name.to_owned(),
        times(figure.outage),
        times(figure.recovery),
        times(figure.first_echo),
        times(figure.second_echo),
        figure.identified_s.map_or("never".to_owned(), |seconds| format!("{seconds} s")),
        report::number(figure.left),
    ]
}

/// The figures as a Markdown table, in columns as prettier wants them.
pub fn table(figures: &[Figures]) -> Vec<String> {
    let rows: Vec<_> = std::iter::once(HEAD.map(str::to_owned)).chain(figures.iter().map(row)).collect();
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule = widths.iter().enumerate().map(|(column, width)| {
        if column == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) }
    });
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.insert(1, format!("| {} |", rule.collect::<Vec<_>>().join(" | ")));
    lines
}

/// Writes the page and its picture.
pub fn write(folder: &Path, clients: u64, figures: &[Figures]) -> bool {
    let text = format!(
        "# After an outage\n\n\
         The token endpoint fails for five minutes. {} clients, all visible, with tokens of ten minutes and a call a minute \
         each, have to do without it and then want it all at once. How hard do they press, and how soon is everybody \
         identified again?\n\n\
         ![Requests over time](images/fleet.svg)\n\n\
         {}\n\n\
         Rates are the highest mean of five seconds over the steady rate before the outage. An echo comes when all who were \
         renewed together renew together again: the first within one lifetime after the recovery, the second within the \
         next. _Left behind_ are clients that are not identified twenty-five minutes after the recovery.\n\n\
         Threadpass is the session machine of this repository itself, run in virtual time. The others are models of what \
         their clients do:\n\n\
         - **Tambo React SDK** exchanges when the token ends, without a margin. A failure is followed by three attempts \
         after 1, 2 and 4 s, and then by the next interval, a lifetime later: its rate stays low because its clients stay \
         in `error`.\n\
         - **Assistant Cloud** asks its callback when a call finds less than 30 s left, and again with each call that \
         follows a failure. Its rate is that of the calls.\n\
         - **LangGraph** leaves tokens to the app. The model is supabase-js, which its template uses: a look every 30 s, a \
         margin of 90 s, attempts 0.2 s doubling within a look, and 60 s of rest after them.\n\n\
         What users do meanwhile (reload, switch windows) is left out for all alike. Run it yourself: `cargo xtask sim \
         --fleet` writes this page.\n",
        report::number(clients),
        table(figures).join("\n")
    );
    let picture = folder.join("images/fleet.svg");
    let done = fs::write(folder.join("fleet.md"), text).and_then(|()| fs::write(picture, plot::svg(figures)));
    if let Err(error) = &done {
        report::line(&format!("✗ the page could not be written: {error}"));
    }
    done.is_ok()
}
