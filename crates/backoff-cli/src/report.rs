//! The report of a study: tables as text, charts, a web page.

mod comparison;
mod page;
mod results;
mod study_charts;

pub(crate) use comparison::comparison;
pub(crate) use page::page;
pub(crate) use results::results;
pub(crate) use study_charts::StudyCharts;
