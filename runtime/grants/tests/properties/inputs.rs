//! Inputs that get far into the parsers: sound pieces, with odd ones among them.

use proptest::prelude::*;
use proptest::sample::select;

/// Picks one of `items`.
pub fn any_of(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(items).prop_map(str::to_owned)
}

pub fn method() -> impl Strategy<Value = String> {
    any_of(&["GET", "POST", "DELETE", "M-SEARCH", "get", "CONNECT", ""])
}

/// Hosts, with every spelling of an address that URL parsers are known to accept.
pub fn host() -> impl Strategy<Value = String> {
    let number = (any::<u32>(), 0..5_u8).prop_map(|(number, form)| match form {
        0 => format!("{}", number % 256),
        1 => format!("{number}"),
        2 => format!("0x{:x}", number % 256),
        3 => format!("0{:o}", number % 256),
        _ => format!("0X{number:X}"),
    });
    prop_oneof![
        4 => "[a-zA-Z0-9_-]{1,8}(\\.[a-zA-Z0-9_-]{1,8}){0,3}\\.?",
        2 => prop::collection::vec(number, 1..6).prop_map(|parts| parts.join(".")),
        2 => any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        2 => any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
        2 => "\\[[0-9a-fA-F]{0,4}(::?[0-9a-fA-F]{1,4}){0,7}(:|::)?(127\\.0\\.0\\.1)?\\]",
        2 => any_of(&[
            "api.example.com", "API.example.com", "api.example.com.", "api.example.com.evil.example",
            "apiXexample.com", "a.api.example.com", "evil-api.example.com", "api.example.com%2eevil.example",
            "api。example.com", "ａpi.example.com", "api.exa\u{ad}mple.com", "xn--bcher-kva.example",
            "localhost", "LOCALHOST", "127.0.0.1", "0", "127.1", "①②⑦.0.0.1", "[::ffff:7f00:1]", "[::1]", "",
        ]),
        1 => "\\PC{0,12}",
    ]
}

pub fn path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => any_of(&["/", "/v1/", "/v1", "v1", "models", "a:b@c", ";x=1", "%3A", "%c3%a9", ".well-known", "//"]),
        2 => any_of(&["..", ".", "%2e", "%2E%2e", "%2f", "%5C", "%00", "%", "%zz", "%252e", "..;", "*"]),
        1 => "[!-~]{1,3}",
        1 => "\\PC{1,2}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| match pieces.concat() {
        path if path.is_empty() || path.starts_with('/') => path,
        path => format!("/{path}"),
    })
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        1 => "\\?[!-~]{0,12}",
        1 => "[?#]\\PC{0,6}",
    ]
}

/// URLs of which a good part is accepted.
pub fn url() -> impl Strategy<Value = String> {
    let scheme = prop_oneof![
        6 => any_of(&["https://", "http://", "HTTPS://"]),
        1 => any_of(&["https:/", "https:", "//", "https:\\\\", "ftp://", "h\tttps://", " https://", "https:///", ""]),
    ];
    let user = prop_oneof![
        8 => Just(String::new()),
        1 => any_of(&["user@", "user:pass@", "api.example.com@", "@", "api.example.com\\@", "api.example.com:443@"]),
    ];
    let port = prop_oneof![
        5 => Just(String::new()),
        2 => any::<u16>().prop_map(|port| format!(":{port}")),
        1 => any_of(&[":", ":443", ":80", ":0443", ":+443", ":0", ":65536", ":443:443", ":\u{664}"]),
    ];
    (scheme, user, host(), port, path(), query()).prop_map(
        |(scheme, user, host, port, path, query)| {
            format!("{scheme}{user}{host}{port}{path}{query}")
        },
    )
}

/// Lines of `allow`, right ones and nearly right ones.
pub fn line() -> impl Strategy<Value = String> {
    let methods = any_of(&[
        "",
        "",
        "GET ",
        "GET,POST ",
        "POST,GET,POST  ",
        "get ",
        "* ",
        "GET, POST ",
        ",",
    ]);
    let wildcard = any_of(&["", "", "*.", "*", "a.*."]);
    let tail = any_of(&["", "", "*", "/*", "/*/*"]);
    let usual = (methods, wildcard, host(), path(), tail).prop_map(
        |(methods, wildcard, host, path, tail)| {
            format!("{methods}https://{wildcard}{host}{path}{tail}")
        },
    );
    prop_oneof![3 => usual, 1 => url(), 1 => "\\PC{0,20}"]
}

/// Lines from few pieces, so that two of them often overlap.
pub fn close_line() -> impl Strategy<Value = String> {
    let methods = any_of(&["", "GET ", "POST ", "GET,POST "]);
    let hosts = any_of(&[
        "a.example.com",
        "b.example.com",
        "*.example.com",
        "example.com",
    ]);
    let paths = any_of(&["/*", "/v1/*", "/v1/a", "/v1/a/*", "/v1", "/v10/*"]);
    let scheme = any_of(&["https", "https", "http"]);
    let port = any_of(&["", "", ":8443"]);
    (methods, scheme, hosts, port, paths).prop_map(|(methods, scheme, host, port, path)| {
        format!("{methods}{scheme}://{host}{port}{path}")
    })
}

/// Requests that such lines allow or barely miss.
pub fn close_request() -> impl Strategy<Value = (String, String)> {
    let method = any_of(&["GET", "POST", "DELETE"]);
    let hosts = any_of(&[
        "a.example.com",
        "b.example.com",
        "c.b.example.com",
        "example.com",
    ]);
    let paths = any_of(&["/", "/v1/", "/v1/a", "/v1/a/b", "/v1", "/v10/a", "/v1/a*b"]);
    let scheme = any_of(&["https", "https", "http"]);
    let port = any_of(&["", "", ":8443"]);
    (method, scheme, hosts, port, paths).prop_map(|(method, scheme, host, port, path)| {
        (method, format!("{scheme}://{host}{port}{path}"))
    })
}
