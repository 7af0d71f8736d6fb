/** One message of a `text/event-stream`. */
export interface SentEvent {
  id: string;
  event: string;
  data: string;
}

/** Messages as they come, those of one chunk together; a comment comes as an empty list: the sender is still there. */
export async function* sentEvents(chunks: AsyncIterable<string>): AsyncGenerator<SentEvent[]> {
  let rest = "";
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    yield blocks.flatMap((block) => messageOf(block) ?? []);
  }
}

function messageOf(block: string): SentEvent | undefined {
  const message: SentEvent = { id: "", event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "id") message.id = value;
    else if (field === "event") message.event = value;
  }
  return data.length === 0 ? undefined : { ...message, data: data.join("\n") };
}
