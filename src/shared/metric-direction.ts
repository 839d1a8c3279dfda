/** True for metrics of which more is better (`psnr`, `ssim`), false for losses, errors and rates. */
export function isHigherBetter(metric: string): boolean {
  return /^(psnr|ssim|msSsim)/i.test(metric);
}
