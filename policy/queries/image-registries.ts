// The AWS accounts whose registries hold SageMaker's own images, one a region: no account of ours, and none of a stranger.

/**
 * Of scikit-learn, in which training runs.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
 */
const sklearn = `104374241257 106583098589 121021644041 141502667606 190319476487 237065988967 246618743249 257758044811
  272398656194 341280168497 354813040037 366743142698 414596584902 450853457545 451049120500 492215442770 510948584623
  628508329040 651117190479 659782779980 662702820516 680994064768 683313688378 720646828776 737474898029 746614075791
  764974769150 783357654285 801668240914 867004704886 898809789911 951798379941 978288397137`;

/**
 * Of Triton, which serves endpoints; those of most regions are in one account.
 * Source: https://github.com/aws/sagemaker-python-sdk, image_uri_config/sagemaker-tritonserver.json
 */
const triton = `204538143572 217643126080 364406365360 380420809688 457447274322 503227376785 626614931356 692866216735
  727897471807 763104351884 772153158452 780543022126 871362719292 907027046896 914824155844`;

const accounts = new Set(`${sklearn} ${triton}`.split(/\s+/));

/** Whether an account holds SageMaker's own images. */
export function isImageRegistry(account: string): boolean {
  return accounts.has(account);
}
