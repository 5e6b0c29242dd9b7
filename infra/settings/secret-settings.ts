// The settings of the module `secrets`, checked for what Secrets Manager and Google Cloud KMS would refuse, and for
// what would leave a key in use for too long.

import { Region } from "@pulumi/aws/types/enums";
import { partitionOf } from "../../contract";
import { type Location, regionPattern } from "../base/location";
import { userError } from "../base/user-error";
import { locations, regions } from "./gcp-locations";
import { type SettingReader, setPath } from "./setting-reader";
import type { StackSettings } from "./stack-settings";

/** Maximum days that a key may be in use: SecretsManager.4 of AWS Security Hub, CIS GCP 1.10. */
const mostDays = 90;
/** Never `allUsers` or `allAuthenticatedUsers`, which mean everyone. */
const member =
  /^((user|group|serviceAccount):[^\s:@]+@[^\s:@]+|principal(Set)?:\/\/iam\.googleapis\.com\/[A-Za-z0-9/._*-]+)$/;
export type SecretSettings = Readonly<ReturnType<typeof readSecretSettings>>;

export function readSecretSettings(read: SettingReader) {
  return {
    secrets: read.boolean("secrets"),
    /** AWS region of the secrets and of everything that rotates them. */
    secretsRegion: read.oneOf(
      "secretsRegion",
      Object.values(Region).filter((region) => regionPattern.test(region)),
      "an AWS region",
      "us-west-2",
    ),
    /** Days during which a deleted secret can be restored, 7 to 30; 0: it is deleted at once. */
    secretRecoveryDays: recoveryDays(read),
    /** `rate(…)` or `cron(…)`, in UTC. */
    secretRotationSchedule: rotationSchedule(read),
    /** Hours that a replaced API key stays valid. */
    keyOverlapHours: read.integer("keyOverlapHours", 1, 24 * 7),
    /** ARNs of the roles that may read the secret of the shared key: those of the calling applications. */
    secretReaders: secretReaders(read),
    gcpProject: read.optional("gcpProject", /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "a project's id", "my-project"),
    gcpRegion: read.oneOf("gcpRegion", regions, "a Google Cloud region", "us-central1"),
    gcpKeyRingLocation: read.oneOf("gcpKeyRingLocation", locations, "a location of Cloud KMS", "global"),
    /** Name of an existing key ring to adopt; empty: a new one is created. */
    gcpKeyRingName: read.optional("gcpKeyRingName", /^[\w-]{1,63}$/, "a key ring's name", "model-serving"),
    gcpKeyRotationSeconds: read.integer("gcpKeyRotationSeconds", 86_400, mostDays * 86_400),
    gcpProtectionLevel: read.choice("gcpProtectionLevel", ["SOFTWARE", "HSM"]),
    /** IAM members that may encrypt and decrypt with the crypto key. */
    gcpKeyUsers: read.list(
      "gcpKeyUsers",
      member,
      "a member of IAM",
      "serviceAccount:app@my-project.iam.gserviceaccount.com",
    ),
  };
}

