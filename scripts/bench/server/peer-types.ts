/** What is used of packages that are installed only when they are measured. */
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
    noHandleSignals: boolean;
    logger: object;
    taskList: { [name: string]: (payload: unknown) => Promise<void> };
  }): Promise<{ addJob(name: string, payload: object): Promise<unknown>; stop(): Promise<void> }>;
}
