import { expect } from "chai";
import { readFileSync } from "node:fs";
import { evaluate } from "../../graph/evaluate";
import { type Asset, type Graph, ofType } from "../../graph/resource";
import { only } from "./only";

const off = { apiGateway: false, auth0Authorizer: false, httpApi: false, secrets: false, sagemaker: false };
const dev = (set: Record<string, unknown>) => evaluate({ stack: "dev", set: { ...off, ...set } });
const zone = "Z0123456789EXAMPLE";
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const ownershipCertificateArn = certificateArn.replace("01234567", "76543210");

const restApi = (graph: Graph) => only(graph, "aws:apigateway/restApi:RestApi");
const httpApi = (graph: Graph) => only(graph, "aws:apigatewayv2/api:Api");
const restDomain = (graph: Graph) => only(graph, "aws:apigateway/domainName:DomainName");
const httpDomain = (graph: Graph) => only(graph, "aws:apigatewayv2/domainName:DomainName");
const records = (graph: Graph) => ofType(graph, "aws:route53/record:Record").map(({ inputs }) => inputs);

describe("Infrastructure: own domains", () => {
  it("are validated in their zone before anything uses their certificate", async () => {
    const graph = await dev({ apiGateway: true, apiGatewayDomain: "mymodel.example.com" });
    const certificate = only(graph, "aws:acm/certificate:Certificate");
    expect(certificate.inputs).to.deep.equal({ domainName: "mymodel.example.com", validationMethod: "DNS" });
    const [proof] = certificate.outputs.domainValidationOptions as [Record<string, string>];
    const record = only(graph, "aws:route53/record:Record", /proof/);
    expect(record.inputs).to.deep.equal({
      zoneId: zone,
      name: proof.resourceRecordName,
      type: "CNAME",
      records: [proof.resourceRecordValue],
      ttl: 300,
      // Another certificate of the same name may have made it. The records that clients follow overwrite nothing.
      allowOverwrite: true,
    });
    const validation = only(graph, "aws:acm/certificateValidation:CertificateValidation");
    expect(validation.inputs).to.deep.equal({
      certificateArn: certificate.outputs.arn,
      validationRecordFqdns: [record.outputs.fqdn],
    });
    expect(restDomain(graph).propertyDependencies.regionalCertificateArn).to.include(validation.urn);
  });

  for (const [module, path, key] of [
    ["apiGateway", "/mymodel", "apiGatewayEndpoint"],
    ["auth0Authorizer", "/predict", "apiUrl"],
  ] as const) {
    it(`put the REST API of ${module} under TLS 1.3, strictly by its name, and close its default endpoint`, async () => {
      const graph = await dev({ [module]: true, [`${module}Domain`]: "own.example.com" });
      const validation = only(graph, "aws:acm/certificateValidation:CertificateValidation");
      expect(restDomain(graph).inputs).to.deep.equal({
        domainName: "own.example.com",
        regionalCertificateArn: validation.outputs.certificateArn,
        securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
        endpointAccessMode: "STRICT",
        endpointConfiguration: { types: "REGIONAL", ipAddressType: "dualstack" },
      });
      expect(only(graph, "aws:apigateway/basePathMapping:BasePathMapping").inputs).to.deep.equal({
        domainName: "own.example.com",
        restApi: restApi(graph).id,
        stageName: "dev",
      });
      expect(restApi(graph).inputs).to.include({
        disableExecuteApiEndpoint: true,
        securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
        endpointAccessMode: "STRICT",
      });
      expect(graph.outputs[key]).to.equal(`https://own.example.com${path}`);
      expect(graph.outputs[`${module}DomainTarget`]).to.equal(restDomain(graph).outputs.regionalDomainName);
    });
  }

  it("put the HTTP API under TLS 1.2, close its default endpoint, and ask no certificate unless told", async () => {
    const graph = await dev({ httpApi: true, httpApiDomain: "models.example.com" });
    const validation = only(graph, "aws:acm/certificateValidation:CertificateValidation");
    expect(httpDomain(graph).inputs).to.deep.equal({
      domainName: "models.example.com",
      domainNameConfiguration: {
        certificateArn: validation.outputs.certificateArn,
        endpointType: "REGIONAL",
        ipAddressType: "dualstack",
        securityPolicy: "TLS_1_2",
      },
    });
    expect(only(graph, "aws:apigatewayv2/apiMapping:ApiMapping").inputs).to.deep.equal({
      apiId: httpApi(graph).id,
      domainName: "models.example.com",
      stage: "dev",
    });
    expect(httpApi(graph).inputs.disableExecuteApiEndpoint).to.equal(true);
    expect(graph.outputs.apiGatewayUrl).to.equal("https://models.example.com/models");
  });

  it("are reached over IPv4 and IPv6", async () => {
    const graph = await dev({ httpApi: true, httpApiDomain: "models.example.com" });
    const { targetDomainName, hostedZoneId } = httpDomain(graph).outputs.domainNameConfiguration as Record<
      string,
      string
    >;
    const aliases = [{ name: targetDomainName, zoneId: hostedZoneId, evaluateTargetHealth: false }];
    expect(records(graph).filter(({ type }) => type !== "CNAME")).to.deep.equal([
      { zoneId: zone, name: "models.example.com", type: "A", aliases },
      { zoneId: zone, name: "models.example.com", type: "AAAA", aliases },
    ]);
    expect(targetDomainName).to.match(/^d-\w{10}\.execute-api\.us-east-1\.amazonaws\.com$/);
  });

  it("take a certificate of the settings as it is, and make no record where no zone is given", async () => {
    const graph = await dev({
      httpApi: true,
      httpApiDomain: "models.example.com",
      apiGateway: true,
      apiGatewayDomain: "mymodel.example.com",
      certificateArn,
      hostedZoneId: "",
    });
    expect(ofType(graph, "aws:acm/certificate:Certificate")).to.deep.equal([]);
    expect(records(graph)).to.deep.equal([]);
    expect(restDomain(graph).inputs.regionalCertificateArn).to.equal(certificateArn);
    expect(httpDomain(graph).inputs.domainNameConfiguration).to.include({ certificateArn });
    expect(graph.outputs.httpApiDomainTarget).to.be.a("string").that.includes("execute-api");
  });

  it("exist only where the settings name one", async () => {
    const graph = await dev({ apiGateway: true, auth0Authorizer: true, httpApi: true });
    for (const type of ["aws:apigateway/domainName:DomainName", "aws:apigatewayv2/domainName:DomainName"]) {
      expect(ofType(graph, type)).to.deep.equal([]);
    }
    for (const { inputs } of [...ofType(graph, "aws:apigateway/restApi:RestApi"), httpApi(graph)]) {
      expect(inputs.disableExecuteApiEndpoint).to.equal(false);
    }
  });

  it("and the TLS policy are deployed when they change", async () => {
    const trigger = async (set: Record<string, unknown>) =>
      only(await dev({ apiGateway: true, ...set }), "aws:apigateway/deployment:Deployment").inputs.triggers;
    const before = await trigger({});
    expect(await trigger({})).to.deep.equal(before);
    expect(await trigger({ apiGatewayDomain: "mymodel.example.com" })).not.to.deep.equal(before);
    expect(await trigger({ tlsPolicy: "tls12" })).not.to.deep.equal(before);
  });

  it("speak TLS 1.2 with forward secrecy and post-quantum key exchange, on both endpoints, where a setting says so", async () => {
    const graph = await dev({ apiGateway: true, apiGatewayDomain: "mymodel.example.com", tlsPolicy: "tls12" });
    for (const { inputs } of [restApi(graph), restDomain(graph)]) {
      expect(inputs).to.include({
        securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
        endpointAccessMode: "STRICT",
      });
    }
  });
});

