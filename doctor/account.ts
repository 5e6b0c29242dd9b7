// Compares the account with the provider's guards (`aws:allowedAccountIds`, `aws:forbiddenAccountIds`), as the provider does
// in a deployment.

import { bad, good, type CheckResult, unknown } from "./check-result";

/** @param caller - account of the credentials in use here */
export function checkAccount(settings: Readonly<Record<string, string>>, caller: string): CheckResult[] {
  const [allowed, forbidden] = [ids(settings["aws:allowedAccountIds"]), ids(settings["aws:forbiddenAccountIds"])];
  if (allowed.length + forbidden.length === 0) return [];
  const role = assumed(settings);
  if (role === "") return [unknown("account guard: the role that the deployment assumes cannot be read")];
  const account = role ?? caller;
  if (forbidden.includes(account)) return [bad(`account guard: ${account} is one of aws:forbiddenAccountIds: ${cure}`)];
  if (allowed.length > 0 && !allowed.includes(account))
    return [bad(`account guard: ${account} is none of aws:allowedAccountIds: ${cure}`)];
  return [good(`account guard: ${account} may be deployed to`)];
}

const cure = "export AWS_PROFILE=<profile of the right account>";

function ids(json = "[]"): string[] {
  const list = parsed(json);
  return Array.isArray(list) ? list.map(String) : [];
}

/** Account of the role that the deployment ends up with: `undefined` if it assumes none, empty if it cannot be read. */
function assumed(settings: Readonly<Record<string, string>>): string | undefined {
  const { "aws:assumeRoles": roles, "aws:assumeRoleWithWebIdentity": identity } = settings;
  if (roles === undefined && identity === undefined) return undefined;
  const named = roles === undefined ? parsed(identity!) : (parsed(roles) as unknown[] | undefined)?.at(-1);
  return (
    /^arn:[a-z-]+:iam::(\d{12}):role\//.exec(String((named as { roleArn?: unknown } | undefined)?.roleArn))?.[1] ?? ""
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
