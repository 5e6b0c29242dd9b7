// The model and what passes through the engine lie on an instance's disk. AWS's own key decrypts it for whoever may use the volume.
// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html (KmsKeyId)

import { text } from "../../queries/read";
import { type Rule, unmet } from "../../queries/rule";
import { endpointConfigurationType, variantsOf } from "../../queries/hosting";

/** Instance types with disks of their own, which their hardware encrypts, and to which no key of ours applies. */
export const ownDisks = /^ml\.([cmr]\d[a-z]*d|g4dn|g5|g6e?|g7e?|p4de?|p5(en?)?|p6-b[23]00)\./;

export const endpointDisksAreEncryptedByOurKey: Rule = {
  name: "endpoint-disks-are-encrypted-by-our-key",
  description:
    "The disks of a SageMaker endpoint's instances are encrypted with a customer-managed key, or by the hardware of instance types that have their own.",
  severity: "medium",
  controls: ["OWN.EndpointCmk"],
  types: [endpointConfigurationType],
  check: (configuration) => {
    const variants = variantsOf(configuration);
    const key = text(configuration.inputs.kmsKeyArn);
    const byHardware = variants.length > 0 && variants.every(({ instanceType }) => ownDisks.test(text(instanceType)));
    return unmet({ "kmsKeyArn is not a key of ours": byHardware || (key !== "" && !/alias\/aws\//.test(key)) });
  },
};
