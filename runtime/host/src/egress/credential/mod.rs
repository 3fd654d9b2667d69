//! Puts a provider's credential on a request, where the provider said it belongs. The guest sees
//! neither the value nor whether it was there.

mod fit;

mod sigv4;

mod hmac;

mod place;

mod disguise;

use std::time::SystemTime;

use bytes::Bytes;
use http::Request;
use tidegate_grants::{Binding, Secret, Target};

use crate::egress::mask::Mask;
use crate::egress::token::{Owner, Token, TokenSource};
use crate::error::{Error, Result};
use crate::secret::SecretValue;
use crate::types::Placement;
pub(crate) use disguise::disguises;
pub use fit::check_secret;
pub(crate) use hmac::check as check_hmac;
pub(crate) use place::Place;
use sigv4::Signer;

/// A credential that the provider declares and the operator has configured.
pub(crate) struct Credential {
    binding: Binding,
    means: Means,
    /// What it looks like where an upstream sends it back.
    forms: Vec<Secret>,
}

/// How a request gets it.
enum Means {
    /// The same for every request.
    Place(Place),
    /// By a signature of the request.
    Signature(Box<Signer>),
    /// By a signature that the provider describes.
    Hmac(Box<hmac::Signer>),
    /// With a token that the host obtains.
    Token(Box<TokenSource>),
}

impl Credential {
    /// Ties a configured value to where the provider wants it. `setting` has the values of settings.
    pub(crate) fn new(
        owner: &Owner,
        binding: Binding,
        placement: &Placement,
        value: &SecretValue,
        setting: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let name = binding.name();
        let misfit = || {
            let (message, hint) = fit::misfit(name, placement, value);
            Error::Config { message, hint }
        };
        let mut forms = Vec::new();
        let means = match (placement, value) {
            (Placement::AwsSigv4(scope), SecretValue::AccessKey(key)) => {
                let parts = [&key.id, &key.secret].into_iter().chain(&key.session_token);
                forms.extend(parts.flat_map(|part| disguises(part.expose())));
                let signer = Signer::new(name, key, scope, binding.origins())?;
                Means::Signature(Box::new(signer))
            }
            (Placement::Hmac(placement), SecretValue::Text(secret)) => {
                forms.extend(disguises(secret.expose()));
                let signer = hmac::Signer::new(name, placement, secret, setting)?;
                Means::Hmac(Box::new(signer))
            }
            (placement, SecretValue::Text(secret)) => {
                return Credential::text(binding.clone(), placement, secret)?.ok_or_else(misfit);
            }
            (Placement::Bearer | Placement::Header(_) | Placement::Query(_), value) => {
                if let SecretValue::ClientCredentials(client) = value {
                    forms.extend(disguises(client.client_secret.expose()));
                }
                let source = TokenSource::new(owner, name, placement, value)?;
                Means::Token(Box::new(source.ok_or_else(misfit)?))
            }
            _ => return Err(misfit()),
        };
        Ok(Credential {
            means,
            forms: forms.into_iter().map(Secret::new).collect(),
            binding,
        })
    }

    /// A secret that is sent as it is; `None`: not in this placement.
    pub(crate) fn text(
        binding: Binding,
        placement: &Placement,
        secret: &Secret,
    ) -> Result<Option<Self>> {
        let mut forms = disguises(secret.expose());
        // The password comes back alone more often than both together.
        if let (Placement::Basic, Some((_, password))) =
            (placement, secret.expose().split_once(':'))
        {
            forms.extend(disguises(password));
        }
        let place = Place::new(binding.name(), placement, secret)?;
        Ok(place.map(|place| Credential {
            means: Means::Place(place),
            forms: forms.into_iter().map(Secret::new).collect(),
            binding,
        }))
    }

    /// Where its tokens come from; `None`: it needs none.
    pub(crate) fn tokens(&self) -> Option<&TokenSource> {
        match &self.means {
            Means::Token(source) => Some(source),
            Means::Place(_) | Means::Signature(_) | Means::Hmac(_) => None,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.binding.name()
    }

    /// Whether this secret may go to this target.
    pub(crate) fn attaches_to(&self, target: &Target) -> bool {
        self.binding.attaches_to(target)
    }

    /// What to mask in answers.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(Secret::expose)
    }

    /// Puts the secret on a request, which nothing is done to afterwards. Returns what to mask in the
    /// answer to this one request.
    pub(crate) fn attach(
        &self,
        request: &mut Request<Bytes>,
        token: Option<&Token>,
    ) -> std::result::Result<Option<Mask>, String> {
        match &self.means {
            Means::Place(place) => place.fill(request).map(|()| None),
            Means::Token(_) => match token {
                Some(token) => token.place.fill(request).map(|()| None),
                None => Err("the credential has no token".into()),
            },
            Means::Signature(signer) => {
                let signature = signer.sign(request, SystemTime::now())?;
                Ok(Mask::new([signature]))
            }
            Means::Hmac(signer) => {
                let signature = signer.sign(request, SystemTime::now())?;
                Ok(Mask::new(disguises(&signature)))
            }
        }
    }
}
