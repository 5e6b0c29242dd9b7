// The Google Cloud project of the module `secrets`, read-only.

import { ask } from "./command";
import { bad, good, type Line, unknown } from "./line";

export async function checkGoogle(settings: Readonly<Record<string, string>>): Promise<Line[]> {
  if (settings.secrets !== "true" || !settings.gcpProject) return [];
  const args = ["services", "list", "--enabled", "--project", settings.gcpProject, "--format", "json"];
  const answer = await ask("gcloud", args);
  if (!answer.ok) {
    const why = answer.missing ? "gcloud is not installed" : answer.reason;
    return [unknown(`Google Cloud: ${why} (the services of ${settings.gcpProject} are not looked at)`)];
  }
  const names = (answer.json as { config?: { name?: string } }[]).map(({ config }) => config?.name);
  return ["cloudkms.googleapis.com"].map((service) =>
    names.includes(service)
      ? good(`Google Cloud: ${service} is enabled`)
      : bad(
          `Google Cloud: ${service} is not enabled: gcloud services enable ${service} --project ${settings.gcpProject}`,
        ),
  );
}
