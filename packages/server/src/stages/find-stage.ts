import { NoetlError } from "@noetl/core";
import type { Stage, Store } from "@noetl/store";
import { isEnded } from "../wire/execution.ts";

/**
 * The stage a worker wants frames of. Opened by a `stage.opened` event, or it is a cursor loop of a run of ours: then its id is
 * that of `loop.started`, found over the command the worker holds. Closed here when its loop or its run is over. Meaning `not_found`.
 */
export async function findStage(store: Store, stageId: string, commandId: string | undefined): Promise<Stage> {
  const stage = (await store.stages.get(stageId)) ?? (await openCursor(store, stageId, commandId));
  if (!stage) throw new NoetlError("not_found", "STAGE_NOT_FOUND", `stage not found: ${stageId}`);
  if (stage.status === "CLOSED" || !(await isOver(store, stage))) return stage;
  await store.stages.close(stageId);
  return { ...stage, status: "CLOSED" };
}

async function openCursor(store: Store, stageId: string, commandId: string | undefined): Promise<Stage | undefined> {
  const row = commandId === undefined ? undefined : await store.commands.get(commandId);
  if (!row) return undefined;
  const loops = await store.log.load(row.execution_id, { types: ["loop.started"] });
  const loop = loops.find((event) => event.event_id === stageId);
  if (loop?.type !== "loop.started" || loop.mode !== "cursor") return undefined;
  return store.stages.open({
    stage_id: stageId,
    execution_id: row.execution_id,
    kind: "loop",
    step_name: loop.step,
    frame_policy: { max_in_flight: loop.max_in_flight },
  });
}

async function isOver(store: Store, stage: Stage): Promise<boolean> {
  const run = await store.executions.get(stage.execution_id);
  if (!run) return false;
  if (isEnded(run.status)) return true;
  const events = await store.log.load(stage.execution_id, { types: ["loop.started", "loop.done"] });
  const started = events.find((event) => event.event_id === stage.stage_id);
  if (started?.type !== "loop.started") return false;
  return events.some((event) => event.type === "loop.done" && event.step === started.step && event.run === started.run);
}
