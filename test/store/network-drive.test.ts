/** @file Network drives are told from local ones. */
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { networkFileSystemOf, networkMount, parseMounts } from '#store/network-drive.ts';

const mountinfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
40 27 0:50 / /home/anna rw,relatime shared:9 - nfs4 server:/anna rw,vers=4.2
41 40 0:51 / /home/anna/fast rw,relatime - xfs /dev/sdb rw
42 27 0:52 / /mnt/two\\040words rw - cifs //server/share rw
43 27 0:53 / /mnt/ssh rw - fuse.sshfs anna@server: rw
44 27 0:54 / /mnt/usb rw - fuseblk /dev/sdc1 rw
45 27 0:55 / /mnt/c rw - 9p drvfs rw
46 27 0:56 / /mnt/covered rw - nfs server:/x rw
47 27 0:57 / /mnt/covered rw - ext4 /dev/sdd rw
48 27 0:58 / /mnt/bind rw - fuse.bindfs /home rw
`;

describe('of a machine with many mounts', () => {
  const mounts = parseMounts(mountinfo);

  test.each([
    ['/home/anna/library', 'nfs4'],
    ['/home/anna', 'nfs4'],
    ['/home/anna/fast/library', null],
    ['/home/annabel/library', null],
    ['/mnt/two words/library', 'cifs'],
    ['/mnt/ssh/library', 'fuse.sshfs'],
    ['/mnt/usb/library', null],
    ['/mnt/c/Users', '9p'],
    ['/mnt/covered/library', null],
    ['/mnt/bind/library', null],
    ['/var/lib', null],
  ])('%s lies on %s', (folder, type) => {
    expect(networkMount(folder, mounts)).toBe(type);
  });
});

test('a folder that does not exist yet on this machine’s temporary drive is local', () => {
  expect(networkFileSystemOf(`${tmpdir()}/not/there/yet`)).toBeNull();
});

test('without a table of mounts nothing is refused', () => {
  expect(networkMount('/home', parseMounts(''))).toBeNull();
  expect(networkMount('/home', parseMounts('a line of another kind\n'))).toBeNull();
});
