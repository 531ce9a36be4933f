/** @file Tells whether a folder lies on a network drive, where SQLite's shared write-ahead log does not work. */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** File systems whose files several machines, or a machine and its host, reach without common memory. */
const networkTypes = new Set([
  ...['nfs', 'nfs4', 'cifs', 'smb', 'smb2', 'smb3', 'smbfs', 'ncpfs', 'afs', 'coda', '9p', 'ceph', 'glusterfs'],
  ...['lustre', 'gpfs', 'beegfs', 'pvfs2', 'orangefs', 'davfs', 'vboxsf', 'vmhgfs', 'prl_fs', 'acfs', 'ocfs2', 'gfs2'],
]);

/** FUSE mounts say `fuse.NAME`. These reach other machines; others, such as fuse.bindfs or fuseblk, do not. */
const networkFuse =
  /^fuse\.(sshfs|s3fs|goofys|rclone|gcsfuse|blobfuse2?|davfs2?|glusterfs|ceph|curlftpfs|smbnetfs|gvfsd-fuse|vmhgfs-fuse|grpcfuse|osxfs|juicefs)$/;

/** One line of /proc/self/mountinfo. */
export interface Mount {
  point: string;
  type: string;
}

/** Reads /proc/self/mountinfo (see proc_pid_mountinfo(5)): fields before ` - ` vary in number. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    const point = before?.split(' ')[4];
    const type = after?.split(' ')[0];
    return point === undefined || type === undefined ? [] : [{ point: unescaped(point), type }];
  });
}

/** Spaces, tabs, line breaks and backslashes stand there as octal. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The network file system that holds an absolute path without links, or null where it is a local one. */
export function networkMount(absolute: string, mounts: readonly Mount[]): string | null {
  let holder: Mount | undefined;
  for (const mount of mounts) {
    const prefix = mount.point.endsWith('/') ? mount.point : `${mount.point}/`;
    if (absolute !== mount.point && !absolute.startsWith(prefix)) continue;
    // The longest point is nearest; of two on one point, the later one covers the earlier.
    if (holder === undefined || mount.point.length >= holder.point.length) holder = mount;
  }
  if (holder === undefined) return null;
  return networkTypes.has(holder.type) || networkFuse.test(holder.type) ? holder.type : null;
}

/**
 * The network file system that a folder (which need not exist yet) lies on; null on a local drive, and where the
 * system does not tell.
 */
export function networkFileSystemOf(folder: string): string | null {
  if (process.platform === 'win32') return /^\\\\[^?.]|^\\\\\?\\UNC\\/i.test(path.resolve(folder)) ? 'SMB' : null;
  if (process.platform !== 'linux') return null;
  try {
    return networkMount(realFolder(path.resolve(folder)), parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')));
  } catch {
    return null;
  }
}

/** Where a folder really lies; of one that does not exist yet, where its nearest existing parent does. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(realFolder(parent), path.basename(folder));
  }
}
