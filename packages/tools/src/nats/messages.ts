import { contentOf, messageHeaders, need, type Run } from "./context.ts";
import { decodePayload, encodePayload, headersOf } from "./payload.ts";

const REQUEST_MS = 2_000;

/** Messages that no stream keeps. */
export const messages = {
  publish: async ({ config, connection }) => {
    const subject = need(config, "subject");
    const headers = await messageHeaders(config);
    connection.publish(subject, encodePayload(contentOf(config)), headers === undefined ? {} : { headers });
    await connection.flush();
    return { status: "success", subject };
  },
  request: async ({ config, connection }) => {
    const headers = await messageHeaders(config);
    const answer = await connection.request(need(config, "subject"), encodePayload(contentOf(config)), {
      timeout: config.timeout_ms ?? REQUEST_MS,
      ...(headers === undefined ? {} : { headers }),
    });
    return {
      status: "success",
      subject: need(config, "subject"),
      data: decodePayload(answer.data),
      headers: headersOf(answer.headers),
    };
  },
} satisfies Record<string, Run>;
