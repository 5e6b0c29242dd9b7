// A secret as Secrets Manager keeps it: versions with values, and the labels that say which one is which.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html, API_UpdateSecretVersionStage.html

import { ServiceError } from "./service-error";

export interface SecretVersion {
  /** `undefined`: RotateSecret made it, and nothing has been put into it. */
  value: string | undefined;
  readonly labels: Set<string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const current = "AWSCURRENT";

export class SecretVersions {
  private readonly versions = new Map<string, SecretVersion>();

  constructor(private readonly clock: () => number) {}

  /** By label, or by id; with both, the version must have the label. @throws ServiceError where there is no such value */
  read(id: string | undefined, label: string | undefined): { id: string; version: SecretVersion } {
    const found = id ?? this.labelled(label ?? current);
    const version = found === undefined ? undefined : this.versions.get(found);
    if (version?.value === undefined || (label !== undefined && !version.labels.has(label))) {
      throw new ServiceError(
        400,
        "ResourceNotFoundException",
        `Secrets Manager can't find the specified secret value for ${label === undefined ? "VersionId" : "staging label"}: ${label ?? id ?? current}`,
      );
    }
    return { id: found!, version };
  }

  labelled(label: string): string | undefined {
    return [...this.versions].find(([, { labels }]) => labels.has(label))?.[0];
  }

  /** Versions with a label; one without is deprecated, and soon gone. */
  list(): readonly (readonly [id: string, version: SecretVersion])[] {
    return [...this.versions].filter(([, { labels }]) => labels.size > 0);
  }

  /** An empty version, to be filled by a rotation. */
  begin(id: string): void {
    this.versions.set(id, { value: undefined, labels: new Set(), createdAt: this.clock() });
    this.move("AWSPENDING", id);
  }

  /** @throws ServiceError where the version has another value already */
  put(id: string, value: string, labels: readonly string[] = [current]): SecretVersion {
    const version = this.versions.get(id) ?? { value: undefined, labels: new Set<string>(), createdAt: this.clock() };
    if (version.value !== undefined && version.value !== value) {
      throw new ServiceError(
        400,
        "ResourceExistsException",
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of the secret.`,
      );
    }
    version.value = value;
    this.versions.set(id, version);
    for (const label of labels) this.move(label, id);
    // The first value of a secret is current, whatever label it was put under.
    if (this.labelled(current) === undefined) this.move(current, id);
    return version;
  }

  /** @throws ServiceError where the label is not where the caller thinks */
  update(label: string, to: string | undefined, from: string | undefined): void {
    const at = this.labelled(label);
    if (at !== undefined && from !== at && to !== at) {
      throw new ServiceError(
        400,
        "InvalidParameterException",
        `The parameter RemoveFromVersionId can't be empty or another version: staging label ${label} is currently attached to version ${at}.`,
      );
    }
    if (to !== undefined && this.versions.get(to) === undefined) {
      throw new ServiceError(400, "ResourceNotFoundException", "Secrets Manager can't find the version to move to.");
    }
    if (to === undefined) {
      if (label === current) throw new ServiceError(400, "InvalidParameterException", `${current} can only be moved.`);
      if (at !== undefined) this.versions.get(at)!.labels.delete(label);
    } else this.move(label, to);
  }

  private move(label: string, to: string): void {
    const from = this.labelled(label);
    if (from === to) return;
    if (from !== undefined) this.versions.get(from)!.labels.delete(label);
    this.versions.get(to)!.labels.add(label);
    if (label === current && from !== undefined) this.move("AWSPREVIOUS", from);
  }
}
