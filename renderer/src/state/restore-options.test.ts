import { describe, expect, it } from 'vitest';
import { Photo } from './photo.svelte.ts';
import { RestoreOptions } from './restore-options.svelte.ts';

const photo = () => new Photo({ kind: 'file', file: { name: 'a.jpg', path: 'a.jpg' } });

describe('RestoreOptions', () => {
  it('undoes a whole drag of a slider as one step, and redoes it', () => {
    const options = new RestoreOptions();
    for (const quality of [55, 60, 70]) options.adjust('quality', quality, false);
    options.adjust('quality', 70, true);
    options.setMode('denoise');
    options.undo();
    expect([options.mode, options.current.quality]).toEqual(['codec', 70]);
    options.undo();
    expect([options.current.quality, options.canUndo]).toEqual([50, false]);
    options.redo();
    expect([options.current.quality, options.canRedo]).toEqual([70, true]);
    options.adjust('strength', 20, true);
    expect(options.canRedo).toBe(false);
  });

  it('asks for a size or a PSNR in place of a quality, where there is a file to be made', () => {
    const options = new RestoreOptions();
    options.choose({ aim: 'size', targetKilobytes: 38.4 });
    expect(options.current.target).toEqual({ maxBytes: 38_400 });
    const { key } = options;
    options.choose({ quality: 90 });
    expect(options.key).toBe(key);
    options.choose({ aim: 'psnr', targetPsnr: 33 });
    expect(options.current.target).toEqual({ minPsnr: 33 });
    options.setMode('denoise');
    expect(options.current.target).toBeUndefined();
  });

  it('keeps the settings of one photo apart until it follows all again', () => {
    const options = new RestoreOptions();
    const [one, other] = [photo(), photo()];
    options.lookAt(one);
    options.setScope('one');
    options.adjust('quality', 90, true);
    expect([options.settingsFor(one).quality, options.settingsFor(other).quality]).toEqual([90, 50]);
    options.lookAt(other);
    options.adjust('quality', 30, true);
    expect([options.settingsFor(one).quality, options.settingsFor(other).quality]).toEqual([90, 30]);
    options.lookAt(one);
    options.setScope('all');
    expect(options.current.quality).toBe(30);
    options.undo();
    expect(options.current.quality).toBe(90);
  });

  it('has one key for settings that lead to the same result', () => {
    const options = new RestoreOptions();
    const before = options.key;
    options.adjust('strength', 40, true);
    expect(options.key).toBe(before);
    options.adjust('texture', 40, true);
    expect(options.key).toBe(before);
    options.setMode('denoise');
    const smooth = options.key;
    options.adjust('texture', 0, true);
    expect(options.key).not.toBe(smooth);
    options.setMode('codec');
    expect(options.key).toBe(before);
    options.setModel('own');
    expect(options.key).not.toBe(before);
    expect(options.current.modelId).toBe('own');
  });
});
