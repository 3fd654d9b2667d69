//! Mistakes in routes, in prices, and in when a provider is left alone.

use crate::check;

const PROVIDERS: &str = r#"[providers.openai]
component = "bundled:openai"
[providers.groq]
component = "bundled:openai"
"#;

#[track_caller]
fn check_models(text: &str, expected: &str) {
    check(&format!("{PROVIDERS}{text}"), expected);
}

#[test]
fn a_route_leads_to_models_of_configured_providers() {
    check_models(
        r#"[models.fast]
route = ["opnai/gpt-5-mini", { model = "anthropic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]

[models.quick]
route = []

[models.none]"#,
        r#"
`models.fast.route[0]` names the provider `opnai`, which is not configured
 --> tidegate.toml:6:10
  |
6 | route = ["opnai/gpt-5-mini", { model = "anthropic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weig…
  |          ^^^^^^^^^^^^^^^^^^
hint: did you mean `openai`?

`models.fast.route[1].model` names the provider `anthropic`, which is not configured
 --> tidegate.toml:6:40
  |
6 | route = ["opnai/gpt-5-mini", { model = "anthropic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weig…
  |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: the providers are `groq`, `openai`

`models.fast.route[2]` is `gpt-5-mini`, which names no model of a provider
 --> tidegate.toml:6:71
  |
6 | …opnai/gpt-5-mini", { model = "anthropic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 },…
  |                                                              ^^^^^^^^^^^^
hint: write `provider/model`

`models.fast.route[3]` is `openai`, which names no model of a provider
 --> tidegate.toml:6:85
  |
6 | …ni", { model = "anthropic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]
  |                                                              ^^^^^^^^
hint: write `openai/` and the vendor's name of a model

`models.fast.route[4]` is `openai/`, which names a provider and no model
 --> tidegate.toml:6:95
  |
6 | …el = "anthropic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]
  |                                                              ^^^^^^^^^
hint: write the vendor's name of a model behind the `/`; `tidegate models openai` lists them

`models.fast.route[5]` is `quick`, which names no model of a provider
 --> tidegate.toml:6:106
  |
6 | …opic/claude-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]
  |                                                              ^^^^^^^
hint: `quick` is a name of yours; a route leads to models of providers, `provider/model`

`models.fast.route[6]` has no `model`
 --> tidegate.toml:6:115
  |
6 | …de-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]
  |                                                              ^^^^^^^^^^^^^^
hint: write it like `{ model = "openai/gpt-5-mini", weight = 2 }`

`models.fast.route[6].weight` has no effect with the strategy `fallback`
 --> tidegate.toml:6:117
  |
6 | …-sonnet-5" }, "gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]
  |                                                              ^^^^^^
hint: leave it out, or write `strategy = "weighted"`

`models.fast.route[7]` is a whole number, not a string
 --> tidegate.toml:6:131
  |
6 | …"gpt-5-mini", "openai", "openai/", "quick", { weight = 1 }, 7]
  |                                                              ^
hint: write it like `"openai/gpt-5-mini"`

`models.quick.route` is empty
 --> tidegate.toml:9:9
  |
9 | route = []
  |         ^^
hint: write it like `["openai/gpt-5-mini", "groq/llama-3.3-70b-versatile"]`

`models.none` has no `route`
  --> tidegate.toml:11:9
   |
11 | [models.none]
   |         ^^^^
hint: add `route = ["openai/gpt-5-mini", "groq/llama-3.3-70b-versatile"]`
"#,
    );
}

#[test]
fn an_alias_is_not_called_as_a_provider_is() {
    check_models(
        r#"[models]
openai.route = ["openai/gpt-5-mini"]
"two words".route = ["openai/gpt-5-mini"]
"gpt-*".route = ["openai/gpt-5-mini"]
"openai/gpt-5".route = ["openai/gpt-5", "openai/gpt-5-mini"]
fast.route = ["openai/gpt-5"]"#,
        r#"
`models.openai` has the name of a provider
 --> tidegate.toml:6:1
  |
6 | openai.route = ["openai/gpt-5-mini"]
  | ^^^^^^
hint: give it another name: `openai` is what stands before the `/` of a model

a model cannot be called `two words`
 --> tidegate.toml:7:1
  |
7 | "two words".route = ["openai/gpt-5-mini"]
  | ^^^^^^^^^^^
hint: callers ask for it by this name: any characters but spaces and control characters

a model cannot be called `gpt-*`
 --> tidegate.toml:8:1
  |
8 | "gpt-*".route = ["openai/gpt-5-mini"]
  | ^^^^^^^
hint: `*` stands for many names, in `gateway.keys[].models`

`models.fast.route[0]` is `openai/gpt-5`, which is a name of yours
  --> tidegate.toml:10:15
   |
10 | fast.route = ["openai/gpt-5"]
   |               ^^^^^^^^^^^^^^
hint: a route leads to models of providers; name those of `models.openai/gpt-5` instead
"#,
    );
}

