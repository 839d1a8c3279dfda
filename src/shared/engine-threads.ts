import { availableParallelism } from 'node:os';

/** How many threads compute in this process: what the person or the environment allows, else one for each core. */
export function engineThreads(): number {
  const wanted = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? process.env['OMP_NUM_THREADS']);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : availableParallelism();
}
