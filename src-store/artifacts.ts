/** @file Artifact files: one SQLite file a run that holds its checkpoints and embeddings. Compute processes import this. */
export {
  openArtifacts,
  type ArtifactFile,
  type ArtifactHeader,
  type ArtifactKind,
  type ArtifactRecord,
  type Json,
} from './artifacts/artifact-file.ts';
