// The AWS accounts whose registries hold SageMaker's own scikit-learn images, one a region: no account of ours, and none of a stranger.
// Source: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html

const accounts = new Set(
  `104374241257 106583098589 121021644041 141502667606 190319476487 237065988967 246618743249 257758044811 272398656194
  341280168497 354813040037 366743142698 414596584902 450853457545 451049120500 492215442770 510948584623 628508329040
  651117190479 659782779980 662702820516 680994064768 683313688378 720646828776 737474898029 746614075791 764974769150
  783357654285 801668240914 867004704886 898809789911 951798379941 978288397137`.split(/\s+/),
);

/** Whether an account holds SageMaker's own images. */
export function isImageRegistry(account: string): boolean {
  return accounts.has(account);
}
