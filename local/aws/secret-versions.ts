// A secret as Secrets Manager stores it: versions with values, and the staging labels attached to them.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html, API_UpdateSecretVersionStage.html

import { ServiceError } from "./service";

export interface SecretVersion {
  /** `undefined`: RotateSecret created the version, and no value has been put into it. */
  value: string | undefined;
  readonly labels: Set<string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const current = "AWSCURRENT";

export class SecretVersions {
  private readonly versions = new Map<string, SecretVersion>();

  constructor(private readonly clock: () => number) {}

  /**
   * Finds a version by id or by label (default: AWSCURRENT); with both, the version must carry the label.
   * @throws ServiceError 400 ResourceNotFoundException if there is none, or it has no value
   */
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

  /** Id of the version that carries the label. */
  labelled(label: string): string | undefined {
    return [...this.versions].find(([, { labels }]) => labels.has(label))?.[0];
  }

  /** Versions that carry a label. AWS treats one without as deprecated and may delete it. */
  list(): readonly (readonly [id: string, version: SecretVersion])[] {
    return [...this.versions].filter(([, { labels }]) => labels.size > 0);
  }

  /** Creates an empty AWSPENDING version, for a rotation to fill. */
  begin(id: string): void {
    this.versions.set(id, { value: undefined, labels: new Set(), createdAt: this.clock() });
    this.move("AWSPENDING", id);
  }

  /** @throws ServiceError 400 ResourceExistsException if the version already has another value */
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
    // The first value of a secret becomes AWSCURRENT, whatever label it was put under.
    if (this.labelled(current) === undefined) this.move(current, id);
    return version;
  }

  /**
   * UpdateSecretVersionStage: moves a label to a version, or removes it if `to` is `undefined`.
   * @throws ServiceError 400 if `from` is not the version that carries the label, `to` does not exist, or AWSCURRENT
   * would
   *   be removed
   */
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
