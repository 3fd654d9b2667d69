//! Requests to either API: their addresses, and which credential they carry.
//!
//! | model | Gemini API, below `base-url` | Vertex AI, below `base-url/projects/{project}/locations/{location}` |
//! |---|---|---|
//! | `gemini-3-flash`, `models/gemini-3-flash` | `models/gemini-3-flash` | `publishers/google/models/gemini-3-flash` |
//! | `publishers/google/models/gemini-3-flash` | | as it is |
//! | `endpoints/123`, a tuned model | | as it is |
//! | `projects/p/locations/l/…` | | as it is, below `base-url`, if `p` is the project of the settings |

use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::info::{DEFAULT_BASE_URL, DEFAULT_LOCATION, credential, setting};

/// Where requests go.
pub struct Upstream {
    base_url: String,
    vertex: Option<Vertex>,
}

struct Vertex {
    project: String,
    location: String,
}

impl Upstream {
    /// As the operator has set it.
    pub fn new(io: &Io) -> Result<Self> {
        let base_url = io.setting(setting::BASE_URL).unwrap_or(DEFAULT_BASE_URL);
        let base_url = base_url.trim_end_matches('/');
        let project = io.setting(setting::PROJECT);
        let vertex = project
            .filter(|project| !project.is_empty())
            .map(|project| Vertex {
                project: project.into(),
                location: io
                    .setting(setting::LOCATION)
                    .unwrap_or(DEFAULT_LOCATION)
                    .into(),
            });
        if vertex.is_some() && base_url == DEFAULT_BASE_URL {
            return Err(Error::new(
                ErrorKind::Internal,
                "`project` is set for Vertex AI, and `base-url` leads to the Gemini API\n\
                 hint: set `base-url` to `https://aiplatform.googleapis.com/v1beta1`, or to that of your `location`",
            ));
        }
        Ok(Upstream {
            base_url: base_url.into(),
            vertex,
        })
    }

    /// Whether this is Vertex AI, which takes some fields that the Gemini API refuses.
    pub fn is_vertex(&self) -> bool {
        self.vertex.is_some()
    }

    /// The resource by which the Gemini API calls a model.
    pub fn resource(model: &str) -> String {
        format!("models/{}", bare(model))
    }

    /// The URI of a file that was uploaded to the Gemini API; ids of other forms are URIs already.
    pub fn file(&self, id: &str) -> String {
        match id.contains("://") {
            true => id.into(),
            false => format!(
                "{}/files/{}",
                self.base_url,
                id.trim_start_matches("files/")
            ),
        }
    }

    /// The URL of a method of a model.
    pub fn method(&self, model: &str, method: &str) -> Result<String> {
        let base_url = &self.base_url;
        let path = match &self.vertex {
            None => own_name(model).map(|name| format!("models/{name}")),
            Some(vertex) => vertex.path(model)?,
        };
        let path = path.ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidRequest,
                format!("`{model}` is not the name of a model"),
            )
        })?;
        Ok(format!("{base_url}/{path}:{method}"))
    }

    /// One page of the list of models.
    pub fn models(&self, size: u32, page: Option<&str>) -> HttpRequest {
        let path = match &self.vertex {
            Some(_) => "publishers/google/models",
            None => "models",
        };
        let mut url = format!("{}/{path}?pageSize={size}", self.base_url);
        if let Some(page) = page {
            url.push_str(&format!("&pageToken={}", segment(page)));
        }
        let mut request = self.authenticated(json::get(&url));
        if let Some(Vertex { project, .. }) = &self.vertex {
            // The list belongs to no project, and quota has to be somebody's.
            request.headers.push(Header {
                name: "x-goog-user-project".into(),
                value: project.clone(),
            });
        }
        request
    }

    /// Says which credential the request carries.
    pub fn authenticated(&self, request: HttpRequest) -> HttpRequest {
        // The Gemini API takes whichever there is, and relays of it none.
        let name = self
            .vertex
            .as_ref()
            .map(|_| credential::ACCESS_TOKEN.into());
        HttpRequest {
            credential: name,
            ..request
        }
    }
}

impl Vertex {
    /// The path of a model; `None` for what is no name.
    fn path(&self, model: &str) -> Result<Option<String>> {
        let Vertex { project, location } = self;
        let home = format!(
            "projects/{}/locations/{}",
            segment(project),
            segment(location)
        );
        let path = match model.split_once('/') {
            Some(("projects", rest)) if rest.split('/').next() == Some(project) => segments(model),
            // The token may well open others, but not on a caller's word.
            Some(("projects", _)) => {
                return Err(Error::new(
                    ErrorKind::InvalidRequest,
                    format!("the model `{model}` is not in the project `{project}`"),
                ));
            }
            Some(("publishers" | "endpoints", _)) => {
                segments(model).map(|path| format!("{home}/{path}"))
            }
            _ => own_name(model).map(|name| format!("{home}/publishers/google/models/{name}")),
        };
        Ok(path)
    }
}

/// Whether this can be a segment of a path. What the host refuses even where it is encoded is no
/// name; whatever else stands in it is encoded.
fn is_name(segment: &str) -> bool {
    let is_odd = |letter: char| letter.is_control() || matches!(letter, '\\' | '%');
    !matches!(segment, "" | "." | "..") && !segment.contains(is_odd)
}

/// A model's own name.
fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

/// The same as a segment of a path; `None` for what can be none.
fn own_name(model: &str) -> Option<String> {
    segments(bare(model)).filter(|name| !name.contains('/'))
}

fn segments(path: &str) -> Option<String> {
    let encode = |name| is_name(name).then(|| segment(name));
    let segments: Option<Vec<String>> = path.split('/').map(encode).collect();
    Some(segments?.join("/"))
}

/// Percent-encodes everything but unreserved characters (RFC 3986, section 2.3) and the `@` of
/// versions.
fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                encoded.push(byte.into());
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
