import { describe, expect, it } from 'vitest';
import { countOutcomes, outcomeLine } from './test-outcome.mjs';

const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

describe('countOutcomes', () => {
  it('counts a file that cannot be loaded as one failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countOutcomes({ ...report, testResults }, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
  it('counts a file with failed tests once for each test', () => {
    const testResults = [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] }];
    expect(countOutcomes({ ...report, numFailedTests: 2, testResults }, 1).failed).toBe(2);
  });
  it('never counts no failure when the run ended in error', () => {
    expect(countOutcomes(report, 1).failed).toBe(1);
    expect(countOutcomes(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('outcomeLine', () => {
  it('names skipped tests only where there are some', () => {
    expect(outcomeLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(outcomeLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
  });
});
