import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../tools/setup/paths.mjs';
import { runCommand } from '../../tools/setup/command.mjs';
import type { Case } from './rounds.ts';
import { parseAnswer } from './peer-answer.ts';
import type { PeerAnswer } from './peer-answer.ts';

const scripts = fileURLToPath(new URL('../peers/', import.meta.url));
/** What a person would use instead, from pip. */
const packages = ['torch', 'onnx', 'onnxruntime', 'keras', 'tensorflow-cpu', 'opencv-python-headless', 'numpy'];

/** The Python of the peers, or why there is none. */
export type PeerPython = { python: string } | { problem: string };

let prepared: Promise<PeerPython> | undefined;

/** Makes the virtual environment of the peers in the user's cache folder at the first call; it takes some minutes. */
export function preparePeers(say: (line: string) => void): Promise<PeerPython> {
  prepared ??= prepare(say);
  return prepared;
}

async function prepare(say: (line: string) => void): Promise<PeerPython> {
  const folder = join(cacheFolder(), 'peers');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const isThere = async (): Promise<boolean> =>
    (await runCommand(python, [join(scripts, 'check.py')], { timeoutMs: 120_000 })).ok;
  const exists = await access(python).then(
    () => true,
    () => false,
  );
  if (exists && (await isThere())) return { python };
  say(`Installing the peers (${packages.join(', ')}) with pip ...`);
  const made = await runCommand('python3', ['-m', 'venv', folder], { timeoutMs: 120_000 });
  if (!made.ok) return { problem: `Peers were not measured: "python3 -m venv" failed, ${made.reason}.` };
  const args = ['-m', 'pip', 'install', '--quiet', '--no-input', ...packages];
  const installed = await runCommand(python, args, { timeoutMs: 1_800_000 });
  if (!installed.ok) return { problem: `Peers were not measured: pip could not install them, ${installed.reason}.` };
  return (await isThere()) ? { python } : { problem: 'Peers were not measured: what pip installed does not load.' };
}

/** A Python process that holds peers ready, so that rounds can alternate with ours. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #log = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null || child.stderr === null) throw new Error('The peer has no output.');
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-2000);
    });
  }

  static start(python: string): Peer {
    // A peer is as one would run it: how the engine sets up its own process is no part of it.
    const { GLIBC_TUNABLES: _ours, ...inherited } = process.env;
    const env = { ...inherited, TF_CPP_MIN_LOG_LEVEL: '3', PYTHONWARNINGS: 'ignore', PYTHONUNBUFFERED: '1' };
    return new Peer(spawn(python, [join(scripts, 'serve.py')], { env, stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** Sends one request and waits for its answer. Throws with the peer's own words. */
  async ask(request: Record<string, unknown>): Promise<PeerAnswer> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw new Error(`The peer ended: ${this.#log}`);
    const answer = parseAnswer(line.value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** A case that the peer times itself. `prepare` is what `serve.py` needs to set it up. */
  async prepare(id: string, prepare: Record<string, unknown>): Promise<Case> {
    await this.ask({ call: 'prepare', id, ...prepare });
    const run = async (): Promise<number> => (await this.ask({ call: 'run', id })).ms ?? Number.NaN;
    return { id, unit: 'ms', better: 'lower', about: 'peer', run };
  }

  async versions(): Promise<Record<string, string>> {
    return (await this.ask({ call: 'versions' })).versions ?? {};
  }

  end(): void {
    this.#child.stdin?.end();
  }
}
