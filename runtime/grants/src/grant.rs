//! The grant of one provider: the `allow` lines of its configuration, and the one decision made by them.
//!
//! The forms of a line are in [`Pattern`]. A list without lines grants nothing, and a request passes when
//! any one line allows it: there are no lines that take away, so their order means nothing.

use std::fmt;

use crate::address::{AddressDenied, AddressPolicy};
use crate::denied::Denied;
use crate::pattern::{HostPattern, OriginPattern, Pattern, PatternError};
use crate::target::Target;

/// What a provider may reach. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    rules: Vec<Rule>,
}

/// One line of a grant, and which addresses its host may resolve to. Prints as its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pattern: Pattern,
    address_policy: AddressPolicy,
}

impl Grant {
    /// Reads the lines of `allow`; the error names the first that is wrong.
    ///
    /// ```
    /// use tidegate_grants::Grant;
    ///
    /// assert!(Grant::parse(["POST https://api.example.com/v1/*"]).is_ok());
    /// assert!(Grant::parse(Vec::<String>::new())?.is_empty());
    ///
    /// let error = Grant::parse(["https://a.example/*", "b.example"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2 of `allow`, `b.example`: the line has no scheme\nhint: write `https://b.example/*`"
    /// );
    /// # Ok::<(), tidegate_grants::PatternError>(())
    /// ```
    pub fn parse<I>(lines: I) -> Result<Grant, PatternError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut patterns = Vec::new();
        for (index, line) in lines.into_iter().enumerate() {
            let pattern: Result<Pattern, PatternError> = line.as_ref().parse();
            patterns.push(pattern.map_err(|error| error.at(index))?);
        }
        Ok(patterns.into_iter().collect())
    }

    /// The same lines, with or without leave for names to resolve to addresses of private networks (`private = true`).
    pub fn with_private(self, private: bool) -> Grant {
        let patterns = self.rules.into_iter().map(|rule| rule.pattern);
        Grant {
            rules: patterns.map(|it| Rule::new(it, private)).collect(),
        }
    }

    /// The rule that allows `target`, or what would have to be granted.
    pub fn check(&self, target: &Target) -> Result<&Rule, Denied> {
        let allowing = self.rules.iter().find(|rule| rule.pattern.allows(target));
        allowing.ok_or_else(|| Denied::by_rules(target, self.patterns()))
    }

    /// The denial for an address that the policy of `target`'s rule refused.
    pub fn deny_address(&self, target: &Target, address: AddressDenied) -> Denied {
        Denied::by_address(target, self.patterns(), address)
    }

    /// Whether everything that `pattern` allows is already allowed: a new version that wants no more
    /// than this needs no new consent.
    ///
    /// ```
    /// use tidegate_grants::Grant;
    ///
    /// let grant = Grant::parse(["GET https://a.example/*", "POST https://a.example/v1/*"])?;
    /// assert!(grant.covers(&"GET,POST https://a.example/v1/chat".parse()?));
    /// assert!(!grant.covers(&"https://a.example/v1/chat".parse()?));
    /// # Ok::<(), tidegate_grants::PatternError>(())
    /// ```
    pub fn covers(&self, pattern: &Pattern) -> bool {
        pattern.covered_by(self.patterns())
    }

    /// The rules in the order of their lines.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The origins that the lines name, each once: where a secret goes unless `to` narrows it.
    pub fn origins(&self) -> Vec<OriginPattern> {
        let mut origins = Vec::new();
        for pattern in self.patterns() {
            if !origins.contains(pattern.origin()) {
                origins.push(pattern.origin().clone());
            }
        }
        origins
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn patterns(&self) -> impl Iterator<Item = &Pattern> + Clone {
        self.rules.iter().map(|rule| &rule.pattern)
    }
}

/// A grant of patterns that are already checked, such as those a provider's `describe` wants.
impl FromIterator<Pattern> for Grant {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Grant {
        let rules = patterns.into_iter().map(|it| Rule::new(it, false));
        Grant {
            rules: rules.collect(),
        }
    }
}

