// AWS's scikit-learn image, in which the steps run; they use only its Python 3.10 and pip. In each region a different
// AWS account hosts it.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html

import type { Location } from "../base/location";
import { type PrebuiltImage, prebuiltImage } from "./prebuilt-image";

const repository = "sagemaker-scikit-learn";
/** AWS moves the tag to newer builds of the same versions; a digest pins one build. */
const tag = "1.4-2-cpu-py3";

/** AWS account that hosts the image, by region. */
const accounts = new Map([
  ["af-south-1", "510948584623"],
  ["ap-east-1", "651117190479"],
  ["ap-northeast-1", "354813040037"],
  ["ap-northeast-2", "366743142698"],
  ["ap-northeast-3", "867004704886"],
  ["ap-south-1", "720646828776"],
  ["ap-south-2", "628508329040"],
  ["ap-southeast-1", "121021644041"],
  ["ap-southeast-2", "783357654285"],
  ["ap-southeast-3", "951798379941"],
  ["ap-southeast-4", "106583098589"],
  ["ca-central-1", "341280168497"],
  ["ca-west-1", "190319476487"],
  ["cn-north-1", "450853457545"],
  ["cn-northwest-1", "451049120500"],
  ["eu-central-1", "492215442770"],
  ["eu-central-2", "680994064768"],
  ["eu-north-1", "662702820516"],
  ["eu-south-1", "978288397137"],
  ["eu-south-2", "104374241257"],
  ["eu-west-1", "141502667606"],
  ["eu-west-2", "764974769150"],
  ["eu-west-3", "659782779980"],
  ["il-central-1", "898809789911"],
  ["me-central-1", "272398656194"],
  ["me-south-1", "801668240914"],
  ["sa-east-1", "737474898029"],
  ["us-east-1", "683313688378"],
  ["us-east-2", "257758044811"],
  ["us-gov-east-1", "237065988967"],
  ["us-gov-west-1", "414596584902"],
  ["us-west-1", "746614075791"],
  ["us-west-2", "246618743249"],
]);

/** Regions that have the image. */
export const imageRegions: ReadonlySet<string> = new Set(accounts.keys());

/** @param digest `sha256:…`, or empty for whatever the tag names. @throws Error for a region without the image */
export function sklearnImage(location: Location, digest: string): PrebuiltImage {
  return prebuiltImage({ repository, tag, accounts }, location, digest);
}
