import type { Json } from "@noetl/core";

export type VariableType = "user_defined" | "step_result" | "computed" | "iterator_state";

export interface Variable {
  name: string;
  value: Json;
  type: VariableType;
  source_step: string | null;
  created_at: number;
  accessed_at: number;
  access_count: number;
}

/** Values kept beside an execution over the API (server-api §2.12). */
export interface Variables {
  put(
    executionId: string,
    variables: readonly { name: string; value: Json; type?: VariableType; source_step?: string }[],
  ): Promise<void>;
  /** Counts the access. */
  get(executionId: string, name: string): Promise<Variable | undefined>;
  list(executionId: string): Promise<Variable[]>;
  delete(executionId: string, name?: string): Promise<number>;
}
