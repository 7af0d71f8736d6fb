import type { HttpRequest } from "./request.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The request that a redirect asks for; undefined when the answer is none that can be followed. What proves who asks
 * (Authorization, cookies, key headers) does not go to another origin. 303, and 301 or 302 after POST, become GET.
 */
export function redirected(
  request: HttpRequest,
  status: number,
  location: string | undefined,
): HttpRequest | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  const url = URL.parse(location, request.url.href);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  url.hash = "";
  url.username = "";
  url.password = "";
  const headers = { ...request.headers };
  if (url.origin !== request.url.origin) for (const name of request.secretHeaders) delete headers[name];
  const toGet =
    (status === 303 && request.method !== "HEAD") || ((status === 301 || status === 302) && request.method === "POST");
  if (!toGet) return { ...request, url, headers };
  for (const name of Object.keys(headers)) if (name.startsWith("content-")) delete headers[name];
  return { ...request, method: "GET", url, headers, body: undefined };
}
