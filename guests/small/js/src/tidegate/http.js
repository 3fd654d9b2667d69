// Requests and answers, and what a status means.

import { Failure } from "./failure.js";
import { load } from "./json.js";

/** The table of `wit/README.md`; other codes are `invalid-request` below 500, and `upstream`. */
const KINDS = {
  401: "unauthorized",
  402: "quota-exceeded",
  403: "forbidden",
  404: "not-found",
  408: "timeout",
  410: "not-found",
  429: "rate-limited",
  503: "overloaded",
  529: "overloaded",
};

/** A `POST` of a JSON body. The answer is wanted `whole`, or in `server-sent-events`, `lines`, … */
export function post(url, body, delivery = "whole") {
  const headers = [{ name: "content-type", value: "application/json" }];
  return request("POST", url, headers, { tag: "text", val: JSON.stringify(body) }, delivery);
}

/** A `GET` whose answer is wanted whole. */
export const get = (url) => request("GET", url, [], null, "whole");

const request = (method, url, headers, body, delivery) => ({ method, url, headers, body, delivery, limits: {} });

/** The body of a whole answer. What is not UTF-8 is no text of any vendor's. */
export const textOf = (response) => (response.body?.tag === "text" ? response.body.val : "");

/** The kind of failure that a status alone stands for. */
export const kindOf = (status) => KINDS[status] ?? (status >= 400 && status < 500 ? "invalid-request" : "upstream");

/**
 * The answer itself below status 300, else the failure that it means. `read` finds message, code and
 * kind in a vendor's JSON, where it says more than the status.
 */
export function ok(response, read) {
  const { status } = response;
  if (status >= 200 && status < 300) return response;
  const body = textOf(response);
  let said = {};
  try {
    said = read?.(load(body)) ?? {};
  } catch {
    // An error page of something between; the status says enough.
  }
  throw new Failure(said.kind ?? kindOf(status), said.message ?? `the upstream answered ${status}: ${body.slice(0, 200)}`, {
    status,
    code: said.code,
    body: body.slice(0, 2048),
    retryAfterMs: retryAfter(response),
  });
}

function retryAfter(response) {
  const seconds = Number(response.headers.find(({ name }) => name === "retry-after")?.value || NaN);
  return seconds >= 0 && seconds < 1e6 ? Math.round(seconds * 1000) : undefined;
}

/** The value of a setting. */
export const setting = (context, name) => context.settings.find((each) => each.name === name)?.value ?? "";
