/** The libraries that Pellucid is built on, and their licences by SPDX name. */
export const licences = [
  { name: 'Pellucid', licence: 'MIT' },
  { name: 'TensorFlow, TensorFlow.js', licence: 'Apache-2.0' },
  { name: 'sharp', licence: 'Apache-2.0' },
  { name: 'libvips', licence: 'LGPL-3.0-or-later' },
  { name: 'Svelte', licence: 'MIT' },
  { name: 'uPlot', licence: 'MIT' },
  { name: 'zod', licence: 'MIT' },
  { name: 'MessagePack for JavaScript', licence: 'ISC' },
  { name: 'ws', licence: 'MIT' },
  { name: 'Commander.js', licence: 'MIT' },
  { name: 'ml-matrix', licence: 'MIT' },
  { name: 'fflate', licence: 'MIT' },
  { name: 'Electron', licence: 'MIT' },
  { name: 'Node.js', licence: 'MIT' },
] as const;
