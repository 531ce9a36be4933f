/** @file Evaluations of runs. */
import type { EvaluationResult, EvaluationView } from '#shared/evaluation.ts';
import type { Command, Query, ReadableDatabase, WritableDatabase } from './database/handles.ts';
import { newIdentifier } from './identifiers.ts';

/** A row: the view with its lists as JSON text. */
export type EvaluationRow = Omit<EvaluationView, 'perClass' | 'confusion' | 'classes' | 'settings'> & {
  perClass: string;
  confusion: string;
  classes: string;
  settings: string;
};

/** Columns named as EvaluationView names them. */
export const evaluationColumns = `id, checkpoint AS checkpointId, protocol, encoder, dataset, split, top1, low, high,
  per_class AS perClass, confusion, classes, settings, seconds, created_at AS createdAt`;

/** An evaluation as it is read. */
export function evaluationOf(row: EvaluationRow): EvaluationView {
  return {
    ...row,
    perClass: JSON.parse(row.perClass) as EvaluationView['perClass'],
    confusion: JSON.parse(row.confusion) as EvaluationView['confusion'],
    classes: JSON.parse(row.classes) as EvaluationView['classes'],
    settings: JSON.parse(row.settings) as EvaluationView['settings'],
  };
}

/** Reads evaluations. */
export class EvaluationReader {
  readonly #ofRun: Query<EvaluationRow>;

  constructor(database: ReadableDatabase) {
    this.#ofRun = database.query(`SELECT ${evaluationColumns} FROM evaluations WHERE run = ? ORDER BY created_at, id`);
  }

  /** A run's evaluations, oldest first. */
  ofRun(run: string): EvaluationView[] {
    return this.#ofRun.all(run).map(evaluationOf);
  }
}

/** Reads and writes evaluations. */
export class EvaluationWriter extends EvaluationReader {
  readonly #add: Command;
  readonly #remove: Command;
  readonly #now: () => number;

  constructor(database: WritableDatabase, now: () => number) {
    super(database);
    this.#now = now;
    this.#add = database.command(`
      INSERT INTO evaluations (id, run, checkpoint, protocol, encoder, dataset, split, top1, low, high, per_class,
        confusion, classes, settings, seconds, created_at)
      VALUES ($id, $run, $checkpoint, $protocol, $encoder, $dataset, $split, $top1, $low, $high, $perClass,
        $confusion, $classes, $settings, $seconds, $createdAt)`);
    this.#remove = database.command('DELETE FROM evaluations WHERE run = ? AND id = ?');
  }

  /**
   * Records an evaluation, gives it identity and time.
   * @param of - the checkpoint it judged (null where none was, as for raw pixels) and the dataset's name.
   */
  add(run: string, of: { checkpointId: string | null; dataset: string }, result: EvaluationResult): EvaluationView {
    const now = this.#now();
    const view: EvaluationView = {
      ...result,
      ...of,
      id: newIdentifier(now),
      createdAt: new Date(now).toISOString(),
    };
    this.#add.run({
      id: view.id,
      run,
      checkpoint: view.checkpointId,
      protocol: view.protocol,
      encoder: view.encoder,
      dataset: view.dataset,
      split: view.split,
      top1: view.top1,
      low: view.low,
      high: view.high,
      perClass: JSON.stringify(view.perClass),
      confusion: JSON.stringify(view.confusion),
      classes: JSON.stringify(view.classes),
      settings: JSON.stringify(view.settings),
      seconds: view.seconds,
      createdAt: view.createdAt,
    });
    return view;
  }

  remove(run: string, id: string): void {
    this.#remove.run(run, id);
  }
}
