import { type Call, numberOf, ok, type Reply, type Site, sleep } from "./reply.ts";

const TOTAL = 35;
const ITEMS = Array.from({ length: TOTAL }, (_, i) => ({
  id: i + 1,
  name: `Item ${i + 1}`,
  score: ((i * 7) % 100) + 0.5,
}));
const ERRORS: Record<string, number> = {
  auth: 401,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  client: 400,
  rate_limit: 429,
  server: 500,
  unavailable: 503,
  timeout: 504,
};

/** How long a probe waits for company, seconds: in vain only when requests are serialized, however busy the machine is. */
const PATIENCE = 20;

/** Opens the gate at the latest after so many seconds: who comes later need not wait in vain again. */
async function atMost(seconds: number, gate: PromiseWithResolvers<void>): Promise<void> {
  const timer = setTimeout(gate.resolve, seconds * 1_000);
  await gate.promise;
  clearTimeout(timer);
}

/** Counts of the probes since the last reset. `overlapped` opens when two are there at once, or one has waited for long. */
const newProbes = () => ({
  started: 0,
  completed: 0,
  active: 0,
  max_active: 0,
  overlapped: Promise.withResolvers<void>(),
});
const withoutGate = ({ overlapped: _gate, ...counts }: ReturnType<typeof newProbes>) => counts;

/** The paginated test API: 35 items, 10 a page; state (flaky pages, rates, probes) belongs to this site alone. */
export function paginatedApi(): Site {
  const failed = new Set<string>();
  let recent: number[] = [];
  let probes = newProbes();

  const flaky = ({ url }: Call): Reply => {
    const page = String(numberOf(url, "page", 1));
    const failing = (url.searchParams.get("fail_on") ?? "").split(",").map((text) => text.trim());
    if (!failing.includes(page) || failed.has(page)) return assessments(url);
    failed.add(page);
    return { status: 500, body: { error: "flaky", page: Number(page) } };
  };

  const rateLimited = ({ url }: Call): Reply => {
    const limit = numberOf(url, "requests_per_second", 2);
    const now = Date.now();
    recent = recent.filter((time) => now - time < 1_000);
    if (recent.length >= limit)
      return { status: 429, headers: { "retry-after": "1" }, body: { error: "rate limited" } };
    recent.push(now);
    return assessments(url);
  };

  const concurrency = async (call: Call): Promise<Reply | undefined> => {
    switch (call.url.pathname) {
      case "/api/v1/concurrency/reset":
        probes = newProbes();
        return ok({ status: "reset" });
      case "/api/v1/concurrency/stats":
        return ok(withoutGate(probes));
      case "/api/v1/concurrency/probe": {
        const mine = probes;
        mine.started++;
        mine.active++;
        mine.max_active = Math.max(mine.max_active, mine.active);
        if (mine.active > 1) mine.overlapped.resolve();
        await Promise.all([sleep(numberOf(call.url, "delay_seconds", 0)), atMost(PATIENCE, mine.overlapped)]);
        mine.active--;
        mine.completed++;
        return ok({ status: "ok", label: call.url.searchParams.get("label") });
      }
      default:
        return undefined;
    }
  };

  return (call) => {
    switch (call.url.pathname) {
      case "/health":
        return ok({ status: "healthy" });
      case "/api/v1/assessments":
        return assessments(call.url);
      case "/api/v1/users":
        return users(call.url);
      case "/api/v1/events":
        return events(call.url);
      case "/api/v1/flaky":
        return flaky(call);
      case "/api/v1/flaky/reset":
        failed.clear();
        return ok({ status: "reset" });
      case "/api/v1/errors":
        return errorReply(call.url);
      case "/api/v1/rate-limited":
        return rateLimited(call);
      case "/api/v1/heavy":
        return assessments(call.url, "x".repeat(numberOf(call.url, "payload_kb", 1) * 1024));
      default:
        return concurrency(call);
    }
  };
}

function assessments(url: URL, payload?: string): Reply {
  const page = numberOf(url, "page", 1);
  const pageSize = numberOf(url, "pageSize", 10);
  const data = ITEMS.slice((page - 1) * pageSize, page * pageSize).map((item) =>
    payload === undefined ? item : { ...item, payload },
  );
  return ok({ data, paging: { hasMore: page * pageSize < TOTAL, page, pageSize, total: TOTAL } });
}

function users(url: URL): Reply {
  const offset = numberOf(url, "offset", 0);
  const limit = numberOf(url, "limit", 10);
  return ok({
    users: ITEMS.slice(offset, offset + limit),
    has_more: offset + limit < TOTAL,
    offset,
    limit,
    total: TOTAL,
  });
}

function events(url: URL): Reply {
  const cursor = url.searchParams.get("cursor");
  const start = cursor === null || cursor === "" ? 0 : Number(Buffer.from(cursor, "base64").toString("utf8"));
  const end = start + numberOf(url, "limit", 10);
  return ok({
    events: ITEMS.slice(start, end),
    next_cursor: end < TOTAL ? Buffer.from(String(end)).toString("base64") : null,
  });
}

function errorReply(url: URL): Reply {
  const type = url.searchParams.get("error_type") ?? "500";
  const status = (Object.hasOwn(ERRORS, type) ? ERRORS[type] : undefined) ?? (Number(type) || 500);
  return { status, ...(status === 429 ? { headers: { "retry-after": "1" } } : {}), body: { error: type, status } };
}
