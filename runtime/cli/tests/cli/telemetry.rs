//! What a gateway tells of its requests: lines of JSON, figures, budgets, spans; and what it never tells.
#![cfg(unix)]

use serde_json::Value;

use crate::serving::Serving;
use crate::support::Home;

/// `echo` with a price, a key with a budget, and more.
fn with(more: &str) -> Home {
    Home::with_config(&format!(
        r#"
[providers.echo]
component = "bundled:echo"
prices = {{ "echo-1" = {{ input = "1 USD", output = "2 USD" }} }}

[gateway]
keys = [{{ name = "team-a", secret = {{ env = "KEY_A" }}, budget = {{ day = "0.000001 USD" }} }}]

{more}
"#
    ))
    .variable("KEY_A", "tg-team-a")
    .variable("ADMIN", "tg-admin")
}

const KEY: &str = "authorization: Bearer tg-team-a\r\nx-request-id: job-17\r\n";

/// Lines of a log that are not JSON are for nobody.
#[track_caller]
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn json_logs_have_a_line_for_every_request_and_no_prompt() {
    let mut serving = Serving::start(&with("[telemetry]\njson-logs = true\n"));
    let answer = serving.ask("echo/echo-1", KEY);
    assert!(answer.contains(r#""content":"Hello""#), "{answer}");
    let log = serving.wait_for("job-17");
    let lines = lines(&log);
    let line = lines.last().unwrap();
    for (field, value) in [
        ("target", Value::from("tidegate::access")),
        ("level", "INFO".into()),
        ("request_id", "job-17".into()),
        ("key", "team-a".into()),
        ("method", "POST".into()),
        ("path", "/v1/chat/completions".into()),
        ("model", "echo/echo-1".into()),
        ("provider", "echo".into()),
        ("status", 200.into()),
        ("attempts", 1.into()),
    ] {
        assert_eq!(line[field], value, "{field} of {line}");
    }
    for field in ["duration_ms", "input_tokens", "output_tokens", "cost_usd"] {
        assert!(
            line[field].as_f64().is_some_and(|it| it > 0.0),
            "{field} of {line}"
        );
    }
    assert_eq!(line.get("error"), None);
    // What the command says itself is a line of the log too.
    assert!(log.contains("providers: echo"), "{log}");
    for secret in ["Hello", "tg-team-a"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn what_is_asked_and_answered_is_logged_where_the_operator_wants_it() {
    let mut serving = Serving::start(&with("[telemetry]\njson-logs = true\nlog-prompts = true\n"));
    serving.ask("echo/echo-1", KEY);
    let log = serving.wait_for("tidegate::access");
    let lines = lines(&log);
    let mut prompts = lines
        .iter()
        .filter(|line| line["target"] == "tidegate::prompts");
    let asked = prompts.next().unwrap();
    assert!(
        asked["asked"].as_str().unwrap().contains("Hello"),
        "{asked}"
    );
    assert_eq!(asked["request_id"], "job-17");
    let answered = prompts.next().unwrap();
    assert!(
        answered["answered"].as_str().unwrap().contains("Hello"),
        "{answered}"
    );
    assert!(!log.contains("tg-team-a"), "{log}");
}

/// A reload must not be a way to spend twice.
#[test]
fn a_budget_is_held_to_and_outlives_a_reload() {
    let home = with("");
    let mut serving = Serving::start(&home);
    let answer = serving.ask("echo/echo-1", KEY);
    assert!(answer.contains("x-tidegate-cost-usd: 0.0000"), "{answer}");
    let refused = serving.ask("echo/echo-1", KEY);
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    assert!(refused.contains("insufficient_quota"), "{refused}");
    serving.signal("-HUP");
    serving.wait_for("the configuration is applied");
    let refused = serving.ask("echo/echo-1", KEY);
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
}

#[test]
fn the_key_of_operators_shows_the_figures() {
    let serving = Serving::start(&with(
        "[admin]\nlisten = \"127.0.0.1:0\"\nkey = { env = \"ADMIN\" }\n",
    ));
    serving.ask("echo/echo-1", KEY);
    assert!(serving.get("/metrics", KEY).starts_with("HTTP/1.1 401"));
    let page = serving.get("/metrics", "authorization: Bearer tg-admin\r\n");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(
        page.contains(r#"tidegate_key_budget_usd{key="team-a",period="day"} 0.000001"#),
        "{page}"
    );
    assert!(
        page.contains(r#"tidegate_components_loaded_total{source="#),
        "{page}"
    );
}

#[test]
fn another_key_of_operators_shows_them_at_once_and_the_old_one_no_longer() {
    let home = with("[admin]\nlisten = \"127.0.0.1:0\"\nkey = { file = \"admin.key\" }\n");
    home.write("admin.key", "tg-admin");
    let mut serving = Serving::start(&home);
    home.write("admin.key", "tg-admin-another");
    serving.wait_for("the configuration is applied");
    let shown = |key: &str| {
        let page = serving.get("/metrics", &format!("authorization: Bearer {key}\r\n"));
        page.starts_with("HTTP/1.1 200")
    };
    assert_eq!(
        (shown("tg-admin"), shown("tg-admin-another")),
        (false, true)
    );
}

#[cfg(not(feature = "otlp"))]
#[test]
fn a_collector_that_nothing_can_be_sent_to_is_refused() {
    let home = Home::with_config(&format!(
        "{}[telemetry]\notlp = \"http://127.0.0.1:4318\"\n",
        crate::serving::ECHO
    ));
    let ran = home.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--features otlp"), "{}", ran.stderr);
}

#[cfg(feature = "otlp")]
mod otlp {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::trace::v1::{Span, status::StatusCode};
    use prost::Message as _;
    use tidegate_tests::upstream::{Answer, Upstream};

    use super::*;

    /// The spans that a collector was sent.
    fn spans(collector: &Upstream) -> Vec<Span> {
        let requests = collector.requests();
        let of = |body: &[u8]| {
            let sent = ExportTraceServiceRequest::decode(body).unwrap();
            let scopes = sent
                .resource_spans
                .into_iter()
                .flat_map(|it| it.scope_spans);
            scopes.flat_map(|scope| scope.spans).collect::<Vec<_>>()
        };
        requests
            .iter()
            .flat_map(|request| of(&request.body))
            .collect()
    }

    /// An attribute as text, empty where there is none.
    fn attribute(span: &Span, name: &str) -> String {
        let mut attributes = span.attributes.iter();
        let found = attributes.find(|attribute| attribute.key == name);
        match found
            .and_then(|it| it.value.clone())
            .and_then(|it| it.value)
        {
            Some(Value::StringValue(text)) => text,
            Some(Value::IntValue(number)) => format!("{number}"),
            Some(Value::DoubleValue(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    #[test]
    fn a_collector_that_refuses_costs_spans_and_says_so() {
        let collector = Upstream::answering(Answer::new(401));
        let home = with(&format!("[telemetry]\notlp = \"{}\"\n", collector.url("/")));
        let mut serving = Serving::start(&home);
        let answer = serving.ask("echo/echo-1", KEY);
        assert!(answer.contains(r#""content":"Hello""#), "{answer}");
        serving.signal("-TERM");
        serving.wait_for("spans are lost");
        assert_eq!(serving.ended(), Some(0));
    }

    #[test]
    fn a_collector_gets_a_span_for_every_request_and_attempt() {
        let collector = Upstream::answering(Answer::new(200));
        let home = with(&format!(
            r#"
[models.both]
route = ["echo/echo-error-overloaded", "echo/echo-1"]
retries = 0

[telemetry]
otlp = "{}"
"#,
            collector.url("/")
        ));
        // A budget asks for prices of all that is called, and this is not about budgets.
        let text = std::fs::read_to_string(home.path().join("tidegate.toml")).unwrap();
        home.write(
            "tidegate.toml",
            text.replace(", budget = { day = \"0.000001 USD\" }", ""),
        );
        let mut serving = Serving::start(&home);
        let (trace, caller) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        let headers = format!("{KEY}traceparent: 00-{trace}-{caller}-01\r\n");
        let answer = serving.ask("both", &headers);
        assert!(answer.contains(r#""content":"Hello""#), "{answer}");
        // What is left is sent before the process ends.
        serving.signal("-TERM");
        assert_eq!(serving.ended(), Some(0));

        assert_eq!(collector.requests()[0].to_string(), "POST /v1/traces");
        let spans = spans(&collector);
        let named = |name: &str| {
            let found = spans.iter().find(|span| span.name == name);
            found.unwrap_or_else(|| panic!("no span `{name}` in {spans:#?}"))
        };
        let request = named("POST /v1/chat/completions");
        for (name, value) in [
            ("http.request.method", "POST"),
            ("http.route", "/v1/chat/completions"),
            ("http.response.status_code", "200"),
            ("gen_ai.request.model", "both"),
            ("tidegate.request.id", "job-17"),
            ("tidegate.key", "team-a"),
            ("tidegate.attempts", "2"),
        ] {
            assert_eq!(attribute(request, name), value, "{name} of {request:#?}");
        }
        let hexadecimal =
            |id: &[u8]| -> String { id.iter().map(|it| format!("{it:02x}")).collect() };
        assert_eq!(hexadecimal(&request.trace_id), trace);
        assert_eq!(hexadecimal(&request.parent_span_id), caller);
        let failed = named("chat echo-error-overloaded");
        assert_eq!(attribute(failed, "error.type"), "overloaded");
        let status = failed.status.as_ref().map(|status| status.code());
        assert_eq!(status, Some(StatusCode::Error));
        let answered = named("chat echo-1");
        for (name, value) in [
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "echo"),
            ("gen_ai.request.model", "echo-1"),
            ("gen_ai.response.model", "echo-1"),
            ("tidegate.request.id", "job-17"),
            ("error.type", ""),
        ] {
            assert_eq!(attribute(answered, name), value, "{name} of {answered:#?}");
        }
        for (span, name) in [
            (answered, "gen_ai.usage.input_tokens"),
            (answered, "gen_ai.usage.output_tokens"),
            (request, "http.response.status_code"),
        ] {
            let mut attributes = span.attributes.iter();
            let found = attributes.find(|attribute| attribute.key == name).unwrap();
            let value = found.value.as_ref().and_then(|it| it.value.as_ref());
            assert!(
                matches!(value, Some(Value::IntValue(1..))),
                "{name}: {value:?}"
            );
        }
        for attempt in [failed, answered] {
            assert_eq!(attempt.parent_span_id, request.span_id);
            assert_eq!(attempt.trace_id, request.trace_id);
        }
        let all = format!("{spans:?}");
        for secret in ["Hello", "tg-team-a"] {
            assert!(!all.contains(secret), "{all}");
        }
    }
}
