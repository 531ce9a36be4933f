/** @file Says in words whether a run learns, from its recent metrics alone. */
import type { Diagnosis } from '#shared/run.ts';
import type { DiagnosisHistory } from './diagnosis-history.ts';

/** The verdict on a run so far. Pure: the same history gives the same words. */
export function diagnose(history: DiagnosisHistory): Diagnosis {
  void history;
  return { verdict: 'starting', text: 'Too few steps to judge yet.' };
}
