import path from 'node:path';
import { RuleTester } from 'eslint';
import { describe, it } from 'vitest';
import { fileNameRule } from './file-name-rule.mjs';

RuleTester.describe = describe;
RuleTester.it = it;

const named = (file: string) => ({ name: file, filename: path.resolve(file), code: '' });
const refused = (file: string, messageId: string) => ({ ...named(file), errors: [{ messageId }] });

new RuleTester().run('pellucid/file-name', fileNameRule, {
  valid: [
    named('src/codec/range-coder.ts'),
    named('src/codec/range-coder.native.test.ts'),
    named('renderer/src/components/DropZone.svelte'),
    named('renderer/src/state/photo-list.svelte.ts'),
    named('src/metrics/ms-ssim.ts'),
    named('bin/pellucid'),
  ],
  invalid: [
    refused('src/codec/rangeCoder.ts', 'kebab'),
    refused('src/codec/RangeCoder.ts', 'kebab'),
    refused('src/rangeCoding/coder.ts', 'kebab'),
    refused('renderer/src/components/drop-zone.svelte', 'pascal'),
    refused('src/codec/utils.ts', 'vague'),
    refused('src/codec/helpers.test.ts', 'vague'),
    refused('src/common/coder.ts', 'vague'),
    refused('renderer/src/components/Misc.svelte', 'vague'),
  ],
});