/** A region of each partition, for the command that cures an error. */
const regionIn = { aws: "us-west-2", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" } as const;

type Checked = SecretSettings & Pick<StackSettings, "awsRegion">;

/** Adds an error if the module is on and the Google Cloud project is not set, or the regions are of two partitions. */
export function checkSecrets({ secrets, awsRegion, secretsRegion }: Checked, read: SettingReader): void {
  if (!secrets) return;
  read.require("gcpProject", "<your-project>", "the key ring and its key are created in this Google Cloud project");
  const partition = partitionOf(awsRegion);
  if (partitionOf(secretsRegion) !== partition)
    read.invalid(
      "secretsRegion",
      "is in another partition than awsRegion, and no account has both",
      regionIn[partition],
    );
}

function secretReaders(read: SettingReader): readonly string[] {
  const readers = read.list("secretReaders", readerArn, "a role's ARN", exampleReader);
  if (areTooLong(readers))
    read.error(
      "secretReaders",
      `have more than ${longestReaders} characters together`,
      `pulumi config rm --path 'secretReaders[${readers.length - 1}]'`,
    );
  return readers;
}

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html (7 to 30, or none) */
function recoveryDays(read: SettingReader): number {
  const days = read.integer("secretRecoveryDays", 0, 30);
  if (days > 0 && days < 7) read.invalid("secretRecoveryDays", "is neither 0 nor 7 to 30", "30");
  return days;
}

/**
 * From every 4 hours to every 90 days. A cron expression must name the start of an hour, and run in every month or every
 * other one, so that it cannot exceed the 90 days.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
function rotationSchedule(read: SettingReader): string {
  const form = /^(rate\([1-9]\d{0,3} (hour|day)s?\)|cron\(0 [\d*/,-]+ [\d*/,?LW-]+ (\*|[*1]\/2) [\dA-Z*/,?L#-]+ \*\))$/;
  const schedule = read.text(
    "secretRotationSchedule",
    form,
    "rate(<n> days), rate(<n> hours) or cron(0 <hours> <days> * <weekdays> *)",
    "'rate(30 days)'",
  );
  const hours = hoursBetween(schedule) ?? shortestGap(schedule.split(" ")[1] ?? "");
  if (hours < 4 || hours > mostDays * 24) {
    read.invalid(
      "secretRotationSchedule",
      `is not between every 4 hours and every ${mostDays} days`,
      "'rate(30 days)'",
    );
  }
  return schedule;
}

/** Hours between two rotations; `undefined` for a cron expression. */
export function hoursBetween(schedule: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === "day" ? 24 : 1);
}

/** Hours between the two closest of a day's hours in a cron expression's field, for example 8 for `4,12/8`; 24 for one. */
function shortestGap(field: string): number {
  const named = field.split(",").flatMap((part) => {
    const [, range, step] = /^(\*|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (range === undefined) return [];
    const [first, last = step === undefined ? first : 23] = range === "*" ? [0, 23] : range.split("-").map(Number);
    return Array.from({ length: 24 }, (_, hour) => hour).filter(
      (hour) => hour >= first! && hour <= last! && (hour - first!) % Number(step ?? 1) === 0,
    );
  });
  const hours = [...new Set(named)].sort((one, other) => one - other);
  return Math.min(...hours.map((hour, index) => (hours[index + 1] ?? hours[0]! + 24) - hour));
}

export const readerArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
export const exampleReader = "arn:aws:iam::123456789012:role/my-application";

/**
 * Maximum characters of a secret's readers, as JSON: an event pattern has 2,048, of which the rest takes about 700, and
 * more if the stack has a long name.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const longestReaders = 1_200;

export function areTooLong(readers: readonly string[]): boolean {
  return JSON.stringify(readers).length > longestReaders;
}

interface Readers {
  readonly secretReaders: readonly string[];
  readonly clients: readonly { readonly readers: readonly string[] }[];
}

/**
 * Rejects roles of other accounts, which the readers' exemption from the secret's Deny does not let in: they would also
 * have to be allowed, by the secret's policy and by that of its key.
 * @throws pulumi.RunError with a line for each of them
 */
export function requireOwnRoles({ secretReaders, clients }: Readers, { account, partition }: Location): void {
  const lists: (readonly [path: string, readers: readonly string[]])[] = [
    ["secretReaders", secretReaders],
    ...clients.map(({ readers }, index) => [`clients[${index}].readers`, readers] as const),
  ];
  const errors = lists.flatMap(([path, readers]) =>
    readers.flatMap((reader, index) => {
      if (reader.split(":")[4] === account) return [];
      const cure = setPath(`${path}[${index}]`, `arn:${partition}:iam::${account}:role/my-application`);
      return `${path}[${index}]: is a role of another account, which has to assume a role of this one: ${cure}`;
    }),
  );
  if (errors.length > 0) throw userError(errors.join("\n"));
}
