//! The report of a study as a web page.

use backoff_sim::Metric;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::results::{metrics, value};
use super::study_charts::{NamedChart, StudyCharts};
use crate::chart;
use crate::text;

const STYLE: &str = include_str!("page.css");

/// Writes the report of a study as one page that needs no other file.
pub(crate) fn page(charts: &StudyCharts<'_>) -> String {
    let title = charts.scenario.title();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(chart::STYLE)) }
            }
            body {
                h1 { (title) }
                @for paragraph in charts.scenario.about().split("\n\n") {
                    p { (paragraph) }
                }
                (figures(charts))
                (tables(charts))
                (meanings(&metrics(charts.scenario, charts.study)))
                (footer(charts))
            }
        }
    };
    text::printable(&page.into_string())
}

fn figures(charts: &StudyCharts<'_>) -> Markup {
    let scenario = charts.scenario;
    let (by_sweep, over_time): (Vec<_>, Vec<_>) =
        charts.all().into_iter().partition(NamedChart::is_by_sweep);
    html! {
        @if let Some(swept) = scenario.swept() {
            h2 { "By " (swept) }
            (figure_grid(&by_sweep))
        }
        h2 {
            "Over time"
            @if let Some(swept) = scenario.swept() {
                ", at " (swept) " = " (text::number(scenario.points()[charts.point]))
            }
        }
        (figure_grid(&over_time))
    }
}

fn figure_grid(charts: &[NamedChart]) -> Markup {
    html! {
        div.charts {
            @for NamedChart { chart, .. } in charts {
                figure { (PreEscaped(chart.inline())) }
            }
        }
    }
}

fn tables(charts: &StudyCharts<'_>) -> Markup {
    let points = charts.scenario.points().len();
    html! {
        (table(charts, &[charts.point]))
        @if points > 1 {
            details {
                summary { "All " (points) " points" }
                (table(charts, &(0..points).collect::<Vec<_>>()))
            }
        }
    }
}

/// Writes a table with a row for each policy at each of these points.
fn table(charts: &StudyCharts<'_>, points: &[usize]) -> Markup {
    let (scenario, study) = (charts.scenario, charts.study);
    let metrics = metrics(scenario, study);
    let swept = scenario.swept().unwrap_or_default();
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        th { "policy" }
                        th { (swept) }
                        @for metric in &metrics { th { (metric.name()) } }
                    }
                }
                tbody {
                    @for &point in points {
                        @for (policy, entry) in scenario.policies().iter().enumerate() {
                            tr {
                                td { (entry.name) }
                                td { @if !swept.is_empty() { (text::number(scenario.points()[point])) } }
                                @for metric in &metrics {
                                    td { (value(study.cell(point, policy).summary(*metric))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Explains the columns of the tables.
fn meanings(metrics: &[Metric]) -> Markup {
    html! {
        dl {
            @for metric in metrics {
                dt { (metric.name()) }
                dd { (metric.about()) }
            }
        }
    }
}

fn footer(charts: &StudyCharts<'_>) -> Markup {
    let (runs, seed) = (charts.scenario.runs(), charts.scenario.seed());
    html! {
        p.soft {
            (runs) @if runs == 1 { " run" } @else { " runs" }
            " of each policy at each point, seed " (seed)
            ". Means and standard errors; the charts over time add all runs up."
        }
    }
}
