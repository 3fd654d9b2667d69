//! What surrounds the process, given from outside so that tests can say what it is.

use std::path::PathBuf;
use std::sync::Arc;

type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Environment variables and the providers that the binary carries.
#[derive(Clone)]
pub struct Environment {
    variable: Arc<Variable>,
    bundled: Vec<String>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        // A variable that is not valid Unicode can be neither a key nor a path that is printed.
        Environment::new(|name| std::env::var(name).ok())
    }

    /// Variables by a function.
    pub fn new(variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Environment {
            variable: Arc::new(variable),
            bundled: Vec::new(),
        }
    }

    /// Names the components that `bundled:NAME` may mean.
    pub fn bundled<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.bundled = names.into_iter().map(Into::into).collect();
        self
    }

    /// The value of a variable. An empty one counts as not set, as most shells' scripts mean it.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The names of the bundled components.
    pub fn bundled_names(&self) -> impl Iterator<Item = &str> {
        self.bundled.iter().map(String::as_str)
    }

    /// A folder of the user's by the XDG rules: `XDG_…` where it is absolute, else below the home.
    pub fn user_folder(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        let absolute = |name: &str| {
            let path = PathBuf::from(self.variable(name)?);
            path.is_absolute().then_some(path)
        };
        absolute(variable).or_else(|| Some(absolute("HOME")?.join(below_home)))
    }
}
