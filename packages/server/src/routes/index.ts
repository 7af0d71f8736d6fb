import type { ServerContext } from "../context.ts";
import type { Route } from "../http/route.ts";
import { catalogRoutes } from "./catalog.ts";
import { commandRoutes } from "./commands.ts";
import { credentialRoutes } from "./credentials.ts";
import { eventRoutes } from "./events.ts";
import { executeRoutes } from "./execute.ts";
import { executionRoutes } from "./executions.ts";
import { healthRoutes } from "./health.ts";
import { resultRoutes } from "./results.ts";
import { workerRoutes } from "./workers.ts";

/** Every route of the API, one file an area. */
export function allRoutes(context: ServerContext): Route[] {
  const routes: Route[] = [
    ...healthRoutes(context, () => routes),
    ...catalogRoutes(context),
    ...executeRoutes(context),
    ...executionRoutes(context),
    ...eventRoutes(context),
    ...commandRoutes(context),
    ...workerRoutes(context),
    ...credentialRoutes(context),
    ...resultRoutes(context),
  ];
  return routes;
}
