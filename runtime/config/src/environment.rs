//! What surrounds the process, given from outside so that tests can say what it is.

use std::path::PathBuf;
use std::sync::Arc;

type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Environment variables, and the components and profiles that the binary carries.
#[derive(Clone)]
pub struct Environment {
    variable: Arc<Variable>,
    bundled: Vec<String>,
    /// Names and texts.
    profiles: Vec<(String, String)>,
    /// What a profile is of, where nothing else is said.
    profiled: Option<String>,
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
            profiles: Vec::new(),
            profiled: None,
        }
    }

    /// Names the components that `bundled:NAME` may mean.
    pub fn bundled<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.bundled = names.into_iter().map(Into::into).collect();
        self
    }

    /// Gives the profiles that `profile = "NAME"` may mean, names and texts, and names the bundled
    /// component that they are of.
    pub fn profiles<N: Into<String>, T: Into<String>>(
        mut self,
        component: impl Into<String>,
        profiles: impl IntoIterator<Item = (N, T)>,
    ) -> Self {
        let profiles = profiles.into_iter();
        self.profiles = profiles
            .map(|(name, text)| (name.into(), text.into()))
            .collect();
        self.profiled = Some(component.into());
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

    /// The names of the bundled profiles.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.profiles.iter().map(|(name, _)| name.as_str())
    }

    /// The text of a bundled profile.
    pub fn profile_text(&self, name: &str) -> Option<&str> {
        let (_, text) = self.profiles.iter().find(|(known, _)| known == name)?;
        Some(text)
    }

    /// The bundled component that profiles are of, where nothing else is said.
    pub fn profiled(&self) -> Option<&str> {
        self.profiled.as_deref()
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
