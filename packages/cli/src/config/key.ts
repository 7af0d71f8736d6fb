import { NoetlError } from "@noetl/core";
import { nearest, SETTINGS, type Setting } from "@noetl/sdk";

/** The setting of this key. Meaning `validation`, with the key that was probably meant. */
export function settableKey(key: string): Setting {
  const found = SETTINGS.find((setting) => setting.key === key);
  if (found) return found;
  const known = SETTINGS.map((setting) => setting.key);
  throw unknownKey(key, known, "can be set");
}

export function unknownKey(key: string, known: readonly string[], what: string): NoetlError {
  const meant = nearest(key, known);
  return new NoetlError("validation", "E_SETTING", `there is no setting '${key}' that ${what}`, {
    hint: meant ? `did you mean '${meant}'?` : `${known.join(", ")}`,
  });
}
