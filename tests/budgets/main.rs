//! Budgets: other projects' cases, a service that is down, and how a driver asks them.

mod a_dead_service;
mod other_projects_cases;
mod the_driver;