describe("Infrastructure: mutual TLS", () => {
  const on = { httpApi: true, httpApiDomain: "models.example.com", mutualTls: true };

  it("pins the version of the truststore in a bucket of its own", async () => {
    const graph = await dev(on);
    const object = only(graph, "aws:s3/bucketObjectv2:BucketObjectv2", /truststore/);
    expect(httpDomain(graph).inputs.mutualTlsAuthentication).to.deep.equal({
      truststoreUri: `s3://${object.inputs.bucket as string}/truststore.pem`,
      truststoreVersion: object.outputs.versionId,
    });
    const { asset } = object.inputs.source as Asset;
    expect("path" in asset && readFileSync(asset.path, "utf8")).to.equal(
      readFileSync("graph/example-truststore.pem", "utf8"),
    );
  });

  it("keeps the truststore private, versioned, logged, and from plain HTTP", async () => {
    const graph = await dev(on);
    const bucket = only(graph, "aws:s3/bucket:Bucket", /truststore/).id;
    expect(only(graph, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", /truststore/).inputs).to.deep.equal({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(only(graph, "aws:s3/bucketVersioning:BucketVersioning", /truststore/).inputs).to.deep.equal({
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    const policy = JSON.parse(String(only(graph, "aws:s3/bucketPolicy:BucketPolicy", /truststore/).inputs.policy)) as {
      Statement: { Effect: string }[];
    };
    expect(
      policy.Statement.map(({ Effect }) => Effect),
      "nobody is allowed in",
    ).to.deep.equal(["Deny"]);
    expect(only(graph, "aws:s3/bucketLogging:BucketLogging", /truststore/).inputs.targetBucket).to.equal(
      only(graph, "aws:s3/bucket:Bucket", /access-logs/).id,
    );
  });

  it("leaves no way around the domain: the default endpoint is closed by the argument and by the document", async () => {
    const { body, disableExecuteApiEndpoint } = httpApi(await dev(on)).inputs;
    expect(disableExecuteApiEndpoint).to.equal(true);
    const [server] = (JSON.parse(String(body)) as { servers: Record<string, unknown>[] }).servers;
    expect(server!["x-amazon-apigateway-endpoint-configuration"]).to.deep.equal({ disableExecuteApiEndpoint: true });
  });

  it("proves the ownership of a domain whose certificate was imported", async () => {
    const graph = await dev({ ...on, certificateArn, certificateImported: true, ownershipCertificateArn });
    expect(httpDomain(graph).inputs.domainNameConfiguration).to.deep.equal({
      certificateArn,
      endpointType: "REGIONAL",
      ipAddressType: "dualstack",
      securityPolicy: "TLS_1_2",
      ownershipVerificationCertificateArn: ownershipCertificateArn,
    });
  });

  it("gives no proof of ownership where the domain's certificate is one by itself", async () => {
    const graph = await dev({ ...on, certificateArn, ownershipCertificateArn });
    expect(httpDomain(graph).inputs.domainNameConfiguration).not.to.have.property(
      "ownershipVerificationCertificateArn",
    );
  });

  it("never comes with an enhanced TLS policy, which AWS refuses", async () => {
    for (const tlsPolicy of ["tls13", "tls12"]) {
      const graph = await evaluate({ stack: "prod", set: { tlsPolicy } });
      expect(httpDomain(graph).inputs.domainNameConfiguration).to.include({ securityPolicy: "TLS_1_2" });
      expect(ofType(graph, "aws:apigateway/domainName:DomainName").filter((d) => d.inputs.mutualTlsAuthentication)).to
        .be.empty;
    }
  });

  it("is on in prod, with a token on top", async () => {
    const graph = await evaluate({ stack: "prod" });
    expect(httpDomain(graph).inputs.mutualTlsAuthentication).to.have.property("truststoreVersion");
    expect(graph.outputs.httpApiAuth).to.equal("jwt");
    expect(graph.outputs.apiGatewayUrl).to.equal("https://models.example.com/models");
  });
});
