// Who gets tokens of the local issuer: a tenant in Auth0's place and user pools in Cognito's, each with its own keys.

import type { JsonWebKey } from "node:crypto";
import { grantOf, type Tenant } from "./auth0";
import { poolGrant, poolIssuer, type UserPool } from "./cognito";
import { KeyRing, type PoolKeys, draft, type Draft } from "./signing-keys";
import type { Grant } from "./token-endpoint";

/** Selects the client that a token is for; a field left out matches any, and the first match is taken. */
export interface TokenTarget {
  readonly client?: string;
  readonly audience?: string;
  readonly pool?: string;
}

export class Realms implements PoolKeys {
  tenant: Tenant = { apis: [], applications: [] };
  pools: readonly UserPool[] = [];
  private readonly poolKeys = new Map<string, KeyRing>();

  private constructor(
    /** The tenant's `iss`; ends in `/`, like Auth0's. */
    readonly issuer: string,
    readonly tenantKeys: KeyRing,
  ) {}

  static async create(issuer: string): Promise<Realms> {
    return new Realms(issuer, await KeyRing.create());
  }

  /** Replaces the registered clients. A pool that is still present keeps its keys. */
  async configure(tenant: Tenant, pools: readonly UserPool[]): Promise<void> {
    const fresh = pools.filter(({ id }) => !this.poolKeys.has(id));
    const rings = await Promise.all(fresh.map(async ({ id }) => [id, await KeyRing.create()] as const));
    for (const [id, ring] of rings) this.poolKeys.set(id, ring);
    this.tenant = tenant;
    this.pools = pools;
  }

  keys(poolId: string): readonly JsonWebKey[] {
    return this.pools.some(({ id }) => id === poolId) ? this.poolKeys.get(poolId)!.published() : [];
  }

  /** The signing keys of a pool, to rotate. @throws RangeError if the pool is unknown */
  ring(poolId: string): KeyRing {
    const ring = this.poolKeys.get(poolId);
    if (!ring) throw new RangeError("no such user pool");
    return ring;
  }

  tenantDraft(grant: Grant): Draft {
    return draft(grant, this.issuer, this.tenantKeys.current, seconds());
  }

  poolDraft(pool: UserPool, grant: Grant): Draft {
    return draft(grant, poolIssuer(pool), this.ring(pool.id).current, seconds());
  }

  /**
   * An unsigned genuine token for the target, with all the scopes that it may have.
   * @throws RangeError if no client matches
   */
  genuine({ client, audience, pool }: TokenTarget = {}): Draft {
    const machines = pool === undefined ? this.tenant.applications : [];
    const application = machines.find(({ id, grants }) =>
      client === undefined ? audience === undefined || Object.hasOwn(grants, audience) : id === client,
    );
    const api = this.tenant.apis.find(
      (candidate) =>
        application &&
        Object.hasOwn(application.grants, candidate.audience) &&
        (audience === undefined || audience === candidate.audience),
    );
    if (application && api) return this.tenantDraft(grantOf(application, api, application.grants[api.audience]!));
    const userPool = this.pools.find(({ id }) => pool === undefined || id === pool);
    const poolClient = userPool?.clients.find(({ id }) => client === undefined || id === client);
    if (userPool && poolClient && audience === undefined)
      return this.poolDraft(userPool, poolGrant(poolClient, poolClient.scopes));
    throw new RangeError("no such client, audience or user pool");
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
