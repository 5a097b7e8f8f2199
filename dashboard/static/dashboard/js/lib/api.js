// Speaks to /api/v1 for whoever is logged in. What was sent and not answered is unknown, never failed.

const BASE = "/api/v1";
const PATIENCE_MS = 10_000;
const SAFE = new Set(["GET", "HEAD"]);

/** `isUnknown`: it was sent, and nobody knows whether it was done. `isAway`: the house did not answer. */
export class ApiError extends Error {
  constructor({ code, message, field = null, status = 0, requestId = "", isUnknown = false, data = {} }) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { code, field, status, requestId, isUnknown, data });
  }

  get isAway() {
    return this.status === 0 || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

/** A name for a deed that must happen once: an idempotency key or a client order id. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const get = (path, query) => call("GET", path, { query });
export const post = (path, body = {}, options = {}) => call("POST", path, { body, ...options });
export const put = (path, body = {}, options = {}) => call("PUT", path, { body, ...options });
export const patch = (path, body = {}, options = {}) => call("PATCH", path, { body, ...options });
export const remove = (path, options = {}) => call("DELETE", path, options);

/** `key` is sent as Idempotency-Key. Gives the JSON of the answer; throws ApiError. */
export async function call(method, path, { body, query, key, patience = PATIENCE_MS } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (!SAFE.has(method)) headers["X-CSRFToken"] = csrfToken();
  let response;
  try {
    response = await fetch(BASE + path + queryText(query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw away(method);
  }
  return read(method, response);
}

async function read(method, response) {
  const requestId = response.headers.get("X-Request-Id") ?? "";
  let content = null;
  try {
    content = response.status === 204 ? {} : await response.json();
  } catch {
    throw away(method, response.status, requestId);
  }
  if (response.ok) return content;
  throw errorOf(content?.error, response.status, requestId);
}

/** An error as the API or the socket writes it. */
export function errorOf(error, status = 0, requestId = "") {
  const { code = "INTERNAL", message = "Something went wrong.", field = null } = error ?? {};
  const isUnknown = code === "OUTCOME_UNKNOWN";
  return new ApiError({ code, message, field, status, requestId: error?.request_id ?? requestId, isUnknown, data: error ?? {} });
}

function away(method, status = 0, requestId = "") {
  const isUnknown = !SAFE.has(method);
  const message = isUnknown
    ? "The house did not answer. Whether it was done is not known yet."
    : "The house does not answer.";
  return new ApiError({ code: "NO_ANSWER", message, status, requestId, isUnknown });
}

function queryText(query) {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}

/** From the cookie that each page brings, whatever the cookie is called here. */
export function csrfToken() {
  const found = document.cookie.split("; ").find((part) => /^(__Host-)?csrftoken=/.test(part));
  return found ? found.slice(found.indexOf("=") + 1) : "";
}
