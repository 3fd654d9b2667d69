//! Profiles: what one service is, for a component that speaks to many. A profile says where the service
//! is and how it differs, in a small file of its own; it grants nothing and holds no key.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use tidegate_host::check_setting;
use tidegate_host::types::{ProviderInfo, SettingInfo, SettingKind};
use toml::de::DeTable;

use crate::environment::Environment;
use crate::file;
use crate::nearest;
use crate::prices::{self, Prices};
use crate::problem::{ConfigError, Problems};
use crate::secret::is_variable;
use crate::settings;
use crate::source::Source;
use crate::surroundings::Surroundings;
use crate::table::{Table, Value};

/// A profile is written by hand, and is a page at most.
const LONGEST: u64 = 1 << 16;

/// The setting by which components are told where a service is.
const BASE_URL: &str = "base-url";

/// What a service is. Nothing is wrong with it, as far as can be told without its component.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What it is called, by the bundle or by its file.
    pub name: String,
    /// Where its text is from: a file, or the bundle.
    pub from: String,
    /// What the service is, in one line.
    pub description: String,
    /// Who runs the service or makes the server.
    pub vendor: String,
    /// The page on its API.
    pub documentation: Option<String>,
    /// The key it takes; `None`: as the component says.
    pub credential: Option<ProfileCredential>,
    /// Values of the component's settings, the base URL first.
    pub settings: Vec<(String, String)>,
    /// What its models cost.
    pub prices: BTreeMap<String, Prices>,
    source: Source,
    places: Places,
}

/// The key that a service takes.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileCredential {
    /// The environment variable that usually holds it.
    pub environment: String,
    /// Whether nothing works without.
    pub required: bool,
    /// Where one is to be had.
    pub obtain: Option<String>,
}

/// Spans of a profile, for what only the component can tell to be wrong.
#[derive(Debug, Clone, Default)]
struct Places {
    settings: settings::Places,
    credential: Range<usize>,
}

/// Reads `providers.NAME.profile`: the name of a bundled profile, or the path of a file.
pub(crate) fn read(
    value: &Value,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Option<Profile> {
    let text = value.text(r#""./my-profile.toml""#, problems)?;
    let environment = surroundings.environment;
    let read = if !is_path(text) {
        Profile::bundled(text, environment).or_else(|| {
            let names = environment.profile_names();
            problems.add(
                &value.span,
                format!("no profile `{}` is bundled", text.escape_debug()),
                nearest::hint(text, "this program bundles", names),
            );
            None
        })?
    } else {
        let path = surroundings.path(text);
        match file::read(&path, LONGEST) {
            Ok(text) => Profile::parse(&name_of(&path), &path.display().to_string(), &text),
            Err(error) => {
                problems.add(
                    &value.span,
                    format!("`{}` cannot be read: {error}", path.display()),
                    "paths are relative to the folder of this file",
                );
                return None;
            }
        }
    };
    match read {
        Ok(profile) => Some(profile),
        Err(error) => {
            problems.add_elsewhere(error);
            None
        }
    }
}

/// Names of profiles have neither dots nor slashes.
fn is_path(text: &str) -> bool {
    text.contains(['/', '\\', '.'])
}

fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

impl Profile {
    /// One that the binary carries; `None` where it carries none of that name.
    pub fn bundled(name: &str, environment: &Environment) -> Option<Result<Profile, ConfigError>> {
        let text = environment.profile_text(name)?;
        Some(Profile::parse(
            name,
            &format!("{name}.toml (bundled)"),
            text,
        ))
    }

    /// Reads a text; `file` is for messages.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Profile, ConfigError> {
        let source = Source::new(file, text);
        let mut problems = Problems::default();
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let hint = "this is not TOML: <https://toml.io>";
            problems.add(&span, error.message().trim_end(), hint);
        }
        // What is left of a text that is no TOML gives problems that are none.
        problems.none(&source)?;
        let mut problems = Problems::default();
        let mut root = Table::root(document.get_ref());
        let mut places = Places::default();
        let description = required(&mut root, "description", "\"What it is\"", &mut problems);
        let vendor = required(&mut root, "vendor", "\"Who runs it\"", &mut problems);
        let documentation = root
            .take("documentation")
            .and_then(|it| url(&it, &mut problems));
        let credential = root.take("credential").and_then(|it| {
            places.credential = it.key.clone();
            credential(&it, &mut problems)
        });
        let settings = settings_of(&mut root, &mut places.settings, &mut problems);
        let prices = root
            .take("prices")
            .and_then(|it| it.table(prices::EXAMPLE_OF_MODELS, &mut problems))
            .map(|it| prices::read(it, &mut problems));
        root.finish(&mut problems);
        problems.none(&source)?;
        Ok(Profile {
            name: name.into(),
            from: file.into(),
            description: description.unwrap_or_default(),
            vendor: vendor.unwrap_or_default(),
            documentation,
            credential,
            settings,
            prices: prices.unwrap_or_default(),
            source,
            places,
        })
    }

    /// What a component says of itself with this profile.
    pub fn overlay(&self, info: &ProviderInfo) -> ProviderInfo {
        let mut info = info.clone();
        info.name.clone_from(&self.name);
        info.vendor.clone_from(&self.vendor);
        info.description.clone_from(&self.description);
        if self.documentation.is_some() {
            info.documentation.clone_from(&self.documentation);
        }
        if let (Some(key), Some(declared)) = (&self.credential, info.credentials.first_mut()) {
            declared.environment = Some(key.environment.clone());
            declared.required = key.required;
            if let Some(page) = &key.obtain {
                declared.description = format!("An API key from {page}");
            }
        }
        for (name, value) in &self.settings {
            let mut declared = info.settings.iter_mut();
            if let Some(declared) = declared.find(|declared| declared.name == *name) {
                declared.default = Some(value.clone());
            }
        }
        info
    }

    /// Adds what it says to what the operator says, who is always right.
    pub(crate) fn fill_in(
        &self,
        settings: &mut Vec<(String, String)>,
        prices: &mut BTreeMap<String, Prices>,
    ) {
        for (name, value) in &self.settings {
            if !settings.iter().any(|(set, _)| set == name) {
                settings.push((name.clone(), value.clone()));
            }
        }
        for (model, price) in &self.prices {
            prices.entry(model.clone()).or_insert(*price);
        }
    }

    /// Checks it against what its component says of itself.
    pub fn check(&self, info: &ProviderInfo) -> Result<(), ConfigError> {
        let mut problems = Problems::default();
        for (name, value) in &self.settings {
            let Some((key, span)) = self.places.settings.get(name) else {
                continue;
            };
            let mut declared = info.settings.iter();
            match declared.find(|declared| declared.name == *name) {
                None => problems.add(
                    key,
                    format!(
                        "profile `{}` has the setting `{}`, and its component `{}` has not",
                        self.name,
                        name.escape_debug(),
                        info.name
                    ),
                    nearest::hint(
                        name,
                        "the component's settings are",
                        info.settings.iter().map(|setting| setting.name.as_str()),
                    ),
                ),
                Some(declared) => {
                    if let Err(problem) = check_setting(declared, value) {
                        problems.add_error(span, format!("`{name}` {problem}"));
                    }
                }
            }
        }
        if self.credential.is_some() && info.credentials.is_empty() {
            problems.add(
                &self.places.credential,
                format!(
                    "profile `{}` has a credential, and its component `{}` takes none",
                    self.name, info.name
                ),
                "leave it out",
            );
        }
        problems.none(&self.source)
    }
}

