// Hosts, service principals and endpoint names in each partition of AWS, as the graph and the functions compose them.

import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import { endpointService, logsPrincipal, poolDomainHost } from "../../infra/base/location";
import { endpointOf } from "../../lambda/edge/signed-request";

interface Place {
  /** Suffix of AWS's hosts. */
  readonly suffix: string;
  /** Label of a user pool's domain. */
  readonly pool: string;
  readonly monitoring: string;
}

const commercial: Place = { suffix: "amazonaws.com", pool: "auth", monitoring: "com.amazonaws" };
const china: Place = { ...commercial, suffix: "amazonaws.com.cn", monitoring: "cn.com.amazonaws" };
const government: Place = { ...commercial, pool: "auth-fips" };
const places: Readonly<Record<string, Place>> = {
  "us-east-1": commercial,
  "eu-central-1": commercial,
  "us-gov-west-1": government,
  "us-gov-east-1": government,
  "cn-north-1": china,
  "cn-northwest-1": china,
};

/** Service principals without a region, which are the same in every partition. */
const universal =
  /^(apigateway|cloudwatch|delivery\.logs|events|lambda|lambda\.alarms\.cloudwatch|logging\.s3|sagemaker|scheduler|secretsmanager|vpc-flow-logs)\.amazonaws\.com$/;

describe("Infrastructure: in each partition", () => {
  for (const [region, { suffix, pool, monitoring }] of Object.entries(places)) {
    it(`${region}: the hosts, principals and endpoint names are those that AWS documents`, () => {
      expect(logsPrincipal(region)).to.equal(`logs.${region}.${suffix}`);
      expect(poolDomainHost("a", region)).to.equal(`a.${pool}.${region}.amazoncognito.com`);
      expect(endpointService(region, "s3")).to.equal(`com.amazonaws.${region}.s3`);
      expect(endpointService(region, "logs")).to.equal(`com.amazonaws.${region}.logs`);
      expect(endpointService(region, "monitoring")).to.equal(`${monitoring}.${region}.monitoring`);
      expect(endpointOf("s3", region).origin).to.equal(`https://s3.${region}.${suffix}`);
      expect(endpointOf("sagemaker", region).origin).to.equal(`https://api.sagemaker.${region}.${suffix}`);
    });

    it(`${region}: no host of the graph is another partition's`, async () => {
      const { resources, outputs } = await evaluate({
        stack: "prod",
        set: {
          ...{ awsRegion: region, secretsRegion: region, apiGatewayAuth: "cognito", trainingSchedule: "rate(1 day)" },
          authorizerNetwork: "nat",
        },
      });
      // The functions' code names suffixes alone; names of the endpoint services are written the other way round.
      const text = JSON.stringify({ resources, outputs }, (key, value: unknown) =>
        key.endsWith(".js") ? "" : value,
      ).replaceAll(/\b(cn\.)?com\.amazonaws\.[\w.-]+/g, "");
      const hosts = new Set([...text.matchAll(/[\w.-]*\.amazon(aws|cognito)\.com(\.cn)?/g)].map(([host]) => host));
      expect(hosts.size).to.be.greaterThan(10);
      const own = new RegExp(
        `\\.${region}\\.(${suffix.replaceAll(".", "\\.")}|amazoncognito\\.com)$|^[\\w-]+\\.s3\\.${suffix}$`,
      );
      expect(
        [...hosts].filter((host) => !universal.test(host) && !own.test(`.${host}`) && !own.test(host)),
      ).to.deep.equal([]);
      expect(outputs.cognitoTokenEndpoint).to.match(
        new RegExp(`\\.${pool}\\.${region}\\.amazoncognito\\.com/oauth2/token$`),
      );
      const logs = new Set([...text.matchAll(/"(logs\.[\w.-]+)\\"/g)].map(([, host]) => host!.replace(/\\+$/, "")));
      expect([...logs]).to.deep.equal([`logs.${region}.${suffix}`]);
    });
  }

  for (const region of ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"])
    it(`${region}, whose partition the program does not know, is refused`, async () => {
      for (const key of ["awsRegion", "secretsRegion"])
        try {
          await evaluate({ stack: "dev", set: { [key]: region } });
          expect.fail("evaluated");
        } catch (error) {
          expect((error as Error).message).to.match(new RegExp(`^ *${key}: is not an AWS region`, "m"));
        }
    });
});
