import { child, childMap, childText, type MapNode } from "../read/node.ts";
import type { Report } from "../report/report.ts";

const CODE = "E_SUBSCRIPTION";

const VERIFIERS: { readonly [type: string]: readonly string[] } = {
  hmac_sha256: ["header", "secret"],
  bearer: ["secret"],
  pubsub_oidc: ["audience", "service_account"],
};

/** What the keys of a subscription ask of each other (DSL §2.6). */
export function checkSubscription(root: MapNode, report: Report): void {
  const spec = childMap(root, "spec");
  if (spec === undefined) return;
  const ingress = childMap(spec, "ingress");
  if (childText(spec, "mode") === "push" && ingress === undefined) {
    report.error(CODE, child(spec, "mode") ?? spec, "spec.mode 'push' needs spec.ingress");
  }
  if (ingress !== undefined) checkIngress(ingress, report);
  const spool = childMap(spec, "spool");
  if (spool !== undefined) checkSpool(spool, report);
}

function checkIngress(ingress: MapNode, report: Report): void {
  const path = childText(ingress, "gateway_path");
  if (path !== undefined && !path.startsWith("/")) {
    report.error(CODE, child(ingress, "gateway_path") ?? ingress, "spec.ingress.gateway_path must start with '/'");
  }
  const verify = childMap(ingress, "verify");
  if (verify === undefined) return;
  const type = childText(verify, "type") ?? "";
  const needed = VERIFIERS[type];
  if (needed === undefined) {
    const message = `spec.ingress.verify.type must be one of ${Object.keys(VERIFIERS).join(", ")}`;
    report.error(CODE, child(verify, "type") ?? verify, message);
    return;
  }
  for (const key of needed) {
    if (child(verify, key) === undefined)
      report.error(CODE, verify, `spec.ingress.verify of type ${type} needs '${key}'`);
  }
}

function checkSpool(spool: MapNode, report: Report): void {
  const backend = childText(spool, "backend");
  const needed = backend === "gcs" || backend === "s3" ? "bucket" : backend === "local_disk" ? "path" : undefined;
  if (needed !== undefined && child(spool, needed) === undefined) {
    report.error(CODE, child(spool, "backend") ?? spool, `spec.spool with backend '${backend}' needs '${needed}'`);
  }
  const drain = childMap(spool, "drain");
  if (childText(spool, "ordering") === "global" && childText(drain, "on_recovery") === "interleave") {
    const where = child(drain, "on_recovery") ?? spool;
    report.error(CODE, where, "spec.spool.drain.on_recovery 'interleave' breaks 'ordering: global'");
  }
}
