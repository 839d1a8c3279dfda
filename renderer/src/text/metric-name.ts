import type { Text } from './en.ts';

/** What a measure such as `psnr` or `bpp-sigma-25` is called; its own name where there is no word for it. */
export function metricName(text: Text, metric: string): string {
  const [, name = metric, sigma255] = /^(.+?)(?:-sigma-(\d+))?$/.exec(metric) ?? [];
  const word = text.train.run.metrics[name as keyof Text['train']['run']['metrics']] ?? name;
  return sigma255 === undefined ? word : text.train.run.atNoise(word, sigma255);
}
