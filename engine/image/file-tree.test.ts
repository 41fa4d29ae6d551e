import { describe, expect, it } from 'vitest';
import { canonicalPath, FileTree, type TreeNode } from './file-tree.ts';

const base = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
const file = (text: string): TreeNode => ({ ...base, type: 'file', content: { bytes: Buffer.from(text) } });
const folder: TreeNode = { ...base, type: 'directory' };
const hardlink = (target: string): TreeNode => ({ ...base, type: 'hardlink', target });

describe('FileTree', () => {
  it('lists parents before children', () => {
    const tree = new FileTree();
    tree.put('usr/bin/x', file(''), 'a');
    tree.put('usr-more', file(''), 'a');
    tree.put('./usr/bin/', folder, 'a');
    tree.put('usr', folder, 'a');
    expect(tree.sorted().map((item) => item.path)).toEqual(['usr', 'usr-more', 'usr/bin', 'usr/bin/x']);
  });

  it('gives the content to the first name of a file and links the others to it', () => {
    const tree = new FileTree();
    tree.put('usr/bin/perl5.40', file('program'), 'perl');
    tree.put('usr/bin/perl', hardlink('./usr/bin/perl5.40'), 'perl');
    tree.put('usr/bin/zperl', hardlink('usr/bin/perl'), 'perl');
    const nodes = tree.sorted().map(({ path, node }) => [path, node.type, 'target' in node && node.target]);
    expect(nodes).toEqual([
      ['usr/bin/perl', 'file', false],
      ['usr/bin/perl5.40', 'hardlink', 'usr/bin/perl'],
      ['usr/bin/zperl', 'hardlink', 'usr/bin/perl'],
    ]);
  });

  it('refuses a hard link to what was left out', () => {
    const tree = new FileTree();
    tree.put('a', hardlink('b'), 'p');
    expect(() => tree.sorted()).toThrow(/"\/b", which is not in it/);
  });

  it('reports files of two packages, not folders they share nor what the overlay replaces', () => {
    const tree = new FileTree();
    tree.put('etc', folder, 'a');
    tree.put('etc', folder, 'b');
    tree.put('etc/x', file('1'), 'a');
    tree.put('etc/x', file('2'), 'b');
    tree.put('etc/x', file('3'), 'foredeck', { expected: true });
    expect(tree.conflicts).toEqual([{ path: 'etc/x', kept: 'b', dropped: 'a' }]);
    expect(tree.content('etc/x')).toEqual({ bytes: Buffer.from('3') });
  });

  it('keeps a link where another package has the folder it leads to', () => {
    const tree = new FileTree();
    tree.put('lib', { ...base, type: 'symlink', target: 'usr/lib' }, 'base-files');
    tree.put('./lib/', folder, 'old');
    tree.put('./lib/old.so', file('x'), 'old');
    expect(tree.get('lib')?.type).toBe('symlink');
    expect(tree.paths()).toEqual(['lib', 'usr/lib/old.so']);
    expect(tree.conflicts).toEqual([]);
  });

  it('says what is missing', () => {
    expect(() => new FileTree().content('usr/bin/busybox')).toThrow(
      /"\/usr\/bin\/busybox", which no package/,
    );
  });
});

describe('canonicalPath', () => {
  it.each([
    ['./', ''],
    ['.', ''],
    ['./usr/bin/', 'usr/bin'],
    ['./bin', 'bin'],
    ['./lib/x/y', 'usr/lib/x/y'],
    ['/sbin/init', 'usr/sbin/init'],
    ['./.hidden', '.hidden'],
    ['./library/x', 'library/x'],
  ])('%s is %s', (path, expected) => {
    expect(canonicalPath(path)).toBe(expected);
  });
});
