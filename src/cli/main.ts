import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { endWithReader } from './gone-reader.ts';
import { createProgram } from './program.ts';

/** The entry of the `pellucid` command. Everything heavy is loaded by the command that needs it. */
endWithReader();
try {
  // The app and the command take the same flag.
  const args = process.argv.slice(2).map((argument) => (argument === '--self-test' ? 'self-test' : argument));
  await createProgram().parseAsync(args, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has printed its sentence; asking for help or the version is no mistake.
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
}
