// What the upstream says of a failure, which wins over its status.

const KINDS = {
  context_length_exceeded: "context-length-exceeded",
  content_filter: "content-filtered",
  insufficient_quota: "quota-exceeded",
  invalid_api_key: "unauthorized",
  authentication_error: "unauthorized",
  model_not_found: "not-found",
  rate_limit_exceeded: "rate-limited",
  rate_limit_error: "rate-limited",
  overloaded_error: "overloaded",
};

/** Message, code and kind of `{"error": {"message", "type", "code"}}`, as far as they are there. */
export function read(document) {
  const error = document?.error;
  if (typeof error === "string") return { message: error };
  const code = error?.code ?? error?.type ?? undefined;
  const message = typeof error?.message === "string" ? error.message : undefined;
  return { message, code: code === undefined ? undefined : String(code), kind: KINDS[error?.code] ?? KINDS[error?.type] };
}
