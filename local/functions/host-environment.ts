// What of this machine a function could otherwise see, set as on Lambda as far as that can be: locales and PATH. The
// process itself sets its umask. Not equal: the machine's programs and libraries, its Node.js, its file system.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime

import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Lambda's PATH. @param opt local folder of the layers */
export function pathVariable(opt: string): string {
  return ["/var/lang/bin", "/usr/local/bin", "/usr/bin/", "/bin", join(opt, "bin")].join(":");
}

/** Where systems keep the one locale beside C and POSIX that Lambda's image (Amazon Linux 2023, minimal) has. */
const utf8Locales = ["C.utf8", "C.UTF-8"].map((name) => join("/usr/lib/locale", name));

/**
 * A folder for LOCPATH, without which a function would find every locale of this machine: a text model that asks for
 * en_US would load here and fail on Lambda. LANG names en_US.UTF-8 there, too, and does not have it.
 * @param parent folder that is kept between runs
 */
export function localesFolder(parent: string): string {
  const folder = join(parent, "locales");
  mkdirSync(folder, { recursive: true });
  const found = utf8Locales.find((path) => existsSync(path));
  const link = join(folder, "C.utf8");
  if (found === undefined || existsSync(link)) return folder;
  try {
    symlinkSync(found, link);
  } catch (error) {
    // Another run has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return folder;
}
