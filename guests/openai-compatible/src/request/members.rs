//! Members that OpenAI has and few others. Where a service refuses them, they become warnings.

use tidegate_guest::types::{ChatRequest, Sampling};

use crate::profile::Profile;
use crate::warnings::Warnings;

/// How many alternatives to report beside the chosen tokens.
pub fn logprobs(sampling: &Sampling, profile: &Profile, warnings: &mut Warnings) -> Option<u32> {
    let message = "this API reports no log probabilities";
    taken(
        sampling.logprobs,
        "sampling.logprobs",
        message,
        profile,
        warnings,
    )
}

/// The vendor's processing tier.
pub fn service_tier<'a>(
    request: &'a ChatRequest,
    profile: &Profile,
    warnings: &mut Warnings,
) -> Option<&'a str> {
    let tier = request.service_tier.as_deref();
    let message = "this API has no tiers to choose from";
    taken(tier, "service-tier", message, profile, warnings)
}

/// The caller's end user.
pub fn user<'a>(
    user: Option<&'a str>,
    profile: &Profile,
    warnings: &mut Warnings,
) -> Option<&'a str> {
    let message = "this API knows no end users";
    taken(user, "user", message, profile, warnings)
}

/// A participant's name.
pub fn name<'a>(
    name: Option<&'a str>,
    profile: &Profile,
    warnings: &mut Warnings,
) -> Option<&'a str> {
    let message = "this API does not tell participants apart";
    taken(name, "messages.name", message, profile, warnings)
}

fn taken<T>(
    value: Option<T>,
    subject: &str,
    message: &str,
    profile: &Profile,
    warnings: &mut Warnings,
) -> Option<T> {
    if value.is_some() && !profile.openai_members {
        warnings.add(subject, message);
    }
    value.filter(|_| profile.openai_members)
}
