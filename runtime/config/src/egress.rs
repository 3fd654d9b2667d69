//! `[egress]`: what outbound connections trust and go through.

use tidegate_host::ClientConfig;

use crate::file;
use crate::problem::Problems;
use crate::surroundings::Surroundings;
use crate::table::Table;

/// All roots that browsers trust are a quarter of it.
const CA: u64 = 1 << 20;

pub(crate) fn read(
    mut table: Table,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> ClientConfig {
    let mut client = ClientConfig::default();
    if let Some(value) = table.take("ca")
        && let Some(text) = value.text("\"ca.pem\"", problems)
    {
        let path = surroundings.path(text);
        match file::read(&path, CA) {
            Ok(pem) if pem.contains("-----BEGIN CERTIFICATE-----") => client.ca = Some(pem),
            Ok(_) => problems.add(
                &value.span,
                format!("`{}` holds no certificate", path.display()),
                "give a PEM file, with `-----BEGIN CERTIFICATE-----` in it",
            ),
            Err(error) => problems.add(
                &value.span,
                format!("`{}` cannot be read: {error}", path.display()),
                "paths are relative to the folder of this file",
            ),
        }
    }
    if let Some(value) = table.take("proxy") {
        client.proxy = value
            .text("\"http://proxy.example:3128\"", problems)
            .map(Into::into);
        let is_url = |proxy: &String| proxy.starts_with("http://") || proxy.starts_with("https://");
        if client.proxy.as_ref().is_some_and(|proxy| !is_url(proxy)) {
            problems.add(
                &value.span,
                format!("`{}` is not the URL of a proxy", value.path),
                "write it like `\"http://proxy.example:3128\"`",
            );
        }
    }
    table.finish(problems);
    client
}
