/** True for metrics of which more is better (`psnr`, `ssim`), false for losses, errors, costs and rates. */
export function isHigherBetter(metric: string): boolean {
  return /psnr|ssim/i.test(metric);
}
