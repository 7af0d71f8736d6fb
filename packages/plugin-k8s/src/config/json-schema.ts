import { z } from "zod";
import { overlay } from "./shape.ts";

/** JSON Schema (2020-12) of `noetl.k8s.yaml`, for editors. */
export function overlaySchema(): { [key: string]: unknown } {
  const { $schema, ...rest } = z.toJSONSchema(overlay, { io: "input" });
  return {
    $schema,
    title: "noetl.k8s.yaml",
    description: "NoETL on Kubernetes: what differs from the profile",
    ...rest,
  };
}
