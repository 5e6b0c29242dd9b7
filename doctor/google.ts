// Read-only checks of the Google Cloud project that the module `secrets` uses.

import { readJson } from "./command";
import { bad, good, type CheckResult, unknown } from "./check-result";

export async function checkGoogle(settings: Readonly<Record<string, string>>): Promise<CheckResult[]> {
  if (settings.secrets !== "true" || !settings.gcpProject) return [];
  return [...hardwareEverywhere(settings), ...(await checkProject(settings))];
}

/**
 * Google documents no HSM keys in `global`. Known without a request, and reported before a key ring is there that can never be deleted.
 * Source: https://cloud.google.com/kms/docs/locations (HSM support)
 */
function hardwareEverywhere({ gcpProtectionLevel, gcpKeyRingLocation, gcpRegion }: Readonly<Record<string, string>>) {
  if (gcpProtectionLevel !== "HSM" || gcpKeyRingLocation !== "global") return [];
  return [
    bad(
      `Google Cloud: HSM keys are not documented for the location global, and a key ring can never be deleted: pulumi config set gcpKeyRingLocation ${gcpRegion}`,
    ),
  ];
}

async function checkProject(settings: Readonly<Record<string, string>>): Promise<CheckResult[]> {
  const args = ["services", "list", "--enabled", "--project", settings.gcpProject!, "--format", "json"];
  const result = await readJson("gcloud", args);
  if (!result.ok) {
    const why = result.missing ? "gcloud is not installed" : result.reason;
    return [unknown(`Google Cloud: ${why} (the services of ${settings.gcpProject} are not checked)`)];
  }
  const names = (result.json as { config?: { name?: string } }[]).map(({ config }) => config?.name);
  const service = "cloudkms.googleapis.com";
  if (!names.includes(service)) {
    const cure = `gcloud services enable ${service} --project ${settings.gcpProject}`;
    return [bad(`Google Cloud: ${service} is not enabled: ${cure}`)];
  }
  return [good(`Google Cloud: ${service} is enabled`), ...(await checkHardware(settings))];
}

interface KmsLocation {
  readonly locationId?: string;
  readonly metadata?: { readonly hsmAvailable?: boolean };
}

/** Not every location has HSMs, and the location of a key ring cannot be changed once it exists. */
async function checkHardware(settings: Readonly<Record<string, string>>): Promise<CheckResult[]> {
  const { gcpProtectionLevel, gcpKeyRingLocation, gcpProject } = settings;
  if (gcpProtectionLevel !== "HSM") return [];
  const args = ["kms", "locations", "list", "--project", gcpProject!, "--format", "json"];
  const result = await readJson("gcloud", args);
  if (!result.ok) return [unknown(`Google Cloud: ${result.reason} (the locations of Cloud KMS are not checked)`)];
  const able = (result.json as KmsLocation[])
    .filter(({ metadata }) => metadata?.hsmAvailable === true)
    .map(({ locationId }) => locationId);
  return [
    able.includes(gcpKeyRingLocation)
      ? good(`Google Cloud: ${gcpKeyRingLocation} supports HSM keys`)
      : bad(
          `Google Cloud: ${gcpKeyRingLocation} does not support HSM keys (gcpProtectionLevel HSM): pulumi config set gcpKeyRingLocation ${settings.gcpRegion}`,
        ),
  ];
}
