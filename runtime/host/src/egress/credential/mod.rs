//! Puts a provider's credential on a request, where the provider said it belongs. The guest sees
//! neither the value nor whether it was there.

mod fit;

mod sigv4;

mod hmac;

mod keys;

mod place;

mod disguise;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use tidegate_grants::{Binding, Secret, Target};

use crate::egress::mask::Mask;
use crate::egress::token::{Owner, Token, TokenSource};
use crate::error::{Error, Result};
use crate::secret::SecretValue;
use crate::types::Placement;
pub(crate) use disguise::disguises;
pub use fit::check_secret;
pub(crate) use hmac::check as check_hmac;
use keys::Keys;
pub(crate) use place::Place;
use sigv4::Signer;

/// A credential that the provider declares and the operator has configured.
pub(crate) struct Credential {
    binding: Binding,
    /// For the records.
    label: Arc<str>,
    means: Means,
    /// What it looks like where an upstream sends it back.
    forms: Vec<Secret>,
}

/// What was put on a request.
#[derive(Default)]
pub(crate) struct Attached {
    /// What to mask in the answer to this one request.
    pub(crate) mask: Option<Mask>,
    /// Which of several keys it was.
    pub(crate) key: Option<usize>,
}

/// How a request gets it.
enum Means {
    /// The same for every request.
    Place(Place),
    /// One of several, in turn.
    Keys(Keys),
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
            (placement, SecretValue::Keys(keys)) => {
                let mut places = Vec::with_capacity(keys.len());
                for key in keys {
                    let one = Credential::text(binding.clone(), placement, key)?;
                    let one = one.ok_or_else(misfit)?;
                    if let Means::Place(place) = one.means {
                        places.push(place);
                    }
                    forms.extend(one.forms.iter().map(|form| form.expose().to_owned()));
                }
                Means::Keys(Keys::new(name, places))
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
            label: binding.name().into(),
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
            label: binding.name().into(),
            binding,
        }))
    }

    /// Where its tokens come from; `None`: it needs none.
    pub(crate) fn tokens(&self) -> Option<&TokenSource> {
        match &self.means {
            Means::Token(source) => Some(source),
            Means::Place(_) | Means::Keys(_) | Means::Signature(_) | Means::Hmac(_) => None,
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

    /// What it is called in the records.
    pub(crate) fn label(&self, key: Option<usize>) -> &Arc<str> {
        let label = match (&self.means, key) {
            (Means::Keys(keys), Some(key)) => keys.label(key),
            _ => None,
        };
        label.unwrap_or(&self.label)
    }

    /// What an upstream said to a request that carried this one of several keys.
    pub(crate) fn heard<B>(&self, key: usize, response: &mut Response<B>) {
        if let Means::Keys(keys) = &self.means {
            keys.heard(key, response, Instant::now());
        }
    }

    /// Puts the secret on a request, which nothing is done to afterwards.
    pub(crate) fn attach(
        &self,
        request: &mut Request<Bytes>,
        token: Option<&Token>,
    ) -> std::result::Result<Attached, String> {
        match &self.means {
            Means::Place(place) => place.fill(request).map(|()| Attached::default()),
            Means::Keys(keys) => {
                let key = keys.take(Instant::now());
                let place = key.and_then(|key| keys.place(key));
                let place = place.ok_or("the credential has no key")?;
                place.fill(request)?;
                Ok(Attached { key, mask: None })
            }
            Means::Token(_) => match token {
                Some(token) => token.place.fill(request).map(|()| Attached::default()),
                None => Err("the credential has no token".into()),
            },
            Means::Signature(signer) => {
                let signature = signer.sign(request, SystemTime::now())?;
                Ok(Attached {
                    mask: Mask::new([signature]),
                    key: None,
                })
            }
            Means::Hmac(signer) => {
                let signature = signer.sign(request, SystemTime::now())?;
                Ok(Attached {
                    mask: Mask::new(disguises(&signature)),
                    key: None,
                })
            }
        }
    }
}
