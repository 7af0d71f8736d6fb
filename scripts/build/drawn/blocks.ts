import type { Page } from "../../../packages/cli/src/built/help.ts";

/** A page in blocks, divided by empty lines: a text, or the place of one in the blocks that pages share. */
export interface Blocks {
  blocks: readonly (string | number)[];
  overview: boolean;
}

const GAP = "\n\n";

/** The same flags stand under every command: a block that several pages have is carried once. */
export function inBlocks<Id>(pages: ReadonlyMap<Id, Page>): { pages: Map<Id, Blocks>; shared: string[] } {
  const counts = new Map<string, number>();
  for (const { text } of pages.values()) {
    for (const block of text.split(GAP)) counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  const shared = [...counts].filter(([block, count]) => count > 2 && block.length > 100).map(([block]) => block);
  const places = new Map(shared.map((block, place) => [block, place]));
  const blocksOf = ({ text, overview }: Page): Blocks => ({
    blocks: text.split(GAP).map((block) => places.get(block) ?? block),
    overview,
  });
  return { pages: new Map([...pages].map(([id, page]) => [id, blocksOf(page)])), shared };
}
