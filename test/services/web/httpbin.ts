import { randomUUID } from "node:crypto";
import { type Call, ok, type Site, sleep } from "./reply.ts";

/** httpbin.org: what it received comes back (`/get /post /put /patch /delete /anything`), and some fixed answers. */
export const httpbin: Site = async (call) => {
  const [, name, argument] = call.url.pathname.split("/");
  switch (name) {
    case "get":
    case "post":
    case "put":
    case "patch":
    case "delete":
    case "anything":
      return ok(echo(call));
    case "status":
      return { status: Number(argument), body: "" };
    case "uuid":
      return ok({ uuid: randomUUID() });
    case "json":
      return ok({
        slideshow: { author: "Yours Truly", date: "date of publication", slides: [], title: "Sample Slide Show" },
      });
    case "headers":
      return ok({ headers: call.headers });
    case "delay":
      await sleep(Math.min(Number(argument), 10));
      return ok(echo(call));
    case "redirect":
      return {
        status: 302,
        headers: { location: Number(argument) > 1 ? `/redirect/${Number(argument) - 1}` : "/get" },
      };
    default:
      return undefined;
  }
};

function echo({ method, url, headers, body }: Call) {
  const form = (headers["content-type"] ?? "").includes("x-www-form-urlencoded");
  return {
    args: queryOf(url.searchParams),
    data: form ? "" : body,
    files: {},
    form: form ? queryOf(new URLSearchParams(body)) : {},
    headers,
    json: jsonOrNull(body),
    method,
    origin: "127.0.0.1",
    url: url.href,
  };
}

function queryOf(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function jsonOrNull(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
