// The setting `tags`: what an organisation demands on every resource, besides what the program sets itself.

import { tags } from "./provider-values";
import { type SettingReader, setPath } from "./setting-reader";

export type Tags = Readonly<Record<string, string>>;

/** Reads the setting by itself; `checkTags` compares it with `aws:defaultTags`, which it may add to but not contradict. */
export function readTags(read: SettingReader): { readonly tags: Tags } {
  const found = read.object("tags", "owner=<value>");
  const { value, wrong } = tags(found, "tags");
  if (wrong !== undefined) read.error("tags", wrong.what, setPath(`tags${wrong.path}`, wrong.example));
  return { tags: (value ?? {}) as Tags };
}

/** Adds an error for each tag that `aws:defaultTags` sets too, and if both together are too many. */
export function checkTags(
  settings: { readonly tags: Tags; readonly providers: { readonly aws: object } },
  read: SettingReader,
): void {
  const { defaultTags } = settings.providers.aws as { readonly defaultTags?: { readonly tags: Tags } };
  const others = defaultTags?.tags ?? {};
  for (const key of Object.keys(settings.tags))
    if (key in others)
      read.error(
        "tags",
        `sets ${key}, and so does aws:defaultTags`,
        `pulumi config rm --path 'aws:defaultTags.tags.${key}'`,
      );
  const { wrong } = tags({ ...others, ...settings.tags }, "tags");
  if (wrong !== undefined && Object.keys(others).length > 0 && Object.keys(settings.tags).length > 0)
    read.error("tags", `${wrong.what}, and aws:defaultTags has some, too`, "pulumi config rm aws:defaultTags");
}
