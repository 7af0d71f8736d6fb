import type { ServerContext } from "../context.ts";
import type { Route } from "../http/route.ts";
import { authRoutes } from "./auth.ts";
import { catalogRoutes } from "./catalog.ts";
import { commandRoutes } from "./commands.ts";
import { credentialRoutes } from "./credentials.ts";
import { dashboardRoutes } from "./dashboard.ts";
import { databaseRoutes } from "./database.ts";
import { eventRoutes } from "./events.ts";
import { executeRoutes } from "./execute.ts";
import { executionRoutes } from "./executions.ts";
import { frameRoutes } from "./frames.ts";
import { healthRoutes } from "./health.ts";
import { ingressRoutes } from "./ingress.ts";
import { internalRoutes } from "./internal.ts";
import { keychainRoutes } from "./keychain.ts";
import { mcpRoutes } from "./mcp.ts";
import { mirrorRoutes } from "./mirror.ts";
import { objectRoutes } from "./objects.ts";
import { pluginRoutes } from "./plugins.ts";
import { replayRoutes } from "./replay.ts";
import { resultRoutes } from "./results.ts";
import { runtimeRoutes } from "./runtime.ts";
import { scheduleRoutes } from "./schedules.ts";
import { secretRoutes } from "./secrets.ts";
import { sinkRoutes } from "./sinks.ts";
import { streamRoutes } from "./stream.ts";
import { subscriptionRoutes } from "./subscriptions.ts";
import { variableRoutes } from "./variables.ts";
import { workerRoutes } from "./workers.ts";

/** Every route of the API, one file an area. A server without the role `api` only tells how it is. */
export function allRoutes(context: ServerContext): Route[] {
  const own = healthRoutes(context, () => routes);
  const routes: Route[] = context.config.roles.includes("api")
    ? [
        ...own,
        ...runtimeRoutes(context, () => routes),
        ...catalogRoutes(context),
        ...executeRoutes(context),
        ...executionRoutes(context),
        ...streamRoutes(context),
        ...eventRoutes(context),
        ...commandRoutes(context),
        ...workerRoutes(context),
        ...credentialRoutes(context),
        ...keychainRoutes(context),
        ...variableRoutes(context),
        ...resultRoutes(context),
        ...databaseRoutes(context),
        ...dashboardRoutes(context),
        ...scheduleRoutes(context),
        ...subscriptionRoutes(context),
        ...replayRoutes(context),
        ...authRoutes(context),
        ...internalRoutes(context),
        ...secretRoutes(context),
        ...objectRoutes(context),
        ...pluginRoutes(context),
        ...sinkRoutes(context),
        ...mirrorRoutes(context),
        ...ingressRoutes(context),
        ...frameRoutes(context),
        ...mcpRoutes(context),
      ]
    : own;
  return routes;
}
