import { reference } from "../build/reference.ts";
import { checkedTag } from "../build/tag.ts";
import { type LastBuild, readLastTag } from "../build/tag-file.ts";
import { PLACEHOLDER_IMAGE } from "../config/index.ts";

export interface ChosenImage {
  ref: string;
  /** what is known about it when it was built here */
  build?: LastBuild;
}

/**
 * Which image is deployed: `--image-ref`, `--tag`, `image.ref` of the configuration, else what was built last in the
 * folder. Meaning `validation` when there is none.
 */
export async function chooseImage(from: {
  imageRef?: string | undefined;
  tag?: string | undefined;
  /** `image.ref` of the configuration */
  configured: string;
  folder: string;
}): Promise<ChosenImage> {
  const { imageRef, tag, configured, folder } = from;
  if (imageRef !== undefined) return { ref: imageRef };
  if (tag !== undefined) return { ref: reference({ registry: "local", image: "noetl", tag: checkedTag(tag) }) };
  if (configured !== PLACEHOLDER_IMAGE) return { ref: configured };
  const { text, build } = await readLastTag(folder);
  if (build) return { ref: build.image, build };
  const whole = /[/:]/.test(text);
  return { ref: whole ? text : reference({ registry: "local", image: "noetl", tag: text }) };
}

/** Does its name say that it is in no registry? */
export function onThisMachineOnly(ref: string): boolean {
  const [host = ""] = ref.split("/");
  return !ref.includes("/") || (!/[.:]/.test(host) && host !== "localhost");
}
