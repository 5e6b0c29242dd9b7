import { expect } from "chai";
import { evaluate } from "../../graph/evaluate";
import type { Graph } from "../../graph/resource";
import { pictureOf } from "../../picture/from-graph";
import { svgOf } from "../../picture/svg";
import { runCommand } from "../run-commands";

const elements = ["svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text", "g"];

/** Fails unless a text is well-formed as XML: tags that are closed, of these elements, and no other `<`, `>` or `&`. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g,
    (_, end: string, name: string, __, empty: string) => {
      expect(elements, name).to.include(name);
      if (end !== "") expect(open.pop()).to.equal(name);
      else if (empty === "") open.push(name);
      return "";
    },
  );
  expect(open).to.deep.equal([]);
  expect(rest.replace(/&#\d+;/g, "")).not.to.match(/[<>&]/);
}

const hostile = `"><script>alert(1)</script>&amp;<!--]]>'\u0000\u001b onload="x`;

describe("Picture as SVG", () => {
  for (const stack of ["dev", "prod"])
    it(`is well-formed for ${stack}, and needs nothing but itself`, async () => {
      const svg = svgOf(pictureOf(await evaluate({ stack })));
      expectWellFormed(svg);
      expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.to.match(
        /https?:|<script|<image|<foreignObject|@import|@font-face|url\((?!#picture-head\))| on\w+=/,
      );
    });

  it("is what npm run graph -- --svg prints, and nothing else", async () => {
    const { code, stdout } = await runCommand("picture/cli.ts", ["--stack", "dev", "--svg"]);
    expect([code, stdout]).to.deep.equal([0, svgOf(pictureOf(await evaluate({ stack: "dev" })))]);
  });

  it("shows any name as text, and of a long one its beginning", async () => {
    const graph = await evaluate({ stack: "dev" });
    const text = JSON.stringify(graph).replaceAll(
      "apiGateway-usage",
      JSON.stringify(`apiGateway-${hostile}${"x".repeat(5000)}`).slice(1, -1),
    );
    const renamed = JSON.parse(text.replaceAll('"aws:sns', '"x:<b>')) as Graph;
    const picture = pictureOf(renamed);
    const svg = svgOf(picture);
    expect(picture.nodes.some(({ label }) => label.includes("<script>"))).to.equal(true);
    expectWellFormed(svg);
    expect(svg)
      .to.include("&#60;script&#62;")
      .and.not.match(/[\u0000-\u0008\u000b-\u001f]/);
    expect(picture.width).to.be.below(1500);
  });

  it("has a title and a description for those who do not see it, with everything that flows", async () => {
    const svg = svgOf(pictureOf(await evaluate({ stack: "dev" })));
    expect(svg).to.match(
      /^<svg [^>]*role="img" aria-labelledby="picture-title picture-desc">\n<title id="picture-title">Architecture of the stack dev<\/title>/,
    );
    expect(svg).to.match(/<desc id="picture-desc">[^<]*apiGateway \(REST API\) invokes model \(Lambda function\)/);
  });

  it("has colours for light and for dark pages, and a ground of its own", async () => {
    const svg = svgOf(pictureOf(await evaluate({ stack: "dev" })));
    const [light, dark] = [
      /\n\.picture\{(.*)\}/.exec(svg)![1]!,
      /@media\(prefers-color-scheme:dark\)\{\.picture\{(.*)\}\}/.exec(svg)![1]!,
    ];
    const names = (scheme: string): string[] =>
      [...scheme.matchAll(/--(\w+):#[0-9a-f]{3,6}/g)].map(([, name]) => name!);
    expect(names(light)).to.deep.equal(names(dark));
    for (const [, name] of svg.matchAll(/var\(--(\w+)\)/g)) expect(names(light)).to.include(name);
    for (const [, name] of svg.matchAll(/class="of-(\w+)"/g)) expect(svg).to.include(`.of-${name!}{`);
  });

  it("has nothing of the account or of a secret: with other ones prod's is the same, byte for byte", async () => {
    const graph = await evaluate({ stack: "prod" });
    const svg = svgOf(pictureOf(graph));
    const other = await evaluate({
      stack: "prod",
      seed: Buffer.from("another seed"),
      set: {
        ...{
          auth0Domain: "tenant.elsewhere.test",
          auth0Audience: "https://audience.elsewhere.test",
          hostedZoneId: "Z0ELSEWHERE00",
        },
        ...{
          httpApiDomain: "models.elsewhere.test",
          gcpProject: "elsewhere-123",
          alarmEmail: "someone@elsewhere.test",
        },
      },
    });
    expect(JSON.stringify(other.resources)).to.include("elsewhere");
    expect(svgOf(pictureOf(other))).to.equal(svg);
    const at = (value: unknown, path: string): unknown =>
      path.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
    const secrets = graph.resources.flatMap((resource) => resource.secrets.map((path) => at(resource, path)));
    const texts = secrets.filter((value): value is string => typeof value === "string" && value.length > 8);
    expect(texts).not.to.deep.equal([]);
    const whole = JSON.stringify(pictureOf(graph)) + svg;
    for (const secret of texts) expect(whole.includes(secret)).to.equal(false);
    expect(whole).not.to.match(/\d{12}|arn:|example\.com/);
  });
});
