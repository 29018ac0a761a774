use std::sync::Arc;

use super::Call;
use crate::app::App;
use crate::project::Project;
use crate::tambo::problem::Problem;

/// The project of the call's API key. A missing and a wrong key look the same.
pub(crate) fn project(app: &App, call: &Call) -> Result<Arc<Project>, Problem> {
    call.header("x-api-key").and_then(|key| app.projects.by_key(key)).ok_or_else(Problem::forbidden)
}