#[test]
fn a_strategy_gets_what_it_needs_and_nothing_that_it_ignores() {
    check_models(
        r#"[models.a]
strategy = "weigthed"
route = [{ model = "openai/a", weight = 2 }]

[models.b]
strategy = "weighted"
route = [{ model = "openai/a", weight = 0 }, { model = "groq/a", weight = 0 }]

[models.c]
route = ["openai/a", { model = "openai/b", weight = 2, share = 1 }, "openai/a"]

[models.d]
strategy = "random"
retries = 101
timeout = 5
route = ["openai/a"]"#,
        r#"
`models.a.strategy` is `weigthed`, which is no strategy
 --> tidegate.toml:6:12
  |
6 | strategy = "weigthed"
  |            ^^^^^^^^^^
hint: did you mean `weighted`?

every weight in `models.b.route` is 0, so that no model would ever be chosen
  --> tidegate.toml:11:9
   |
11 | route = [{ model = "openai/a", weight = 0 }, { model = "groq/a", weight = 0 }]
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: give at least one model a weight above 0

`models.c.route[1].weight` has no effect with the strategy `fallback`
  --> tidegate.toml:14:44
   |
14 | route = ["openai/a", { model = "openai/b", weight = 2, share = 1 }, "openai/a"]
   |                                            ^^^^^^
hint: leave it out, or write `strategy = "weighted"`

unknown key `share` in `models.c.route[1]`
  --> tidegate.toml:14:56
   |
14 | route = ["openai/a", { model = "openai/b", weight = 2, share = 1 }, "openai/a"]
   |                                                        ^^^^^
hint: `models.c.route[1]` has `model`, `weight`

`models.c.route` names `openai/a` twice
  --> tidegate.toml:14:69
   |
14 | …["openai/a", { model = "openai/b", weight = 2, share = 1 }, "openai/a"]
   |                                                              ^^^^^^^^^^
hint: leave one of them out; `retries` tries again, `weight` gives a larger share

`models.d.strategy` is `random`, which is no strategy
  --> tidegate.toml:17:12
   |
17 | strategy = "random"
   |            ^^^^^^^^
hint: strategies are `fallback`, `weighted`, `round-robin`, `least-latency`, `cheapest`

`models.d.retries` is out of range
  --> tidegate.toml:18:11
   |
18 | retries = 101
   |           ^^^
hint: it may be 0 to 100

`models.d.timeout` has no unit
  --> tidegate.toml:19:11
   |
19 | timeout = 5
   |           ^
hint: write a number and a unit in quotes, as in `"10 min"`, not `5`
"#,
    );
}

#[test]
fn prices_and_breakers_are_read_as_carefully() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
rpm = "60"
breaker = { failures = -1, cooldown = "30 s" }

[providers.openai.prices]
"*mini" = { input = "0.25 USD", output = "0 USD" }
"gpt-5" = { input = 0.25, ouput = "1 USD" }"#,
        r#"
`providers.openai.rpm` is a string, not a whole number
 --> tidegate.toml:3:7
  |
3 | rpm = "60"
  |       ^^^^
hint: write it like `256`

`providers.openai.breaker.failures` is out of range
 --> tidegate.toml:4:24
  |
4 | breaker = { failures = -1, cooldown = "30 s" }
  |                        ^^
hint: it may be 0 to 1000000

unknown key `cooldown` in `providers.openai.breaker`
 --> tidegate.toml:4:28
  |
4 | breaker = { failures = -1, cooldown = "30 s" }
  |                            ^^^^^^^^
hint: did you mean `cool-down`?

`providers.openai.prices` has `*mini`, which is no model
 --> tidegate.toml:7:1
  |
7 | "*mini" = { input = "0.25 USD", output = "0 USD" }
  | ^^^^^^^
hint: name each model by the vendor's name: one price for several would be wrong for most

`providers.openai.prices.gpt-5` has no `output`
 --> tidegate.toml:8:1
  |
8 | "gpt-5" = { input = 0.25, ouput = "1 USD" }
  | ^^^^^^^
hint: write it like `{ input = "0.25 USD", output = "2 USD" }`; what costs nothing costs `"0 USD"`

`providers.openai.prices.gpt-5.input` is a number with a fraction, not a string
 --> tidegate.toml:8:21
  |
8 | "gpt-5" = { input = 0.25, ouput = "1 USD" }
  |                     ^^^^
hint: write it like `"2.50 USD"`

unknown key `ouput` in `providers.openai.prices.gpt-5`
 --> tidegate.toml:8:27
  |
8 | "gpt-5" = { input = 0.25, ouput = "1 USD" }
  |                           ^^^^^
hint: did you mean `output`?
"#,
    );
}
