import { isNoetlError, isObject } from "@noetl/core";

/** Does the server lack this route, or the method on it? */
export function lacksRoute(error: unknown): boolean {
  const status = httpStatus(error);
  return status === 404 || status === 405 || status === 501;
}

export function httpStatus(error: unknown): number | undefined {
  const data = isNoetlError(error) ? error.data : undefined;
  return isObject(data) && typeof data.status === "number" ? data.status : undefined;
}
