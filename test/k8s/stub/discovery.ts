import { groupVersionOf, pathOf, type Resource } from "./resources.ts";

/** Answers to what kubectl asks before anything else: groups, kinds, and which parameters a PATCH takes (OpenAPI v3). */
export function discovery(path: string, resources: readonly Resource[]): object | undefined {
  if (path === "/version") return { major: "1", minor: "32", gitVersion: "v1.32.0", platform: "linux/amd64" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") return groupList(resources);
  if (path === "/openapi/v3") return index(resources);
  const inside = resources.filter((resource) => path === `/${pathOf(resource)}`);
  if (inside.length > 0) return resourceList(inside);
  const described = resources.filter((resource) => path === `/openapi/v3/${pathOf(resource)}`);
  return described.length > 0 ? openApi(described) : undefined;
}

function groupList(resources: readonly Resource[]): object {
  const groups = Map.groupBy(
    resources.filter(({ group }) => group !== ""),
    ({ group }) => group,
  );
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [...groups].map(([name, [first]]) => {
      const version = { groupVersion: `${name}/${first?.version}`, version: first?.version };
      return { name, versions: [version], preferredVersion: version };
    }),
  };
}

function resourceList(inside: readonly Resource[]): object {
  const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
  const [first] = inside;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: first && groupVersionOf(first),
    resources: inside.flatMap(({ plural, kind, namespaced, short }) => [
      { name: plural, singularName: kind.toLowerCase(), kind, namespaced, verbs, ...(short && { shortNames: short }) },
      ...(kind === "Deployment" || kind === "StatefulSet"
        ? [{ name: `${plural}/scale`, kind: "Scale", group: "autoscaling", version: "v1", namespaced, verbs }]
        : []),
    ]),
  };
}

function index(resources: readonly Resource[]): object {
  const paths = [...new Set(resources.map(pathOf))];
  return {
    paths: Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=stub` }])),
  };
}

/** As much as says: fields are validated, and dry runs done, by the server. */
function openApi(described: readonly Resource[]): object {
  const parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({ name, in: "query" }));
  return {
    openapi: "3.0.0",
    info: { title: "stub", version: "v1" },
    paths: Object.fromEntries(
      described.map((resource) => {
        const { group, version, kind, plural, namespaced } = resource;
        const patch = { parameters, "x-kubernetes-group-version-kind": { group, version, kind } };
        return [`/${pathOf(resource)}/${namespaced ? "namespaces/{namespace}/" : ""}${plural}/{name}`, { patch }];
      }),
    ),
  };
}
