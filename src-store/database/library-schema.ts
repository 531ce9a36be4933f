/** @file The library's schema: its mark and its migrations, in order. */
import type { Schema } from './migrate.ts';
import { initial } from './migrations/001-initial.ts';

export const librarySchema: Schema = {
  title: 'library',
  applicationId: 0x53434c31, // "SCL1"
  migrations: [initial],
};