impl Rule {
    fn new(pattern: Pattern, private: bool) -> Rule {
        let address_policy = match pattern.origin().host() {
            HostPattern::Exactly(host) if host.is_localhost() => AddressPolicy::Loopback,
            HostPattern::Exactly(host) => match host.ip() {
                Some(address) => AddressPolicy::Only(address),
                None => AddressPolicy::for_names(private),
            },
            HostPattern::LabelBefore(_) => AddressPolicy::for_names(private),
        };
        Rule {
            pattern,
            address_policy,
        }
    }

    /// The line, checked.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Which addresses may be dialled for a target that this rule allows. All rules of one grant that allow a
    /// target agree on it, because it follows from the host and from `private` alone.
    pub fn address_policy(&self) -> AddressPolicy {
        self.address_policy
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pattern.fmt(formatter)
    }
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot parse its own input should fail there"
)]
mod tests {
    use super::{AddressPolicy, Grant, Target};

    fn policy(line: &str, private: bool, url: &str) -> AddressPolicy {
        let grant = Grant::parse([line]).unwrap().with_private(private);
        let target = Target::parse("GET", url).unwrap();
        grant.check(&target).unwrap().address_policy()
    }

    #[test]
    fn an_empty_grant_allows_nothing() {
        let target = Target::parse("GET", "https://a.example/").unwrap();
        assert!(Grant::default().check(&target).is_err());
        assert!(!Grant::default().covers(&"https://a.example/".parse().unwrap()));
    }

    #[test]
    fn the_rule_that_allows_is_the_one_returned() {
        let grant = Grant::parse(["GET https://a.example/*", "POST https://a.example/*"]).unwrap();
        let target = Target::parse("POST", "https://a.example/x").unwrap();
        let rule = grant.check(&target).unwrap();
        assert_eq!(rule.to_string(), "POST https://a.example/*");
    }

    #[test]
    fn the_host_named_decides_the_addresses() {
        let address = AddressPolicy::Only("127.0.0.1".parse().unwrap());
        assert_eq!(
            policy("http://127.0.0.1/*", true, "http://127.0.0.1/"),
            address
        );
        let localhost = policy("http://localhost/*", true, "http://localhost/");
        assert_eq!(localhost, AddressPolicy::Loopback);
        let public = policy("https://*.a.example/*", false, "https://b.a.example/");
        assert_eq!(public, AddressPolicy::Public);
        let private = policy("https://*.a.example/*", true, "https://b.a.example/");
        assert_eq!(private, AddressPolicy::Private);
    }

    #[test]
    fn a_new_version_that_wants_more_is_noticed() {
        let grant =
            Grant::parse(["GET,POST https://*.a.example/v1/*", "https://b.example/x"]).unwrap();
        for wanted in [
            "GET https://*.a.example/v1/*",
            "POST https://c.a.example/v1/x/*",
            "POST,GET https://*.a.example/v1/",
            "DELETE https://b.example/x",
            "https://b.example/x",
        ] {
            assert!(grant.covers(&wanted.parse().unwrap()), "{wanted}");
        }
        for wanted in [
            "https://*.a.example/v1/*",
            "GET,PUT https://*.a.example/v1/*",
            "GET https://a.example/v1/*",
            "GET https://*.c.a.example/v1/*",
            "GET https://*.a.example/*",
            "GET http://*.a.example/v1/*",
            "GET https://*.a.example:8443/v1/*",
            "https://b.example/x/*",
            "https://b.example/y",
        ] {
            assert!(!grant.covers(&wanted.parse().unwrap()), "{wanted}");
        }
    }

    #[test]
    fn each_origin_is_listed_once() {
        let grant = Grant::parse([
            "GET https://a.example/*",
            "https://a.example:443/x",
            "https://*.b.example/*",
        ])
        .unwrap();
        let origins: Vec<String> = grant.origins().iter().map(ToString::to_string).collect();
        assert_eq!(origins, ["https://a.example", "https://*.b.example"]);
    }
}
