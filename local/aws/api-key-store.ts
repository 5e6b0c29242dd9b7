// API keys that were created through API Gateway's control plane during this run; the gateway looks them up on each
// request.

import { hash, randomBytes } from "node:crypto";
import type { CreatedKeys } from "../gateway/usage/usage-plans";

export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly tags: Readonly<Record<string, string>>;
  description: string;
  enabled: boolean;
  readonly planIds: Set<string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export class ApiKeyStore {
  private readonly keys = new Map<string, StoredKey>();
  private readonly digests = new Map<string, StoredKey>();

  /** The gateway's view of the store. */
  readonly made: CreatedKeys = {
    byDigest: (digest) => {
      const key = this.digests.get(digest);
      return key && { id: key.id, value: key.value, enabled: key.enabled, planIds: [...key.planIds] };
    },
  };

  all(): readonly StoredKey[] {
    return [...this.keys.values()];
  }

  get(id: string): StoredKey | undefined {
    return this.keys.get(id);
  }

  has(value: string): boolean {
    return this.digests.has(digestOf(value));
  }

  add(key: Omit<StoredKey, "id" | "planIds">): StoredKey {
    const stored = { ...key, id: newId(), planIds: new Set<string>() };
    this.keys.set(stored.id, stored);
    this.digests.set(digestOf(key.value), stored);
    return stored;
  }

  delete(id: string): void {
    const key = this.keys.get(id);
    if (key === undefined) return;
    this.keys.delete(id);
    this.digests.delete(digestOf(key.value));
  }
}

/** Ten lower-case letters and digits, like an id from API Gateway. */
function newId(): string {
  return BigInt(`0x${randomBytes(16).toString("hex")}`)
    .toString(36)
    .padStart(10, "0")
    .slice(0, 10);
}

function digestOf(value: string): string {
  return hash("sha256", value, "base64");
}
