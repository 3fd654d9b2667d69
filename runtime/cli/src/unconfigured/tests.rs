//! Access keys and regions by the variables that are usual.

use super::*;

fn info() -> ProviderInfo {
    tidegate_host::json::from_json(&serde_json::json!({
        "name": "signed", "version": "1.0.0", "description": "Signs", "vendor": "Tests",
        "wants": [{"pattern": "https://runtime.{region}.example.com/*", "reason": "All"}],
        "credentials": [{
            "name": "aws", "description": "A key", "required": true,
            "environment": "AWS_ACCESS_KEY_ID",
            "placement": {"aws-sigv4": {"service": "runtime", "region": "{region}"}}
        }],
        "settings": [{
            "name": "region", "description": "Where", "kind": "text",
            "default": "us-east-1", "required": false
        }],
        "operations": [], "features": []
    }))
    .expect("a provider")
}

fn environment(variables: &'static [(&str, &str)]) -> Environment {
    Environment::new(move |name| {
        let mut variables = variables.iter();
        let found = variables.find(|(variable, _)| *variable == name)?;
        Some(found.1.into())
    })
}

#[test]
fn an_access_key_and_its_region_come_from_the_usual_variables() {
    let config = as_it_wants(
        &info(),
        &environment(&[
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ]),
    );
    let key = AccessKey {
        id: Secret::new("AKID"),
        secret: Secret::new("secret"),
        session_token: Some(Secret::new("token")),
    };
    assert_eq!(config.secrets[0].value, SecretValue::AccessKey(key));
    assert_eq!(
        config.settings,
        [("region".to_owned(), "eu-central-1".to_owned())]
    );
    assert_eq!(config.allow, ["https://runtime.eu-central-1.example.com/*"]);
}

#[test]
fn half_an_access_key_is_none() {
    let config = as_it_wants(&info(), &environment(&[("AWS_ACCESS_KEY_ID", "AKID")]));
    assert_eq!(config.secrets, []);
    assert_eq!(config.allow, ["https://runtime.us-east-1.example.com/*"]);
    let variables = variables(&info().credentials[0]);
    assert_eq!(variables, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
}
