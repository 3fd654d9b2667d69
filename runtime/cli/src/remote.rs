//! The admin API of a process that serves: where it is, and what it answers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};
use rustls::RootCertStore;
use serde_json::Value;
use tidegate_config::{Admin, Config, Environment, find};
use tidegate_host::grants::Secret;

use crate::arguments::{AdminArguments, Common};
use crate::failure::{Failure, Refused};
use crate::progress;
use crate::setup::environment;

/// Holds the key where no configuration says another place.
const KEY: &str = "TIDEGATE_ADMIN_KEY";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A large component takes a while to be sent and compiled.
const TIMEOUT: Duration = Duration::from_secs(300);

/// The admin API of a process.
pub struct Remote {
    client: Client,
    base: Url,
    key: Secret,
}

impl Remote {
    /// The one that is named, or the one of the configuration.
    pub fn new(common: &Common, arguments: &AdminArguments) -> Result<Self, Failure> {
        let environment = environment();
        let configured = match configured(common, &environment) {
            // What is wrong with the file is no reason not to reach a process that is named.
            Err(_) if arguments.admin.is_some() => None,
            configured => configured?,
        };
        let base = match (&arguments.admin, &configured) {
            (Some(text), _) => parse(text)?,
            (None, Some(admin)) => url_of(admin.listen)?,
            (None, None) => {
                return Err(Failure::usage(
                    "no admin API is known: the configuration has no `[admin]`",
                    "name it with `--admin URL`, or use the `tidegate.toml` of the process with `--config FILE`",
                ));
            }
        };
        check_safe(&base)?;
        Ok(Remote {
            client: client()?,
            base,
            key: key(arguments, configured.as_ref(), &environment)?,
        })
    }

    /// A request, still to be given a body. The path is that of a provider, or what is below it.
    pub fn provider(&self, method: Method, name: &str, below: Option<&str>) -> RequestBuilder {
        let path = ["admin", "providers", name].into_iter().chain(below);
        self.request(method, path)
    }

    /// A request.
    pub fn request<'a>(
        &self,
        method: Method,
        path: impl IntoIterator<Item = &'a str>,
    ) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self.client.request(method, url);
        request.bearer_auth(self.key.expose())
    }

    /// Sends it, and gives back what was answered.
    pub async fn answer(&self, what: &str, request: RequestBuilder) -> Result<Value, Failure> {
        let unreachable = |error: reqwest::Error| {
            let base = &self.base;
            let why = cause(&error);
            Failure::refused(
                "unreachable",
                format!("the admin API at `{base}` does not answer: {why}"),
                "is `tidegate serve` running there, with an `[admin]` section?",
            )
        };
        let answering = async {
            let answer = request.send().await.map_err(unreachable)?;
            let status = answer.status();
            let body = answer.bytes().await.map_err(unreachable)?;
            let json: Value = serde_json::from_slice(&body).unwrap_or_default();
            if status.is_success() && json.is_object() {
                return Ok(json);
            }
            Err(refused(&self.base, status, &json))
        };
        progress::during(what, answering).await
    }
}

/// `[admin]` of the configuration, as far as it can be read: a mistake elsewhere in it is no reason not
/// to reach the process that runs on what stood there before.
fn configured(common: &Common, environment: &Environment) -> Result<Option<Admin>, Failure> {
    let Some(file) = find(common.config.as_deref(), environment) else {
        return Ok(None);
    };
    Ok(Config::examine(&file, environment)?.config.admin)
}

fn key(
    arguments: &AdminArguments,
    configured: Option<&Admin>,
    environment: &Environment,
) -> Result<Secret, Failure> {
    let of_config = configured.and_then(|admin| admin.key.values.first().cloned());
    let of_environment = environment.variable(KEY).map(Secret::new);
    // The key of the configuration is that of the process of the configuration.
    let key = match arguments.admin.is_some() {
        true => of_environment.or(of_config),
        false => of_config.or(of_environment),
    };
    key.ok_or_else(|| {
        let missing = configured.and_then(|admin| admin.key.missing.first());
        let why = missing.map(|missing| format!(": {}", missing.reason));
        Failure::usage(
            format!("there is no admin key{}", why.unwrap_or_default()),
            format!("set `{KEY}`, or what `admin.key` names in `tidegate.toml`"),
        )
    })
}

fn parse(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| {
            Failure::usage(
                format!("`--admin` is `{}`, which is no URL", text.escape_debug()),
                "write it like `http://127.0.0.1:8081`",
            )
        })
}

/// Where a process is reached that listens there.
fn url_of(listen: SocketAddr) -> Result<Url, Failure> {
    if listen.port() == 0 {
        return Err(Failure::usage(
            "`admin.listen` has port 0, which is another one at each start",
            "name the one that `tidegate serve` printed with `--admin URL`",
        ));
    }
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    parse(&format!("http://{}", SocketAddr::new(ip, listen.port())))
}

/// Whoever reads the key on its way could replace providers.
fn check_safe(url: &Url) -> Result<(), Failure> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_local = match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    match url.scheme() == "https" || is_local {
        true => Ok(()),
        false => Err(Failure::usage(
            format!(
                "the admin key is not sent to `{url}`, where everybody on the way could read it"
            ),
            "use `https`, or a tunnel: `ssh -L 8081:127.0.0.1:8081 HOST`, then `--admin http://127.0.0.1:8081`",
        )),
    }
}

/// Trusts the roots that are compiled in, as providers' connections do.
fn client() -> Result<Client, Failure> {
    let wrong = |error: String| {
        Failure::usage(
            format!("TLS cannot be set up: {error}"),
            "this is a bug of Tidegate",
        )
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        // The key is for this address and no other.
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .build();
    client.map_err(|error| wrong(error.to_string()))
}

/// The innermost reason: the outer ones say that there is one.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn refused(base: &Url, status: reqwest::StatusCode, json: &Value) -> Failure {
    let error = &json["error"];
    let Some(message) = error["message"].as_str() else {
        return Failure::refused(
            "unreachable",
            format!("what answers at `{base}` is no admin API of Tidegate: status {status}"),
            "give the address that `tidegate serve` prints after `admin on`",
        );
    };
    Failure::Refused(Refused {
        message: message.into(),
        hint: error["hint"].as_str().map(Into::into),
        kind: error["type"].as_str().unwrap_or("upstream").into(),
        problems: error["problems"].clone(),
    })
}
