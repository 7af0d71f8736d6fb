import type { Client, Connection, Submittable } from "pg";

/** The message of the protocol that the library passes on without a type. */
interface Described {
  dataTypeIDs: number[];
}

/**
 * Types of the parameters of a statement, as the server infers them. Needed where a value has two forms: a list is an
 * array literal for `int[]` but JSON for `jsonb`.
 */
export function describeParameters(client: Pick<Client, "query">, text: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let types: number[] = [];
    let wireOf: Connection | undefined;
    const onDescription = (message: Described) => {
      types = message.dataTypeIDs;
    };
    const query = {
      submit(connection: Connection) {
        wireOf = connection;
        connection.once("parameterDescription", onDescription);
        const wire = connection as unknown as Wire;
        wire.parse({ text, name: "", types: [] });
        wire.describe({ type: "S", name: "" });
        wire.sync();
      },
      handleRowDescription() {},
      handleParseComplete() {},
      handleNoData() {},
      handleError(error: Error) {
        wireOf?.off("parameterDescription", onDescription);
        reject(error);
      },
      handleReadyForQuery: () => resolve(types),
    };
    client.query(query as unknown as Submittable);
  });
}

interface Wire {
  parse(query: { text: string; name: string; types: number[] }): void;
  describe(message: { type: "S"; name: string }): void;
  sync(): void;
}
