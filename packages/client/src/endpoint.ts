/** Where a server is and how it is reached (cli §1.3–1.5). */
export interface Endpoint {
  /** base URL without path, e.g. `http://localhost:8082` */
  url: string;
  /** through the gateway's prefix `/noetl/` instead of `/api/`; `auto` = when the host name contains `gateway.` */
  gateway?: boolean | "auto";
  /** sent as `Authorization: Bearer` and `x-session-token` */
  token?: string;
  /** PEM texts: who we are, and whom we trust */
  tls?: { cert?: string; key?: string; ca?: string };
}

export function usesGateway(endpoint: Endpoint): boolean {
  if (endpoint.gateway === true || endpoint.gateway === false) return endpoint.gateway;
  return new URL(endpoint.url).hostname.toLowerCase().includes("gateway.");
}

/** The only place that makes addresses. `path` has no leading slash; its segments are already encoded. */
export function addressOf(endpoint: Endpoint, path: string): string {
  const base = endpoint.url.replace(/\/+$/, "");
  return `${base}/${usesGateway(endpoint) ? "noetl" : "api"}/${path}`;
}

/** Each segment of a catalog path or a name, safe inside an address. */
export function segments(text: string): string {
  return text.split("/").map(encodeURIComponent).join("/");
}