/// A text that must be there and say something.
fn required(
    root: &mut Table,
    name: &'static str,
    example: &str,
    problems: &mut Problems,
) -> Option<String> {
    let Some(value) = root.take(name) else {
        let message = format!("the profile has no `{name}`");
        problems.add(&root.span, message, format!("add `{name} = {example}`"));
        return None;
    };
    let text = value.text(example, problems)?;
    if text.trim().is_empty() {
        let hint = format!("write it like `{name} = {example}`");
        problems.add(&value.span, format!("`{name}` is empty"), hint);
    }
    Some(text.into())
}

fn url(value: &Value, problems: &mut Problems) -> Option<String> {
    let text = value.text(r#""https://example.com/docs""#, problems)?;
    check_url(value, text, problems);
    Some(text.into())
}

fn check_url(value: &Value, text: &str, problems: &mut Problems) {
    let url = SettingInfo {
        name: value.name().into(),
        description: String::new(),
        kind: SettingKind::Url,
        default: None,
        required: false,
    };
    // A page may end with a slash; where an API is may not.
    let text = match value.name() {
        BASE_URL => text,
        _ => text.trim_end_matches('/'),
    };
    if let Err(problem) = check_setting(&url, text) {
        problems.add_error(&value.span, format!("`{}` {problem}", value.path));
    }
}

/// The base URL, which is a setting like the others, and the others.
fn settings_of(
    root: &mut Table,
    places: &mut settings::Places,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    const EXAMPLE: &str = "\"https://api.example.com/v1\"";
    let base_url = root.take(BASE_URL);
    let text = base_url.as_ref().and_then(|it| it.text(EXAMPLE, problems));
    match (&base_url, text) {
        (None, _) => problems.add(
            &root.span,
            format!("the profile has no `{BASE_URL}`"),
            format!("add where the service is: `{BASE_URL} = {EXAMPLE}`"),
        ),
        (Some(value), Some(text)) => check_url(value, text, problems),
        (Some(_), None) => {}
    }
    let settings = root
        .take("settings")
        .map(|it| settings::read(&it, places, problems))
        .unwrap_or_default();
    if let Some((key, _)) = places.get(BASE_URL) {
        problems.add(
            key,
            format!("`settings.{BASE_URL}` has a place of its own"),
            format!("write `{BASE_URL} = …` at the top of the profile"),
        );
    }
    let base_url = base_url.map(|it| places.insert(BASE_URL.into(), (it.key, it.span)));
    let base_url = base_url
        .zip(text)
        .map(|(_, text)| (BASE_URL.into(), text.into()));
    base_url.into_iter().chain(settings).collect()
}

fn credential(value: &Value, problems: &mut Problems) -> Option<ProfileCredential> {
    const EXAMPLE: &str = r#"{ environment = "EXAMPLE_API_KEY" }"#;
    if !value.is_table() {
        problems.hide(&value.span);
    }
    let mut table = value.table(EXAMPLE, problems)?;
    let variable = table.take("environment");
    let required = table
        .take("required")
        .and_then(|required| required.boolean(problems));
    let obtain = table.take("obtain").and_then(|it| url(&it, problems));
    table.finish(problems);
    let Some(variable) = variable else {
        problems.add(
            &value.key,
            "`credential` has no `environment`",
            format!("name the variable that usually holds it: `{EXAMPLE}`"),
        );
        return None;
    };
    let name = variable.text("\"EXAMPLE_API_KEY\"", problems)?;
    if !is_variable(name) {
        // A key in place of the name of its variable is a mistake that is made.
        problems.hide(&variable.span);
        problems.add(
            &variable.span,
            "`credential.environment` is not the name of an environment variable",
            format!("write it like `{EXAMPLE}`; a profile holds no key"),
        );
    }
    Some(ProfileCredential {
        environment: name.into(),
        required: required.unwrap_or(true),
        obtain,
    })
}
