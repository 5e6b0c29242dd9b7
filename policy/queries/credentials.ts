// Recognises credentials: by the outputs in which providers return them, and by their typical formats.

import { at, text } from "./read";
import type { View } from "./view";

/** Outputs that contain credentials. */
const outputs: readonly (readonly [type: string, output: string])[] = [
  ["aws:apigateway/apiKey:ApiKey", "value"],
  ["aws:cognito/userPoolClient:UserPoolClient", "clientSecret"],
  ["aws:iam/accessKey:AccessKey", "secret"],
  ["aws:secretsmanager/secretVersion:SecretVersion", "secretString"],
  ["aws:ssm/parameter:Parameter", "value"],
  ["auth0:index/clientCredentials:ClientCredentials", "clientSecret"],
  ["auth0:index/resourceServer:ResourceServer", "signingSecret"],
  ["random:index/randomPassword:RandomPassword", "result"],
];

/** The values of all credentials in the graph that are known. Callers compare them and must not print them. */
export function credentialsOf(view: View): Set<string> {
  const marked = view.resources.flatMap((resource) => {
    const paths = resource.secrets.filter((path) => path.startsWith("outputs."));
    const known = outputs.filter(([type]) => type === resource.type).map(([, output]) => `outputs.${output}`);
    return [...paths, ...known].map((path) => readKnown(resource, path));
  });
  // A short or common value that is marked secret (`true`, a name) would match everywhere.
  return new Set(marked.filter((value) => value.length >= 16));
}

function readKnown(resource: object, path: string): string {
  try {
    return text(at(resource, ...path.split(".")));
  } catch {
    return ""; // not known yet, so nothing can contain it in clear text
  }
}

/** Formats of credentials: private keys, AWS access keys, JWTs, URLs with a password, tokens of well-known services. */
const forms = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/,
  /\w:\/\/[^/\s:@]+:[^/\s:@]+@/,
  /\b(gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35})/,
];

/** Names of values that may look random but are not secret: ids, ARNs, addresses, digests. */
const identifier = /(Id|Ids|Arn|Url|Endpoint|Issuer|Audience|Digest|_(ID|ARN|URL|ISSUER|AUDIENCE|DIGEST))$/;

/** Whether a value has the format of a credential, or is long random text without the name of an identifier. */
export function looksSecret(name: string, value: string): boolean {
  return forms.some((form) => form.test(value)) || (!identifier.test(name) && looksRandom(value));
}

/** Random texts mix lower case, upper case and digits, and alternate often; words, digests and ARNs do not. */
function looksRandom(value: string): boolean {
  return (value.match(/[A-Za-z0-9]{20,}/g) ?? []).some((run) => {
    const kinds = new Set([...run].map(kindOf));
    const changes = [...run].filter((letter, at) => at > 0 && kindOf(letter) !== kindOf(run[at - 1]!)).length;
    return kinds.size === 3 && changes > run.length / 4;
  });
}

function kindOf(letter: string): string {
  return /[a-z]/.test(letter) ? "lower" : /[A-Z]/.test(letter) ? "upper" : "digit";
}
