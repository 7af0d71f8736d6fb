import { z } from "zod";

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const QUANTITY = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;

const EITHER_OR = "either secret or configMap";
const eitherOr = (from: { secret?: string | undefined; configMap?: string | undefined }): boolean =>
  (from.secret === undefined) !== (from.configMap === undefined);

export const name = (what: string) =>
  z.string().regex(NAME, "lower-case letters, digits and -, at most 63").describe(what);
export const amount = z.string().regex(QUANTITY, "an amount such as 500m, 512Mi, 5Gi");
export const count = (what: string) => z.int().min(0).describe(what);
export const atLeastOne = (what: string) => z.int().min(1).describe(what);
export const text = (what: string) => z.string().min(1).describe(what);
export const flag = (what: string) => z.boolean().describe(what);
export const nodePort = (what: string) => z.int().min(30_000).max(32_767).nullable().describe(what);
export const hostPort = (what: string) => z.int().min(1).max(65_535).describe(`port of 127.0.0.1 for ${what}`);
export const environment = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of an environment variable"), z.string())
  .describe("more environment variables; no secrets");
export const environmentFrom = z
  .array(
    z
      .strictObject({ configMap: text("name of a ConfigMap").optional(), secret: text("name of a Secret").optional() })
      .refine(eitherOr, EITHER_OR),
  )
  .describe("ConfigMaps and Secrets whose keys become environment variables, such as NOETL_CREDENTIAL_*");

export const files = z
  .array(
    z
      .strictObject({
        secret: text("name of a Secret").optional(),
        configMap: text("name of a ConfigMap").optional(),
        path: z
          .string()
          .regex(/^\/[\w./-]+$/, "an absolute path")
          .describe("folder its keys are files in"),
        optional: flag("start without it when it is not there").optional(),
      })
      .refine(eitherOr, EITHER_OR),
  )
  .describe("Secrets and ConfigMaps as files, such as credentials of a cloud");

const amounts = z.strictObject({ cpu: amount.optional(), memory: amount.optional() });
export const resources = z
  .strictObject({ requests: amounts.optional(), limits: amounts.optional() })
  .describe("what a pod asks for and may use");

export const role = z.strictObject({ replicas: count("how many pods").optional(), resources: resources.optional() });
