//! One line of `allow`: which methods, which origin, which paths.
//!
//! | form | allows |
//! |---|---|
//! | `https://api.example.com/*` | every method and path on that scheme, host and default port |
//! | `POST https://api.example.com/v1/*` | that method, and paths under `/v1/`: not `/v1`, not `/v10/x` |
//! | `GET,HEAD https://api.example.com/*` | those methods |
//! | `https://api.example.com/v1/models` | exactly that path; a query is never compared |
//! | `https://api.example.com:8443/*` | that port only |
//! | `https://*.example.com/*` | one label in place of `*`: `a.example.com`, not `example.com`, not `a.b.example.com` |
//! | `http://127.0.0.1:11434/*`, `http://localhost:8080/*` | that address; naming it is the consent to dial it |
//! | empty, `*`, `https://*/*`, `https://*.com/*`, `api.example.com`, `https://api.example.com`, `https://a/*/b` | an error that says what to write |
//!
//! ```
//! use tidegate_grants::{Pattern, Target};
//!
//! let pattern: Pattern = "POST https://api.example.com/v1/*".parse()?;
//! assert!(pattern.allows(&Target::parse("POST", "https://api.example.com/v1/chat?stream=1")?));
//! assert!(!pattern.allows(&Target::parse("POST", "https://api.example.com/v10/chat")?));
//! assert_eq!(pattern.to_string(), "POST https://api.example.com/v1/*");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod origin;

mod path;

mod error;

mod mismatch;

use std::fmt;
use std::str::FromStr;

use crate::method::Method;
use crate::origin::split;
use crate::target::{MAX_URL_LENGTH, Target};

pub use error::{PatternError, PatternProblem};
pub use mismatch::Mismatch;
pub(crate) use origin::HostPattern;
pub use origin::OriginPattern;
use path::PathPattern;

/// A checked line of `allow`. Prints as it is written, in one spelling: lower-case host, no default port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    methods: Methods,
    origin: OriginPattern,
    path: PathPattern,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Methods {
    Any,
    /// In the order written, each once.
    These(Vec<Method>),
}

impl Pattern {
    /// Whether a request to `target` is allowed.
    pub fn allows(&self, target: &Target) -> bool {
        self.mismatch(target).is_none()
    }

    /// What keeps `target` from being allowed, if anything does.
    pub fn mismatch(&self, target: &Target) -> Option<Mismatch> {
        self.origin.mismatch(target.origin()).or_else(|| {
            if !self.path.allows(target.path()) {
                Some(Mismatch::Path)
            } else if !self.methods.allow(target.method()) {
                Some(Mismatch::Method)
            } else {
                None
            }
        })
    }

    /// Whether everything that this pattern allows is allowed by one of `patterns`.
    ///
    /// Methods may be spread over several patterns. Hosts and paths may not, and need not: a `*` stands for
    /// infinitely many, so finitely many narrower patterns never add up to it.
    pub(crate) fn covered_by<'a, I>(&self, patterns: I) -> bool
    where
        I: Iterator<Item = &'a Pattern> + Clone,
    {
        let mut reaching =
            patterns.filter(|it| it.origin.covers(&self.origin) && it.path.covers(&self.path));
        match &self.methods {
            Methods::Any => reaching.any(|it| it.methods == Methods::Any),
            Methods::These(methods) => methods
                .iter()
                .all(|method| reaching.clone().any(|it| it.methods.allow(method))),
        }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &OriginPattern {
        &self.origin
    }

    /// The line that allows `method` on what this pattern reaches.
    pub(crate) fn with_method(&self, method: &Method) -> Pattern {
        Pattern {
            methods: Methods::These(vec![method.clone()]),
            ..self.clone()
        }
    }

    /// The narrowest line that allows `target`'s path, with this pattern's methods where they include the wanted one.
    pub(crate) fn with_path(&self, target: &Target) -> Pattern {
        let methods = match &self.methods {
            Methods::These(methods) if !methods.contains(target.method()) => {
                Methods::These(vec![target.method().clone()])
            }
            methods => methods.clone(),
        };
        Pattern {
            methods,
            origin: OriginPattern::exactly(target.origin()),
            path: PathPattern::narrowest(target.path()),
        }
    }

    /// The line that allows everything on `target`'s origin.
    pub(crate) fn whole_origin(target: &Target) -> Pattern {
        Pattern {
            methods: Methods::Any,
            origin: OriginPattern::exactly(target.origin()),
            path: PathPattern::all(),
        }
    }
}

impl Methods {
    fn allow(&self, method: &Method) -> bool {
        match self {
            Methods::Any => true,
            Methods::These(methods) => methods.contains(method),
        }
    }

    fn parse(text: &str) -> Result<Methods, PatternProblem> {
        let mut methods = Vec::new();
        for text in text.split(',') {
            let method = Method::parse(text)?;
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        Ok(Methods::These(methods))
    }
}

fn parse(line: &str) -> Result<Pattern, PatternProblem> {
    let mut words = line.split_whitespace();
    let (methods, url) = match (words.next(), words.next(), words.next()) {
        (None, ..) => return Err(PatternProblem::Empty),
        (Some(url), None, _) => (Methods::Any, url),
        (Some(methods), Some(url), None) => (Methods::parse(methods)?, url),
        _ => return Err(PatternProblem::TooManyWords),
    };
    if url.len() > MAX_URL_LENGTH {
        return Err(PatternProblem::TooLong);
    }
    if url == "*" {
        return Err(PatternProblem::Everything);
    }
    let split = split(url).map_err(|problem| error::explain_origin(problem, url))?;
    Ok(Pattern {
        methods,
        origin: OriginPattern::from_split(&split)?,
        path: PathPattern::parse(split.tail, url)?,
    })
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(line: &str) -> Result<Pattern, PatternError> {
        parse(line).map_err(|problem| PatternError::new(line, problem))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Methods::These(methods) = &self.methods {
            for (index, method) in methods.iter().enumerate() {
                let separator = if index == 0 { "" } else { "," };
                write!(formatter, "{separator}{method}")?;
            }
            formatter.write_str(" ")?;
        }
        write!(formatter, "{}{}", self.origin, self.path)
    }
}

#[cfg(test)]
mod tests;
