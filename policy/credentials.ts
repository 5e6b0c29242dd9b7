// What a credential is: the values that providers make as such, and the forms that credentials are known to have.

import { at, text } from "./read";
import type { View } from "./view";

/** Where providers put credentials. */
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

/** Every credential's value in the graph that is known. Values stay in memory: nothing prints them. */
export function credentialsOf(view: View): Set<string> {
  const marked = view.resources.flatMap((resource) => {
    const paths = resource.secrets.filter((path) => path.startsWith("outputs."));
    const known = outputs.filter(([type]) => type === resource.type).map(([, output]) => `outputs.${output}`);
    return [...paths, ...known].map((path) => readKnown(resource, path));
  });
  // A short or common value (`true`, a name) marked secret would match everywhere.
  return new Set(marked.filter((value) => value.length >= 16));
}

function readKnown(resource: object, path: string): string {
  try {
    return text(at(resource, ...path.split(".")));
  } catch {
    return ""; // unknown yet: nothing can hold it in plain
  }
}

/** Forms of credentials: private keys, AWS access keys, JSON web tokens, URLs with a password, tokens of well-known services. */
const forms = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/,
  /\w:\/\/[^/\s:@]+:[^/\s:@]+@/,
  /\b(gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35})/,
];

/** Names of what is random and no secret: an id, an ARN, an address, a digest. */
const identifier = /(Id|Ids|Arn|Url|Endpoint|Issuer|Audience|Digest|_(ID|ARN|URL|ISSUER|AUDIENCE|DIGEST))$/;

/** Whether a value has the form of a credential, or is random text as long as one under a name that promises no id. */
export function looksSecret(name: string, value: string): boolean {
  return forms.some((form) => form.test(value)) || (!identifier.test(name) && looksRandom(value));
}

/** A run of random letters and digits has all three kinds and changes between them often; words, digests and ARNs do not. */
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
