/** What is used of packages that are installed only when they are measured. */
import type { RequestListener } from "node:http";

export interface DBOS {
  setConfig(config: { name: string; systemDatabaseUrl: string; runAdminServer: boolean; logLevel: string }): void;
  registerWorkflow(work: () => Promise<void>, options: { name: string }): () => Promise<void>;
  runStep<T>(work: () => Promise<T>, options: { name: string }): Promise<T>;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface GraphileWorker {
  Logger: new (factory: () => () => void) => object;
  run(options: {
    connectionString: string;
    concurrency: number;
    maxPoolSize: number;
    noHandleSignals: boolean;
    logger: object;
    taskList: { [name: string]: (payload: unknown) => Promise<void> };
  }): Promise<{ addJob(name: string, payload: object): Promise<unknown>; stop(): Promise<void> }>;
}

export interface PgBoss {
  on(event: "error", listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: { notify: boolean }): Promise<void>;
  work(
    name: string,
    options: { localConcurrency: number; batchSize: number; burstWhenBatchFull: boolean },
    handler: (jobs: { data: unknown }[]) => Promise<void>,
  ): Promise<string>;
  send(name: string, data: object): Promise<string | null>;
  stop(options: { graceful: boolean }): Promise<void>;
}

export interface PgBossModule {
  PgBoss: new (options: { connectionString: string; max: number; useListenNotify: boolean }) => PgBoss;
}

export interface RestateSdk {
  workflow(definition: {
    name: string;
    handlers: { run(context: { run(name: string, work: () => Promise<number>): Promise<number> }): Promise<number> };
  }): object;
  createEndpointHandler(options: { services: object[]; logger: () => void }): RequestListener;
}
