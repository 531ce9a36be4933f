/** @file What `doctor` says of a backend. */
import type { BackendName } from '#shared/run.ts';

/** One backend on this machine. */
export interface BackendReport {
  name: BackendName;
  /** It is installed and whole. */
  usable: boolean;
  /** It can pretrain encoders, not only run them. */
  trainable: boolean;
  /** The device it would take by default: `cpu`, `cuda:0` …; null where it is not usable. */
  device: string | null;
  /** All devices it may be given by `--device`. */
  devices: readonly string[];
  version: string;
  /** Why it is not usable, or what one should know of it; may be empty. */
  reason: string;
}
