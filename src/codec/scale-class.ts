import { scaleClasses } from './context-layout.ts';

/** Four classes to an octave, from 1/128 up, of a magnitude with 12 fractional bits. */
export function classOfScale(scale: number): number {
  if (scale < 32) return 0;
  const exponent = 31 - Math.clz32(scale);
  const scaleClass = (exponent - 5) * 4 + ((scale >> (exponent - 2)) & 3);
  return scaleClass < scaleClasses ? scaleClass : scaleClasses - 1;
}
